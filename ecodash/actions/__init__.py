"""One function per thing a user may do: who does it is an argument, each is one transaction and one audit line."""

from ecodash.actions.boundaries import read_boundaries, save_boundaries, withdraw_boundaries
from ecodash.actions.definitions import save_definition, withdraw_definition
from ecodash.actions.imports import ImportResult, explain, import_file
from ecodash.actions.lists import save_list_reasons, save_list_rule
from ecodash.actions.places import add_region_alias, add_regions, set_month_closed
from ecodash.actions.snapshots import (
    SnapshotMade,
    change_access,
    count_openings,
    create_snapshot,
    extend_snapshot,
    renew_link,
    revoke_snapshot,
    write_presenter_notes,
)
from ecodash.actions.targets import EditProblem, TargetPlan, plan_targets, save_targets
from ecodash.actions.uploads import (
    Choices,
    Upload,
    commit_upload,
    plan_undo,
    read_file,
    rehearsing,
    undo_batch,
)

__all__ = [
    "Choices",
    "EditProblem",
    "ImportResult",
    "SnapshotMade",
    "TargetPlan",
    "Upload",
    "add_region_alias",
    "add_regions",
    "change_access",
    "commit_upload",
    "count_openings",
    "create_snapshot",
    "explain",
    "extend_snapshot",
    "import_file",
    "plan_targets",
    "plan_undo",
    "read_boundaries",
    "read_file",
    "rehearsing",
    "renew_link",
    "revoke_snapshot",
    "save_boundaries",
    "save_definition",
    "save_list_reasons",
    "save_list_rule",
    "save_targets",
    "set_month_closed",
    "undo_batch",
    "withdraw_boundaries",
    "withdraw_definition",
    "write_presenter_notes",
]
