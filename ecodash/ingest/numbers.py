"""One cell's text → a number, nothing, or what is wrong with it. Reads what is unambiguous, says how, asks about the rest.

As written: 120, １２０, 1,268, +3, '120 and 98% where the unit is %. With a remark (see REMARKS): 约500, 550余吨, 120公斤,
5.2万, 1。5, 无. Refused with the likely number: 300-400, 1e5, 三百, 1,26. Decided where one could think otherwise:

- 暂无, 不涉及 and 不适用 are neither zero nor missing and are asked about; 暂无数据 is missing.
- 无 and 零 are zero for an amount that is summed; a rate or a score of 无 is asked about.
- Chinese numerals are refused with the number they most likely mean: 三百五 is 350 to most, not to all.
- A bound from above (不足500, <500) is no figure; one from below (500以上) is read as the number it names.
- 5.2万 is asked about where the column's unit itself begins with a scale (万元): it may be 5.2 or 52000.
- A number with more than 15 significant digits is a spreadsheet's binary fraction (0.30000000000000004): what follows the
  fifteenth was never shown to anybody, and its loss is no rounding.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import Enum
from fractions import Fraction

from ecodash.domain.indicators import Aggregation, Indicator, Kind
from ecodash.domain.units import SCALES, Units
from ecodash.ingest import number_hints as hints
from ecodash.ingest.number_hints import NumberProblem

__all__ = ["NumberProblem", "PercentStyle", "Reading", "fold_cell", "is_missing", "percent_of_one", "read_number"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell says.

    Args:
        value: in the indicator's unit, at its decimals; None where nothing was reported or nothing could be read.
        remark: a code of faults.REMARKS where the cell does not say just this number; the weightiest of several.
        problem: why the cell is not a usable number.
    """

    value: Decimal | None
    remark: str = ""
    problem: NumberProblem | None = None


class PercentStyle(Enum):
    """How a column in % writes its plain numbers, those without a percent sign.

    percents: 98.2; fractions: 0.982; mixed: both, so that one of 0 to 1 may be either; ones: only 0 and 1 occur, and 1
    may be 100% or 1%.
    """

    PERCENTS = "percents"
    FRACTIONS = "fractions"
    MIXED = "mixed"
    ONES = "ones"


_LIGHT_TO_HEAVY = ("", "unit_stripped", "zero_word", "point_mended", "scaled", "converted", "rounded", "percent_of_one")
_WEIGHT = {code: weight for weight, code in enumerate((*_LIGHT_TO_HEAVY, "approximate"))}
"""Of several remarks on one cell the one that changes most is told."""

_MISSING = Reading(None)
_MISSING_WORDS = frozenset(
    {"", "未上报", "未报", "未填报", "未填", "未报送", "没报", "没有上报", "缺", "缺报", "缺失", "缺数据", "空", "空白"}
    | {"无数据", "暂无数据", "没有数据", "未统计", "暂未统计", "尚未统计", "没有统计", "待统计", "待报", "待上报"}
    | {"n/a", "na", "null", "none", "nan", "nil"}
)
_DASHES = re.compile(r"[-—–―─‐‑‒_/\\]{1,8}")
_ZERO_WORDS = frozenset({"无", "没有", "没", "零", "〇"})

_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_TEXT_MARK = re.compile(r"['‘’`](?!.*['‘’`])(.+)|=\"([^\"]*)\"")
"""What makes a spreadsheet keep a number as text: not part of the number."""
_ODD_POINT = re.compile(r"(?<=[0-9])\s*[。·•]\s*(?=[0-9])")
_SPACED_POINT = re.compile(r"(?<=[0-9])(?:\s+\.\s*|\.\s+)(?=[0-9]+$)")
_WIDE_POINT = re.compile(r"[0-9]．|．[0-9]")
_SPACED_GROUPS = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}(?: [0-9]{3})+(?!\s?[0-9])")
_BARE_POINT = re.compile(r"(?<![0-9.])\.(?=[0-9])")
_FULL_STOP = re.compile(r"(?<=[0-9])[.。]$|(?<=[^\s.。])[。；;]$")
_WRITTEN = re.compile(
    r"(?P<before>(?:共计|共|约为|大约|大概|约|将近|接近|近|超过|超|突破|至少|不少于|不低于|不下|[≈~>≥]=?){0,3})\s*"
    r"(?P<currency>¥|人民币)?\s*"
    r"(?P<number>[+-]?(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)\s*(?P<more>余|多|来|\+)?\s*"
    r"(?P<rest>[^0-9]{0,16}?2?)\s*(?P<after>左右|上下|以上|许|余|多|\+)?"
)
_REST = re.compile(r"(?P<scale>[百千万亿]?)(?P<more>余|多)?(?P<unit>.*)", re.DOTALL)
_SURE_PREFIX = frozenset({"", "共", "共计"})
_SQUARES = re.compile(r"[mM]²")
_LONGEST = 40
_LONGEST_TEXT = 160
_SIGNIFICANT = Context(prec=15, rounding=ROUND_HALF_UP)
_QUANTA = tuple(Decimal(1).scaleb(-digits) for digits in range(5))
_MINUS = str.maketrans({"\u2212": "-", "\u200b": None, "\u200c": None, "\u200d": None, "\u2060": None, "\ufeff": None})


def fold_cell(text: str) -> str:
    """A cell's text with width folded (NFKC), minus signs made one, spaces at the ends and invisible marks removed."""
    return unicodedata.normalize("NFKC", text).translate(_MINUS).strip()


def is_missing(text: str) -> bool:
    """Whether a cell says that nothing was reported."""
    return len(text) <= _LONGEST_TEXT and _says_missing(fold_cell(text))


def percent_of_one(texts: Iterable[str]) -> PercentStyle:
    """How a whole column of an indicator in % writes its plain numbers; cells with a percent sign or words say nothing.

    Numbers of which none is above one and one is between zero and one are fractions. Beside larger ones they are not
    sure, nor is a column of ones.
    """
    has_larger = has_between = has_one = False
    for text in texts:
        number = _plain_number(text)
        if number is None:
            continue
        if number > 1 or number < 0:
            has_larger = True
        elif number == 1:
            has_one = True
        elif number:
            has_between = True
    if has_between:
        return PercentStyle.MIXED if has_larger else PercentStyle.FRACTIONS
    return PercentStyle.ONES if has_one and not has_larger else PercentStyle.PERCENTS


def read_number(
    text: str,
    indicator: Indicator,
    units: Units,
    *,
    unit: str = "",
    percent: PercentStyle = PercentStyle.PERCENTS,
) -> Reading:
    """The value a cell gives for an indicator.

    Args:
        text: the cell.
        indicator: what it is a figure of.
        units: declared units, for one written in the cell or in the header.
        unit: the unit the header gives; empty for the indicator's own. One written in the cell goes before it.
        percent: for an indicator in %: how the whole column writes its plain numbers.
    """
    if (
        len(text) <= _LONGEST
        and percent is PercentStyle.PERCENTS
        and (not unit or unit == indicator.unit)
        and _PLAIN.fullmatch(text)
    ):
        # Nearly every cell; the same as below without the folding.
        return _judge(_SIGNIFICANT.create_decimal(text), text, indicator)
    if len(text) > _LONGEST_TEXT:
        return _refused(hints.unreadable(text, "请只填一个数"))
    return _read_folded(text, fold_cell(text), indicator, units, unit, percent)


def _read_folded(
    text: str, folded: str, indicator: Indicator, units: Units, unit: str, percent: PercentStyle
) -> Reading:
    if indicator.choices:
        return _read_choice(text, folded, indicator)
    if _says_missing(folded):
        return _MISSING
    if folded in _ZERO_WORDS and indicator.aggregation is Aggregation.SUM and indicator.kind is not Kind.ATTRIBUTE:
        return _judge(Decimal(0), text, indicator, remark="zero_word")
    if _has_odd_digit(text):
        # NFKC turns 5² into 52 and ① into 1: a figure that only looks like a digit is not one.
        return _refused(hints.unreadable(text, f"请只填一个数（单位：{indicator.unit or '无'}）"))
    mended = _mended(folded)
    found = _WRITTEN.fullmatch(mended)
    if found is None or len(found["number"]) > _LONGEST:
        return _refused(hints.unreadable(text, hints.advice(folded, indicator)))
    remark = "point_mended" if mended != _bare(folded) or _WIDE_POINT.search(text) else ""
    return _Amount(text, found, indicator, units, unit, percent).read(remark)


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number with what is written around it."""

    text: str
    found: re.Match[str]
    indicator: Indicator
    units: Units
    header_unit: str
    percent: PercentStyle

    def read(self, remark: str) -> Reading:
        found, indicator = self.found, self.indicator
        number = _SIGNIFICANT.create_decimal(found["number"].replace(",", ""))
        if found["more"] or found["after"] or found["before"] not in _SURE_PREFIX:
            remark = _weightier(remark, "approximate")
        elif found["before"]:
            remark = _weightier(remark, "unit_stripped")
        rest = found["rest"].strip()
        if not rest and not found["currency"]:
            return self._without_unit(number, remark)
        scale, written, has_more = self._scale_and_unit(rest)
        if has_more:
            remark = _weightier(remark, "approximate")
        if not written:
            return self._scaled(number, scale, remark)
        factor = self.units.factor_for(written, indicator)
        if factor is None:
            if self.units.knows(written):
                return _refused(hints.unit_differs(self.text, written, indicator))
            return _refused(hints.unreadable(self.text, hints.advice(fold_cell(self.text), indicator, written)))
        factor *= scale
        if factor != 1:
            remark = _weightier(remark, "scaled" if factor == SCALES.get(rest[:1]) else "converted")
        elif written != "%" or self.text.startswith("百分之"):
            remark = _weightier(remark, "unit_stripped")
        return self._times(number, factor, remark)

    def _without_unit(self, number: Decimal, remark: str) -> Reading:
        """A number in the unit of the column."""
        factor = self.units.factor_for(self.header_unit, self.indicator)
        if factor is None:
            return _refused(hints.unit_differs(self.text, self.header_unit, self.indicator))
        if factor != 1:
            return self._times(number, factor, _weightier(remark, "converted") if number else remark)
        if self.indicator.unit == "%" and self.percent is not PercentStyle.PERCENTS and 0 < number <= 1:
            if self.percent is PercentStyle.FRACTIONS:
                return self._times(number, Fraction(100), _weightier(remark, "percent_of_one"))
            return _refused(hints.ambiguous(self.text, (number * 100, number), "%"))
        return _judge(number, self.text, self.indicator, remark=remark)

    def _scale_and_unit(self, rest: str) -> tuple[int, str, bool]:
        """The scale and the unit after a number, and whether 余 or 多 stands between: 万余元 is 10000, 元, True."""
        prefix = "元" if self.found["currency"] else ""
        if not prefix and rest not in SCALES and self._is_unit(rest):
            return 1, rest, False
        parts = _REST.fullmatch(rest)
        assert parts is not None, "every part of the pattern may be empty"
        written = parts["unit"].strip()
        if prefix and written.removesuffix("元"):
            # ¥5吨 is nothing; let the unit be unknown.
            return 1, f"¥{rest}", False
        if rest and not parts["scale"]:
            return 1, prefix or rest, False
        return SCALES.get(parts["scale"], 1), prefix or written, bool(parts["more"])

    def _is_unit(self, written: str) -> bool:
        return self.units.knows(written) or self.units.factor_for(written, self.indicator) is not None

    def _scaled(self, number: Decimal, scale: int, remark: str) -> Reading:
        """5.2万, without a unit: that many of the column's unit, unless that begins with a scale itself."""
        column_unit = self.header_unit or self.indicator.unit
        factor = self.units.factor_for(self.header_unit, self.indicator)
        if factor is None:
            return _refused(hints.unit_differs(self.text, self.header_unit, self.indicator))
        if column_unit[:1] in SCALES:
            amounts = (number * scale / SCALES[column_unit[0]], number * scale)
            return _refused(hints.ambiguous(self.text, amounts, f" {column_unit}"))
        return self._times(number, factor * scale, _weightier(remark, "scaled" if factor == 1 else "converted"))

    def _times(self, number: Decimal, factor: Fraction, remark: str) -> Reading:
        """A number multiplied exactly; rounded only when it is judged."""
        if factor == 1:
            return _judge(number, self.text, self.indicator, remark=remark)
        # One digit beyond those kept decides the rounding; a second one tells whether anything is left after it.
        digits = self.indicator.decimals + 1
        numerator, denominator = number.as_integer_ratio()
        whole, rest = divmod(numerator * factor.numerator * 10**digits, denominator * factor.denominator)
        value = Decimal(whole * 10 + (rest != 0)).scaleb(-digits - 1)
        return _judge(value, self.text, self.indicator, remark=remark)


def _judge(value: Decimal, text: str, indicator: Indicator, *, remark: str = "") -> Reading:
    """A number in the indicator's unit against its choices, range and decimals."""
    if indicator.choices:
        if any(value == number for number, _ in indicator.choices):
            return Reading(value.quantize(_QUANTA[0]), remark)
        return _refused(hints.not_a_choice(text, indicator))
    if not indicator.minimum <= value <= indicator.maximum:
        return _refused(hints.out_of_range(text, value, indicator))
    kept = value.quantize(_QUANTA[indicator.decimals], ROUND_HALF_UP)
    if kept != value:
        if not indicator.decimals:
            return _refused(hints.too_many_decimals(kept, indicator))
        remark = _weightier(remark, "rounded")
    return Reading(kept if kept else abs(kept), remark)


def _read_choice(text: str, folded: str, indicator: Indicator) -> Reading:
    """A level by its name, its number, both as a template lists them (3（高级）), or its number with the unit (3级)."""
    for number, name in indicator.choices:
        if folded in (name, f"{number}({name})", f"{number}{name}", f"{number} {name}"):
            return Reading(Decimal(number))
    if _says_missing(folded):
        return _MISSING
    written = _bare(folded)
    digits = written.removesuffix(indicator.unit).rstrip() if indicator.unit else written
    if len(digits) > _LONGEST or not _PLAIN.fullmatch(digits) or _has_odd_digit(text):
        return _refused(hints.not_a_choice(text, indicator))
    return _judge(Decimal(digits), text, indicator, remark="" if digits == written else "unit_stripped")


def _refused(problem: NumberProblem) -> Reading:
    return Reading(None, problem=problem)


def _weightier(one: str, other: str) -> str:
    return one if _WEIGHT[one] >= _WEIGHT[other] else other


def _says_missing(folded: str) -> bool:
    return folded.casefold() in _MISSING_WORDS or _DASHES.fullmatch(folded) is not None


def _has_odd_digit(text: str) -> bool:
    if text.isascii():
        return False
    return any(unicodedata.category(c) == "No" for c in _SQUARES.sub("m", text))


def _bare(folded: str) -> str:
    """A number without the mark that keeps it a text, and 百分之98 as 98%."""
    match = _TEXT_MARK.fullmatch(folded)
    text = (match[1] or match[2] or "").strip() if match else folded
    return f"{text[3:].strip()}%" if text.startswith("百分之") else text


def _mended(folded: str) -> str:
    """A number whose point or spaces are written oddly, written well; anything unsure stays as it is.

    A point with a space is mended only where nothing follows the number: "1. 500吨" may be the first item of a list.
    """
    text = _FULL_STOP.sub("", _bare(folded))
    text = _SPACED_POINT.sub(".", _ODD_POINT.sub(".", text))
    text = _BARE_POINT.sub("0.", text)
    return _SPACED_GROUPS.sub(lambda match: match[0].replace(" ", ""), text)


def _plain_number(text: str) -> float | None:
    """The number a cell without unit or words says; None for any other cell."""
    if len(text) > _LONGEST:
        return None
    if _PLAIN.fullmatch(text):
        return float(text)
    if not text or text[-1] == "%":
        return None
    mended = _mended(fold_cell(text))
    if _PLAIN.fullmatch(mended) or _GROUPED.fullmatch(mended):
        return float(mended.replace(",", ""))
    return None
