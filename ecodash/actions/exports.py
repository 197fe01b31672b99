"""What is taken away is told by the audit: at once on the command line, and behind the pages on the server, where no
download waits for a busy store."""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ecodash.domain.access import SYSTEM, Actor
from ecodash.domain.audit import Export
from ecodash.meters import EXPORTS_DROPPED
from ecodash.permits import Reach, needs
from ecodash.store import journal, records
from ecodash.workspace import Workspace

MOST_WAITING = 10_000
"""So many lines wait for the store at most; of those beyond, the audit says how many there were."""
_RETRY_SECONDS = 5.0
_AT_ONCE = 500
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Taken:
    """Something that was taken away: what, by whom, when."""

    export: Export
    actor: Actor
    at: datetime


@needs(None, Reach.MACHINE)
def log_exports(workspace: Workspace, taken: Sequence[Taken], lost: int = 0, now: datetime | None = None) -> None:
    """One audit line for each thing that was taken away.

    Args:
        lost: so many more were taken away while the store could not be written, and are not known any more.
        now: when the last of these was.
    """
    with workspace.store.writing() as connection:
        watermark = journal.newest_watermark(connection)
        for one in taken:
            records.write_audit(
                connection,
                actor=one.actor,
                now=one.at,
                action="export",
                detail=one.export.detail(),
                watermark=watermark,
                region=one.export.region,
                batch=one.export.batch,
            )
        if lost and now is not None:
            records.write_audit(
                connection,
                actor=SYSTEM,
                now=now,
                action="exports_lost",
                detail={"count": lost},
                watermark=watermark,
            )


class ExportLog:
    """Lines that wait to be written by a thread behind the pages. Nobody who takes something away waits for it; what the
    store does not take is kept and tried again.

    Args:
        most_waiting: lines kept while the store does not take them.
        retry_seconds: between two tries.
    """

    def __init__(self, most_waiting: int = MOST_WAITING, retry_seconds: float = _RETRY_SECONDS) -> None:
        self._most, self._retry = most_waiting, retry_seconds
        self._waiting: list[tuple[Workspace, Taken]] = []
        self._lost = 0
        self._last_lost: tuple[Workspace, datetime] | None = None
        self._news = threading.Condition()
        self._writing = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def note(self, workspace: Workspace, export: Export, *, actor: Actor, now: datetime) -> None:
        """Have a line written soon."""
        with self._news:
            if len(self._waiting) >= self._most:
                self._lost, self._last_lost = self._lost + 1, (workspace.acting(SYSTEM), now)
                EXPORTS_DROPPED.inc()
                return
            self._waiting.append((workspace.acting(SYSTEM), Taken(export, actor, now)))
            if self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._work, name="export-log", daemon=True)
                self._thread.start()
            self._news.notify()

    def flush(self) -> None:
        """Write what waits; it is kept where the store does not take it, and the store's error is raised."""
        with self._writing:
            while True:
                with self._news:
                    lost, last = self._lost, self._last_lost
                    if self._waiting:
                        workspace = self._waiting[0][0]
                    elif lost and last is not None:
                        workspace = last[0]
                    else:
                        return
                    part = [one for opened, one in self._waiting[:_AT_ONCE] if opened.settings == workspace.settings]
                log_exports(workspace, part, lost, last[1] if last else None)
                with self._news:
                    done = set(map(id, part))
                    self._waiting = [pair for pair in self._waiting if id(pair[1]) not in done]
                    self._lost -= lost

    def close(self) -> None:
        """Write what waits, and end the thread; a later line starts another."""
        with self._news:
            self._is_closed, thread = True, self._thread
            self._news.notify_all()
        if thread is not None:
            thread.join()
        with self._news:
            self._is_closed, self._thread = False, None
        self.flush()

    def _work(self) -> None:
        while True:
            with self._news:
                while not self._waiting and not self._lost and not self._is_closed:
                    self._news.wait()
                if self._is_closed:
                    return
            try:
                self.flush()
            except Exception:
                # Whatever it was: a thread that ended here would write no later line either. Nobody waits for it, so the
                # log is the only place to say it; the lines are kept.
                _log.exception("exports could not be written to the audit; they are tried again")
                with self._news:
                    if not self._is_closed:
                        self._news.wait(self._retry)


EXPORT_LOG = ExportLog()
"""The one of this process."""
