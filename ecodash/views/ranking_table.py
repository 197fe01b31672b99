"""Frames of queries.ranking and its companions → tables as people read them."""

from typing import Any

import pandas as pd
from streamlit import column_config as column

from ecodash.domain.comparison import Comparison, Span
from ecodash.domain.composite import Composite
from ecodash.domain.indicators import Indicator
from ecodash.domain.regions import Level
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import show_movement, show_number
from ecodash.reports.trend_drawing import spark_image
from ecodash.views import data, ranking_text, text
from ecodash.views.rows import rows_of
from ecodash.views.tables import Table, format_of, number_column, right_column

_WIDEST = 1180


def ranked(rows: pd.DataFrame, entry: Indicator, level: Level, comparison: Comparison) -> Table:
    """The units with a rank; rows of queries.ranking. What is needed first on a phone stands first."""
    unit, decimals = entry.shown_at(level)
    value = text.with_unit(entry.label, unit)
    previous, trend, peer = _("对比期"), _("近 12 个月"), _("组内名次")
    figures: dict[str, Any] = {
        text.RANK: rows["rank"].astype("Int64"),
        text.by_level(level): rows["name"],
        value: rows["value"],
        text.MOVEMENT: [show_movement(places) for places in rows["movement"]],
        previous: rows["previous"],
        trend: [spark_image([float(value) for value in values]) for values in rows["history"]],
    }
    columns: dict[str, Any] = {
        text.RANK: column.NumberColumn(width=48),
        text.by_level(level): column.Column(width=92),
        value: column.ProgressColumn(
            format=format_of(decimals), min_value=0, max_value=_ceiling(rows, unit), width=132
        ),
        text.MOVEMENT: column.Column(width=56),
        previous: number_column(decimals),
        trend: column.ImageColumn(width=108, help=_("最近 12 个月每月的数，各行自有刻度；断开处没有上报。")),
    }
    if (rows["peer_class"] != "").any():
        figures[peer] = [_peer(row) for row in rows_of(rows)]
        columns[peer] = column.Column(width=110, help=_("在同组单位中的名次和同组参加排名的单位数"))
    if rows["parent"].nunique() > 1:
        figures[text.PARENT] = rows["parent"]
    if level is not Level.VILLAGE:
        figures[text.REPORTED_COUNT] = [
            text.reported_short(row.reported, row.villages, row.totals) for row in rows_of(rows)
        ]
        columns[text.REPORTED_COUNT] = right_column()
    if comparison.span is not Span.MONTH and rows["months"].max() > 1:
        figures[_("有数的月数")] = rows["months"]
        columns[_("有数的月数")] = column.NumberColumn(width="small")
    if rows["carried"].any():
        figures[text.CARRIED_COUNT] = rows["carried"]
        columns[text.CARRIED_COUNT] = column.NumberColumn(width="small", help=text.CARRIED_HELP)
    if (rows["present_weight"] < 100).any():
        figures[_("有数据的权重（%）")] = rows["present_weight"]
        columns[_("有数据的权重（%）")] = column.NumberColumn(
            format="%.0f", width="small", help=_("缺项不计分，得分只按有数据的权重折算")
        )
    title = text.ranking_title(entry.label, level)
    return Table(title, pd.DataFrame(figures), columns, text.UNREPORTED, _WIDEST)


def everything(
    rows: pd.DataFrame, entry: Indicator, level: Level, comparison: Comparison, parts: pd.DataFrame | None
) -> Table:
    """The download: ranked, left out and unreported units in one table, months and parts written out.

    Args:
        parts: of queries.composite_parts, for a composite.
    """
    unit = entry.shown_at(level)[0]
    frame = pd.DataFrame(
        {
            text.RANK: rows["rank"].astype("Int64"),
            text.by_level(level): rows["name"],
            text.CODE: rows["region_code"],
            text.PARENT: rows["parent"],
            _("类型"): [ranking_text.kind_label(kind) if kind else "" for kind in rows["kind"]],
            text.with_unit(entry.label, unit): rows["value"],
            text.MOVEMENT: rows["movement"].astype("Int64"),
            _("对比期"): rows["previous"],
            _("对比期名次"): rows["previous_rank"].astype("Int64"),
            _("分组"): rows["peer_class"],
            _("组内名次"): rows["peer_rank"].astype("Int64"),
            _("组内单位数"): rows["peer_count"],
            text.REPORTED_COUNT: rows["reported"],
            text.CARRIED_COUNT: rows["carried"],
            text.VILLAGES_COUNT: rows["villages"],
            _("有数的月数"): rows["months"],
            _("分母"): rows["denominator"],
            _("有数据的权重（%）"): rows["present_weight"],
            _("说明"): [_remark(row, comparison) for row in rows_of(rows)],
        }
    )
    if parts is not None:
        for code, group in parts.groupby("indicator", sort=False):
            own = group.set_index("region")
            label = data.entry(str(code)).label
            frame[label] = own["value"].reindex(rows["region"]).to_numpy()
            frame[_("{name}：得分").format(name=label)] = own["points"].reindex(rows["region"]).to_numpy()
    histories = pd.DataFrame(list(rows["history"]))
    for place in histories.columns:
        back = len(histories.columns) - 1 - int(place)
        frame[_("前 {count} 个月").format(count=back) if back else _("本月")] = histories[place].to_numpy()
    return Table(text.ranking_title(entry.label, level), frame)


def _remark(row: Any, comparison: Comparison) -> str:
    if row.excluded:
        return reason_of(row, comparison)
    return "" if row.is_reported else text.UNREPORTED


def reason_of(row: Any, comparison: Comparison) -> str:
    """Why a row of queries.ranking has no rank."""
    return ranking_text.excluded_reason(
        row.excluded, kind=row.kind, peer_class=row.peer_class, denominator=row.denominator,
        present=row.present_weight, missing=row.missing, comparison=comparison,
    )  # fmt: skip


def _peer(row: Any) -> str:
    if not row.peer_class:
        return ""
    return f"{row.peer_class} {row.peer_rank}/{row.peer_count}"


def _ceiling(rows: pd.DataFrame, unit: str) -> float:
    top = float(rows["value"].max()) if rows["value"].notna().any() else 1.0
    return max(top, 100.0) if unit in ("%", "分") else (top if top > 0 else 1.0)


def left_out(rows: pd.DataFrame, entry: Indicator, level: Level, comparison: Comparison, title: str) -> Table:
    """The units that could be compared and are not ranked, each with the reason."""
    frame = pd.DataFrame(
        {
            text.by_level(level): rows["name"],
            text.REASON: [reason_of(row, comparison) for row in rows_of(rows)],
            text.PARENT: rows["parent"],
            text.VALUE: rows["value"],
            text.CODE: rows["region_code"],
        }
    )
    columns = {
        text.by_level(level): column.Column(width=110),
        text.REASON: column.Column(width=360),
        text.VALUE: number_column(entry.shown_at(level)[1]),
    }
    return Table(title, frame, columns, "—", 960)


def movers(rows: pd.DataFrame) -> Table:
    """Units whose rank other weights change; rows of queries.what_if."""
    frame = pd.DataFrame(
        {
            text.NAME: rows["name"],
            _("现名次"): rows["rank_before"].astype("Int64"),
            _("调整后"): rows["rank_after"].astype("Int64"),
            text.MOVEMENT: [
                show_movement(places) for places in (rows["rank_before"] - rows["rank_after"]).astype("Int64")
            ],
            _("现得分"): rows["score_before"],
            _("调整后得分"): rows["score_after"],
        }
    )
    columns = {_("现得分"): number_column(2), _("调整后得分"): number_column(2)}
    return Table(_("调整权重后的名次"), frame, columns, "—", 760)


def parts_of_score(rows: pd.DataFrame, composite: Composite, level: Level) -> list[tuple[str, str, str, str]]:
    """For one unit: item, its figure, its points, what it brings to the score; rows of queries.composite_parts."""
    lines = []
    for row in rows_of(rows):
        entry = data.entry(str(row.indicator))
        unit, decimals = entry.shown_at(level)
        figure = show_number(row.value, decimals)
        is_there = pd.notna(row.value)
        lines.append(
            (
                _("{name}（权重 {weight}%）").format(name=entry.label, weight=f"{row.weight:g}"),
                text.value_with_unit(figure, unit) if is_there else figure,
                show_number(row.points, 1, missing="—"),
                show_number(row.share, 2, missing="—"),
            )
        )
    return lines
