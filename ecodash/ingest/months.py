"""The month a file, a row or a target's deadline is for."""

import re
import unicodedata

from ecodash.domain.periods import Month, find_months
from ecodash.errors import PeriodUnknown
from ecodash.ingest.faults import FaultList, cut
from ecodash.ingest.numbers import fold_cell

_FULL_DATE = re.compile(r"\d{4}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}\s*日?(?!\d)")
_SPAN = re.compile(
    r"\d{4}\s*[-./年]\s*\d{1,2}\s*(?:月份?)?\s*"
    r"(?:[-—–~至到、和及与]+\s*(?:\d{4}\s*[-./年]\s*)?\d{1,2}\s*月|至今|以来)"
)
_BARE = re.compile(r"(\d{1,2})(?:月份?)?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00:00)?")
_ONE_DIGIT = re.compile(r"\d{4}\.\d")
_YEAR_END = re.compile(r"(\d{4})年?(?:底|末|年底|年末|全年)?")


def months_in(text: str) -> list[Month]:
    """Months named in a title or a file name.

    A full date is when something was written, not the month reported; 2026年1月至10月 names no one month.
    """
    return find_months(_SPAN.sub(" ", _FULL_DATE.sub(" ", unicodedata.normalize("NFKC", text))))


def repeats_month(text: str, month: Month) -> bool:
    """Whether a cell names a month without its year, 10月 or 10, that is this month."""
    match = _BARE.fullmatch(fold_cell(text).replace(" ", ""))
    return match is not None and int(match[1]) == month.month


def read_month(text: str) -> Month | str:
    """The month a cell names, or a hint saying why it names none.

    A whole date is its month: spreadsheets turn 2026年10月 into 2026-10-01. 2026.1 is refused: it is what a
    spreadsheet makes of 2026.10.
    """
    folded = fold_cell(text).replace(" 00:00:00", "")
    if _ONE_DIGIT.fullmatch(folded):
        year = folded[:4]
        said = f"“{cut(text)}”可能是 1 月，也可能是被表格软件去掉末尾 0 的 10 月"
        return f"{said}。请写成 {year}-01 或 {year}-10。"
    try:
        if match := _DAY.fullmatch(folded):
            return Month(int(match[1]), int(match[2]))
        return Month.parse(folded)
    except PeriodUnknown:
        return f"“{cut(text)}”不是月份。请写成 2026-10 或 2026年10月。"


def read_deadline(text: str) -> Month | str:
    """The month a target is due: a month, or a year, which means its December; or a hint."""
    match = _YEAR_END.fullmatch(fold_cell(text).replace(" ", ""))
    if match and 1990 <= int(match[1]) <= 2100:
        return Month(int(match[1]), 12)
    month = read_month(text)
    return (
        month if isinstance(month, Month) else month.replace("不是月份", "不是期限").replace("。请写成", "。期限请写成")
    )


def file_month(chosen: Month | None, title: str, file_name: str, faults: FaultList) -> Month | None:
    """The month the whole file is for: the one chosen, else the only one in the title, else in the file's name.

    Sources that name different months are a fault, whichever would have won.
    """
    in_title, in_name = months_in(title), months_in(file_name.rpartition(".")[0] or file_name)
    sources = {
        "上传时选择的": chosen,
        "表格标题中的": in_title[0] if len(in_title) == 1 else None,
        "文件名中的": in_name[0] if len(in_name) == 1 else None,
    }
    named = {source: month for source, month in sources.items() if month is not None}
    if len(set(named.values())) > 1:
        said = ",".join(f"{source}是 {month.label}" for source, month in named.items())
        faults.add("month_disagrees", f"月份说法不一：{said}。请核对报的是哪个月，改成一致后重新上传。")
    return next(iter(named.values()), None)
