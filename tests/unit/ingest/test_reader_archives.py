"""Archives → sheets of all files in them; and any bytes at all get an answer."""

import io
import random
import zipfile

import pytest

from ecodash.ingest.book import Book, Refusal, Sheet
from ecodash.ingest.files import archives
from ecodash.ingest.files.read_answer import book_answer
from tests.unit.ingest.reader_files import (
    CSV,
    TABLE,
    answer,
    book,
    code,
    label,
    ods,
    page,
    spreadsheet,
    xls,
    xlsx,
    zipped,
)


def test_a_zip_of_tables() -> None:
    read = book(zipped({"9月/一.csv": CSV, "二.xlsx": xlsx(TABLE, TABLE), "三.xls": page("<table><td>村</table>")}))
    assert read.kind == "zip"
    assert [(sheet.source, sheet.name, sheet.encoding) for sheet in read.sheets] == [
        ("一.csv", "", "utf-8"),
        ("二.xlsx", "表1", "xlsx"),
        ("二.xlsx", "表2", "xlsx"),
        ("三.xls", "", "utf-8"),
    ]
    assert [sheet.label for sheet in read.sheets][:2] == ["一.csv", "二.xlsx/表1"]


def test_what_a_zip_leaves_out_is_said() -> None:
    read = book(
        zipped(
            {
                "__MACOSX/._一.csv": b"x",
                ".DS_Store": b"x",
                "~$一.xlsx": b"x",
                "照片.jpg": b"x",
                "里面.csv": zipped({"a.csv": CSV}),
                "一.csv": CSV,
            }
        )
    )
    assert [sheet.source for sheet in read.sheets] == ["一.csv"]
    assert read.notes == (
        "压缩包里 3 个系统文件或隐藏文件没有读取：“._一.csv”、“.DS_Store”、“~$一.xlsx”。",
        "压缩包里 1 个文件不是支持的表格，没有读取：“照片.jpg”。",
        "压缩包里还有压缩包，没有读取：“里面.csv”。请解开后再打包。",
    )


def test_what_cannot_be_read_in_a_zip_is_a_fault() -> None:
    read = book(zipped({"一.csv": CSV, "坏.xlsx": b"PK\x03\x04 nothing", "空.csv": b""}))
    assert [sheet.source for sheet in read.sheets] == ["一.csv"]
    assert [(fault.code, fault.sheet) for fault in read.faults] == [
        ("workbook_damaged", "坏.xlsx"),
        ("nothing_to_read", "空.csv"),
    ]
    assert all(fault.hint.startswith(f"压缩包里的“{fault.sheet}”") for fault in read.faults)


def test_paths_in_archives_lead_nowhere() -> None:
    names = ["../../etc/一.csv", "/root/二.csv", "C:\\windows\\三.csv", "甲镇/上报.csv", "乙镇/上报.csv"]
    read = book(zipped(dict.fromkeys(names, CSV)))
    assert [sheet.source for sheet in read.sheets] == ["一.csv", "二.csv", "三.csv", "甲镇/上报.csv", "乙镇/上报.csv"]


def test_names_in_gbk_without_a_flag() -> None:
    data = zipped({"aaaa.csv": CSV}).replace(b"aaaa.csv", "虎威".encode("gb18030") + b".csv")
    assert book(data).sheets[0].source == "虎威.csv"


def test_faults_in_an_archive_name_their_sheet() -> None:
    read = book(zipped({"一.csv": '村,垃圾箱\n"荷花"村,1\n'.encode()}))
    assert [(fault.code, fault.sheet, fault.row) for fault in read.sheets[0].faults] == [("quote_broken", "一.csv", 2)]


def test_empty_locked_and_endless_archives(monkeypatch: pytest.MonkeyPatch) -> None:
    assert code(zipped({})) == "nothing_to_read"
    assert code(zipped({"照片.jpg": b"x"})) == "nothing_to_read"
    locked = bytearray(zipped({"一.csv": CSV}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[bytes(locked).index(mark) + at] |= 1
    assert code(bytes(locked)) == "workbook_locked"
    monkeypatch.setattr(archives, "MAX_UNPACKED", 100_000)
    read = book(zipped({"一.csv": CSV, "弹.csv": b"1,2\n" * 30_000, "二.csv": CSV}))
    assert [sheet.source for sheet in read.sheets] == ["一.csv"]
    assert [fault.code for fault in read.faults] == ["file_too_large"]


def test_rows_of_an_archive_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_ROWS", 3)
    read = book(zipped({"一.csv": CSV, "二.csv": CSV}))
    assert len(read.sheets) == 1
    assert [fault.code for fault in read.faults] == ["too_many_rows"]


# ── any bytes ──────────────────────────────────────────────────────────────────────────────────────────────────────


def mutated(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice([1, 2, 5, 20])):
        at = chance.randrange(len(changed) + 1)
        kind = chance.random()
        if kind < 0.4 and changed:
            changed[at % len(changed)] = chance.randrange(256)
        elif kind < 0.7:
            changed[at:at] = chance.choice(
                [b'"', b",", b"\n", b"\0", b"<", b">", b"\\", b"\xff", b"9999999", b"<table>"]
            )
        else:
            del changed[at : at + chance.choice([1, 3, 50, 500])]
    return bytes(changed)


def inside(data: bytes, chance: random.Random) -> bytes:
    """An archive, whole, with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        return zipped({name: mutated(old.read(name), chance) for name in old.namelist()})


def test_any_bytes_get_an_answer() -> None:
    chance = random.Random(20260901)
    workbooks = [
        xlsx(TABLE, TABLE),
        ods('<table:table table:name="表"><table:table-row/></table:table>'),
        zipped({"一.csv": CSV}),
    ]
    plain = [
        CSV,
        CSV.decode().encode("utf-16"),
        xls(label(0, 0, "村")),
        page("<table><tr><td rowspan=2>村"),
        spreadsheet("<Row/>"),
    ]
    kinds = set()
    for turn in range(300):
        seed = chance.choice([*workbooks, *plain])
        data = inside(seed, chance) if seed in workbooks and turn % 2 else mutated(seed, chance)
        read = answer(data)
        shown = book_answer(read, "x")
        assert shown["sheets"] or shown["faults"] or shown["notes"]
        kinds.add(type(read))
    assert kinds == {Book, Refusal}


def test_sheets_are_named_in_messages_only_where_there_are_several() -> None:
    wide = [["村", *["x"] * 500]]
    assert isinstance(read := answer(xlsx(wide, TABLE)), Refusal)
    assert read.hint.startswith("工作表“表1”第 1 行超过 500 列")
    assert isinstance(read := answer(xlsx(wide)), Refusal)
    assert read.hint.startswith("第 1 行超过 500 列")


def test_a_sheet_is_named_by_file_and_name() -> None:
    assert Sheet("表", [], source="一.xlsx").label == "一.xlsx/表"
