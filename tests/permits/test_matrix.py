"""Every public query and action is held to a rule, and the rule lets in and keeps out whom the table of roles says."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

import ecodash.actions
import ecodash.effects
import ecodash.queries
from ecodash.domain.access import SYSTEM, Actor
from ecodash.errors import NotPermitted, UserError
from ecodash.permits import Reach, Rule
from tests.permits import cases_actions, cases_people, cases_queries
from tests.permits.case import Case
from tests.permits.world import NOW, PEOPLE, PLACES, World

CASES: dict[str, Case] = {**cases_queries.CASES, **cases_actions.CASES, **cases_people.CASES}
"""By module and name; after a # another way of calling the same."""


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function over a workspace, by the name it has here."""
    modules = [ecodash.effects]
    for package in (ecodash.queries, ecodash.actions):
        found = pkgutil.iter_modules(package.__path__)
        modules += [importlib.import_module(f"{package.__name__}.{one.name}") for one in found]
    for module in modules:
        for name, function in vars(module).items():
            if name.startswith("_") or not inspect.isfunction(function) or function.__module__ != module.__name__:
                continue
            if "workspace" in list(inspect.signature(function).parameters)[:1]:
                yield f"{module.__name__.removeprefix('ecodash.')}.{name}", function


FUNCTIONS = dict(functions())


def test_every_function_over_a_workspace_has_a_rule() -> None:
    without = [name for name, function in FUNCTIONS.items() if not isinstance(getattr(function, "rule", None), Rule)]
    assert without == [], "decorate them with ecodash.permits.needs, or begin their names with _"


def test_every_rule_is_tried() -> None:
    tried = {name.partition("#")[0] for name in CASES}
    by_machine = {name for name, function in FUNCTIONS.items() if _rule_of(function).where is Reach.MACHINE}
    assert set(FUNCTIONS) - tried - by_machine == set(), "give each a Case in tests/permits/cases_*.py"
    assert tried - set(FUNCTIONS) == set()


def _rule_of(function: Callable[..., Any]) -> Rule:
    return getattr(function, "rule", None) or Rule(None, Reach.GIVEN)


@pytest.mark.parametrize(
    "name", [name for name, function in FUNCTIONS.items() if _rule_of(function).where is Reach.MACHINE]
)
def test_what_only_the_machine_does_is_kept_from_every_account(asked: World, name: str) -> None:
    for who in PEOPLE.values():
        if not who.is_operator:
            with pytest.raises(NotPermitted):
                FUNCTIONS[name](asked.seen_by(who))


@pytest.mark.parametrize("name", [name for name in CASES if name.partition("#")[0] in FUNCTIONS])
def test_it_lets_in_and_keeps_out_whom_it_should(request: pytest.FixtureRequest, name: str) -> None:
    case, function = CASES[name], FUNCTIONS[name.partition("#")[0]]
    is_asked = name.startswith("queries.") and not name.startswith("queries.review")
    world: World = request.getfixturevalue("asked" if is_asked else "used")
    wrong, was_let_in = [], False
    for place in case.places:
        for person, who in PEOPLE.items():
            # What an answer or the function itself decides is tried whole each time, the rest once: then at the door.
            is_whole = not was_let_in or case.is_inside or _rule_of(function).answer is not None
            is_let_in, answer = _tried(world, function if is_whole else function.admit, case, place, who)  # type: ignore[attr-defined]
            was_let_in = was_let_in or is_let_in
            if is_let_in is not case.allows(who, place):
                wrong.append(f"{person} in {place}: {'let in' if is_let_in else 'kept out'}")
            elif is_let_in and case.shows is not None:
                everything = case.shows(world, _tried(world, function, case, place, SYSTEM)[1])
                sight = case.sees or case.right
                expected = {one for one in everything if sight is None or who.may(sight, PLACES[one])}
                if case.shows(world, answer) != expected:
                    wrong.append(f"{person} is shown {sorted(case.shows(world, answer))}")
    assert wrong == []


def _tried(world: World, function: Callable[..., Any], case: Case, place: str, who: Actor) -> tuple[bool, Any]:
    """Whether somebody is let in, and the answer; a refusal for any other reason comes after the door."""
    args, kwargs = case.arguments(world, place)
    names = inspect.signature(function).parameters
    kwargs |= {"actor": who} if "actor" in names else {}
    kwargs |= {"now": NOW} if "now" in names and "now" not in kwargs else {}
    try:
        answer = function(world.seen_by(who), *args, **kwargs)
        if isinstance(answer, AbstractContextManager):
            with answer as entered:
                return True, entered
    except NotPermitted:
        return False, None
    except UserError:
        return True, None
    return True, answer
