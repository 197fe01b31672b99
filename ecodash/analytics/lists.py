"""Who is on the red and the black list of a month."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from ecodash.domain.indicators import Direction
from ecodash.domain.listed import Ground
from ecodash.domain.lists import By, Falling, ListRule, Side, SideRule
from ecodash.domain.ranking import Excluded, competition_ranks

BOTH, NAMED = "both", "named"
"""Why a unit with a figure is on neither list: its place would put it on both; the rule leaves it out by name. Beside
them stand the reasons a ranking excludes a unit for (domain.ranking.Excluded); a unit that lacks parts of a composite
counts as unreported where a rule lists those."""

_OPPOSITE = {
    Direction.HIGHER: Direction.LOWER,
    Direction.NEUTRAL: Direction.LOWER,
    Direction.LOWER: Direction.HIGHER,
}


def judge(units: pd.DataFrame, rule: ListRule, direction: Direction, *, is_due: bool) -> pd.DataFrame:
    """The units with the list each is on, and why. Does not depend on the order of the rows.

    A unit is on one list at most. Who fails the standard, or is listed for its reports, is on the black list only; who
    meets the standard of the red list is on that one only; whose place alone would put it on both is on neither. A
    fall in rank takes nobody off the red list.

    Args:
        units: one row per unit: region, value (NaN unreported), movement (places gained; NA without an earlier rank),
            excluded ("" or why the ranking leaves it out), late, missing (villages whose report was late or is not
            there).
        is_due: whether the month's reports were due; before that nobody is listed for them.
    Returns:
        The same rows with place and place_from_last (Int64, among the units that can be listed), side ("red", "black",
        ""), grounds (tuple of Ground, empty where not listed), withheld ("" or why a unit is on neither list), distance
        (value less the bound of its list's standard; NaN where the list has none).
    """
    named = units["region"].isin(rule.left_out)
    is_out = named | ~units["excluded"].isin(["", Excluded.PARTS.value])
    values = _values(units[~is_out])
    places = competition_ranks(values, direction)
    from_last = competition_ranks(values, _OPPOSITE[direction])
    judged = units.copy()
    judged["place"] = pd.array([places.get(key) for key in units["region"]], dtype="Int64")
    judged["place_from_last"] = pd.array([from_last.get(key) for key in units["region"]], dtype="Int64")
    sides, grounds, withheld = [], [], []
    for row, out, by_name in zip(judged.to_dict("records"), is_out, named, strict=True):
        side, why = ("", ()) if out else _listed(row, rule, is_due=is_due)
        sides.append(side)
        grounds.append(why if side in tuple(Side) else ())
        withheld.append(NAMED if by_name else BOTH if side == BOTH else "" if side else str(row["excluded"]))
    judged["side"] = [side if side in tuple(Side) else "" for side in sides]
    judged["grounds"] = pd.Series(grounds, index=judged.index, dtype=object)
    judged["withheld"] = withheld
    judged["distance"] = [
        _distance(value, rule.side(Side(side))) if side else float("nan")
        for value, side in zip(judged["value"], judged["side"], strict=True)
    ]
    return judged


def candidates(judged: pd.DataFrame) -> int:
    """How many units can be listed by their figure."""
    return int(judged["place"].notna().sum())


def listed_by_place(judged: pd.DataFrame, side: Side, rule: ListRule) -> int:
    """How many units a list has by their place: more than the rule gives places to where units tie at the edge."""
    if rule.side(side).by is not By.PLACES:
        return 0
    column = "place" if side is Side.RED else "place_from_last"
    is_within = (judged[column] <= rule.side(side).count).fillna(False)
    return int((is_within & (judged["side"] == side)).sum())


def streak(months: Sequence[Mapping[int, str]], region: int, side: str) -> int:
    """How many months in a row, counted back from the newest, a unit was on the same list.

    Args:
        months: region → side of those listed, the newest first.
    """
    count = 0
    for listed in months:
        if listed.get(region) != side:
            break
        count += 1
    return count


def _values(units: pd.DataFrame) -> dict[int, float | None]:
    pairs = zip(units["region"], units["value"], strict=True)
    return {int(key): None if pd.isna(value) else float(value) for key, value in pairs}


def _listed(row: Mapping[Hashable, Any], rule: ListRule, *, is_due: bool) -> tuple[str, tuple[Ground, ...]]:
    """The list a unit is on ("both": its place would put it on either), and on what grounds."""
    conduct, black = _conduct(row, rule, is_due=is_due), _black(row, rule)
    if conduct or Ground.THRESHOLD in black:
        return Side.BLACK, (*black, *conduct)
    if _meets(row, rule.red):
        return Side.RED, (Ground.THRESHOLD,)
    is_first = _within(row["place"], rule.red)
    if is_first:
        return (BOTH, ()) if Ground.PLACES in black else (Side.RED, (Ground.PLACES,))
    return (Side.BLACK, black) if black else ("", ())


def _black(row: Mapping[Hashable, Any], rule: ListRule) -> tuple[Ground, ...]:
    """Grounds that lie in the figure."""
    moved = row["movement"]
    is_fallen = rule.falling is not Falling.IGNORED and _is_there(moved) and -int(moved) >= rule.fallen_places
    fallen = (Ground.FALL,) if is_fallen and _is_there(row["place"]) else ()
    found: tuple[Ground, ...] = (Ground.PLACES,) if _within(row["place_from_last"], rule.black) else ()
    found += (Ground.THRESHOLD,) if _meets(row, rule.black) else ()
    if rule.falling is Falling.ONLY and not fallen:
        return ()
    return found + fallen if found or rule.falling is Falling.ALSO else ()


def _conduct(row: Mapping[Hashable, Any], rule: ListRule, *, is_due: bool) -> tuple[Ground, ...]:
    """Grounds that lie in the unit's reports."""
    if not is_due:
        return ()
    found: tuple[Ground, ...] = (Ground.UNREPORTED,) if rule.lists_unreported and not _is_there(row["value"]) else ()
    has_gap = row["late"] + row["missing"] > 0
    return (*found, Ground.LATE) if rule.lists_late and has_gap else found


def _within(place: Any, side: SideRule) -> bool:
    return side.by is By.PLACES and _is_there(place) and int(place) <= side.count


def _meets(row: Mapping[Hashable, Any], side: SideRule) -> bool:
    return _is_there(row["value"]) and side.meets(row["value"])


def _is_there(value: Any) -> bool:
    return not bool(pd.isna(value))


def _distance(value: float, side: SideRule) -> float:
    if side.by is not By.THRESHOLD or pd.isna(value):
        return float("nan")
    return round(float(value) - float(side.bound), 9)
