from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.driving import WAIT_MS, launch

# What is waited for comes, or the test has failed: how soon is a matter of how busy the machine is.
expect.set_options(timeout=WAIT_MS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all browser tests."""
    with sync_playwright() as playwright:
        opened = launch(playwright)
        yield opened
        opened.close()
