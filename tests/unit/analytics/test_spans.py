"""One figure for several months, by hand."""

import math

import pandas as pd
import pytest

from ecodash.analytics.spans import SpanRule, over_span, span_rule
from tests.builders import CATALOG

NAN = float("nan")
MONTHS = [202607, 202608, 202609]


def figures(*rows: tuple[int, int, float, float, float]) -> pd.DataFrame:
    """From (period, region, value, amount, weight)."""
    frame = pd.DataFrame(rows, columns=["period", "region", "value", "amount", "weight"])
    return frame.assign(reported=1, carried=0, totals=0, unweighted=0)


def test_each_kind_has_its_rule() -> None:
    rules = {code: span_rule(CATALOG[code], CATALOG).value for code in CATALOG}
    assert rules == {
        "households": "last", "garbage": "sum", "toilets": "last", "toilet_rate": "last", "found": "sum",
        "closed": "sum", "closing_rate": "quotient", "score": "mean", "level": "last",
    }  # fmt: skip


def test_flows_add_up_over_the_months_that_have_one() -> None:
    rows = figures(
        (202607, 1, 5, 5, NAN), (202609, 1, 0.1, 0.1, NAN), (202608, 2, NAN, NAN, NAN), (202606, 3, 9, 9, NAN)
    )
    found = over_span(rows, MONTHS, SpanRule.SUM)
    assert found.loc[1, ["value", "months", "reported"]].tolist() == [5.1, 2, 1]
    assert math.isnan(found.loc[2, "value"])
    assert found.loc[2, "months"] == 0
    assert 3 not in found.index


def test_a_stock_is_as_it_stands_in_the_last_month() -> None:
    rows = figures((202607, 1, 5, 5, NAN), (202609, 1, 7, 7, NAN), (202608, 2, 4, 4, NAN))
    found = over_span(rows, MONTHS, SpanRule.LAST)
    assert found.loc[1, "value"] == 7
    assert math.isnan(found.loc[2, "value"])
    assert found["reported"].tolist() == [1, 0]


def test_a_score_is_the_mean_of_the_months_that_have_one() -> None:
    found = over_span(figures((202607, 1, 80, NAN, NAN), (202609, 1, 91, NAN, NAN)), MONTHS, SpanRule.MEAN)
    assert found.loc[1, ["value", "months"]].tolist() == [85.5, 2]


def test_a_ratio_of_flows_is_sum_over_sum_and_never_a_mean() -> None:
    # 1 of 2 closed, then 90 of 98: 91 of 100, while the mean of the percentages would be 70.9.
    found = over_span(figures((202607, 1, 50, 100, 2), (202608, 1, 91.836735, 9000, 98)), MONTHS, SpanRule.QUOTIENT)
    assert found.loc[1, ["value", "amount", "weight", "months"]].tolist() == [91, 9100, 100, 2]


def test_a_ratio_without_parts_is_as_it_was_reported_last() -> None:
    rows = figures((202607, 1, 50, NAN, NAN), (202608, 1, 60, NAN, NAN), (202607, 2, NAN, NAN, NAN))
    found = over_span(rows, MONTHS, SpanRule.QUOTIENT)
    assert found.loc[1, "value"] == 60
    assert math.isnan(found.loc[1, "weight"])
    assert math.isnan(found.loc[2, "value"])


@pytest.mark.parametrize("rule", list(SpanRule))
def test_one_month_is_itself_whatever_the_rule(rule: SpanRule) -> None:
    found = over_span(figures((202609, 1, 91, 9100, 100), (202608, 1, 3, 300, 100)), [202609], rule)
    assert found.loc[1, "value"] == 91
    assert found.loc[1, "months"] == 1
