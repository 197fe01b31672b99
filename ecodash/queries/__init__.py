"""One function per question a screen asks. Every answer is a function of (watermark, selection).

Region columns hold 12-digit keys; `region_code` is the code, `name` the name as shown. Missing is NaN, never zero.
"""

from ecodash.queries.base import units
from ecodash.queries.boundaries import boundaries, boundary_geojson, list_boundaries
from ecodash.queries.composites import composite_of, indicator_entry
from ecodash.queries.definitions import definition_versions, definitions_version, get_definition, list_definitions
from ecodash.queries.dossier import profile_tables, region_facts, region_trend
from ecodash.queries.explanations import why
from ecodash.queries.figures import key_figures, reconciliation, region_attributes, unit_ranking, unit_tiles
from ecodash.queries.frozen import comparison_meta, freeze, map_areas, map_frame, page_meta
from ecodash.queries.histories import batch_notes, corrected_reports, late_villages, report_months, value_history
from ecodash.queries.lists import draft_lists, measure_of, month_lists, reasons_number
from ecodash.queries.map_values import county_outline, unit_attainment, unit_values
from ecodash.queries.packs import freeze_lists, freeze_order, freeze_pages, telling_indicator
from ecodash.queries.peers import attribute_thirds, peer_classes, peer_scheme
from ecodash.queries.profile import figure_doubts, figure_origins, region_profile
from ecodash.queries.ranking import composite_parts, ranking, ranking_without_history, robustness, what_if
from ecodash.queries.reports import list_audit, list_batches, report_counts, reporting
from ecodash.queries.scope import (
    default_indicator,
    default_selection,
    home_region,
    indicator_level,
    indicators_reported,
    months_reported,
    newest_watermark,
    shows_demo,
    store_state,
    watermark_stamp,
    whole_region,
)
from ecodash.queries.since import are_alike, changes_since, compare_snapshots, compare_with_now, with_shown
from ecodash.queries.snapshots import (
    freeze_again,
    frozen_pack,
    frozen_tables,
    get_snapshot,
    is_right_pin,
    list_snapshots,
    neighbours,
    open_editions,
    snapshot_frame,
    snapshot_token,
)
from ecodash.queries.soundness import Soundness, verify
from ecodash.queries.standings import ranks_of, totals_of
from ecodash.queries.target_plans import next_year_targets, target_children, target_decomposition, target_plans
from ecodash.queries.targets import (
    category_targets,
    past_targets,
    progress_matrix,
    region_targets,
    target_categories,
    unit_progress,
)
from ecodash.queries.uploads import (
    batch_cells,
    batch_doubts,
    batch_record,
    closed_months,
    region_aliases,
    reminder,
    template_indicators,
    upload_template,
    uploaded_file,
)

__all__ = [
    "Soundness",
    "are_alike",
    "attribute_thirds",
    "batch_cells",
    "batch_doubts",
    "batch_notes",
    "batch_record",
    "boundaries",
    "boundary_geojson",
    "category_targets",
    "changes_since",
    "closed_months",
    "compare_snapshots",
    "compare_with_now",
    "comparison_meta",
    "composite_of",
    "composite_parts",
    "corrected_reports",
    "county_outline",
    "default_indicator",
    "default_selection",
    "definition_versions",
    "definitions_version",
    "draft_lists",
    "figure_doubts",
    "figure_origins",
    "freeze",
    "freeze_again",
    "freeze_lists",
    "freeze_order",
    "freeze_pages",
    "frozen_pack",
    "frozen_tables",
    "get_definition",
    "get_snapshot",
    "home_region",
    "indicator_entry",
    "indicator_level",
    "indicators_reported",
    "is_right_pin",
    "key_figures",
    "late_villages",
    "list_audit",
    "list_batches",
    "list_boundaries",
    "list_definitions",
    "list_snapshots",
    "map_areas",
    "map_frame",
    "measure_of",
    "month_lists",
    "months_reported",
    "neighbours",
    "newest_watermark",
    "next_year_targets",
    "open_editions",
    "page_meta",
    "past_targets",
    "peer_classes",
    "peer_scheme",
    "profile_tables",
    "progress_matrix",
    "ranking",
    "ranking_without_history",
    "ranks_of",
    "reasons_number",
    "reconciliation",
    "region_aliases",
    "region_attributes",
    "region_facts",
    "region_profile",
    "region_targets",
    "region_trend",
    "reminder",
    "report_counts",
    "report_months",
    "reporting",
    "robustness",
    "shows_demo",
    "snapshot_frame",
    "snapshot_token",
    "store_state",
    "target_categories",
    "target_children",
    "target_decomposition",
    "target_plans",
    "telling_indicator",
    "template_indicators",
    "totals_of",
    "unit_attainment",
    "unit_progress",
    "unit_ranking",
    "unit_tiles",
    "unit_values",
    "units",
    "upload_template",
    "uploaded_file",
    "value_history",
    "verify",
    "watermark_stamp",
    "what_if",
    "whole_region",
    "why",
    "with_shown",
]
