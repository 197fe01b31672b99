"""axe-core on every page, with something of everything on it: no serious or critical violation that is ours."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.driving import OFFICE, PAGES, PHONE, Server, open_page, running_app, watched_context
from tests.browser.filled import fill

STREAMLITS_OWN: dict[str, tuple[str, ...]] = {
    # The side menu of a phone lists the pages in a <ul>; where pages stand in sections, Streamlit nests that list's items
    # in <div>s. Its markup is React's, which undoes any change of ours; every page is a link with its name all the same.
    "list": ('data-testid="stSidebarNavItems"',),
    "listitem": ('<li class="st-emotion-cache-',),
}
"""Rule → what it finds in Streamlit's own elements, which we cannot mend: parts of the node's selector or markup."""

PRINTED = "print/profile?region=500230123&month=2026-10"


@pytest.fixture(scope="module")
def app(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One app for all sizes: it is only looked at."""
    scratch = tmp_path_factory.mktemp("accessible")
    home = Path(shutil.copytree(sample_home, scratch / "home"))
    fill(home)
    with running_app(home, scratch) as server:
        yield server


def violations(page: Page) -> list[str]:
    """Serious and critical ones that are ours: rule, and the first markup it is about."""
    found = Axe().run(
        page, options={"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
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


@pytest.mark.parametrize("size", [OFFICE, PHONE], ids=["office", "phone"])
@pytest.mark.parametrize(("scheme", "language"), [("light", "zh"), ("light", "en"), ("dark", "zh")])
def test_no_page_has_a_serious_violation(
    browser: Browser, app: Server, size: dict[str, int], scheme: str, language: str
) -> None:
    context, _ = watched_context(browser, size, color_scheme=scheme)
    page = context.new_page()
    found = {}
    for name in PAGES:
        open_page(page, f"{app.url}/{'' if name == 'overview' else name}?lang={language}")
        if ours := violations(page):
            found[name] = ours
    page.goto(f"{app.url}/{PRINTED}&lang={language}")
    if ours := violations(page):
        found["print"] = ours
    context.close()
    assert found == {}
