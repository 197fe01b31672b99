"""生成快照 on the pages: a button that opens the form, from a page, from 红黑榜, from a meeting order."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ecodash.domain.access import Right
from ecodash.domain.listed import MonthLists
from ecodash.domain.meeting import MeetingOrder
from ecodash.domain.pages import Page
from ecodash.domain.regions import Level, level_of
from ecodash.domain.selection import Selection
from ecodash.i18n import CHINESE, in_this_language, speaking
from ecodash.i18n import gettext as _
from ecodash.views import data, filters, ranking_options, snapshot_data, snapshot_form, text
from ecodash.views.snapshot_form import Source

_OFFERED = tuple(page for page in Page if page.value != "lists")
"""Pages of one selection. 红黑榜 looks at a rule instead, and is offered by its own page."""

_ORDER = "snapshot_order"
"""Where the session keeps the meeting order whose form is open: its name and its plain form."""


def offer_snapshot(page: Page, selection: Selection) -> None:
    """The button of a page that shows figures; other pages of the same place and month may go with it."""
    if not data.may(Right.SHARE, selection.region):
        return
    comparison = ranking_options.asked() if page is Page.RANKING else None
    with speaking(CHINESE):  # As the snapshot itself is.
        place = f"{data.region(selection).name}{selection.month.label}"
    # A village has no units to rank or to draw.
    is_village = level_of(selection.region) is Level.VILLAGE
    _offer(
        Source(
            key=(page, selection, comparison),
            place=place,
            freeze=lambda pages: snapshot_data.freeze_pages(pages, selection, comparison),
            offered=(page,) if is_village else _OFFERED,
            first=(page,),
        )
    )


def offer_lists_snapshot(lists: MonthLists) -> None:
    """The button of 红黑榜."""
    if not data.may(Right.SHARE, lists.rule.region):
        return
    with speaking(CHINESE):
        place = f"{lists.region_name}{lists.month.label}"
    _offer(
        Source(
            key=("lists", lists.watermark, str(lists.month), lists.number, lists.reasons_number),
            place=place,
            freeze=lambda pages: [snapshot_data.freeze_lists(lists)],
            what="红黑榜",
            labels=(_("红黑榜"),),
        )
    )


def _offer(source: Source) -> None:
    popover = st.popover(
        text.MAKE_SNAPSHOT,
        icon=":material/push_pin:",
        help=text.SNAPSHOT_HELP,
        key="snapshot_popover",
        on_change="rerun",
    )
    if popover.open:
        # A fragment: what is typed here does not draw the page anew.
        with popover:
            st.fragment(in_this_language(snapshot_form.show))(source)


# ── meeting orders ─────────────────────────────────────────────────────────────────────────────────────────────────


def offer_order_snapshot(name: str, order: MeetingOrder, *, key: str, disabled: bool = False) -> None:
    """The button of a meeting order; the form opens over the page.

    Args:
        name: of the order; empty for one that is not kept.
        key: names the button among those of the page.
    """
    if not all(data.may(Right.SHARE, region) for region in order.regions or {data.home_region()}):
        return
    if st.button(
        text.MAKE_SNAPSHOT,
        icon=":material/push_pin:",
        help=_("把这个会议顺序里的页面按现在的数据固定成一个快照"),
        disabled=disabled,
        key=key,
    ):
        st.session_state[_ORDER] = (name, order.to_content())


def show_order_form() -> None:
    """The form of the meeting order that was asked for, if any; called once, when the rest of the page is drawn."""
    asked = st.session_state.get(_ORDER)
    if asked is None:
        return
    name, content = asked
    dialog = st.dialog(text.MAKE_SNAPSHOT, width="medium", icon=":material/push_pin:", on_dismiss=_close_order)
    dialog(in_this_language(_order_form))(name, content)


def _close_order() -> None:
    st.session_state.pop(_ORDER, None)


def _order_form(name: str, content: Mapping[str, Any]) -> None:
    order = MeetingOrder.from_content(content)
    snapshot_form.show(
        Source(
            key=("order", name, str(content), data.newest_watermark()),
            place=_place(order),
            freeze=lambda pages: snapshot_data.freeze_order(order),
            what=name or "会议快照",
            labels=tuple(stop.slide.label for stop in order.stops),
            # Slides of one page become one: which pages there are is known when they are frozen.
            has_notes=False,
        )
    )


def _place(order: MeetingOrder) -> str:
    """丰都县2026年10月, in Chinese: the region and the month an order looks at as of now."""
    region = data.home_region() if order.region is None else order.region
    found = data.tree().find(region)
    months = data.months_reported(data.newest_watermark(), filters.lifted(region, Level.COUNTY))
    month = order.month or (months[-1] if months else None)
    with speaking(CHINESE):
        return f"{found.name if found else ''}{month.label if month else ''}"
