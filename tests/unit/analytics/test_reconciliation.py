"""Own reports beside figures from below."""

import pandas as pd

from ecodash.analytics.reconciliation import is_own_report, reconcile

NAN = float("nan")
COLUMNS = ["region", "value", "own", "reported", "carried", "totals"]


def figures(*rows: tuple[int, float, float, int, int, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def test_the_largest_difference_comes_first_whichever_way_it_goes() -> None:
    found = reconcile(figures((1, 10, 12, 2, 0, 0), (2, 50, 45, 0, 1, 0), (3, 7, 7, 1, 0, 0)))
    assert found["region"].tolist() == [2, 1, 3]
    assert found["difference"].tolist() == [-5, 2, 0]


def test_only_pairs_are_set_beside_each_other() -> None:
    rows = figures(
        (1, 20, 20, 0, 0, 1),  # the figure is the own report
        (2, 20, NAN, 2, 0, 0),  # no own report
        (3, NAN, 80, 1, 0, 0),  # villages that could not be weighed
    )
    assert reconcile(rows).empty


def test_a_countys_report_is_set_beside_the_totals_of_its_towns() -> None:
    rows = figures((1, 30, 33, 0, 0, 2), (2, 30, 33, 0, 0, 1))
    assert reconcile(rows)["difference"].tolist() == [3, 3]


def test_a_figure_is_the_own_report_where_nothing_from_below_made_it() -> None:
    rows = figures((1, 20, 20, 0, 0, 1), (2, 20, 20, 1, 0, 0), (3, 20, NAN, 0, 0, 1), (4, 20, 20, 0, 0, 2))
    assert is_own_report(rows).tolist() == [True, False, False, False]


def test_a_difference_of_decimals_is_free_of_noise() -> None:
    assert reconcile(figures((1, 0.1 + 0.2, 0.4, 2, 0, 0)))["difference"].tolist() == [0.1]
