"""The figures of a page beside those of the same page at another time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from ecodash.domain.lists import Side
from ecodash.domain.periods import Month
from ecodash.i18n import gettext as _
from ecodash.i18n import marked

SAME, CORRECTED, ADDED, WITHDRAWN, MOVED = "same", "corrected", "added", "withdrawn", "moved"
"""What became of a figure: reads the same; reads otherwise; there is one now; there is none any more; the figure reads
the same and its rank or state is another."""

BOTH, NOW_ONLY, THEN_ONLY = "both", "now_only", "then_only"
"""Which of the two tables has a row for the figure."""

COLUMNS = [
    "page", "table", "region_code", "name", "indicator", "label", "unit", "decimals", "then", "now", "change",
    "rank_then", "rank_now", "state_then", "state_now", "reports_then", "reports_now", "presence", "is_changed", "kind",
]  # fmt: skip
_VILLAGES, _MONTHS, _TARGETS = marked("个村"), marked("个月"), marked("项")
_PLACES = 6

Meta = Mapping[str, Any]
Rows = pd.DataFrame
Row = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class _Field:
    """One figure of each row of a table.

    Args:
        column: where it stands.
        label: what it is called; {name} is the name of the row's subject, {when} its month or deadline.
        unit, decimals: where they are not the row's own.
        rank, state: columns of the rank and the state that go with it; empty: none.
        is_main: it has a line even where there is neither then nor now.
        counts: for which rows it is shown; all where None.
    """

    column: str
    label: str = "{name}"
    unit: str | None = None
    decimals: int | None = None
    rank: str = ""
    state: str = ""
    is_main: bool = False
    counts: Callable[[Row], bool] | None = None


def _is_flow(row: Row) -> bool:
    return bool(row["kind"] == "flow")


def _has_several(row: Row) -> bool:
    return bool(row["villages"] > 1)


_REPORTED = _Field("reported", marked("{name}：上报村数"), _VILLAGES, 0, counts=_has_several)
_FIGURES = (
    _Field("value", is_main=True),
    _Field("previous", marked("{name}：上月")),
    _Field("year_to_date", marked("{name}：年累计"), counts=_is_flow),
    _REPORTED,
)
_RANKED = (_Field("value", rank="rank", is_main=True), _Field("previous", marked("{name}：上期")), _REPORTED)
_GOALS = (
    _Field("actual", marked("{name}：完成数（期限{when}）"), is_main=True),
    _Field("target", marked("{name}：目标值（期限{when}）")),
    _Field("progress_pct", marked("{name}：完成率（期限{when}）"), "%", 1, state="state"),
)
_REPORTS = (
    _Field("on_time", marked("按时上报"), _VILLAGES, 0),
    _Field("late", marked("迟报"), _VILLAGES, 0),
    _Field("missing", marked("缺报"), _VILLAGES, 0),
)


@dataclass(frozen=True, slots=True)
class _Table:
    """How a table of a page is read.

    Args:
        fields: its figures.
        name: column of the name of what a row is about; empty: the selected indicator.
        when: column of a month (yyyymm or yyyy-mm); empty: none.
        has_regions: each row is of another region; else all are of the page's.
    """

    fields: tuple[_Field, ...]
    name: str = ""
    when: str = ""
    has_regions: bool = False


_TABLES: dict[str, _Table] = {
    "category_targets": _Table(
        (
            _Field("progress_pct", marked("{name}：分类完成率"), "%", 1, state="state", is_main=True),
            _Field("behind_count", marked("{name}：滞后或停滞"), _TARGETS, 0),
        ),
        name="category",
    ),
    "key_figures": _Table(_FIGURES, name="name"),
    "region_profile": _Table(
        (
            _Field("value", rank="rank", is_main=True),
            *_FIGURES[1:],
            _Field("target", marked("{name}：目标值")),
            _Field("progress_pct", marked("{name}：完成率"), "%", 1, state="state"),
        ),
        name="name",
    ),
    "region_targets": _Table(_GOALS, name="indicator_name", when="deadline"),
    "unit_progress": _Table(_GOALS, name="indicator_name", when="deadline", has_regions=True),
    "unit_ranking": _Table(_RANKED, has_regions=True),
    "unit_parts": _Table(_RANKED, has_regions=True),
    "unit_tiles": _Table(_RANKED, has_regions=True),
    "list_entries": _Table(
        (
            _Field("value", marked("{when}：{name}"), rank="rank", is_main=True),
            _Field("streak", marked("{when}：连续上榜"), _MONTHS, 0),
        ),
        when="side",
        has_regions=True,
    ),
    "reporting": _Table(_REPORTS, has_regions=True),
    "region_facts": _Table((_Field("value"),), name="name"),
    "trend": _Table(
        (
            _Field("value", marked("{name}：{when}"), is_main=True),
            _Field("year_ago", marked("{name}：{when}的上年同月")),
            _Field("target", marked("{name}：{when}的目标")),
        ),
        when="month",
    ),
    "report_months": _Table(
        (
            _Field("on_time", marked("{when}按时上报"), _VILLAGES, 0),
            _Field("late", marked("{when}迟报"), _VILLAGES, 0),
            _Field("missing", marked("{when}缺报"), _VILLAGES, 0),
        ),
        when="month",
    ),
    "late_villages": _Table(
        (_Field("late", marked("迟报月数"), _MONTHS, 0), _Field("missing", marked("缺报月数"), _MONTHS, 0)),
        has_regions=True,
    ),
}
"""The tables whose figures are compared, in the order they are shown. Places and boundaries on a map are no figures, and
the reports behind a profile's figures are seen in the figures."""


_WITHOUT_INDICATOR = ("category_targets", "reporting", "report_months", "late_villages")


def compare_pages(then: Mapping[str, Rows], now: Mapping[str, Rows], meta: Meta) -> list[Rows]:
    """The figures of a page beside those of the same page at another time.

    Figures are matched by region, indicator and what they are; a figure several tables of the page show counts once.

    Args:
        then, now: the tables of the page, as queries.freeze gives them.
        meta: of the page then: page, region_code, region_name, indicator, indicator_name, indicator_unit, decimals.
    Returns:
        One frame per table that has figures, in the order shown; one row per figure, in the order of then, what only now
        has behind it: page, table, region_code, name (of the region), indicator (code; "" of what is of none), label
        (what figure it is), unit, decimals, then, now (NaN missing, which is not zero), change (now - then; NaN where
        either is missing), rank_then, rank_now (Int64; NA without one), state_then, state_now (domain.targets.State;
        "" without one), reports_then, reports_now (reports behind it: missing with reports is 不适用, without 未上报),
        presence (both, now_only, then_only: which of the two has the row), is_changed (it reads otherwise now, at the
        decimals shown), kind (same, corrected, added, withdrawn, moved).
    """
    frames = []
    seen: set[Key] = set()
    for name in _TABLES:
        before, after = _figures(name, then.get(name), meta), _figures(name, now.get(name), meta)
        keys = [key for key in {**before, **after} if key not in seen]
        seen.update(keys)
        rows = [row for key in keys if (row := _beside(before.get(key), after.get(key))) is not None]
        if rows:
            frames.append(_frame(rows, str(meta["page"]), name))
    return frames


# ── one table ──────────────────────────────────────────────────────────────────────────────────────────────────────

Key = tuple[str, str, str, int]
"""Region code, indicator, label, and which of those that are alike in all of it."""


@dataclass(frozen=True, slots=True)
class _Figure:
    """One figure of a table."""

    region_code: str
    name: str
    indicator: str
    label: str
    unit: str
    decimals: int
    value: float | None
    rank: int | None
    state: str
    reports: int
    is_main: bool


def _figures(table: str, frame: Rows | None, meta: Meta) -> dict[Key, _Figure]:
    """A table's figures, row by row as a reader goes through it."""
    found: dict[Key, _Figure] = {}
    if frame is None or frame.empty:
        return found
    spec = _TABLES[table]
    words = {field: _(field.label) for field in spec.fields}
    for row in frame.to_dict("records"):
        for field in spec.fields:
            if field.column not in row or (field.counts is not None and not field.counts(row)):
                continue
            figure = _figure(table, spec, field, words[field], row, meta)
            turn = 0
            while (key := (figure.region_code, figure.indicator, figure.label, turn)) in found:
                turn += 1
            found[key] = figure
    return found


def _figure(table: str, spec: _Table, field: _Field, words: str, row: Row, meta: Meta) -> _Figure:
    subject = str(row[spec.name]) or _("村数") if spec.name else str(meta["indicator_name"])
    has_own_unit = bool(spec.name) and "unit" in row
    # A counted level is a number of villages above the village, and the level itself, without a unit, in one.
    is_level = table in ("unit_parts", "unit_tiles") and meta["indicator_unit"] == _VILLAGES
    unit = str(row["unit"]) if has_own_unit else "" if is_level else str(meta["indicator_unit"])
    value = row[field.column]
    rank: Any = row.get(field.rank) if field.rank else None
    counts = [row[name] for name in ("reported", "carried", "totals") if name in row]
    return _Figure(
        region_code=str(row["region_code"] if spec.has_regions else meta["region_code"]),
        name=str(row["name"] if spec.has_regions else meta["region_name"]),
        indicator=_code(table, row, meta),
        label=words.format(name=subject, when=_when(row[spec.when]) if spec.when else ""),
        unit=unit if field.unit is None else field.unit,
        decimals=int(row.get("decimals", meta["decimals"]) if field.decimals is None else field.decimals),
        value=None if _is_none(value) else float(value),
        rank=None if _is_none(rank) else int(rank),
        state="" if not field.state or _is_none(row[field.state]) else str(row[field.state]),
        reports=sum(int(count) for count in counts) if field.is_main else 0,
        is_main=field.is_main,
    )


def _is_none(value: Any) -> bool:
    return value is None or bool(pd.isna(value))


def _code(table: str, row: Row, meta: Meta) -> str:
    if table in _WITHOUT_INDICATOR:
        return ""
    return str(row.get("fact" if table == "region_facts" else "indicator", meta["indicator"]))


def _when(value: Any) -> str:
    if value in tuple(Side):
        return Side(value).label
    return (Month.parse(value) if isinstance(value, str) else Month.from_key(int(value))).label


# ── two of them ────────────────────────────────────────────────────────────────────────────────────────────────────


def _beside(then: _Figure | None, now: _Figure | None) -> dict[str, Any] | None:
    """A figure then and now: COLUMNS without page and table; None where neither table has a line for it."""
    one = then or now
    assert one is not None
    before, after = (None if figure is None else figure.value for figure in (then, now))
    # A lesser figure that neither has is no line; one that is looked for and missing says so.
    if not one.is_main and before is None and after is None:
        return None
    kind = _kind(then, now)
    return {
        "region_code": one.region_code,
        "name": one.name,
        "indicator": one.indicator,
        "label": one.label,
        "unit": one.unit,
        "decimals": one.decimals,
        "then": before,
        "now": after,
        "change": None if before is None or after is None else round(after - before, _PLACES),
        "rank_then": None if then is None else then.rank,
        "rank_now": None if now is None else now.rank,
        "state_then": "" if then is None else then.state,
        "state_now": "" if now is None else now.state,
        "reports_then": 0 if then is None else then.reports,
        "reports_now": 0 if now is None else now.reports,
        "presence": NOW_ONLY if then is None else THEN_ONLY if now is None else BOTH,
        "is_changed": kind != SAME,
        "kind": kind,
    }


def _kind(then: _Figure | None, now: _Figure | None) -> str:
    before, after = (None if figure is None else figure.value for figure in (then, now))
    if before is not None and after is not None and then is not None:
        if not _reads_alike(before, after, then.decimals):
            return CORRECTED
    elif before is not None or after is not None:
        return WITHDRAWN if after is None else ADDED
    if then is None or now is None:
        return ADDED if then is None else WITHDRAWN
    return SAME if (then.rank, then.state) == (now.rank, now.state) else MOVED


def _reads_alike(one: float, other: float, decimals: int) -> bool:
    return one == other or _rounded(one, decimals) == _rounded(other, decimals)


def _rounded(value: float, decimals: int) -> Decimal:
    # Halves up, from the shortest decimal: as figures are shown.
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _frame(rows: list[dict[str, Any]], page: str, table: str) -> Rows:
    frame = pd.DataFrame([{"page": page, "table": table, **row} for row in rows], columns=COLUMNS)
    return frame.astype(_TYPES)


_TYPES = {
    "then": "float64", "now": "float64", "change": "float64", "decimals": "int64", "is_changed": "bool",
    "rank_then": "Int64", "rank_now": "Int64", "reports_then": "int64", "reports_now": "int64",
}  # fmt: skip
