"""Sections of the snapshot page that draw: map, village tiles, trend."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ecodash.domain.regions import Level, region_code
from ecodash.i18n import gettext as _
from ecodash.i18n import is_english
from ecodash.reports.area_drawing import draw_areas
from ecodash.reports.classes import Classes, quantile_classes
from ecodash.reports.map_drawing import Drawing, Label, draw_map
from ecodash.reports.numbers import exact_number, is_missing, show_month, show_number
from ecodash.reports.sections import Figure, Meta, Section, figure, is_village_level, reports_behind, rows_of, with_unit
from ecodash.reports.trend_drawing import Trend, draw_trend

COUNTED_UNIT = "个村"
"""Unit of a counted level above the villages: see Indicator.rolled_unit."""

_LONGEST_CAPTION = 16


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A class of values: its shade, its range, how many are in it; no shade is unreported."""

    shade: int | None
    text: str


def legend(classes: Classes, decimals: int, unit: str, missing: int, counter: str) -> list[LegendEntry]:
    """Classes from low to high, then the unreported."""
    entries = []
    for member in classes.members:
        low, high = show_number(member.lowest, decimals), show_number(member.highest, decimals)
        span = low if low == high else f"{low} – {high}"
        entries.append(LegendEntry(member.shade, _counted(with_unit(span, unit), member.count, counter)))
    if missing:
        entries.append(LegendEntry(None, _counted(_("未上报"), missing, counter)))
    return entries


def _counted(what: str, count: int, counter: str) -> str:
    """38 – 45%（6 个）; English counts without a measure word."""
    return f"{what} ({count})" if is_english() else f"{what}（{count} {counter}）"


# ── map ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class MapUnit:
    """What a dot or an area of the map stands for."""

    name: str
    value: Figure
    shade: int | None


@dataclass(frozen=True, slots=True)
class MapBody:
    """A map, its legend, and the units it cannot show.

    Args:
        units: in the order of the ranking; a dot names its row.
        areas: units drawn as an area, by region key.
        names: what is written inside the areas, by region key.
        note: how to read the drawing, and where its lines come from.
        unplaced: names of units whose place is not known.
        unlabelled: names of units drawn without room for their name.
    """

    drawing: Drawing | None
    units: Sequence[MapUnit]
    areas: Mapping[int, MapUnit]
    names: Mapping[int, Label]
    note: str
    legend: Sequence[LegendEntry]
    unplaced: Sequence[str]
    unlabelled: Sequence[str]


def map_section(
    meta: Meta,
    points: pd.DataFrame,
    outline: pd.DataFrame,
    ranking: pd.DataFrame,
    supplied: pd.DataFrame | None = None,
) -> Section:
    """The units as the areas users brought, and as points over the county outline where there are none; a unit that is
    itself a county with an outline is an area too.

    Args:
        points, outline: of queries.map_frame.
        ranking: of queries.unit_ranking.
        supplied: of queries.map_areas; pages frozen before there were boundaries have none.
    """
    decimals, unit = int(meta["decimals"]), str(meta["indicator_unit"])
    values = [float(value) for value in ranking["value"] if not is_missing(value)]
    classes = quantile_classes(values)
    units = [
        MapUnit(
            row.name,
            figure(row.region_code, meta["indicator"], row.value, decimals, unit=unit, reports=reports_behind(row)),
            None if is_missing(row.value) else classes.shade_of(float(row.value)),
        )
        for row in rows_of(ranking)
    ]
    row_of = {int(key): row for row, key in enumerate(ranking["region"])}
    supplied = outline.iloc[:0] if supplied is None else supplied[supplied["county"].isin(list(row_of))]
    shapes = outline if supplied.empty else supplied
    areas = {key: units[row_of[key]] for key in map(int, shapes["county"].unique()) if key in row_of}
    placed = points[points["region"].isin(list(row_of)) & ~points["region"].isin(list(areas))].copy()
    placed["row"] = [row_of[int(key)] for key in placed["region"]]
    placed["value"] = [float(ranking["value"].iloc[row]) for row in placed["row"]]
    captions = [(_short(item.name), item.value.text) for item in units]
    drawing, names = None, dict[int, Label]()
    if not supplied.empty:
        # Where every unit is drawn they are the county; a known outline is of another source and would run beside them.
        is_part = meta["region_level"] == Level.COUNTY.value and len(areas) < len(units)
        around = outline if is_part else outline.iloc[:0]
        mixed = draw_areas(supplied, around, placed, captions, {key: row_of[key] for key in areas})
        drawing, names = mixed.drawing, dict(mixed.names)
    elif areas or not placed.empty:
        # An outline without anything in it would say nothing of the figures.
        drawing = draw_map(placed, outline, captions)
        names = {
            shape.region: Label(shape.x, shape.y, "middle", captions[row_of[shape.region]], None)
            for shape in (drawing.shapes if drawing else ())
            if shape.region in areas
        }
    shown = set(placed["row"]) | {row_of[key] for key in areas}
    unlabelled = [units[dot.row].name for dot in drawing.dots if dot.label is None] if drawing else []
    body = MapBody(
        drawing,
        units,
        areas,
        names,
        _map_note(drawing, is_supplied=not supplied.empty),
        legend(classes, decimals, unit, len(ranking) - len(values), "个"),
        [item.name for row, item in enumerate(units) if row not in shown],
        [*unlabelled, *(area.name for key, area in areas.items() if key not in names)],
    )
    title = _("{indicator}分布图").format(indicator=meta["indicator_name"])
    return Section("map", title, "map.html", body)


def _short(name: str) -> str:
    """A name as written on a map, which has no room for a long one; the tables beside have it whole."""
    return name if len(name) <= _LONGEST_CAPTION else f"{name[: _LONGEST_CAPTION - 1]}…"


def _map_note(drawing: Drawing | None, *, is_supplied: bool) -> str:
    has_dots = drawing is not None and bool(drawing.dots)
    if is_supplied:
        if has_dots:
            return _("颜色越深，数值越大。边界由使用者上传，仅供示意；没有边界的以圆点示意驻地或范围中心。")
        return _("颜色越深，数值越大；边界由使用者上传，仅供示意。")
    if has_dots:
        return _("颜色越深、圆点越大，数值越大。圆点示意驻地或范围中心，外框为县界示意，不作为划界依据。")
    return _("颜色越深，数值越大。外框为县界示意，不作为划界依据。")


# ── village tiles ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Tiles:
    """Villages of each town in code order, the legend of their shades, and the codes of the towns in order."""

    towns: Sequence[tuple[str, Sequence[MapUnit]]]
    legend: Sequence[LegendEntry]
    codes: Sequence[str]


def tile_section(meta: Meta, frame: pd.DataFrame) -> Section:
    """One tile per village, grouped by town: it says nothing of where a village lies."""
    decimals, unit = int(meta["decimals"]), str(meta["indicator_unit"])
    if unit == COUNTED_UNIT and not is_village_level(meta):
        # Towns count villages, but a single village has a level: the unit of the one is not that of the other.
        unit = ""
    values = [float(value) for value in frame["value"] if not is_missing(value)]
    classes = quantile_classes(values)
    towns: dict[tuple[int, str], list[MapUnit]] = {}
    for row in rows_of(frame):
        value = figure(row.region_code, meta["indicator"], row.value, decimals, unit=unit, reports=reports_behind(row))
        shade = None if is_missing(row.value) else classes.shade_of(float(row.value))
        towns.setdefault((int(row.town), row.town_name), []).append(MapUnit(row.name, value, shade))
    body = Tiles(
        [(name, units) for (_, name), units in towns.items()],
        legend(classes, decimals, unit, len(frame) - len(values), "村"),
        [region_code(key) for key, _ in towns],
    )
    return Section(
        "unit-tiles",
        _("村格图：{indicator}").format(indicator=meta["indicator_name"]),
        "tiles.html",
        body,
        _("每格一村，按乡镇分组，不表示村界和位置。"),
    )


# ── trend ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class TrendMonth:
    """One month as a figure."""

    label: str
    value: Figure
    is_carried: bool


@dataclass(frozen=True, slots=True)
class TrendBody:
    """The drawing, the months it shows as figures, and the text of its upright axis."""

    drawing: Trend
    months: Sequence[TrendMonth]
    ticks: Sequence[tuple[float, str]]
    summary: str


def trend_section(meta: Meta, frame: pd.DataFrame, unit: str) -> Section:
    """The region's figure of the selected indicator, month by month, with its target where the frame has one.

    Args:
        frame: of queries.region_trend; frames frozen earlier have no target and no year_ago.
        unit: of the region's figure, which for a counted level differs from the unit of a village's.
    """
    decimals = int(meta["decimals"])
    is_flow = meta["indicator_kind"] == "flow"
    is_carried = [not is_missing(row.value) and bool(row.carried) and not row.reported for row in rows_of(frame)]
    target = _floats(frame, "target")
    drawing = draw_trend(
        [str(month) for month in frame["month"]],
        _floats(frame, "value"),
        carried=is_carried,
        target=target,
        year_ago=_floats(frame, "year_ago") if is_flow else [],
    )
    months = [
        TrendMonth(
            str(row.month),
            figure(meta["region_code"], meta["indicator"], row.value, decimals, unit=unit, reports=reports_behind(row)),
            carried,
        )
        for row, carried in zip(rows_of(frame), is_carried, strict=True)
    ]
    ticks = [
        (tick.at, show_number(tick.value, _digits(drawing.rows[1].value - drawing.floor))) for tick in drawing.rows
    ]
    body = TrendBody(drawing, months, ticks, _summary(meta, months))
    notes = [_("单位：{unit}").format(unit=_(unit))] if unit else []
    goals = [value for value in target if not math.isnan(value)]
    if goals:
        words = _("虚线为月均目标 {target}") if is_flow else _("虚线为目标 {target}")
        notes.append(words.format(target=with_unit(show_number(goals[-1], decimals), unit)))
    if drawing.year_ago:
        notes.append(_("短横为上年同月"))
    if any(is_carried):
        notes.append(_("空心圈为沿用以前数值的月份"))
    if any(month.value.is_missing for month in months):
        notes.append(_("底部小圈为未上报的月份，线在此断开"))
    if drawing.floor > 0:
        notes.append(_("纵轴从 {floor} 起，不从 0 起").format(floor=ticks[0][1]))
    title = _("{indicator}逐月走势").format(indicator=meta["indicator_name"])
    return Section("trend", title, "trend.html", body, _sentence(notes))


def _sentence(notes: Sequence[str]) -> str:
    if not notes:
        return ""
    return "; ".join(notes) + "." if is_english() else "；".join(notes) + "。"


def _floats(frame: pd.DataFrame, name: str) -> list[float]:
    if name not in frame:
        return []
    return [math.nan if is_missing(value) else float(value) for value in frame[name]]


def _digits(step: float) -> int:
    """Digits after the point that a grid step needs."""
    return len(exact_number(round(step, 6)).partition(".")[2])


def _summary(meta: Meta, months: Sequence[TrendMonth]) -> str:
    """The drawing in a sentence, for those who hear the page."""
    known = [month for month in months if not month.value.is_missing]
    place, name = meta["region_name"], meta["indicator_name"]
    if not known:
        return _("{region}{indicator}近 {count} 个月均未上报。").format(region=place, indicator=name, count=len(months))
    first, last = known[0], known[-1]
    return _("{region}{indicator}，{first}，{last}；未上报 {missing} 个月。").format(
        region=place,
        indicator=name,
        first=f"{show_month(first.label)} {first.value.text}{first.value.unit}",
        last=f"{show_month(last.label)} {last.value.text}{last.value.unit}",
        missing=len(months) - len(known),
    )
