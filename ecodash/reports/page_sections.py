"""Which sections a snapshot's page has, in which order, and what its rankings unfold to."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from ecodash.domain.regions import Level
from ecodash.reports.list_sections import lists_section
from ecodash.reports.overview_sections import key_figure_cards, reporting_rows
from ecodash.reports.part_sections import PARTS, Unfolding, linked, unfold
from ecodash.reports.picture_sections import map_section, tile_section, trend_section
from ecodash.reports.profile_sections import facts_section, origin_section, profile_section
from ecodash.reports.ranking_sections import ranking_rows
from ecodash.reports.remark_sections import remarks_section, reports_section
from ecodash.reports.sections import Meta, Section
from ecodash.reports.target_sections import category_rows, region_target_rows, unit_target_rows

Tables = Mapping[str, pd.DataFrame]

_BEFORE: tuple[tuple[str, Callable[[Meta, pd.DataFrame], Section]], ...] = (
    ("category_targets", category_rows),
    ("key_figures", key_figure_cards),
    ("region_targets", region_target_rows),
    ("unit_progress", unit_target_rows),
)
_AFTER: tuple[tuple[str, Callable[[Meta, pd.DataFrame], Section]], ...] = (
    ("reporting", reporting_rows),
    ("region_facts", facts_section),
    ("region_profile", profile_section),
)
"""Tables shown before the ranking and after it, in order, and what makes a section of each."""


@dataclass
class Document:
    """What the pages of a document shown so far have unfolded, so that later ones lead there instead.

    Args:
        unfolded: tables of parts, the units they are shown under, and the prefix of the anchors of the page they are on.
    """

    unfolded: list[tuple[pd.DataFrame, set[int], str]] = field(default_factory=list)

    def unfold(self, meta: Meta, tables: Tables, prefix: str) -> Unfolding:
        """What the ranking of a page unfolds to; nothing where its tables do not say."""
        tiles, parts = tables.get("unit_tiles"), tables.get(PARTS)
        if tiles is not None and not tiles.empty and meta["level"] == Level.TOWN.value:
            # The map's tiles are the villages: they are on this page already.
            return linked(meta, [int(key) for key in tiles["town"].unique()], f"{prefix}t")
        if parts is None or parts.empty or "unit_ranking" not in tables:
            return Unfolding()
        telling = parts.loc[parts["value"].notna(), "unit"]
        units = {int(key) for key in telling} & {int(key) for key in tables["unit_ranking"]["region"]}
        for shown, under, where in self.unfolded:
            # Two rankings of the same villages may leave out different towns.
            if units <= under and (shown is parts or shown.equals(parts)):
                return linked(meta, sorted(units), f"{where}v")
        self.unfolded.append((parts, units, prefix))
        return unfold(meta, parts)


def page_sections(meta: Meta, tables: Tables, unfolding: Unfolding) -> Iterator[Section]:
    """The sections a page has tables for, the most telling first."""
    filled = {name: table for name, table in tables.items() if not table.empty}
    if "list_entries" in tables:
        yield lists_section(meta, tables)
    if "map_points" in tables and "unit_ranking" in filled:
        yield from _map_sections(meta, tables, unfolding)
        return
    yield from (build(meta, filled[name]) for name, build in _BEFORE if name in filled)
    if "unit_ranking" in filled:
        yield ranking_rows(meta, filled["unit_ranking"], unfolding)
    yield from (build(meta, filled[name]) for name, build in _AFTER if name in filled)
    if "trend" in filled:
        yield trend_section(meta, filled["trend"], _region_unit(meta, tables))
    if "report_months" in filled:
        yield reports_section(meta, filled["report_months"], tables["late_villages"])
    if "figure_doubts" in filled or "batch_notes" in filled:
        yield remarks_section(meta, tables["figure_doubts"], tables["batch_notes"])
    if "figure_origins" in tables:
        yield origin_section(meta, tables["figure_origins"])


def _map_sections(meta: Meta, tables: Tables, unfolding: Unfolding) -> Iterator[Section]:
    """Map, ranking, tiles; without a place for any unit the tiles are the map."""
    ranking = tables["unit_ranking"]
    picture = map_section(meta, tables["map_points"], tables["map_outline"], ranking, tables.get("map_areas"))
    tiles = [tile_section(meta, tables["unit_tiles"])] if not tables.get("unit_tiles", pd.DataFrame()).empty else []
    if picture.body.drawing or not tiles:
        yield picture
        yield ranking_rows(meta, ranking, unfolding)
        yield from tiles
    else:
        yield from tiles
        yield ranking_rows(meta, ranking, unfolding)


def _region_unit(meta: Meta, tables: Tables) -> str:
    """Unit of the region's own figure; meta names the unit of the units below it."""
    profile = tables.get("region_profile")
    own = [] if profile is None else list(profile.loc[profile["indicator"] == meta["indicator"], "unit"])
    return str(own[0] if own else meta["indicator_unit"])
