"""One filing before a reviewer: what is wrong with it, what it changes, remarks on single figures, and the two decisions."""

from collections import Counter

import streamlit as st

from ecodash.domain.review import LONGEST_COMMENT, MOST_CELL_COMMENTS
from ecodash.errors import UserError
from ecodash.i18n import gettext as _
from ecodash.views import (
    filing_cells,
    filing_data,
    filing_desk,
    filing_parts,
    filing_remarks,
    review_words,
    text,
    upload_marks,
    upload_preview,
    upload_text,
)
from ecodash.views.filing_data import Filed, Opened
from ecodash.views.filing_desk import CellKey
from ecodash.views.rows import rows_of

_NAMED, _FAULTS = 3, 20


def show(one: Filed) -> None:
    """Everything a decision needs, in the order it is read; the decision stands at the foot of the window."""
    st.button(_("返回列表"), icon=":material/arrow_back:", on_click=filing_desk.go_to, args=(None,), key="review_back")
    with st.container(border=True, key="review_filing"):
        filing_parts.show_head(one, for_reviewer=True)
        with st.container(horizontal=True, key="filing_actions"):
            filing_parts.offer_file(one)
            if one.answers is not None:
                st.button(
                    _("看被订正的第 {number} 份").format(number=one.answers),
                    key="review_answered", icon=":material/history:", on_click=filing_desk.go_to, args=(one.answers,),
                )  # fmt: skip
    filing_parts.show_comment(one)
    _show_answered(one)
    if one.batch is not None:
        filing_parts.show_published(one)
        filing_parts.show_doubts(one)
    else:
        _show_unpublished(one)
    filing_parts.show_steps(one)


def _show_answered(one: Filed) -> None:
    """What was said of the filing this one corrects: whether it was heeded is what the reviewer looks at first."""
    if one.answers is None or not one.is_open:
        return
    before = next((other for other in filing_data.list_filings() if other.number == one.answers), None)
    if before is None:
        return
    with st.expander(_("上次退回时的意见"), icon=":material/chat:", expanded=True):
        if before.comment:
            st.markdown(text.escape(before.comment))
        if remarks := filing_remarks.kept_remarks(before):
            filing_remarks.show_remarks(remarks, _read(one))


def _read(one: Filed) -> Opened | None:
    try:
        return filing_data.open_filing(one, with_effects=filing_data.waits_for_reader(one))
    except UserError as error:
        st.error(text.what_and_remedy(error.what, error.remedy), icon=":material/error:")
        return None


def _show_unpublished(one: Filed) -> None:
    is_decidable = filing_data.waits_for_reader(one)
    with st.spinner(upload_text.REHEARSING):
        opened = _read(one)
    remarks = filing_desk.remarks(one.number) if one.is_open else filing_remarks.kept_remarks(one)
    _say_hindrances(one, opened)
    filing_parts.show_doubts(one)
    _show_fresh_doubts(one, opened)
    if opened is not None:
        st.subheader(_("报送的数据与看板现有数据"), anchor=False)
        ticked = filing_cells.show(one, opened, remarks, is_ticked=is_decidable)
        if is_decidable:
            _remark(one, ticked)
        if remarks:
            _show_remarks(one, remarks, opened)
        if opened.effects is not None:
            upload_preview.show_effects(opened.effects)
    if is_decidable:
        _offer_decision(one, opened)


def _say_hindrances(one: Filed, opened: Opened | None) -> None:
    """Why it cannot be accepted, or not by this reader."""
    if not one.is_open:
        return
    if one.is_own:
        st.warning(review_words.own_filing(), icon=":material/person:")
    elif not filing_data.may_review(one):
        st.warning(review_words.not_in_charge(), icon=":material/lock:")
    if closed := filing_data.closed_months(one):
        st.warning(review_words.closed(closed), icon=":material/lock:")
    elif opened is not None and opened.upload.intake.faults:
        faults = opened.upload.intake.faults
        st.error(review_words.contradicts(len(faults)), icon=":material/error:")
        st.html(upload_marks.fault_list(faults[:_FAULTS], Counter(), names_sheets=False))
    elif opened is not None and not _changes(opened):
        st.warning(review_words.changes_nothing(), icon=":material/info:")
    for other in rows_of(filing_data.overlapping(one.number)) if opened is not None else ():
        said = review_words.overlaps(other.number, other.actor, other.cells, is_later=bool(other.is_later))
        st.warning(said, icon=":material/content_copy:")


def _show_fresh_doubts(one: Filed, opened: Opened | None) -> None:
    """What became unlikely only after it was handed in."""
    found = filing_data.fresh_doubts(one, opened.upload) if opened is not None and one.is_open else []
    if found:
        st.warning(review_words.fresh_doubts(), icon=":material/help:")
        st.html(upload_marks.doubt_list(found[:_FAULTS], names_sheets=False))


def _changes(opened: Opened) -> int:
    counts = opened.upload.counts
    return counts["new"] + counts["changed"]


# ── remarks ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _remark(one: Filed, ticked: list[CellKey]) -> None:
    """A field for what is to be said of the ticked figures."""
    if not ticked:
        st.caption(review_words.how_to_remark())
        return
    with st.container(border=True, key="review_remark"):
        st.markdown(review_words.ticked(len(ticked), [filing_cells.name_of(key) for key in ticked[:_NAMED]]))
        key = f"review_remark_{one.number}"
        st.text_area(
            _("对这几格的意见"), placeholder=_("例如：比上月多出一倍，请核对是否把全镇的数填到了一个村。"), height=80,
            max_chars=LONGEST_COMMENT, key=key,
        )  # fmt: skip
        st.button(
            _("记下意见"), key="review_remark_keep", icon=":material/edit_note:", on_click=_keep_remark,
            args=(one.number, ticked, key),
        )  # fmt: skip
        if said := st.session_state.pop("review_remark_said", ""):
            st.warning(said, icon=":material/warning:")


def _keep_remark(number: int, keys: list[CellKey], field: str) -> None:
    written = str(st.session_state.get(field, "")).strip()
    kept = filing_desk.remarks(number)
    if not written:
        st.session_state["review_remark_said"] = _("请先写下意见。")
    elif len({*kept, *keys}) > MOST_CELL_COMMENTS:
        st.session_state["review_remark_said"] = review_words.too_many_remarks(MOST_CELL_COMMENTS)
    else:
        kept.update(dict.fromkeys(keys, written))
        st.session_state[field] = ""
        st.session_state[filing_cells.ROUND] = st.session_state.get(filing_cells.ROUND, 0) + 1


def _show_remarks(one: Filed, remarks: dict[CellKey, str], opened: Opened) -> None:
    filing_remarks.show_remarks(remarks, opened)
    if not filing_data.waits_for_reader(one):
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="review_remark_drop"):
        chosen = st.selectbox(
            _("去掉一条意见"), list(remarks), format_func=filing_cells.name_of, index=None, placeholder=text.CHOOSE,
            key=f"review_drop_{one.number}", width=420,
        )  # fmt: skip
        if chosen is not None:
            st.button(
                _("去掉"), key="review_drop", icon=":material/delete:", on_click=filing_desk.drop_remark,
                args=(one.number, chosen),
            )  # fmt: skip


# ── the decision ───────────────────────────────────────────────────────────────────────────────────────────────────


def _offer_decision(one: Filed, opened: Opened | None) -> None:
    upload = opened.upload if opened is not None and _changes(opened) and not opened.upload.intake.faults else None
    is_acceptable = upload is not None and not filing_data.closed_months(one)
    shown_at = upload.watermark if upload is not None else 0
    with st.container(horizontal=True, vertical_alignment="center", key="review_decide"):
        st.button(
            _("通过…"), type="primary", key="review_accept", icon=":material/check_circle:",
            disabled=not is_acceptable, on_click=filing_desk.ask_for, args=("accept", one.number, shown_at),
        )  # fmt: skip
        st.button(
            _("退回修改…"), key="review_return", icon=":material/undo:", on_click=filing_desk.ask_for,
            args=("return", one.number),
        )  # fmt: skip
        st.markdown(review_words.what_decisions_do(), width="stretch")
