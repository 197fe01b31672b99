"""批注表: marked cells and nothing else changed; marks of an earlier round replaced; corrected, it is read again."""

import io
import random
import re
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from PIL import Image as Picture

from ecodash.domain.uploads import PROBLEM_SHEET
from ecodash.reports.annotated import AUTHOR, Mark, annotate
from ecodash.reports.xlsx_styles import FILLS
from tests.unit.reports.workbooks import book_of, cells_listed, cells_of, comments_of, edit, fill_of, parts_of

TITLE = "石潭镇2026年10月农村人居环境整治填报表"
RED, AMBER = FILLS["fault"], FILLS["doubt"]
YELLOW = "FFFFFF00"


def make_workbook() -> bytes:
    """A workbook as towns send them: a merged title, a merged town, a formula with its value, a chart, a picture."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "10月 A&B"
    sheet.append([TITLE])
    sheet.merge_cells("A1:D1")
    sheet["A1"].font = Font(bold=True, size=16, color="FF336699")
    sheet.append(["乡镇", "村", "清理生活垃圾（吨）", "垃圾箱（个）"])
    for row in (["石潭镇", "董泉村", "约五百", 12], [None, "古城村", 3.5, 9], [None, "八角村", -4, None]):
        sheet.append(row)
    sheet["D6"] = "=SUM(D3:D5)"
    sheet.merge_cells("A3:A5")
    sheet["C5"].fill = PatternFill("solid", fgColor=YELLOW)
    sheet["C5"].number_format = "0.00"
    sheet["C3"].comment = Comment("请镇里核实", "张科长")
    sheet["B4"].comment = Comment("不用改", "张科长")
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["B"].width = 33
    sheet.freeze_panes = "A3"
    validation = DataValidation(type="decimal", operator="greaterThan", formula1="0")
    validation.add("C3:C5")
    sheet.add_data_validation(validation)
    picture = io.BytesIO()
    Picture.new("RGB", (8, 8), "red").save(picture, "png")
    picture.seek(0)
    sheet.add_image(Image(picture), "H2")
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=4, min_row=2, max_row=5), titles_from_data=True)
    sheet.add_chart(chart, "H10")
    other = book.create_sheet("参考")
    other["A1"] = "不动"
    sink = io.BytesIO()
    book.save(sink)

    def with_value(name: str, content: bytes) -> bytes:
        is_sheet = name == "xl/worksheets/sheet1.xml"
        return re.sub(rb"(<f>SUM\(D3:D5\)</f>)(?:<v ?/>|<v></v>)", rb"\1<v>21</v>", content) if is_sheet else content

    return edit(sink.getvalue(), with_value)


SHEET = "10月 A&B"
MARKS = [
    Mark(SHEET, "", 3, 2, "“约五百”不是数字。请填写阿拉伯数字。"),
    Mark(SHEET, "", 5, 2, "-4 低于下限 0。请核对。"),
    Mark(SHEET, "", 5, 2, "比上月少了九成。请核实。", "doubt"),
    Mark(SHEET, "", 4, 0, "石潭镇不在湘潭县。请核对乡镇。"),
    Mark(SHEET, "", 9, 5, "这里缺少合计。", "doubt"),
    Mark(SHEET, "", None, None, "没有写明月份。请在标题里写明。"),
]


@pytest.fixture(scope="module")
def sent() -> bytes:
    return make_workbook()


@pytest.fixture(scope="module")
def answer(sent: bytes) -> bytes:
    return annotate(sent, book_of(sent), MARKS)


def test_bad_cells_are_coloured_and_commented(answer: bytes) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(answer))[SHEET]
    comments = comments_of(sheet)
    assert {address: author for address, (author, _) in comments.items()} == {
        "A3": AUTHOR, "B4": "张科长", "C3": "张科长", "C5": AUTHOR, "F9": AUTHOR,
    }  # fmt: skip
    assert comments["C5"][1] == "【EcoDash】\n【问题】-4 低于下限 0。请核对。\n【疑点】比上月少了九成。请核实。"
    assert comments["C3"][1] == "请镇里核实\n【EcoDash】\n【问题】“约五百”不是数字。请填写阿拉伯数字。"
    assert comments["B4"][1] == "不用改"
    assert {a: fill_of(sheet, a) for a in ("A3", "C3", "C5", "F9", "C4", "A1")} == {
        "A3": RED, "C3": RED, "C5": RED, "F9": AMBER, "C4": "", "A1": "",
    }  # fmt: skip


def test_everything_else_stays_as_it_was_sent(sent: bytes, answer: bytes) -> None:
    assert cells_of(answer) == cells_of(sent)
    before, after = parts_of(sent), parts_of(answer)
    changed = {name for name in before if before[name] != after[name]}
    assert {name for name in changed if "comment" not in name and not name.endswith(".rels")} == {
        "[Content_Types].xml", "xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml",
    }  # fmt: skip
    assert {"xl/charts/chart1.xml", "xl/media/image1.png", "xl/worksheets/sheet2.xml"} <= before.keys() - changed
    sheet = openpyxl.load_workbook(io.BytesIO(answer))[SHEET]
    assert sheet["D6"].value == "=SUM(D3:D5)"
    assert openpyxl.load_workbook(io.BytesIO(answer), data_only=True)[SHEET]["D6"].value == 21
    assert {str(span) for span in sheet.merged_cells.ranges} == {"A1:D1", "A3:A5"}
    assert sheet["C5"].number_format == "0.00"
    assert sheet["A1"].font.color.rgb == "FF336699"
    assert sheet.row_dimensions[4].hidden
    assert sheet.column_dimensions["B"].width == 33
    assert sheet.freeze_panes == "A3"
    assert len(sheet.data_validations.dataValidation) == 1
    assert len(sheet._images) == len(sheet._charts) == 1


def test_all_messages_are_listed_on_the_last_sheet(answer: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(answer))
    assert book.sheetnames == [SHEET, "参考", PROBLEM_SHEET]
    sheet = book[PROBLEM_SHEET]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "问题清单：问题 4 处，疑点 2 处"
    header = next(place for place, row in enumerate(rows) if row[0] == "序号")
    assert rows[header] == ("序号", "类别", "工作表", "单元格", "内容", "说明")
    assert rows[header + 1] == ("1", "问题", SHEET, "C3", "约五百", MARKS[0].text)
    assert rows[header + 6] == ("6", "问题", SHEET, None, None, MARKS[5].text)
    assert sheet[f"D{header + 2}"].hyperlink.location == f"'{SHEET}'!C3"


def test_marks_of_an_earlier_round_are_replaced(sent: bytes, answer: bytes) -> None:
    again = annotate(answer, book_of(answer), [Mark(SHEET, "", 4, 3, "请核对。")])
    book = openpyxl.load_workbook(io.BytesIO(again))
    assert book.sheetnames == [SHEET, "参考", PROBLEM_SHEET]
    sheet = book[SHEET]
    assert comments_of(sheet) == {
        "B4": ("张科长", "不用改"), "C3": ("张科长", "请镇里核实"), "D4": (AUTHOR, "【EcoDash】\n【问题】请核对。"),
    }  # fmt: skip
    # Each cell has the colour back that it was sent with.
    assert {a: fill_of(sheet, a) for a in ("A3", "C3", "C5", "F9", "D4")} == {
        "A3": "", "C3": "", "C5": YELLOW, "F9": "", "D4": RED,
    }  # fmt: skip
    assert cells_of(again) == cells_of(sent)
    drawing = next(content for name, content in parts_of(again).items() if name.endswith(".vml"))
    assert drawing.count(b'ObjectType="Note"') == 3
    clean = annotate(again, book_of(again), [])
    assert set(comments_of(openpyxl.load_workbook(io.BytesIO(clean))[SHEET])) == {"B4", "C3"}


def test_marks_are_known_again_where_a_program_kept_no_authors_and_wrote_a_palette_colour(answer: bytes) -> None:
    def save_elsewhere(name: str, content: bytes) -> bytes:
        if name.endswith("styles.xml"):
            return re.sub(rb'(<fgColor rgb="FFFFC1C6"/><bgColor )[^/]*/', rb'\1rgb="FFD9D9D9"/', content)
        is_comments = b"<authors>" in content
        return content.replace(AUTHOR.encode() + b"</author>", b" </author>") if is_comments else content

    data = edit(answer, save_elsewhere)
    sheet = openpyxl.load_workbook(io.BytesIO(annotate(data, book_of(data), [])))[SHEET]
    assert set(comments_of(sheet)) == {"B4", "C3"}
    assert fill_of(sheet, "A3") == ""


def test_comments_that_are_all_gone_leave_no_trace() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    sink = io.BytesIO()
    book.save(sink)
    marked = annotate(sink.getvalue(), book_of(sink.getvalue()), [Mark("Sheet", "", 1, 0, "请核对。")])
    assert "xl/comments1.xml" in parts_of(marked)
    clean = annotate(marked, book_of(marked), [])
    assert "xl/comments1.xml" not in parts_of(clean)
    assert comments_of(openpyxl.load_workbook(io.BytesIO(clean)).active) == {}


def test_macros_are_dropped_and_that_is_said(sent: bytes) -> None:
    def add_macros(name: str, content: bytes) -> bytes:
        if name == "[Content_Types].xml":
            kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
            return content.replace(kind, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
        if name == "xl/_rels/workbook.xml.rels":
            relation = b'<Relationship Id="rId99" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/></Relationships>'
            return content.replace(b"</Relationships>", relation)
        return content

    data = edit(sent, add_macros)
    sink = io.BytesIO(data)
    with zipfile.ZipFile(sink, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"code")
    parts = parts_of(annotate(sink.getvalue(), book_of(sent), MARKS))
    assert "xl/vbaProject.bin" not in parts
    assert b"macroEnabled" not in parts["[Content_Types].xml"]
    assert b"vbaProject" not in parts["xl/_rels/workbook.xml.rels"]
    assert any("宏没有保留".encode() in content for name, content in parts.items() if "worksheets/" in name)


def rename_prefix(content: bytes) -> bytes:
    """A sheet as some programs write it: every element with a prefix."""
    content = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", content)
    return content.replace(b'xmlns="http', b'xmlns:x="http')


def without_places(content: bytes) -> bytes:
    """A sheet whose rows and cells do not say where they are."""
    return re.sub(rb'(<(?:row|c)\b[^<>]*?) r="[A-Z]*[0-9]+"', rb"\1", content)


@pytest.mark.parametrize("change", [rename_prefix, without_places, lambda content: b"\xef\xbb\xbf" + content])
def test_sheets_of_other_programs_are_marked_in_place(change: Callable[[bytes], bytes]) -> None:
    book = openpyxl.Workbook()
    for row in (["村", "户数"], ["董泉村", "x"], ["古城村", "y"]):
        book.active.append(row)
    sink = io.BytesIO()
    book.save(sink)
    data = edit(sink.getvalue(), lambda name, content: change(content) if name.endswith("sheet1.xml") else content)
    marks = [Mark("Sheet", "", 2, 1, "请改。"), Mark("Sheet", "", 3, 1, "请改。"), Mark("Sheet", "", 3, 4, "请补。")]
    result = annotate(data, book_of(sink.getvalue()), marks)
    assert "原工作簿的结构特殊" not in str(cells_listed(result))
    sheet = openpyxl.load_workbook(io.BytesIO(result))["Sheet"]
    assert set(comments_of(sheet)) == {"B2", "B3", "E3"}
    assert cells_of(result)["Sheet"] == cells_of(sink.getvalue())["Sheet"]


def test_a_workbook_in_the_strict_spelling_is_marked_in_place(sent: bytes) -> None:
    def strict(name: str, content: bytes) -> bytes:
        content = content.replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
        return content.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )

    parts = parts_of(annotate(edit(sent, strict), book_of(sent), MARKS))
    assert "xl/worksheets/sheet3.xml" in parts
    assert b"schemas.openxmlformats.org/spreadsheetml/2006/main" not in b"".join(parts.values())
    assert "结构特殊".encode() not in parts["xl/worksheets/sheet3.xml"]


def test_an_empty_cell_keeps_the_format_of_its_row_or_column() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"], sheet["D3"] = 1, 2
    sheet.row_dimensions[3].number_format = "0.0"
    sheet.column_dimensions["B"].number_format = "0.00"
    data = io.BytesIO()
    book.save(data)
    marks = [Mark("Sheet", "", row, 1, "请补。") for row in (1, 2, 3)]
    result = openpyxl.load_workbook(io.BytesIO(annotate(data.getvalue(), book_of(data.getvalue()), marks)))["Sheet"]
    assert [result.cell(row, 2).number_format for row in (1, 2, 3)] == ["0.00", "0.00", "0.0"]
    assert [fill_of(result, f"B{row}") for row in (1, 2, 3)] == [RED] * 3
    assert (result["A1"].value, result["D3"].value) == (1, 2)


def test_a_drawing_that_is_no_xml_keeps_its_buttons(sent: bytes) -> None:
    button = b'<v:shape id="_x0000_s1099"><v:textbox><div>OK<br>now</div></v:textbox></v:shape>'

    def add_button(name: str, content: bytes) -> bytes:
        return content.replace(b"</xml>", button + b"</xml>") if name.endswith(".vml") else content

    parts = parts_of(annotate(edit(sent, add_button), book_of(sent), MARKS))
    drawing = next(content for name, content in parts.items() if name.endswith(".vml"))
    assert button in drawing
    assert drawing.count(b'ObjectType="Note"') == 5
    assert b"_x0000_s1100" in drawing


def test_no_damage_to_a_workbook_stops_the_answer(sent: bytes, answer: bytes) -> None:
    dice = random.Random(7)
    book = book_of(sent)
    for _ in range(300):
        parts = parts_of(dice.choice((sent, answer)))
        name = dice.choice([name for name in parts if name.endswith((".xml", ".rels", ".vml"))])
        content = bytearray(parts[name])
        at = dice.randrange(len(content))
        damage = dice.randrange(4)
        if damage == 0:
            content[at] = dice.randrange(256)
        elif damage == 1:
            del content[at : at + dice.randrange(1, 200)]
        elif damage == 2:
            content[at:at] = content[at : at + 100]
        else:
            numbers = list(re.finditer(rb"[0-9]+", content))
            if numbers:
                content[slice(*dice.choice(numbers).span())] = dice.choice([b"-1", b"9" * 30, "²".encode(), b""])
        result = annotate(edit(sent, lambda n, c, name=name, new=bytes(content): new if n == name else c), book, MARKS)
        assert any(PROBLEM_SHEET.encode() in part for part in parts_of(result).values())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda name, content: None if name == "xl/styles.xml" else content,
        lambda name, content: (
            content.replace(b"<sheetData>", b"<!-- x --><sheetData>") if "sheet1.xml" in name else content
        ),
        lambda name, content: b"<!DOCTYPE x [<!ENTITY e 'v'>]>" + content if name == "xl/workbook.xml" else content,
        lambda name, content: b"<broken" if name.startswith("xl/comments") else content,
        lambda name, content: None if name == "[Content_Types].xml" else content,
    ],
)
def test_a_workbook_that_cannot_be_changed_is_written_anew(
    sent: bytes, spoil: Callable[[str, bytes], bytes | None]
) -> None:
    result = annotate(edit(sent, spoil), book_of(sent), MARKS)
    sheet = openpyxl.load_workbook(io.BytesIO(result))[SHEET]
    assert sheet["C3"].value == "约五百"
    assert fill_of(sheet, "C3") == RED
    assert any("结构特殊" in str(row[0]) for row in cells_listed(result))
