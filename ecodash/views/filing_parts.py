"""What is shown of one filing to whoever handed it in and to whoever reviews it: facts, doubts, steps, its file."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from ecodash import queries
from ecodash.domain.audit import ExportKind
from ecodash.domain.review import ExplainedDoubt, FilingState
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import show_time
from ecodash.views import (
    batch_tables,
    batch_text,
    data,
    downloads,
    filing_card,
    filing_data,
    filing_words,
    marks,
    text,
    upload_commit,
    upload_marks,
    upload_text,
    upload_words,
)
from ecodash.views.display import offer_downloads, show_table
from ecodash.views.filing_data import Filed
from ecodash.views.rows import rows_of

_DOUBTS_SHOWN, _DOUBTS_LISTED = 5, 200
_TO_REPORTER = "确认无误的，请勾选并写明原因。"
"""How a doubt ends where it is asked of whoever reports: done by now."""
_CELLS_SHOWN = 1_000


def marks_of(one: Filed, *, for_reviewer: bool) -> list[tuple[str, str]]:
    """What to look out for, as signs with words: class of the style sheet, words."""
    found = []
    if for_reviewer and one.is_own:
        found.append(("", filing_words.is_own()))
    if one.is_open and (closed := filing_data.closed_months(one)):
        found.append(("returned", filing_words.is_closed(text.joined(month.label for month in closed))))
    if one.doubts:
        found.append(("warn", filing_words.doubts(one.doubts)))
    elif for_reviewer and one.is_open:
        found.append(("fine", filing_words.no_doubt()))
    if one.is_late:
        # Whoever corrects what was reported in time is not late.
        found.append(("warn", filing_words.is_late()) if one.new_count else ("", filing_words.is_late_correction()))
    if one.answers is not None:
        found.append(("", filing_words.is_correction(one.answers)))
    if one.answered_by is not None:
        found.append(("", filing_words.is_corrected(one.answered_by)))
    return found


@contextmanager
def row(one: Filed, *, for_reviewer: bool) -> Iterator[None]:
    """A line of a list: the filing's card on the left; what is done with it is put on the right."""
    with (
        st.container(border=True, key=f"filing_row_{one.number}"),
        st.container(
            horizontal=True,
            vertical_alignment="center",
            horizontal_alignment="distribute",
            key=f"filing_line_{one.number}",
        ),
    ):
        with st.container(width="stretch"):
            st.html(filing_card.card(one, marks_of(one, for_reviewer=for_reviewer)))
        yield


def show_head(one: Filed, *, for_reviewer: bool) -> None:
    """Its state, what to look out for, and the facts."""
    st.html(filing_card.heading(one, marks_of(one, for_reviewer=for_reviewer)))
    st.html(upload_marks.facts(filing_card.facts(one)))


def offer_file(one: Filed) -> None:
    """The file as it was handed in."""
    downloads.offer(
        _("下载报送的文件"),
        lambda: queries.filing_file(data.workspace(), one.number).content,
        file_name=one.file_name or f"{one.number}",
        mime=downloads.OCTETS,
        what=ExportKind.FILING_FILE,
        region=one.region,
        icon=":material/download:",
        key=f"filing_file_{one.number}",
    )


def show_doubts(one: Filed) -> None:
    """What is unlikely, by rule, each rule with the reason given for it; of a long list the beginning."""
    st.subheader(_("疑点和报送人的说明"), anchor=False)
    doubts = filing_data.get_filing(one.number).doubts
    if not doubts:
        st.success(_("系统没有发现疑点。"), icon=":material/check_circle:")
        return
    for code in dict.fromkeys(doubt.code for doubt in doubts):
        found = [doubt for doubt in doubts if doubt.code == code]
        rule = upload_text.doubts_of_rule(upload_words.doubt_rule(code), len(found), is_more=False)
        with st.container(border=True, key=f"filing_doubt_{code}"):
            st.markdown(filing_words.doubts_explained(rule, [doubt.reason for doubt in found]))
            st.html(_doubt_list(found[:_DOUBTS_SHOWN]))
            if len(found) > _DOUBTS_SHOWN:
                with st.expander(filing_words.further_doubts(len(found) - _DOUBTS_SHOWN)):
                    st.html(_doubt_list(found[_DOUBTS_SHOWN:]))
    table = batch_tables.doubts(doubts)
    offer_downloads(table, filing_words.number(one.number), key=f"filing_doubts_{one.number}")


def _doubt_list(found: Sequence[ExplainedDoubt]) -> str:
    rows = ((marks.Cell(doubt.hint.removesuffix(_TO_REPORTER)),) for doubt in found[:_DOUBTS_LISTED])
    return marks.short_table("", (upload_text.DOUBT,), rows, (), "kept-doubts")


def show_comment(one: Filed) -> None:
    """What the reviewer said of the whole, where anything."""
    if not one.comment:
        return
    said = _("{actor}的意见：").format(actor=text.escape(one.state_by))
    words = f"**{said}**\n\n{text.escape(one.comment)}"
    if one.state is FilingState.RETURNED:
        st.warning(words, icon=":material/undo:")
    else:
        st.info(words, icon=":material/chat:")


def show_steps(one: Filed) -> None:
    """Who did what when."""
    with st.expander(_("办理经过"), icon=":material/history:", key=f"filing_steps_{one.number}"):
        rows = (
            (
                marks.Cell(show_time(row.at)),
                marks.Cell(str(row.actor)),
                marks.Cell(filing_words.step(str(row.state))),
                marks.Cell(str(row.comment or "")),
            )
            for row in rows_of(filing_data.steps(one.number))
        )
        heads = (_("时间"), _("办理人"), _("办理"), _("意见"))
        st.html(marks.short_table("", heads, rows, (), "filing-steps"))
        st.caption(filing_words.digest(filing_data.get_filing(one.number).file_sha256))


def show_published(one: Filed) -> None:
    """What an accepted filing wrote."""
    assert one.batch is not None
    st.success(_("已在第 {batch} 批发布到看板。").format(batch=one.batch), icon=":material/check_circle:")
    upload_commit.offer_receipt(one.batch, key=f"filing_receipt_{one.number}")
    if not st.toggle(_("查看发布了哪些数据"), key=f"filing_batch_{one.number}"):
        return
    cells = data.batch_cells(one.batch)
    if cells.empty:
        st.caption(batch_text.ONLY_TARGETS)
        return
    table = batch_tables.changed_cells(cells.head(_CELLS_SHOWN), data.catalog(), data.tree())
    show_table(table, batch_text.batch_number(one.batch), key=f"filing_batch_{one.number}")
    if len(cells) > _CELLS_SHOWN:
        st.caption(batch_text.only_first(_CELLS_SHOWN, len(cells)))
