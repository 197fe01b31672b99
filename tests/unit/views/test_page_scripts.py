"""A script that stands in a page runs only where the Content-Security-Policy names it."""

import re

from ecodash.settings import PROJECT_ROOT
from ecodash.views import page_scripts

VIEWS = PROJECT_ROOT / "ecodash" / "views"


def test_every_script_of_a_view_is_named() -> None:
    named = page_scripts.inline_scripts()
    found = [
        (path.name, script)
        for path in sorted(VIEWS.glob("*.py"))
        if path.name != "page_scripts.py"
        for script in re.findall(r"<script>(.+?)</script>", path.read_text(encoding="utf-8"), re.DOTALL)
    ]
    assert {name for name, _script in found} >= {"account_menu.py", "snapshot_made.py"}
    assert [name for name, script in found if script not in named and "{script}" not in script] == []
