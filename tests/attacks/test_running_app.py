"""The app as a process, attacked from browsers: hostile names on every page, another's open page, messages no page sends."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from streamlit.proto.WidgetStates_pb2 import WidgetState

from ecodash.sessions import SESSION_COOKIE
from tests.attacks import hostile
from tests.browser.driving import OFFICE, PHONE, Server, running_app, settle, watched_context
from tests.browser.test_snapshots import overflow
from tests.pages.staff import copy_of
from tests.tab import Tab, texts, widgets


@dataclass(frozen=True)
class Place:
    server: Server
    numbers: dict[str, int]


@pytest.fixture(scope="module")
def place(county_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The app over an installation full of hostile texts; whoever signs in has the login as the id of the session."""
    home = copy_of(county_home, tmp_path_factory.mktemp("hostile"))
    numbers = hostile.make(home)
    with running_app(home, tmp_path_factory.mktemp("log"), ECODASH_OPEN="") as server:
        yield Place(server, numbers)


# ── hostile names ──────────────────────────────────────────────────────────────────────────────────────────────────

VISITS: dict[str, list[tuple[str, dict[str, str]]]] = {
    "admin": [
        ("users", {}), ("users", {"user": "wang"}), ("audit", {}), ("indicators", {"indicator": "public_toilets"}),
        ("backups", {}), ("calendar", {"month": "2026-07"}), ("account", {}),
    ],
    "li": [("review", {}), ("review", {"filing": "waiting"}), ("lists", {}), ("upload", {"part": "batches"})],
    "chen": [("upload", {"part": "filings", "filing": "returned"})],
}  # fmt: skip
"""Who opens which page; numbers are looked up."""


def _context(browser: Browser, place: Place, login: str) -> tuple[BrowserContext, "object"]:
    context, watch = watched_context(browser, OFFICE)
    context.add_cookies([{"name": SESSION_COOKIE, "value": login, "url": place.server.url}])
    return context, watch


_MADE = """() => document.querySelectorAll("img[onerror], a[href^='javascript:']").length
    + [...document.scripts].filter(one => one.text.includes("window.evil")).length"""
"""How many elements a hostile text became."""


def _faults(page: Page, dialogs: list[str]) -> list[str]:
    """What a hostile text did to a page: run, made an element, opened a dialog, or pushed the page sideways."""
    found = list(dialogs)
    if page.evaluate("window.evil") is not None:
        found.append("a script ran")
    if page.evaluate(_MADE):
        found.append("an element was made")
    for size in (OFFICE, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.wait_for_timeout(100)
        if (wider := overflow(page)) > 0:
            found.append(f"{wider} px sideways at {size['width']}")
    return found


@pytest.mark.parametrize("login", VISITS)
def test_hostile_names_run_nothing_and_push_nothing_on_any_page(browser: Browser, place: Place, login: str) -> None:
    context, watch = _context(browser, place, login)
    wrong, seen = {}, 0
    for name, given in VISITS[login]:
        page, dialogs = context.new_page(), []
        page.on("dialog", lambda dialog, dialogs=dialogs: (dialogs.append(dialog.message), dialog.dismiss()))
        query = urlencode({key: place.numbers.get(value, value) for key, value in given.items()})
        page.goto(f"{place.server.url}/{name}?{query}")
        page.locator("h1").first.wait_for()
        settle(page)
        seen += hostile.MARK in page.content()
        if name == "upload" and login == "chen":
            seen += 1
        if faults := _faults(page, dialogs):
            wrong[f"{name}?{query}"] = faults
        page.close()
    assert wrong == {}
    assert watch.errors == []  # type: ignore[attr-defined]
    assert watch.outside() == []  # type: ignore[attr-defined]
    # The texts are really there: on most pages as letters, in tables drawn on a canvas.
    assert seen >= len(VISITS[login]) // 2
    context.close()


def test_a_hostile_file_runs_nothing_when_it_is_looked_at(browser: Browser, place: Place) -> None:
    context, watch = _context(browser, place, "wang")
    page, dialogs = context.new_page(), []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(f"{place.server.url}/upload")
    page.locator("h1").first.wait_for()
    settle(page)
    page.set_input_files(
        "input[type=file]",
        {"name": f"{hostile.EVIL[:90]}.xlsx", "mimeType": "application/octet-stream", "buffer": hostile.workbook()},
    )
    page.get_by_text("滨江东路社区").or_(page.get_by_text("处问题")).first.wait_for(state="attached")
    settle(page)
    assert hostile.MARK in page.content()
    assert _faults(page, dialogs) == []
    assert watch.errors == []  # type: ignore[attr-defined]
    context.close()


# ── messages no page sends ─────────────────────────────────────────────────────────────────────────────────────────


def test_an_open_page_is_taken_up_again_by_its_own_session_alone(place: Place) -> None:
    """What somebody left on a page (a file read, first passwords, remarks) is not for the next person at the machine,
    nor for whoever read an id in a proxy's log."""
    first = Tab(place.server.url, "chen")
    first.run("account")
    thief = Tab(place.server.url, "wang", resumes=first.page_id)
    thief.run("account")
    assert thief.page_id != first.page_id
    first.run("account")  # It is not cut off either.
    first.close()
    for login, is_same in (("wang", False), ("chen", True)):
        again = Tab(place.server.url, login, resumes=first.page_id)
        again.run("account")
        assert (again.page_id == first.page_id) is is_same
        again.close()
    thief.close()


def _states(identity: str, kind: str) -> Iterator[WidgetState]:
    """Values a widget of a page about 暨龙镇 does not offer."""
    for value in ("500230001", "500230001001", "500230001000", "500230000000", "0"):
        state = WidgetState(id=identity)
        if kind in ("selectbox", "text_input"):
            state.string_value = value
        elif kind in ("multiselect", "button_group"):
            state.string_array_value.data.append(value)
        elif kind in ("dataframe", "plotly_chart"):
            state.string_value = f'{{"selection": {{"rows": [{value}], "points": [{{"customdata": ["{value}"]}}]}}}}'
        elif kind == "bidi_component":
            state.json_value = f'{{"selected": "{value}"}}'
        else:
            return
        yield state


_REFUSAL = re.compile("不能查看[^。]*的数据")
"""Names the place that was asked for, as everybody may read it in the country's list."""
THEIRS = ("滨江东路社区", "平都中路社区")


@pytest.mark.parametrize("page", ["profile", "map"])
def test_a_widgets_value_that_is_not_offered_shows_nothing_of_another_town(place: Place, page: str) -> None:
    tab, tried = Tab(place.server.url, "chen"), 0
    drawn = widgets(tab.run(page))
    for identity, kind in drawn.items():
        for state in _states(identity, kind):
            told = tab.run(page, state)
            text = _REFUSAL.sub("", texts(told))
            assert not [one for one in THEIRS if one in text], (identity, state)
            tried += 1
    assert tried >= 15
    tab.close()


def test_a_button_that_is_not_drawn_cannot_be_pressed(place: Place) -> None:
    """A reviewer's buttons, pressed by somebody for whom they are not drawn."""
    reviewer = Tab(place.server.url, "li")
    query = f"filing={place.numbers['waiting']}"
    buttons = [one for one, kind in widgets(reviewer.run("review", query=query)).items() if kind == "button"]
    assert buttons
    clerk = Tab(place.server.url, "wang")
    for identity in buttons:
        clerk.run("review", WidgetState(id=identity, trigger_value=True), query=query)
        clerk.run("upload", WidgetState(id=identity, trigger_value=True), query=f"part=filings&{query}")
    again = texts(reviewer.run("review", query=query))
    assert "待审核" in again or "等待审核" in again
    reviewer.close()
    clerk.close()
