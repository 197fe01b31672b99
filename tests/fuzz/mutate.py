"""Damage to files: what disks, mail, old programs and tired people do to a table. The same seed gives the same file."""

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from random import Random

import openpyxl

from ecodash.ingest.book import Book
from ecodash.ingest.files.reader import read_book

Grid = list[list[str]]

DELIMITERS = (",", ";", "\t", "，", "|", " ", ":")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5", "utf-7", "cp037")
ODD_CELLS = (
    # numbers that are none, or too many
    "NaN", "nan", "inf", "-Infinity", "1e308", "1E5", "3.60521E+11", "0x1F", "1_000", "--5", "5-", "+-1", "１２．５", "1。5",
    "٣", "½", "²", "𝟙𝟚", "①", "一百二十", "99999999999999999999", "0." + "0" * 60 + "1", "1,2,3", "1,234.5", "1 000", "(5)",
    "-0", "-12", "100.0001", "98%", "0.98", "198%", "5.2万", "3亿", "约500", "550余吨", "120吨", "3公斤", "7㎡", "1/3", "5～8",
    # nothing, in many words
    "", " ", "\u3000", "\u200b", "\ufeff", "—", "/", "无", "未上报", "N/A", "#DIV/0!", "#REF!", "null", "None", "×",
    # regions, months, headers and totals where none belong
    "合计", "小计", "石潭镇小计", "全镇合计", "平均值", "备注：略", "填报人：张三", "村", "乡镇", "区划代码", "月份", "指标名称", "数值",
    "荷花村", "董泉村", "石潭镇", "500230101201", "500230101", "5002301", "虎威镇荷花村", "不存在的村", "2026年9月", "2027-01", "九月",
    "第三季度", "2026年13月", "清理生活垃圾（吨）", "垃圾箱", "户数", "基数", "目标值", "期限", "单位：吨", "-",
    # what is not meant well
    "=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "<script>alert(1)</script>", "&lt;b&gt;", "'; DROP TABLE batch;--", "{{7*7}}", "%s%n",
    "../../etc/passwd", "\x00", "\x1b[31m", "\u202e123", "e\u0301" * 20, '"', "'", '"""', '"a,b"', "a\nb", "a\r\nb", "a\tb", "\\", "\\\"",
    "长" * 200, "9" * 400, "x" * 33_000, "1" + ",000" * 50, "(" * 500, "余" * 300, "约" * 100 + "5", "\ud83d\ude00",
)  # fmt: skip
_UNDATED = b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
_FIGURES = (
    "{}",
    "{}",
    "{}",
    "{}.0",
    "约{}",
    "{}余",
    " {} ",
    "{}。",
    "",
    "—",
    "无",
    "未上报",
    "０",
    "{}个",
    "+{}",
    "'{}",
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A damaged file.

    Args:
        number: which of them; with the same seeds it gives the same file.
        name: the name it is sent under.
        how: what was done to it, step by step.
    """

    number: int
    name: str
    data: bytes
    how: tuple[str, ...]


def seeds_in(folder: Path) -> dict[str, bytes]:
    """The files of a folder by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def mutant(number: int, seeds: dict[str, bytes]) -> Mutant:
    """One damaged file out of the seeds."""
    random = Random(f"{number} of the mutants")
    names = sorted(seeds)
    name = random.choice(names)
    data, how = seeds[name], [name]
    others = [seeds[random.choice(names)] for _ in range(3)]
    is_mild = random.random() < 0.4
    for _ in range(1 if is_mild else random.choice((1, 1, 1, 2, 3))):
        damage = random.choice(_MILD if is_mild else _damages_for(data))
        data = damage(random, data, others)
        how.append(damage.__name__.strip("_"))
    if random.random() < 0.2:
        name = random.choice(names)
    return Mutant(number, name, data, tuple(how))


Damage = Callable[[Random, bytes, Sequence[bytes]], bytes]


def _damages_for(data: bytes) -> tuple[Damage, ...]:
    """Tables are mostly damaged as tables: bytes at random seldom get past the first look at them."""
    if data.startswith(b"PK"):
        return (*_OF_TABLES, *_OF_TABLES, *_OF_ARCHIVES, *_OF_ARCHIVES, *_OF_BYTES)
    return (*_OF_TABLES, *_OF_TABLES, *_OF_TABLES, *_OF_TEXTS, *_OF_TEXTS, *_OF_BYTES)


# ── bytes ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _flip(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 2, 8, 64)) if changed else 0):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def _truncate(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _behead(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    return data[random.randrange(min(len(data), 600) + 1) :]


def _cut_out(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    first, last = _slice(random, data)
    return data[:first] + data[last:]


def _repeat(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    first, last = _slice(random, data)
    return data[:last] + data[first:last] * random.choice((1, 2, 20)) + data[last:]


def _splice(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    other = others[0]
    return data[: random.randrange(len(data) + 1)] + other[random.randrange(len(other) + 1) :]


def _append(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    return data + random.choice((others[0], b"\x00" * 2000, b"\r\n" * 500, b"\x1a", b",,,,\n" * 200, b'"'))


def _slice(random: Random, data: bytes) -> tuple[int, int]:
    first = random.randrange(len(data) + 1)
    return first, min(len(data), first + random.choice((1, 10, 200)))


# ── texts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _encode_anew(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    return _text(data).encode(random.choice(ENCODINGS), "replace")


def _misread(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Read in one encoding, saved in another: what mail programs do."""
    return data.decode(random.choice(("gb18030", "latin-1", "cp1252", "utf-8")), "replace").encode("utf-8")


def _delimit_anew(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    old = random.choice((",", "\t", ";"))
    return _text(data).replace(old, random.choice(DELIMITERS), random.choice((-1, 5, 40))).encode()


def _end_lines_anew(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    end = random.choice(("\r", "\n", "\r\n", "\n\n", "\r\r\n", "\x0b", "\x85", "\u2028", "\x00\n"))
    return _text(data).replace("\r\n", "\n").replace("\n", end, random.choice((-1, -1, 3))).encode("utf-8", "replace")


def _strew(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Odd texts in the middle of others."""
    text = _text(data)
    for _ in range(random.choice((1, 3, 10))):
        place = random.randrange(len(text) + 1)
        text = text[:place] + random.choice(('"', "'", ",", "\n", "\x00", "\ufeff", *ODD_CELLS)) + text[place:]
    return text.encode("utf-8", "replace")


def _text(data: bytes) -> str:
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


# ── tables ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _mangle_cells(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    return _rewritten(random, data, _with_odd_cells)


def _shuffle_rows(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    def shuffle(random: Random, grid: Grid) -> Grid:
        begin = random.choice((0, 1, 2, 3))
        return grid[:begin] + random.sample(grid[begin:], len(grid[begin:]))

    return _rewritten(random, data, shuffle)


def _shuffle_columns(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    def shuffle(random: Random, grid: Grid) -> Grid:
        width = max(map(len, grid), default=0)
        order = random.sample(range(width), width)
        return [[row[place] if place < len(row) else "" for place in order] for row in grid]

    return _rewritten(random, data, shuffle)


def _double_rows(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    def double(random: Random, grid: Grid) -> Grid:
        for _ in range(random.choice((1, 3, 200))):
            grid.insert(random.randrange(len(grid) + 1), list(random.choice(grid)))
        return grid

    return _rewritten(random, data, double)


def _double_columns(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    def double(random: Random, grid: Grid) -> Grid:
        width = max(map(len, grid), default=0)
        for _ in range(random.choice((1, 2, 30))):
            place, at = random.randrange(width or 1), random.randrange(width + 1)
            for row in grid:
                row.insert(at, row[place] if place < len(row) else "")
        return grid

    return _rewritten(random, data, double)


def _drop_lines(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """A row or a column is gone, or its texts are."""

    def drop(random: Random, grid: Grid) -> Grid:
        if random.random() < 0.5:
            gone = random.randrange(len(grid))
            return [row for number, row in enumerate(grid) if number != gone]
        place = random.randrange(max(map(len, grid), default=0) or 1)
        if random.random() < 0.5:
            return [[*row[:place], *row[place + 1 :]] for row in grid]
        return [[("" if at == place else text) for at, text in enumerate(row)] for row in grid]

    return _rewritten(random, data, drop)


def _turn(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    def turn(random: Random, grid: Grid) -> Grid:
        width = max(map(len, grid), default=0)
        return [list(column) for column in zip(*([*row, *[""] * (width - len(row))] for row in grid), strict=True)]

    return _rewritten(random, data, turn)


def _join_tables(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Another table below, beside or above."""
    other = _grid(others[0])

    def join(random: Random, grid: Grid) -> Grid:
        kind = random.randrange(3)
        if kind == 2:
            width = max(map(len, grid), default=0) + random.choice((0, 1))
            tall = max(len(grid), len(other))
            return [[*_row(grid, at), *[""] * (width - len(_row(grid, at))), *_row(other, at)] for at in range(tall)]
        gap: Grid = [[] for _ in range(random.choice((0, 1, 3)))]
        return [*grid, *gap, *other] if kind else [*other, *gap, *grid]

    return _rewritten(random, data, join)


def _put_above(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    def put(random: Random, grid: Grid) -> Grid:
        return [[random.choice(ODD_CELLS)] for _ in range(random.choice((1, 2, 6, 40)))] + grid

    return _rewritten(random, data, put)


def _with_odd_cells(random: Random, grid: Grid) -> Grid:
    for _ in range(random.choice((1, 1, 3, 20))):
        row = random.choice(grid)
        if row:
            place = random.randrange(len(row))
            old = row[place]
            row[place] = random.choice(
                (
                    random.choice(ODD_CELLS),
                    random.choice(ODD_CELLS),
                    old + random.choice(ODD_CELLS),
                    old[::-1],
                    old[1:],
                    old * 2,
                )
            )
    return grid


def _edit_figures(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Other figures, as people write them: what is left mostly reads well."""

    def edit(random: Random, grid: Grid) -> Grid:
        for row in grid:
            for place, text in enumerate(row):
                if text.isdecimal() and len(text) < 5 and random.random() < 0.5:
                    row[place] = random.choice(_FIGURES).format(random.randrange(200))
        return grid

    return _rewritten(random, data, edit)


def _row(grid: Grid, number: int) -> list[str]:
    return grid[number] if number < len(grid) else []


def _grid(data: bytes) -> Grid:
    """The texts of a file's first sheet, a copy."""
    book = read_book(data, "", score=lambda cells: 0)
    if not isinstance(book, Book) or not book.sheets:
        return [["村", "垃圾箱"], ["荷花村", "1"]]
    return [list(row) for row in book.sheets[0].rows[:2000]] or [["村"]]


def _rewritten(random: Random, data: bytes, change: Callable[[Random, Grid], Grid]) -> bytes:
    """The table changed, and written in a form of any kind."""
    grid = change(random, _grid(data))
    form = random.choice((_as_csv, _as_csv, _as_csv, _as_workbook, _as_workbook, _as_page, _as_archive))
    return form(random, grid)


def _as_csv(random: Random, grid: Grid) -> bytes:
    text = io.StringIO()
    delimiter = random.choice((",", ",", ",", ";", "\t", "，"))
    csv.writer(text, delimiter=delimiter, lineterminator=random.choice(("\r\n", "\n"))).writerows(grid)
    return text.getvalue().encode(random.choice(("utf-8", "utf-8-sig", "gb18030", "utf-16")), "replace")


def _as_workbook(random: Random, grid: Grid) -> bytes:
    """Numbers as numbers or texts, some cells merged, some rows hidden, one sheet or two."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = random.choice(("Sheet1", "2026年9月", "石潭镇", "表1"))
    as_numbers = random.random() < 0.6
    for number, row in enumerate(grid, 1):
        for place, text in enumerate(row, 1):
            if text:
                page.cell(number, place).value = _value(text, as_numbers)
    for _ in range(random.choice((0, 0, 1, 5))):
        top, left = random.randint(1, len(grid) + 1), random.randint(1, 6)
        down, right = random.choice((0, 1, 5)), random.choice((0, 1, 3))
        page.merge_cells(start_row=top, start_column=left, end_row=top + down, end_column=left + right)
    if random.random() < 0.2:
        page.row_dimensions[random.randint(1, len(grid) + 1)].hidden = True
    if random.random() < 0.2:
        copy = book.copy_worksheet(page)
        copy.sheet_state = random.choice(("visible", "hidden"))
    saved = io.BytesIO()
    book.save(saved)
    # It says when it was written, which is another time on every run.
    return _zipped(_unzipped(saved.getvalue()) | {"docProps/core.xml": _UNDATED})


def _value(text: str, as_numbers: bool) -> str | float:
    if as_numbers and text.isascii() and text.replace(".", "", 1).isdigit() and len(text) < 13:
        return float(text)
    # What the format of workbooks cannot hold is not written.
    plain = "".join(c for c in text[:32_767] if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff"))
    return plain.replace("\ufffe", "").replace("\uffff", "")


def _as_page(random: Random, grid: Grid) -> bytes:
    tag = random.choice(("td", "th"))
    rows = "".join(f"<tr>{''.join(f'<{tag}>{escape(text)}</{tag}>' for text in row)}</tr>" for row in grid)
    page = f"<html><head><meta charset={random.choice(('utf-8', 'gb2312'))}></head><table>{rows}</table></html>"
    return page.encode(random.choice(("utf-8", "gb18030")), "replace")


def _as_archive(random: Random, grid: Grid) -> bytes:
    files = {
        f"{number}月.csv": _as_csv(random, grid) for number in random.sample(range(7, 11), random.choice((1, 1, 2)))
    }
    return _zipped(files)


# ── archives ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _damage_member(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """One file inside is damaged, the archive is not."""
    files = _unzipped(data)
    if not files:
        return _flip(random, data, others)
    name = random.choice(sorted(files))
    damage = random.choice((_flip, _truncate, _cut_out, _repeat, _splice))
    return _zipped(files | {name: damage(random, files[name], others)})


def _edit_xml(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Attributes and values of a workbook's XML changed, still XML for the most part."""
    files = _unzipped(data)
    names = sorted(name for name in files if name.endswith((".xml", ".rels")))
    if not names:
        return _flip(random, data, others)
    name = random.choice(names)
    text = files[name].decode("utf-8", "replace")
    old, new = random.choice(
        (
            ("<v>", "<v>-"), ("<v>", "<v>9999999999999"), (' t="s"', ""), (' t="s"', ' t="e"'), (' t="n"', ' t="d"'), ('r="B', 'r="XFD'),
            ('r="A', 'r="B'), ("<row ", '<row hidden="1" '), ("<sheetData>", "<sheetData><row/>"), ("</row>", ""), ("<c ", "<x "),
            ("dimension ref", 'dimension ref="A1:XFD1048576" x'), ("<si>", "<si/><si>"), ("utf-8", "gb2312"), ("UTF-8", "UTF-16"),
            ("<t>", "<t>&bomb;"), ("<?xml", '<!DOCTYPE x [<!ENTITY bomb "b">]><?xml'), ("sheet1.xml", "sheet9.xml"), ("mergeCell ref=\"", "mergeCell ref=\"A1:ZZ9"),
            ('Id="rId1"', 'Id="rId2"'), ("<f>", "<f t=\"shared\" si=\"0\">"), ("<is>", "<is><is>"), ("0", "00"), ("1", "-1"),
        )
    )  # fmt: skip
    return _zipped(files | {name: text.replace(old, new, random.choice((1, 1, -1))).encode()})


def _rearrange(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Files inside gone, renamed, in another order, or beside strangers."""
    files = _unzipped(data)
    if not files:
        return _truncate(random, data, others)
    name = random.choice(sorted(files))
    kind = random.randrange(5)
    if kind == 0:
        del files[name]
    elif kind == 1:
        files[
            random.choice(("../../escape.csv", "/etc/passwd.csv", "a\\b.csv", "x" * 300 + ".csv", "上报.csv", ""))
        ] = files.pop(name)
    elif kind == 2:
        files = dict(random.sample(sorted(files.items()), len(files)))
    elif kind == 3:
        files["另一张.csv"] = others[0]
    else:
        files["里面.zip"] = data
    return _zipped(files)


def _pack(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Several files in one archive."""
    return _zipped(
        {f"{number}_{random.choice(('7月', '石潭镇', 'a'))}.csv": one for number, one in enumerate([data, *others])}
    )


def _break_directory(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Bytes of the list of files at an archive's end."""
    begin = data.find(b"PK\x01\x02")
    if begin < 0:
        return _flip(random, data, others)
    changed = bytearray(data)
    for _ in range(random.choice((1, 3, 10))):
        changed[random.randrange(begin, len(changed))] = random.randrange(256)
    return bytes(changed)


def _unzipped(data: bytes) -> dict[str, bytes]:
    """The files inside, as far as they can be read."""
    found = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist()[:40]:
                if entry.file_size < 5_000_000:
                    found[entry.filename] = archive.read(entry)
    except Exception:  # a damaged archive raises anything
        return found
    return found


def _zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 10, 8, 9, 0, 0)), content)
    return packed.getvalue()


_OF_BYTES: tuple[Damage, ...] = (_flip, _truncate, _behead, _cut_out, _repeat, _splice, _append)
_OF_TEXTS: tuple[Damage, ...] = (_encode_anew, _misread, _delimit_anew, _end_lines_anew, _strew, _strew)
_OF_TABLES: tuple[Damage, ...] = (
    _mangle_cells,
    _mangle_cells,
    _shuffle_rows,
    _shuffle_columns,
    _double_rows,
    _double_columns,
    _drop_lines,
    _turn,
    _join_tables,
    _put_above,
)
_MILD: tuple[Damage, ...] = (_edit_figures, _edit_figures, _edit_figures, _shuffle_rows, _shuffle_columns, _turn)
_OF_ARCHIVES: tuple[Damage, ...] = (_damage_member, _edit_xml, _edit_xml, _rearrange, _pack, _break_directory)
