"""axe-core on every page: no serious or critical violation that is ours."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.driving import OFFICE, PAGES, PHONE, open_page, running_app, watched_context

STREAMLITS_OWN: dict[str, tuple[str, ...]] = {}
"""Rule → what it finds in Streamlit's own elements, which we cannot mend: parts of the node's selector or markup."""


def violations(page: Any) -> list[str]:
    """Serious and critical ones that are ours: rule, and the first markup it is about."""
    found = Axe().run(page, options={"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]})
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
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_violation(
    browser: Browser, sample_copy: Path, tmp_path: Path, size: dict[str, int], scheme: str
) -> None:
    with running_app(sample_copy, tmp_path) as server:
        context, _ = watched_context(browser, size, color_scheme=scheme)
        page = context.new_page()
        found = {}
        for name in PAGES:
            for language in ("zh", "en") if scheme == "light" else ("zh",):
                address = "" if name == "overview" else name
                open_page(page, f"{server.url}/{address}?lang={language}")
                page.wait_for_timeout(800)
                if ours := violations(page):
                    found[f"{name} {language}"] = ours
        context.close()
    assert found == {}
