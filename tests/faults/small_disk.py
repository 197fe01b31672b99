"""A disk that is soon full: a small one of this process alone where that is allowed, else a limit on the size of files."""

import contextlib
import ctypes
import os
import resource
from collections.abc import Iterator
from pathlib import Path

_NEW_MOUNTS, _NEW_USER = 0x00020000, 0x10000000
_PRIVATE, _ALL_BELOW = 1 << 18, 1 << 14


class SmallDisk:
    """Holds an installation, and is filled up and freed.

    Args:
        folder: on it.
        is_real: whether it is a disk of its own; else files of this process may not grow beyond a size.
    """

    def __init__(self, folder: Path, *, is_real: bool) -> None:
        self.folder, self.is_real = folder, is_real

    @property
    def way(self) -> str:
        """How it is made full."""
        return "tmpfs" if self.is_real else "RLIMIT_FSIZE"

    def fill(self, leave: int = 0) -> None:
        """Leave so many bytes, and no more."""
        if self.is_real:
            with (self.folder / "filler").open("wb", buffering=0) as stream:
                found = os.statvfs(self.folder)
                rest = found.f_bavail * found.f_frsize - leave
                while rest > 0:
                    rest -= stream.write(bytes(min(rest, 1 << 20)))
        else:
            logs = [one.stat().st_size for one in self.folder.rglob("*.wal")]
            _limit(max(logs, default=0) + leave)

    def free(self) -> None:
        """Make room again."""
        if self.is_real:
            (self.folder / "filler").unlink(missing_ok=True)
        else:
            _limit(resource.RLIM_INFINITY)


def _limit(size: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int, *, real: bool = True) -> Iterator[SmallDisk]:
    """A disk for the rest of this process, which is to be one of its own.

    Args:
        real: whether to try for a disk of its own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    disk = SmallDisk(folder, is_real=real and _mounted(folder, megabytes))
    try:
        yield disk
    finally:
        disk.free()


def _mounted(folder: Path, megabytes: int) -> bool:
    """Whether this process could get a disk in memory that nobody else sees, and that goes with it."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_MOUNTS if os.geteuid() == 0 else _NEW_MOUNTS | _NEW_USER):
        return False
    if libc.mount(b"none", b"/", None, _PRIVATE | _ALL_BELOW, None):
        return False
    return not libc.mount(b"none", str(folder).encode(), b"tmpfs", 0, f"size={megabytes}m".encode())
