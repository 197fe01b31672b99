"""How often snapshots were opened and by whom: counted in memory, told to the store every few seconds and at the end."""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime

from ecodash.actions import Opening

Counts = Mapping[Opening, tuple[int, datetime]]
_SECONDS = 5.0
_MOST = 300
"""So many readers are told apart between two writings; of more only how often they opened which snapshot."""
_log = logging.getLogger(__name__)


class Openings:
    """Counts that wait to be written.

    Args:
        write: adds counts up, who opened which snapshot → how often and when last.
        seconds: how long a count waits at most.
    """

    def __init__(self, write: Callable[[Counts], None], seconds: float = _SECONDS) -> None:
        self._write, self._seconds = write, seconds
        self._waiting: dict[Opening, tuple[int, datetime]] = {}
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._timer: threading.Timer | None = None
        self._is_closed = False

    def add(self, opening: Opening, now: datetime) -> None:
        """Count one opening of a snapshot."""
        with self._lock:
            one = opening
            if len(self._waiting) >= _MOST and opening not in self._waiting:
                one = Opening(opening.snapshot)
            self._waiting[one] = (self._waiting.get(one, (0, now))[0] + 1, now)
            self._set_timer()

    def flush(self) -> None:
        """Write what is counted; it is kept for the next time where the store does not take it."""
        with self._writing:
            with self._lock:
                counts, self._waiting, self._timer = self._waiting, {}, None
            if not counts:
                return
            try:
                self._write(counts)
            except Exception:
                with self._lock:
                    for one, (times, last) in counts.items():
                        more, later = self._waiting.get(one, (0, last))
                        self._waiting[one] = (times + more, max(last, later))
                    self._set_timer()
                raise

    def close(self) -> None:
        """Write what is counted, and count no longer by oneself."""
        with self._lock:
            self._is_closed = True
            if self._timer is not None:
                self._timer.cancel()
        self.flush()

    def _set_timer(self) -> None:
        if self._timer is None and not self._is_closed:
            self._timer = threading.Timer(self._seconds, self._flush_or_tell)
            self._timer.daemon = True
            self._timer.start()

    def _flush_or_tell(self) -> None:
        try:
            self.flush()
        except Exception:
            # Nobody waits for this thread: the log is the only place to say it, and the counts are kept.
            _log.exception("openings of snapshots could not be written")
