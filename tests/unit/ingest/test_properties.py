"""Properties: what was written is read back however it was written, and no bytes make the reader raise."""

import csv
import io
from collections.abc import Callable
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecodash.ingest import Intake

Read = Callable[..., Intake]
Cells = dict[tuple[int, str, int], Decimal]

REGIONS = [500230000000, 500230101000, 500230101201, 500230101202, 500230102001, 500230102203]
NAMES = {"garbage_cleared": "清理生活垃圾（吨）", "bins": "垃圾箱", "funds_invested": "投入资金(万元)"}
PERIODS = [202512, 202609, 202610]

values = st.decimals(min_value=0, max_value=999_999, places=2)
cells_strategy = st.dictionaries(
    st.tuples(st.sampled_from(REGIONS), st.sampled_from(sorted(NAMES)), st.sampled_from(PERIODS)), values, min_size=1
).map(lambda cells: {key: value if key[1] != "bins" else Decimal(int(value)) for key, value in cells.items()})
relaxed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def long_rows(cells: Cells) -> list[list[str]]:
    body = [[str(region), f"{period}", NAMES[code], f"{value}"] for (region, code, period), value in cells.items()]
    return [["区划代码", "月份", "指标", "数值"], *body]


def wide_rows(cells: Cells) -> list[list[str]]:
    rows = {(region, period): [""] * len(NAMES) for region, _, period in cells}
    for (region, code, period), value in cells.items():
        rows[region, period][list(NAMES).index(code)] = f"{value:,}"
    body = [[str(region), f"{period // 100}年{period % 100}月", *texts] for (region, period), texts in rows.items()]
    return [["区划代码", "月份", *NAMES.values()], *body]


def as_text(rows: list[list[str]], encoding: str, delimiter: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def as_workbook(rows: list[list[str]], numeric: bool) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    for index, row in enumerate(rows):
        page.append(
            [
                float(c.replace(",", "")) if numeric and index and c.replace(".", "").replace(",", "").isdigit() else c
                for c in row
            ]
        )
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def read_back(intake: Intake) -> Cells:
    assert intake.faults == ()
    frame = intake.cells
    keys = zip(frame["region"], frame["indicator"], frame["period"], strict=True)
    return {(int(r), str(i), int(p)): v for (r, i, p), v in zip(keys, frame["value"], strict=True)}


@relaxed
@given(
    cells=cells_strategy,
    render=st.sampled_from([long_rows, wide_rows]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    delimiter=st.sampled_from([",", "\t", ";"]),
)
def test_a_text_file_reads_back(
    read: Read, cells: Cells, render: Callable[[Cells], list[list[str]]], encoding: str, delimiter: str
) -> None:
    assert read_back(read(as_text(render(cells), encoding, delimiter), month=None)) == cells


@relaxed
@given(cells=cells_strategy, render=st.sampled_from([long_rows, wide_rows]), numeric=st.booleans())
def test_a_workbook_reads_back(
    read: Read, cells: Cells, render: Callable[[Cells], list[list[str]]], numeric: bool
) -> None:
    assert read_back(read(as_workbook(render(cells), numeric), month=None)) == cells


@relaxed
@given(
    data=st.binary(max_size=400),
    head=st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xef\xbb\xbf", b"\xff\xfe"]),
)
def test_no_bytes_raise(read: Read, data: bytes, head: bytes) -> None:
    assert read(head + data).faults


@relaxed
@given(
    body=st.text(st.sampled_from('荷花村虎威镇合计0123456789.,;\t\n\r"%万约—/-年月e+ ²　'), max_size=200),
    header=st.sampled_from(["乡镇,村,垃圾箱\n", "区划代码,月份,指标,数值\n", "地区,指标,期限,基数,目标值\n"]),
)
def test_no_table_raises(read: Read, body: str, header: str) -> None:
    intake = read(header + body)
    assert intake.faults or len(intake.cells) or len(intake.targets)


@relaxed
@given(place=st.integers(min_value=0), byte=st.integers(min_value=0, max_value=255))
def test_no_damaged_workbook_raises(read: Read, place: int, byte: int) -> None:
    data = bytearray(as_workbook([["村", "垃圾箱"], ["荷花村", "1"]], numeric=True))
    data[place % len(data)] = byte
    read(bytes(data))


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "<script>", "'; drop table", "\u202e", "\ud7ff"])
def test_odd_texts_are_only_text(read: Read, text: str) -> None:
    faults = read(f"村,垃圾箱\n{text},1").faults
    assert [f.code for f in faults] == ["region_unknown"]
