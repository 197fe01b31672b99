"""Which rows below a header are data, and what becomes of the others: no row is left out in silence."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from itertools import zip_longest

import numpy as np
import numpy.typing as npt

from ecodash.domain.regions import fold_name
from ecodash.ingest.book import column_letter
from ecodash.ingest.faults import FaultList, row_list
from ecodash.ingest.header_words import NUMBERING
from ecodash.ingest.headers import HeaderNames
from ecodash.ingest.heads import Head, numbers_above
from ecodash.ingest.layout import Column, Layout

Fates = npt.NDArray[np.uint8]

_TOTAL = re.compile(
    r"(?:.{0,12}(?:合计|小计|总计|共计)|(?:合计|小计|总计|共计).{0,6}|汇总|全[县镇乡村市区](?:合计|汇总)?)"
)
_AVERAGE = re.compile(r".{0,12}平均[值数分]?")
_FOOTER = re.compile(
    r"(?:注|备注|说明|填报人|填表人|制表人?|审核人?|审签|复核人?|负责人|单位负责人|分管领导|主要领导|签字|签章|盖章|联系人|"
    r"联系电话|填报日期|填表日期|填报时间|日期|填报单位)(?:\([^()]*\))?[:].*"
)
_LAST_LINE = re.compile(
    r"(?:19|20)[0-9]{2}[年./-][0-9]{1,2}[月./-][0-9]{1,2}日?|.{0,20}[(（](?:公章|盖章|签章|章)[)）]|.{0,10}(?:签字|签名|盖章|公章)[:：]?"
)
"""What stands alone in one of the last rows: the day, and where to sign."""
_ORDINAL_WORDS = frozenset("甲乙丙丁栏次")
_MAY_BE_SPECIAL = re.compile("[计总汇均全:：]")
_ORDINAL = re.compile(r"[0-9]{1,3}")
_NUMBER = re.compile(r"[0-9.,]+")
_LONG_SENTENCE = 15


class Fate(IntEnum):
    """What became of a row of a sheet."""

    BLANK = 0
    ABOVE = 1
    HEADER = 2
    DATA = 3
    EMPTY = 4
    TOTAL = 5
    AVERAGE = 6
    FOOTER = 7
    REPEAT = 8
    ORDINALS = 9
    SECTION = 10
    REFUSED = 11
    UNREAD = 12


FATES = {
    Fate.ABOVE: "表头以上的标题和说明",
    Fate.HEADER: "表头",
    Fate.DATA: "数据行",
    Fate.EMPTY: "没有数值的行，按未上报读取",
    Fate.TOTAL: "合计行",
    Fate.AVERAGE: "平均行",
    Fate.FOOTER: "表尾说明",
    Fate.REPEAT: "重复的表头",
    Fate.ORDINALS: "栏次行",
    Fate.SECTION: "分段标题（乡镇）",
    Fate.REFUSED: "有问题的行",
    Fate.UNREAD: "没有读取的表",
}


@dataclass(frozen=True, slots=True)
class Total:
    """A row that adds up others: its number, how many data rows stand before it, its words and cells."""

    row: int
    before: int
    text: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Body:
    """The data rows below the header.

    Args:
        rows: their numbers as the (turned) table shows them.
        columns: the texts of each column, aligned with rows.
        totals: rows that add up others.
        sections: place (index into rows) from which the rows stand below a line that names a town → the town.
        fates: of every row of the sheet, by Fate.
    """

    rows: list[int]
    columns: list[list[str]]
    totals: tuple[Total, ...]
    sections: dict[int, str]
    fates: Fates

    def texts(self, column: Column | None) -> list[str]:
        """A column's texts; empty ones where there is no such column."""
        if column is None or column.position >= len(self.columns):
            return [""] * len(self.rows)
        return self.columns[column.position]


def read_body(
    rows: list[list[str]], head: Head, layout: Layout, names: HeaderNames, faults: FaultList
) -> tuple[Body, list[str]]:
    """The data rows, and notes on the others: totals, footnotes, repeated headers, rows that do not fit the header."""
    width = len(head.paths)
    fates = np.zeros(len(rows), dtype=np.uint8)
    for index, row in enumerate(rows[: head.first]):
        fates[index] = Fate.ABOVE if row else Fate.BLANK
    fates[head.first : head.last + 1] = Fate.HEADER
    if above := numbers_above(rows, head):
        hint = f"{row_list(above)}在表头以上，却有数字，像是另一张表。请把要上报的表单独存成一个文件，或删去表头以上的数字。"
        faults.add("tables_many", hint, row=above[0])
    leading = _leading(layout)
    begin = head.last + 1
    special = _special_texts(rows, begin, leading, names)
    headers = [row for row in rows[head.first : begin] if row]
    is_section = _section_judge(layout, names)
    totals: list[Total] = []
    sections: dict[int, str] = {}
    fates[begin:] = Fate.DATA
    skipped = 0
    for index in _to_look_at(rows, begin, width, max(leading, default=0) + 1, {*special, *(row[0] for row in headers)}):
        row, place = rows[index], index - begin - skipped
        kind = Fate.DATA if row else Fate.BLANK
        if kind is Fate.DATA:
            kind, text = _special_kind(row, leading, special)
            if kind is Fate.TOTAL:
                totals.append(Total(index + 1, place, text, row))
        if kind is Fate.DATA:
            if row in headers:
                kind = Fate.REPEAT
            elif len(row) > width:
                _add_too_long(row, index + 1, width, faults)
                kind = Fate.REFUSED
            elif not place and _is_ordinals(row):
                kind = Fate.ORDINALS
            elif sum(1 for cell in row if cell) == 1:
                kind = _lone(row, is_section, sections, place)
        fates[index] = kind
        skipped += kind is not Fate.DATA
    numbers = (np.flatnonzero(fates[begin:] == Fate.DATA) + begin + 1).tolist()
    kept = [rows[number - 1] for number in numbers]
    second = _second_table(kept, numbers, layout, names, faults)
    fates[[number - 1 for number in numbers[second:]]] = Fate.REFUSED
    del kept[second:], numbers[second:]
    totals = [total for total in totals if total.before <= second]
    columns = [list(column) for column in zip_longest(*kept, fillvalue="")]
    _add_unnamed(columns, numbers, head, faults)
    body = Body(numbers, columns, tuple(totals), sections, fates)
    return body, _notes(fates, head)


def _notes(fates: Fates, head: Head) -> list[str]:
    """Rows that are not read, and why."""
    notes = []
    for fate in (Fate.TOTAL, Fate.AVERAGE, Fate.FOOTER, Fate.REPEAT, Fate.ORDINALS, Fate.SECTION):
        found = (np.flatnonzero(fates == fate) + 1).tolist()
        if found:
            notes.append(f"没有读取{FATES[fate]}：{_lines(head, found)}。")
    return notes


def _lines(head: Head, rows: list[int]) -> str:
    """Rows as the file has them: in a table that lies on its side they are its columns."""
    if not head.is_turned:
        return row_list(rows)
    shown = "、".join(column_letter(row - 1) for row in rows[:10])
    return f"{shown} 列" if len(rows) <= 10 else f"{shown} … 列(共 {len(rows)} 列)"


def _leading(layout: Layout) -> list[int]:
    by_place = [r for r in ("region_code", "village", "town", "region") if r in layout.roles]
    return sorted({*layout.leading, *(layout.roles[role].position for role in by_place)})


# ── rows that are no data ──────────────────────────────────────────────────────────────────────────────────────────


def _to_look_at(rows: list[list[str]], begin: int, width: int, last: int, special: set[str]) -> list[int]:
    """Rows that may be something else than data: by their length, an empty first cell, a special text in their first
    cells; and all before the first that is data for certain."""
    odd = [
        index
        for index, row in enumerate(rows[begin:], begin)
        if not 1 < len(row) <= width or not row[0] or not special.isdisjoint(row[:last])
    ]
    others = set(odd)
    data = (index for index in range(begin, len(rows)) if index not in others and not _is_ordinals(rows[index]))
    return sorted(others.union(range(begin, next(data, len(rows)))))


def _special_texts(rows: list[list[str]], first: int, leading: list[int], names: HeaderNames) -> dict[str, Fate]:
    """Texts of the leading columns that make their row a total, an average or a footnote. 小计河村 is a village."""
    found: dict[str, Fate] = {}
    seen: set[str] = set()
    for place in leading:
        seen.update(row[place] for row in rows[first:] if place < len(row))
    for text in seen:
        if text and not text.isdecimal() and _MAY_BE_SPECIAL.search(text):
            folded = fold_name(text[:200])
            if _FOOTER.fullmatch(folded):
                found[text] = Fate.FOOTER
            elif _TOTAL.fullmatch(folded) and not names.knows_region(text):
                found[text] = Fate.TOTAL
            elif _AVERAGE.fullmatch(folded):
                found[text] = Fate.AVERAGE
    return found


def _special_kind(row: list[str], leading: list[int], special: dict[str, Fate]) -> tuple[Fate, str]:
    """The kind of a row by its leading cells. 负责人：张三 in the middle of a row is a cell of it; a footnote begins
    its row."""
    first = next(place for place, text in enumerate(row) if text)
    for place in leading if special else ():
        kind = special.get(row[place]) if place < len(row) else None
        if kind is not None and (kind is not Fate.FOOTER or place == first):
            return kind, row[place]
    return Fate.DATA, ""


def _is_ordinals(row: list[str]) -> bool:
    """甲 乙 1 2 3: the numbers of the columns, as statistical tables print them below the header."""
    words = [cell for cell in row if cell and not _ORDINAL.fullmatch(cell)]
    digits = [int(cell) for cell in row if _ORDINAL.fullmatch(cell)]
    counts = list(range(1, len(digits) + 1))
    return bool(words) and all(set(word) <= _ORDINAL_WORDS for word in words) and digits == counts and len(digits) > 0


def _section_judge(layout: Layout, names: HeaderNames) -> Callable[[str], bool]:
    """Whether a line of one cell names the town of the rows below it: only where no column does."""
    if "village" not in layout.roles or {"town", "region_code"} & layout.roles.keys():
        return lambda text: False
    return lambda text: names.knows_town(_section_name(text))


def _section_name(text: str) -> str:
    """The town in a line that heads rows: 一、洋江镇："""
    return NUMBERING.sub("", text).rstrip(":： ")


def _lone(row: list[str], is_section: Callable[[str], bool], sections: dict[int, str], place: int) -> Fate:
    text = next(cell for cell in row if cell)
    if is_section(text):
        sections[place] = _section_name(text)
        return Fate.SECTION
    is_footer = len(text) > _LONG_SENTENCE or "。" in text or _LAST_LINE.fullmatch(text)
    return Fate.FOOTER if is_footer else Fate.DATA


# ── faults ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _add_too_long(row: list[str], number: int, width: int, faults: FaultList) -> None:
    """The cells of such a row may have shifted, so none of them is judged."""
    position = next(p for p in range(width, len(row)) if row[p])
    hint = (
        f"第 {number} 行有 {len(row)} 格，比表头的 {width} 列多。请删去多余的内容；"
        "如果数字里有千位逗号，请去掉逗号或加双引号。"
    )
    faults.add("row_too_long", hint, row=number, position=position, column=column_letter(position), value=row[position])


def _add_unnamed(columns: list[list[str]], numbers: list[int], head: Head, faults: FaultList) -> None:
    """Columns without a header that hold something, each told once."""
    for position, path in enumerate(head.paths[: len(columns)]):
        if path:
            continue
        place = next((place for place, text in enumerate(columns[position]) if text), None)
        if place is not None:
            letter = column_letter(position)
            hint = (
                f"第 {position + 1} 行没有标题却有内容。请补上标题，或删去该行。"
                if head.is_turned
                else f"{letter} 列没有表头却有内容。请补上表头，或删去该列。"
            )
            value = columns[position][place]
            faults.add("column_unnamed", hint, row=numbers[place], position=position, column=letter, value=value)


def _second_table(
    kept: list[list[str]], numbers: list[int], layout: Layout, names: HeaderNames, faults: FaultList
) -> int:
    """The place of a row among the data that is a header of its own: another table begins there. Its rows are not those
    of this one."""
    column = layout.roles.get("village") or layout.roles.get("town") or layout.roles.get("region")
    if column is None:
        return len(kept)
    figure = layout.figures[0].column.position if layout.figures else -1
    figures = {row[figure] for row in kept if 0 <= figure < len(row)}
    plain = {text for text in figures if _NUMBER.fullmatch(text)}
    for place, (number, row) in enumerate(zip(numbers, kept, strict=True)):
        if 0 <= figure < len(row) and row[figure] in plain:
            continue
        text = row[column.position] if column.position < len(row) else ""
        if text and len(text) < 8 and (heading := names.match(text)) and heading.how == "role" and names.score(row) > 1:
            hint = f"第 {number} 行是另一个表头，像是另一张表的开始。请把两张表分成两个工作表或两个文件。"
            faults.add("tables_many", hint, row=number)
            return place
    return len(kept)
