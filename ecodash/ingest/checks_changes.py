"""A region's figure against its own earlier ones: a stock that falls, ten times the month before."""

from collections.abc import Iterator, Mapping

import numpy as np

from ecodash.decimals import SCALE, Ints
from ecodash.domain.indicators import Aggregation, Catalog, Indicator, Kind
from ecodash.domain.periods import CARRY_MONTHS
from ecodash.domain.regions import child_level, level_of
from ecodash.ingest.checks_hits import CONFIRM, Hits, Wording, shown
from ecodash.ingest.checks_series import Bools, Series, month_keys, month_of, parents_of, split_keys

TIMES = 10
"""Ten times the month before, or a tenth of it, is asked about: a misplaced point or a zero too many."""
BOTH_AT_LEAST = 10 * SCALE
"""Where both figures are 10 or more, ten times is asked about: 2 → 20 problems is a busy month, 21 → 210 吨 is not."""
APART = 50 * SCALE
"""Smaller figures are asked about where they lie 50 or more apart: 5 → 55. 1 → 10, 2 → 25 are not."""
SLIP_TIMES = 500
"""Figures 500 times apart are asked about from 1 on: 1.2 公里 → 0.0012, a slip of units and no change of work."""
POINTS_APART = 50 * SCALE
"""Rates and scores are asked about where they jump by 50 points; a campaign moves a rate by 20 or 30 in a month."""
PERCENT_TIMES = 50
"""A rate of at most 1 beside one 50 times as large was written as a fraction: 0.98 beside 98 %."""
ACCUSTOMED = 2
"""A region that had figures of this size in two of its last twelve months is not asked: funds come in lumps. One
month alone may itself have been the mistake."""
WHOLE_COLUMN = 5
"""Where so many villages of a town, and half of those that can be compared, jump the same way, the town is asked once:
a column in another unit is one slip."""

_SLIPS = {
    "吨": ("公斤", 1000),
    "公里": ("米", 1000),
    "万元": ("元", 10_000),
    "亿元": ("万元", 10_000),
    "平方公里": ("亩", 1500),
    "亩": ("平方米", 667),
    "公顷": ("平方米", 10_000),
}
"""What is written by mistake in a column of a unit, and how many make one."""
_NEAR = 3
"""A factor within three times either way of a slip's names it: months differ too."""


def falling_stocks(book: Mapping[str, Series], wording: Wording) -> Iterator[Hits]:
    """Stocks that only grow, below the last report or above a later one that stands."""
    for series in book.values():
        if series.indicator.is_cumulative and series.indicator.kind is Kind.STOCK:
            reached = (series.gaps > 0) & (series.gaps <= CARRY_MONTHS)
            lower = np.append(False, series.values[1:] < series.values[:-1]) & reached
            falls = np.flatnonzero(lower & series.changed)
            # A later report of the file itself is asked about as the lower one.
            stands = lower & (series.places < 0)
            exceeds = np.flatnonzero(np.append(stands[1:], False) & series.changed & ~(lower & series.changed))
            yield _falls(series, falls, falls - 1, wording)
            yield _falls(series, exceeds, exceeds + 1, wording)


def _falls(series: Series, at: Ints, other: Ints, wording: Wording) -> Hits:
    places = series.places[at]

    def hint(index: int) -> str:
        value, against = int(series.values[at[index]]), int(series.values[other[index]])
        than = f"比{month_of(series.ordinals[other[index]]).label}的 {shown(against)}"
        change = f"{than} 少 {shown(against - value)}" if value < against else f"{than} 多 {shown(value - against)}"
        advice = "请核对是否填错行、填错月份或填成了当月新增数；确有核减的，请勾选并写明原因。"
        return f"{_figure(series, int(at[index]), wording)}，{change}，而这项存量一般只增不减。{advice}"

    return Hits("stock_falls", places, hint)


def _figure(series: Series, at: int, wording: Wording) -> str:
    """虎威镇荷花村2026年10月“清理生活垃圾”120吨（第 3 行）."""
    name = wording.region(int(series.regions[at]))
    rows = wording.rows(series.places[at : at + 1])
    month = month_of(series.ordinals[at]).label
    value = f"{shown(series.values[at])}{series.indicator.unit}"
    return f"{name}{month}“{series.indicator.name}”{value}（{rows}）"


# ── ten times ──────────────────────────────────────────────────────────────────────────────────────────────────────


def tenfold_changes(book: Mapping[str, Series], catalog: Catalog, wording: Wording) -> Iterator[Hits]:
    """Figures far from the last: flows against the month before, all others against the last of twelve months."""
    for series in book.values():
        if series.indicator.kind is Kind.ATTRIBUTE or series.indicator.aggregation is Aggregation.COUNT:
            continue
        reach = 1 if series.indicator.kind is Kind.FLOW else CARRY_MONTHS
        compared = np.flatnonzero((series.gaps > 0) & (series.gaps <= reach) & series.changed)
        if not len(compared):
            continue
        new, old = series.values[compared], series.values[compared - 1]
        if series.indicator.kind is Kind.SCORE:
            far = _far_scores(new, old)
        elif series.indicator.kind is Kind.RATIO:
            far = _far_rates(new, old, is_steady=catalog[series.indicator.numerator].kind is not Kind.FLOW)
        else:
            far = _far_amounts(series.indicator, new, old)
        at = compared[far]
        at = at[~_is_accustomed(series, at)]
        yield from _by_town(series, at, compared, wording)


def _far_amounts(indicator: Indicator, new: Ints, old: Ints) -> Bools:
    low, high = np.minimum(new, old), np.maximum(new, old)
    # A flow may stop or begin in any month; a stock that is suddenly nothing was left out rather than lost.
    far = (high >= TIMES * low) & (low > 0) if indicator.kind is Kind.FLOW else (high >= TIMES * low) & (old > 0)
    if indicator.is_cumulative:
        far &= new > old
    plain = (low >= BOTH_AT_LEAST) | (high - low >= APART)
    slip = (low > 0) & (high >= SLIP_TIMES * low) & (high >= SCALE)
    return np.asarray(far & (plain | slip))


def _far_rates(new: Ints, old: Ints, *, is_steady: bool) -> Bools:
    """Rates far apart; the rate of a month's work (整改率 of two problems) may jump and is asked for its point only."""
    low, high = np.minimum(new, old), np.maximum(new, old)
    fraction = (low <= SCALE) & (high >= PERCENT_TIMES * low)
    return np.asarray((low > 0) & (fraction | (is_steady & (high - low >= POINTS_APART))))


def _far_scores(new: Ints, old: Ints) -> Bools:
    """A score of 0 is a veto (一票否决), no slip of the pen."""
    return np.asarray((np.minimum(new, old) > 0) & (np.abs(new - old) >= POINTS_APART))


def _is_accustomed(series: Series, at: Ints) -> Bools:
    """Whether a region had figures like these in two of the twelve months before."""
    new, old = series.values[at], series.values[at - 1]
    rises = new > old
    count = np.zeros(len(at), dtype=np.int64)
    for step in range(1, CARRY_MONTHS + 1):
        before = np.maximum(at - step, 0)
        near = (at >= step) & (series.regions[before] == series.regions[at])
        near &= series.ordinals[at] - series.ordinals[before] <= CARRY_MONTHS
        value = series.values[before]
        count += near & np.where(rises, 2 * value >= new, value <= 2 * new)
    return np.asarray(count >= ACCUSTOMED)


def _by_town(series: Series, at: Ints, compared: Ints, wording: Wording) -> Iterator[Hits]:
    """One hit for each town that jumps as a whole, and one for each other figure."""
    rises = series.values[at] > series.values[at - 1]
    towns = _town_months(series, at)
    alone = np.ones(len(at), dtype=np.bool_)
    for direction in (True, False):
        mine = np.flatnonzero(rises == direction)
        keys, member, counts = np.unique(towns[mine], return_inverse=True, return_counts=True)
        if not (counts >= WHOLE_COLUMN).any():
            continue
        all_keys, totals = np.unique(_town_months(series, compared), return_counts=True)
        jumps = (counts >= WHOLE_COLUMN) & (2 * counts >= totals[np.searchsorted(all_keys, keys)])
        folded = mine[jumps[member]]
        alone[folded] = False
        order = np.argsort(towns[folded], kind="stable")
        ends = np.cumsum(counts[jumps])
        parts = np.split(at[folded][order], ends[:-1]) if len(ends) else []
        yield _town_hits(series, parts, wording)
    yield _cell_hits(series, at[alone], wording)


def _town_months(series: Series, at: Ints) -> Ints:
    return month_keys(parents_of(series.regions[at]), series.ordinals[at])


def _cell_hits(series: Series, at: Ints, wording: Wording) -> Hits:
    def hint(index: int) -> str:
        place = int(at[index])
        new, old = int(series.values[place]), int(series.values[place - 1])
        before = f"{month_of(series.ordinals[place - 1]).label}是 {shown(old)}"
        cause = _likely_cause(series.indicator, new, old)
        return f"{_figure(series, place, wording)}，{before}，{_apart(series.indicator, new, old)}。{cause}{CONFIRM}"

    return Hits("tenfold", series.places[at], hint)


def _town_hits(series: Series, parts: list[Ints], wording: Wording) -> Hits:
    """Hits of towns, each with the entries of its villages."""
    firsts = np.array([series.places[part].min() for part in parts], dtype=np.int64)

    def scope(index: int) -> tuple[int, str, int]:
        town, ordinals = split_keys(_town_months(series, parts[index][:1]))
        return int(town[0]), series.indicator.code, month_of(ordinals[0]).key

    def hint(index: int) -> str:
        part = parts[index]
        town, _, _ = scope(index)
        new, old = int(series.values[part].sum()), int(series.values[part - 1].sum())
        if series.indicator.kind in (Kind.RATIO, Kind.SCORE):
            new, old = new // len(part), old // len(part)
        units = child_level(level_of(town)).label
        first = int(part[0])
        example = f"{_figure(series, first, wording)}，上一次是 {shown(series.values[first - 1])}"
        cause = _likely_cause(series.indicator, new, old)
        return (
            f"{wording.region(town)}{month_of(series.ordinals[first]).label}有 {len(part)} 个{units}的"
            f"“{series.indicator.name}”与上一次相差悬殊（{wording.rows(series.places[part])}），例如{example}。"
            f"请核对整列的单位和小数点。{cause}{CONFIRM}"
        )

    return Hits("tenfold", firsts, hint, scope)


def _apart(indicator: Indicator, new: int, old: int) -> str:
    """How far two figures are from each other: 是它的 10.5 倍, 不到它的十分之一, 相差 60 个百分点."""
    if indicator.kind in (Kind.RATIO, Kind.SCORE):
        unit = "个百分点" if indicator.kind is Kind.RATIO else "分"
        return f"相差 {shown(abs(new - old))} {unit}"
    if new > old:
        return f"是它的 {_times(new / old)} 倍"
    return f"只有它的 {_times(old / new)} 分之一" if new else "现在填的是 0"


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.3g}"


def _likely_cause(indicator: Indicator, new: int, old: int) -> str:
    """What the factor between two figures looks like, as a sentence; only a general one where it looks like nothing."""
    low, high = sorted((new, old))
    when = "本次" if new > old else "上一次"
    if indicator.kind is Kind.RATIO and 0 < low <= SCALE and high >= PERCENT_TIMES * low:
        when = "本次" if new < old else "上一次"
        return f"{when}可能把百分数写成了小数（{shown(low)} 即 {shown(low * 100)}%）。"
    if not low:
        return "没有变化的存量应填上一次的数，不能填 0。"
    factor = high / low
    if indicator.unit in _SLIPS:
        other, times = _SLIPS[indicator.unit]
        if times / _NEAR <= factor <= times * _NEAR:
            return f"{when}可能是按“{other}”填报的，本列单位是“{indicator.unit}”。"
    if factor <= TIMES * _NEAR:
        return "请核对小数点是否错位，是否多写或少写了一个 0。"
    return "请核对单位和小数点，是否填错行或填成了累计数。"
