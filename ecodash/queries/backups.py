"""The backups of the installation."""

from datetime import datetime

from ecodash.domain.access import Right
from ecodash.domain.backup_plan import BackupState
from ecodash.domain.backups import Backup
from ecodash.permits import everywhere, needs
from ecodash.settings import Settings
from ecodash.store import backup as backups
from ecodash.workspace import Workspace


@needs(Right.ADMINISTER, everywhere)
def list_backups(workspace: Workspace) -> list[Backup]:
    """Every backup, newest first, read from the disk: they are no part of the store."""
    return backups.list_backups(workspace.settings.backups_dir)


@needs(Right.ADMINISTER, everywhere)
def get_backup(workspace: Workspace, name: str) -> Backup:
    """One backup by its name.

    Raises:
        UserError: there is none.
    """
    return backups.find_backup(workspace.settings.backups_dir, name)


def backups_on_disk(settings: Settings) -> list[Backup]:
    """As list_backups, for whoever works on the machine: the store need not be opened for it, which another process may
    hold, or which may be broken."""
    return backups.list_backups(settings.backups_dir)


def backup_state(settings: Settings, now: datetime, started_at: datetime | None = None) -> BackupState:
    """How the installation stands with its backups, read from the disk; for programs that watch over it, too.

    Args:
        started_at: when the app was started that makes them; now where it is not known.
    """
    return backups.state(settings, now, started_at)
