"""What a snapshot freezes: the tables of a page at a selection, and what names them."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ecodash import __version__
from ecodash.catalog import geo
from ecodash.domain.access import Right
from ecodash.domain.comparison import Against, Comparison, Span
from ecodash.domain.composite import find_composite_number
from ecodash.domain.pages import Page
from ecodash.domain.periods import Period
from ecodash.domain.regions import Level, ancestor_key, child_level, level_of, region_code
from ecodash.domain.selection import Selection
from ecodash.errors import UserError
from ecodash.i18n import CHINESE, speaking
from ecodash.i18n import gettext as _
from ecodash.permits import needs, of_selection
from ecodash.queries.base import units, village_counts
from ecodash.queries.boundaries import unit_areas
from ecodash.queries.composites import indicator_entry
from ecodash.queries.deadlines import deadlines_version
from ecodash.queries.definitions import definitions_version
from ecodash.queries.dossier import profile_tables
from ecodash.queries.figures import UNIT_COLUMNS, key_figures, unit_ranking, unit_tiles
from ecodash.queries.ranking import ranking_without_history
from ecodash.queries.reports import reporting
from ecodash.queries.scope import regions_version, shows_demo, watermark_stamp
from ecodash.queries.targets import category_targets, region_targets, targets_digest, unit_progress
from ecodash.reports.area_drawing import thin_areas
from ecodash.reports.frozen import FrozenPage
from ecodash.workspace import Workspace

PARTS = "unit_parts"
"""The table of the regions a level below the units."""

AREAS = "map_areas"
"""The table of the units' boundaries, where users brought any. Alone of all it does not follow from the journal, which
boundaries are not part of."""


@needs(Right.READ, of_selection)
def freeze(workspace: Workspace, page: Page, selection: Selection, comparison: Comparison | None = None) -> FrozenPage:
    """Everything a page shows at a selection; the tables' columns are those of the queries they are named after.

    Args:
        comparison: how 排名 ranks, where it is not by the month alone.

    Raises:
        UserError: of 红黑榜, which packs.freeze_lists makes.

    What is frozen is Chinese, whatever language its maker reads: a snapshot is one document for all who open it.
    """
    if not page.is_selected:
        raise UserError(_("红黑榜按规则生成，不能只按地区和月份生成。"), _("请在红黑榜页面生成，或指定规则的编号。"))
    with speaking(CHINESE):
        meta = page_meta(workspace, page, selection)
        if page is Page.RANKING and comparison is not None:
            rows, said = _compared(workspace, selection, comparison)
            tables = {"unit_ranking": rows, **_parts(workspace, selection, comparison)}
            return FrozenPage(page, selection, meta | {"comparison": said}, tables)
        return FrozenPage(page, selection, meta, _tables(workspace, page, selection))


def _compared(
    workspace: Workspace, selection: Selection, comparison: Comparison
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """A ranking by another rule than the usual, without those it leaves out, and the rule."""
    rows = ranking_without_history(workspace, selection, comparison)
    is_left_out = rows["excluded"] != ""
    kept = rows.loc[~is_left_out, [name for name in UNIT_COLUMNS if name in rows]]
    return kept.reset_index(drop=True), comparison_meta(selection, comparison, int(is_left_out.sum()))


def comparison_meta(selection: Selection, comparison: Comparison, left_out: int) -> dict[str, Any]:
    """How a ranking that is not by the month alone was made, as a page's meta says it: JSON values.

    Args:
        left_out: units that do not take part.
    """
    spans = [comparison.span.months(end) for end in (selection.month, comparison.compared_month(selection.month))]
    labels = [Period(months[0], months[-1]).label for months in spans]
    return {
        "span": comparison.span.value,
        "against": comparison.against.value,
        "now_label": labels[0],
        "before_label": labels[1],
        "kinds": list(comparison.kinds),
        "peer_class": comparison.peer_class,
        "scheme": comparison.scheme,
        "least": comparison.least,
        "left_out": left_out,
    }


def read_comparison(meta: Mapping[str, Any]) -> Comparison | None:
    """The rule a frozen ranking was made by; None where it was the usual one."""
    said = meta.get("comparison")
    if said is None:
        return None
    return Comparison(
        Span(said["span"]),
        Against(said["against"]),
        tuple(said["kinds"]),
        said["peer_class"],
        said["least"],
        said["scheme"],
    )


def _tables(workspace: Workspace, page: Page, selection: Selection) -> dict[str, pd.DataFrame]:
    if page is Page.OVERVIEW:
        return {
            "key_figures": key_figures(workspace, selection),
            "category_targets": category_targets(workspace, selection),
            "region_targets": region_targets(workspace, selection),
            "unit_ranking": unit_ranking(workspace, selection),
            **_parts(workspace, selection),
            "reporting": reporting(workspace, selection),
        }
    if page is Page.RANKING:
        return {"unit_ranking": unit_ranking(workspace, selection), **_parts(workspace, selection)}
    if page is Page.PROGRESS:
        return {
            "region_targets": region_targets(workspace, selection),
            "unit_progress": unit_progress(workspace, selection),
        }
    if page is Page.MAP:
        return _map_tables(workspace, selection)
    if page is Page.REPORTING:
        return {"reporting": reporting(workspace, selection)}
    return profile_tables(workspace, selection)


def _parts(workspace: Workspace, selection: Selection, comparison: Comparison | None = None) -> dict[str, pd.DataFrame]:
    """unit_parts: what the units ranked unfold to, of towns their villages."""
    if selection.level is Level.VILLAGE or find_composite_number(selection.indicator) is not None:
        return {}
    rows = unit_parts(workspace, selection, comparison)
    return {} if rows.empty else {PARTS: rows}


@needs(Right.READ, of_selection)
def unit_parts(workspace: Workspace, selection: Selection, comparison: Comparison | None = None) -> pd.DataFrame:
    """The regions one level below the units of a selection, with the selected indicator's figure.

    Args:
        comparison: gives the span of months, where it is not the month alone; who takes part in it does not matter here.

    Returns:
        One row per region in the order of its unit's code, then best first, unreported ones last: unit (key of the unit
        it belongs to), region, region_code, name, kind (of a village), value (NaN unreported), previous, reported,
        carried, totals, unweighted, villages, is_reported.
    """
    below = selection.at(level=child_level(selection.level))
    if comparison is None:
        rows = unit_ranking(workspace, below)
    else:
        alike = Comparison(span=comparison.span, against=comparison.against)
        found = ranking_without_history(workspace, below, alike)
        rows = found.assign(is_reported=found["value"].notna())
    rows = rows.assign(unit=[ancestor_key(key, selection.level) for key in rows["region"]])
    return rows.sort_values("unit", kind="stable", ignore_index=True)[PART_COLUMNS]


PART_COLUMNS = [
    "unit", "region", "region_code", "name", "kind", "value", "previous", "reported", "carried", "totals", "unweighted",
    "villages", "is_reported",
]  # fmt: skip


def _map_tables(workspace: Workspace, selection: Selection) -> dict[str, pd.DataFrame]:
    points, outline = map_frame(workspace, selection)
    tables = {
        "map_points": points,
        "map_outline": outline,
        "unit_ranking": unit_ranking(workspace, selection),
        **_parts(workspace, selection),
    }
    areas = map_areas(workspace, selection)
    if not areas.empty:
        tables[AREAS] = areas
    if level_of(selection.region).rank >= Level.COUNTY.rank:
        tables["unit_tiles"] = unit_tiles(workspace, selection)
    return tables


@needs(Right.READ, of_selection)
def map_areas(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """The units' boundaries that users brought, thinned to what a picture of them shows: one row per vertex: county
    (key of the unit, whatever its level), ring, lon, lat (WGS-84); none where nothing was brought."""
    return thin_areas(unit_areas(workspace, selection), map_frame(workspace, selection)[1])


@needs(Right.READ, of_selection)
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


@needs(Right.READ, of_selection)
def page_meta(workspace: Workspace, page: Page, selection: Selection) -> dict[str, Any]:
    """Names, units, dates and versions of a page at a selection: what its tables do not say of themselves."""
    entry = indicator_entry(workspace, selection.indicator)
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
        "targets_digest": targets_digest(workspace, selection.watermark),
        "definitions_version": definitions_version(workspace),
        "deadlines_version": deadlines_version(workspace),
        "software": __version__,
    }
