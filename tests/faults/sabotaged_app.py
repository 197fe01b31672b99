"""The app with a hand in it: a page that raises for one person, and a clock that is set on.

A folder (SABOTAGE) says how: a file `raise` holds a login, a page, and where it breaks (draw, click); a file
`minutes` how far the clock of sessions is ahead.
"""

import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from streamlit.web import cli

FOLDER = Path(os.environ["SABOTAGE"])


def _said(name: str) -> list[str]:
    file = FOLDER / name
    return file.read_text(encoding="utf-8").split() if file.exists() else []


def _raise_for(*who: str) -> None:
    if _said("raise") == [*who]:
        raise ZeroDivisionError("a fault that was put there")


def _break_pages() -> None:
    from ecodash.views import asking, navigation

    run: Callable[..., Any] = navigation.run

    def raising(page: Any) -> None:
        _raise_for(asking.workspace().actor.login, page.url_path or "overview", "draw")
        run(page)

    navigation.run = raising


def _break_clicks() -> None:
    from ecodash.views import asking, language

    take: Callable[..., Any] = language._take

    def raising(*arguments: Any) -> None:
        _raise_for(asking.workspace().actor.login, "-", "click")
        take(*arguments)

    language._take = raising


def _set_clock() -> None:
    from ecodash import sessions

    _find: Callable[..., Any] = sessions.find

    def later(workspace: Any, token: str, *, now: datetime, **more: Any) -> Any:
        return _find(workspace, token, now=now + timedelta(minutes=float((_said("minutes") or ["0"])[0])), **more)

    sessions.find = later


if __name__ == "__main__":
    _break_pages()
    _break_clicks()
    _set_clock()
    sys.argv = ["streamlit", "run", "app.py", *sys.argv[1:]]
    sys.exit(cli.main())
