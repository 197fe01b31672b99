"""The top of every page: what is shown, where, for which month, as of which commit, and how much of it was reported."""

from html import escape

import streamlit as st

from ecodash.domain.access import Right
from ecodash.domain.pages import Page
from ecodash.domain.selection import Selection
from ecodash.reports.numbers import show_time
from ecodash.views import data, definition, filters, links, meeting_links, stamp, text
from ecodash.views.snapshot_button import offer_snapshot
from ecodash.views.stamp import Stamp


def open_page(page: Page) -> Selection:
    """Title, as-of line and filters of a page that shows figures; the rest does not run where there are none."""
    watermark = data.newest_watermark()
    choice = filters.settle(page, watermark)
    selection = choice.selection
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="heading"):
        st.title(text.page_title(data.region(selection).name, page.label), anchor=False, width="content")
        if choice.indicators:
            with st.container(horizontal=True, width="content", key="heading_buttons"):
                definition.offer(data.indicator(selection))
                meeting_links.offer_meeting(page, selection)
                offer_snapshot(page, selection)
    _as_of(selection, has_figures=bool(choice.indicators))
    filters.show(page, choice)
    for complaint in choice.complaints:
        st.warning(complaint, icon=":material/warning:")
    if not choice.indicators:
        show_nothing_reported(selection)
        st.stop()
    return selection


def open_plain_page(title: str) -> int:
    """Title and as-of line of a page without filters; returns the newest watermark."""
    watermark = data.newest_watermark()
    stamp.keep(Stamp())
    st.title(title, anchor=False)
    st.html(f'<p class="as-of">{escape(as_of_text(watermark))}</p>')
    return watermark


def as_of_text(watermark: int) -> str:
    """截至第 48 批，2026-11-06 17:20 提交（北京时间）."""
    if not watermark:
        return text.NO_BATCH_YET
    return text.as_of(watermark, show_time(data.watermark_stamp(watermark).committed_at))


def _as_of(selection: Selection, *, has_figures: bool) -> None:
    if not has_figures:
        st.html(f'<p class="as-of">{escape(as_of_text(selection.watermark))}</p>')
        return
    is_demo = data.shows_demo(selection)
    context = text.listed((data.region(selection).name, selection.month.label, _reported(selection)))
    stamp.keep(Stamp(context, is_demo, selection))
    entry = data.indicator(selection)
    unit, _decimals = entry.shown_at(selection.level)
    parts = [f"<b>{escape(selection.month.label)}</b>"]
    parts += [
        f"<span>{escape(said)}</span>"
        for said in (text.with_unit(entry.label, unit), as_of_text(selection.watermark), _reported(selection))
        if said
    ]
    badge = f'<span class="demo-badge">{escape(text.DEMO_BADGE)}</span>' if is_demo else ""
    st.html(f'<p class="as-of">{"　".join(parts)} {badge}</p>{_partial_note(selection)}')


def _reported(selection: Selection) -> str:
    """上报 318/330 村，其中迟报 12 村: of the villages of the region, those that reported anything for the month."""
    counts = data.report_counts(selection)
    return text.villages_reported(counts.reported, counts.villages, counts.late) if counts.villages else ""


def _partial_note(selection: Selection) -> str:
    """A province or the country of which only some counties are held: its figures are not those of the whole."""
    region = data.region(selection)
    return "" if region.is_whole else f'<p class="partial">◐ {escape(text.only_partly_held(region.name))}</p>'


def show_nothing_reported(selection: Selection) -> None:
    """Say that there are no figures yet, and where to bring them."""
    st.info(text.nothing_reported(data.region(selection).name), icon=":material/inbox:")
    if not data.may(Right.REPORT, selection.region):
        return
    st.page_link(
        str(links.UPLOAD_FILE),
        label=text.GO_TO_UPLOAD,
        icon=":material/upload_file:",
        query_params=links.language_param(),
    )
