"""How pages ask: the one workspace of the process, the store looked at once a run, answers kept and asked ahead."""

import os
from contextvars import ContextVar
from functools import lru_cache, partial
from typing import Any

import pandas as pd

from ecodash import i18n, queries
from ecodash.domain.selection import Selection
from ecodash.settings import SETTING_NAMES, Settings, load_settings
from ecodash.store.records import StoreState
from ecodash.views import ahead
from ecodash.views.memory import AnswerMemory
from ecodash.workspace import Workspace, shared_workspace


def workspace() -> Workspace:
    """The one workspace of this process."""
    return shared_workspace(_settings(*(os.environ.get(name, "") for name in SETTING_NAMES)))


@lru_cache(maxsize=8)
def _settings(*values: str) -> Settings:
    """A page asks for them hundreds of times, and each reading resolves a path."""
    return load_settings(dict(zip(SETTING_NAMES, values, strict=True)))


_looked: ContextVar[StoreState | None] = ContextVar("looked", default=None)


def look() -> None:
    """Ask the store once how far it has come, for the rest of this run: the shell does so first."""
    ahead.begin()
    _looked.set(queries.store_state(workspace()))


def store_state() -> StoreState:
    """As looked at by this run; asked anew where a part of a page runs by itself."""
    return _looked.get() or queries.store_state(workspace())


_answers = AnswerMemory()


def ask(name: str, *arguments: object) -> Any:
    """One answer of queries. The store, its regions and its definitions belong to the key: those change without a
    commit, and tests open one store after another in one process. The language does not: answers are Chinese."""
    ahead.note((name, arguments))
    return _answered(workspace(), store_state(), name, arguments)


def _answered(opened: Workspace, state: StoreState, name: str, arguments: tuple[object, ...]) -> Any:
    def work() -> Any:
        with i18n.speaking(i18n.CHINESE):
            return getattr(queries, name)(opened, *arguments)

    key = (name, opened.settings.database_url, state.regions, state.definitions, *arguments)
    return _answers.answer(key, work)


def look_ahead() -> None:
    """Have what this run asked about a month asked about the month before and the one after it, behind the pages."""
    opened, state = workspace(), store_state()

    def beside(step: int, name: str, arguments: tuple[object, ...]) -> Any:
        moved = (one.at(month=one.month.plus(step)) if isinstance(one, Selection) else one for one in arguments)
        return _answered(opened, state, name, tuple(moved))

    questions = [(name, given) for name, given in ahead.asked() if any(isinstance(one, Selection) for one in given)]
    ahead.AHEAD.wish([partial(beside, step, *question) for step in (-1, 1) for question in questions])


def frame(name: str, *arguments: object) -> pd.DataFrame:
    found: pd.DataFrame = ask(name, *arguments)
    return found
