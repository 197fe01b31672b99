"""Every query of figures, papers and definitions: what it needs, and how it is asked about a place."""

from ecodash.domain.access import Right
from ecodash.domain.comparison import Comparison
from ecodash.domain.composite import Composite
from ecodash.domain.definitions import DefinitionKind
from ecodash.domain.pages import Page
from ecodash.domain.regions import Level
from ecodash.permits import Reach
from tests.permits.case import Arguments, Case, given
from tests.permits.world import MONTH, NOW, PLACES, World, digest_of

COUNTIES = ("本县", "外县")
_SHARED = {"reach": Reach.SIGNED_IN, "places": ("本镇",)}
COMPOSITE = Composite.from_content(
    {"items": [{"indicator": "garbage", "weight": "60"}, {"indicator": "toilets", "weight": "40"}]}, "综合"
)


def _of_selection(world: World, place: str) -> Arguments:
    return given(world.selection(place))


def _of_region(world: World, place: str) -> Arguments:
    return given(world.watermark, PLACES[place])


def _of_batch(world: World, place: str) -> Arguments:
    return given(world.batches[place])


def _of_snapshot(world: World, place: str) -> Arguments:
    return given(world.snapshots[place])


def _places_of_batches(world: World, answer: object) -> set[str]:
    return {place for place, number in world.batches.items() if number in set(answer["seq"])}  # type: ignore[index]


def _places_of_snapshots(world: World, answer: object) -> set[str]:
    numbers = {one.number for one in answer}  # type: ignore[attr-defined]
    return {place for place, one in world.snapshots.items() if one.number in numbers}


def _places_of_rules(world: World, answer: object) -> set[str]:
    numbers = {one.number for one in answer}  # type: ignore[attr-defined]
    return {place for place, number in world.rules.items() if number in numbers}


_ABOUT_A_SELECTION = """
base.units boundaries.unit_areas dossier.profile_tables dossier.region_facts dossier.region_trend figures.key_figures
figures.reconciliation figures.region_attributes figures.unit_ranking figures.unit_tiles frozen.map_areas
frozen.map_frame frozen.unit_parts histories.batch_notes histories.corrected_reports histories.late_villages
histories.report_months map_values.unit_attainment months.first_receipts packs.telling_indicator profile.figure_doubts
profile.figure_origins profile.region_profile ranking.ranking ranking.ranking_without_history reports.report_counts
reports.reporting scope.default_indicator scope.indicator_level scope.indicators_reported scope.shows_demo
target_plans.next_year_targets target_plans.target_decomposition target_plans.target_plans targets.category_targets
targets.past_targets targets.progress_matrix targets.region_targets targets.target_categories targets.unit_progress
uploads.reminder
"""

CASES = {f"queries.{name}": Case(Right.READ, _of_selection) for name in _ABOUT_A_SELECTION.split()} | {
    # ── figures ────────────────────────────────────────────────────────────────────────────────────────────────────
    "queries.base.figures_of": Case(Right.READ, lambda w, p: given(w.selection(p), [MONTH], [Level.VILLAGE])),
    "queries.base.village_counts": Case(Right.READ, lambda w, p: given(w.selection(p), Level.TOWN)),
    "queries.base.unit_columns": Case(None, lambda w, p: given([]), **_SHARED),
    "queries.months.monthly_figures": Case(
        Right.READ, lambda w, p: given(w.selection(p), [MONTH], [Level.VILLAGE], None)
    ),
    "queries.standings.ranks_of": Case(Right.READ, lambda w, p: given(w.selection(p), ["garbage"])),
    "queries.standings.totals_of": Case(Right.READ, lambda w, p: given(w.selection(p), ["garbage"])),
    "queries.map_values.unit_values": Case(Right.READ, lambda w, p: given(w.selection(p), (MONTH,))),
    "queries.map_values.county_outline": Case(None, lambda w, p: given(PLACES["本县"]), **_SHARED),
    "queries.peers.attribute_thirds": Case(Right.READ, lambda w, p: given(w.selection(p), "households")),
    "queries.peers.peer_scheme": Case(None, lambda w, p: given(), **_SHARED),
    "queries.peers.peer_classes": Case(None, lambda w, p: given(), **_SHARED),
    "queries.ranking.composite_parts": Case(Right.READ, lambda w, p: given(w.selection(p), Comparison(), COMPOSITE)),
    "queries.ranking.what_if": Case(Right.READ, lambda w, p: given(w.selection(p), Comparison(), COMPOSITE)),
    "queries.ranking.robustness": Case(Right.READ, lambda w, p: given(w.selection(p), Comparison())),
    "queries.explanations.why": Case(Right.READ, lambda w, p: given(w.selection(p), Comparison(), PLACES[p])),
    "queries.histories.value_history": Case(
        Right.READ, lambda w, p: given(w.selection(p), PLACES[p], indicator="garbage")
    ),
    # A region beside the one looked at is asked for as well.
    "queries.explanations.why#elsewhere": Case(
        Right.READ, lambda w, p: given(w.selection("本镇"), Comparison(), PLACES[p])
    ),
    "queries.histories.value_history#elsewhere": Case(
        Right.READ, lambda w, p: given(w.selection("本镇"), PLACES[p], "garbage")
    ),
    "queries.frozen.page_meta": Case(Right.READ, lambda w, p: given(Page.OVERVIEW, w.selection(p))),
    "queries.frozen.freeze": Case(Right.READ, lambda w, p: given(Page.REPORTING, selection=w.selection(p))),
    "queries.packs.freeze_pages": Case(Right.READ, lambda w, p: given([Page.REPORTING], w.selection(p))),
    "queries.target_plans.target_children": Case(None, lambda w, p: given(PLACES[p], MONTH), **_SHARED),
    "queries.targets.targets_digest": Case(None, lambda w, p: given(w.watermark), **_SHARED),
    # ── where to begin ─────────────────────────────────────────────────────────────────────────────────────────────
    "queries.scope.newest_watermark": Case(None, lambda w, p: given(), **_SHARED),
    "queries.scope.watermark_stamp": Case(None, lambda w, p: given(w.watermark), **_SHARED),
    "queries.scope.store_state": Case(None, lambda w, p: given(), **_SHARED),
    "queries.scope.regions_version": Case(None, lambda w, p: given(), **_SHARED),
    "queries.scope.home_region": Case(None, lambda w, p: given(), **_SHARED),
    "queries.scope.whole_region": Case(None, lambda w, p: given(), **_SHARED),
    "queries.scope.months_reported": Case(Right.READ, _of_region),
    "queries.scope.default_selection": Case(Right.READ, _of_region),
    # ── batches and uploads ────────────────────────────────────────────────────────────────────────────────────────
    "queries.reports.list_batches": Case(
        Right.READ, lambda w, p: given(w.watermark), Reach.SOMEWHERE, _places_of_batches, ("本镇",)
    ),
    "queries.uploads.uploaded_file": Case(Right.READ, _of_batch),
    "queries.uploads.batch_doubts": Case(Right.READ, _of_batch),
    "queries.uploads.batch_cells": Case(Right.READ, _of_batch),
    "queries.uploads.batch_record": Case(Right.READ, _of_batch),
    "queries.uploads.closed_months": Case(None, lambda w, p: given(), **_SHARED),
    "queries.uploads.region_aliases": Case(None, lambda w, p: given(), **_SHARED),
    "queries.uploads.template_indicators": Case(Right.READ, lambda w, p: given(PLACES[p], MONTH)),
    "queries.uploads.upload_template": Case(Right.READ, lambda w, p: given(PLACES[p], MONTH, ["garbage"])),
    # ── boundaries ─────────────────────────────────────────────────────────────────────────────────────────────────
    "queries.boundaries.boundaries": Case(
        Right.READ, lambda w, p: given(PLACES[p], Level.TOWN), Reach.SOMEWHERE, places=("本镇",)
    ),
    "queries.boundaries.boundary_geojson": Case(
        Right.READ, lambda w, p: given(digest_of("本县")), Reach.SOMEWHERE, None, ("本镇",)
    ),
    "queries.boundaries.list_boundaries": Case(
        Right.READ,
        lambda w, p: given(),
        Reach.SOMEWHERE,
        lambda w, answer: {p for p, n in w.boundaries.items() if n in {one.number for one in answer}},
        COUNTIES,
    ),
    # ── snapshots ──────────────────────────────────────────────────────────────────────────────────────────────────
    "queries.snapshots.list_snapshots": Case(
        Right.READ, lambda w, p: given(), Reach.SOMEWHERE, _places_of_snapshots, ("本镇",)
    ),
    "queries.snapshots.get_snapshot": Case(Right.READ, lambda w, p: given(number=w.snapshots[p].number)),
    "queries.snapshots.frozen_tables": Case(Right.READ, lambda w, p: given(w.snapshots[p].number)),
    "queries.snapshots.frozen_pack": Case(Right.READ, _of_snapshot),
    "queries.snapshots.snapshot_token": Case(Right.SHARE, _of_snapshot),
    "queries.snapshots.open_editions": Case(Right.READ, lambda w, p: given(w.snapshots[p], now=NOW)),
    "queries.snapshots.freeze_again": Case(Right.READ, lambda w, p: given(w.pack(p), w.watermark)),
    "queries.since.changes_since": Case(Right.READ, lambda w, p: given(w.pack(p), w.watermark)),
    "queries.since.compare_with_now": Case(Right.READ, lambda w, p: given(pack=w.pack(p), watermark=w.watermark)),
    "queries.since.compare_snapshots": Case(Right.READ, lambda w, p: given(w.snapshots[p], w.snapshots[p])),
    "queries.soundness.verify": Case(Right.ADMINISTER, lambda w, p: given(), places=("全部",)),
    # ── definitions ────────────────────────────────────────────────────────────────────────────────────────────────
    "queries.definitions.list_definitions": Case(
        Right.READ, lambda w, p: given(DefinitionKind.LIST_RULE), Reach.SOMEWHERE, _places_of_rules, ("本镇",)
    ),
    "queries.definitions.definition_versions": Case(
        Right.READ, lambda w, p: given(DefinitionKind.LIST_RULE, name=f"{p}月榜")
    ),
    "queries.definitions.get_definition": Case(
        Right.READ, lambda w, p: given(DefinitionKind.LIST_REASONS, w.reasons[p])
    ),
    "queries.definitions.definitions_version": Case(None, lambda w, p: given(), **_SHARED),
    "queries.composites.composite_of": Case(None, lambda w, p: given(f"composite-{w.composite}"), **_SHARED),
    "queries.composites.indicator_entry": Case(None, lambda w, p: given(f"composite-{w.composite}"), **_SHARED),
    "queries.composites.entry_of": Case(None, lambda w, p: given(w.kept(w.composite)), **_SHARED),
    "queries.lists.month_lists": Case(Right.READ, lambda w, p: given(w.watermark, MONTH, w.rules[p], w.reasons[p])),
    "queries.lists.draft_lists": Case(Right.READ, lambda w, p: given(w.watermark, MONTH, w.rule(p))),
    "queries.lists.reasons_number": Case(Right.READ, lambda w, p: given(f"{p}月榜", MONTH)),
    "queries.lists.measure_of": Case(None, lambda w, p: given("garbage", Level.TOWN), **_SHARED),
    "queries.packs.freeze_lists": Case(Right.READ, lambda w, p: given(w.watermark, MONTH, w.rules[p])),
    "queries.packs.freeze_order": Case(Right.READ, lambda w, p: given(w.order(p), w.watermark)),
    "queries.meeting.meeting_order": Case(Right.READ, lambda w, p: given(w.orders[p])),
    "queries.meeting.check_order": Case(Right.READ, lambda w, p: given(w.order(p))),
    "queries.meeting.meeting_slides": Case(Right.READ, lambda w, p: given(order=w.order(p), watermark=w.watermark)),
    "queries.meeting.settle_stops": Case(Right.READ, lambda w, p: given(w.order(p), w.watermark)),
}
