"""Nothing that somebody of one town may ask tells what another town reported: every query, effect and reading of a file is
asked in two installations that differ in nothing else, and must answer the same."""

import dataclasses
import inspect
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ecodash import actions
from ecodash.actions import Choices
from ecodash.domain.access import Actor, Role
from ecodash.domain.comparison import Against, Comparison, Span
from ecodash.domain.regions import Level, region_key
from ecodash.domain.selection import Selection
from ecodash.effects import Effects
from ecodash.errors import NotPermitted, UserError
from ecodash.permits import Reach
from tests.attacks.twins import ELSEWHERE, told, twin
from tests.builders import A1
from tests.permits.test_matrix import CASES, FUNCTIONS
from tests.permits.world import MONTH, NOW, PLACES, World, person

Twins = tuple[World, World]
REVIEWER = person(Role.REVIEWER)
"""Sees most of a town, what waits included."""

ASKED = [
    name
    for name, case in CASES.items()
    if name.startswith(("queries.", "effects.", "actions.filings.", "actions.uploads.plan_undo"))
    and case.reach not in (Reach.MACHINE, Reach.GIVEN)
    and "本镇" in case.places
]
RANKS = ("rank", "ranked_count")
"""How a town stands among its like is its own to know; the others' figures and places are not told."""
SLOW = ("queries.ranking.robustness", "queries.packs.", "queries.meeting.", "queries.frozen.", "queries.since.")
"""Asked as they are only: they put the other questions together."""


@pytest.fixture(scope="module")
def twins(built: tuple[World, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    folder = tmp_path_factory.mktemp("twins")
    both = twin(built, folder / "a", 100), twin(built, folder / "b", 2_300)
    yield both
    for one in both:
        one.workspace.close()


Turn = Callable[[Any], Any]


def _selected(**changes: Any) -> Turn:
    return lambda one: one.at(**changes) if isinstance(one, Selection) else one


TURNS: dict[str, Turn] = {
    "as it is": lambda one: one,
    "a ratio by county": _selected(indicator="closing_rate", level=Level.COUNTY),
    "the year": lambda one: Comparison(Span.YEAR, Against.YEAR_AGO) if isinstance(one, Comparison) else one,
}
"""The same question as somebody might turn it by hand."""


@pytest.mark.parametrize("turn", TURNS)
def test_who_sees_one_town_cannot_tell_what_others_reported(twins: Twins, turn: str) -> None:
    wrong = {}
    for name in (
        ASKED if turn == "as it is" else [name for name in ASKED if _can_be_turned(twins[0], name, TURNS[turn])]
    ):
        first, second = (told(_answer(world, name, REVIEWER, TURNS[turn])) for world in twins)
        lines = zip_longest(first.splitlines(), second.splitlines(), fillvalue="")
        if differing := [f"{one} | {other}" for one, other in lines if one != other]:
            wrong[name] = differing[:3]
    assert wrong == {}


def _can_be_turned(world: World, name: str, turn: Turn) -> bool:
    args, kwargs = CASES[name].arguments(world, "本镇")
    return not name.startswith(SLOW) and any(turn(one) is not one for one in (*args, *kwargs.values()))


def _answer(world: World, name: str, who: Actor, turn: Turn) -> Any:
    function = FUNCTIONS[name.partition("#")[0]]
    args, kwargs = CASES[name].arguments(world, "本镇")
    args, kwargs = tuple(map(turn, args)), {key: turn(one) for key, one in kwargs.items()}
    parameters = inspect.signature(function).parameters
    kwargs |= {"actor": who} if "actor" in parameters else {}
    kwargs |= {"now": NOW} if "now" in parameters and "now" not in kwargs else {}
    try:
        found = function(world.seen_by(who), *args, **kwargs)
    except UserError as refused:
        return refused.what, refused.remedy
    if isinstance(found, Effects):
        assert set(found.ranks["region"]) <= {PLACES["本镇"], region_key(A1)}
        return found.region, found.totals
    if isinstance(found, pd.DataFrame):
        return found.drop(columns=list(RANKS), errors="ignore") if "ranked_count" in found else found
    return found


def test_the_sweep_would_see_a_difference(twins: Twins) -> None:
    """Whoever may see the county is told different figures."""
    county, name = person(Role.REVIEWER, "县"), "queries.figures.unit_ranking"
    first, second = (told(_answer(world, name, county, _up)) for world in twins)
    assert first != second


def _up(one: Any) -> Any:
    return one.at(region=PLACES["本县"], level=Level.TOWN) if isinstance(one, Selection) else one


# ── files about others ─────────────────────────────────────────────────────────────────────────────────────────────

FILES = {
    "another's": "区划代码,closed\n{other},500",
    "another's, and a fault of one's own": "区划代码,closed\n{own},abc\n{other},500",
    "a contradiction with what stands": "区划代码,toilets,households,found,closed\n{other},99999,5,3,99",
    "a jump against last month": "区划代码,closed\n{other},9999999",
    "the same cell twice": "区划代码,closed\n{other},90000\n{other},90001",
    "one's own beside another's": "区划代码,closed\n{own},20\n{other},90000",
    "an unknown place beside another's": "区划代码,closed\n{other},90000\n999999999999,5",
    "a target": "区划代码,指标,期限,目标值\n{other},garbage,2026-12,500",
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_about_others_tells_nothing_of_what_they_reported(twins: Twins, kind: str) -> None:
    who = person(Role.REPORTER)
    for other in ELSEWHERE:
        content = FILES[kind].format(own=A1, other=other).encode()
        answers = [told(_read(world, content, who)) for world in twins]
        assert answers[0] == answers[1]


def _read(world: World, content: bytes, who: Actor) -> Any:
    try:
        read = actions.read_file(
            world.seen_by(who), content, "2026年10月.csv", actor=who, now=NOW, choices=Choices(month=MONTH)
        )
        return dataclasses.asdict(read.intake), read.changes, read.target_changes
    except NotPermitted as refused:
        return refused.what
