from playwright.sync_api import expect

from tests.browser.driving import WAIT_MS

# What is waited for comes, or the test has failed: how soon is a matter of how busy the machine is.
expect.set_options(timeout=WAIT_MS)
