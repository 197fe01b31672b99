"""One function per thing a user may do: who does it is an argument, each is one transaction and one audit line."""

from ecodash.actions.account_plans import (
    AccountPlan,
    AccountProblem,
    AccountRow,
    accounts_template,
    create_accounts,
    plan_accounts,
)
from ecodash.actions.accounts import (
    NewAccount,
    change_grants,
    create_account,
    end_account_sessions,
    reset_password,
    reset_totp,
    set_disabled,
    unlink_oidc,
)
from ecodash.actions.backups import (
    Loss,
    Restored,
    check_backup,
    check_backup_apart,
    delete_backup,
    delete_old_backups,
    make_backup,
    restore_backup,
    restore_loss,
    rotate_backups,
)
from ecodash.actions.boundaries import read_boundaries, save_boundaries, withdraw_boundaries
from ecodash.actions.calendar import set_deadline, set_month_closed, set_reviewed
from ecodash.actions.definitions import save_definition, withdraw_definition
from ecodash.actions.exports import EXPORT_LOG, ExportLog, Taken, log_exports
from ecodash.actions.filings import open_filing, overlapping_filings, rehearsing_filings
from ecodash.actions.handing_in import deliver
from ecodash.actions.imports import ImportResult, explain, import_file
from ecodash.actions.indicators import change_indicator
from ecodash.actions.lists import save_list_reasons, save_list_rule
from ecodash.actions.maintenance import Compacted, compact_store, reorder_month, unordered_months
from ecodash.actions.nightly import Nightly
from ecodash.actions.open_export import FORMATS as EXPORT_FORMATS
from ecodash.actions.open_export import Exported, export_all, tell_export
from ecodash.actions.places import add_region_alias, add_regions
from ecodash.actions.review import accept_filing, accept_filings, return_filing, withdraw_filing
from ecodash.actions.second_factors import TotpOffer, begin_totp, confirm_totp, drop_totp
from ecodash.actions.setting_up import is_setup_link, make_setup_link, set_up
from ecodash.actions.signing_in import (
    Opened,
    Ticket,
    change_password,
    open_oidc,
    second_factor,
    sign_in,
    sign_out,
    sign_out_everywhere,
)
from ecodash.actions.snapshots import (
    Opening,
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
    "EXPORT_FORMATS",
    "EXPORT_LOG",
    "AccountPlan",
    "AccountProblem",
    "AccountRow",
    "Choices",
    "Compacted",
    "EditProblem",
    "ExportLog",
    "Exported",
    "ImportResult",
    "Loss",
    "NewAccount",
    "Nightly",
    "Opened",
    "Opening",
    "Restored",
    "SnapshotMade",
    "Taken",
    "TargetPlan",
    "Ticket",
    "TotpOffer",
    "Upload",
    "accept_filing",
    "accept_filings",
    "accounts_template",
    "add_region_alias",
    "add_regions",
    "begin_totp",
    "change_access",
    "change_grants",
    "change_indicator",
    "change_password",
    "check_backup",
    "check_backup_apart",
    "commit_upload",
    "compact_store",
    "confirm_totp",
    "count_openings",
    "create_account",
    "create_accounts",
    "create_snapshot",
    "delete_backup",
    "delete_old_backups",
    "deliver",
    "drop_totp",
    "end_account_sessions",
    "explain",
    "export_all",
    "extend_snapshot",
    "import_file",
    "is_setup_link",
    "log_exports",
    "make_backup",
    "make_setup_link",
    "open_filing",
    "open_oidc",
    "overlapping_filings",
    "plan_accounts",
    "plan_targets",
    "plan_undo",
    "read_boundaries",
    "read_file",
    "rehearsing",
    "rehearsing_filings",
    "renew_link",
    "reorder_month",
    "reset_password",
    "reset_totp",
    "restore_backup",
    "restore_loss",
    "return_filing",
    "revoke_snapshot",
    "rotate_backups",
    "save_boundaries",
    "save_definition",
    "save_list_reasons",
    "save_list_rule",
    "save_targets",
    "second_factor",
    "set_deadline",
    "set_disabled",
    "set_month_closed",
    "set_reviewed",
    "set_up",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "tell_export",
    "undo_batch",
    "unlink_oidc",
    "unordered_months",
    "withdraw_boundaries",
    "withdraw_definition",
    "withdraw_filing",
    "write_presenter_notes",
]
