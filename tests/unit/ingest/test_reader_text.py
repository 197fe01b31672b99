"""Delimited text → rows: encodings, delimiters, quotes, broken ones, hidden characters, bounds."""

from collections.abc import Sequence

import pytest

from ecodash.ingest.book import Book, Dialect, Refusal, Sheet
from ecodash.ingest.files import archives, text_tables
from ecodash.ingest.files.reader import read_book

HEADS = {"村", "乡镇", "垃圾箱", "户数", "备注"}
ROWS = [["乡镇", "村", "垃圾箱", "备注"], ["虎威镇", "荷花村", "1", "好"], ["虎威镇", "同心村", "20"]]
TABLE = "乡镇,村,垃圾箱,备注\n虎威镇,荷花村,1,好\n虎威镇,同心村,20,\n"


def score(cells: Sequence[str]) -> int:
    return sum(cell in HEADS for cell in cells)


def book(content: str | bytes) -> Book:
    read = read_book(content.encode() if isinstance(content, str) else content, "上报.csv", score=score)
    assert isinstance(read, Book), read
    return read


def sheet(content: str | bytes) -> Sheet:
    (only,) = book(content).sheets
    return only


def rows(content: str | bytes) -> list[list[str]]:
    read = sheet(content)
    assert read.faults == ()
    return read.rows


def refusal(content: str | bytes) -> Refusal:
    read = read_book(content.encode() if isinstance(content, str) else content, "上报.csv", score=score)
    assert isinstance(read, Refusal), read
    return read


# ── encodings ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_tried_exactly(encoding: str) -> None:
    read = book(TABLE.encode(encoding))
    assert (read.kind, read.encoding, read.sheets[0].encoding) == ("text", encoding, encoding)
    assert read.sheets[0].rows == ROWS


def test_utf_16_big_endian_by_its_mark() -> None:
    assert rows(b"\xfe\xff" + TABLE.encode("utf-16-be")) == ROWS


def test_damaged_utf_8_is_not_offered_to_gb18030() -> None:
    damaged = TABLE.encode() + "虎威镇,大池社区,3,".encode() + b"\xe6\n"
    assert refusal(damaged).code == "encoding_unknown"
    assert "第 4 行附近" in refusal(damaged).hint


def test_western_letters_are_shown_but_not_for_keeping() -> None:
    read = sheet("name,price\ncafé,1\nnaïve,2\n".encode("cp1252"))
    assert read.rows == [["name", "price"], ["café", "1"], ["naïve", "2"]]
    assert [(fault.code, fault.row) for fault in read.faults] == [("encoding_unknown", 2)]


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"%PDF-1.7\n\x01\x02",
        b"Rar!\x1a\x07\x00",
        "村,垃圾箱\n荷花村,1".encode("utf-16-be"),
        bytes(range(32)) * 4,
        b"MIME-Version: 1.0\nContent-Type: multipart/related\n",
    ],
)
def test_what_is_not_a_table(data: bytes) -> None:
    assert refusal(data).code == "not_a_table"


@pytest.mark.parametrize("data", [b"", b"\n\n", b" \t\n", b",,,\n,,,\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_empty_files(data: bytes) -> None:
    assert refusal(data).code == "nothing_to_read"


# ── dialects ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("newline", "named"), [("\n", "LF"), ("\r\n", "CRLF"), ("\r", "CR")])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "，", "|"])
def test_delimiters_and_line_ends(delimiter: str, newline: str, named: str) -> None:
    read = sheet(TABLE.replace(",", delimiter).replace("\n", newline))
    assert read.rows == ROWS
    assert read.dialect == Dialect(delimiter, "", "", named)


def test_mixed_line_ends() -> None:
    read = sheet("村,垃圾箱\r\n荷花村,1\r同心村,2\n")
    assert read.rows == [["村", "垃圾箱"], ["荷花村", "1"], ["同心村", "2"]]
    assert read.dialect is not None
    assert read.dialect.newline == "mixed"


def test_the_header_decides_before_evenness_does() -> None:
    text = "村\t垃圾箱\n荷花村\t1,268,000\n同心村\t2,000,000\n"
    assert rows(text)[1] == ["荷花村", "1,268,000"]


FOREIGN = [
    ["day", "time", "item", "what it is"],
    ["1/1/2018", "00:00", "MG-1", "Rugged, yet light; quick enough"],
    ["2/1/2018", "00:15", "RI-2", "From running, biking or walking"],
    ["3/1/2018", "00:30", "RI-3", "Great grip"],
]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~", " ", ", "])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_tables_without_a_word_of_ours(delimiter: str, quote: str) -> None:
    text = "\n".join(delimiter.join(f"{quote}{cell}{quote}" for cell in row) for row in FOREIGN)
    assert rows(text) == FOREIGN


def test_one_column() -> None:
    read = sheet('村名\n荷花村\n"同心\n村"\n')
    assert read.rows == [["村名"], ["荷花村"], ["同心\n村"]]
    assert read.dialect == Dialect("", '"', "", "LF")


def test_the_line_that_names_the_delimiter_is_no_row() -> None:
    read = sheet("sep=;\r\n村;垃圾箱\r\n荷花村;1,5\r\n")
    assert read.rows == [["村", "垃圾箱"], ["荷花村", "1,5"]]
    assert read.notes == ("首行的“sep=;”是分隔符说明，不算作一行。",)


def test_title_lines_blank_lines_and_notes_keep_their_places() -> None:
    text = "丰都县 2026年9月\n\n村,垃圾箱,户数\n荷花村,1,2,,\n  \n填报人：张三\n\n"
    assert rows(text) == [
        ["丰都县 2026年9月"],
        [],
        ["村", "垃圾箱", "户数"],
        ["荷花村", "1", "2"],
        [],
        ["填报人：张三"],
        [],
    ]


def test_ragged_rows_stay_ragged() -> None:
    assert rows("村,垃圾箱,户数\n荷花村\n同心村,1,2,3,4\n") == [
        ["村", "垃圾箱", "户数"],
        ["荷花村"],
        ["同心村", "1", "2", "3", "4"],
    ]


def test_a_row_with_another_delimiter_is_read_and_said() -> None:
    read = sheet("村,垃圾箱,户数\n荷花村,1,2\n同心村;3;4\n回龙村,5,6\n")
    assert read.rows[2] == ["同心村", "3", "4"]
    assert read.notes == ("第 3 行的分隔符是“;”，与其他行不同，已按它分列。",)


# ── quotes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_quotes_hold_delimiters_breaks_and_quotes() -> None:
    text = '村,"清理\r\n垃圾",备注\r\n荷花村,"1,268","甲,乙\r\n丙 ""丁"""\r\n'
    assert rows(text) == [["村", "清理\n垃圾", "备注"], ["荷花村", "1,268", '甲,乙\n丙 "丁"']]


def test_spaces_around_quotes() -> None:
    assert rows('村 , "垃圾箱" ,备注\n荷花村, "1,268" ,"好"\n')[1] == ["荷花村", "1,268", "好"]


def test_single_quotes_only_where_they_are_clearly_used() -> None:
    assert rows("'村','垃圾箱'\n'荷花村','1,268'\n'同心''村','2'\n")[1:] == [["荷花村", "1,268"], ["同心'村", "2"]]
    assert rows("村,户数\n'500230,1\n'500231,2\n")[1] == ["'500230", "1"]


def test_backslash_escapes_and_backslashes_that_are_text() -> None:
    escaped = sheet('村,备注\n荷花村,"称\\"好\\", C:\\temp"\n同心村,"\\"是\\""\n')
    assert escaped.rows[1:] == [["荷花村", '称"好", C:\\temp'], ["同心村", '"是"']]
    assert escaped.dialect == Dialect(",", '"', "\\", "LF")
    assert rows('村,备注\n荷花村,"C:\\"\n') == [["村", "备注"], ["荷花村", "C:\\"]]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('同心村,"2,好', ["同心村", '"2', "好"]),
        ('"同心"村,2,好', ['"同心"村', "2", "好"]),
        ('同心村,2,"10" 桶"', ["同心村", "2", '10" 桶']),
        ('同心村,2,"高 10""', ["同心村", "2", '高 10"']),
        ('同心村,"2,"好,的"', ["同心村", '"2', "好,的"]),
        ('同心村,2,""好"', ["同心村", "2", '"好']),
    ],
)
def test_a_broken_quote_is_a_fault_of_its_row_and_nothing_is_dropped(line: str, cells: list[str]) -> None:
    read = sheet(f"村,垃圾箱,备注\n荷花村,1,x\n{line}\n回龙村,3,y\n")
    assert read.rows == [["村", "垃圾箱", "备注"], ["荷花村", "1", "x"], cells, ["回龙村", "3", "y"]]
    assert [(fault.code, fault.row) for fault in read.faults] == [("quote_broken", 3)]


@pytest.mark.parametrize("width", [2, 3, 5])
def test_rows_between_two_stray_quotes_are_not_swallowed(width: int) -> None:
    filler = ",1" * (width - 2)
    text = f'村{",户数" * (width - 2)},备注\n荷花村{filler},"\n同心村{filler},"\n回龙村{filler},好\n'
    read = sheet(text)
    assert [row[0] for row in read.rows] == ["村", "荷花村", "同心村", "回龙村"]
    assert [fault.row for fault in read.faults] == [2, 3]


def test_faults_of_quotes_are_bounded() -> None:
    read = sheet("村,备注\n" + '"荷花"村,1\n' * 3000)
    assert len(read.rows) == 3001
    assert 1000 < len(read.faults) <= 1002


# ── cells ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_hidden_characters_are_removed_and_counted() -> None:
    read = sheet("村,\ufeff垃圾箱\n荷花\u200b村\u202c,1\x00\n同心村, \xa02\u3000\n")
    assert read.rows == [["村", "垃圾箱"], ["荷花村", "1"], ["同心村", "2"]]
    assert read.notes == ("3 格含看不见的控制字符或零宽字符，已去掉，其余文字照常读取。",)


def test_cells_are_kept_once_each_in_large_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_tables, "_LARGE", 10)
    read = rows("村,备注\n" + "荷花村, 同样的话 \n" * 3)
    assert read[1] == ["荷花村", "同样的话"]
    assert read[1][1] is read[3][1]


def test_progress_is_told_and_rises() -> None:
    told: list[float] = []
    data = ("村,垃圾箱\n" + "荷花村,1\n" * 120_000).encode()
    read_book(data, "x", score=score, progress=lambda what, done: told.append(done))
    assert len(told) >= 3
    assert told == sorted(told)
    assert 0 <= told[0] <= told[-1] <= 1


# ── bounds ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal("村,垃圾箱," + "甲," * 498 + "乙\n").code == "too_many_columns"
    assert refusal(f"村,垃圾箱,备注\n荷花村,1,{'长' * 32_001}\n").code == "cell_too_long"
    assert refusal(f"村,垃圾箱,备注\n荷花村,1,{'长' * 140_000}\n").code == "cell_too_long"
    assert "第 2 行" in refusal(f"村,垃圾箱,备注\n荷花村,1,{'长' * 140_000}\n").hint
    assert rows("村,垃圾箱," + "甲," * 497 + "乙\n")[0][-1] == "乙"
    monkeypatch.setattr("ecodash.ingest.files.reader.MAX_BYTES", 10)
    assert refusal("村,垃圾箱\n荷花村,1\n").code == "file_too_large"


def test_rows_are_bounded() -> None:
    allowance = archives.Allowance(rows=3)
    from ecodash.ingest.files.encodings import Decoded

    def silent(what: str, done: float) -> None:
        pass

    text = "村,垃圾箱\n" + "荷花村,1\n" * 3
    read = text_tables.read_text(Decoded(text, "utf-8"), score, silent, rows_left=allowance.rows)
    assert isinstance(read, Refusal)
    assert read.code == "too_many_rows"


def test_a_million_empty_columns_are_no_columns() -> None:
    assert rows("村,垃圾箱" + "," * 1_000_000 + "\n荷花村,1\n") == [["村", "垃圾箱"], ["荷花村", "1"]]


@pytest.mark.parametrize("line", ['"a,' * 200_000, '"' * 200_001, '""' * 200_000, '"a""' * 100_000 + "\n" + '"'])
def test_quotes_made_to_be_slow(line: str) -> None:
    read = read_book(line.encode(), "x", score=score)
    assert isinstance(read, Refusal | Book)
