"""Web pages and XML workbooks of 2003 → sheets."""

import pytest

from ecodash.ingest.book import Book, Refusal, Span
from tests.unit.ingest.reader_files import answer, book, code, page, spreadsheet


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "utf-16"])
def test_a_web_page_named_xls(encoding: str) -> None:
    read = book(
        page(
            "<p>导出<table><tr><th rowspan=2>村<th colspan='2'>垃圾</tr><tr><td>清理<br>（吨）<td>箱"
            "<tr><td>荷花村<td>&nbsp;1,268 <td>&lt;b&gt;3</table><script>document.write('<table>')</script>",
            encoding,
        )
    )
    (sheet,) = read.sheets
    assert (read.kind, sheet.name) == ("html", "")
    assert sheet.rows == [["村", "垃圾"], ["", "清理\n（吨）", "箱"], ["荷花村", "1,268", "<b>3"]]
    assert sheet.merges == (Span(0, 0, 1, 0), Span(0, 1, 0, 2))


def test_several_and_nested_tables_are_sheets() -> None:
    read = book(page("<table><caption>一</caption><tr><td>a<table><tr><td>里面</table>b</table><table><td>c</table>"))
    assert [(sheet.name, sheet.rows) for sheet in read.sheets] == [
        ("一", [["ab"]]),
        ("表2", [["里面"]]),
        ("表3", [["c"]]),
    ]


def test_pages_without_tables_and_pages_made_to_be_slow() -> None:
    assert code(page("<p>没有表")) == "not_a_table"
    assert code(page("<table><tr>" + "<td>1" * 501 + "</table>")) == "too_many_columns"
    assert code(page("<table>" + "<tr><td>1" * 1_000_001)) == "too_many_rows"
    deep = answer(page("<table><tr><td>" * 3_000))
    assert isinstance(deep, Refusal | Book)
    spans = "".join(f"<td rowspan={90_000 + number}>" for number in range(499))
    assert code(page(f"<table><tr>{spans}" + "<tr><td>x" * 40_000)) == "workbook_damaged"


def test_an_xml_workbook_of_2003() -> None:
    read = book(
        spreadsheet(
            '<Column ss:Index="2" ss:Hidden="1"/><Row ss:Index="2"><Cell ss:MergeAcross="1"><Data ss:Type="String">村 &lt;'
            '</Data></Cell><Cell ss:StyleID="p"><Data ss:Type="Number">0.985</Data></Cell></Row><Row ss:Hidden="1">'
            '<Cell ss:Index="3" ss:Formula="=1"><Data ss:Type="Number">5.0</Data><Comment><Data>批注</Data></Comment></Cell>'
            '<Cell><Data ss:Type="DateTime">2026-09-01T00:00:00.000</Data></Cell></Row>',
            "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>",
        )
    )
    (sheet,) = read.sheets
    assert (read.kind, sheet.name, sheet.is_hidden) == ("xml", "表", True)
    assert sheet.rows == [[], ["村 <", "", "98.5%"], ["", "", "5", "2026-09-01"]]
    assert (sheet.merges, sheet.hidden_rows, sheet.hidden_columns) == ((Span(1, 0, 1, 1),), {2}, {1})
    assert sheet.formulas == ((2, 2),)


def test_xml_workbooks_declare_no_entities_and_stay_in_bounds() -> None:
    whole = spreadsheet("<Row><Cell><Data>a</Data></Cell></Row>")
    assert code(whole.replace(b"<Workbook", b'<!DOCTYPE x [<!ENTITY a "b">]><Workbook', 1)) == "workbook_damaged"
    assert code(whole[:-20]) == "workbook_damaged"
    assert code(spreadsheet('<Row ss:Index="1000001"><Cell><Data>a</Data></Cell></Row>')) == "too_many_rows"
    assert code(spreadsheet('<Row><Cell ss:Index="501"><Data>a</Data></Cell></Row>')) == "too_many_columns"
