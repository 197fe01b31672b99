"""What calamine does not tell of an ods sheet, from one pass over its content."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ecodash.ingest.book import MAX_COLUMNS, MAX_ROWS, Span
from ecodash.ingest.files.sheet_xml import Details, Gathered

_TOKEN = re.compile(rb"<table:(table|table-row|table-cell|covered-table-cell|table-column)(?=[\s/>])([^<>]*)>")
_REPEAT = re.compile(rb"""number-(?:rows|columns)-repeated=["']([0-9]+)["']""")
_SPAN = re.compile(rb"""number-(rows|columns)-spanned=["']([0-9]{1,7})["']""")
_LISTED = 1_000_000


@dataclass(slots=True)
class _Found(Gathered):
    merges: list[Span] = field(default_factory=list)


def ods_details(content: bytes) -> Iterator[tuple[Details, tuple[Span, ...]]]:
    """Details and merged ranges of each sheet in order; repeated rows and columns are counted as often as they stand."""
    found: _Found | None = None
    row = repeat = column = 0
    is_hidden = False
    for match in _TOKEN.finditer(content):
        kind, attributes = match.groups()
        times = int(number[1][:9]) if (number := _REPEAT.search(attributes)) else 1
        if kind == b"table":
            if found:
                yield found.details(), tuple(found.merges)
            found, row, repeat, column = _Found(), 0, 0, 0
            continue
        if found is None:
            continue
        if kind == b"table-column":
            if _is_hidden(attributes):
                found.hidden_columns.update(range(column, min(MAX_COLUMNS, column + times)))
            column += times
        elif kind == b"table-row":
            row, repeat, column = row + repeat, times, 0
            is_hidden = _is_hidden(attributes)
        else:
            if not attributes.endswith(b"/"):
                found.rows, found.columns = max(found.rows, row + repeat), max(found.columns, column + times)
                if is_hidden:
                    found.hidden_rows.update(range(row, min(MAX_ROWS, row + repeat)))
                _note_cell(found, attributes, row, column, repeat, times)
            column += times
    if found:
        yield found.details(), tuple(found.merges)


def _is_hidden(attributes: bytes) -> bool:
    return b'visibility="collapse"' in attributes or b'visibility="filter"' in attributes


def _note_cell(found: _Found, attributes: bytes, row: int, column: int, repeat: int, times: int) -> None:
    if b"table:formula=" in attributes:
        found.add_formula(row, column, repeat * times)
    if b"percentage" in attributes and repeat * times + len(found.percents) <= _LISTED:
        found.percents += [(r, c) for r in range(row, row + repeat) for c in range(column, column + times)]
    spans = dict(_SPAN.findall(attributes))
    if spans:
        down, right = int(spans.get(b"rows", b"1")), int(spans.get(b"columns", b"1"))
        if down > 1 or right > 1:
            found.merges.append(Span(row, column, row + max(down, 1) - 1, column + max(right, 1) - 1))
