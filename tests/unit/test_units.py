"""Which written units mean the same, and by what exact factor one becomes another."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecodash.catalog.loader import load_catalog
from ecodash.domain.units import Unit, Units, fold_unit
from ecodash.settings import PROJECT_ROOT

CATALOG = load_catalog(PROJECT_ROOT / "data" / "catalog" / "indicators.toml")
UNITS = CATALOG.units
WRITTEN = [
    "吨",
    "斤",
    "公斤",
    "万吨",
    "公里",
    "米",
    "里",
    "亩",
    "㎡",
    "平方公里",
    "元",
    "千元",
    "亿元",
    "%",
    "‰",
    "个",
    "座",
    "户",
    "万户",
    "人次",
    "车",
]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("吨", "吨"),
        ("（吨）", "吨"),
        ("【平方米】", "平方米"),
        ("单位：万元", "万元"),
        ("(单位:座)", "座"),
        ("计量单位：公里", "公里"),
        ("单位/户", "户"),
        ("单位", ""),
        ("㎡", "m2"),
        ("m²", "m2"),
        ("m^2", "m2"),
        (" 万 元 ", "万元"),
        ("KM", "km"),
        ("％", "%"),
        ("", ""),
        ("()", "()"),
    ],
)
def test_a_unit_is_compared_in_one_form(text: str, folded: str) -> None:
    assert fold_unit(text) == folded


@pytest.mark.parametrize(
    ("written", "wanted", "factor"),
    [
        ("吨", "吨", "1"),
        ("T", "吨", "1"),
        ("公斤", "吨", "1/1000"),
        ("千克", "吨", "1/1000"),
        ("kg", "吨", "1/1000"),
        ("斤", "吨", "1/2000"),
        ("万吨", "吨", "10000"),
        ("千米", "公里", "1"),
        ("km", "公里", "1"),
        ("米", "公里", "1/1000"),
        ("里", "公里", "1/2"),
        ("㎡", "平方米", "1"),
        ("m²", "平方米", "1"),
        ("平米", "平方米", "1"),
        ("平方", "平方米", "1"),
        ("亩", "平方米", "2000/3"),
        ("公顷", "平方米", "10000"),
        ("km²", "平方米", "1000000"),
        ("万㎡", "平方米", "10000"),
        ("平方米", "亩", "3/2000"),
        ("元", "万元", "1/10000"),
        ("百元", "万元", "1/100"),
        ("千元", "万元", "1/10"),
        ("亿元", "万元", "10000"),
        ("万人", "人", "10000"),
        ("万户", "户", "10000"),
        ("处", "座", "1"),
        ("套", "个", "1"),
        ("人次", "次", "1"),
        ("百分比", "%", "1"),
        ("‰", "%", "1/10"),
        ("万", "户", "10000"),
        ("万", "万元", "1"),
        ("桶", "桶", "1"),
    ],
)
def test_units_of_one_dimension_are_converted(written: str, wanted: str, factor: str) -> None:
    assert UNITS.factor(written, wanted) == Fraction(factor)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [("公里", "吨"), ("车", "吨"), ("户", "座"), ("间", "座"), ("人", "户"), ("分", "%"), ("万", "吨桶"), ("吨", "")],
)
def test_units_of_different_things_are_not(written: str, wanted: str) -> None:
    assert UNITS.factor(written, wanted) is None


@given(st.sampled_from(WRITTEN), st.sampled_from(WRITTEN))
def test_there_and_back_is_no_change(one: str, other: str) -> None:
    there, back = UNITS.factor(one, other), UNITS.factor(other, one)
    assert (there is None) == (back is None)
    assert there is None or back is None or there * back == 1


@pytest.mark.parametrize(
    ("code", "written", "factor"),
    [
        ("household_toilets_built", "", 1),
        ("household_toilets_built", "户", 1),
        ("household_toilets_built", "（个）", 1),
        ("public_toilets", "间", 1),
        ("natural_villages", "个村", 1),
        ("old_houses_removed", "户", None),
        ("old_houses_removed", "座", None),
        ("bins", "户", None),
    ],
)
def test_an_indicator_may_have_words_of_its_own(code: str, written: str, factor: int | None) -> None:
    assert UNITS.factor_for(written, CATALOG[code]) == factor


def test_without_declared_units_each_is_itself_only() -> None:
    assert Units.none().factor("（公斤）", "公斤") == 1
    assert Units.none().factor("公斤", "吨") is None
    assert not Units.none().knows("吨")


def test_a_declared_unit_is_known_by_any_way_to_write_it() -> None:
    tonne = Unit("吨", "质量", Fraction(1), ("t",))
    assert Units([tonne]).knows("(T)")
    assert not Units([tonne]).knows("T恤")
