"""Frames of a profile → tables as people read them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from streamlit import column_config as column

from ecodash.domain.indicators import Indicator, Kind
from ecodash.domain.regions import Level
from ecodash.domain.targets import State
from ecodash.i18n import gettext as _
from ecodash.i18n import is_english
from ecodash.reports.numbers import is_missing, missing_word, show_change, show_month, show_number, show_time
from ecodash.reports.trend_drawing import spark_image
from ecodash.views import names, profile_text, text
from ecodash.views.rows import rows_of
from ecodash.views.tables import Table, number_column, right_column


def figures(rows: pd.DataFrame) -> Table:
    """Every indicator of one region; rows of queries.region_profile. Columns that say nothing here are left out."""
    heads = _heads()
    frame = pd.DataFrame(
        {
            heads["category"]: [names.category_name(category) for category in rows["category"]],
            heads["indicator"]: [names.indicator_name(row.indicator, row.name) for row in rows_of(rows)],
            heads["value"]: [show_number(row.value, row.decimals, missing=_missing(row)) for row in rows_of(rows)],
            heads["unit"]: [names.unit_name(unit) for unit in rows["unit"]],
            heads["trend"]: [spark_image([float(value) for value in values]) for values in rows["history"]],
            heads["change"]: [_change(row) for row in rows_of(rows)],
            heads["state"]: [_state(state) for state in rows["state"]],
            heads["progress"]: rows["progress_pct"].astype(float),
            heads["target"]: [show_number(row.target, row.decimals, missing="") for row in rows_of(rows)],
            heads["rank"]: [peer_rank(row) for row in rows_of(rows)],
            heads["year"]: [show_number(row.year_to_date, row.decimals, missing="") for row in rows_of(rows)],
            heads["difference"]: [_difference(row) for row in rows_of(rows)],
            heads["doubts"]: rows["doubts"],
            heads["source"]: [source(row) for row in rows_of(rows)],
        }
    )
    for name in ("target", "state", "rank", "difference", "doubts", "year"):
        if not frame[heads[name]].astype(bool).any():
            gone = [heads[name], heads["progress"]] if name == "state" else [heads[name]]
            frame = frame.drop(columns=gone)
    return Table(_("全部指标"), frame, _columns(heads), order=[*list(frame.columns)[1:], heads["category"]])


def without_trends(table: Table) -> Table:
    """The same for a file, where a cell holds no drawing."""
    return replace(table, frame=table.frame.drop(columns=_heads()["trend"]), order=None)


def _heads() -> dict[str, str]:
    return {
        "category": _("类别"),
        "indicator": _("指标"),
        "value": _("数值"),
        "unit": _("单位"),
        "trend": _("近 12 个月"),
        "change": _("比上月"),
        "state": _("状态"),
        "progress": _("完成率"),
        "target": _("目标值"),
        "rank": _("同级名次"),
        "year": _("本年累计"),
        "difference": _("对账差"),
        "doubts": _("疑点和理由"),
        "source": _("来源"),
    }


def _columns(heads: dict[str, str]) -> dict[str, Any]:
    return {
        heads["category"]: column.Column(width=84),
        heads["indicator"]: column.Column(width=270 if is_english() else 160),
        heads["value"]: right_column(86),
        heads["unit"]: column.Column(width=84 if is_english() else 52),
        heads["trend"]: column.ImageColumn(width=108, help=_("没有上报的月份断开。")),
        heads["change"]: column.Column(width=148),
        heads["state"]: column.Column(width=80),
        heads["progress"]: column.ProgressColumn(format="%.1f%%", min_value=0, max_value=100, width=120),
        heads["target"]: right_column(80),
        heads["rank"]: column.Column(alignment="right", width=80, help=_("在同一上级之内同级区域中的名次／参加排名的个数。")),
        heads["year"]: right_column(86),
        heads["difference"]: column.Column(alignment="right", width=80, help=_("本级上报与各村汇总之差，汇总以各村数据为准。")),
        heads["doubts"]: column.Column(width=350, help=_("上报时系统认为少见、上报人核对后说明了理由的数。")),
        heads["source"]: column.Column(width=330),
    }  # fmt: skip


def _missing(row: Any) -> str:
    return missing_word(reports=row.reported + row.carried + row.totals)


def _change(row: Any) -> str:
    """Nothing where there is no figure to compare."""
    return "" if is_missing(row.value) else show_change(row.change, row.decimals, row.unit)


def _state(state: object) -> str:
    return f"{State(state).icon} {State(state).label}" if isinstance(state, str) else ""


def peer_rank(row: Any) -> str:
    """3/30; nothing where a region has no peers."""
    return f"{int(row.rank)}/{int(row.ranked_count)}" if not is_missing(row.rank) and row.ranked_count > 1 else ""


def _difference(row: Any) -> str:
    """What a region reported of itself, less what its villages add up to, with its sign."""
    if is_missing(row.difference):
        return ""
    shown = show_number(row.difference, row.decimals)
    return f"+{shown}" if row.difference > 0 else shown


def source(row: Any) -> str:
    """Where a figure comes from, in a line."""
    if not is_missing(row.batch):
        return text.source(int(row.batch), row.file_name, None if is_missing(row.file_row) else int(row.file_row))
    if row.reported + row.carried:
        return text.rolled_up(row.reported, row.carried)
    if is_missing(row.value):
        return text.UNREPORTED
    return text.from_below(int(row.totals)) if row.totals else ""


def trend(rows: pd.DataFrame, entry: Indicator, level: Level) -> Table:
    """The months behind the trend, newest first; rows of queries.region_trend."""
    unit, decimals = entry.shown_at(level)
    value, before = text.with_unit(entry.label, unit), _("上年同月")
    goal = _("月均目标") if entry.kind is Kind.FLOW else _("目标值")
    newest = rows[::-1]
    frame = pd.DataFrame(
        {
            _("月份"): [show_month(month) for month in newest["month"]],
            value: newest["value"].to_numpy(),
            _("说明"): [_month_note(row, level) for row in rows_of(newest)],
            before: newest["year_ago"].to_numpy(),
            goal: newest["target"].to_numpy(),
        }
    )
    columns = {name: number_column(decimals) for name in (value, before, goal)}
    for name in (before, goal):
        if frame[name].isna().all():
            frame = frame.drop(columns=name)
    return Table(text.trend_title(entry.label), frame, columns)


def _month_note(row: Any, level: Level) -> str:
    """Who reported the month: villages of how many, or whether it is carried."""
    if is_missing(row.value) and not row.reported + row.carried + row.totals:
        return text.UNREPORTED
    if level is Level.VILLAGE:
        return _("沿用以前的数值") if row.carried else ""
    words = _("上报 {reported}/{villages} 村").format(reported=row.reported, villages=row.villages)
    if row.totals and not row.reported + row.carried:
        return _("本级或下级直接上报")
    return words + (_("，沿用 {carried} 村").format(carried=row.carried) if row.carried else "")


def history(rows: pd.DataFrame, title: str) -> Table:
    """All versions of figures, newest first; rows of queries.value_history or queries.corrected_reports."""
    newest = rows.sort_values(["indicator", "period", "region", "seq"], ascending=[True, False, True, False])
    frame = pd.DataFrame(
        {
            _("地区"): newest["name"].to_numpy(),
            _("上报指标"): names.indicator_names(newest["indicator"]),
            _("所属月份"): [show_month(period) for period in newest["period"]],
            _("批次"): newest["seq"].to_numpy(),
            _("做了什么"): [_deed(row) for row in rows_of(newest)],
            _("原数"): [show_number(row.old, row.decimals, missing="—") for row in rows_of(newest)],
            _("新数"): [show_number(row.new, row.decimals, missing="—") for row in rows_of(newest)],
            _("状态"): [_standing(row) for row in rows_of(newest)],
            _("提交时间"): [show_time(moment) for moment in newest["committed_at"]],
            _("提交人"): newest["actor"].to_numpy(),
            _("文件"): newest["file_name"].to_numpy(),
            _("行"): newest["file_row"].astype("Int64").to_numpy(),
            _("上报说明"): newest["note"].to_numpy(),
        }
    )
    for name in (_("地区"), _("上报指标"), _("所属月份")):
        if frame[name].nunique() <= 1:
            frame = frame.drop(columns=name)
    if not frame[_("上报说明")].astype(bool).any():
        frame = frame.drop(columns=_("上报说明"))
    columns = {
        _("地区"): column.Column(width=90),
        _("批次"): column.NumberColumn(width=56),
        _("行"): column.NumberColumn(width=50),
        _("原数"): right_column(76),
        _("新数"): right_column(76),
        _("状态"): column.Column(width=130),
        _("文件"): column.Column(width=260),
    }
    return Table(title, frame, columns)


def _deed(row: Any) -> str:
    done = profile_text.KINDS[row.kind]
    return done if is_missing(row.undoes) else f"{done}（{profile_text.undo_of(int(row.undoes))}）"


def _standing(row: Any) -> str:
    undone = None if is_missing(row.undone_by) else int(row.undone_by)
    return profile_text.state_of(bool(row.is_standing), undone, not is_missing(row.undoes))


def batches(rows: pd.DataFrame) -> Table:
    """The batches that reports came in, newest first; rows of queries.figure_origins."""
    counted = rows.groupby(["batch", "file_name", "actor", "committed_at"]).size().reset_index(name="count")
    newest = counted.sort_values("batch", ascending=False)
    frame = pd.DataFrame(
        {
            _("批次"): newest["batch"].to_numpy(),
            _("条数"): newest["count"].to_numpy(),
            _("文件"): newest["file_name"].to_numpy(),
            _("提交人"): newest["actor"].to_numpy(),
            _("提交时间"): [show_time(moment) for moment in newest["committed_at"]],
        }
    )
    counts = {name: column.NumberColumn(width=56) for name in (_("批次"), _("条数"))}
    return Table(_("数据来源"), frame, counts | {_("文件"): column.Column(width=220)})


def report_months(rows: pd.DataFrame, level: Level) -> Table:
    """Reports of the last months, newest first; rows of queries.report_months."""
    frame = pd.DataFrame({_("月份"): [show_month(month) for month in rows["month"]]})
    if level is Level.VILLAGE:
        frame[_("状态")] = [profile_text.REPORT_WORDS[_report_state(row)] for row in rows_of(rows)]
    else:
        for name, head in (
            ("villages", _("应报村数")), ("on_time", _("按时")), ("late", _("迟报")), ("missing", _("缺报")),
        ):  # fmt: skip
            frame[head] = rows[name].to_numpy()
        if not rows["is_due"].all():
            frame[_("说明")] = ["" if is_due else _("未到截止日") for is_due in rows["is_due"]]
    frame[_("收到时间")] = [show_time(moment, missing="—") for moment in rows["last_received"]]
    return Table(_("近 12 个月上报情况"), frame, widest=640)


def _report_state(row: Any) -> str:
    if row.missing:
        return "missing" if row.is_due else "pending"
    return "late" if row.late else "on_time"


def late_villages(rows: pd.DataFrame) -> Table:
    """Villages that were late or missing; rows of queries.late_villages."""

    def months(listed: Sequence[str]) -> str:
        return text.joined(show_month(month) for month in listed)

    frame = pd.DataFrame(
        {
            _("乡镇"): rows["parent"],
            _("村"): rows["name"],
            _("缺报次数"): rows["missing"],
            _("迟报次数"): rows["late"],
            _("缺报月份"): [months(listed) for listed in rows["missing_months"]],
            _("迟报月份"): [months(listed) for listed in rows["late_months"]],
        }
    )
    if frame[_("乡镇")].nunique() <= 1:
        frame = frame.drop(columns=_("乡镇"))
    counts = {name: column.NumberColumn(width=80) for name in (_("缺报次数"), _("迟报次数"))}
    return Table(_("迟报、缺报的村"), frame, counts)


def notes(rows: pd.DataFrame) -> Table:
    """What reporters wrote about their batches; rows of queries.batch_notes."""
    frame = pd.DataFrame(
        {
            _("批次"): rows["batch"],
            _("上报说明"): rows["note"],
            _("提交人"): rows["actor"],
            _("提交时间"): [show_time(moment) for moment in rows["committed_at"]],
            _("文件"): rows["file_name"],
        }
    )
    columns = {_("批次"): column.NumberColumn(width=60), _("上报说明"): column.Column(width=420)}
    return Table(_("上报说明"), frame, columns)
