"""One function per question a screen asks. Every answer is a function of (watermark, selection).

Region columns hold 12-digit keys; `region_code` is the code, `name` the name as shown. Missing is NaN, never zero.
"""

from ecodash.queries.base import units
from ecodash.queries.definitions import definition_versions, definitions_version, get_definition, list_definitions
from ecodash.queries.figures import key_figures, reconciliation, region_attributes, trend, unit_ranking, unit_tiles
from ecodash.queries.frozen import freeze, map_frame
from ecodash.queries.profile import figure_doubts, figure_origins, region_profile
from ecodash.queries.reports import frozen_snapshot, list_audit, list_batches, list_snapshots, reporting
from ecodash.queries.scope import (
    default_indicator,
    default_selection,
    home_region,
    indicator_level,
    indicators_reported,
    months_reported,
    newest_watermark,
    shows_demo,
    watermark_stamp,
    whole_region,
)
from ecodash.queries.soundness import Soundness, verify
from ecodash.queries.standings import ranks_of, totals_of
from ecodash.queries.targets import category_targets, region_targets, unit_progress
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
    "batch_cells",
    "batch_doubts",
    "batch_record",
    "category_targets",
    "closed_months",
    "default_indicator",
    "default_selection",
    "definition_versions",
    "definitions_version",
    "figure_doubts",
    "figure_origins",
    "freeze",
    "frozen_snapshot",
    "get_definition",
    "home_region",
    "indicator_level",
    "indicators_reported",
    "key_figures",
    "list_audit",
    "list_batches",
    "list_definitions",
    "list_snapshots",
    "map_frame",
    "months_reported",
    "newest_watermark",
    "ranks_of",
    "reconciliation",
    "region_aliases",
    "region_attributes",
    "region_profile",
    "region_targets",
    "reminder",
    "reporting",
    "shows_demo",
    "template_indicators",
    "totals_of",
    "trend",
    "unit_progress",
    "unit_ranking",
    "unit_tiles",
    "units",
    "upload_template",
    "uploaded_file",
    "verify",
    "watermark_stamp",
    "whole_region",
]
