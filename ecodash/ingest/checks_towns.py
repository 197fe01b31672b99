"""Months of a whole town: copied from the month before, or skipped."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields

import numpy as np

from ecodash.decimals import Ints
from ecodash.domain.indicators import Kind
from ecodash.domain.periods import CARRY_MONTHS, Month
from ecodash.domain.regions import COUNTRY_KEY, child_level, level_of
from ecodash.ingest.checks_groups import grouped
from ecodash.ingest.checks_hits import CONFIRM, Hits, Wording
from ecodash.ingest.checks_series import (
    LATEST,
    Bools,
    Series,
    month_keys,
    month_of,
    ordinals_of,
    parents_of,
    split_keys,
    towns_of,
)

COPIED_VALUES = 5
"""So many figures other than 0 must be the same as the month before: fewer may agree by chance."""
COPIED_DISTINCT = 3
"""And so many of them differ from each other: four patrols in every village every month are a duty, not a copy."""
COPIED_UNITS = 2
"""One village's month may be like the one before; a town's villages are not all so at once."""
COPIED_SHARE = 2
"""At least half of a town's figures must have one of the month before to be compared with."""
NAMED_MONTHS = 6
"""So many skipped months are named one by one."""


def copied_months(book: Mapping[str, Series], wording: Wording) -> Iterator[Hits]:
    """Towns all of whose figures of a month's work, or all of whose scores, are those of the month before.

    States (stocks, rates) may stay as they are and are not looked at.
    """
    for kind in (Kind.FLOW, Kind.SCORE):
        chosen = [series for series in book.values() if series.indicator.kind is kind and len(series.in_file)]
        if any((series.gaps[series.in_file] == 1).any() for series in chosen):
            yield _copied(chosen, "各项完成量" if kind is Kind.FLOW else "得分", wording)


@dataclass(frozen=True, slots=True)
class _Month:
    """An indicator's figures of the file beside those of the month before, one entry each.

    Args:
        keys: town and month.
        compared: whether there is a figure of the month before.
        same: whether it is equal.
    """

    keys: Ints
    regions: Ints
    values: Ints
    places: Ints
    changed: Bools
    compared: Bools
    same: Bools

    @staticmethod
    def of(series: Series) -> "_Month":
        at = series.in_file
        regions, values, compared = series.regions[at], series.values[at], series.gaps[at] == 1
        keys = month_keys(parents_of(regions), series.ordinals[at])
        same = np.asarray(compared & (values == series.values[at - 1]))
        return _Month(keys, regions, values, series.places[at], series.changed[at], compared, same)

    def of_towns(self, keys: Ints) -> "_Month":
        """Only the figures of some towns and months."""
        kept = np.isin(self.keys, keys)
        return _Month(*(getattr(self, one.name)[kept] for one in fields(self)))


def _copied_towns(chosen: list[Series]) -> Ints:
    """Towns and months, by key, whose figures look copied: counted indicator by indicator, as all at once are large."""
    keys, counts = [], []
    for series in chosen:
        month = _Month.of(series)
        groups = grouped(month.keys)
        differing, copied = month.compared & ~month.same, month.same & (month.values != 0)
        tallies = [groups.count(one) for one in (differing, month.changed, month.compared, copied)]
        keys.append(groups.keys)
        counts.append(np.stack([groups.sizes, *tallies]))
    towns = grouped(np.concatenate(keys))
    sizes, differing, changed, compared, copied = np.add.reduceat(
        np.concatenate(counts, axis=1)[:, towns.order], towns.begins, axis=1
    )
    told = (differing == 0) & (changed > 0) & (COPIED_SHARE * compared >= sizes) & (copied >= COPIED_VALUES)
    copies: Ints = towns.keys[told]
    return copies


def _copied(chosen: list[Series], what: str, wording: Wording) -> Hits:
    towns = _copied_towns(chosen)
    if not len(towns):
        return Hits("month_copied", towns, str)
    months = [_Month.of(series).of_towns(towns) for series in chosen]
    keys, regions, values, places, same = (
        np.concatenate([getattr(month, name) for month in months])
        for name in ("keys", "regions", "values", "places", "same")
    )
    groups = grouped(keys)
    members = [groups.members(group) for group in range(len(groups.keys))]
    members = [part for part in members if _is_various(regions[part], values[part][values[part] != 0])]
    firsts = np.array([places[part].min() for part in members], dtype=np.int64)

    def scope(index: int) -> tuple[int, str, int]:
        town, ordinal = split_keys(keys[members[index][:1]])
        return int(town[0]), "", month_of(ordinal[0]).key

    def hint(index: int) -> str:
        part = members[index]
        town, _, period = scope(index)
        month = Month.from_key(period)
        units = f"{len(np.unique(regions[part]))} 个{child_level(level_of(town)).label}"
        same_count = int((same[part] & (values[part] != 0)).sum())
        return (
            f"{wording.region(town)}{month.label}的{what}与{month.plus(-1).label}完全相同：{units}、"
            f"{same_count} 个非零数（{wording.rows(places[part])}）。请核对是否误用了上月的表。{CONFIRM}"
        )

    return Hits("month_copied", firsts, hint, scope)


def _is_various(regions: Ints, values: Ints) -> bool:
    return len(np.unique(regions)) >= COPIED_UNITS and len(np.unique(values)) >= COPIED_DISTINCT


# ── skipped ────────────────────────────────────────────────────────────────────────────────────────────────────────


def skipped_months(book: Mapping[str, Series], months: Collection[tuple[int, int]], wording: Wording) -> Iterator[Hits]:
    """Towns, and higher units that report for themselves, whose months of work have a gap before a new one.

    Only flows tell: states are carried, and rates, scores and surveys have longer rounds of their own.

    Args:
        months: (unit, yyyymm) in which a unit reported anything, beside the series.
    """
    chosen = [series for series in book.values() if series.indicator.kind is Kind.FLOW]
    if not months and not any(series.stood.any() for series in chosen):
        return
    brought = [(_unit_months(series, series.in_file), series.places[series.in_file]) for series in chosen]
    if not sum(len(keys) for keys, _ in brought):
        return
    groups = grouped(np.concatenate([keys for keys, _ in brought]))
    places = groups.lowest(np.concatenate([found for _, found in brought]))
    known = np.array(list(months), dtype=np.int64).reshape(-1, 2)
    stood = [_unit_months(series, np.flatnonzero(series.stood)) for series in chosen]
    standing = np.unique(np.concatenate([*stood, month_keys(towns_of(known[:, 0]), ordinals_of(known[:, 1]))]))
    if len(standing):
        yield _skipped(groups.keys, places, standing, wording)


def _unit_months(series: Series, at: Ints) -> Ints:
    """Units and months of entries."""
    return month_keys(towns_of(series.regions[at]), series.ordinals[at])


def _skipped(brought: Ints, places: Ints, standing: Ints, wording: Wording) -> Hits:
    """Gaps before months the file brings, told once for a county all of whose units have the same."""
    both = np.union1d(standing, brought)
    units, ordinals = split_keys(both)
    gaps = np.zeros(len(both), dtype=np.int64)
    gaps[1:] = np.where(units[1:] == units[:-1], ordinals[1:] - ordinals[:-1], 0)
    # A month before the unit's last one is put in later; it skips nothing.
    last = np.searchsorted(standing, month_keys(units, np.full_like(units, LATEST)), side="right") - 1
    is_new = (last >= 0) & (split_keys(standing[last])[0] == units) & (both > standing[last])
    # Who reports by the quarter always leaves two months between.
    rhythm = np.append(0, gaps[:-1])
    at = np.flatnonzero(is_new & (gaps > 1) & (gaps <= CARRY_MONTHS + 1) & (rhythm < gaps))

    found: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for index, parent in zip(at, parents_of(units[at]), strict=True):
        found[int(parent), int(ordinals[index]), int(gaps[index])].append(int(index))
    file_units, file_ordinals = split_keys(brought)
    all_of = Counter(zip(parents_of(file_units).tolist(), file_ordinals.tolist(), strict=True))
    told: list[tuple[int, int, int, list[int]]] = []
    for (parent, ordinal, gap), indices in found.items():
        if parent != COUNTRY_KEY and len(indices) > 1 and len(indices) == all_of[parent, ordinal]:
            told.append((parent, ordinal, gap, indices))
        else:
            told += [(int(units[index]), ordinal, gap, [index]) for index in indices]
    firsts = [int(places[np.searchsorted(brought, both[indices])].min()) for *_, indices in told]

    def hint(index: int) -> str:
        unit, ordinal, gap, indices = told[index]
        of = f" {len(indices)} 个{child_level(level_of(unit)).label}" if len(indices) > 1 else ""
        month, before = month_of(ordinal), month_of(ordinal - gap)
        missing = [month_of(ordinal - gap + step).label for step in range(1, gap)]
        named = "、".join(missing) if gap <= NAMED_MONTHS else f"{missing[0]}至{missing[-1]}"
        return (
            f"{wording.region(unit)}{of}上一次报的是{before.label}，本次报{month.label}，中间缺 {named}。"
            f"请核对月份是否选错；漏报的请补报。{CONFIRM}"
        )

    def scope(index: int) -> tuple[int, str, int]:
        unit, ordinal, _, _ = told[index]
        return unit, "", month_of(ordinal).key

    return Hits("month_skipped", np.array(firsts, dtype=np.int64), hint, scope)
