"""Where a frozen table differs from the same worked out anew."""

from typing import Any

import pandas as pd
import pytest

from ecodash.analytics.sameness import differences

KEPT = pd.DataFrame(
    {
        "region_code": ["1", "1", "2"],
        "indicator": ["a", "b", "a"],
        "value": [1.0, float("nan"), 3.0],
        "history": [[1.0, float("nan")], [2.0], []],
    }
)


def changed(row: int, column: str, value: Any) -> pd.DataFrame:
    table = KEPT.copy()
    table[column] = table[column].astype(object)
    table.at[row, column] = value
    return table


def test_a_table_is_the_same_as_its_copy_in_any_order() -> None:
    assert differences(KEPT, KEPT.copy()) == []
    assert differences(KEPT, KEPT.iloc[::-1]) == []
    assert differences(KEPT, KEPT.assign(newer=1)) == []
    assert differences(KEPT.iloc[:0], None) == []


@pytest.mark.parametrize(
    ("again", "said"),
    [
        (changed(0, "value", 1.5), ["1 a value：冻结 1，重算 1.5"]),
        (changed(1, "value", 0.0), ["1 b value：冻结 —，重算 0"]),
        (changed(2, "value", float("nan")), ["2 a value：冻结 3，重算 —"]),
        (changed(0, "history", [1.0, 0.0]), ["1 a history：冻结 [1.0, nan]，重算 [1.0, 0.0]"]),
        (KEPT.iloc[:2], ["2 a：重算后没有这一行"]),
        (KEPT.drop(columns="value").iloc[[0, 1, 2]].assign(value=KEPT["value"]).iloc[1:], ["1 a：重算后没有这一行"]),
        (pd.concat([KEPT, KEPT.iloc[[0]]]), ["1 a：冻结的表里没有这一行"]),
    ],
)
def test_each_difference_names_row_column_and_both_values(again: pd.DataFrame, said: list[str]) -> None:
    assert [str(one) for one in differences(KEPT, again)] == said


def test_a_column_gone_and_a_table_gone_are_said() -> None:
    assert [str(one) for one in differences(KEPT[:1], KEPT[:1].drop(columns="value"))] == ["1 a value：冻结 1，重算 —"]
    assert [str(one) for one in differences(KEPT, None)] == [
        "1 a：重算后没有这一行", "1 b：重算后没有这一行", "2 a：重算后没有这一行",
    ]  # fmt: skip


def test_rows_that_nothing_names_go_by_their_number() -> None:
    plain = pd.DataFrame({"x": [1, 2]})
    assert [str(one) for one in differences(plain, pd.DataFrame({"x": [1, 5]}))] == ["2 x：冻结 2，重算 5"]
