"""How pages ask: the one workspace of the process, the store looked at once a run, answers kept and asked ahead."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import pandas as pd
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ecodash import i18n, queries
from ecodash.domain.access import SYSTEM, Actor
from ecodash.domain.selection import Selection
from ecodash.errors import NotPermitted
from ecodash.permits import Rule
from ecodash.settings import SETTING_NAMES, Settings, load_settings
from ecodash.store.records import StoreState
from ecodash.views import ahead, who
from ecodash.views.memory import AnswerMemory
from ecodash.workspace import Workspace, shared_workspace


def workspace() -> Workspace:
    """The one workspace of this process, as whoever sits before the screen sees it."""
    this_run, (run, actor), looked = _this_run(), _looked_who.get(), _looked.get()
    if looked is not None and looked.run is this_run:
        return looked.workspace
    opened = shared_workspace(_settings(*(os.environ.get(name, "") for name in SETTING_NAMES)))
    return opened.acting(actor if actor is not None and run is this_run else who.actor(opened))


@lru_cache(maxsize=8)
def _settings(*values: str) -> Settings:
    """A page asks for them hundreds of times, and each reading resolves a path."""
    return load_settings(dict(zip(SETTING_NAMES, values, strict=True)))


# What was looked at, with the run it was looked at by: a thread may run a page, and then a part of it, or another click's
# callback, which are to look for themselves.
_looked: ContextVar["_Looked | None"] = ContextVar("looked", default=None)
_looked_who: ContextVar[tuple[object, Actor | None]] = ContextVar("looked_who", default=(None, None))


@dataclass(frozen=True, slots=True)
class _Looked:
    """What a run found when it looked: how far the store had come, and the workspace as who sits there sees it. A page asks
    for it a hundred times."""

    run: object
    state: StoreState
    workspace: Workspace


def _this_run() -> object:
    """What is one and the same during one run of a page or of a part of it, and never again; None outside of any."""
    context = get_script_run_ctx(suppress_warning=True)
    return None if context is None else context.parallel_coordinator


def look() -> None:
    """Ask once who sits before the screen and how far the store has come, for the rest of this run: the shell does so
    first."""
    ahead.begin()
    run = _this_run()
    _looked.set(None)
    _looked_who.set((run, None))
    _looked_who.set((run, workspace().actor))
    _looked.set(_Looked(run, store_state(), workspace().current()))


def known_actor() -> Actor | None:
    """Who was found to sit before the screen in this run; None where nobody was looked for yet."""
    run, actor = _looked_who.get()
    return actor if run is _this_run() else None


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Ask as an actor who was looked up outside of a run: a download is made in a thread of its own."""
    who_token, state_token = _looked_who.set((_this_run(), actor)), _looked.set(None)
    try:
        yield
    finally:
        _looked_who.reset(who_token)
        _looked.reset(state_token)


def store_state() -> StoreState:
    """As looked at by this run; asked anew where a part of a page runs by itself."""
    looked = _looked.get()
    if looked is not None and looked.run is _this_run():
        return looked.state
    return queries.store_state(workspace().acting(SYSTEM))


_answers = AnswerMemory()


def ask(name: str, *arguments: object) -> Any:
    """One answer of queries. The store, its regions and its definitions belong to the key: those change without a
    commit, and tests open one store after another in one process. The language does not: answers are Chinese."""
    ahead.note((name, arguments))
    return _answered(workspace(), store_state(), name, arguments)


def _answered(opened: Workspace, state: StoreState, name: str, arguments: tuple[object, ...]) -> Any:
    function = getattr(queries, name)

    def work() -> Any:
        with i18n.speaking(i18n.CHINESE):
            return function(opened, *arguments)

    rule: Rule | None = getattr(function, "rule", None)
    if rule is not None and rule.is_alike and not _is_let(function, opened, arguments):
        return work()  # Which says why not.
    return _answers.answer(_key(opened, state, name, arguments, rule), work)


def _is_let(function: Any, opened: Workspace, arguments: tuple[object, ...]) -> bool:
    try:
        function.admit(opened, *arguments)
    except NotPermitted:
        return False
    return True


def _key(
    opened: Workspace, state: StoreState, name: str, arguments: tuple[object, ...], rule: Rule | None
) -> tuple[object, ...]:
    """What an answer depends on. What everybody who may ask is answered alike is kept for all of them, and each was let
    ask before it is looked for. What else an actor may see belongs to the key: whoever may see less is never given
    another's answer. A question about what is wherever one may look is the same for all with the same grants; any other
    may be answered by who asks, and by what people did since without a commit."""
    actor = opened.actor
    sight: tuple[object, ...] = (actor.is_operator, actor.account > 0, actor.grants)
    if rule is not None and rule.is_alike:
        sight = ()
    elif rule is None or not rule.is_shared:
        sight = (*sight, actor.account, state)
    place = (opened.settings.database_url, state.regions, state.definitions, state.deadlines)
    return (name, *place, sight, *arguments)


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
