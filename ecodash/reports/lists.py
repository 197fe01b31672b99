"""红黑榜 as files: a workbook of two sheets, CSV, a page to print as the annex of a 通报, and text for a group chat."""

import io
from collections.abc import Sequence
from functools import cache

import pandas as pd
from jinja2 import Environment
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill
from openpyxl.styles import Side as Edge
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ecodash.domain.listed import Entry, MonthLists
from ecodash.domain.lists import By, Side
from ecodash.domain.regions import region_code
from ecodash.i18n import gettext as _
from ecodash.i18n import is_english
from ecodash.reports import lists_words as words
from ecodash.reports.numbers import show_movement, show_time
from ecodash.reports.tables import safe_text, to_csv
from ecodash.reports.templating import open_templates

_FILLS = {Side.RED: "FFFBE3E4", Side.BLACK: "FFE4E6E8"}
_INKS = {Side.RED: "FFA11D2B", Side.BLACK: "FF1F2933"}
MOST_IN_TEXT = 100
"""Entries of one list in the text for a group chat: nobody reads more there."""

_WIDE = ("name", "reason", "own")
_THIN = Edge(style="thin", color="FFB9C4BF")


def columns(lists: MonthLists) -> dict[str, str]:
    """Code → heading of the columns of a list, in order; those that would be empty for this rule are left out."""
    since = words.since_words(lists.rule.comparison)
    found = {
        "rank": _("名次"),
        "name": lists.rule.level.label,
        "parent": _("所属"),
        "value": lists.measure.title,
        "movement": _("升降（位）"),
        "previous": _("{since}数值").format(since=since),
        "distance": _("与标准相差"),
        "streak": _("连续上榜（月）"),
        "reason": _("上榜理由"),
        "own": _("审核人说明"),
        "own_by": _("说明人"),
        "own_at": _("说明时间"),
        "code": _("区划代码"),
    }
    entries = [*lists.red, *lists.black]
    empty = {
        "parent": len({entry.parent for entry in entries}) <= 1,
        "distance": By.THRESHOLD not in (lists.rule.red.by, lists.rule.black.by),
        "streak": not lists.number,
        "own": not any(entry.own_reason for entry in entries),
    }
    empty |= {"own_by": empty["own"], "own_at": empty["own"]}
    return {code: heading for code, heading in found.items() if not empty.get(code)}


def frame(lists: MonthLists, side: Side) -> pd.DataFrame:
    """One row per entry, in the order of the list; columns by code. Missing is empty, never zero."""
    rows = [_cells(entry, side, lists) for entry in lists.entries(side)]
    kept = pd.DataFrame(rows, columns=list(_cells_of_nobody()))
    for name in ("rank", "movement", "streak"):
        kept[name] = pd.array(kept[name].tolist(), dtype="Int64")
    return kept[list(columns(lists))]


def lists_csv(lists: MonthLists) -> bytes:
    """Both lists as one CSV in UTF-8 with a byte order mark; its first column says which list."""
    parts = [frame(lists, side).assign(side=side.label) for side in Side if lists.entries(side)]
    heads = {"side": _("榜别")} | columns(lists)
    both = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(heads))
    return to_csv(both[list(heads)], header=list(heads.values()))


def lists_text(lists: MonthLists) -> str:
    """Plain text to paste into a group chat: short lines, the reasons as they are."""
    lines = [f"【{words.title(lists)}】", words.rule_words(lists)[0]]
    for side in Side:
        entries = lists.entries(side)
        lines += ["", _("{side}（{count} 个）").format(side=side.label, count=len(entries))]
        told = enumerate(entries[:MOST_IN_TEXT], start=1)
        lines += [f"{place}. {entry.name}：{_said(entry, side, lists)}" for place, entry in told]
        if len(entries) > MOST_IN_TEXT:
            lines.append(_("另有 {count} 个，见附件。").format(count=len(entries) - MOST_IN_TEXT))
        if not entries:
            lines.append(_("本月没有单位列入。"))
    notes = [words.note_words(note) for note in lists.notes]
    lines += ["", *notes, words.as_of(lists)] if notes else ["", words.as_of(lists)]
    if lists.is_demo:
        lines.append(_("含演示数据，不得用于通报和考核。"))
    return "\n".join(lines)


def lists_xlsx(lists: MonthLists) -> bytes:
    """A workbook with a sheet for each list: title, as-of line, the rule in words, header, entries with reasons, notes.

    Formula-like text is neutralised as in reports.tables; codes stay text.
    """
    book = Workbook()
    book.remove(book.active)
    for side in Side:
        _fill_sheet(book.create_sheet(side.label), lists, side)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def lists_page(lists: MonthLists) -> bytes:
    """One HTML page that prints on A4: no script, no request, every text escaped; the same lists, the same bytes."""
    sides = [
        {
            "code": side.value,
            "label": side.label,
            "rows": [_page_row(entry, side, lists) for entry in lists.entries(side)],
        }
        for side in Side
    ]
    html = (
        _environment()
        .get_template("lists.html")
        .render(
            lists=lists,
            sides=sides,
            title=words.title(lists),
            as_of=words.as_of(lists),
            rule_name=words.rule_name(lists) if lists.number else "",
            rules=words.rule_words(lists),
            notes=[words.note_words(note) for note in lists.notes],
            heads=columns(lists),
            lang="en" if is_english() else "zh-CN",
            said=_page_words(),
        )
    )
    return html.encode("utf-8")


def _page_words() -> dict[str, str]:
    return {
        "rule": _("评比规则"),
        "notes": _("说明"),
        "nobody": _("本月没有单位列入。"),
        "demo": _("演示数据"),
        "demo_warning": _("本表含演示用的虚构数字，不是真实上报，不得用于通报和考核。"),
        "own": _("审核人说明"),
        "count": _("共 {count} 个"),
        "definition": _("口径"),
    }


# ── entries ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _cells(entry: Entry, side: Side, lists: MonthLists) -> dict[str, object]:
    return {
        "rank": entry.rank,
        "name": entry.name,
        "parent": entry.parent,
        "value": entry.value,
        "movement": entry.movement,
        "previous": entry.previous,
        "distance": entry.distance,
        "streak": entry.streak or None,
        "reason": words.reason(entry, side, lists),
        "own": entry.own_reason or None,
        "own_by": entry.own_by or None,
        "own_at": None if entry.own_at is None else show_time(entry.own_at),
        "code": region_code(entry.region),
    }


def _cells_of_nobody() -> Sequence[str]:
    return (
        "rank", "name", "parent", "value", "movement", "previous", "distance", "streak", "reason", "own", "own_by",
        "own_at", "code",
    )  # fmt: skip


def _said(entry: Entry, side: Side, lists: MonthLists) -> str:
    made = words.reason(entry, side, lists)
    return _("{made}。{own}").format(made=made, own=entry.own_reason) if entry.own_reason else made


def _page_row(entry: Entry, side: Side, lists: MonthLists) -> dict[str, str]:
    measure = lists.measure
    return {
        "rank": "—" if entry.rank is None else str(entry.rank),
        "name": entry.name,
        "parent": entry.parent,
        "value": words.amount(entry.value, measure),
        "movement": show_movement(entry.movement),
        "reason": words.reason(entry, side, lists),
        "own": entry.own_reason,
        "own_by": "" if entry.own_at is None else f"{entry.own_by}，{show_time(entry.own_at)}",
    }


@cache
def _environment() -> Environment:
    return open_templates()


# ── the workbook ───────────────────────────────────────────────────────────────────────────────────────────────────


def _fill_sheet(sheet: Worksheet, lists: MonthLists, side: Side) -> None:
    heads, entries = columns(lists), frame(lists, side)
    above = [f"{words.title(lists)}：{side.label}", words.as_of(lists)]
    if lists.number:
        above.append(words.rule_name(lists))
    above += words.rule_words(lists)
    if lists.is_demo:
        above.append(_("含演示数据，不得用于通报和考核。"))
    for line in above:
        sheet.append([safe_text(line)])
    sheet.append([])
    first = len(above) + 2
    sheet.append([safe_text(heading) for heading in heads.values()])
    for row in entries.astype(object).itertuples(index=False):
        sheet.append([_cell(value) for value in row])
    if entries.empty:
        sheet.append([_("本月没有单位列入。")])
    last = first + max(1, len(entries))
    sheet.append([])
    for note in lists.notes:
        sheet.append([safe_text(words.note_words(note))])
    _dress(sheet, side, heads, first, last, lists.measure.decimals)


def _cell(value: object) -> object:
    if isinstance(value, str):
        return safe_text(value)
    return None if pd.isna(value) else value  # type: ignore[call-overload]


def _dress(sheet: Worksheet, side: Side, heads: dict[str, str], first: int, last: int, decimals: int) -> None:
    """Fonts, borders, widths and the page to print on: A4 across, the header on each page."""
    codes = list(heads)
    sheet["A1"].font = Font(bold=True, size=16, color=_INKS[side])
    sheet["A2"].font = Font(color="FF595959")
    widths = {"name": 16, "parent": 14, "reason": 52, "own": 36, "own_by": 12, "own_at": 17, "code": 15, "value": 15}
    for place, code in enumerate(codes, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = widths.get(code, 11)
    numbers = "#,##0" + (f".{'0' * decimals}" if decimals else "")
    for row in sheet.iter_rows(min_row=first, max_row=last, max_col=len(codes)):
        for cell, code in zip(row, codes, strict=True):
            cell.border = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
            cell.alignment = Alignment(vertical="center", wrap_text=cell.row == first or code in _WIDE)
            if cell.row == first:
                cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=_FILLS[side])
            elif code in ("value", "previous"):
                cell.number_format = numbers
    sheet.freeze_panes = sheet.cell(first + 1, 3)
    sheet.print_title_rows = f"{first}:{first}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
