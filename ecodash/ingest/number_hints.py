"""What is said about a cell that is not a usable number, and what to type instead."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ecodash.domain.indicators import Indicator
from ecodash.ingest.faults import cut

_UNSURE_WORDS = frozenset(
    {"无", "没有", "没", "暂无", "零", "〇", "不涉及", "不适用", "无此项", "无此项工作", "未开展"}
)
_DATE = re.compile(r"[0-9]{2,4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?:[ T].*)?|(?:[0-9]{4}年)?[0-9]{1,2}月(?:[0-9]{1,2}日)?")
_EXPONENT = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?)[eE]([+-]?[0-9]{1,2})")
_RANGE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*\D{0,4}?\s*(?:-|—|–|~|至|到)+\s*([0-9]+(?:\.[0-9]+)?)\D*")
_UPPER = re.compile(
    r"(?:不足|不到|少于|低于|不超过|最多|[<≤]=?)\s*([0-9]+(?:\.[0-9]+)?)|([0-9]+(?:\.[0-9]+)?).*(?:以下|以内)"
)
_SUM = re.compile(r"[0-9.]+(?:\s*[+*×/xX]\s*[0-9.]+)+")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_CHINESE = re.compile(r"(?:大约|约|近|超过|百分之)?([零〇一二两三四五六七八九十百千万]{1,12})(\D{0,4})")
_CHINESE_DIGITS: Mapping[str, int] = {"零": 0, "〇": 0, "两": 2} | {
    digit: value for value, digit in enumerate("一二三四五六七八九", start=1)
}
_CHINESE_SCALES: Mapping[str, int] = {"十": 10, "百": 100, "千": 1000}


@dataclass(frozen=True, slots=True)
class NumberProblem:
    """Why a cell is not a usable number.

    Args:
        code: number_unreadable, number_ambiguous, unit_differs, too_many_decimals, out_of_range or not_a_choice.
        hint: Chinese: what is wrong and what to type instead.
    """

    code: str
    hint: str


def unreadable(text: str, advice: str) -> NumberProblem:
    return NumberProblem("number_unreadable", f"“{cut(text)}”不能读成一个确定的数。{advice}。")


def ambiguous(text: str, likely: tuple[Decimal, Decimal], unit: str) -> NumberProblem:
    """One text with two meanings, both written so that they are read as they are meant."""
    one, other = (f"{trimmed(number)}{unit}" for number in likely)
    said = f"“{cut(text)}”可能是 {one}，也可能是 {other}"
    return NumberProblem("number_ambiguous", f"{said}。请核对后写明其中一种，例如 {one}。")


def unit_differs(text: str, written: str, indicator: Indicator) -> NumberProblem:
    own = f"“{indicator.name}”的单位是“{indicator.unit or '无'}”"
    hint = f"{own}，“{cut(text)}”的单位是“{cut(written)}”，两者不能换算。请按“{indicator.unit or '无'}”重新填写。"
    return NumberProblem("unit_differs", hint)


def out_of_range(text: str, value: Decimal, indicator: Indicator) -> NumberProblem:
    low, high = f"{indicator.minimum:f}", f"{indicator.maximum:f}"
    plain = f"{value:f}"
    read = "" if plain == text.strip() or len(plain) > 40 else f"“{cut(text)}”读作 {trimmed(value)}，超出范围。"
    hint = f"{read}“{indicator.name}”应在 {low} 至 {high} {indicator.unit}之间。请核对数值、小数点和单位。"
    return NumberProblem("out_of_range", hint)


def too_many_decimals(rounded: Decimal, indicator: Indicator) -> NumberProblem:
    hint = f"“{indicator.name}”应为整数。请核对后填写，例如 {rounded:f}。"
    return NumberProblem("too_many_decimals", hint)


def not_a_choice(text: str, indicator: Indicator) -> NumberProblem:
    known = "、".join(f"{number}（{name}）" for number, name in indicator.choices)
    return NumberProblem("not_a_choice", f"“{indicator.name}”没有“{cut(text)}”这一项。请填其中之一：{known}。")


def advice(folded: str, indicator: Indicator, written: str = "") -> str:
    """What to type instead of a text that is no number: the likely number where there is one.

    Args:
        folded: the cell.
        indicator: what it should be a figure of.
        written: what stands after its number where a unit is expected and none is known.
    """
    special = _of_words(folded, indicator) or _of_digits(folded)
    if special:
        return special
    if written.isalpha():
        # 30车 is not 30 of anything else.
        return f"“{cut(written)}”不能换算成“{indicator.unit or '无单位的数'}”，请按指标的单位填写"
    numbers = _NUMBER.findall(folded)
    asked = f"请只填一个数（单位：{indicator.unit or '无'}）"
    if len(numbers) == 1 and len(numbers[0]) <= 12 and folded.isprintable():
        return f"{asked}；如果就是 {numbers[0]}，请只填 {numbers[0]}"
    return f"{asked}，没有上报请留空"


def _of_words(folded: str, indicator: Indicator) -> str:
    if folded in _UNSURE_WORDS:
        return "确实为零请填 0，没有统计请留空"
    if folded in ("一", "ー"):
        return "如果是“未上报”的横线请留空，如果是数字一请填 1"
    if folded.startswith("#"):
        return "单元格是公式错误，请改正公式或直接填数"
    if folded.startswith("="):
        return "单元格是没有算出结果的公式，请直接填数"
    if folded in ("全部", "全覆盖", "全部完成"):
        return "请填 100" if indicator.unit == "%" else "请填具体的数"
    if folded.endswith("%"):
        return f"“{indicator.name}”的单位是“{indicator.unit}”，请去掉百分号并填该单位的数"
    if match := _CHINESE.fullmatch(folded):
        number = chinese_number(match[1])
        return "请用阿拉伯数字填写" + ("" if number is None else f"，例如 {number}")
    if _DATE.fullmatch(folded):
        return "单元格是日期格式，请改为数值格式后重填"
    return ""


def _of_digits(folded: str) -> str:
    if match := _EXPONENT.fullmatch(folded):
        return f"请写出完整的数，例如 {trimmed(Decimal(match[1]).scaleb(int(match[2])))}"
    if match := _RANGE.fullmatch(folded):
        return f"请填一个数，不填范围，例如 {match[1]} 或 {match[2]}"
    if match := _UPPER.fullmatch(folded):
        return f"这只说明不超过 {match[1] or match[2]}，请填实际的数"
    if _SUM.fullmatch(folded):
        return "请填算好的结果，不填算式"
    pointed = re.sub(r"[_\s']", "", folded).replace("。", ".")
    if pointed != folded and re.fullmatch(r"[+-]?[0-9]+(?:\.[0-9]+)?", pointed):
        return f"请填 {pointed}"
    if match := re.fullmatch(r"([0-9]+)\.{2,}([0-9]+)", pointed):
        return f"小数点多写了，请填 {match[1]}.{match[2]}"
    if match := re.fullmatch(r"\(([0-9.,]+)\)", folded):
        return f"带括号的数在会计格式中是负数，请填 {match[1]} 或 -{match[1]}"
    if re.fullmatch(r"[+-]?[0-9]+,[0-9]{1,2}", folded):
        whole = folded.replace(",", "")
        return f"逗号可能是千位分隔，也可能是小数点，请填 {whole} 或 {folded.replace(',', '.')}"
    if "," in folded and re.fullmatch(r"[+-]?[0-9,]+(?:\.[0-9]+)?", folded):
        return f"千位逗号的位置不对，请去掉逗号后填写，例如 {folded.replace(',', '')}"
    if re.fullmatch(r"[0-9oOlI]+(?:\.[0-9oOlI]+)?", folded) and not _NUMBER.fullmatch(folded) and folded[0].isdigit():
        likely = folded.translate(str.maketrans("oOlI", "0011"))
        return f"数中有字母，请改为数字，例如 {likely}"
    return ""


def chinese_number(text: str) -> int | None:
    """A whole number below 100 million in regular Chinese numerals; None for anything else, such as 三百五."""
    head, is_large, tail = text.partition("万")
    if not is_large:
        return _below_ten_thousand(head)
    large = _below_ten_thousand(head)
    small = _below_ten_thousand(tail) if tail else 0
    if not large or small is None or (tail and small < 1000 and tail[0] not in "零〇"):
        return None
    return large * 10_000 + small


def _below_ten_thousand(text: str) -> int | None:
    total, digit, last = 0, None, 10_000
    has_zero = False
    for place, character in enumerate(text):
        if character in "零〇":
            if digit is not None:
                return None
            has_zero = True
        elif character in _CHINESE_DIGITS:
            if digit is not None:
                return None
            digit = _CHINESE_DIGITS[character]
        else:
            scale = _CHINESE_SCALES.get(character)
            if scale is None or scale >= last:
                return None
            if digit is None:
                if scale != 10 or place:
                    return None
                digit = 1
            total += digit * scale
            last, digit, has_zero = scale, None, False
    if digit is None:
        return total if text and (total or has_zero) else None
    if last > 10 and total and not has_zero:
        return None
    return total + digit


def trimmed(value: Decimal) -> str:
    """A number without the zeros that end its fraction."""
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
