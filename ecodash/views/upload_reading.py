"""识别结果: how a file was understood, in one line each; what is worth a look is open, the rest folded away."""

from collections import Counter

import numpy as np
import streamlit as st

from ecodash.domain.periods import Month
from ecodash.ingest.book import Sheet
from ecodash.ingest.intake import Intake, SheetReading
from ecodash.views import (
    data,
    text,
    upload_columns,
    upload_desk,
    upload_marks,
    upload_tables,
    upload_text,
    upload_words,
)
from ecodash.views.display import show_table
from ecodash.views.upload_desk import Desk, FileInHand

_COLUMNS_SHOWN = 60
_ROWS_SHOWN = 50
_CELLS_QUOTED = 8


def show(intake: Intake, file: FileInHand) -> None:
    """What was recognised, the sheets to choose from, and the details."""
    st.subheader(upload_text.RECOGNISED, anchor=False)
    st.html(upload_marks.facts(_facts(intake, len(file.data))))
    _offer_sheets(intake, upload_desk.desk(), file)
    _show_columns(intake, file)
    _show_left_out(intake)
    _show_remarks(intake)
    _show_notes(intake)


def _facts(intake: Intake, size: int) -> list[tuple[str, str]]:
    book, first = intake.book, intake.sheets[0] if intake.sheets else None
    dialect = next((sheet.dialect for sheet in book.sheets if sheet.dialect), None)
    decoded = upload_words.decoded_as(book.kind, intake.encoding, dialect.delimiter if dialect else "")
    said = upload_text.decoded((intake.file_name, upload_text.file_size(size), decoded))
    lines = [(upload_text.FACT_FILE, said)]
    if len(book.sheets) > 1:
        read = [reading.label for reading in intake.sheets]
        unread = [_sheet_label(reading.label, reading.is_hidden) for reading in intake.unread if len(reading.fates)]
        lines.append((upload_text.FACT_SHEET, upload_text.sheets_read(read, unread)))
    if first is None:
        return [*lines, (upload_text.FACT_LAYOUT, upload_text.NO_HEADER)] if book.sheets else lines
    layout = upload_words.LAYOUTS[first.layout]
    return [
        *lines,
        (upload_text.FACT_LAYOUT, upload_text.header_at(layout, first.header_rows, is_turned=first.is_turned)),
        (upload_text.FACT_MONTHS, _months(intake)),
        (upload_text.FACT_PLACE, text.joined(dict.fromkeys(r.place or upload_text.BY_ROW for r in intake.sheets))),
        (upload_text.FACT_ROWS, upload_text.rows_read(intake.row_count, _left_out_counts(intake))),
        (upload_text.FACT_COLUMNS, _columns_line(intake)),
        (upload_text.FACT_READ, _remarks_line(intake)),
    ]


def _sheet_label(label: str, is_hidden: bool) -> str:
    return upload_text.hidden_sheet(label) if is_hidden else label


def _months(intake: Intake) -> str:
    found = intake.cells["period"] if not intake.cells.empty else intake.targets["deadline"]
    months = [Month.from_key(int(key)) for key in np.sort(found.unique())]
    if months:
        return upload_text.month_list(months)
    said = list(dict.fromkeys(reading.period for reading in intake.sheets if reading.period))
    return text.joined(said) or upload_text.NO_MONTH


def _left_out_counts(intake: Intake) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for reading in intake.sheets:
        if not reading.is_turned:
            for fate in upload_words.LEFT_OUT:
                counts[upload_words.left_out(fate)] += int((reading.fates == fate).sum())
    return {word: count for word, count in counts.items() if count}


def _columns_line(intake: Intake) -> str:
    columns = [match for reading in _distinct(intake) for match in reading.columns]
    hows = Counter(match.how for match in columns)
    catalog = data.catalog()
    ignored = sum(1 for match in columns if match.target == "ignored" and match.how != "unknown")
    figures = sum(1 for match in columns if match.target in catalog)
    return upload_text.columns_read(
        len(columns), figures, hows["near"], _unknown_count(intake), hows["remembered"], ignored
    )


def _unknown_count(intake: Intake) -> int:
    return len({(fault.sheet, fault.position) for fault in intake.faults if fault.code == "column_unknown"})


def _remarks_line(intake: Intake) -> str:
    if not intake.remark_counts:
        return upload_text.ALL_AS_WRITTEN
    counts = sorted(intake.remark_counts.items(), key=lambda item: -item[1])
    return text.joined(upload_text.remark_count(upload_words.REMARKS.get(code, code), count) for code, count in counts)


def _distinct(intake: Intake) -> list[SheetReading]:
    """The sheets read whose columns differ: twelve alike are shown once."""
    found: dict[object, SheetReading] = {}
    for reading in intake.sheets:
        found.setdefault(tuple((m.header, m.target, m.how, m.unit, m.period) for m in reading.columns), reading)
    return list(found.values())


# ── choices and details ────────────────────────────────────────────────────────────────────────────────────────────


def _offer_sheets(intake: Intake, desk: Desk, file: FileInHand) -> None:
    labels = {s.label: _sheet_label(s.label, s.is_hidden) for s in intake.book.sheets if any(s.rows) and s.label}
    if len(labels) < 2:
        return
    key = f"upload_sheets_{file.number}"
    st.session_state.setdefault(key, [reading.label for reading in intake.sheets if reading.label in labels])
    st.multiselect(
        upload_text.SHEETS_TO_READ,
        list(labels),
        format_func=lambda label: labels[label],
        key=key,
        on_change=_choose_sheets,
        args=(desk, key),
        help=upload_text.SHEETS_HELP,
        placeholder=upload_text.AS_RECOGNISED,
    )


def _choose_sheets(desk: Desk, key: str) -> None:
    desk.sheets = tuple(st.session_state[key])
    desk.forget_reading()


def _show_columns(intake: Intake, file: FileInHand) -> None:
    readings = _distinct(intake)
    columns = [match for reading in readings for match in reading.columns]
    if not columns:
        return
    is_asked = any(match.how in ("near", "remembered", "unknown") or match.unit for match in columns)
    title = upload_text.counted(upload_text.COLUMNS, len(columns), "列")
    with st.expander(title, expanded=is_asked and len(columns) <= 20, icon=":material/view_column:"):
        if len(columns) <= _COLUMNS_SHOWN:
            for reading in readings:
                if len(readings) > 1:
                    st.caption(text.escape(reading.label))
                st.html(upload_marks.column_list(reading.columns, data.catalog()))
        else:
            show_table(upload_tables.columns(columns, data.catalog()), intake.file_name, key="columns", row_count=15)
        upload_columns.offer_change(columns, file)


def _show_left_out(intake: Intake) -> None:
    rows, count = _left_out_rows(intake)
    if not count:
        return
    title = upload_text.counted(upload_text.LEFT_OUT_ROWS, count, "行")
    with st.expander(title, icon=":material/playlist_remove:"):
        st.html(upload_marks.left_out_list(rows))
        if count > len(rows):
            st.caption(upload_text.more_rows(count - len(rows)))


def _left_out_rows(intake: Intake) -> tuple[list[tuple[str, str, str]], int]:
    """The first rows that give no figure, with what stands in them, and how many there are."""
    found: list[tuple[str, str, str]] = []
    count = 0
    several = len(intake.sheets) > 1
    for reading in intake.sheets:
        if reading.is_turned:
            continue
        places = np.flatnonzero(np.isin(reading.fates, list(upload_words.LEFT_OUT)))
        count += len(places)
        for place in places[: max(_ROWS_SHOWN - len(found), 0)].tolist():
            where = upload_text.row_place(reading.label if several else "", place + 1)
            content = _quoted(intake.book.sheets[reading.number], place)
            found.append((where, upload_words.left_out(reading.fates[place]), content))
    return found, count


def _quoted(sheet: Sheet, place: int) -> str:
    cells = [cell for cell in sheet.rows[place] if cell]
    more = "…" if len(cells) > _CELLS_QUOTED else ""
    return "　".join(cell[:30] for cell in cells[:_CELLS_QUOTED]) + more


def _show_remarks(intake: Intake) -> None:
    if not intake.remarks:
        return
    title = upload_text.counted(upload_text.REMARKS, sum(intake.remark_counts.values()), "格")
    with st.expander(title, icon=":material/edit_note:"):
        table = upload_tables.remarks(intake.remarks, names_sheets=len(intake.sheets) > 1)
        show_table(table, intake.file_name, key="remarks", row_count=15)


def _show_notes(intake: Intake) -> None:
    if intake.notes:
        with st.expander(upload_text.counted(upload_text.NOTES, len(intake.notes), "条"), icon=":material/info:"):
            st.markdown(upload_text.bullets(intake.notes))
