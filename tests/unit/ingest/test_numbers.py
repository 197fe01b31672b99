"""What a cell says and what is read from it."""

from decimal import Decimal

import pytest

from ecodash.domain.indicators import Catalog
from ecodash.ingest.numbers import MISSING, NumberProblem, read_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12"),
        ("12.50", "12.5"),
        ("12.500", "12.5"),
        ("１２．５", "12.5"),
        ("1,268", "1268"),
        ("1，268.5", "1268.5"),
        (" 7 ", "7"),
        ("-0", "0"),
        ("+3", "3"),
        ("007", "7"),
    ],
)
def test_unambiguous_numbers_are_read(catalog: Catalog, text: str, value: str) -> None:
    assert read_number(text, catalog["garbage_cleared"]) == Decimal(value)


@pytest.mark.parametrize("text", ["", "  ", "　", "未上报", "—", "——", "-", "－", "/", "／", "缺"])
def test_unreported_is_missing_and_never_zero(catalog: Catalog, text: str) -> None:
    assert read_number(text, catalog["garbage_cleared"]) is MISSING


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("无", "请填 0"),
        ("约500", "例如 500"),
        ("550余", "例如 550"),
        ("550余吨", "例如 550"),
        ("120吨", "例如 120"),
        ("120公斤", "换算成“吨”"),
        ("5.2万", "例如 52000"),
        ("1e3", "例如 1000"),
        ("1_000", "请填 1000"),
        ("1。5", "请填 1.5"),
        ("1 000", "请填 1000"),
        (".5", "请填 0.5"),
        ("1,26", "去掉逗号"),
        ("1,2345", "去掉逗号"),
        ("98%", "去掉百分号"),
        ("2026-10-01", "日期格式"),
        ("#DIV/0!", "公式"),
        ("nan", "只填一个数"),
        ("inf", "只填一个数"),
        ("5²", "只填一个数"),
        ("½", "只填一个数"),
        ("٣", "只填一个数"),
        ("1" * 50, "只填一个数"),
        ("9" * 5000, "只填一个数"),
    ],
)
def test_ambiguous_numbers_are_asked_about(catalog: Catalog, text: str, suggestion: str) -> None:
    problem = read_number(text, catalog["garbage_cleared"])
    assert isinstance(problem, NumberProblem)
    assert problem.code == "number_unreadable"
    assert suggestion in problem.hint


def test_a_percent_sign_is_read_only_where_the_unit_is_percent(catalog: Catalog) -> None:
    assert read_number("98%", catalog["sanitary_toilet_rate"]) == 98
    assert read_number("98.5％", catalog["sanitary_toilet_rate"]) == Decimal("98.5")
    assert isinstance(read_number("98%", catalog["bins"]), NumberProblem)


@pytest.mark.parametrize(
    ("code", "text", "problem", "says"),
    [
        ("bins", "5.5", "too_many_decimals", "例如 6"),
        ("garbage_cleared", "1.255", "too_many_decimals", "例如 1.26"),
        ("sanitary_toilet_rate", "100.01", "out_of_range", "0 至 100 %"),
        ("bins", "-1", "out_of_range", "核对"),
        ("model_level", "4", "not_a_choice", "3(高级)"),
        ("model_level", "九级", "not_a_choice", "1(初级)"),
    ],
)
def test_numbers_against_their_indicator(catalog: Catalog, code: str, text: str, problem: str, says: str) -> None:
    found = read_number(text, catalog[code])
    assert isinstance(found, NumberProblem)
    assert found.code == problem
    assert says in found.hint


def test_a_choice_is_read_by_number_or_name(catalog: Catalog) -> None:
    assert read_number("高级", catalog["model_level"]) == 3
    assert read_number("2.0", catalog["model_level"]) == 2


def test_a_range_may_go_below_zero(catalog: Catalog) -> None:
    assert read_number("−5", catalog["funds_invested"]) == -5
