"""axe-core on every page, with something of everything on it: no serious or critical violation that is ours."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser import office
from tests.browser.driving import (
    OFFICE,
    PAGES,
    PHONE,
    STAFF_PAGES,
    Server,
    open_page,
    running_app,
    settle,
    watched_context,
)
from tests.browser.filled import Links, fill, keep_snapshots

STREAMLITS_OWN: dict[str, tuple[str, ...]] = {
    # The side menu of a phone lists the pages in a <ul>; where pages stand in sections, Streamlit nests that list's items
    # in <div>s. Its markup is React's, which undoes any change of ours; every page is a link with its name all the same.
    "list": ('data-testid="stSidebarNavItems"',),
    "listitem": ('<li class="st-emotion-cache-',),
}
"""Rule → what it finds in Streamlit's own elements, which we cannot mend: parts of the node's selector or markup."""

ALIKE = [
    [".map svg text"],
    [".tiles ~ .tiles, .tiles ~ .sub, .tiles li:nth-child(n+9), .parts li:nth-child(n+3)"],
    ["tbody:nth-of-type(n+4), tbody tr:nth-child(n+7), .left-out li:nth-child(n+4), .cards ~ .cards"],
    ["details:not([open]) table"],
]
"""What axe-core is spared on the pages behind links. Names on a map: it takes the page, not the coloured area or the edge
of the letters, for what they stand on. And of the many rows of a table that are drawn alike all but the first."""

EVERY_RULE = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""What axe-core looks for; the rules that hang on colours."""
_LIGHTNESS = """(() => {
    const shown = [document.querySelector('[data-testid="stApp"]'), document.body, document.documentElement]
        .map(one => one ? getComputedStyle(one).backgroundColor.match(/[0-9.]+/g).map(Number) : [0, 0, 0, 0])
        .find(colour => colour.length === 3 || colour[3] > 0) || [255, 255, 255];
    return (shown[0] + shown[1] + shown[2]) / 3;
})()"""
"""Of the ground of a page, 0 to 255."""

PRINTED = "print/profile?region=500230123&month=2026-10"
ADDRESSES = {
    **{name: name for name in (*PAGES, *STAFF_PAGES)},
    "overview": "",
    "filings": "upload?part=filings",
    "returned": f"upload?part=filings&filing={office.RETURNED_TO_SEVERAL}",
    "review of one": f"review?filing={office.DOUBTFUL}",
    "user": f"users?user={office.REPORTER.login}",
}


@pytest.fixture(scope="module")
def made(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Links]:
    """A home with something of everything, people with accounts included, and the links of its snapshots."""
    home = Path(shutil.copytree(sample_home, tmp_path_factory.mktemp("accessible") / "home"))
    fill(home)
    links = keep_snapshots(home)
    office.engage(home)
    office.hand_in_some(home)
    return home, links


@pytest.fixture(scope="module")
def app(made: tuple[Path, Links]) -> Iterator[Server]:
    """One app for all sizes: it is only looked at."""
    home, _links = made
    with running_app(home, home.parent, ECODASH_OPEN="") as server:
        yield server


def violations(
    page: Page, *, but: list[list[str]] | None = None, rules: Mapping[str, object] = EVERY_RULE
) -> list[str]:
    """Serious and critical ones that are ours: rule, and the first markup it is about.

    Args:
        but: selectors of what is not looked at.
        rules: which are looked for.
    """
    found = Axe().run(
        page, context={"exclude": but} if but else None, options={"resultTypes": ["violations"], "runOnly": rules}
    )
    ours = []
    for rule in found.response["violations"]:
        if rule["impact"] not in ("serious", "critical"):
            continue
        for node in rule["nodes"]:
            where = " ".join(str(part) for part in node["target"])
            known = STREAMLITS_OWN.get(rule["id"], ())
            if not any(part in where or part in node["html"] for part in known):
                ours.append(f"{rule['id']}: {where}: {node['html'][:200]}")
    return ours


def violations_in_both(page: Page, *, but: list[list[str]] | None = None) -> list[str]:
    """The same of a page that was opened in the dark, and then in the light. Between them only colours change: what a rule
    says of anything else it says once."""
    is_streamlits = page.locator('[data-testid="stApp"]').count() > 0
    assert not is_streamlits or page.evaluate(_LIGHTNESS) < 128
    dark = [f"dark: {one}" for one in violations(page, but=but, rules=COLOURS)]
    page.emulate_media(color_scheme="light")
    page.wait_for_function(f"() => {_LIGHTNESS} > 128")
    if is_streamlits:
        settle(page)
    light = violations(page, but=but)
    page.emulate_media(color_scheme="dark")
    return dark + light


@pytest.mark.parametrize("size", [OFFICE, PHONE], ids=["office", "phone"])
def test_no_page_has_a_serious_violation_in_the_dark_or_in_the_light(
    browser: Browser, app: Server, size: dict[str, int]
) -> None:
    context, _ = watched_context(browser, size, color_scheme="dark")
    found = looked_through(context.new_page(), app, ADDRESSES, size, "zh", violations_in_both)
    context.close()
    assert found == {}


@pytest.mark.parametrize("size", [OFFICE, PHONE], ids=["office", "phone"])
def test_no_page_in_english_has_a_serious_violation(browser: Browser, app: Server, size: dict[str, int]) -> None:
    context, _ = watched_context(browser, size, color_scheme="light")
    # A phone shows the words that an office's screen shows, in the boxes that Chinese words stand in.
    names = PAGES if size is PHONE else ADDRESSES
    found = looked_through(context.new_page(), app, names, size, "en", violations)
    context.close()
    assert found == {}


def looked_through(
    page: Page,
    app: Server,
    names: Iterable[str],
    size: dict[str, int],
    language: str,
    look: Callable[[Page], list[str]],
) -> dict[str, list[str]]:
    """What was found on which page, from the one of signing in to the printed one."""
    found = {}
    page.goto(f"{app.url}/login?lang={language}")
    if ours := look(page):
        found["login"] = ours
    office.sign_in(page, app.url, office.SEVERAL.login)
    page.locator("h1").first.wait_for()
    for name in names:
        address = ADDRESSES[name]
        open_page(page, f"{app.url}/{address}{'&' if '?' in address else '?'}lang={language}")
        if ours := look(page):
            found[name] = ours
        if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
            found.setdefault(name, []).append("scrolls sideways")
    page.goto(f"{app.url}/{PRINTED}&lang={language}")
    if ours := look(page):
        found["print"] = ours
    return found


@pytest.mark.parametrize("size", [OFFICE, PHONE], ids=["office", "phone"])
def test_nothing_behind_a_link_has_a_serious_violation(
    browser: Browser, app: Server, made: tuple[Path, Links], size: dict[str, int]
) -> None:
    _home, links = made
    context, _ = watched_context(browser, size, color_scheme="dark", bypass_csp=True)
    page = context.new_page()
    found = {}
    for name, path, says in (
        ("pack", links.pack, "此后又更正"),
        ("comparison", f"{links.pack}/now", "当时与现在"),
        ("pin", links.guarded, "请输入口令"),
        ("gone", links.revoked, "链接已失效"),
    ):
        page.goto(app.url + path)
        assert says in page.locator("body").inner_text()
        for fold in page.locator("details").all()[:2]:
            fold.locator("summary").click()
        if ours := violations_in_both(page, but=ALIKE):
            found[name] = ours
    context.close()
    assert found == {}
