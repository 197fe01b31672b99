"""One figure of each region for several months."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import pandas as pd

from ecodash.domain.indicators import Aggregation, Catalog, Indicator, Kind

_PLACES = 6
COUNTS = ("reported", "carried", "totals", "unweighted")


class SpanRule(StrEnum):
    """How months make a span.

    sum: what was done adds up (flows); last: as it stands in the last month (stocks, ratios of stocks);
    mean: plain mean of the months that have one (scores); quotient: sum of the numerators over sum of the denominators
    (ratios whose parts are flows).
    """

    SUM = "sum"
    LAST = "last"
    MEAN = "mean"
    QUOTIENT = "quotient"


def span_rule(entry: Indicator, catalog: Catalog) -> SpanRule:
    """The rule of an indicator."""
    if entry.kind is Kind.FLOW:
        return SpanRule.SUM
    if entry.kind is Kind.SCORE:
        return SpanRule.MEAN
    if entry.aggregation is Aggregation.RATIO:
        parts = (entry.numerator, entry.denominator)
        if all(part in catalog and catalog[part].kind is Kind.FLOW for part in parts):
            return SpanRule.QUOTIENT
    return SpanRule.LAST


def over_span(figures: pd.DataFrame, months: Sequence[int], rule: SpanRule) -> pd.DataFrame:
    """Each region's figure for a span.

    Args:
        figures: one row per (period, region) of one indicator, as store.reading.read_figures gives them with parts.
        months: yyyymm of the span, oldest first.
    Returns:
        One row per region with a row in the span, by region: value (NaN where there is none), amount, weight (100 times
        the numerator and the denominator behind the value; NaN unless a ratio has them), months (how many have a
        value), and the counts of the last month (0 where the region has no figure in it). A quotient without any
        denominator in the span is the percentage as it was last reported in it.
    """
    inside = figures[figures["period"].isin(list(months))]
    last = inside[inside["period"] == months[-1]].set_index("region")
    by_region = inside.groupby("region")
    months_with = by_region["value"].count()
    keys = months_with.index
    if rule is SpanRule.LAST or len(months) == 1:
        found = last[["value", "amount", "weight"]].reindex(keys).astype(float)
        found["amount"] = found["amount"].where(found["weight"].notna())
        months_with = found["value"].notna().astype(int)
    elif rule is SpanRule.QUOTIENT:
        found = _quotients(inside).reindex(keys)
    else:
        grouped = by_region["value"]
        values = grouped.sum(min_count=1) if rule is SpanRule.SUM else grouped.mean()
        found = pd.DataFrame({"value": values.astype(float).round(_PLACES), "amount": np.nan, "weight": np.nan})
    found["months"] = months_with.reindex(keys).astype(int)
    for name in COUNTS:
        found[name] = last[name].reindex(keys).fillna(0).astype(int)
    return found


def _quotients(inside: pd.DataFrame) -> pd.DataFrame:
    parts = inside[["region", "amount", "weight"]].where(inside["weight"].notna() & inside["amount"].notna())
    sums = parts.assign(region=inside["region"]).groupby("region")[["amount", "weight"]].sum(min_count=1).astype(float)
    is_whole = sums["weight"] > 0
    reported = inside[inside["value"].notna()].sort_values("period").groupby("region")["value"].last().astype(float)
    value = (sums["amount"] / sums["weight"].where(is_whole)).round(_PLACES)
    sums = sums.where(is_whole)
    sums.insert(0, "value", value.where(value.notna(), reported.reindex(sums.index)))
    return sums
