"""The scripts that stand in the app's pages themselves: what a Content-Security-Policy may name one by one."""

import re
from pathlib import Path

import streamlit as st

from ecodash.i18n import LANGUAGES, speaking
from ecodash.views import account_menu, snapshot_made, style

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def inline_scripts() -> list[str]:
    """Streamlit's own, in the page it sends first, and ours, in every language."""
    whole = [(Path(st.__file__).parent / "static" / "index.html").read_text("utf-8")]
    for language in LANGUAGES:
        with speaking(language):
            whole.append(style.chrome_words())
    whole.extend((*account_menu.SCRIPTS, *snapshot_made.SCRIPTS))
    return [script for page in whole for script in _SCRIPT.findall(page)]
