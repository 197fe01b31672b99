"""上报模板: codes that stay text, cells that take what may be reported, and a filled one that uploads clean."""

import io
from decimal import Decimal

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from ecodash.catalog.loader import load_catalog
from ecodash.domain.indicators import Catalog
from ecodash.domain.periods import Month
from ecodash.domain.regions import Region, RegionTree
from ecodash.ingest import Intake, read_upload
from ecodash.reports.annotated import Mark, annotate
from ecodash.reports.upload_template import INSTRUCTIONS, SHEET, TemplateRow, TemplateSheet, render_upload_template
from ecodash.settings import PROJECT_ROOT

OCTOBER = Month(2026, 10)
TOWN = 430321103000
VILLAGES = {"430321103204": "董泉村", "430321103205": "古城村", "430321103206": "八角村"}
CODES = ["garbage_cleared", "collection_points", "sewage_coverage_rate", "funds_invested", "model_level"]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(PROJECT_ROOT / "data" / "catalog" / "indicators.toml")


@pytest.fixture(scope="module")
def tree() -> RegionTree:
    return RegionTree(
        [
            Region(0, "全国", "全国"),
            Region(430000000000, "湖南省", "湖南省"),
            Region(430300000000, "湘潭市", "湘潭市"),
            Region(430321000000, "湘潭县", "湘潭县"),
            Region(TOWN, "石潭镇", "石潭镇"),
            *(Region(int(code), name, f"{name}村民委员会", "村") for code, name in VILLAGES.items()),
        ]
    )


@pytest.fixture(scope="module")
def template(catalog: Catalog) -> TemplateSheet:
    present = [code for code in CODES if code in catalog]
    assert len(present) >= 4, present
    first = next(iter(VILLAGES))
    return TemplateSheet(
        place="石潭镇",
        month=OCTOBER,
        due="2026年11月5日",
        rows=[TemplateRow(code, "石潭镇", name) for code, name in VILLAGES.items()],
        indicators=[catalog[code] for code in present],
        last={(first, "garbage_cleared"): Decimal("12.5"), (first, "model_level"): Decimal(2)},
        last_month=Month(2026, 9),
        made_at="2026-11-01 09:00",
        software="EcoDash 0.1.0",
    )


@pytest.fixture(scope="module")
def rendered(template: TemplateSheet) -> bytes:
    return render_upload_template(template)


def open_form(data: bytes) -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return book, book[SHEET]


def saved(book: openpyxl.Workbook) -> bytes:
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def column_of(form: Worksheet, title: str) -> int:
    return next(cell.column for cell in form[3] if cell.value == title)


def read(data: bytes, catalog: Catalog, tree: RegionTree, month: Month | None = None) -> Intake:
    return read_upload(data, "上报.xlsx", catalog=catalog, tree=tree, newest=OCTOBER, month=month, within=TOWN)


def test_title_and_headers_say_what_is_to_be_filled_in(rendered: bytes) -> None:
    _, form = open_form(rendered)
    assert form["A1"].value == "石潭镇2026年10月农村人居环境整治填报表"
    assert "2026年11月5日" in form["A2"].value
    headers = [cell.value for cell in form[3]]
    assert headers[:6] == ["序号", "区划代码", "乡镇", "村", "清理生活垃圾（吨）", "上月：清理生活垃圾（吨）"]
    assert form.freeze_panes == "E4"
    assert form.print_title_rows == "$3:$3"
    assert (form.page_setup.paperSize, form.page_setup.orientation) == (9, "landscape")
    assert form.auto_filter.ref is None
    assert not form.protection.sheet


def test_codes_are_text_and_last_month_stands_grey_beside(rendered: bytes) -> None:
    _, form = open_form(rendered)
    assert [form.cell(4, column).value for column in range(1, 7)] == [
        1, "430321103204", "石潭镇", "董泉村", None, 12.5,
    ]  # fmt: skip
    assert form["B4"].data_type == "s"
    assert form["B4"].number_format == "@"
    assert form["B4"].fill.fgColor.rgb == form["F4"].fill.fgColor.rgb != form["E4"].fill.fgColor.rgb
    assert (form["B4"].protection.locked, form["E4"].protection.locked) == (True, False)
    assert form["F5"].value is None
    assert (form["E4"].number_format, form["I4"].number_format) == ("0.00", '0.00"%"')
    level = column_of(form, "上月：创建等级（级）")
    assert form.cell(4, level).value == "中级"


def test_cells_take_numbers_in_range_and_choices_by_name(rendered: bytes) -> None:
    _, form = open_form(rendered)
    rules = {str(rule.sqref): rule for rule in form.data_validations.dataValidation}
    garbage = rules["E4:E6"]
    assert (garbage.type, garbage.operator, garbage.formula1, garbage.formula2) == (
        "decimal", "between", "0", "1000000000",
    )  # fmt: skip
    assert garbage.allow_blank
    assert "单位：吨" in garbage.prompt
    assert "没有发生填 0" in garbage.error
    assert rules["G4:G6"].type == "whole"
    assert any(rule.type == "list" and rule.formula1 == '"未创建,初级,中级,高级"' for rule in rules.values())
    assert "98% 请填 98" in rules["I4:I6"].prompt
    assert all(len(rule.prompt) <= 255 and len(rule.error) <= 255 for rule in rules.values())
    assert all(len(rule.promptTitle) <= 32 for rule in rules.values())


def test_the_instructions_explain_every_indicator(rendered: bytes, template: TemplateSheet) -> None:
    book, _ = open_form(rendered)
    assert book.sheetnames == [SHEET, INSTRUCTIONS]
    texts = [str(cell) for row in book[INSTRUCTIONS].iter_rows(values_only=True) for cell in row if cell]
    for indicator in template.indicators:
        assert f"口径：{indicator.definition}" in texts
        assert any(text.endswith(f". {indicator.name}（{indicator.unit}）") for text in texts)
    assert any("空白表示未上报，不等于零" in text for text in texts)
    assert "属性：月末存量；当月未报的，看板沿用最近一次上报的数，最多 12 个月" in texts
    assert texts[-1] == "本模板由 EcoDash 0.1.0 制作，制作时间 2026-11-01 09:00。"


def test_a_filled_template_uploads_clean(
    rendered: bytes, template: TemplateSheet, catalog: Catalog, tree: RegionTree
) -> None:
    book, form = open_form(rendered)
    expected = {}
    for place, code in enumerate(VILLAGES):
        for indicator in template.indicators:
            cell = form.cell(4 + place, column_of(form, f"{indicator.name}（{indicator.unit}）"))
            if place == 2 and indicator.code != "garbage_cleared":
                continue
            value = Decimal(place + 1) if indicator.choices or not indicator.decimals else place + Decimal("1.5")
            cell.value = dict(indicator.choices)[int(value)] if indicator.choices else value
            expected[int(code), indicator.code] = value
    intake = read(saved(book), catalog, tree)
    assert intake.faults == ()
    assert [reading.name for reading in intake.sheets] == [SHEET]
    assert {
        (r, str(i)): v for r, i, v in intake.cells[["region", "indicator", "value"]].itertuples(index=False)
    } == expected
    assert set(intake.cells["period"]) == {OCTOBER.key}
    assert intake.remarks == ()


def test_a_template_nobody_filled_reports_nothing(rendered: bytes, catalog: Catalog, tree: RegionTree) -> None:
    intake = read(rendered, catalog, tree)
    assert intake.cells.empty
    assert [fault.code for fault in intake.faults] == ["nothing_to_read"]


def test_a_template_for_another_month_is_noticed(rendered: bytes, catalog: Catalog, tree: RegionTree) -> None:
    book, form = open_form(rendered)
    form["E4"] = 1
    assert {fault.code for fault in read(saved(book), catalog, tree, Month(2026, 9)).faults} == {"month_disagrees"}


def test_a_template_filled_badly_comes_back_marked_and_passes_once_corrected(
    rendered: bytes, catalog: Catalog, tree: RegionTree
) -> None:
    book, form = open_form(rendered)
    form["E4"], form["G4"], form["E5"] = "很多", -1, 3
    data = saved(book)
    intake = read(data, catalog, tree)
    sheets = {sheet.label: sheet for sheet in intake.book.sheets}
    marks = [
        Mark(sheets[fault.sheet].name, sheets[fault.sheet].source, fault.row, fault.position, fault.hint)
        for fault in intake.faults
    ]
    assert [(mark.row, mark.position) for mark in marks] == [(4, 4), (4, 6)]
    marked = annotate(data, intake.book, marks)
    book, form = open_form(marked)
    assert [cell.coordinate for row in form.iter_rows() for cell in row if cell.comment] == ["E4", "G4"]
    assert len(form.data_validations.dataValidation) == len([c for c in form[3] if str(c.value).startswith("上月")])
    # Sent back as it came, it has the same faults; corrected, none.
    assert [(f.row, f.position) for f in read(marked, catalog, tree).faults] == [(4, 4), (4, 6)]
    form["E4"], form["G4"] = 5, 1
    corrected = read(saved(book), catalog, tree)
    assert corrected.faults == ()
    assert len(corrected.cells) == 3


def test_a_csv_comes_back_as_a_workbook_that_passes_once_corrected(catalog: Catalog, tree: RegionTree) -> None:
    text = '区划代码,村,清理生活垃圾（吨）,垃圾箱（个）\n430321103204,董泉村,很多,3\n430321103205,古城村,"1,200",4\n'
    data = text.encode("gb18030")
    intake = read(data, catalog, tree, OCTOBER)
    marks = [Mark(intake.book.sheets[0].name, "", f.row, f.position, f.hint) for f in intake.faults]
    assert [(mark.row, mark.position) for mark in marks] == [(2, 2)]
    marked = annotate(data, intake.book, marks)
    assert [(f.row, f.position) for f in read(marked, catalog, tree, OCTOBER).faults] == [(2, 2)]
    book = openpyxl.load_workbook(io.BytesIO(marked))
    book.worksheets[0]["C2"] = "12.5"
    corrected = read(saved(book), catalog, tree, OCTOBER)
    assert corrected.faults == ()
    assert sorted(corrected.cells["value"]) == [Decimal("3"), Decimal("4"), Decimal("12.5"), Decimal("1200")]


def test_without_last_month_there_are_no_grey_columns(template: TemplateSheet) -> None:
    plain = TemplateSheet("石潭镇", OCTOBER, "", template.rows, template.indicators)
    _, form = open_form(render_upload_template(plain))
    assert not any("上月" in str(cell.value) for cell in form[3])
    assert "截止日期" not in form["A2"].value


def test_names_cannot_become_formulas(template: TemplateSheet) -> None:
    evil = TemplateSheet(
        "=1+1", OCTOBER, "", [TemplateRow("430321103204", "=HYPERLINK(1)", "+\x01村")], template.indicators
    )
    _, form = open_form(render_upload_template(evil))
    assert all(cell.data_type != "f" for row in form.iter_rows() for cell in row)
    assert (form["C4"].value, form["D4"].value) == ("=HYPERLINK(1)", "+村")


def test_a_county_of_six_hundred_villages_has_a_row_for_each(template: TemplateSheet, catalog: Catalog) -> None:
    rows = [TemplateRow(f"430321{n:06d}", "石潭镇", f"第{n}村") for n in range(600)]
    indicators = list(catalog.values())[:15]
    last = {(row.region_code, indicator.code): Decimal(1) for row in rows for indicator in indicators}
    large = TemplateSheet("湘潭县", OCTOBER, "", rows, indicators, last, Month(2026, 9))
    _, form = open_form(render_upload_template(large))
    assert form.max_row == 603
