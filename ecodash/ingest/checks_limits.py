"""More than there is: a part that passes its whole, in the file or against what stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ecodash.decimals import Ints
from ecodash.domain.indicators import Catalog, Kind
from ecodash.ingest.checks_hits import CONFIRM, Hits, Wording, shown
from ecodash.ingest.checks_series import LATEST, NOWHERE, Bools, Series, month_of


@dataclass(frozen=True, slots=True)
class Limit:
    """One indicator that cannot pass another of the same region.

    Args:
        part, whole: codes.
        ratio: code of the ratio they make; empty for none.
        is_loose: whether it can, for a good reason: problems closed this month may have been found in another.
        is_yearly: whether the part's sum since January is limited: toilets built in a year, by households.
    """

    part: str
    whole: str
    ratio: str = ""
    is_loose: bool = False
    is_yearly: bool = False


def limits_of(catalog: Catalog) -> list[Limit]:
    """The limits a catalogue states: parts of ratios, and at_most, which is never loose."""
    found: dict[tuple[str, str], Limit] = {}
    for indicator in catalog.values():
        if indicator.numerator:
            part, whole = indicator.numerator, indicator.denominator
            found[part, whole] = Limit(part, whole, indicator.code, is_loose=catalog[part].kind is Kind.FLOW)
    for indicator in catalog.values():
        if indicator.at_most:
            part, whole = indicator.code, indicator.at_most
            is_yearly = indicator.kind is Kind.FLOW and catalog[whole].kind is not Kind.FLOW
            known = found.get((part, whole), Limit(part, whole))
            found[part, whole] = replace(known, is_loose=False, is_yearly=is_yearly)
    return list(found.values())


def over_limits(book: Mapping[str, Series], catalog: Catalog, wording: Wording) -> tuple[list[Hits], list[Hits]]:
    """Parts above their wholes: faults where the file itself gives both for one month and the limit is strict, doubts
    everywhere else."""
    faults: list[Hits] = []
    doubts: list[Hits] = []
    for limit in limits_of(catalog):
        if limit.part in book and limit.whole in book:
            pair = _Pair(limit, book[limit.part], book[limit.whole], wording)
            faults.append(pair.contradictions())
            doubts.extend(pair.doubtful())
    return faults, doubts


class _Pair:
    """One limit with the figures of both sides.

    amounts are what is limited, one for each entry of part: its value, or the year's sum up to it.
    """

    def __init__(self, limit: Limit, part: Series, whole: Series, wording: Wording) -> None:
        self.limit, self.part, self.whole, self.wording = limit, part, whole, wording
        self.amounts, self.is_pure = _year_sums(part) if limit.is_yearly else (part.values, part.places >= 0)
        self.at = part.in_file
        self.limited_by = whole.as_of(part.regions[self.at], part.ordinals[self.at], whole.indicator.kind.carry_months)
        known = self.limited_by != NOWHERE
        self.at, self.limited_by = self.at[known], self.limited_by[known]
        larger = self.amounts[self.at] > whole.values[self.limited_by]
        self.at, self.limited_by = self.at[larger], self.limited_by[larger]
        same_month = whole.ordinals[self.limited_by] == part.ordinals[self.at]
        self.is_within_file: Bools = (whole.places[self.limited_by] >= 0) & same_month & self.is_pure[self.at]

    def contradictions(self) -> Hits:
        """Both are in the file: it cannot be right."""
        kept = self.is_within_file & (not self.limit.is_loose)
        return self._part_hits("more_than_whole", kept, "部分不能超过全部，请核对这两个数，改正后重新上传。")

    def doubtful(self) -> Iterator[Hits]:
        changed = self.part.changed[self.at] | self.whole.changed[self.limited_by]
        if self.limit.is_loose:
            advice = "如果含往月发现、本月整改的，请勾选并写明原因；否则请核对这两个数。"
            yield self._part_hits("flow_more_than_whole", changed & self.is_within_file, advice)
        advice = f"请核对；全部的数有变化的，请一并上报新数。{CONFIRM}"
        yield self._part_hits("more_than_standing", changed & ~self.is_within_file, advice)
        if (self.part.places < 0).any():
            yield self._lowered_wholes()

    def _part_hits(self, code: str, kept: Bools, advice: str) -> Hits:
        at, limited_by = self.at[kept], self.limited_by[kept]

        def hint(index: int) -> str:
            return self._sentence(int(at[index]), int(limited_by[index]), int(self.part.places[at[index]])) + advice

        return Hits(code, self.part.places[at], hint)

    def _lowered_wholes(self) -> Hits:
        """Wholes of the file below a part that stands: then, or in a month until the whole is reported anew."""
        whole, part = self.whole, self.part
        at = np.flatnonzero(whole.changed)
        own, regions = whole.ordinals[at], whole.regions[at]
        following = np.append(whole.gaps[1:], 0)[at]
        last = np.minimum(own + whole.indicator.kind.carry_months, LATEST)
        until = np.where(following > 0, np.minimum(last, own + following - 1), last)
        broken = np.full(len(at), NOWHERE, dtype=np.int64)
        for moment, carry in ((until, until - own), (own, np.full_like(own, part.indicator.kind.carry_months))):
            found = part.as_of(regions, moment, carry)
            stands = (found != NOWHERE) & (part.places[found] < 0)
            above = stands & (self.amounts[found] > whole.values[at])
            broken = np.where(above, found, broken)
        hit = np.flatnonzero(broken != NOWHERE)
        at, broken = at[hit], broken[hit]

        def hint(index: int) -> str:
            sentence = self._sentence(int(broken[index]), int(at[index]), int(whole.places[at[index]]))
            return f"{sentence}请核对上报的“{whole.indicator.name}”。{CONFIRM}"

        return Hits("more_than_standing", whole.places[at], hint)

    def _sentence(self, at: int, limited_by: int, place: int) -> str:
        part, whole = self.part, self.whole
        month, whole_month = month_of(part.ordinals[at]), month_of(whole.ordinals[limited_by])
        span = f"{month.year}年1—{month.month}月累计" if self.limit.is_yearly and month.month > 1 else month.label
        of_month = "" if whole_month == month else whole_month.label
        whose = "已上报的" if whole.places[limited_by] < 0 else "的" if of_month else ""
        stands = "已上报的" if part.places[at] < 0 else ""
        rows = self.wording.rows(np.array([place]))
        return (
            f"{self.wording.region(int(part.regions[at]))}{span}{stands}“{part.indicator.name}”{shown(self.amounts[at])}，"
            f"大于{of_month}{whose}“{whole.indicator.name}”{shown(whole.values[limited_by])}（{rows}）。"
        )


def _year_sums(series: Series) -> tuple[Ints, Bools]:
    """Each entry's sum since January, and whether the file brings all of it."""
    if not len(series.keys):
        return series.values, series.changed
    years = series.ordinals // 12
    begins = np.ones(len(years), dtype=np.bool_)
    begins[1:] = (series.regions[1:] != series.regions[:-1]) | (years[1:] != years[:-1])
    first = np.maximum.accumulate(np.where(begins, np.arange(len(years)), 0))

    def since_first(amounts: Ints) -> Ints:
        sums: Ints = np.cumsum(amounts)
        return sums - sums[first] + amounts[first]

    return since_first(series.values), since_first((series.places < 0).astype(np.int64)) == 0
