"""Which frozen tables become sheets of a snapshot's workbook, and under which headings.

A table of queries.freeze that has neither a sheet here nor a reason in LEFT_OUT fails a test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from ecodash.domain.regions import region_code
from ecodash.reports import snapshot_columns as column
from ecodash.reports.profile_sections import counted
from ecodash.reports.ranking_sections import ranking_rows
from ecodash.reports.sections import Meta
from ecodash.reports.snapshot_columns import STATE, Column

Tables = Mapping[str, pd.DataFrame]

LEFT_OUT = {
    "map_points": "地图上各区域的位置，只用于画图",
    "map_outline": "地图的外框，只用于画图",
    "map_areas": "地图上各区域的边界，只用于画图",
}
"""Tables that hold no figures, and what they are."""


@dataclass(frozen=True, slots=True)
class SheetKind:
    """How a table becomes a sheet.

    Args:
        tab, title: may name what named fills in; the tab is cut to what a workbook allows.
        columns: in the order shown; those whose needs the table does not meet are left out.
        note: how to read the table.
        prepare: the table with what it takes from the page's other tables.
    """

    tab: str
    title: str
    columns: tuple[Column, ...]
    note: Callable[[Meta, pd.DataFrame], str] = lambda meta, frame: ""
    prepare: Callable[[Tables, pd.DataFrame], pd.DataFrame] = lambda tables, frame: frame


def _with_units(tables: Tables, frame: pd.DataFrame) -> pd.DataFrame:
    """Parts with the name and code of the unit they belong to."""
    units = tables.get("unit_ranking", pd.DataFrame({"region": [], "name": []}))
    names = dict(zip(units["region"].astype("int64"), units["name"].astype(str), strict=True))
    keys = [int(key) for key in frame["unit"]]
    return frame.assign(
        unit_name=[names.get(key, region_code(key)) for key in keys],
        unit_code=[region_code(key) for key in keys],
    )


_CHANGES_IN_POINTS = "百分率的增减为百分点。"
_TARGETS_NOTE = "完成率为（实际－基数）÷（目标－基数）；当月完成量按年累计；“距目标还差”为 0 或负数的已经达到。"

_TARGET_COLUMNS = (
    column.number("基数", "baseline", column.of_row),
    column.number("目标值", "target", column.of_row),
    column.number("实际值", "actual", column.of_row),
    column.words("单位", "unit"),
    column.number("完成率（%）", "progress_pct", column.digits(1)),
    column.number("时序进度（%）", "time_gone_pct", column.digits(1)),
    Column("状态", ("state",), column.target_state),
    column.number("距目标还差", "gap", column.of_row),
    Column("此后每月需完成", ("gap", "needed_per_month"), column.needed_per_month, column.of_row),
    column.month("期限", "deadline"),
    Column("按现速预计达到", ("state", "arrival_month"), column.arrival),
)
_REPORT_COUNTS = (column.whole("按时", "on_time"), column.whole("迟报", "late"), column.whole("缺报", "missing"))
_SOURCE = (
    column.whole("批次", "batch"),
    column.words("文件", "file_name"),
    column.whole("文件第几行", "file_row"),
    column.words("上传人", "actor"),
    column.time("提交时间（北京时间）", "committed_at"),
)

# ── the sheets ─────────────────────────────────────────────────────────────────────────────────────────────────────

SHEETS: Mapping[str, SheetKind] = {
    "key_figures": SheetKind(
        "各项指标",
        "{region}各项指标",
        (
            column.words("类别", "category"),
            column.words("指标", "name"),
            column.number("数值", "value", column.of_row),
            column.words("单位", "unit"),
            column.number("上月数值", "previous", column.of_row),
            column.number("比上月增减", "change", column.of_row),
            column.number("本年累计", "year_to_date", column.of_row),
            STATE,
        ),
        note=lambda meta, frame: _CHANGES_IN_POINTS,
    ),
    "category_targets": SheetKind(
        "分类完成率",
        "{region}分类完成率",
        (
            column.words("类别", "category"),
            column.number("完成率（%）", "progress_pct", column.digits(1)),
            column.number("时序进度（%）", "time_gone_pct", column.digits(1)),
            column.whole("目标项数", "targets_count"),
            column.whole("有数项数", "reported_count"),
            column.whole("滞后或停滞项数", "behind_count"),
            Column("状态", ("state",), column.target_state),
        ),
        note=lambda meta, frame: "各类完成率为该类各目标完成率（按 0 至 100 计）的平均。",
    ),
    "region_targets": SheetKind(
        "目标完成情况",
        "{region}目标完成情况",
        (column.words("类别", "category"), column.words("指标", "indicator_name"), *_TARGET_COLUMNS),
        note=lambda meta, frame: _TARGETS_NOTE,
    ),
    "unit_progress": SheetKind(
        "各{level}完成-{indicator}",
        "各{level}完成情况：{indicator}",
        (column.words("{level}", "name"), column.words("区划代码", "region_code"), *_TARGET_COLUMNS),
        note=lambda meta, frame: "完成率低的在前。" + _TARGETS_NOTE,
    ),
    "unit_ranking": SheetKind(
        "{level}排名-{indicator}",
        "{level}排名：{indicator}",
        (
            column.whole("名次", "rank"),
            column.words("{level}", "name"),
            column.words("所属", "parent", is_constant_left_out=True),
            column.number("{indicator}{unit}", "value"),
            column.number("{before}数值", "previous"),
            column.whole("名次升降（位）", "movement"),
            STATE,
            column.words("区划代码", "region_code"),
        ),
        note=lambda meta, frame: ranking_rows(meta, frame).note + "名次升降为正数的是上升。",
    ),
    "unit_parts": SheetKind(
        "各{below}-{indicator}",
        "各{below}：{indicator}",
        (
            column.words("所属{level}", "unit_name"),
            column.words("{below}", "name"),
            column.words("类型", "kind", is_constant_left_out=True),
            column.number("{indicator}{unit_below}", "value"),
            column.number("{before}数值", "previous"),
            STATE,
            column.words("区划代码", "region_code"),
            column.words("所属区划代码", "unit_code"),
        ),
        note=lambda meta, frame: "按所属区域的区划代码排列，其内好的在前，没有数的在后。",
        prepare=_with_units,
    ),
    "unit_tiles": SheetKind(
        "村格图-{indicator}",
        "村格图各村：{indicator}",
        (
            column.words("乡镇", "town_name"),
            column.words("村", "name"),
            column.words("类型", "kind", is_constant_left_out=True),
            column.number("{indicator}{unit_below}", "value"),
            column.number("上月数值", "previous"),
            column.whole("全域名次", "rank"),
            column.whole("名次升降（位）", "movement"),
            STATE,
            column.words("区划代码", "region_code"),
        ),
        note=lambda meta, frame: "按乡镇和村的区划代码排列；名次为在本页全部村中的名次，升降为正数的是上升。",
    ),
    "reporting": SheetKind(
        "上报情况",
        "{region}各{level}上报情况",
        (
            column.words("{level}", "name"),
            Column("上报情况", ("state",), column.reporting_state),
            column.whole("应报村数", "villages"),
            *_REPORT_COUNTS,
            column.time("最近收到（北京时间）", "last_received"),
            column.words("区划代码", "region_code"),
        ),
        note=lambda meta, frame: "按村计数，缺报多的在前。",
    ),
    "region_facts": SheetKind(
        "基本情况",
        "{region}基本情况",
        (
            Column("项目", ("fact", "name"), column.fact_label),
            Column("内容", ("fact", "text", "value"), column.fact_text),
            column.number("数值", "value", column.of_row),
            column.words("单位", "unit"),
            Column(
                "说明", ("first_period", "last_period", "reported", "villages"), lambda meta, row: counted(row) or None
            ),
        ),
    ),
    "region_profile": SheetKind(
        "全部指标",
        "{region}全部指标",
        (
            column.words("类别", "category"),
            column.words("指标", "name"),
            column.number("数值", "value", column.of_row),
            column.words("单位", "unit"),
            STATE,
            column.number("上月数值", "previous", column.of_row),
            column.number("比上月增减", "change", column.of_row),
            column.number("本年累计", "year_to_date", column.of_row),
            column.number("目标值", "target", column.of_row),
            column.month("期限", "deadline"),
            column.number("完成率（%）", "progress_pct", column.digits(1)),
            Column("目标状态", ("state",), column.target_state),
            Column("名次", ("rank", "ranked_count"), column.rank_among, column.digits(0)),
            column.whole("参加排名个数", "ranked_count"),
            column.number("本级自报与村级汇总相差", "difference", column.of_row),
            *_SOURCE,
            column.words("疑点", "doubts"),
        ),
        note=lambda meta, frame: "名次为本区域在同一上级之内同级区域中的名次。" + _CHANGES_IN_POINTS,
    ),
    "trend": SheetKind(
        "走势-{indicator}",
        "{region}逐月走势：{indicator}",
        (
            column.month("月份", "month"),
            column.number("{indicator}{own_unit}", "value"),
            column.number("上年同月{own_unit}", "year_ago"),
            column.number("目标{own_unit}", "target"),
            Column("数据情况", ("value", "reported", "carried", "totals"), column.trend_state),
        ),
        note=lambda meta, frame: "目标为当月均摊的数量。" if meta["indicator_kind"] == "flow" else "",
    ),
    "figure_origins": SheetKind(
        "数据来源-{indicator}",
        "{region}{indicator}的数据来源",
        (
            column.words("区域", "name"),
            column.words("区划代码", "region_code"),
            column.words("指标", "indicator_name"),
            column.number("上报数值", "value", column.digits_of_report),
            column.words("单位", "unit"),
            column.month("上报月份", "period"),
            Column("是否沿用", ("is_carried",), lambda meta, row: "沿用" if row.is_carried else "当月"),
            *_SOURCE,
        ),
    ),
    "figure_doubts": SheetKind(
        "疑点和理由",
        "{region}上报数据的疑点和理由",
        (
            column.words("区域", "name"),
            column.words("指标", "indicator_name"),
            column.month("月份", "period"),
            column.words("疑点", "hint"),
            column.words("理由", "reason"),
            column.whole("批次", "batch"),
        ),
        note=lambda meta, frame: "区域、指标、月份空着的，是对整个文件而言。",
    ),
    "batch_notes": SheetKind(
        "上报说明",
        "{region}上报说明",
        (
            column.whole("批次", "batch"),
            column.words("说明", "note"),
            column.words("文件", "file_name"),
            column.words("上传人", "actor"),
            column.time("提交时间（北京时间）", "committed_at"),
        ),
    ),
    "report_months": SheetKind(
        "近12个月上报",
        "{region}近 12 个月上报情况",
        (
            column.month("月份", "month"),
            Column("上报情况", ("missing", "late", "is_due"), column.month_state),
            column.whole("应报村数", "villages"),
            *_REPORT_COUNTS,
            column.time("最近收到（北京时间）", "last_received"),
        ),
        note=lambda meta, frame: "按村计数。",
    ),
    "late_villages": SheetKind(
        "迟报缺报村",
        "{region}近 12 个月迟报、缺报的村",
        (
            column.words("村", "name"),
            column.words("所属", "parent"),
            column.whole("应报月数", "months"),
            column.whole("缺报次数", "missing"),
            column.whole("迟报次数", "late"),
            column.months("缺报月份", "missing_months"),
            column.months("迟报月份", "late_months"),
            column.words("区划代码", "region_code"),
        ),
    ),
    "list_entries": SheetKind(
        "红黑榜",
        "{list_title}",
        (
            Column("榜别", ("side",), column.side),
            column.whole("位次", "place"),
            column.words("{level}", "name"),
            column.words("所属", "parent", is_constant_left_out=True),
            column.number("{indicator}{unit}", "value"),
            column.whole("名次", "rank"),
            column.whole("名次升降（位）", "movement"),
            column.number("{before}数值", "previous"),
            column.number("与标准相差", "distance"),
            column.whole("连续上榜（月）", "streak"),
            column.words("上榜理由", "reason"),
            column.words("审核人说明", "own_reason", is_constant_left_out=True),
            column.words("说明人", "own_by", is_constant_left_out=True),
            column.time("说明时间（北京时间）", "own_at"),
            Column("数据情况", ("value", "reported", "carried", "villages"), column.listed_state),
            column.words("区划代码", "region_code"),
        ),
        note=lambda meta, frame: " ".join(meta["lists"]["rules"]) + " ",
    ),
    "list_notes": SheetKind("红黑榜说明", "{list_title}：说明", (column.words("说明", "note"),)),
}
"""Table of queries.freeze → its sheet. A further table needs an entry here and nothing else."""
