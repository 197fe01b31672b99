"""One cell's text → a number, nothing, or what is wrong with it. Reads what is unambiguous and asks about the rest."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

from ecodash.domain.indicators import Indicator
from ecodash.ingest.faults import cut


class Missing(Enum):
    """A cell that says nothing was reported; never zero."""

    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class NumberProblem:
    """Why a cell is not a usable number.

    Args:
        code: number_unreadable, too_many_decimals, out_of_range or not_a_choice.
        hint: Chinese: what is wrong and what to type instead.
    """

    code: str
    hint: str


MISSING = Missing.MISSING

_MISSING_TEXTS = frozenset(
    {"", "未上报", "未报", "未填报", "缺", "缺报", "缺失", "-", "--", "/", "//", "\\", "—", "——", "–", "―", "─"}
)
_NONE_WORDS = frozenset({"无", "没有", "暂无", "零", "〇", "没"})
_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_APPROXIMATE = re.compile(
    r"(?:大约|约|近|超过?|共|≈|>|<|>=|<=|≥|≤)*([0-9]+(?:\.[0-9]+)?)\s*(?:余|多|左右|以上|\+)*(\D{0,4})"
)
_SCALED = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?)([百千万亿])(?:余|多)?(\D{0,4})")
_EXPONENT = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?)[eE]\+?([0-9]{1,2})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: .*)?")
_SCALE = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_MINUS = str.maketrans({"\u2212": "-", "\u200b": None, "\ufeff": None})
_LONGEST = 40


def fold_cell(text: str) -> str:
    """A cell's text with width folded (NFKC), minus signs made one, spaces at the ends and invisible marks removed."""
    return unicodedata.normalize("NFKC", text).translate(_MINUS).strip()


def is_missing(text: str) -> bool:
    """Whether a cell says that nothing was reported."""
    return fold_cell(text) in _MISSING_TEXTS


def read_number(text: str, indicator: Indicator) -> Decimal | Missing | NumberProblem:
    """The value a cell gives for an indicator, in the indicator's unit.

    A percent sign is read only where the unit is %: "98%" is 98. The name of a choice is read as its number.
    """
    if len(text) <= _LONGEST and _PLAIN.fullmatch(text):
        # Nearly every cell; the same as below without the folding.
        return _judge(Decimal(text) + 0, text, indicator)
    if len(text) > _LONGEST * 4:
        return _unreadable(text, "请只填一个数")
    folded = fold_cell(text)
    if folded in _MISSING_TEXTS:
        return MISSING
    for number, name in indicator.choices:
        if folded == name:
            return Decimal(number)
    digits = folded[:-1].rstrip() if folded.endswith("%") and indicator.unit == "%" else folded
    # NFKC turns 5² into 52 and ① into 1: a figure that only looks like a digit is not one.
    if (
        len(digits) <= _LONGEST
        and (_PLAIN.fullmatch(digits) or _GROUPED.fullmatch(digits))
        and not _has_odd_digit(text)
    ):
        return _judge(Decimal(digits.replace(",", "")) + 0, digits, indicator)
    if indicator.choices:
        return _not_a_choice(text, indicator)
    if len(digits) > _LONGEST or _has_odd_digit(text):
        return _unreadable(text, f"请只填一个数(单位：{indicator.unit or '无'})")
    return _unreadable(text, _advice(folded, indicator))


def _has_odd_digit(text: str) -> bool:
    return not text.isascii() and any(unicodedata.category(c) == "No" for c in text)


def _judge(value: Decimal, digits: str, indicator: Indicator) -> Decimal | NumberProblem:
    """A readable number against the indicator's choices, range and decimals."""
    if indicator.choices:
        if any(value == number for number, _ in indicator.choices):
            return value
        return _not_a_choice(digits, indicator)
    if not indicator.minimum <= value <= indicator.maximum:
        low, high = f"{indicator.minimum:f}", f"{indicator.maximum:f}"
        hint = f"“{indicator.name}”应在 {low} 至 {high} {indicator.unit}之间。请核对数值、小数点和单位。"
        return NumberProblem("out_of_range", hint)
    fraction = digits.partition(".")[2].rstrip("0")
    if len(fraction) > indicator.decimals:
        rounded = f"{value.quantize(Decimal(1).scaleb(-indicator.decimals), ROUND_HALF_UP):f}"
        allowed = f"最多 {indicator.decimals} 位小数" if indicator.decimals else "应为整数"
        hint = f"“{indicator.name}”{allowed}。请核对后填写，例如 {rounded}。"
        return NumberProblem("too_many_decimals", hint)
    return value


def _not_a_choice(text: str, indicator: Indicator) -> NumberProblem:
    known = "、".join(f"{number}({name})" for number, name in indicator.choices)
    return NumberProblem("not_a_choice", f"“{indicator.name}”没有“{cut(text)}”这一项。请填其中之一：{known}。")


def _unreadable(text: str, advice: str) -> NumberProblem:
    return NumberProblem("number_unreadable", f"“{cut(text)}”不能读成一个确定的数。{advice}。")


def _advice(folded: str, indicator: Indicator) -> str:
    """What to type instead: the likely number where there is one."""
    if folded in _NONE_WORDS:
        return "确实为零请填 0，没有统计请留空"
    if folded.startswith("#"):
        return "单元格是公式错误，请改正公式或直接填数"
    if _DATE.fullmatch(folded):
        return "单元格是日期格式，请改为数值格式后重填"
    if folded.endswith("%"):
        return f"“{indicator.name}”的单位是“{indicator.unit}”，请去掉百分号并填该单位的数"
    if match := _EXPONENT.fullmatch(folded):
        return f"请写出完整的数，例如 {Decimal(match[1]).scaleb(int(match[2])):f}"
    if match := _SCALED.fullmatch(folded):
        number = f"{(Decimal(match[1]) * _SCALE[match[2]]).normalize():f}"
        return f"请按单位“{indicator.unit}”写出完整的数{_example(number, match[3], indicator)}"
    pointed = folded.replace("。", ".").replace("_", "").replace(" ", "").replace("'", "")
    if pointed != folded and _PLAIN.fullmatch(pointed):
        return f"请填 {pointed}"
    if re.fullmatch(r"\.[0-9]+", folded):
        return f"请填 0{folded}"
    if "," in folded and re.fullmatch(r"[+-]?[0-9,]+(?:\.[0-9]+)?", folded):
        return "千位逗号的位置不对，请去掉逗号后填写"
    if match := _APPROXIMATE.fullmatch(folded):
        return f"请只填准确的数，不带单位和文字{_example(match[1], match[2], indicator)}"
    return f"请只填一个数(单位：{indicator.unit or '无'})，没有上报请留空"


def _example(number: str, unit: str, indicator: Indicator) -> str:
    """An example, unless the text names another unit: then the number must be converted, not copied."""
    if unit.strip() not in ("", indicator.unit):
        return f"，并换算成“{indicator.unit}”"
    return f"，例如 {number}"
