"""Periods as people write them in titles, file names and headers: 2026年9月, 前三季度, 1—9月."""

import calendar
import re
import unicodedata
from dataclasses import dataclass, replace

from ecodash.domain.periods import Month, PartialPeriod, Period
from ecodash.errors import PeriodUnknown

_CHINESE = {"元": 1, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_CHINESE |= {"十": 10, "十一": 11, "十二": 12}
_FIGURES = str.maketrans("一二三四五六七八九〇零○", "123456789000")
_LONGEST = 600
"""Periods are looked for in so many characters: a title, not a page of notes."""

_Y = r"(?:199\d|20\d\d|2100)"
_N = r"(?:(?<!\d)(?:1[0-2]|0?[1-9])(?!\d))"
_CN = r"(?:十[一二]?|[元一二三四五六七八九])"
_M = rf"(?:{_N}|{_CN})"
_Q = r"[一二三四1-4]"
_TO = r"\s*(?:[-—–―~‐‑〜一]+|至|到)\s*"
_AND = r"\s*[、,和及与]\s*"
_CY = r"(?P<cy>[一二][九〇零○][〇零○一二三四五六七八九]{2})"
_UNTIL = r"(?:(?:截至|截止到?|截到)\s*)?"
_YEAR = (
    rf"(?:(?:(?<!\d)(?P<y>{_Y})(?:\s*(?:年度?|[-./_])\s*|\s+|(?=[第前全上下一二三四五六七八九十]))"
    rf"|{_CY}年度?|(?<!\d)'?(?P<yy>\d\d)年度?|[今本当]年度?|(?P<other>去年|上一?年|前年|往年|明年|次年|同期))\s*的?\s*)?"
)
_END = r"(?P<vague>[底末]?(?:以前|之前|前(?![\d一二三四五六七八九十]))|[上中下]旬|第?[一二三四五\d]周|以来|至今|起)?[底末]?"
_DAY = r"(?P<d>\d\d?)\s*[日号]?"

# In the order they are tried; what one has taken the next do not see.
_GRAMMAR = [
    # 2026年9月1日至9月30日, 9月1—30日; 2026.9.1-2026.9.30: a period where whole months are meant
    rf"(?:(?P<y>{_Y})\s*年\s*)?(?P<a>{_N})\s*月\s*{_DAY}{_TO}"
    rf"(?:(?P<y2>{_Y})\s*年\s*)?(?:(?P<b>{_N})\s*月\s*)?(?P<d2>\d\d?)\s*[日号]",
    rf"(?<!\d)(?P<y>{_Y})(?P<by>[-./])(?P<a>{_N})(?P=by){_DAY}{_TO}(?P<y2>{_Y})(?P=by)(?P<b>{_N})(?P=by)(?P<d2>\d\d?)(?!\d)",
    # 2026年9月30日, 9月30日, 2026-09-30, 20260930: when something was written
    rf"(?P<date>(?:(?<!\d){_Y}\s*年\s*)?(?<!\d)\d\d?\s*月\s*\d\d?\s*(?:[日号]|(?=\s*(?:$|[^\w\s]))))",
    rf"(?P<date>(?<!\d){_Y}\s*(?P<by>[-./])\s*\d\d?\s*(?P=by)\s*\d\d?(?![\d月])\s*日?)",
    rf"(?P<date>(?<!\d){_Y}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d))",
    # 2026年1—9月, 1月至9月, 2025年11月—2026年2月; 2026.01-2026.09, 2026.1-9; 202601-202609
    rf"{_UNTIL}{_YEAR}(?P<a>{_M})\s*(?:月份?)?{_TO}(?:(?:(?P<y2>{_Y})\s*[年./-]|[今本当同]年)\s*)?(?P<b>{_M})\s*月份?{_END}",
    rf"(?<!\d)(?P<y>{_Y})\s*[-./年]\s*(?P<a>{_N})\s*月?{_TO}(?P<y2>{_Y})\s*[-./年]\s*(?P<b>{_N})\s*月?",
    rf"(?<!\d)(?P<y>{_Y})\s*[./年]\s*(?P<a>{_N}){_TO}(?P<b>(?:1[0-2]|0?[1-9])(?!\d))",
    rf"(?<!\d)(?P<y>{_Y})(?P<a>0[1-9]|1[0-2]){_TO}(?P<y2>{_Y})(?P<b>0[1-9]|1[0-2])(?!\d)",
    # 2026年前9个月; 8、9月, which are several
    rf"{_YEAR}前\s*(?P<first>{_M}|两)\s*个月{_END}",
    rf"{_YEAR}(?P<several>{_M}\s*(?:月份?)?(?:{_AND}{_M}\s*(?:月份?)?)*?{_AND}{_M})\s*月份?{_END}",
    # 2026年9月, 九月份, 截至9月底; 2026-09, 202609
    rf"{_UNTIL}{_YEAR}(?P<a>{_M})\s*月(?P<plain>份)?{_END}",
    rf"(?<!\d)(?P<y>{_Y})\s*[-./_]\s*(?P<a>1[0-2]|0?[1-9])(?![\d月])",
    rf"(?<!\d)(?P<y>{_Y})(?P<a>0[1-9]|1[0-2])(?!\d)",
    # 1—3季度, 前三季度; 一、二季度, which are several; 第三季度, 三季度, Q3
    rf"{_YEAR}(?:前|第?(?P<qa>{_Q})(?:季度)?{_TO})第?(?P<qb>{_Q}|两)个?季度{_END}",
    rf"{_YEAR}(?P<several>第?{_Q}(?:季度)?(?:[、,和及与]?第?{_Q}(?:季度)?)*?[、,和及与]?第?{_Q})季度{_END}",
    rf"{_UNTIL}{_YEAR}(?:第\s*(?P<q>{_Q})\s*季度?|(?<!\d)(?P<q2>{_Q})\s*季度){_END}",
    rf"(?:(?<!\d)(?P<y>{_Y})\s*[年\-._]?\s*|(?<![A-Za-z\d]))Q(?P<q>[1-4])(?![A-Za-z\d])",
    # 上、下半年, which are two; 上半年, 2026H1
    rf"{_YEAR}(?P<several>上\s*[、,和及与]?\s*下)半年",
    rf"{_UNTIL}{_YEAR}(?P<half>[上下])半年{_END}",
    rf"(?<!\d)(?P<y>{_Y})\s*[年\-._]?\s*H(?P<half>[12])(?![A-Za-z\d])",
    # 全年; 2025—2026年, which are several; 2026年, 2026年度; 2026年底 is its December
    rf"{_YEAR}(?P<whole>全年度?){_END}",
    rf"(?P<several>(?<!\d){_Y}\s*年?度?\s*(?:[-—–―~〜、,和及与]+|至|到)\s*{_Y}\s*年度?)",
    rf"{_UNTIL}(?:(?<!\d)(?P<y>{_Y})\s*|{_CY}|(?<!\d)'?(?P<yy>\d\d)(?=年度))年(?!\s*\d{{1,2}}\s*月)"
    r"(?:(?P<close>[底末])(?P<vague>以前|之前|前)?|(?P<vague2>初|以来|至今|起))?度?",
]
_PATTERNS = [re.compile(pattern) for pattern in _GRAMMAR]
_HINTS = frozenset("月季年QH0123456789")
_COMPARED = re.compile(r"(?:[较比超]|同比|环比)\s*$")
_DATELINE = re.compile(r"(?:填报|填表|制表|报送|上报|打印|印发|编制|填写)(?:时间|日期)\s*:?\s*$")
_PLACE_AFTER = re.compile(r"[一-鿿]{0,3}(?<![农乡各全])(?:村(?![容庄级])|社区|屯|寨|嘎查|[镇乡](?!村|镇)|街道)")


@dataclass(frozen=True, slots=True)
class PeriodMention:
    """A period named in a text.

    Args:
        start, end: the place of the words, end not included.
        period: what they mean; None where they name no one period that is reported for: a date, 8、9月, 去年9月,
            9月上旬, 9月底前, 较9月.
        is_year_only: whether only a year is named (2026年): it may just as well go with a month named elsewhere.
        is_dateline: whether it says when something was filled in (填报时间：2026年9月).
    """

    start: int
    end: int
    period: Period | PartialPeriod | None
    is_year_only: bool = False
    is_dateline: bool = False


def period_mentions(text: str) -> list[PeriodMention]:
    """Every period a title, file name, sheet name or header names, in the order of the text."""
    if _HINTS.isdisjoint(unicodedata.normalize("NFKC", text[:_LONGEST])) and "同期" not in text:
        return []
    folded, origin = _folded(text[:_LONGEST])
    found = []
    left = folded
    for pattern in _PATTERNS:
        for match in pattern.finditer(left):
            mention = _mention(match, folded)
            if mention:
                start, end = match.span()
                left = left[:start] + "\0" * (end - start) + left[end:]
                found.append(replace(mention, start=origin[start], end=origin[end - 1] + 1))
    return sorted(found, key=lambda mention: mention.start)


def find_periods(text: str) -> list[Period | PartialPeriod]:
    """The periods a title, file name or sheet name speaks of, in order, without repeats.

    A full date is when something was written, not a period; 截至2026年9月底 is September. When a table was filled in
    counts only where nothing else is named.
    """
    said = [mention for mention in period_mentions(text) if mention.period is not None]
    said = [mention for mention in said if not mention.is_dateline] or said
    return list(dict.fromkeys(_dated(mention.period) for mention in said if mention.period is not None))


def parse_period(text: str) -> PartialPeriod | None:
    """The period a text names that holds nothing else; None where it names none, or not one.

    9月, 09月, 9月份, 九月, 2026年9月, 2026-09, 202609, '26年9月, 三季度, 第3季度, Q3, 2026Q3, 上半年, 全年, 2026年,
    1—9月. Refused is 2026.9: it may be what a spreadsheet made of a number.
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    if len(folded) > 40 or re.fullmatch(r"\d{4}\.\d", folded):
        return None
    mentions = period_mentions(folded)
    if len(mentions) != 1 or mentions[0].end - mentions[0].start != len(folded):
        return None
    period = mentions[0].period
    if isinstance(period, Period):
        one_year = period.first.year == period.last.year
        return PartialPeriod(period.first.year, period.first.month, period.last.month) if one_year else None
    return period


def split_period(text: str) -> tuple[PartialPeriod | None, str]:
    """A header's period and what is left of it: 9月清理垃圾（吨） → 9月, 清理垃圾（吨）.

    None and the header as it is where it names no period, several, or none that is reported for.
    """
    mentions = period_mentions(text)
    if len(mentions) != 1 or not isinstance(mentions[0].period, PartialPeriod):
        return None, text
    before, after = text[: mentions[0].start], text[mentions[0].end :]
    return mentions[0].period, _joined(before, after)


def _folded(text: str) -> tuple[str, list[int]]:
    """A text with width folded, and the place in the text of each of its characters."""
    pieces = [unicodedata.normalize("NFKC", char) for char in text]
    return "".join(pieces), [place for place, piece in enumerate(pieces) for _ in piece]


def _joined(before: str, after: str) -> str:
    """What a period was taken out of, without the marks that stood around it."""
    bracketed = re.fullmatch(r"(.*)[(（\[【]\s*", before, re.DOTALL), re.match(r"\s*[)）\]】]", after)
    if bracketed[0] and bracketed[1]:
        before, after = bracketed[0][1], after[bracketed[1].end() :]
    inner = re.fullmatch(r"(.*[(（\[【])\s*", before, re.DOTALL)
    if inner:
        after = re.sub(r"^[\s,，、;；:：_—-]+", "", after)
    else:
        before, after = before.rstrip(" \t\n_-—,，、:：·"), after.lstrip(" \t\n_-—,，、:：·的")
        if re.match(r"[)）\]】]", after):
            before = before.rstrip()
    return (before + after).strip()


def _dated(period: Period | PartialPeriod) -> Period | PartialPeriod:
    return period.at(period.year) if isinstance(period, PartialPeriod) and period.year is not None else period


def _mention(match: re.Match[str], text: str) -> PeriodMention | None:
    """What a match means; None where it is no period after all."""
    start, end = match.span()
    said = {name: value for name, value in match.groupdict().items() if value}
    before = text[:start]
    if re.search(r"\d\.$", before):
        return None  # 8.9月
    if said.get("a") in _CHINESE and not _stands_alone(said, before, text[end:]):
        return None  # 三月坡村
    is_dateline = _DATELINE.search(before) is not None
    if said.keys() & {"date", "several", "vague", "vague2", "other"} or _COMPARED.search(before):
        return PeriodMention(start, end, None, is_dateline=is_dateline)
    try:
        period = _period(said)
    except PeriodUnknown:
        period = None
    year_only = said.keys() <= {"y", "cy", "yy"}
    return PeriodMention(start, end, period, year_only and period is not None, is_dateline)


def _stands_alone(said: dict[str, str], before: str, after: str) -> bool:
    """Whether a month in Chinese figures is one, and not the beginning of a place's name."""
    if said.keys() & {"y", "cy", "yy", "plain", "b"}:
        return True
    return not re.search(r"[一-鿿]$", before) and not _PLACE_AFTER.match(after)


def _period(said: dict[str, str]) -> Period | PartialPeriod | None:
    year = _year(said)
    if "d" in said:
        return _whole_months(said, year)
    if "y2" in said:
        if year is None:
            return None
        last = Month(int(said["y2"]), _number(said["b"]))
        whole = Period(Month(year, _number(said["a"])), last)
        return whole if whole.first.year != last.year else PartialPeriod(year, whole.first.month, last.month)
    first, last_number = _numbers(said, year)
    return PartialPeriod(year, first, last_number) if 1 <= first <= last_number <= 12 else None


def _numbers(said: dict[str, str], year: int | None) -> tuple[int, int]:
    """The numbers of the first and the last month."""
    if "a" in said:
        first = _number(said["a"])
        return first, _number(said["b"]) if "b" in said else first
    if "first" in said:
        # Without a year 前三个月 are the last three.
        return (1, _number(said["first"])) if year is not None else (0, 0)
    if "qb" in said:
        return _number(said.get("qa", "1")) * 3 - 2, _number(said["qb"]) * 3
    if quarter := said.get("q") or said.get("q2"):
        return _number(quarter) * 3 - 2, _number(quarter) * 3
    if half := said.get("half"):
        return (1, 6) if half in ("上", "1") else (7, 12)
    return (12, 12) if "close" in said else (1, 12)


def _whole_months(said: dict[str, str], year: int | None) -> Period | PartialPeriod | None:
    """From the first day of a month to the last day of one; None for any other run of days."""
    last_year = int(said["y2"]) if "y2" in said else year
    first, last = _number(said["a"]), _number(said.get("b", said["a"]))
    days = calendar.monthrange(last_year or 2001, last)[1]
    leap_day = last_year is None and last == 2 and int(said["d2"]) == 29
    if int(said["d"]) != 1 or (int(said["d2"]) != days and not leap_day):
        return None
    if year is None or last_year is None or year == last_year:
        return PartialPeriod(year, first, last) if first <= last else None
    return Period(Month(year, first), Month(last_year, last))


def _year(said: dict[str, str]) -> int | None:
    if "y" in said:
        return int(said["y"])
    if "cy" in said:
        return int(said["cy"].translate(_FIGURES))
    return 2000 + int(said["yy"]) if "yy" in said else None


def _number(text: str) -> int:
    return _CHINESE[text] if text in _CHINESE else int(text)
