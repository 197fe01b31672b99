"""The decisions of a reviewer, each in a dialog that says what will happen before it does."""

from collections.abc import Callable

import streamlit as st

from ecodash import actions
from ecodash.domain.review import LONGEST_COMMENT, CellComment
from ecodash.errors import TransitionRefused, UserError
from ecodash.i18n import gettext as _
from ecodash.i18n import in_this_language, marked
from ecodash.store.submission import Receipt
from ecodash.views import data, filing_data, filing_desk, review_words, text
from ecodash.views.filing_data import Filed

_SEE_REMARKS = "请按逐格意见修改。"
"""What is kept as the comment where only single figures were remarked on: Chinese, as it goes to the reporter."""


def show() -> None:
    """The dialog that was asked for, if any; called once, when the rest of the page is drawn."""
    asked = filing_desk.open_dialog()
    if asked is None or asked[0] not in _KINDS:
        return
    kind, what = asked
    title, icon, draw = _KINDS[kind]
    dialog = st.dialog(_(title), width="medium", icon=icon, on_dismiss=filing_desk.close)
    dialog(in_this_language(_draw))(draw, what)


def _draw(draw: Callable[[tuple[int, ...]], None], what: tuple[int, ...]) -> None:
    try:
        draw(what)
    except UserError as error:
        st.error(text.what_and_remedy(error.what, error.remedy), icon=":material/error:")


def _find(numbers: tuple[int, ...]) -> list[Filed]:
    found = {one.number: one for one in filing_data.list_filings()}
    return [found[number] for number in numbers if number in found]


def _accept(what: tuple[int, ...]) -> None:
    """Numbers of the filing, and of the commit that what was shown of it was compared with."""
    number, shown_at = what
    one = _find((number,))[0]
    upload = filing_data.open_filing(one, with_effects=True).upload
    st.markdown(f"**{review_words.accept_question(one)}**")
    st.markdown(review_words.accept_does(upload.counts["new"], upload.counts["changed"]))
    if one.doubts:
        st.warning(review_words.accept_doubts(one.doubts), icon=":material/help:")
    if unsent := len(filing_desk.remarks(number)):
        st.warning(review_words.remarks_unsent(unsent), icon=":material/edit_note:")
    is_needed = bool(filing_data.fresh_doubts(one, upload))
    label, key = review_words.comment_label(is_needed=is_needed), f"review_accept_comment_{number}"
    comment = st.text_input(label, max_chars=LONGEST_COMMENT, key=key).strip()
    if not confirmed(_("确定通过"), "review_accept_sure"):
        return
    try:
        receipt = actions.accept_filing(
            data.workspace(), number, actor=data.actor(), now=data.now(), comment=comment, compared_at=shown_at
        )
    except TransitionRefused as refused:
        # What was shown no longer holds: it is shown anew.
        said = text.what_and_remedy(refused.what, refused.remedy)
        filing_desk.done(refused=f"{said}\n\n{review_words.shown_no_longer_holds()}")
        return
    filing_desk.forget_remarks(number)
    filing_desk.done(review_words.accepted(number, receipt.batch), leads_to_list=True)


def _return(what: tuple[int, ...]) -> None:
    one = _find(what)[0]
    remarks = filing_desk.remarks(one.number)
    st.markdown(review_words.return_question(one, len(remarks)))
    comment = st.text_area(
        _("为什么退回、要怎么改（报送人会看到）"), height=120, max_chars=LONGEST_COMMENT,
        key=f"review_return_comment_{one.number}",
    ).strip()  # fmt: skip
    if not confirmed(_("确定退回"), "review_return_sure"):
        return
    if not comment and not remarks:
        st.error(_("请写明退回的原因，报送人才知道怎么改。"), icon=":material/error:")
        return
    cells = [CellComment(*key, said) for key, said in remarks.items()]
    actions.return_filing(
        data.workspace(), one.number, comment=comment or _SEE_REMARKS, cells=cells, actor=data.actor(), now=data.now()
    )
    filing_desk.forget_remarks(one.number)
    filing_desk.done(review_words.returned(one), leads_to_list=True)


def _bulk(what: tuple[int, ...]) -> None:
    with st.spinner(_("正在按最新数据再核对一遍…")):
        clean = filing_data.still_clean(_find(what))
    if clean:
        cells = sum(one.new_count for one in clean)
        st.markdown(review_words.bulk_question(len(clean), cells))
    st.markdown("\n".join(f"- {review_words.bulk_line(one)}" for one in clean))
    if left_out := len(what) - len(clean):
        st.warning(review_words.bulk_left_out(left_out), icon=":material/help:")
    if not confirmed(review_words.bulk_sure(len(clean)), "review_bulk_sure", is_possible=bool(clean)):
        return
    with st.spinner(_("正在发布…")):
        results = actions.accept_filings(
            data.workspace(), [one.number for one in clean], actor=data.actor(), now=data.now()
        )
    done = [(number, result.batch) for number, result in results if isinstance(result, Receipt)]
    refused = [(number, f"{result.what}{result.remedy}") for number, result in results if isinstance(result, UserError)]
    filing_desk.done(
        *([review_words.bulk_done(done)] if done else []), refused=review_words.bulk_refused(refused) if refused else ""
    )


def confirmed(label: str, key: str, *, is_possible: bool = True) -> bool:
    """The second word, and the way out."""
    with st.container(horizontal=True, horizontal_alignment="right", key="filing_confirm"):
        if st.button(_("取消"), key=f"{key}_cancel"):
            filing_desk.cancel()
        return bool(st.button(label, type="primary", key=key, disabled=not is_possible))


_KINDS: dict[str, tuple[str, str, Callable[[tuple[int, ...]], None]]] = {
    "accept": (marked("通过报送件"), ":material/check_circle:", _accept),
    "return": (marked("退回修改"), ":material/undo:", _return),
    "bulk": (marked("一起通过"), ":material/done_all:", _bulk),
}
"""Title, icon and content of a dialog by its kind."""
