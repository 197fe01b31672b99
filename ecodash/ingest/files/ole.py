"""OLE containers: the workbook stream of an xls file and what its records tell before calamine lays it out.

Calamine lays out every sheet of an xls file when it is opened, and a few bytes can put a cell into the last row and
column of each of a hundred sheets. Records are therefore walked first.
"""

import struct
from dataclasses import dataclass

from ecodash.ingest.book import MAX_COLUMNS
from ecodash.ingest.files.sheet_xml import Details, Gathered, shows_percent

_FREE = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors."""
_BOF, _EOF, _FILEPASS, _FORMAT, _XF = 0x809, 0x0A, 0x2F, 0x41E, 0xE0
_ROW, _COLINFO, _FORMULA = 0x208, 0x7D, 0x06
_CELLS = frozenset({0x06, 0xFD, 0x203, 0x204, 0x205, 0x27E, 0xD6})
"""Records of one cell that is not empty: formula, texts, number, bool, rk."""
_MULTIPLE, _BLANKS = 0xBD, frozenset({0x201, 0xBE})


@dataclass(frozen=True, slots=True)
class XlsScan:
    """What an xls file's records tell: details by the sheet's place in the stream; empty where it has no workbook."""

    is_workbook: bool
    is_locked: bool
    has_macros: bool
    sheets: dict[int, Details]
    """By the offset of the sheet's first record."""
    order: tuple[int, ...]
    """Offsets in the order of the workbook's list of sheets."""


def scan_xls(data: bytes) -> XlsScan | None:
    """Walk the records of an xls file; None where the container or the stream is damaged."""
    try:
        streams = _directory(data)
        has_macros = any(name.startswith("_VBA_PROJECT") for name in streams)
        if "EncryptedPackage" in streams or "EncryptionInfo" in streams:
            return XlsScan(True, True, has_macros, {}, ())
        place = streams.get("Workbook") or streams.get("Book")
        if not place:
            return XlsScan(False, False, has_macros, {}, ())
        return _walk(_stream(data, *place), has_macros)
    except (struct.error, IndexError, ValueError):
        return None


# ── container ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _table(data: bytes) -> tuple[list[int], int]:
    """The sector table and the size of a sector."""
    size = 1 << min(struct.unpack_from("<H", data, 30)[0], 16)
    sectors = [sector for sector in struct.unpack_from("<109I", data, 76) if sector < _FREE]
    more, left = struct.unpack_from("<I", data, 68)[0], len(data) // size + 1
    while more < _FREE and left > 0:
        block = struct.unpack_from(f"<{size // 4}I", data, (more + 1) * size)
        sectors += [sector for sector in block[:-1] if sector < _FREE]
        more, left = block[-1], left - 1
    table: list[int] = []
    for sector in sectors[: len(data) // size + 1]:
        table += struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)
    return table, size


def _chain(table: list[int], start: int, data: bytes, size: int, first: int) -> bytes:
    parts: list[bytes] = []
    left = len(data) // size + 2
    while start < _FREE and left > 0:
        parts.append(data[first + start * size : first + (start + 1) * size])
        start, left = table[start], left - 1
    if left <= 0:
        raise ValueError("sectors run in a circle")
    return b"".join(parts)


def _directory(data: bytes) -> dict[str, tuple[int, int]]:
    table, size = _table(data)
    entries = _chain(table, struct.unpack_from("<I", data, 48)[0], data, size, size)
    streams: dict[str, tuple[int, int]] = {}
    for at in range(0, len(entries) - 127, 128):
        length, kind = struct.unpack_from("<HB", entries, at + 64)
        if kind:
            name = entries[at : at + min(max(length - 2, 0), 64)].decode("utf-16-le", "replace")
            streams.setdefault(name, struct.unpack_from("<II", entries, at + 116))
    return streams


def _stream(data: bytes, start: int, length: int) -> bytes:
    table, size = _table(data)
    if length >= struct.unpack_from("<I", data, 56)[0]:
        return _chain(table, start, data, size, size)[:length]
    root = _chain(table, struct.unpack_from("<I", data, 48)[0], data, size, size)
    holder = _chain(table, struct.unpack_from("<I", root, 116)[0], data, size, size)
    small_raw = _chain(table, struct.unpack_from("<I", data, 60)[0], data, size, size)
    small = list(struct.unpack_from(f"<{len(small_raw) // 4}I", small_raw))
    return _chain(small, start, holder, 64, 0)[:length]


# ── records ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _walk(stream: bytes, has_macros: bool) -> XlsScan:
    sheets: dict[int, Gathered] = {}
    order: list[int] = []
    formats: dict[int, bool] = {9: True, 10: True}
    xfs: list[int] = []
    current: Gathered | None = None
    depth = at = 0
    is_old = stream[:2] == b"\x09\x08" and struct.unpack_from("<H", stream, 4)[0] < 0x600
    total = len(stream)
    while at + 4 <= total:
        kind, size = struct.unpack_from("<HH", stream, at)
        body, at = at + 4, at + 4 + size
        if kind in _CELLS and current is not None and size >= 6:
            row, column, style = struct.unpack_from("<HHH", stream, body)
            current.rows, current.columns = max(current.rows, row + 1), max(current.columns, column + 1)
            if style < len(xfs) and formats.get(xfs[style]):
                current.percents.append((row, column))
            if kind == _FORMULA:
                current.add_formula(row, column)
        elif kind == _MULTIPLE and current is not None and size >= 6:
            row, column = struct.unpack_from("<HH", stream, body)
            last = struct.unpack_from("<H", stream, at - 2)[0]
            current.rows, current.columns = max(current.rows, row + 1), max(current.columns, last + 1)
            for place, start in enumerate(range(body + 4, at - 7, 6)):
                style = struct.unpack_from("<H", stream, start)[0]
                if style < len(xfs) and formats.get(xfs[style]):
                    current.percents.append((row, column + place))
        elif kind == _ROW and current is not None and size >= 14:
            if struct.unpack_from("<H", stream, body + 12)[0] & 0x20:
                current.hidden_rows.add(struct.unpack_from("<H", stream, body)[0])
        elif kind == _COLINFO and current is not None and size >= 10:
            first, last, _, _, options = struct.unpack_from("<HHHHH", stream, body)
            if options & 1:
                current.hidden_columns.update(range(first, min(last + 1, MAX_COLUMNS)))
        elif kind == _BOF:
            depth += 1
            if depth == 1:
                current = sheets[body - 4] = Gathered()
        elif kind == _EOF:
            depth = max(depth - 1, 0)
            current = None if depth == 0 else current
        elif kind == _FILEPASS:
            return XlsScan(True, True, has_macros, {}, ())
        elif kind == _FORMAT and size >= 5:
            formats[struct.unpack_from("<H", stream, body)[0]] = shows_percent(
                _format_text(stream[body + 2 : at], is_old)
            )
        elif kind == _XF and size >= 4:
            xfs.append(struct.unpack_from("<H", stream, body + 2)[0])
        elif kind == 0x85 and size >= 6:
            order.append(struct.unpack_from("<I", stream, body)[0])
    return XlsScan(True, False, has_macros, {start: sheet.details() for start, sheet in sheets.items()}, tuple(order))


def _format_text(raw: bytes, is_old: bool) -> str:
    if is_old:
        return raw[1:].decode("latin-1")
    return raw[3:].decode("utf-16-le", "replace") if raw[2:3] and raw[2] & 1 else raw[3:].decode("latin-1")
