"""One function per thing a user may do: who does it is an argument, each is one transaction and one audit line."""

from ecodash.actions.definitions import save_definition, withdraw_definition
from ecodash.actions.imports import ImportResult, explain, import_file
from ecodash.actions.places import add_region_alias, add_regions, set_month_closed
from ecodash.actions.snapshots import SnapshotMade, create_snapshot
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
    "ImportResult",
    "SnapshotMade",
    "Upload",
    "add_region_alias",
    "add_regions",
    "commit_upload",
    "create_snapshot",
    "explain",
    "import_file",
    "plan_undo",
    "read_file",
    "rehearsing",
    "save_definition",
    "set_month_closed",
    "undo_batch",
    "withdraw_definition",
]
