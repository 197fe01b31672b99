"""DuckDB's log after a power cut: its end may be zeros where blocks did not reach the disk before the file's length did.

DuckDB has the log on the disk before a commit is acknowledged, so that such an end holds nothing anybody was told of; but it
refuses to open the store. The end is taken off, and the log as it was kept aside. Damage with something behind it is no torn
end: it may hold acknowledged commits, and is left alone.
"""

import logging
import os
import re
import shutil
from pathlib import Path

_DAMAGED = re.compile(r"Failure while replaying WAL.*entry at byte position (\d+)", re.DOTALL)
"""DuckDB names the place behind the entry's head."""
_HEAD = 16
"""An entry begins with its length and its checksum, eight bytes each; a whole one ends in 0xFF."""
_AT_ONCE = 1 << 20
_log = logging.getLogger(__name__)


def log_of(database: Path) -> Path:
    """What DuckDB has written and not yet moved into the file."""
    return database.with_name(f"{database.name}.wal")


def take_off(database: Path, error: BaseException) -> bool:
    """Take the torn end off a log that could not be read.

    Args:
        error: what DuckDB says about it.
    Returns:
        Whether there was one, so that the store may open now.
    """
    log, place = log_of(database), find(database, error)
    if place is None:
        return False
    aside = _free_name(log)
    shutil.copy2(log, aside)
    with log.open("r+b") as stream:
        stream.truncate(place)
        os.fsync(stream.fileno())
    _log.warning(
        "the end of %s was not written whole (a power cut?): %d bytes nobody was told of were taken off, the log is kept as %s",
        log.name,
        aside.stat().st_size - place,
        aside.name,
    )
    return True


def find(database: Path, error: BaseException) -> int | None:
    """Where the torn end of a log begins that could not be read; None where it has none."""
    found, log = _DAMAGED.search(str(error)), log_of(database)
    if found is None or not log.exists():
        return None
    place = int(found[1]) - _HEAD
    return place if _is_torn(log, place) else None


def _is_torn(log: Path, place: int) -> bool:
    """Whether an entry that cannot be read goes over into zeros, and nothing but zeros stands behind it."""
    with log.open("rb") as stream:
        stream.seek(place)
        head = stream.read(_HEAD)
        if place < 0 or len(head) < _HEAD:
            return False
        stream.seek(-1, os.SEEK_END)
        if stream.read(1) != b"\0":
            return False
        stream.seek(place + _HEAD + int.from_bytes(head[:8], "little"))
        while part := stream.read(_AT_ONCE):
            if any(part):
                return False
    return True


def _free_name(log: Path) -> Path:
    number = 1
    while (aside := log.with_name(f"{log.name}.torn-{number}")).exists():
        number += 1
    return aside
