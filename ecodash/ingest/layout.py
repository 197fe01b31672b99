"""Where the header is, what each column is for, and which rows below it are data."""

import re
from dataclasses import dataclass
from itertools import zip_longest

from ecodash.domain.indicators import Catalog, Indicator
from ecodash.domain.regions import fold_name
from ecodash.ingest.faults import FaultList, cut, row_list
from ecodash.ingest.headers import IGNORED, NAME_ROLES, UNIT, ColumnMatch, HeaderNames, Heading, fold_header
from ecodash.ingest.sheet import HEADER_ROWS

LONG, WIDE, TARGETS = "long", "wide", "targets"
_NEEDED = {LONG: ("indicator", "value"), TARGETS: ("indicator", "deadline", "target"), WIDE: ()}
_ROLE_NAMES = {"indicator": "指标", "value": "数值", "deadline": "期限", "target": "目标值"}
_OUTER_ROLES = ("county", "city", "province")
_TOTAL = re.compile(r"(?:.{0,12}(?:合计|小计|总计|共计|平均[值数分]?)|(?:合计|小计|总计|共计).{0,6}|汇总)")
_FOOTER = re.compile(
    r"(?:注|备注|说明|填报人|填表人|制表|审核|审签|负责人|单位负责人|联系人|联系电话|填报日期|填报单位)[:].*"
)
_TITLE_LENGTH = 400


@dataclass(frozen=True, slots=True)
class Column:
    """One column that is read: its place from 0, and its header or letter as faults name it."""

    position: int
    label: str


@dataclass(frozen=True, slots=True)
class Layout:
    """What each column is for.

    Args:
        kind: long, wide or targets.
        matches: every column with a header, in order.
        roles: columns by role: region_code, village, town, region, month, indicator, value, deadline, baseline,
            target, unit.
        indicators: in a wide table, the column of each indicator, left to right.
        leading: columns before the first figure: where 合计 is looked for.
    """

    kind: str
    matches: tuple[ColumnMatch, ...]
    roles: dict[str, Column]
    indicators: tuple[tuple[Column, Indicator], ...]
    leading: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """The data rows below the header.

    Args:
        rows: their numbers as the spreadsheet shows them.
        columns: the texts of each column, aligned with rows.
        notes: which rows were left out and why.
    """

    rows: list[int]
    columns: list[list[str]]
    notes: tuple[str, ...]

    def texts(self, column: Column | None) -> list[str]:
        """A column's texts; empty ones where there is no such column."""
        if column is None or column.position >= len(self.columns):
            return [""] * len(self.rows)
        return self.columns[column.position]


def find_header(rows: list[list[str]], names: HeaderNames) -> int | None:
    """Index of the header among the first twenty rows; None where there is none.

    It is the first row that names a region column and something reported. Where no row does, it is the first that names
    a region column beside others: their titles are then said to be unknown, one by one, and can be chosen.
    """
    top = list(enumerate(rows[:HEADER_ROWS]))
    known = next((index for index, row in top if names.score(row)), None)
    return known if known is not None else next((index for index, row in top if names.heads_regions(row)), None)


def title_above(rows: list[list[str]], header: int) -> str:
    """The text above the header, in one line."""
    cells = [" ".join(cell.split()) for row in rows[:header] for cell in row if cell]
    return " ".join(dict.fromkeys(cells))[:_TITLE_LENGTH]


def column_letter(position: int) -> str:
    """The letter a spreadsheet shows over a column, places counted from 0: 0 → A, 26 → AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def lay_out(rows: list[list[str]], header: int, names: HeaderNames, catalog: Catalog, faults: FaultList) -> Layout:
    """What each column of the header is for; headers nobody knows, named twice or in another unit are faults."""
    cells = rows[header]
    headings: dict[int, Heading | None] = {p: names.match(text) for p, text in enumerate(cells) if text}
    targets = {heading.target for heading in headings.values() if heading}
    kind = _kind(targets, catalog)
    settled = {p: heading and _settle(heading, cells[p], targets, kind, catalog) for p, heading in headings.items()}
    filled = {p for row in rows[header + 1 :] for p, text in enumerate(row) if text}
    matches: list[ColumnMatch] = []
    roles: dict[str, Column] = {}
    indicators: list[tuple[Column, Indicator]] = []
    taken: dict[str, str] = {}
    for position, heading in settled.items():
        column = Column(position, cells[position])
        if heading is None:
            matches.append(ColumnMatch(cut(column.label), IGNORED, "role"))
            if position in filled:
                _add_unknown(column, header + 1, names, faults)
            continue
        target = heading.target
        matches.append(ColumnMatch(cut(column.label), IGNORED if target == UNIT else target, heading.how))
        if target == IGNORED:
            continue
        if target in taken:
            hint = f"“{cut(column.label)}”与“{cut(taken[target])}”两列是同一内容。请只保留一列，或把另一列设为忽略。"
            faults.add("column_twice", hint, row=header + 1, position=position, column=column.label, value=column.label)
            continue
        taken[target] = column.label
        if heading.unit_hint:
            where = {"row": header + 1, "position": position}
            faults.add("unit_differs", heading.unit_hint, **where, column=column.label, value=column.label)
        if target not in catalog:
            roles[target] = column
        elif kind == WIDE:
            indicators.append((column, catalog[target]))
        else:
            hint = f"逐行填写指标的表里不应再有指标列“{cut(column.label)}”。请分成两个文件，或把该列设为忽略。"
            faults.add("layout_mixed", hint, row=header + 1, position=position, column=column.label)
    for role in _NEEDED[kind]:
        if role not in roles:
            hint = f"缺少“{_ROLE_NAMES[role]}”列。请补上这一列，或改用每个指标一列的表。"
            faults.add("column_missing", hint, row=header + 1, column=_ROLE_NAMES[role])
    first_figure = min(
        (c.position for c, _ in indicators), default=min((c.position for c in roles.values()), default=0) + 1
    )
    return Layout(kind, tuple(matches), roles, tuple(indicators), tuple(range(first_figure)))


def _kind(targets: set[str], catalog: Catalog) -> str:
    if "target" in targets and "indicator" in targets:
        return TARGETS
    is_wide = any(target in catalog for target in targets)
    return LONG if "indicator" in targets or ("value" in targets and not is_wide) else WIDE


def _settle(heading: Heading, text: str, targets: set[str], kind: str, catalog: Catalog) -> Heading | None:
    """A heading's target in the light of the other columns, None where it has no place in this layout."""
    target = heading.target
    if target in catalog or target == IGNORED:
        return heading
    if target in _OUTER_ROLES:
        # A county's name says where to look for the towns and villages beside it; alone it is the region reported.
        inner = {"region"} if target == "county" else {"region_code", *NAME_ROLES[: NAME_ROLES.index(target)]}
        return Heading(IGNORED if inner & targets else "region", "role")
    if fold_header(text) == "单位" and kind != WIDE and {"region_code", "village", "town"} & targets:
        # 单位 is an organisation in some tables and a unit of measure in others.
        return Heading(UNIT, "role")
    if target == UNIT and kind == WIDE:
        return Heading(IGNORED, "role")
    figures = {LONG: {"value"}, WIDE: set(), TARGETS: {"target", "baseline", "deadline"}}[kind]
    is_figure = target in {"value", "target", "baseline", "deadline"}
    return heading if not is_figure or target in figures else None


def _add_unknown(column: Column, row: int, names: HeaderNames, faults: FaultList) -> None:
    near = names.nearest(column.label)
    suggestion = f"名称相近的指标有：{near}。" if near else ""
    hint = f"不认识列“{cut(column.label)}”。{suggestion}请改用指标目录中的名称，或在上传页为该列选择指标或选择忽略。"
    faults.add("column_unknown", hint, row=row, position=column.position, column=column.label, value=column.label)


# ── rows ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_body(rows: list[list[str]], header: int, layout: Layout, faults: FaultList) -> Body:
    """The data rows: without blank rows, totals, footnotes, repeated headers and rows that do not fit the header."""
    heading = rows[header]
    width = len(heading)
    unnamed = {p for p, text in enumerate(heading) if not text}
    by_place = [role for role in ("region_code", *NAME_ROLES) if role in layout.roles]
    leading = sorted({*layout.leading, *(layout.roles[role].position for role in by_place)})
    numbers: list[int] = []
    kept: list[list[str]] = []
    totals: list[int] = []
    footers: list[int] = []
    repeats: list[int] = []
    judged: dict[str, str] = {}
    for number, row in enumerate(rows[header + 1 :], header + 2):
        if not row:
            continue
        if row == heading:
            repeats.append(number)
            continue
        kind = ""
        first = next(place for place, text in enumerate(row) if text)
        for place in leading:
            if place < len(row) and (text := row[place]):
                if text not in judged:
                    judged[text] = _row_kind(text)
                # 负责人：张三 in the middle of a row is a cell of it; a footnote begins its row.
                kind = kind or (judged[text] if judged[text] != "footer" or place == first else "")
        if kind == "total":
            totals.append(number)
        elif kind == "footer":
            footers.append(number)
        elif len(row) > width:
            _add_too_long(row, number, width, faults)
        else:
            if unnamed:
                unnamed -= _add_unnamed(row, number, unnamed, faults)
            numbers.append(number)
            kept.append(row)
    notes = [
        f"没有读取{word}：{row_list(found)}。"
        for word, found in (("合计行", totals), ("表尾说明", footers), ("重复的表头", repeats))
        if found
    ]
    columns = [list(column) for column in zip_longest(*kept, fillvalue="")]
    return Body(numbers, columns, tuple(notes))


def _row_kind(text: str) -> str:
    folded = fold_name(text[:200])
    if _TOTAL.fullmatch(folded):
        return "total"
    return "footer" if _FOOTER.fullmatch(folded) else ""


def _add_too_long(row: list[str], number: int, width: int, faults: FaultList) -> None:
    """The cells of such a row may have shifted, so none of them is judged."""
    position = next(p for p in range(width, len(row)) if row[p])
    hint = (
        f"第 {number} 行有 {len(row)} 格，比表头的 {width} 列多。请删去多余的内容；"
        "如果数字里有千位逗号，请去掉逗号或加双引号。"
    )
    faults.add("row_too_long", hint, row=number, position=position, column=column_letter(position), value=row[position])


def _add_unnamed(row: list[str], number: int, unnamed: set[int], faults: FaultList) -> set[int]:
    """Columns without a header that hold something, each told once."""
    found = {p for p in unnamed if p < len(row) and row[p]}
    for position in found:
        letter = column_letter(position)
        hint = f"{letter} 列没有表头却有内容。请补上表头，或删去该列。"
        faults.add("column_unnamed", hint, row=number, position=position, column=letter, value=row[position])
    return found
