"""What a meeting screen shows: an order of slides settled on what there is, and the tables of each slide."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pandas as pd

from ecodash.domain.access import Right
from ecodash.domain.definitions import DefinitionKind
from ecodash.domain.indicators import Kind
from ecodash.domain.meeting import MeetingOrder, Slide, Stop
from ecodash.domain.periods import Month
from ecodash.domain.regions import LEVELS, Level, ancestor_key, level_of, region_code
from ecodash.domain.selection import Selection, default_level
from ecodash.errors import LinkUnknown
from ecodash.i18n import gettext as _
from ecodash.permits import needs, of_definition, of_order
from ecodash.queries.boundaries import unit_areas
from ecodash.queries.composites import indicator_entry
from ecodash.queries.definitions import get_definition
from ecodash.queries.figures import key_figures, region_attributes
from ecodash.queries.frozen import map_frame
from ecodash.queries.profile import region_profile
from ecodash.queries.ranking import ranking_without_history
from ecodash.queries.reports import ReportCounts, report_counts, reporting
from ecodash.queries.scope import default_indicator, home_region, months_reported, shows_demo, watermark_stamp
from ecodash.queries.targets import region_targets, unit_progress
from ecodash.reports.screen.slides import SlideTables
from ecodash.workspace import Workspace


@needs(Right.READ, of_definition)
def meeting_order(workspace: Workspace, number: int) -> tuple[str, MeetingOrder]:
    """A kept order by the number of its version: its name and the order.

    Raises:
        LinkUnknown: there is none.
    """
    found = get_definition(workspace, DefinitionKind.MEETING, number)
    return found.name, MeetingOrder.from_content(found.content)


@needs(Right.READ, of_order)
def check_order(workspace: Workspace, order: MeetingOrder) -> None:
    """That every region and indicator an order names exists.

    Raises:
        RegionUnknown, IndicatorUnknown, LinkUnknown: one does not.
    """
    for region in [order.region, *(stop.region for stop in order.stops)]:
        if region is not None:
            workspace.tree.get(region)
    for code in [order.indicator, *(stop.indicator for stop in order.stops)]:
        if code and indicator_entry(workspace, code).kind is Kind.ATTRIBUTE:
            raise LinkUnknown(_("“{code}”是区域基础数据，不能排名。").format(code=code), _("请换一个指标。"))


@needs(Right.READ, of_order)
def meeting_slides(workspace: Workspace, order: MeetingOrder, watermark: int) -> list[SlideTables]:
    """The tables of every slide of an order as of a watermark; what two slides share is asked for once.

    Raises:
        RegionUnknown, IndicatorUnknown, LinkUnknown: the order names what does not exist.
    """
    asked: dict[tuple[str, Selection], Any] = {}

    def ask(query: Callable[[Workspace, Selection], Any], selection: Selection) -> Any:
        key = (query.__name__, selection)
        if key not in asked:
            asked[key] = query(workspace, selection)
        return asked[key]

    slides = []
    for place, (stop, selection) in enumerate(zip(order.stops, settle_stops(workspace, order, watermark), strict=True)):
        meta = _meta(workspace, selection, ask(report_counts, selection.at(indicator="")))
        if stop.slide is Slide.PROFILE:
            meta["attributes"] = ask(region_attributes, selection.at(indicator=""))
        slides.append(
            SlideTables(
                key=f"{place}.{stop}",
                slide=stop.slide,
                seconds=stop.seconds or order.seconds,
                meta=meta,
                tables=_tables(stop.slide, selection, ask),
            )
        )
    return slides


# ── where a slide stands ───────────────────────────────────────────────────────────────────────────────────────────


@needs(Right.READ, of_order)
def settle_stops(workspace: Workspace, order: MeetingOrder, watermark: int) -> list[Selection]:
    """What each slide of an order looks at as of a watermark, in the order of the slides.

    Raises:
        RegionUnknown, IndicatorUnknown, LinkUnknown: the order names what does not exist.
    """
    check_order(workspace, order)

    @cache
    def usual(selection: Selection) -> str:
        return default_indicator(workspace, selection)

    def settle(stop: Stop) -> Selection:
        selection = _settled(workspace, order, stop, watermark)
        return selection.at(indicator=stop.indicator or order.indicator or usual(selection))

    return [settle(stop) for stop in order.stops]


def _settled(workspace: Workspace, order: MeetingOrder, stop: Stop, watermark: int) -> Selection:
    region = next((one for one in (stop.region, order.region) if one is not None), None)
    region = home_region(workspace) if region is None else region
    month = order.month or _newest_month(workspace, watermark, region)
    return Selection(watermark, month, region, "", _level(workspace, region, order.level))


def _newest_month(workspace: Workspace, watermark: int, region: int) -> Month:
    """Of the region's county: a village that missed the newest month is looked at in that month too."""
    around = ancestor_key(region, Level.COUNTY) if level_of(region).rank > Level.COUNTY.rank else region
    months = months_reported(workspace, watermark, around)
    return months[-1] if months else Month(2026, 1)


def _level(workspace: Workspace, region: int, asked: Level | None) -> Level:
    """The level asked for where the region has units of it, else the next below that has any."""
    own = level_of(region)
    below = [level for level in LEVELS if level.rank > own.rank and workspace.tree.under(region, level)]
    if asked in below:
        return asked
    return below[0] if below else default_level(region)


# ── tables ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _tables(slide: Slide, selection: Selection, ask: Callable[..., Any]) -> dict[str, pd.DataFrame]:
    plain = selection.at(indicator="")
    if slide is Slide.OVERVIEW:
        return {
            "key_figures": ask(key_figures, plain),
            "region_targets": ask(region_targets, plain),
            "unit_ranking": ask(ranking_without_history, selection),
        }
    if slide is Slide.TARGETS:
        return {"region_targets": ask(region_targets, plain)}
    if slide is Slide.PROGRESS:
        return {"unit_progress": ask(unit_progress, selection)}
    if slide is Slide.RANKING:
        return {"unit_ranking": ask(ranking_without_history, selection)}
    if slide is Slide.MAP:
        points, outline = ask(map_frame, plain)
        return {
            "map_points": points,
            "map_outline": outline,
            "map_areas": ask(unit_areas, plain),
            "unit_ranking": ask(ranking_without_history, selection),
        }
    if slide is Slide.REPORTING:
        return {"reporting": _with_missing_names(ask(reporting, plain), selection, ask)}
    return {"region_profile": ask(region_profile, plain)}


def _with_missing_names(reports: pd.DataFrame, selection: Selection, ask: Callable[..., Any]) -> pd.DataFrame:
    """The rows of reporting with missing_names: villages of the unit that have not reported, where they are few enough
    to be said; else empty."""
    is_named = selection.level is Level.TOWN and bool((reports["missing"] > 0).any())
    if not is_named:
        return reports.assign(missing_names="")
    villages = ask(reporting, selection.at(indicator="", level=Level.VILLAGE))
    villages = villages[villages["missing"] > 0]
    names = villages.groupby(villages["region"].map(lambda key: ancestor_key(key, Level.TOWN)))["name"]
    said = {town: "、".join(sorted(group)) for town, group in names if len(group) <= _NAMED}
    return reports.assign(missing_names=[said.get(int(key), "") for key in reports["region"]])


_NAMED = 3
"""So many villages without a report are named."""


def _meta(workspace: Workspace, selection: Selection, counts: ReportCounts) -> dict[str, Any]:
    """What names a slide's figures: JSON values. reported counts villages whose report stands, late ones among them."""
    entry = indicator_entry(workspace, selection.indicator)
    unit, decimals = entry.shown_at(selection.level)
    place = workspace.tree.get(selection.region)
    stamp = watermark_stamp(workspace, selection.watermark)
    return {
        "region_code": region_code(selection.region),
        "region_name": place.name,
        "region_path": [region.name for region in workspace.tree.path_of(selection.region)],
        "is_whole": place.is_whole,
        "month": str(selection.month),
        "level": selection.level.value,
        "indicator": entry.code,
        "unit": unit,
        "decimals": decimals,
        "direction": entry.direction.value,
        "names": {one.code: (one.name, one.english) for one in (*workspace.catalog.values(), entry)},
        "watermark": selection.watermark,
        "committed_at": stamp.committed_at.isoformat() if stamp.committed_at else None,
        "is_demo": shows_demo(workspace, selection),
        "villages": counts.villages,
        "reported": counts.reported,
        "late": counts.late,
        "attributes": {},
        "attribute_units": {code: one.unit for code, one in workspace.catalog.items() if one.kind is Kind.ATTRIBUTE},
    }
