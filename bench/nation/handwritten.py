"""The same questions as somebody who knows the store and these figures would write them for DuckDB by hand: the floor of
what a statement that knows every rule of the domain costs. And raw scans: the month's rows summed, no rule at all.

They take for granted what these stores hold: villages alone report, each indicator in one form, and every village is
valid in every month. Each gives rows of (period, region, indicator number, value, reported, carried).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.nation.workload import ATTRIBUTES, CODES, RATIOS

_PART = {"sanitary_toilet_rate": "sanitary_toilet_households", "sewage_coverage_rate": "sewage_households"}
_WHOLE = {"sanitary_toilet_rate": "households", "sewage_coverage_rate": "households"}
_STOCKS = ("cleaners", "public_toilets", "sanitary_toilet_households", "sewage_households", "waste_service_rate")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a store.

    Args:
        lo, hi: keys of the regions looked into, half-open.
        span: of the keys of the level asked for.
        watermark: as of this commit.
        months: yyyymm.
        codes: indicators.
    """

    lo: int
    hi: int
    span: int
    watermark: int
    months: Sequence[int]
    codes: Sequence[str]


def from_rollup(asked: Question, numbers: Mapping[str, int]) -> str:
    """Counties and what lies above, from the roll-up."""
    ratios = ", ".join(str(numbers[code]) for code in RATIOS)
    return f"""
        SELECT period, county - county % {asked.span} AS region, indicator,
            CASE WHEN indicator IN ({ratios}) THEN sum(amount * sign)::DOUBLE / sum(weight * sign)::DOUBLE
                ELSE sum(amount * sign)::DOUBLE END AS value,
            sum(reported * sign) AS reported, sum(carried * sign) AS carried
        FROM rollup
        WHERE period IN ({_listed(asked.months)}) AND county >= {asked.lo} AND county < {asked.hi}
            AND seq <= {asked.watermark} AND indicator IN ({_listed(numbers[code] for code in asked.codes)})
        GROUP BY period, county - county % {asked.span}, indicator HAVING sum(sign) > 0"""


def from_journal(asked: Question, numbers: Mapping[str, int]) -> str:
    """Villages and towns, from the journal: flows of their month, stocks carried for a year, ratios of sums."""
    flows = [code for code in asked.codes if code in CODES and code not in _STOCKS]
    stocks = [code for code in asked.codes if code in _STOCKS and code not in RATIOS]
    key = f"region - region % {asked.span}"
    parts = []
    if flows:
        parts.append(
            f"""SELECT period, {key} AS region, indicator, sum(v)::DOUBLE AS value, count(*) AS reported, 0 AS carried
            FROM ({_cells(asked, numbers, flows, f"period IN ({_listed(asked.months)})")}) GROUP BY ALL"""
        )
    if stocks:
        parts.append(
            f"""SELECT month AS period, {key} AS region, indicator, sum(v)::DOUBLE AS value,
                count(*) FILTER (period = month) AS reported, count(*) FILTER (period < month) AS carried
            FROM ({_standing(asked, numbers, stocks)}) GROUP BY ALL"""
        )
    for ratio in asked.codes:
        if ratio in _PART:
            parts.append(_ratio(asked, numbers, ratio, _PART[ratio], _WHOLE[ratio], "100 * n.v"))
        elif ratio in RATIOS:
            parts.append(_ratio(asked, numbers, ratio, ratio, "natural_villages", "n.v * d.v"))
    return " UNION ALL ".join(parts)


def _ratio(asked: Question, numbers: Mapping[str, int], ratio: str, part: str, whole: str, amount: str) -> str:
    return f"""SELECT n.month AS period, n.region - n.region % {asked.span} AS region, {numbers[ratio]} AS indicator,
            sum({amount})::DOUBLE / sum(d.v)::DOUBLE AS value,
            count(*) FILTER (n.period = n.month) AS reported, count(*) FILTER (n.period < n.month) AS carried
        FROM ({_standing(asked, numbers, [part])}) n JOIN ({_cells(asked, numbers, [whole], "true")}) d USING (region)
        GROUP BY ALL"""


def _standing(asked: Question, numbers: Mapping[str, int], codes: Sequence[str]) -> str:
    """Reports in each month they stand in."""
    within = f"period <= {max(asked.months)} AND period >= {min(asked.months) - 100}"
    return f"""SELECT c.period AS month, s.* FROM (
            SELECT *, lead(period) OVER (PARTITION BY region, indicator ORDER BY period) AS next
            FROM ({_cells(asked, numbers, codes, within)})) s
        JOIN calendar c ON c.period >= s.period AND c.period <= s.period + 100 AND (next IS NULL OR c.period < next)
        WHERE c.period IN ({_listed(asked.months)})"""


def _cells(asked: Question, numbers: Mapping[str, int], codes: Sequence[str], within: str) -> str:
    return f"""SELECT region, indicator, period, sum(value * sign) AS v FROM observation
        WHERE region >= {asked.lo} AND region < {asked.hi} AND seq <= {asked.watermark}
            AND indicator IN ({_listed(numbers[code] for code in codes)}) AND {within}
        GROUP BY ALL HAVING sum(sign) > 0"""


def raw_scan(asked: Question, numbers: Mapping[str, int]) -> str:
    """The journal's rows of the months summed: no carrying, no ratio."""
    codes = [code for code in asked.codes if code in CODES] + [one.code for one in ATTRIBUTES]
    return f"""SELECT period, region - region % {asked.span} AS region, indicator, sum(value * sign)::DOUBLE AS value,
            sum(sign) AS reported FROM observation
        WHERE region >= {asked.lo} AND region < {asked.hi} AND seq <= {asked.watermark}
            AND period IN ({_listed(asked.months)}) AND indicator IN ({_listed(numbers[code] for code in codes)})
        GROUP BY ALL"""


def _listed(values: Iterable[int]) -> str:
    return ", ".join(str(value) for value in values)
