"""The period a file, a row or a target's deadline is for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ecodash.domain.indicators import Indicator, Kind
from ecodash.domain.period_words import PeriodMention, parse_period, period_mentions
from ecodash.domain.periods import Month, PartialPeriod, Period
from ecodash.errors import PeriodUnknown
from ecodash.ingest.faults import cut
from ecodash.ingest.numbers import fold_cell

_BARE = re.compile(r"(\d{1,2})(?:月份?)?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00:00(?:\.0+)?)?")
_ONE_DIGIT = re.compile(r"\d{4}\.\d")
_YEAR_END = re.compile(r"(\d{4})年?(?:底|末|年底|年末|全年)?")
_KIND_LABEL = {"month": "月", "quarter": "季度", "half": "半年", "year": "年"}

# ── one cell ───────────────────────────────────────────────────────────────────────────────────────────────────────


def read_month(text: str) -> Month | str:
    """The month a cell names, or a hint saying why it names none.

    A whole date is its month: spreadsheets turn 2026年10月 into 2026-10-01. 2026.1 is refused: it is what a
    spreadsheet makes of 2026.10.
    """
    folded = fold_cell(text).replace(" 00:00:00", "")
    if _ONE_DIGIT.fullmatch(folded):
        return _one_digit_hint(text, folded[:4])
    try:
        if match := _DAY.fullmatch(folded):
            return Month(int(match[1]), int(match[2]))
        return Month.parse(folded)
    except PeriodUnknown:
        return f"“{cut(text)}”不是月份。请写成 2026-10 或 2026年10月。"


def read_period(text: str, year: int | None) -> Period | str:
    """The period a cell of a month column names, or a hint saying why it names none.

    Args:
        text: 2026-10, 2026年10月, 2026-10-01 (a spreadsheet's month), 10月, 10, 三季度, 上半年, 1—9月.
        year: of what names none itself; None where nothing says it.
    """
    folded = fold_cell(text)
    if _ONE_DIGIT.fullmatch(folded):
        return _one_digit_hint(text, folded[:4])
    if (match := _DAY.fullmatch(folded)) and _is_month(match[1], match[2]):
        month = Month(int(match[1]), int(match[2]))
        return Period(month, month)
    if (match := _BARE.fullmatch(folded)) and 1 <= int(match[1]) <= 12:
        partial: PartialPeriod | None = PartialPeriod(None, int(match[1]), int(match[1]))
    else:
        partial = parse_period(folded)
    if partial is None:
        return f"“{cut(text)}”不是月份。请写成 2026-10 或 2026年10月。"
    return with_year(partial, year)


def with_year(partial: PartialPeriod, year: int | None) -> Period | str:
    """A period as written, with the year of the file where it names none; a hint where nothing names one."""
    own = year if partial.year is None else partial.year
    if own is None:
        return f"“{partial.label}”没有写明年份。请在标题、文件名中写明，或上传时选择月份。"
    return partial.at(own)


def read_deadline(text: str) -> Month | str:
    """The month a target is due: a month, or a year, which means its December; or a hint."""
    match = _YEAR_END.fullmatch(fold_cell(text).replace(" ", ""))
    if match and 1990 <= int(match[1]) <= 2100:
        return Month(int(match[1]), 12)
    month = read_month(text)
    return (
        month if isinstance(month, Month) else month.replace("不是月份", "不是期限").replace("。请写成", "。期限请写成")
    )


def storable(period: Period, indicator: Indicator) -> Month | str:
    """The month a figure for a period is filed under, its last; or a hint saying why it cannot be.

    What is done in a month is not known from a quarter's total; an open run of months (1—9月) is never filed, for
    whether it is a sum or a state cannot be told.
    """
    if period.kind == "month" or period.kind in indicator.spans:
        return period.last
    name = f"“{cut(indicator.name)}”"
    unit = _KIND_LABEL.get(period.kind, "几个月合计")
    if indicator.kind is Kind.FLOW:
        remedy = "请写明月份，各月分开填写，每月一列或一行。"
        return f"{name}是当月完成量，不能按{unit}上报（{period.label}）。{remedy}"
    return f"{name}不能按{unit}上报（{period.label}）。请改填某一个月的数，并写明月份，例如 {period.last.label}。"


def _one_digit_hint(text: str, year: str) -> str:
    if fold_cell(text).endswith(".1"):
        said = f"“{cut(text)}”可能是 1 月，也可能是被表格软件去掉末尾 0 的 10 月"
        return f"{said}。请写成 {year}-01 或 {year}-10。"
    digit = fold_cell(text)[-1]
    return f"“{cut(text)}”像是小数，不能确定是月份。请写成 {year}-0{digit}。"


def _is_month(year: str, month: str) -> bool:
    return 1990 <= int(year) <= 2100 and 1 <= int(month) <= 12


# ── a sheet ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class FilePeriod:
    """What the sources around a table say about its period.

    Args:
        period: the one they name; None where they name none or it cannot be told.
        year: the one year they speak of, for columns and rows that write none (1月 … 12月); None where unknown.
        partial: a period named without a year that nothing else names (9月).
        sources: who names it, as messages say it: 标题、文件名.
        problem: Chinese: the sources contradict each other (month_disagrees); empty otherwise.
        note: Chinese: what was put together from several sources; empty otherwise.
    """

    period: Period | None = None
    year: int | None = None
    partial: PartialPeriod | None = None
    sources: tuple[str, ...] = ()
    problem: str = ""
    note: str = ""


_CHOICE, _TITLE, _SHEET, _FILE = "上传时选择的月份", "标题", "工作表名", "文件名"


@dataclass(frozen=True, slots=True)
class _Statement:
    """What one source says: the period it names, or only a year."""

    source: str
    period: Period | PartialPeriod | None = None
    year: int | None = None


def file_period(chosen: Month | None = None, title: str = "", sheet: str = "", file_name: str = "") -> FilePeriod:
    """The period of one sheet, from the page's choice, the text above its header, its name and the file's.

    Sources that contradict each other are a problem, whichever would have won. Not contradictions: a year and a month
    of it; a month and a longer period that ends with it, which then counts, for a figure filed as the month's would
    be too large; a file for several months and a sheet of it named for one.

    Args:
        chosen: on the page, for the whole file.
        title: the text above the header.
        sheet: the sheet's name; empty for text files.
        file_name: with its ending.
    """
    stem = file_name.rpartition(".")[0] or file_name
    said = [_statement(source, text) for source, text in ((_TITLE, title), (_SHEET, sheet), (_FILE, stem))]
    if chosen is not None:
        said.insert(0, _Statement(_CHOICE, Period(chosen, chosen), chosen.year))
    years = {one.source: one.year for one in said if one.year is not None}
    year = next(iter(years.values())) if len(set(years.values())) == 1 else None
    dated: dict[str, Period] = {}
    undated: dict[str, PartialPeriod] = {}
    notes: dict[Period, str] = {}
    for one in said:
        if isinstance(one.period, Period):
            dated[one.source] = one.period
        elif one.period is not None and year is not None:
            completed = dated[one.source] = one.period.at(year)
            notes[completed] = f"{one.source}中的“{one.period.label}”没有写年份，按{next(iter(years))}的 {year}年读取。"
        elif one.period is not None:
            undated[one.source] = one.period
    for source, found in dated.items():
        # A year alone goes with whatever lies in it.
        if any(y not in (found.first.year, found.last.year) for y in years.values()):
            return FilePeriod(problem=_contradiction({**_year_labels(said), source: found.label}))
    if len(set(years.values())) > 1 and not dated:
        return FilePeriod(problem=_contradiction(_year_labels(said)))
    if not dated:
        return _undated(undated, year, years)
    period = _agreed(dated)
    if period is None:
        return FilePeriod(problem=_contradiction({source: found.label for source, found in dated.items()}))
    for source, partial in undated.items():
        if partial.at(period.last.year) != period:
            return FilePeriod(problem=_contradiction({**_labels(dated), source: partial.label}))
    if any(one.period == period for one in said):
        notes.clear()  # the year is written with the month elsewhere
    # A year is not known from a period that crosses it.
    own_year = period.last.year if period.first.year == period.last.year else None
    sources = tuple(source for source, found in dated.items() if found == period)
    return FilePeriod(period, own_year, None, sources, "", "".join(notes.values()))


def _statement(source: str, text: str) -> _Statement:
    """What one source says; of several different periods none is certain, but perhaps their year is."""
    if re.fullmatch(r"\s*(?:199\d|20\d\d|2100)\s*", text):
        return _Statement(source, None, int(text))  # a sheet named 2026
    mentions = [mention for mention in period_mentions(text) if mention.period is not None]
    mentions = [mention for mention in mentions if not mention.is_dateline] or mentions
    year_alone = {_year_of(mention) for mention in mentions if mention.is_year_only}
    year = next(iter(year_alone)) if len(year_alone) == 1 else None
    periods: dict[Period | PartialPeriod, None] = {}
    for mention in mentions:
        if mention.is_year_only or mention.period is None:
            continue
        periods[_dated(mention.period, year)] = None
    years = {period.last.year for period in periods if isinstance(period, Period)} | (year_alone - {None})
    own_year = years.pop() if len(years) == 1 else None
    # 2026年第三季度（7—9月）: one period twice.
    settled = list(dict.fromkeys(_dated(period, own_year) for period in periods))
    return _Statement(source, settled[0] if len(settled) == 1 else None, own_year)


def _year_of(mention: PeriodMention) -> int | None:
    return mention.period.year if isinstance(mention.period, PartialPeriod) else None


def _dated(period: Period | PartialPeriod, year: int | None) -> Period | PartialPeriod:
    if isinstance(period, Period) or (period.year is None and year is None):
        return period
    return period.at(period.year or year or 0)


def _undated(undated: dict[str, PartialPeriod], year: int | None, years: dict[str, int]) -> FilePeriod:
    """No source names a period with its year: a year alone, or a month alone, or nothing."""
    if len(set(undated.values())) > 1:
        return FilePeriod(year=year, problem=_contradiction({s: partial.label for s, partial in undated.items()}))
    if undated:
        return FilePeriod(year=year, partial=next(iter(undated.values())), sources=tuple(undated))
    if year is None:
        return FilePeriod()
    whole = Period(Month(year, 1), Month(year, 12))
    return FilePeriod(whole, year, None, tuple(years))


def _agreed(dated: dict[str, Period]) -> Period | None:
    """The period the sources mean, None where they contradict each other."""
    sheet, file = dated.get(_SHEET), dated.get(_FILE)
    if sheet and file and sheet != file and sheet in file:
        dated = {source: period for source, period in dated.items() if source != _FILE}
    longest = max(dated.values(), key=lambda period: len(period.months))
    ends = Period(longest.last, longest.last)
    return longest if all(period in (longest, ends) for period in dated.values()) else None


def _labels(dated: dict[str, Period]) -> dict[str, str]:
    return {source: period.label for source, period in dated.items()}


def _year_labels(said: Sequence[_Statement]) -> dict[str, str]:
    return {one.source: f"{one.year}年" for one in said if one.year is not None}


def _contradiction(labels: dict[str, str]) -> str:
    said = "，".join(f"{source}是 {label}" for source, label in labels.items())
    return f"月份说法不一：{said}。请核对报的是哪个月，改成一致后重新上传。"
