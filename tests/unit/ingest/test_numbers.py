"""What a cell says and what is read from it."""

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecodash.catalog.loader import load_catalog
from ecodash.domain.indicators import Catalog, Indicator
from ecodash.domain.units import Units
from ecodash.ingest.faults import REMARKS
from ecodash.ingest.number_hints import chinese_number
from ecodash.ingest.numbers import NumberProblem, PercentStyle, Reading, is_missing, percent_of_one, read_number
from ecodash.settings import PROJECT_ROOT

CATALOG = load_catalog(PROJECT_ROOT / "data" / "catalog" / "indicators.toml")
SHORT = {
    "吨": "garbage_cleared",
    "公里": "ditches_dredged",
    "平方米": "illegal_structures_removed",
    "万元": "funds_invested",
    "%": "sanitary_toilet_rate",
    "户": "households",
    "处": "clutter_cleared",
    "座": "public_toilets",
    "户厕": "household_toilets_built",
    "间": "old_houses_removed",
    "人次": "patrols",
    "分": "assessment_score",
    "级": "model_level",
}
STYLES = {"": PercentStyle.PERCENTS} | {style.value: style for style in PercentStyle}


def read(text: str, short: str, unit: str = "", percent: str = "") -> Reading:
    return read_number(text, CATALOG[SHORT[short]], CATALOG.units, unit=unit, percent=STYLES[percent])


def problem(text: str, short: str, unit: str = "", percent: str = "") -> NumberProblem:
    reading = read(text, short, unit, percent)
    assert reading.problem is not None, reading
    assert (reading.value, reading.remark) == (None, "")
    return reading.problem


@pytest.mark.parametrize(
    ("text", "short", "value"),
    [
        ("12", "吨", "12"),
        ("12.500", "吨", "12.5"),
        ("１２．５", "吨", "12.5"),
        ("１２０", "处", "120"),
        ("1,268", "户", "1268"),
        ("1，268.5", "吨", "1268.5"),
        ("１，２６８", "户", "1268"),
        ("12,345,678", "户", "12345678"),
        (" 7 ", "吨", "7"),
        ("　7\u200b", "吨", "7"),
        ("-0", "吨", "0"),
        ("+3", "吨", "3"),
        ("＋3", "吨", "3"),
        ("007", "吨", "7"),
        ("12.0", "户", "12"),
        ("'120", "户", "120"),
        ('="120"', "户", "120"),
        ("98%", "%", "98"),
        ("98.5％", "%", "98.5"),
        ("98 %", "%", "98"),
        ("0.98", "%", "0.98"),
        # What a spreadsheet keeps of 0.1 + 0.2; it never shows more than 15 digits.
        ("0.30000000000000004", "吨", "0.3"),
        ("12.000000000000002", "户", "12"),
        ("100.00000000000001", "%", "100"),
    ],
)
def test_unambiguous_numbers_are_read_as_written(text: str, short: str, value: str) -> None:
    assert read(text, short) == Reading(Decimal(value))


@pytest.mark.parametrize(
    ("text", "short", "value", "remark"),
    [
        # The real ones: 楠杆镇, 洋江镇, 暨龙镇, 阿坝州.
        ("550余吨", "吨", "550", "approximate"),
        ("550+", "吨", "550", "approximate"),
        ("1000余吨", "吨", "1000", "approximate"),
        ("130余处", "处", "130", "approximate"),
        ("543平方米", "平方米", "543", "unit_stripped"),
        ("1。5公里", "公里", "1.5", "point_mended"),
        ("11.7 公里", "公里", "11.7", "unit_stripped"),
        ("388户", "户厕", "388", "unit_stripped"),
        ("510万元", "万元", "510", "unit_stripped"),
        ("50余万元", "万元", "50", "approximate"),
        ("178人次", "人次", "178", "unit_stripped"),
        ("18.5亿元", "万元", "185000", "converted"),
        ("约500", "吨", "500", "approximate"),
        ("近500", "吨", "500", "approximate"),
        ("大约５００吨", "吨", "500", "approximate"),
        ("500左右", "吨", "500", "approximate"),
        ("500吨左右", "吨", "500", "approximate"),
        ("500多", "吨", "500", "approximate"),
        ("500多户", "户", "500", "approximate"),
        ("500来户", "户", "500", "approximate"),
        ("超500", "吨", "500", "approximate"),
        (">500", "吨", "500", "approximate"),
        ("≥500", "吨", "500", "approximate"),
        ("＞＝500", "吨", "500", "approximate"),
        ("500以上", "吨", "500", "approximate"),
        ("不少于500户", "户", "500", "approximate"),
        ("98%以上", "%", "98", "approximate"),
        ("约120公斤", "吨", "0.12", "approximate"),
        ("5.2万余元", "万元", "5.2", "approximate"),
        ("5万多", "户", "50000", "approximate"),
        ("120吨", "吨", "120", "unit_stripped"),
        ("120 t", "吨", "120", "unit_stripped"),
        ("１２０吨", "吨", "120", "unit_stripped"),
        ("1,268户", "户", "1268", "unit_stripped"),
        ("12个", "处", "12", "unit_stripped"),
        ("12间", "座", "12", "unit_stripped"),
        ("712㎡", "平方米", "712", "unit_stripped"),
        ("712m²", "平方米", "712", "unit_stripped"),
        ("3千米", "公里", "3", "unit_stripped"),
        ("95分", "分", "95", "unit_stripped"),
        ("百分之98", "%", "98", "unit_stripped"),
        ("共120吨", "吨", "120", "unit_stripped"),
        ("0个", "处", "0", "unit_stripped"),
        ("120公斤", "吨", "0.12", "converted"),
        ("3万斤", "吨", "15", "converted"),
        ("1500米", "公里", "1.5", "converted"),
        ("30里", "公里", "15", "converted"),
        ("1公顷", "平方米", "10000", "converted"),
        ("3亩", "平方米", "2000", "converted"),
        ("￥500", "万元", "0.05", "converted"),
        ("¥5.2万", "万元", "5.2", "unit_stripped"),
        ("5‰", "%", "0.5", "converted"),
        ("5.2万", "户", "52000", "scaled"),
        ("3千", "吨", "3000", "scaled"),
        ("1.2亿", "吨", "120000000", "scaled"),
        ("5.2万吨", "吨", "52000", "scaled"),
        ("3百户", "户", "300", "scaled"),
        ("1。5", "吨", "1.5", "point_mended"),
        ("1．5", "吨", "1.5", "point_mended"),
        ("1·5", "吨", "1.5", "point_mended"),
        ("1. 5", "吨", "1.5", "point_mended"),
        ("1 .5", "吨", "1.5", "point_mended"),
        ("1 268", "户", "1268", "point_mended"),
        ("1\u00a0268 户", "户", "1268", "point_mended"),
        (".5", "吨", "0.5", "point_mended"),
        ("120.", "吨", "120", "point_mended"),
        ("120吨。", "吨", "120", "point_mended"),
        ("无", "处", "0", "zero_word"),
        ("没有", "吨", "0", "zero_word"),
        ("零", "座", "0", "zero_word"),
        ("〇", "座", "0", "zero_word"),
        ("1.255", "吨", "1.26", "rounded"),
        ("33.333333333333336", "%", "33.33", "rounded"),
        ("0.0005004公里", "公里", "0.001", "rounded"),
        ("2亩", "平方米", "1333.33", "rounded"),
    ],
)
def test_other_ways_to_write_a_number_are_read_with_a_remark(text: str, short: str, value: str, remark: str) -> None:
    assert read(text, short) == Reading(Decimal(value), remark)
    assert remark in REMARKS


@pytest.mark.parametrize(
    ("text", "unit", "short", "value", "remark"),
    [
        ("120", "吨", "吨", "120", ""),
        ("120", "T", "吨", "120", ""),
        ("120", "公斤", "吨", "0.12", "converted"),
        ("0", "公斤", "吨", "0", ""),
        ("约500", "公斤", "吨", "0.5", "approximate"),
        ("125", "斤", "吨", "0.06", "rounded"),
        ("120吨", "公斤", "吨", "120", "unit_stripped"),
        ("52000", "元", "万元", "5.2", "converted"),
        ("5.2万", "元", "万元", "5.2", "converted"),
        ("5.2万元", "元", "万元", "5.2", "unit_stripped"),
        ("1.2", "亿元", "万元", "12000", "converted"),
        ("1,500", "米", "公里", "1.5", "converted"),
        ("388", "户", "户厕", "388", ""),
        ("1.2", "万", "户", "12000", "converted"),
        ("5.2", "万", "万元", "5.2", ""),
        ("5", "千分比", "%", "0.5", "converted"),
        ("98%", "%", "%", "98", ""),
        ("—", "公斤", "吨", None, ""),
        ("无", "公斤", "吨", "0", "zero_word"),
    ],
)
def test_numbers_are_converted_from_the_unit_of_the_header(
    text: str, unit: str, short: str, value: str | None, remark: str
) -> None:
    assert read(text, short, unit) == Reading(None if value is None else Decimal(value), remark)


MISSING = "|  |　|未上报|未报|未填报|缺|缺报|—|——|-|－|--|–|―|─|/|／|//|\\|N/A|n/a|NA|null|NULL|None|nan|无数据|暂无数据|未统计|暂未统计|空"


@pytest.mark.parametrize("text", MISSING.split("|"))
def test_unreported_is_missing_and_never_zero(text: str) -> None:
    for short in ("吨", "%", "分", "级"):
        assert read(text, short) == Reading(None)
    assert is_missing(text)


@pytest.mark.parametrize("text", ["0", "无", "暂无", "零", "不涉及", "#N/A", "12"])
def test_what_says_something_is_not_missing(text: str) -> None:
    assert not is_missing(text)


@pytest.mark.parametrize(
    ("text", "short", "suggestion"),
    [
        ("暂无", "吨", "确实为零请填 0，没有统计请留空"),
        ("不涉及", "处", "确实为零请填 0"),
        ("无", "%", "确实为零请填 0"),
        ("零", "%", "确实为零请填 0"),
        ("没有", "分", "确实为零请填 0"),
        ("无", "户", "确实为零请填 0"),
        ("一", "吨", "如果是数字一请填 1"),
        ("十二", "吨", "例如 12"),
        ("三百", "吨", "例如 300"),
        ("约五百余", "吨", "例如 500"),
        ("百分之九十八", "%", "例如 98"),
        ("三百五", "吨", "请用阿拉伯数字填写。"),
        ("300-400", "吨", "例如 300 或 400"),
        ("300～400吨", "吨", "例如 300 或 400"),
        ("300吨至400吨", "吨", "例如 300 或 400"),
        ("5+3", "吨", "不填算式"),
        ("50+2", "吨", "不填算式"),
        ("3/4", "%", "不填算式"),
        ("不足500", "吨", "不超过 500"),
        ("≤500", "吨", "不超过 500"),
        ("500以下", "吨", "不超过 500"),
        ("1e3", "吨", "例如 1000"),
        ("3.605E+11", "吨", "例如 360500000000"),
        ("1e-05", "吨", "例如 0.00001"),
        ("1_000", "吨", "请填 1000"),
        ("12 0", "吨", "请填 120"),
        ("1234 567", "吨", "请填 1234567"),
        ("1..5", "吨", "请填 1.5"),
        ("1,26", "吨", "请填 126 或 1.26"),
        ("1,2345", "吨", "例如 12345"),
        ("0,268", "吨", "例如 0268"),
        ("(120)", "吨", "请填 120 或 -120"),
        ("12O", "吨", "例如 120"),
        ("1. 500吨", "吨", "只填一个数"),
        ("1.5.3吨", "吨", "只填一个数"),
        ("30车", "吨", "“车”不能换算成“吨”"),
        ("120(估)", "吨", "请只填 120"),
        ("98%", "分", ""),
        ("全覆盖", "%", "请填 100"),
        ("2026-10-01", "吨", "日期格式"),
        ("2026/10/1 00:00:00", "吨", "日期格式"),
        ("10月1日", "吨", "日期格式"),
        ("#DIV/0!", "吨", "公式"),
        ("#REF!", "吨", "公式"),
        ("#N/A", "吨", "公式"),
        ("=A1+B1", "吨", "公式"),
        ("inf", "吨", "只填一个数"),
        ("5²", "吨", "只填一个数"),
        ("①", "吨", "只填一个数"),
        ("½", "吨", "只填一个数"),
        ("٣", "吨", "只填一个数"),
        ("¥5吨", "吨", "只填一个数"),
        ("1" * 50, "吨", "只填一个数"),
        ("9" * 5000, "吨", "只填一个数"),
    ],
)
def test_what_is_not_sure_is_asked_about(text: str, short: str, suggestion: str) -> None:
    found = problem(text, short)
    assert found.code in ("number_unreadable", "unit_differs")
    assert suggestion in found.hint
    assert found.hint.endswith("。")


@pytest.mark.parametrize(
    ("text", "short", "unit", "percent", "says"),
    [
        ("5.2万", "万元", "", "", "可能是 5.2 万元，也可能是 52000 万元"),
        ("约5.2万", "万元", "", "", "可能是 5.2 万元，也可能是 52000 万元"),
        ("1.2亿", "万元", "", "", "可能是 12000 万元，也可能是 120000000 万元"),
        ("3千", "万元", "", "", "可能是 0.3 万元，也可能是 3000 万元"),
        ("5万", "万元", "千元", "", "可能是 50 千元，也可能是 50000 千元"),
        ("0.98", "%", "", "mixed", "可能是 98%，也可能是 0.98%"),
        ("1", "%", "", "mixed", "可能是 100%，也可能是 1%"),
        ("1", "%", "", "ones", "可能是 100%，也可能是 1%"),
    ],
)
def test_a_number_with_two_meanings_is_asked_about(text: str, short: str, unit: str, percent: str, says: str) -> None:
    found = problem(text, short, unit, percent)
    assert found.code == "number_ambiguous"
    assert says in found.hint
    # What the hint proposes is then read.
    for one in re.findall(r"可能是 ([^，。]+)", found.hint):
        assert read(one, short, unit, percent).value is not None


@pytest.mark.parametrize(
    ("text", "short", "unit", "says"),
    [
        ("120公里", "吨", "", "“公里”"),
        ("98%", "吨", "", "“%”"),
        ("￥500", "吨", "", "“元”"),
        ("50座", "间", "", "“座”"),
        ("120", "吨", "元", "“元”"),
        ("120", "吨", "车", "“车”"),
        ("5.2万", "吨", "车", "“车”"),
    ],
)
def test_a_unit_of_something_else_is_asked_about(text: str, short: str, unit: str, says: str) -> None:
    found = problem(text, short, unit)
    assert found.code == "unit_differs"
    assert says in found.hint


@pytest.mark.parametrize(
    ("text", "short", "code", "says"),
    [
        ("5.5", "户", "too_many_decimals", "例如 6"),
        ("0.00005万户", "户", "too_many_decimals", "整数"),
        ("100.01", "%", "out_of_range", "0 至 100 %"),
        ("100.004", "%", "out_of_range", "0 至 100 %"),
        ("500以上", "%", "out_of_range", "“500以上”读作 500"),
        ("-1", "户", "out_of_range", "核对"),
        ("−1", "户", "out_of_range", "核对"),
        ("30亿吨", "吨", "out_of_range", "读作 3000000000"),
        ("4", "级", "not_a_choice", "3（高级）"),
        ("九级", "级", "not_a_choice", "1（初级）"),
        ("2.5", "级", "not_a_choice", "1（初级）"),
        ("无", "级", "not_a_choice", "0（未创建）"),
        ("约2", "级", "not_a_choice", "2（中级）"),
        ("②", "级", "not_a_choice", "2（中级）"),
    ],
)
def test_numbers_against_their_indicator(text: str, short: str, code: str, says: str) -> None:
    found = problem(text, short)
    assert found.code == code
    assert says in found.hint


@pytest.mark.parametrize(
    ("text", "value", "remark"),
    [
        ("高级", 3, ""),
        ("2.0", 2, ""),
        ("０", 0, ""),
        ("3级", 3, "unit_stripped"),
        ("3（高级）", 3, ""),
        ("1 初级", 1, ""),
        ("未创建", 0, ""),
    ],
)
def test_a_choice_is_read_by_number_or_name(text: str, value: int, remark: str) -> None:
    assert read(text, "级") == Reading(Decimal(value), remark)


def test_a_range_may_go_below_zero(catalog: Catalog) -> None:
    funds = catalog["funds_invested"]
    assert read_number("−5", funds, Units.none()) == Reading(Decimal(-5))
    assert read_number("-5.005", funds, Units.none()) == Reading(Decimal("-5.01"), "rounded")
    assert read_number("-5万元", funds, Units.none()) == Reading(Decimal(-5), "unit_stripped")


# ── columns in % ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("texts", "style"),
    [
        ("98.2 97 100", "percents"),
        ("98.2 1 0", "percents"),
        ("0 0", "percents"),
        ("", "percents"),
        ("98% 0.5%", "percents"),
        ("0.982 1 0", "fractions"),
        ("0.5", "fractions"),
        ("０．９８ 1", "fractions"),
        ("0。98", "fractions"),
        ("98% 0.97", "fractions"),
        ("0.98 未上报 — 约0.9", "fractions"),
        ("0.98 97", "mixed"),
        ("0.5 98.2 1", "mixed"),
        ("0.98 9,800", "mixed"),
        ("0.5 -1", "mixed"),
        ("1 1 1", "ones"),
        ("1 0 /", "ones"),
        ("1.0", "ones"),
    ],
)
def test_a_column_of_percentages_has_one_style(texts: str, style: str) -> None:
    assert percent_of_one(texts.split()) is PercentStyle(style)


@pytest.mark.parametrize(
    ("text", "percent", "value", "remark"),
    [
        ("0.98", "fractions", "98", "percent_of_one"),
        ("1", "fractions", "100", "percent_of_one"),
        ("0", "fractions", "0", ""),
        ("0.9873417721518988", "fractions", "98.73", "percent_of_one"),
        ("约0.98", "fractions", "98", "approximate"),
        ("98%", "fractions", "98", ""),
        ("0.5%", "fractions", "0.5", ""),
        ("0.5%", "mixed", "0.5", ""),
        ("98.2", "mixed", "98.2", ""),
        ("0", "mixed", "0", ""),
        ("1%", "ones", "1", ""),
        ("0", "ones", "0", ""),
    ],
)
def test_a_percentage_is_read_in_the_style_of_its_column(text: str, percent: str, value: str, remark: str) -> None:
    assert read(text, "%", percent=percent) == Reading(Decimal(value), remark)


def test_the_style_is_for_percentages_only() -> None:
    assert read("0.98", "吨", percent="fractions") == Reading(Decimal("0.98"))
    assert read("0.98", "%", "‰", "fractions") == Reading(Decimal("0.10"), "rounded")


# ── Chinese numerals, for hints ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("零", 0),
        ("五", 5),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("九十八", 98),
        ("一百零五", 105),
        ("一百一十", 110),
        ("三百", 300),
        ("两千", 2000),
        ("一千二百六十八", 1268),
        ("一千零五", 1005),
        ("三万", 30000),
        ("三万零五十", 30050),
        ("十二万三千", 123000),
        ("三百五", None),
        ("三万二", None),
        ("一五", None),
        ("百", None),
        ("十百", None),
        ("万", None),
        ("", None),
        ("五百千", None),
    ],
)
def test_regular_chinese_numerals_are_understood(text: str, number: int | None) -> None:
    assert chinese_number(text) == number


# ── properties ─────────────────────────────────────────────────────────────────────────────────────────────────────

WIDE = str.maketrans("0123456789.,+-", "０１２３４５６７８９．，＋－")
AMOUNTS = ("吨", "公里", "平方米", "万元", "户", "处")
UNIT_WORDS = {
    "吨": ["吨", "公斤", "斤", "万吨"],
    "公里": ["公里", "米", "里"],
    "平方米": ["㎡", "亩", "公顷"],
    "万元": ["万元", "元", "亿元"],
    "户": ["户", "万户"],
    "处": ["处", "个"],
}
PLAIN_STYLES = ("{}", " {} ", "+{}", "'{}")
REMARKED_STYLES = {
    "约{}": "approximate",
    "{}余": "approximate",
    "{}左右": "approximate",
    "≥{}": "approximate",
    "约{}{own}": "approximate",
    "{}多{own}": "approximate",
    "{}{own}": "unit_stripped",
    "{} {own}": "unit_stripped",
    "{}。": "point_mended",
}


@st.composite
def figures(draw: st.DrawFn) -> tuple[str, Indicator, Decimal]:
    """An indicator and a value it can have."""
    short = draw(st.sampled_from((*AMOUNTS, "%")))
    indicator = CATALOG[SHORT[short]]
    largest = min(indicator.maximum, Decimal(10) ** draw(st.integers(0, 9)))
    value = draw(st.decimals(indicator.minimum, largest, places=indicator.decimals))
    return short, indicator, value


@given(figures(), st.sampled_from(PLAIN_STYLES), st.sampled_from(["f", ",f"]), st.booleans())
def test_any_value_in_any_plain_style_reads_back(
    figure: tuple[str, Indicator, Decimal], style: str, form: str, is_wide: bool
) -> None:
    short, _, value = figure
    text = style.format(format(value, form))
    assert read(text.translate(WIDE) if is_wide else text, short) == Reading(value)


@given(figures(), st.sampled_from(sorted(REMARKED_STYLES)), st.sampled_from(["f", ",f"]), st.booleans())
def test_any_value_in_any_remarked_style_reads_back(
    figure: tuple[str, Indicator, Decimal], style: str, form: str, is_wide: bool
) -> None:
    _, indicator, value = figure
    if indicator.unit == "%" and style in ("{}{own}", "{} {own}"):
        return
    text = style.format(format(value, form), own=indicator.unit)
    reading = read_number(text.translate(WIDE) if is_wide else text, indicator, CATALOG.units)
    assert reading == Reading(value, REMARKED_STYLES[style])


@given(st.sampled_from(AMOUNTS), st.data(), st.decimals(0, 10**6, places=3), st.booleans())
def test_conversion_is_exact_and_rounded_once(
    short: str, data: st.DataObject, number: Decimal, in_header: bool
) -> None:
    indicator = CATALOG[SHORT[short]]
    unit = data.draw(st.sampled_from(UNIT_WORDS[short]))
    factor = CATALOG.units.factor(unit, indicator.unit)
    assert factor is not None
    exact = Fraction(number) * factor
    reading = read(f"{number:f}", short, unit) if in_header else read(f"{number:f}{unit}", short)
    if reading.value is None:
        assert reading.problem is not None
        lost = (exact * 10**indicator.decimals).denominator != 1
        assert reading.problem.code == ("too_many_decimals" if exact <= indicator.maximum and lost else "out_of_range")
        return
    assert abs(Fraction(reading.value) - exact) <= Fraction(1, 2 * 10**indicator.decimals)
    assert (reading.remark == "rounded") == (Fraction(reading.value) != exact)


@given(st.sampled_from(sorted(SHORT)), st.decimals(-100, 10**10, allow_nan=False, allow_infinity=False))
def test_what_is_read_is_in_range_and_at_the_decimals_of_its_indicator(short: str, number: Decimal) -> None:
    indicator = CATALOG[SHORT[short]]
    value = read(f"{number:f}", short).value
    if value is not None:
        assert indicator.minimum <= value <= indicator.maximum
        assert value == value.quantize(Decimal(1).scaleb(-indicator.decimals), ROUND_HALF_UP)
        assert value.as_tuple().exponent == -indicator.decimals
        assert not value.is_signed()


CHARACTERS = "0123456789.,。，·+-~％%￥¥<>≥约近余多左右以上百千万亿吨公斤元m²㎡ ①无—/一二十'\"=(（)）\n\x00\u200b"


@given(st.one_of(st.text(max_size=200), st.text(CHARACTERS, max_size=14)), st.sampled_from(sorted(SHORT)), st.data())
def test_any_text_is_a_number_missing_or_a_problem(text: str, short: str, data: st.DataObject) -> None:
    unit = data.draw(st.sampled_from(["", "公斤", "元", "万", "%", "车"]))
    percent = data.draw(st.sampled_from(list(PercentStyle)))
    indicator = CATALOG[SHORT[short]]
    for units in (CATALOG.units, Units.none()):
        reading = read_number(text, indicator, units, unit=unit, percent=percent)
        assert reading.problem is None or reading.value is None
        assert reading.remark in ("", *REMARKS)
        if reading.value is not None:
            assert indicator.minimum <= reading.value <= indicator.maximum
        if reading.problem is not None:
            assert reading.problem.hint.endswith("。")
        assert is_missing(text) == (reading == Reading(None)) or indicator.choices
    percent_of_one([text])
