"""Figures of a whole town that are all alike: the same number in every village, or 100 % everywhere."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from ecodash.decimals import SCALE, Ints
from ecodash.domain.indicators import Aggregation, Catalog, Indicator, Kind
from ecodash.domain.periods import CARRY_MONTHS
from ecodash.domain.regions import child_level, level_of
from ecodash.ingest.checks_groups import Groups, grouped
from ecodash.ingest.checks_hits import CONFIRM, Hits, Wording, shown
from ecodash.ingest.checks_limits import limits_of
from ecodash.ingest.checks_series import NOWHERE, Bools, Series, month_keys, month_of, parents_of, split_keys

SAME_UNITS = 5
"""Fewer villages than this may well report the same."""
SAME_COUNT = 3 * SCALE
"""Counts of a month's work below 3 agree by chance: one dump site, two ponds."""
SAME_STOCK = 10 * SCALE
"""Stocks below 10 are often handed out alike: two cleaners, five collection points a village."""
DUTY_UNIT = "次"
"""What is counted in times is set by a duty (巡查每周一次), and done equally often everywhere."""
FULL = 100 * SCALE


def alike(book: Mapping[str, Series], catalog: Catalog, wording: Wording) -> Iterator[Hits]:
    """Indicators for which every village of a town reports the same, or 100 %."""
    for series in book.values():
        at = series.in_file
        if len(at) >= SAME_UNITS and _can_be_alike(series.indicator):
            yield from _alike(series, at, wording)
    for limit in limits_of(catalog):
        if limit.ratio and not limit.is_loose and limit.part in book and limit.whole in book:
            rate = book.get(limit.ratio)
            if rate is None or not len(rate.in_file):
                yield _all_parts_full(book[limit.part], book[limit.whole], catalog[limit.ratio], wording)


def _can_be_alike(indicator: Indicator) -> bool:
    is_level = indicator.aggregation is Aggregation.COUNT
    return not is_level and indicator.kind is not Kind.ATTRIBUTE and indicator.unit != DUTY_UNIT


def _alike(series: Series, at: Ints, wording: Wording) -> Iterator[Hits]:
    values, kind = series.values[at], series.indicator.kind
    groups = _town_months(series, at)
    lowest = groups.lowest(values)
    same = (groups.sizes >= SAME_UNITS) & (lowest == groups.highest(values)) & (lowest > 0)
    same &= groups.any(series.changed[at])
    if not same.any():
        return
    if kind in (Kind.STOCK, Kind.RATIO):
        # What was alike at the last report was asked about then; states may stay.
        same &= ~groups.all(_stays(series, at))
    if kind is Kind.STOCK:
        same &= lowest >= SAME_STOCK
    if kind is Kind.FLOW and series.indicator.decimals == 0:
        same &= lowest >= SAME_COUNT
    is_full = (lowest == FULL) if kind is Kind.RATIO else np.zeros(len(lowest), dtype=np.bool_)
    yield _alike_hits("all_same", series, at, groups, np.flatnonzero(same & ~is_full), wording)
    yield _full_hits(series, at, groups, np.flatnonzero(same & is_full), series.indicator, wording)


def _stays(series: Series, at: Ints) -> Bools:
    """Whether each entry has the value of the region's report before, which still stood."""
    reached = (series.gaps[at] > 0) & (series.gaps[at] <= CARRY_MONTHS)
    return np.asarray(reached & (series.values[at] == series.values[at - 1]))


def _all_parts_full(part: Series, whole: Series, rate: Indicator, wording: Wording) -> Hits:
    """Towns every village of which has reached its whole, where the file gives the parts and not the rate."""
    at = part.in_file
    if not len(at):
        return Hits("all_full", at, str)
    limited_by = whole.as_of(part.regions[at], part.ordinals[at], whole.indicator.kind.carry_months)
    full = np.zeros(len(at), dtype=np.bool_)
    if len(whole.keys):
        full = (limited_by != NOWHERE) & (part.values[at] == whole.values[limited_by]) & (part.values[at] > 0)
    groups = _town_months(part, at)
    told = (groups.sizes >= SAME_UNITS) & groups.all(full) & groups.any(part.changed[at])
    told &= ~groups.all(_stays(part, at))
    return _full_hits(part, at, groups, np.flatnonzero(told), rate, wording)


def _town_months(series: Series, at: Ints) -> Groups:
    return grouped(month_keys(parents_of(series.regions[at]), series.ordinals[at]))


def _alike_hits(code: str, series: Series, at: Ints, groups: Groups, which: Ints, wording: Wording) -> Hits:
    def hint(index: int) -> str:
        members = at[groups.members(int(which[index]))]
        who = _who(int(groups.keys[which[index]]), series, members, wording)
        value = f"{shown(series.values[members[0]])}{series.indicator.unit}"
        advice = "各村实际一般不会相同，请核对是否为估填、平均分摊或整列填充。"
        return f"{who}的“{series.indicator.name}”都是 {value}。{advice}{CONFIRM}"

    return _group_hits(code, series, at, groups, which, hint, series.indicator)


def _full_hits(series: Series, at: Ints, groups: Groups, which: Ints, rate: Indicator, wording: Wording) -> Hits:
    def hint(index: int) -> str:
        members = at[groups.members(int(which[index]))]
        who = _who(int(groups.keys[which[index]]), series, members, wording)
        return f"{who}的“{rate.name}”都是 100%。请核对是否有未完成的村、户按完成填报。{CONFIRM}"

    return _group_hits("all_full", series, at, groups, which, hint, rate)


def _who(key: int, series: Series, members: Ints, wording: Wording) -> str:
    """虎威镇2026年10月 8 个村（第 3、4 行）."""
    town, ordinal = split_keys(np.array([key]))
    units = child_level(level_of(int(town[0]))).label
    rows = wording.rows(series.places[members])
    return f"{wording.region(int(town[0]))}{month_of(ordinal[0]).label} {len(members)} 个{units}（{rows}）"


def _group_hits(
    code: str, series: Series, at: Ints, groups: Groups, which: Ints, hint: Callable[[int], str], indicator: Indicator
) -> Hits:
    if not len(which):
        # What words nothing keeps nothing: groups of a million figures are large.
        return Hits(code, which, str)
    # A group is told at its first cell: entries go by region, not by row.
    firsts = groups.lowest(series.places[at])[which]

    def scope(index: int) -> tuple[int, str, int]:
        town, ordinal = split_keys(groups.keys[which[index : index + 1]])
        return int(town[0]), indicator.code, month_of(ordinal[0]).key

    return Hits(code, firsts, hint, scope)
