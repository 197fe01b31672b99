"""What everybody who may ask is answered alike is kept once for all of them: so it must not depend on who asks."""

import inspect
import pickle
from typing import Any

import pandas as pd
import pytest

from ecodash import queries
from ecodash.domain.access import SYSTEM, Actor, Right, Role
from ecodash.errors import UserError
from tests.permits import cases_queries
from tests.permits.test_matrix import FUNCTIONS, _rule_of
from tests.permits.world import NOW, PLACES, World, person

ALIKE = [
    name
    for name in cases_queries.CASES
    if name.partition("#")[0] in FUNCTIONS and _rule_of(FUNCTIONS[name.partition("#")[0]]).is_alike
]
ASKERS = [SYSTEM, person(Role.REVIEWER, "县"), person(Role.VIEWER, "县"), person(Role.REPORTER, "乡镇")]


def test_figures_of_a_region_are_kept_for_all_and_what_depends_on_the_asker_is_not() -> None:
    names = {name.rpartition(".")[2] for name in ALIKE}
    assert {"key_figures", "ranking", "progress_matrix", "months_reported", "region_profile", "why"} <= names
    own = {"reminder", "list_batches", "batch_doubts", "list_definitions", "home_region", "list_snapshots"}
    assert own <= {name.rpartition(".")[2] for name in FUNCTIONS}
    assert not own & names


@pytest.mark.parametrize("name", ALIKE)
def test_everybody_who_may_ask_is_answered_alike(asked: World, name: str) -> None:
    case, function = cases_queries.CASES[name], FUNCTIONS[name.partition("#")[0]]
    for place in {"本镇", "本县"} & set(case.places):
        arguments = case.arguments(asked, place)
        answers = [
            _answered(function, asked, who, arguments)
            for who in ASKERS
            if who.is_operator or who.may(Right.READ, PLACES[place])
        ]
        assert len(set(answers)) == 1, f"{name} tells somebody else something else of {place}"


def _answered(function: Any, world: World, who: Actor, arguments: Any) -> bytes:
    positional, named = arguments
    if "now" in inspect.signature(function).parameters:
        named = {"now": NOW} | named
    try:
        found = function(world.workspace.acting(who), *positional, **named)
    except UserError as error:
        found = (type(error).__name__, error.what)
    return pickle.dumps(_plain(found))


def _plain(found: Any) -> Any:
    """What an answer says, without what pandas keeps beside it."""
    if isinstance(found, pd.DataFrame):
        return found.astype(object).where(found.notna(), None).to_dict("split")
    if isinstance(found, tuple | list):
        return [_plain(one) for one in found]
    return repr(found)


def test_the_pages_ask_for_nobody_who_may_not(asked: World) -> None:
    """What is kept for all is asked for through the rule each time (views.asking)."""
    selection = asked.selection("外镇")
    for who in (person(Role.REVIEWER, "乡镇"), person(None)):
        with pytest.raises(UserError):
            queries.key_figures.admit(asked.seen_by(who), selection)  # type: ignore[attr-defined]
