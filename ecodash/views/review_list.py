"""The filings that wait for the reader, and those decided on: searched, filtered, twenty to a page, clean ones together."""

from collections import Counter

import streamlit as st

from ecodash.domain.access import Right
from ecodash.domain.review import FilingState
from ecodash.i18n import gettext as _
from ecodash.i18n import in_this_language
from ecodash.views import data, filing_data, filing_desk, filing_parts, filing_words, review_words, text
from ecodash.views.filing_data import Filed
from ecodash.views.rows import rows_of

_PER_PAGE = 20
_MINE = "mine"
"""The choice of those that wait for the reader."""


def show() -> None:
    """Those that wait, at first; the others by a click."""
    filings = filing_data.list_filings()
    waiting = filing_data.waiting()
    _say_what_waits(waiting)
    if not filings:
        return
    searched, state = _ask(filings, waiting)
    shown = waiting if state == _MINE else [one for one in filings if state in ("", one.state.value)]
    found = [one for one in shown if searched.casefold() in _words(one)]
    if not found:
        if shown or state != _MINE:
            st.info(review_words.nothing_found(), icon=":material/search_off:")
        return
    pages = -(-len(found) // _PER_PAGE)
    page = min(st.pagination(pages, key="review_page"), pages) if pages > 1 else 1
    part = found[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    clean = [one for one in part if filing_data.waits_for_reader(one) and filing_data.is_clean(one)]
    if len(clean) > 1:
        _offer_all(clean)
    for one in part:
        _show_one(one, is_tickable=len(clean) > 1 and one in clean)


def _say_what_waits(waiting: list[Filed]) -> None:
    if waiting:
        clean = sum(filing_data.is_clean(one) for one in waiting)
        st.info(review_words.waiting(len(waiting), clean), icon=":material/rule:")
        return
    st.success(review_words.nothing_waits(), icon=":material/check_circle:")
    if data.workspace().settings.is_open:
        st.caption(review_words.open_mode())
    if off := _switched_off():
        st.caption(review_words.switched_off(off))


def _switched_off() -> list[str]:
    """Counties of the reader's whose figures are not reviewed."""
    may = data.actor().may
    return [
        str(row.name)
        for row in rows_of(filing_data.review_choices())
        if not row.is_reviewed and may(Right.REVIEW, int(row.region))
    ]


def _ask(filings: list[Filed], waiting: list[Filed]) -> tuple[str, str]:
    counts = Counter(one.state.value for one in filings)
    labels = {_MINE: review_words.choice(_("等我审核"), len(waiting))}
    labels |= {
        one.value: review_words.choice(filing_words.state(one), counts[one.value])
        for one in FilingState
        if counts[one.value]
    }
    labels[""] = review_words.choice(text.ALL, len(filings))
    if st.session_state.get("review_state") not in labels:
        st.session_state["review_state"] = _MINE
    with st.container(horizontal=True, vertical_alignment="bottom", key="review_choices"):
        state = st.segmented_control(
            _("状态"), list(labels), format_func=in_this_language(lambda one: labels[one]), required=True, wrap=True,
            key="review_state", persist_state="session",
        )  # fmt: skip
        searched = ""
        if len(filings) > 5:
            searched = st.text_input(
                _("查找"), placeholder=_("地区、报送人或文件名"), type="search", icon=":material/search:",
                key="review_search", width=280,
            )  # fmt: skip
    return searched.strip(), _MINE if state is None else str(state)


def _words(one: Filed) -> str:
    """What a search looks at."""
    named = (found.name for key in one.regions if (found := data.tree().find(key)))
    return "\n".join((str(one.number), one.actor, one.file_name, filing_words.months(one), *named)).casefold()


def _offer_all(clean: list[Filed]) -> None:
    """One click for those that nothing speaks against; a dialog names them before anything happens."""
    chosen = [one.number for one in clean if st.session_state.get(_tick_key(one.number), False)]
    with st.container(horizontal=True, vertical_alignment="center", key="filing_bulk"):
        st.button(
            _("勾选全部无疑点的（{count} 份）").format(count=len(clean)),
            key="review_tick_all",
            icon=":material/checklist:",
            on_click=_tick,
            args=([one.number for one in clean],),
        )
        st.button(
            review_words.accept_several(len(chosen)),
            type="primary",
            key="review_bulk",
            icon=":material/done_all:",
            disabled=not chosen,
            on_click=filing_desk.ask_for,
            args=("bulk", *chosen),
        )
    st.caption(review_words.bulk_help())


def _tick(numbers: list[int]) -> None:
    for number in numbers:
        st.session_state[_tick_key(number)] = True


def _tick_key(number: int) -> str:
    return f"review_tick_{number}"


def _show_one(one: Filed, *, is_tickable: bool) -> None:
    with (
        filing_parts.row(one, for_reviewer=True),
        st.container(horizontal=True, width="content", vertical_alignment="center"),
    ):
        if is_tickable:
            st.checkbox(_("一起通过"), key=_tick_key(one.number))
        is_waiting = filing_data.waits_for_reader(one)
        st.button(
            _("打开审核") if is_waiting else _("查看"),
            key=f"review_open_{one.number}",
            icon=":material/rule:" if is_waiting else ":material/visibility:",
            on_click=filing_desk.go_to,
            args=(one.number,),
        )
