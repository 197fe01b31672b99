"""Whose turn it is to write: one transaction of a process at a time, and none any more once the process is to stop."""

import threading
import time
from types import TracebackType

from ecodash.errors import ServiceStopping
from ecodash.i18n import gettext as _
from ecodash.meters import LOCK_WAIT


class CommitLock:
    """A lock that can be closed: then whoever holds it ends in peace, and whoever waits for it, or comes later, is told
    that the process is stopping. The one thread that closed it may still write what is left to say."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since: float | None = None
        self._last_writer: int | None = None
        self._is_closed = False

    @property
    def held_seconds(self) -> float:
        """How long somebody holds it already; 0 where nobody does."""
        since = self._since
        return 0.0 if since is None else time.monotonic() - since

    def acquire(self, blocking: bool = True) -> bool:
        """As of threading.Lock.

        Raises:
            ServiceStopping: it is closed, and blocking.
        """
        begun = time.monotonic()
        if not blocking and not self._lets_in():
            return False
        self._refuse_late()
        if not self._lock.acquire(blocking):
            return False
        if not self._lets_in():
            self._lock.release()
            self._refuse_late()
        LOCK_WAIT.observe(time.monotonic() - begun)
        self._since = time.monotonic()
        return True

    def release(self) -> None:
        """As of threading.Lock."""
        self._since = None
        self._lock.release()

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def close(self) -> None:
        """Let nobody in any more."""
        self._is_closed = True

    def settle(self, seconds: float) -> bool:
        """Close it, wait for whoever holds it, and let this thread alone write from here on.

        Args:
            seconds: to wait at most.
        Returns:
            Whether nobody holds it any more.
        """
        self.close()
        is_free = self._lock.acquire(timeout=max(seconds, 0.0))
        if is_free:
            self._last_writer = threading.get_ident()
            self._lock.release()
        return is_free

    def _lets_in(self) -> bool:
        return not self._is_closed or self._last_writer == threading.get_ident()

    def _refuse_late(self) -> None:
        if not self._lets_in():
            raise ServiceStopping(
                _("系统正在停止或重启，这次操作没有保存任何数据。"), _("请一分钟后重新打开页面，再操作一次。")
            )
