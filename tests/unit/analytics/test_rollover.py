"""Next year's targets, proposed from this year's."""

from typing import Any

import pandas as pd
import pytest

from ecodash.analytics.rollover import propose_next_year
from ecodash.domain.indicators import Catalog
from tests.builders import indicator

NAN = float("nan")
CATALOG = Catalog(
    [
        indicator("built", "flow"),
        indicator("toilets", "stock"),
        indicator("rate", "ratio", parts=("toilets", "toilets")),
        indicator("complaints", "stock", direction="lower"),
        indicator("cleaners", "stock", direction="neutral"),
    ],
    "test",
)


def propose(
    *rows: tuple[int, str, int, float, float], following: tuple[tuple[int, str, int], ...] = ()
) -> list[tuple[Any, ...]]:
    found = propose_next_year(
        pd.DataFrame(rows, columns=["region", "indicator", "deadline", "target", "year_end"]),
        pd.DataFrame(following, columns=["region", "indicator", "deadline"]),
        CATALOG,
    )
    columns = ["region", "indicator", "deadline", "target", "remark"]
    return list(found[columns].itertuples(index=False, name=None))


def test_values_and_amounts_stay_and_deadlines_move_a_year() -> None:
    assert propose((1, "built", 202612, 120, NAN), (1, "rate", 202612, 90, 84), (1, "toilets", 202606, 30, 28)) == [
        (1, "built", 202712, 120, ""),
        (1, "rate", 202712, 90, ""),
        (1, "toilets", 202706, 30, ""),
    ]


@pytest.mark.parametrize(
    ("code", "target", "year_end", "remark"),
    [
        ("toilets", 30, 30, "reached"),
        ("toilets", 30, 31, "reached"),
        ("rate", 90, 89.9, ""),
        ("complaints", 10, 9, "reached"),
        ("complaints", 10, 11, ""),
        ("cleaners", 10, 12, ""),
        ("cleaners", 10, 10, "reached"),
        ("toilets", 30, NAN, "no_figure"),
        ("built", 30, NAN, ""),
        ("built", 30, 45, ""),
    ],
)
def test_what_the_year_end_has_reached_needs_a_new_value(
    code: str, target: float, year_end: float, remark: str
) -> None:
    assert propose((1, code, 202612, target, year_end))[0][4] == remark


def test_what_stands_for_next_year_already_is_marked() -> None:
    found = propose((1, "built", 202612, 120, NAN), (2, "built", 202612, 60, NAN), following=((1, "built", 202712),))
    assert [row[4] for row in found] == ["exists", ""]


def test_nothing_proposes_nothing() -> None:
    assert propose() == []
