"""Whose rank moves before anything is committed; the workbook with marks; the template; the receipt."""

import io

import openpyxl
import pytest

from ecodash import actions, queries, receipts
from ecodash.domain.indicators import Kind
from ecodash.domain.regions import Level
from ecodash.effects import annotated, effects_of_batch, effects_of_upload
from ecodash.errors import UserError
from ecodash.workspace import Workspace
from tests.actions.conftest import CLERK, FENGLAI, JILONG, JIULONGQUAN, NOW, OCTOBER, XINGLONG, read, rows, send

XLSX = "暨龙镇2026年10月.xlsx"


def moves(frame: object) -> list[tuple[str, object, object, bool]]:
    found = frame[frame["level"] == Level.VILLAGE.value]  # type: ignore[index]
    return [
        (row.name_, None if row.rank_before is None else row.rank_before, row.rank_after, bool(row.is_own))
        for row in found.rename(columns={"name": "name_"}).itertuples()
    ]


def test_a_correction_moves_its_village_and_displaces_the_others(workspace: Workspace) -> None:
    send(workspace, f"区划代码,清理生活垃圾\n{FENGLAI},60\n{XINGLONG},30\n{JIULONGQUAN},20")
    before = queries.verify(workspace).digest
    upload = read(workspace, f"区划代码,清理生活垃圾\n{JIULONGQUAN},45")
    effects = effects_of_upload(workspace, upload, actor=CLERK, now=NOW)
    # 60, 30, 20 → 60, 45, 30: the third becomes second, the second third.
    assert moves(effects.ranks) == [("九龙泉村", 3, 2, True), ("兴龙村", 2, 3, False)]
    (total,) = effects.totals.itertuples()
    assert (effects.region, total.indicator, total.before, total.after) == (JILONG, "garbage_cleared", 110, 135)
    assert (queries.verify(workspace).digest, queries.newest_watermark(workspace)) == (before, 1)
    receipt = actions.commit_upload(workspace, upload, actor=CLERK, now=NOW)
    done = effects_of_batch(workspace, receipt.batch)
    assert moves(done.ranks) == moves(effects.ranks)
    assert done.totals["after"].tolist() == [135]


def test_a_first_report_enters_the_ranking_and_an_unchanged_file_moves_nothing(workspace: Workspace) -> None:
    text = f"区划代码,清理生活垃圾\n{FENGLAI},60"
    effects = effects_of_upload(workspace, read(workspace, text), actor=CLERK, now=NOW)
    assert effects.ranks["rank_before"].isna().all()
    assert set(effects.ranks["level"]) == {"village", "town"}
    send(workspace, text)
    assert effects_of_upload(workspace, read(workspace, text), actor=CLERK, now=NOW).ranks.empty


@pytest.fixture
def faulty() -> bytes:
    """A town's workbook with two bad cells."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "十月"
    for line in [
        ["暨龙镇2026年10月统计表"],
        ["村", "清理生活垃圾（吨）", "公厕（座）"],
        ["凤来社区", "六十来吨", 2],
        ["兴龙村", 30, 1.5],
        ["九龙泉村", 20, 1],
    ]:
        sheet.append(line)
    sheet.merge_cells("A1:C1")
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def test_bad_cells_are_coloured_and_commented_and_the_corrected_workbook_passes(
    workspace: Workspace, faulty: bytes
) -> None:
    upload = read(workspace, faulty, XLSX)
    assert [(f.row, f.position) for f in upload.intake.faults] == [(3, 1), (4, 2)]
    marked = annotated(upload)
    book = openpyxl.load_workbook(io.BytesIO(marked))
    sheet = book["十月"]
    for place, fault in zip(("B3", "C4"), upload.intake.faults, strict=True):
        assert fault.hint in sheet[place].comment.text
        assert sheet[place].fill.fill_type == "solid"
    assert sheet["B5"].comment is None
    sheet["B3"], sheet["C4"] = 60, 1
    saved = io.BytesIO()
    book.save(saved)
    corrected = read(workspace, saved.getvalue(), XLSX)
    assert corrected.intake.faults == ()
    actions.commit_upload(workspace, corrected, actor=CLERK, now=NOW)
    assert len(queries.batch_cells(workspace, 1)) == 6


def test_a_filled_template_uploads_clean(workspace: Workspace) -> None:
    codes = [
        code
        for code, entry in workspace.catalog.items()
        if entry.kind in (Kind.FLOW, Kind.STOCK, Kind.SCORE) and Level.VILLAGE in entry.report_levels
    ]
    content = queries.upload_template(workspace, JILONG, OCTOBER, codes, now=NOW)
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.active
    header = next(row for row in sheet.iter_rows() if any(cell.value == "区划代码" for cell in row))
    villages = [r for r in workspace.tree.under(JILONG, Level.VILLAGE) if r.is_valid(OCTOBER.key)]
    columns = [
        cell.column for cell in header if cell.value and "（" in str(cell.value) and "上月" not in str(cell.value)
    ]
    assert len(columns) == len(codes)
    for place in range(len(villages)):
        for column, code in zip(columns, codes, strict=True):
            choices = workspace.catalog[code].choices
            sheet.cell(header[0].row + 1 + place, column, choices[place % len(choices)][1] if choices else place % 3)
    saved = io.BytesIO()
    book.save(saved)
    upload = read(workspace, saved.getvalue(), "填报表.xlsx")
    assert upload.intake.faults == ()
    assert upload.intake.row_count == len(villages)
    assert len(upload.intake.cells) == len(villages) * len(codes)
    assert set(upload.intake.cells["period"]) == {OCTOBER.key}
    assert set(upload.intake.cells["region"]) == {village.key for village in villages}


def test_a_template_shows_last_months_figures_and_leaves_them_out_when_it_returns(workspace: Workspace) -> None:
    send(workspace, f"区划代码,清理生活垃圾\n{FENGLAI},60", "2026年9月.csv")
    codes = [entry.code for entry in queries.template_indicators(workspace, JILONG, OCTOBER)]
    assert codes == ["garbage_cleared"]
    content = queries.upload_template(workspace, JILONG, OCTOBER, codes, now=NOW)
    values = [cell.value for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]
    assert 60 in values
    assert FENGLAI in values  # as text
    assert read(workspace, content, "模板.xlsx").intake.cells.empty


def test_a_template_of_no_indicator_is_refused(workspace: Workspace) -> None:
    with pytest.raises(UserError, match="至少选择一项"):
        queries.upload_template(workspace, JILONG, OCTOBER, [], now=NOW)


def test_a_receipt_says_what_the_batch_did_also_later(workspace: Workspace) -> None:
    send(workspace, rows(f"{FENGLAI},凤来社区,60,2", f"{XINGLONG},兴龙村,30,1"))
    number = send(workspace, rows(f"{FENGLAI},凤来社区,20,2", f"{XINGLONG},兴龙村,30,1")).batch
    send(workspace, rows(f"{FENGLAI},凤来社区,70,2"))
    page = receipts.receipt_page(workspace, number).decode()
    assert "第 2 批" in page
    assert CLERK.name in page
    for count in ("<dt>更改</dt><dd>1</dd>", "<dt>不变</dt><dd>3</dd>"):
        assert count in page
    assert "凤来社区" in page
    with pytest.raises(UserError, match="没有第 9 批"):
        receipts.receipt_page(workspace, 9)
