"""The top of every page: what is shown, where, for which month, as of which commit."""

import streamlit as st

from ecodash.domain.pages import Page
from ecodash.domain.selection import Selection
from ecodash.reports.numbers import show_time
from ecodash.views import data, filters, links, text
from ecodash.views.snapshot_button import offer_snapshot


def open_page(page: Page) -> Selection:
    """Title, as-of line and filters of a page that shows figures; the rest does not run where there are none."""
    watermark = data.newest_watermark()
    choice = filters.settle(page, watermark)
    selection = choice.selection
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="heading"):
        st.title(text.page_title(data.region(selection).name, page.label), anchor=False, width="content")
        if choice.indicators:
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
    st.title(title, anchor=False)
    st.html(f'<p class="as-of">{as_of_text(watermark)}</p>')
    return watermark


def as_of_text(watermark: int) -> str:
    """截至第 48 批，2026-11-06 17:20 提交（北京时间）."""
    if not watermark:
        return text.NO_BATCH_YET
    return text.as_of(watermark, show_time(data.watermark_stamp(watermark).committed_at))


def _as_of(selection: Selection, *, has_figures: bool) -> None:
    parts = [f"<b>{selection.month.label}</b>"] if has_figures else []
    parts.append(as_of_text(selection.watermark))
    badge = f'<span class="demo-badge">{text.DEMO_BADGE}</span>' if has_figures and data.shows_demo(selection) else ""
    st.html(f'<p class="as-of">{"　".join(parts)} {badge}</p>{_partial_note(selection) if has_figures else ""}')


def _partial_note(selection: Selection) -> str:
    """A province or the country of which only some counties are held: its figures are not those of the whole."""
    region = data.region(selection)
    return "" if region.is_whole else f'<p class="partial">◐ {text.only_partly_held(region.name)}</p>'


def show_nothing_reported(selection: Selection) -> None:
    """Say that there are no figures yet, and where to bring them."""
    st.info(text.nothing_reported(data.region(selection).name), icon=":material/inbox:")
    st.page_link(str(links.UPLOAD_FILE), label=text.GO_TO_UPLOAD, icon=":material/upload_file:")
