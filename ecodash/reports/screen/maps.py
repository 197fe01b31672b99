"""地图: units over the outlines known, with classes that say how many are in each; villages without a place as tiles."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ecodash.i18n import gettext as _
from ecodash.reports.area_drawing import lay_ground, name_areas
from ecodash.reports.classes import Classes, quantile_classes
from ecodash.reports.map_drawing import Drawing, Shape, draw_map
from ecodash.reports.numbers import is_missing, show_number
from ecodash.reports.screen import words
from ecodash.reports.screen.parts import Part, empty, in_parts, numbered
from ecodash.reports.screen.ranking import Block, both_ends, rank_rows
from ecodash.reports.screen.slides import Meta, Room, SlideTables
from ecodash.reports.screen.words import Shown
from ecodash.reports.sections import rows_of

_NAMES = 10


@dataclass(frozen=True, slots=True)
class MapUnit:
    """A unit as drawn: its class is the style's name, "none" where it has no value."""

    name: str
    code: str
    value: Shown
    shade: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A map in drawing units.

    Args:
        areas: units drawn as an area, by region key.
        unplaced: names of units that are not drawn.
        unnamed: names of units drawn without room for their name.
        is_ground: whether it is made of areas users brought, whose names stand at the dots, and around is their county.
    """

    drawing: Drawing
    areas: dict[int, MapUnit]
    unplaced: Sequence[str]
    unnamed: Sequence[str]
    is_ground: bool = False
    around: Sequence[Shape] = ()


@dataclass(frozen=True, slots=True)
class MapBody:
    """The picture, the units its dots stand for by row, the legend as (style, text), and a list beside it."""

    picture: Picture
    units: Sequence[MapUnit]
    legend: Sequence[tuple[str, str]]
    blocks: Sequence[Block]
    longest: int


@dataclass(frozen=True, slots=True)
class TileBody:
    """Units in code order by what they lie in, and the legend.

    Args:
        across: cells side by side.
        is_small: cells without a name; is_large: few cells, written large.
    """

    towns: Sequence[tuple[str, Sequence[MapUnit]]]
    legend: Sequence[tuple[str, str]]
    across: int = 1
    is_small: bool = True
    is_large: bool = False


def map_parts(slide: SlideTables, room: Room) -> list[Part]:
    """The map of the units; tiles of the villages where the place of none is known."""
    meta, ranking = slide.meta, slide.tables["unit_ranking"]
    what = _("{level}分布：{indicator}").format(level=words.level_word(meta), indicator=words.indicator_title(meta))
    title = words.heading(meta, what)
    values = [float(value) for value in ranking["value"] if not is_missing(value)]
    if not values:
        return empty(title, _("{month}没有可画的数据。").format(month=words.month_of(meta)))
    classes = quantile_classes(values)
    units = [_unit(meta, row, classes) for row in rows_of(ranking)]
    key = _legend(meta, classes, len(ranking) - len(values))
    picture = _ground_picture(slide, units) or _point_picture(slide, units)
    if picture is None:
        return _tile_parts(slide, room, title, classes, key)
    ranked = rank_rows(meta, ranking)
    blocks, _left = both_ends(ranked, room.map_columns, room.map_rows) if room.map_rows else ([], 0)
    longest = max((len(column) for block in blocks for column in block.columns), default=0)
    body = MapBody(picture, units, key, blocks, longest)
    note = _("颜色越深，数值越大；边界由使用者上传，仅供示意。")
    if not picture.is_ground:
        note = _("颜色越深、圆点越大，数值越大；外框为示意，不作为划界依据。")
    return [Part(title, "map.html", body, note, _not_read(picture))]


def _ground_picture(slide: SlideTables, units: Sequence[MapUnit]) -> Picture | None:
    """The units as the areas users brought; None where they brought none."""
    ranking = slide.tables["unit_ranking"]
    unit_of = dict(zip((int(region) for region in ranking["region"]), units, strict=True))
    areas = slide.tables["map_areas"]
    ground = lay_ground(areas[areas["county"].isin(list(unit_of))], slide.tables["map_outline"])
    if ground is None:
        return None
    drawing = name_areas(ground, {region: (unit.name, unit.value.text) for region, unit in unit_of.items()})
    drawn = {shape.region: unit_of[shape.region] for shape in ground.shapes}
    unplaced = [unit.name for region, unit in unit_of.items() if region not in drawn]
    unnamed = [drawn[drawing.shapes[dot.row].region].name for dot in drawing.dots if dot.label is None]
    return Picture(drawing, drawn, unplaced, unnamed, is_ground=True, around=ground.around)


def _point_picture(slide: SlideTables, units: Sequence[MapUnit]) -> Picture | None:
    """The units as points over the outline of their county, or as counties with an outline; None where no place is
    known."""
    ranking, points, outline = (slide.tables[name] for name in ("unit_ranking", "map_points", "map_outline"))
    row_of = {int(region): row for row, region in enumerate(ranking["region"])}
    placed = points[points["region"].isin(list(row_of))].copy()
    areas = {int(region): units[row_of[int(region)]] for region in outline["county"].unique() if int(region) in row_of}
    # A unit drawn as an area needs no dot of its own.
    placed = placed[~placed["region"].isin(list(areas))]
    if placed.empty and not areas:
        return None
    placed["row"] = [row_of[int(region)] for region in placed["region"]]
    placed["value"] = [float(ranking["value"].iloc[row]) for row in placed["row"]]
    drawing = draw_map(placed, outline, [(unit.name, unit.value.text) for unit in units])
    assert drawing is not None
    shown = set(placed["row"]) | {row_of[region] for region in areas}
    unplaced = [unit.name for row, unit in enumerate(units) if row not in shown]
    return Picture(drawing, areas, unplaced, [units[dot.row].name for dot in drawing.dots if dot.label is None])


def _not_read(picture: Picture) -> str:
    """Who is not to be read off the map, and why."""
    said = [
        _("位置未收录、未画在图上的 {count} 个：{names}").format(
            count=len(picture.unplaced), names=_listed(picture.unplaced)
        ),
        _("图上位置拥挤、未标名的 {count} 个：{names}").format(
            count=len(picture.unnamed), names=_listed(picture.unnamed)
        ),
    ]
    return "　".join(words for words, names in zip(said, (picture.unplaced, picture.unnamed), strict=True) if names)


def _listed(names: Sequence[str]) -> str:
    return "、".join(names[:_NAMES]) + (_("等") if len(names) > _NAMES else "")


def _unit(meta: Meta, row: Any, classes: Classes) -> MapUnit:
    value = words.value_of(row, meta["unit"], int(meta["decimals"]))
    shade = "none" if is_missing(row.value) else f"q{classes.shade_of(float(row.value))}"
    return MapUnit(row.name, row.region_code, value, shade)


def _legend(meta: Meta, classes: Classes, missing: int) -> list[tuple[str, str]]:
    """Classes from low to high with their counts, then the unreported."""
    decimals, entries = int(meta["decimals"]), []
    for member in classes.members:
        low, high = show_number(member.lowest, decimals), show_number(member.highest, decimals)
        span = low if low == high else f"{low} – {high}"
        entries.append((f"q{member.shade}", _("{span}（{count} 个）").format(span=span, count=member.count)))
    if missing:
        entries.append(("none", _("{span}（{count} 个）").format(span=_("未上报"), count=missing)))
    return entries


def _tile_parts(slide: SlideTables, room: Room, title: str, classes: Classes, key: list[tuple[str, str]]) -> list[Part]:
    """One cell per unit: with name and figure where they can be read, else by town, darker for more."""
    meta, frame = slide.meta, slide.tables["unit_ranking"].sort_values("region", ignore_index=True)
    note = _("位置未收录，每格一个单位，颜色越深数值越大。")
    units = [_unit(meta, row, classes) for row in rows_of(frame)]
    if len(units) <= room.tiles:
        across = max(round(math.sqrt(len(units) * room.tile_columns)), 1)
        body = TileBody([("", units)], key, across, is_small=False, is_large=2 * len(units) <= room.tiles)
        return [Part(title, "tiles.html", body, note)]
    towns: dict[str, list[MapUnit]] = {}
    for parent, unit in zip(frame["parent"], units, strict=True):
        towns.setdefault(str(parent), []).append(unit)
    parts, left = in_parts(list(towns.items()), room.columns * room.rows)
    rest = _("其余 {count} 组见“{page}”页。").format(count=left, page=_("地图")) if left else ""
    return [
        Part(
            numbered(title, place, len(parts)),
            "tiles.html",
            TileBody(part, key),
            note,
            rest if place == len(parts) - 1 else "",
        )
        for place, part in enumerate(parts)
    ]
