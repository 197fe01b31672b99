"""What a snapshot freezes: the tables of a page at a selection, and what names them."""

from typing import Any

import pandas as pd

from ecodash import __version__
from ecodash.catalog import geo
from ecodash.domain.pages import Page
from ecodash.domain.regions import Level, level_of, region_code
from ecodash.domain.selection import Selection
from ecodash.queries.base import units, village_counts
from ecodash.queries.figures import key_figures, trend, unit_ranking, unit_tiles
from ecodash.queries.profile import figure_origins, region_profile
from ecodash.queries.reports import reporting
from ecodash.queries.scope import regions_version, shows_demo, watermark_stamp
from ecodash.queries.targets import category_targets, region_targets, unit_progress
from ecodash.reports.frozen import FrozenPage
from ecodash.workspace import Workspace


def freeze(workspace: Workspace, page: Page, selection: Selection) -> FrozenPage:
    """Everything a page shows at a selection; the tables' columns are those of the queries they are named after."""
    return FrozenPage(page, selection, _meta(workspace, page, selection), _tables(workspace, page, selection))


def _tables(workspace: Workspace, page: Page, selection: Selection) -> dict[str, pd.DataFrame]:
    if page is Page.OVERVIEW:
        return {
            "key_figures": key_figures(workspace, selection),
            "category_targets": category_targets(workspace, selection),
            "region_targets": region_targets(workspace, selection),
            "unit_ranking": unit_ranking(workspace, selection),
            "reporting": reporting(workspace, selection),
        }
    if page is Page.RANKING:
        return {"unit_ranking": unit_ranking(workspace, selection)}
    if page is Page.PROGRESS:
        return {
            "region_targets": region_targets(workspace, selection),
            "unit_progress": unit_progress(workspace, selection),
        }
    if page is Page.MAP:
        return _map_tables(workspace, selection)
    return {
        "region_profile": region_profile(workspace, selection),
        "trend": trend(workspace, selection),
        "figure_origins": figure_origins(workspace, selection),
    }


def _map_tables(workspace: Workspace, selection: Selection) -> dict[str, pd.DataFrame]:
    points, outline = map_frame(workspace, selection)
    tables = {
        "map_points": points,
        "map_outline": outline,
        "unit_ranking": unit_ranking(workspace, selection),
    }
    if level_of(selection.region).rank >= Level.COUNTY.rank:
        tables["unit_tiles"] = unit_tiles(workspace, selection)
    return tables


def map_frame(workspace: Workspace, selection: Selection) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Where the units of a selection lie.

    Returns:
        points: one row per unit whose place is known: region, lon, lat (WGS-84), source.
        outline: one row per vertex of the known outlines of the counties concerned: county, ring, lon, lat.
    """
    data_dir = workspace.settings.data_dir
    points = geo.town_points(data_dir)
    points = points[points["region"].isin([region.key for region in units(workspace, selection)])]
    counties = [region.key for region in workspace.tree.under(selection.region, Level.COUNTY)]
    if level_of(selection.region).rank > Level.COUNTY.rank:
        counties = [selection.region - selection.region % Level.COUNTY.span]
    rows = [
        (county, number, lon, lat)
        for county in counties
        for number, ring in enumerate(geo.county_outline(data_dir, county) or [])
        for lon, lat in ring
    ]
    return points.reset_index(drop=True), pd.DataFrame(rows, columns=["county", "ring", "lon", "lat"])


def _meta(workspace: Workspace, page: Page, selection: Selection) -> dict[str, Any]:
    entry = workspace.catalog[selection.indicator]
    unit, decimals = entry.shown_at(selection.level)
    place = workspace.tree.get(selection.region)
    level = level_of(selection.region)
    stamp = watermark_stamp(workspace, selection.watermark)
    return {
        "page": page.value,
        "page_label": page.label,
        "region_code": region_code(selection.region),
        "region_name": place.name,
        "region_path": [region.name for region in workspace.tree.path_of(selection.region)],
        "region_level": level.value,
        "is_whole": place.is_whole,
        "villages": village_counts(workspace, selection, level).get(selection.region, 0),
        "month": str(selection.month),
        "month_label": selection.month.label,
        "level": selection.level.value,
        "level_label": selection.level.label,
        "indicator": entry.code,
        "indicator_name": entry.name,
        "indicator_english": entry.english,
        "indicator_unit": unit,
        "indicator_definition": entry.definition,
        "indicator_kind": entry.kind.value,
        "decimals": decimals,
        "direction": entry.direction.value,
        "watermark": selection.watermark,
        "committed_at": stamp.committed_at.isoformat() if stamp.committed_at else None,
        "is_demo": shows_demo(workspace, selection),
        "catalog_digest": workspace.catalog.digest,
        "regions_version": regions_version(workspace),
        "software": __version__,
    }
