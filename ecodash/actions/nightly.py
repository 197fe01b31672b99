"""What the running app does by itself at its hour: a backup, its rotation, and closed months put in order."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

from ecodash.actions.backups import make_backup, rotate_backups
from ecodash.actions.maintenance import reorder_month, unordered_months
from ecodash.domain.access import SYSTEM
from ecodash.domain.backup_plan import Attempt
from ecodash.errors import ServiceStopping, StoreTrouble, TransitionRefused, UserError
from ecodash.logs import get_logger
from ecodash.settings import Settings
from ecodash.store import backup as backups
from ecodash.store import journal, records
from ecodash.workspace import Workspace

_log = get_logger(__name__)
_LOOKS_EVERY = 30.0
"""Seconds. It looks at the clock on the wall again and again: a machine that slept, or whose clock was set, is noticed."""


def _now() -> datetime:
    return datetime.now(UTC)


class Nightly:
    """The thread of an app's nightly work, for a DuckDB store with automatic backups switched on.

    Args:
        workspace: the app's own.
        clock: tells the moment, aware.
    """

    def __init__(
        self, settings: Settings, workspace: Callable[[], Workspace], clock: Callable[[], datetime] = _now
    ) -> None:
        self._settings = settings
        self._workspace = workspace
        self._clock = clock
        self._started_at = clock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look at the clock."""
        if self._settings.is_embedded and self._settings.backup_at:
            self._thread = threading.Thread(target=self._run, name="nightly", daemon=True)
            self._thread.start()

    def stop(self, seconds: float = 5.0) -> None:
        """Begin nothing any more; a backup under way that is not finished in time leaves nothing but a folder that does
        not count."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        while not self._ended.wait(_LOOKS_EVERY):
            try:
                self.look()
            except ServiceStopping:
                return
            except Exception:
                # The night after is to come, too, and nobody else would hear of it.
                _log.exception("nightly work failed")

    def look(self) -> bool:
        """Do what is due now. Returns whether anything was."""
        now = self._clock()
        state = backups.state(self._settings, now, self._started_at)
        if state.next_at is None or state.next_at > now:
            return False
        try:
            self._back_up(now)
        except TransitionRefused:
            return False  # Somebody makes one just now: looked at again in a moment.
        self._put_in_order()
        return True

    def _back_up(self, now: datetime) -> None:
        own = self._workspace().acting(SYSTEM)
        try:
            made = make_backup(own, actor=SYSTEM, now=now, is_automatic=True)
        except (TransitionRefused, ServiceStopping):
            raise
        except Exception as error:
            fault = error.what + error.remedy if isinstance(error, UserError) else f"{type(error).__name__}：{error}"
            self._tell_failure(own, fault.strip(), now)
            if isinstance(error, UserError):
                return
            raise
        backups.write_attempt(self._settings.backups_dir, Attempt(now))
        gone = rotate_backups(own, actor=SYSTEM, now=self._clock())
        _log.info("automatic backup made", backup=made.name, watermark=made.watermark, size=made.size, deleted=gone)

    def _tell_failure(self, workspace: Workspace, fault: str, now: datetime) -> None:
        _log.error("automatic backup failed", fault=fault)
        try:
            backups.write_attempt(self._settings.backups_dir, Attempt(now, fault[:500]))
        except OSError as error:
            _log.error("the failed backup could not be noted", reason=str(error))
        try:
            with workspace.store.writing() as connection:
                records.write_audit(
                    connection, actor=SYSTEM, now=now, action="fail_backup", detail={"fault": fault[:500]},
                    watermark=journal.newest_watermark(connection),
                )  # fmt: skip
        except StoreTrouble as error:
            _log.error("the failed backup could not be told to the audit", reason=error.what)

    def _put_in_order(self) -> None:
        own = self._workspace().acting(SYSTEM)
        for month in unordered_months(own):
            if self._ended.is_set():
                return
            reorder_month(own, month, actor=SYSTEM, now=self._clock())
