"""A page that shows figures is drawn again by itself: a change of its filters leaves the bar, the style sheets and the
menu as they stand, which cost the browser more than many a page."""

from collections.abc import Callable, Hashable

import streamlit as st

from ecodash.domain.pages import Page
from ecodash.i18n import in_this_language
from ecodash.views import account_data, asking, badges, data, navigation, runs
from ecodash.views.guard import guarded


def draw_alone(page: Page, draw: Callable[[], None]) -> None:
    """Draw a page, now and at each click on it. When what stands around it is no longer what it was, all is drawn anew.

    Args:
        draw: the page from its title on.
    """
    around, is_begun = _surroundings(), False

    def drawn() -> None:
        nonlocal is_begun
        if is_begun:
            with runs.watched():
                runs.at(page.value)
                guarded(lambda: _draw_again(draw, around))
            return
        # The script that runs now has looked who sits before the screen, and says what goes wrong.
        is_begun = True
        draw()

    st.fragment(in_this_language(drawn))()


def _draw_again(draw: Callable[[], None], around: Hashable) -> None:
    asking.look()
    if not account_data.is_known() or _surroundings() != around:
        st.rerun()
    draw()
    asking.look_ahead()


def _surroundings() -> Hashable:
    """What the rest of the window depends on: who sits before it and what they may, what waits for them, and whether there
    is anything to show."""
    return (data.actor(), data.is_ready(), tuple(badges.titled(name, "") for name in navigation.LOOKED_AT))
