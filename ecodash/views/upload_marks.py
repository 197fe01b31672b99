"""Markup of the upload page: facts, columns, rows left out, faults, doubts. Every text of a file is escaped."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from ecodash.domain.indicators import Catalog
from ecodash.ingest.book import column_letter
from ecodash.ingest.faults import Doubt, Fault
from ecodash.ingest.headers import ColumnMatch
from ecodash.views import text, upload_text, upload_words


def facts(lines: Iterable[tuple[str, str]]) -> str:
    """Labelled lines: what was recognised, what a batch is."""
    rows = "".join(f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in lines if value)
    return f'<dl class="facts">{rows}</dl>'


def steps(lines: Sequence[tuple[str, str]]) -> str:
    """What to do, one after the other."""
    items = "".join(f"<li><b>{escape(what)}</b>{escape(how)}</li>" for what, how in lines)
    return f'<ol class="steps">{items}</ol>'


def cell_of(one: Fault | Doubt) -> str:
    """C5, as the spreadsheet calls the cell; 第 5 行 where a row is meant, and nothing for the whole file."""
    if one.row is None:
        return "" if one.position is None else upload_text.column_place(column_letter(one.position))
    return upload_text.row_place("", one.row) if one.position is None else f"{column_letter(one.position)}{one.row}"


def target_name(target: str, catalog: Catalog) -> str:
    """清理生活垃圾（吨）, 乡镇, 不读取."""
    if target in catalog:
        return text.with_unit(catalog[target].label, catalog[target].unit)
    return upload_words.role(target)


def _table(kind: str, heads: Sequence[str], rows: Iterable[str]) -> str:
    cells = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    return f'<table class="short {kind}"><thead><tr>{cells}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def column_list(columns: Sequence[ColumnMatch], catalog: Catalog) -> str:
    """What each column was taken for, and on what ground."""
    return _table(
        "columns",
        (upload_text.HEADER, upload_text.TAKEN_FOR, upload_text.HOW_TAKEN, upload_text.UNIT_CHANGE,
         text.MONTH, upload_text.CONFIDENCE),
        (_column_row(match, catalog) for match in columns),
    )  # fmt: skip


def _column_row(match: ColumnMatch, catalog: Catalog) -> str:
    own = catalog[match.target].unit if match.target in catalog else ""
    cells = (
        f"{column_letter(match.position)}　{match.header}" if match.position >= 0 else match.header,
        target_name(match.target, catalog),
        upload_words.HOW.get(match.how, match.how),
        upload_text.unit_change(match.unit, own) if match.unit else "",
        match.period,
        upload_text.confidence(match.confidence) if match.target != "ignored" else "",
    )
    kind = "asked" if match.how in ("near", "unknown") else "left-out" if match.target == "ignored" else ""
    return f'<tr class="{kind}">{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>'


def left_out_list(rows: Iterable[tuple[str, str, str]]) -> str:
    """Rows that give no figure: where, what stands in them, why."""
    heads = (upload_text.PLACE, upload_text.LEFT_OUT_WHY, upload_text.ROW_CONTENT)
    return _table("left-out", heads, (_row(cells) for cells in rows))


def _row(cells: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def fault_list(found: Sequence[Fault], counts: Mapping[str, int], *, names_sheets: bool) -> str:
    """Faults under the name of their kind, each with its remedy written out.

    Args:
        found: those of one kind together.
        counts: how many of each kind there are, also beyond those listed.
        names_sheets: whether the place has to say the sheet.
    """
    heads = (upload_text.PLACE, upload_text.COLUMN, upload_text.CELL_VALUE, upload_text.HINT)
    return _table("faults", heads, _fault_rows(found, counts, names_sheets))


def _fault_rows(found: Sequence[Fault], counts: Mapping[str, int], names_sheets: bool) -> Iterator[str]:
    kinds: dict[str, list[Fault]] = {}
    for fault in found:
        kinds.setdefault(upload_words.fault_kind(fault.code), []).append(fault)
    for kind, faults in kinds.items():
        count = upload_text.kind_shown(len(faults), counts.get(kind, len(faults)))
        yield f'<tr class="kind"><th colspan="4" scope="rowgroup">{escape(kind)} <small>{escape(count)}</small></th></tr>'
        for fault in faults:
            yield _row((_place(fault, names_sheets), fault.column, fault.value, fault.hint))


def _place(one: Fault | Doubt, names_sheets: bool) -> str:
    cell = cell_of(one)
    if names_sheets and one.sheet:
        return f"{one.sheet} {cell}".strip()
    return cell or upload_text.WHOLE_FILE


def doubt_list(found: Sequence[Doubt], *, names_sheets: bool) -> str:
    """Doubts of one rule."""
    heads = (upload_text.PLACE, upload_text.DOUBT)
    return _table("doubts", heads, (_row((_place(doubt, names_sheets), doubt.hint)) for doubt in found))
