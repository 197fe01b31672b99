"""我的报送: what the reader handed in and what became of it; a returned one is corrected from here, a waiting one withdrawn."""

import streamlit as st

from ecodash import actions
from ecodash.domain.review import FilingState
from ecodash.errors import UserError
from ecodash.i18n import gettext as _
from ecodash.i18n import in_this_language
from ecodash.views import (
    data,
    filing_card,
    filing_cells,
    filing_data,
    filing_desk,
    filing_parts,
    filing_remarks,
    filing_words,
    review_dialogs,
    text,
    upload_desk,
)
from ecodash.views.filing_data import Filed, Opened

_PER_PAGE = 20


def show() -> None:
    """The one the address names, or all, newest first, those that were returned before all others."""
    st.html(filing_card.SHEET)
    filing_desk.show_said()
    filings = filing_data.own()
    asked = filing_desk.asked_for()
    found = next((one for one in filings if one.number == asked), None)
    if asked is not None and found is None:
        st.warning(filing_words.filing_unknown(asked), icon=":material/warning:")
    if found is None:
        _show_list(filings)
    else:
        _show_one(found)
    _show_dialog()


def _show_list(filings: list[Filed]) -> None:
    if not filings:
        st.info(_("您还没有提交过需要审核的数据。请到“上报数据”选择文件。"), icon=":material/inbox:")
        return
    to_correct = filing_data.to_correct()
    if to_correct:
        st.warning(filing_words.waiting_for_correction(len(to_correct)), icon=":material/undo:")
    ordered = [*to_correct, *(one for one in filings if one not in to_correct)]
    pages = -(-len(ordered) // _PER_PAGE)
    page = min(st.pagination(pages, key="filing_page"), pages) if pages > 1 else 1
    for one in ordered[(page - 1) * _PER_PAGE : page * _PER_PAGE]:
        with filing_parts.row(one, for_reviewer=False):
            st.button(
                _("看意见、改正") if one in to_correct else _("查看"), key=f"filing_open_{one.number}",
                type="primary" if one in to_correct else "secondary", on_click=filing_desk.go_to, args=(one.number,),
            )  # fmt: skip


def _show_one(one: Filed) -> None:
    st.button(_("返回列表"), icon=":material/arrow_back:", key="filing_back", on_click=filing_desk.go_to, args=(None,))
    with st.container(border=True, key="filing_detail"):
        filing_parts.show_head(one, for_reviewer=False)
        if one.is_open:
            names = filing_data.reviewers(one.regions)
            st.markdown(_("等待审核，审核人：{names}").format(names=text.escape(filing_words.reviewers(names))))
        with st.container(horizontal=True, key="filing_actions"):
            filing_parts.offer_file(one)
            if one.is_open:
                st.button(
                    _("撤回…"), key="filing_withdraw", icon=":material/undo:", on_click=filing_desk.ask_for,
                    args=("withdraw", one.number),
                )  # fmt: skip
    filing_parts.show_comment(one)
    if one.batch is not None:
        filing_parts.show_published(one)
    else:
        _show_unpublished(one)
    if one.doubts:
        filing_parts.show_doubts(one)
    filing_parts.show_steps(one)


def _show_unpublished(one: Filed) -> None:
    opened = _read(one)
    remarks = filing_remarks.kept_remarks(one)
    if one.state is FilingState.RETURNED:
        if remarks:
            filing_remarks.show_remarks(remarks, opened)
        _offer_correction(one)
    if opened is not None:
        st.subheader(_("报送的数据与看板现有数据"), anchor=False)
        filing_cells.show(one, opened, remarks, is_ticked=False)


def _read(one: Filed) -> Opened | None:
    try:
        return filing_data.open_filing(one, with_effects=False)
    except UserError as error:
        st.warning(text.what_and_remedy(error.what, error.remedy), icon=":material/warning:")
        return None


def _offer_correction(one: Filed) -> None:
    later = [other.number for other in filing_data.own() if other.answers == one.number]
    if later:
        st.info(
            _("您已经重新报送过：{numbers}。").format(numbers=filing_words.numbers(sorted(later))),
            icon=":material/info:",
        )
    with st.container(horizontal=True, key="filing_correct_row"):
        filing_remarks.offer_marked_file(one)
        st.button(
            _("改好了，重新上传"),
            key="filing_correct",
            icon=":material/upload_file:",
            on_click=_correct,
            args=(one.number,),
        )


def _correct(number: int) -> None:
    upload_desk.desk().correct(number)
    upload_desk.go_to_part("submit")
    filing_desk.go_to(None)


# ── withdrawing ────────────────────────────────────────────────────────────────────────────────────────────────────


def _show_dialog() -> None:
    asked = filing_desk.open_dialog()
    if asked is None or asked[0] != "withdraw":
        return
    dialog = st.dialog(_("撤回报送件"), width="small", icon=":material/undo:", on_dismiss=filing_desk.close)
    dialog(in_this_language(_withdraw))(asked[1][0])


def _withdraw(number: int) -> None:
    found = next((one for one in filing_data.own() if one.number == number), None)
    if found is None:
        return
    st.markdown(filing_words.withdraw_question(found))
    if not review_dialogs.confirmed(_("确定撤回"), "filing_withdraw_sure"):
        return
    try:
        actions.withdraw_filing(data.workspace(), number, actor=data.actor(), now=data.now())
    except UserError as error:
        st.error(text.what_and_remedy(error.what, error.remedy), icon=":material/error:")
        return
    filing_desk.done(filing_words.withdrawn(number))
