"""Links to the meeting screen."""

from urllib.parse import urlencode, urlsplit

import streamlit as st

from ecodash.domain.meeting import MeetingOrder, Slide, Stop
from ecodash.domain.pages import Page
from ecodash.domain.selection import Selection
from ecodash.i18n import gettext as _
from ecodash.views import links

_STOPS: dict[Page, tuple[Slide, ...]] = {
    Page.OVERVIEW: (Slide.OVERVIEW, Slide.TARGETS, Slide.RANKING, Slide.MAP, Slide.REPORTING),
    Page.MAP: (Slide.MAP, Slide.RANKING),
    Page.PROGRESS: (Slide.TARGETS, Slide.PROGRESS),
    Page.RANKING: (Slide.RANKING, Slide.MAP),
    Page.PROFILE: (Slide.PROFILE,),
    Page.REPORTING: (Slide.REPORTING,),
}
"""What the screen shows when it is opened from a page: that page's question first; the ranking from any other."""


def order_of_page(page: Page, selection: Selection) -> MeetingOrder:
    """The slides that go with a page, of what it shows at the moment."""
    return MeetingOrder(
        stops=tuple(Stop(slide) for slide in _STOPS.get(page, (Slide.RANKING,))),
        region=selection.region,
        level=selection.level,
        indicator=selection.indicator,
        month=selection.month,
    )


def order_address(order: MeetingOrder) -> str:
    """The screen of an order that is not kept."""
    return _on_this_host("/screen", order.to_params())


def kept_address(number: int) -> str:
    """The screen of a kept order, by the number of its version."""
    return _on_this_host(f"/screen/{number}", {})


def offer_meeting(page: Page, selection: Selection) -> None:
    """A link that opens the meeting screen with what a page shows, in a new tab."""
    st.link_button(
        _("会议模式"),
        order_address(order_of_page(page, selection)),
        icon=":material/present_to_all:",
        help=_("在新标签页全屏放映本页内容，按 F 全屏"),
    )


def _on_this_host(path: str, params: dict[str, str]) -> str:
    """With the host the reader uses, where it is known, and in the reader's language."""
    query = urlencode(params | links.language_param())
    parts = urlsplit(st.context.url or "")
    host = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return f"{host}{path}?{query}" if query else f"{host}{path}"
