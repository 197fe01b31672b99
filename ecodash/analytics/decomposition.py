"""Decomposition of targets (层层分解): whether what the children signed for adds up to what their region signed for."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd

from ecodash.domain.indicators import Aggregation, Catalog, Indicator
from ecodash.domain.regions import Level

_PLACES = 6
_KEYS = ["indicator", "deadline"]


class Adding(StrEnum):
    """How the targets of the children stand to that of their region.

    agrees: they add up to it, to the digit figures are kept at; short, over: they come to less, or to more; no_parts:
    no child has a target for this deadline; no_whole: only children have one; unweighted: no child that has a target has
    a denominator to weigh it by; not_additive: targets of this indicator are not added up (scores).
    """

    AGREES = "agrees"
    SHORT = "short"
    OVER = "over"
    NO_PARTS = "no_parts"
    NO_WHOLE = "no_whole"
    UNWEIGHTED = "unweighted"
    NOT_ADDITIVE = "not_additive"


@dataclass(frozen=True)
class Decomposition:
    """Whether the parts add up to the whole.

    Args:
        sums: one row per (indicator, deadline) for which the region or a child has a target: target (NaN where the region
            has none), parts (sum, count or weighted mean of the children's; NaN where it cannot be made), difference
            (parts minus target; 0 where they agree), adding (code of Adding), children, with_target, without_target,
            other_deadline (of those without: have a target for another deadline), unweighted (have a target, but no
            denominator to weigh it by; ratios only).
        parts: one row per (indicator, deadline, child): region, name, target (NaN where it has none), other_deadline
            (yyyymm of its nearest other target of the indicator, 0 where there is none), weight (its denominator; NaN
            where unknown or not needed), share_pct (of the parts: of the sum, or of the denominators; NaN where it adds
            nothing).
    """

    sums: pd.DataFrame
    parts: pd.DataFrame


SUM_COLUMNS = [
    *_KEYS, "target", "parts", "difference", "adding", "children", "with_target", "without_target", "other_deadline",
    "unweighted",
]  # fmt: skip
PART_COLUMNS = [*_KEYS, "region", "name", "target", "other_deadline", "weight", "share_pct"]


def decompose(
    whole: pd.DataFrame,
    parts: pd.DataFrame,
    children: pd.DataFrame,
    weights: pd.DataFrame,
    catalog: Catalog,
    level: Level,
) -> Decomposition:
    """Whether the targets of the children add up to those of their region, for each indicator and deadline.

    Amounts add up; a rate is the mean weighted by denominators; a counted level counts the villages whose level is above
    zero, and above the village adds up.

    Args:
        whole: targets of the region: indicator, deadline (yyyymm), target.
        parts: targets of its children: region, indicator, deadline, target.
        children: one row per child: region, name, in the order shown.
        weights: denominators of the children for ratios: region, indicator (of the ratio), weight (NaN unknown).
        level: of the children.
    """
    weight_of: dict[tuple[int, str], Any] = {
        (int(region), str(code)): weight
        for region, code, weight in weights[["region", "indicator", "weight"]].itertuples(index=False, name=None)
    }
    goals = {(str(row.indicator), int(row.deadline)): float(row.target) for row in whole.itertuples()}  # type: ignore[arg-type]
    by_child: dict[tuple[str, int], dict[int, float]] = {}
    for row in parts.itertuples():
        by_child.setdefault((str(row.indicator), int(row.region)), {})[int(row.deadline)] = float(row.target)  # type: ignore[arg-type]
    keys = dict.fromkeys([*goals, *((code, due) for (code, _), found in by_child.items() for due in found)])
    place = {code: number for number, code in enumerate(catalog)}
    sums: list[tuple[Any, ...]] = []
    details: list[tuple[Any, ...]] = []
    for code, deadline in sorted(keys, key=lambda key: (place[key[0]], key[1])):
        entry = catalog[code]
        rows = [
            _child(int(child), name, by_child.get((code, int(child)), {}), deadline, weight_of.get((int(child), code)))
            for child, name in children[["region", "name"]].itertuples(index=False, name=None)
        ]
        amounts = _amounts(rows, entry, level)
        added = _added(amounts, entry)
        target = goals.get((code, deadline))
        signed = [row for row in rows if row.target is not None]
        difference, adding = _compared(target, added, entry, is_signed=bool(signed))
        is_ratio = entry.aggregation is Aggregation.RATIO
        sums.append(
            (
                code, deadline, target, added, difference, adding.value, len(rows), len(signed), len(rows) - len(signed),
                sum(1 for row in rows if row.target is None and row.other_deadline),
                sum(1 for row in signed if not row.weight) if is_ratio else 0,
            )
        )  # fmt: skip
        whole_share = sum(amount if not is_ratio else row.weight or 0.0 for row, amount in amounts)
        shares = {row.region: (row.weight or 0.0 if is_ratio else amount) for row, amount in amounts}
        details += [
            (
                code, deadline, row.region, row.name, row.target, row.other_deadline, row.weight if is_ratio else None,
                100 * shares[row.region] / whole_share if row.region in shares and whole_share else None,
            )
            for row in rows
        ]  # fmt: skip
    types = {"target": float, "parts": float, "difference": float}
    return Decomposition(
        pd.DataFrame(sums, columns=SUM_COLUMNS).astype(types),
        pd.DataFrame(details, columns=PART_COLUMNS).astype({"target": float, "weight": float, "share_pct": float}),
    )


@dataclass(frozen=True, slots=True)
class _Child:
    region: int
    name: str
    target: float | None
    other_deadline: int
    weight: float | None


def _child(region: int, name: str, goals: dict[int, float], deadline: int, weight: float | None) -> _Child:
    others = sorted((abs(due - deadline), due) for due in goals if due != deadline)
    known = None if weight is None or pd.isna(weight) or weight <= 0 else float(weight)
    return _Child(region, name, goals.get(deadline), others[0][1] if others else 0, known)


def _amounts(rows: list[_Child], entry: Indicator, level: Level) -> list[tuple[_Child, float]]:
    """What each child adds: its target, one for a counted village, its target times its weight for a ratio."""
    signed = [(row, row.target) for row in rows if row.target is not None]
    if entry.aggregation is Aggregation.RATIO:
        return [(row, target * row.weight) for row, target in signed if row.weight]
    if entry.aggregation is Aggregation.COUNT and level is Level.VILLAGE:
        return [(row, float(target > 0)) for row, target in signed]
    return signed


def _added(amounts: list[tuple[_Child, float]], entry: Indicator) -> float | None:
    if not amounts or entry.aggregation is Aggregation.NONE:
        return None
    total = sum(amount for _, amount in amounts)
    if entry.aggregation is Aggregation.RATIO:
        total /= sum(row.weight or 0.0 for row, _ in amounts)
    return round(total, _PLACES)


def _compared(
    target: float | None, added: float | None, entry: Indicator, *, is_signed: bool
) -> tuple[float | None, Adding]:
    if entry.aggregation is Aggregation.NONE:
        return None, Adding.NOT_ADDITIVE
    if not is_signed:
        return None, Adding.NO_PARTS
    if target is None:
        return None, Adding.NO_WHOLE
    if added is None:
        return None, Adding.UNWEIGHTED
    # A mean has more digits than anybody signs for; a sum has none to spare.
    digits = entry.shown_decimals if entry.aggregation is Aggregation.RATIO else entry.decimals
    difference = round(added - target, _PLACES)
    if abs(difference) <= 0.5 * 10**-digits + 10**-_PLACES:
        return 0.0, Adding.AGREES
    return difference, Adding.SHORT if difference < 0 else Adding.OVER
