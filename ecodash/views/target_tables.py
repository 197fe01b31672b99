"""Frames of targets → tables as people read and download them."""

from collections.abc import Iterable

import pandas as pd
from streamlit import column_config as column

from ecodash.analytics.decomposition import Adding, Decomposition
from ecodash.domain.indicators import Catalog, Indicator
from ecodash.domain.regions import Level
from ecodash.domain.targets import State
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import is_missing, show_month, show_number
from ecodash.views import names, target_text, text
from ecodash.views.rows import rows_of
from ecodash.views.tables import Table, right_column


def _state(state: str | None) -> str:
    return "" if state is None or is_missing(state) else f"{State(state).icon} {State(state).label}"


def progress(rows: pd.DataFrame, first: str, firsts: Iterable[str], title: str) -> Table:
    """Targets and how they stand, with every figure the pages speak of.

    Args:
        rows: of queries.region_targets or queries.unit_progress.
        first, firsts: header and cells of the first column: indicators of one region, or units on one indicator.
    """

    def numbers(name: str, *, more: int = 0) -> list[str]:
        return [
            show_number(value, max(decimals, more), missing="")
            for value, decimals in zip(rows[name], rows["decimals"], strict=True)
        ]

    frame = pd.DataFrame(
        {
            first: list(firsts),
            text.STATE: [_state(state) for state in rows["state"]],
            text.PROGRESS_PCT: rows["progress_pct"].to_numpy(),
            text.TIME_GONE: rows["time_gone_pct"].to_numpy(),
            text.ACTUAL: [show_number(row.actual, row.decimals) for row in rows_of(rows)],
            text.TARGET: numbers("target"),
            text.UNIT_OF_MEASURE: [names.unit_name(unit) for unit in rows["unit"]],
            text.BASELINE: numbers("baseline"),
            text.GAP: numbers("gap"),
            _("平均每月"): numbers("pace_per_month", more=1),
            text.NEEDED_PER_MONTH: numbers("needed_per_month", more=1),
            text.ARRIVAL: [show_month(month, missing="") for month in rows["arrival_month"]],
            text.DEADLINE: [show_month(month) for month in rows["deadline"]],
            text.REPORTED_COUNT: [f"{row.reported}/{row.villages}" for row in rows_of(rows)],
            text.CARRIED_COUNT: rows["carried"].to_numpy(),
        }
    )
    figures = (
        text.ACTUAL,
        text.TARGET,
        text.BASELINE,
        text.GAP,
        _("平均每月"),
        text.NEEDED_PER_MONTH,
        text.REPORTED_COUNT,
    )
    columns = {
        first: column.Column(pinned=True),
        text.PROGRESS_PCT: column.ProgressColumn(format="%.1f%%", min_value=0, max_value=100),
        text.TIME_GONE: column.NumberColumn(format="%.1f%%", width="small"),
        **{name: right_column() for name in figures},
    }
    return Table(title, frame, columns, text.UNREPORTED)


def matrix(cells: pd.DataFrame, columns: list[tuple[str, str]], level: Level, title: str) -> Table:
    """Units side by side: a bar for all their targets, then a state and a figure for each column.

    Args:
        cells: rows of queries.progress_matrix.
        columns: code and shown name of each column.
    """
    whole = cells[cells["column"] == ""]
    shown = {
        (int(row.region), str(row.column)): _shown(row.state, row.progress_pct)
        for row in rows_of(cells[cells["column"] != ""])
    }
    regions = [int(key) for key in whole["region"]]
    frame = pd.DataFrame(
        {
            text.by_level(level): whole["name"].to_numpy(),
            text.STATE: [_state(state) for state in whole["state"]],
            text.PROGRESS_PCT: whole["progress_pct"].to_numpy(),
            text.TIME_GONE: whole["time_gone_pct"].to_numpy(),
            **{name: [shown.get((region, code), "") for region in regions] for code, name in columns},
            _("目标数"): whole["targets_count"].to_numpy(),
            _("有数据"): whole["reported_count"].to_numpy(),
            _("滞后数"): whole["behind_count"].to_numpy(),
            text.CODE: whole["region_code"].to_numpy(),
        }
    )
    if whole["parent"].nunique() > 1:
        frame.insert(1, text.PARENT, whole["parent"].to_numpy())
    configured = {
        text.by_level(level): column.Column(pinned=True),
        text.PROGRESS_PCT: column.ProgressColumn(format="%.1f%%", min_value=0, max_value=100),
        text.TIME_GONE: column.NumberColumn(format="%.1f%%", width="small"),
        **{name: right_column() for _code, name in columns},
    }
    return Table(title, frame, configured, "—")


def _shown(state: str, progress_pct: float) -> str:
    figure = text.UNREPORTED if is_missing(progress_pct) else f"{show_number(progress_pct, 1)}%"
    return f"{State(state).icon} {figure}"


# ── targets as they were set ───────────────────────────────────────────────────────────────────────────────────────

CODE, PLACE, INDICATOR, UNIT, DEADLINE, BASELINE, TARGET = (
    "区划代码", "地区", "指标", "计量单位", "期限", "基数", "目标值",
)  # fmt: skip
"""Headers of the target table, which the importer reads: Chinese in every language."""


def plain(value: float, decimals: int) -> str:
    """A figure as somebody would type it: 12.5, 90, and nothing where it is missing."""
    if is_missing(value):
        return ""
    written = f"{value:.{max(decimals, 0)}f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def _written_unit(entry: Indicator, unit: str) -> str:
    """The unit as the importer knows it; a number of villages (创建等级) is not the indicator's own, and is left out."""
    return unit if unit == entry.unit else ""


def set_targets(plans: pd.DataFrame, catalog: Catalog, title: str) -> Table:
    """The target table as it can be uploaded again; rows of queries.target_plans."""
    frame = pd.DataFrame(
        {
            CODE: plans["region_code"].to_numpy(),
            PLACE: plans["name"].to_numpy(),
            INDICATOR: plans["indicator_name"].to_numpy(),
            UNIT: [
                _written_unit(catalog[code], unit) for code, unit in zip(plans["indicator"], plans["unit"], strict=True)
            ],
            DEADLINE: [f"{key // 100}-{key % 100:02d}" for key in plans["deadline"]],
            BASELINE: [plain(row.given, row.decimals) for row in rows_of(plans)],
            TARGET: [plain(row.target, row.decimals) for row in rows_of(plans)],
        }
    )
    return Table(title, frame)


def template(places: list[tuple[str, str]], catalog: Catalog, codes: Iterable[str], year: int, title: str) -> Table:
    """An empty target table to be filled in and uploaded.

    Args:
        places: code and name of each region.
        codes: indicators to be set.
    """
    rows = [
        (
            region_code,
            name,
            catalog[code].name,
            _written_unit(catalog[code], catalog[code].rolled_unit),
            f"{year}-12",
            "",
            "",
        )
        for code in codes
        for region_code, name in places
    ]
    return Table(title, pd.DataFrame(rows, columns=[CODE, PLACE, INDICATOR, UNIT, DEADLINE, BASELINE, TARGET]))


def changes(rows: pd.DataFrame, catalog: Catalog, place_names: dict[int, str], title: str) -> Table:
    """Old and new of each target that would change; rows of store.difference.target_difference."""
    fresh = rows[rows["change"] != "unchanged"]

    def side(value: object, baseline: object, decimals: int) -> str:
        if is_missing(value):
            return "—"
        shown = plain(float(value), decimals)  # type: ignore[arg-type]
        return shown if is_missing(baseline) else _("{target}（基数 {baseline}）").format(
            target=shown, baseline=plain(float(baseline), decimals)  # type: ignore[arg-type]
        )  # fmt: skip

    kinds = {"new": _("新增"), "changed": _("修改")}
    frame = pd.DataFrame(
        {
            text.REGION: [place_names.get(int(key), str(key)) for key in fresh["region"]],
            text.INDICATOR: names.indicator_names(fresh["indicator"]),
            text.DEADLINE: [show_month(key) for key in fresh["deadline"]],
            _("原目标"): [
                side(row.old, row.old_baseline, catalog[str(row.indicator)].decimals) for row in rows_of(fresh)
            ],
            _("新目标"): [side(row.new, row.baseline, catalog[str(row.indicator)].decimals) for row in rows_of(fresh)],
            _("变化"): [_("撤销") if is_missing(row.new) else kinds[str(row.change)] for row in rows_of(fresh)],
        }
    )
    return Table(title, frame, {_("原目标"): right_column("medium"), _("新目标"): right_column("medium")}, "", 960)


def parts(found: Decomposition, code: str, deadline: int, decimals: int, title: str) -> Table:
    """What each child signed for; rows of analytics.Decomposition.parts of one indicator and deadline."""
    rows = found.parts[(found.parts["indicator"] == code) & (found.parts["deadline"] == deadline)]
    frame = pd.DataFrame(
        {
            text.REGION: rows["name"].to_numpy(),
            text.TARGET: [show_number(value, decimals, missing=_("没有目标")) for value in rows["target"]],
            _("占比"): rows["share_pct"].to_numpy(),
            _("其他期限"): [show_month(key, missing="") if key else "" for key in rows["other_deadline"]],
        }
    )
    if rows["weight"].notna().any():
        frame.insert(2, _("分母"), [show_number(value, 0, missing=_("没有")) for value in rows["weight"]])
    columns = {
        text.TARGET: right_column(),
        _("分母"): right_column(),
        _("占比"): column.ProgressColumn(format="%.1f%%", min_value=0, max_value=100),
    }
    return Table(title, frame, columns, "", 760)


def sums(rows: pd.DataFrame, title: str) -> Table:
    """Whether the parts add up, target by target; rows of analytics.Decomposition.sums with unit and decimals."""
    frame = pd.DataFrame(
        {
            text.INDICATOR: names.indicator_names(rows["indicator"]),
            text.UNIT_OF_MEASURE: [names.unit_name(unit) for unit in rows["unit"]],
            text.DEADLINE: [show_month(key) for key in rows["deadline"]],
            _("核对"): [target_text.adding_mark(Adding(code)) for code in rows["adding"]],
            _("本级目标"): [show_number(row.target, row.decimals, missing="—") for row in rows_of(rows)],
            _("下级合计"): [show_number(row.parts, row.decimals, missing="—") for row in rows_of(rows)],
            _("相差"): [show_number(row.difference, row.decimals, missing="—") for row in rows_of(rows)],
            _("已分解"): [f"{row.with_target}/{row.children}" for row in rows_of(rows)],
        }
    )
    return Table(
        title, frame, {name: right_column() for name in (_("本级目标"), _("下级合计"), _("相差"), _("已分解"))}
    )
