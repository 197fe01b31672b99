"""Merged cells among the figures: one number over several villages or indicators is nobody's."""

from ecodash.ingest.body import Body
from ecodash.ingest.book import Sheet, Span
from ecodash.ingest.faults import FaultList, row_list
from ecodash.ingest.heads import Head
from ecodash.ingest.layout import Layout
from ecodash.ingest.numbers import is_missing


def refuse_merged(sheet: Sheet, head: Head, layout: Layout, body: Body, faults: FaultList) -> None:
    """A number in cells merged over several rows or columns of figures is a fault, and is taken out of the body."""
    if not sheet.merges:
        return
    places = {row - 1: place for place, row in enumerate(body.rows)}
    columns = {figure.column.position: figure.column for figure in layout.figures}
    for span in sheet.merges:
        across = Span(span.left, span.top, span.right, span.bottom) if head.is_turned else span
        column = columns.get(across.left)
        place = places.get(across.top)
        if column is None or place is None or column.position >= len(body.columns):
            continue
        rows = [row + 1 for row in range(across.top, across.bottom + 1) if row in places]
        covered = [position for position in range(across.left, across.right + 1) if position in columns]
        text = body.columns[column.position][place]
        if (len(rows) < 2 and len(covered) < 2) or is_missing(text):
            continue
        where = "这几格" if head.is_turned or len(rows) < 2 else row_list(rows)
        hint = f"{where}合并成了一个单元格，不能确定这个数是谁的。请取消合并，给每一格分别填写。"
        faults.add("cell_merged", hint, row=rows[0], position=column.position, column=column.label, value=text)
        body.columns[column.position][place] = ""
