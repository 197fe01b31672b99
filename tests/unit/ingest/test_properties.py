"""Properties: what was written is read back however it was written, and no bytes make the reader raise."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecodash.ingest import Intake
from tests.unit.ingest import rendering
from tests.unit.ingest.rendering import Cells, Layout, Table, Writing

Read = Callable[..., Intake]

PERIODS = [202512, 202609, 202610]
relaxed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def values_of(code: str) -> st.SearchStrategy[Decimal]:
    """Valid values; percentages are above one, for 0.98 may be either beside them."""
    if code == "bins":
        return st.integers(0, 99_999).map(Decimal)
    low, high = (2, 100) if code == "sanitary_toilet_rate" else (0, 99_999)
    return st.decimals(min_value=low, max_value=high, places=2)


@st.composite
def tables(draw: st.DrawFn, layout: Layout) -> Cells:
    """Cells of some regions, indicators and months, as many of the latter as the layout can show."""
    regions = draw(st.lists(st.sampled_from(sorted(rendering.VILLAGES)), min_size=1, max_size=5, unique=True))
    one_indicator = layout is rendering.month_columns
    codes = draw(
        st.lists(st.sampled_from(sorted(rendering.NAMES)), min_size=1, max_size=1 if one_indicator else 4, unique=True)
    )
    one_month = layout in rendering.ONE_MONTH
    periods = draw(st.lists(st.sampled_from(PERIODS), min_size=1, max_size=1 if one_month else 3, unique=True))
    keys = [(region, code, period) for region in regions for code in codes for period in periods]
    given = draw(st.lists(st.booleans(), min_size=len(keys), max_size=len(keys)))
    kept = [key for key, is_given in zip(keys, given, strict=True) if is_given] or keys[:1]
    return {key: draw(values_of(key[1])) for key in kept}


writings = st.builds(
    Writing,
    styles=st.lists(st.sampled_from(rendering.STYLES), min_size=1, max_size=4),
    is_converted=st.booleans(),
    has_units=st.booleans(),
    missing=st.sampled_from(["", "—", "/", "未上报"]),
    is_by_code=st.booleans(),
    is_decorated=st.booleans(),
)


def text_files(found: Sequence[Table], draw: st.DrawFn) -> bytes:
    """A text file, or several in an archive."""
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))
    delimiter = draw(st.sampled_from([",", "\t", ";", "，"]))
    line_end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    files = {f"{t.name}.csv": rendering.text_file(t.rows, encoding, delimiter, line_end) for t in found}
    is_packed = len(files) > 1 or draw(st.booleans())
    return rendering.zip_file(files) if is_packed else next(iter(files.values()))


@st.composite
def files(draw: st.DrawFn, found: list[Table]) -> bytes:
    """Tables as a file of any kind that can hold them."""
    kinds = ["text", "xlsx", "ods"] if found[0].name in rendering.TOWNS.values() else ["text", "xlsx", "ods", "page"]
    kind = draw(st.sampled_from(kinds))
    if kind == "xlsx":
        return rendering.xlsx_file(found, is_numeric=draw(st.booleans()))
    if kind == "ods":
        return rendering.ods_file(found)
    if kind == "page":
        return rendering.page_file(found[0], draw(st.sampled_from(["utf-8", "gb18030"])))
    if len(found) == 1 and found[0].name in rendering.TOWNS.values():
        return rendering.zip_file({f"{found[0].name}.csv": rendering.text_file(found[0].rows, "utf-8", ",", "\n")})
    return text_files(found, draw)


def read_back(intake: Intake) -> Cells:
    assert intake.faults == ()
    assert intake.doubts == ()
    frame = intake.cells
    keys = zip(frame["region"], frame["indicator"], frame["period"], strict=True)
    return {(int(r), str(i), int(p)): v for (r, i, p), v in zip(keys, frame["value"], strict=True)}


@pytest.mark.parametrize("layout", rendering.LAYOUTS, ids=lambda layout: layout.__name__)
@relaxed
@given(data=st.data())
def test_a_table_reads_back_in_any_layout_style_and_kind_of_file(
    read: Read, layout: Layout, data: st.DataObject
) -> None:
    cells = data.draw(tables(layout), "cells")
    found = layout(cells, data.draw(writings, "writing"))
    said = rendering.month_name(rendering.periods_in(cells)[0]) if layout in rendering.ONE_MONTH else ""
    assert read_back(read(data.draw(files(found), "file"), f"丰都县{said}.dat", month=None)) == cells


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
    data = bytearray(rendering.xlsx_file([Table("上报", [["村", "垃圾箱"], ["荷花村", "1"]])], is_numeric=True))
    data[place % len(data)] = byte
    read(bytes(data))


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "<script>", "'; drop table", "\u202e", "\ud7ff"])
def test_odd_texts_are_only_text(read: Read, text: str) -> None:
    faults = read(f"村,垃圾箱\n{text},1").faults
    # A mark that nobody sees is removed, and nothing is left of the name.
    assert [f.code for f in faults] == ["region_missing" if text == "\u202e" else "region_unknown"]
