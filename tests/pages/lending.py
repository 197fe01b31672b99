"""Copies of homes for the page tests: one that a test left as it was goes, still open, to the next that asks."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ecodash import workspace as opened
from ecodash.settings import SETTING_NAMES, load_settings

Files = dict[Path, tuple[int, int]]


@dataclass(frozen=True)
class _Lent:
    key: tuple[object, ...]
    copy: Path
    files: Files


class Lending:
    """Lends copies of homes to one test at a time. Copying and opening a store takes longer than most pages do.

    Args:
        new_folder: makes an empty folder.
    """

    def __init__(self, new_folder: Callable[[], Path]) -> None:
        self._new_folder = new_folder
        self._free: dict[tuple[object, ...], Path] = {}
        self._lent: _Lent | None = None

    def lend(self, home: Path) -> Path:
        """A copy of a home, which is ECODASH_HOME until the test is over."""
        if self._lent is None:
            key = (home, *(os.environ.get(name, "") for name in SETTING_NAMES if name != "ECODASH_HOME"))
            copy = self._free.pop(key, None) or Path(shutil.copytree(home, self._new_folder() / "home"))
            opened.shared_workspace(load_settings({**os.environ, "ECODASH_HOME": str(copy)}))
            self._lent = _Lent(key, copy, _files(copy))
        return self._lent.copy

    def take_back(self) -> None:
        """Keep what was lent, if not a byte of it was written and it is still open; close all that others opened."""
        lent, self._lent = self._lent, None
        if lent is not None and _files(lent.copy) == lent.files:
            self._free[lent.key] = lent.copy
        kept = set(self._free.values())
        for settings in [one for one in opened._shared if one.home not in kept]:
            opened._shared.pop(settings).close()


def _files(folder: Path) -> Files:
    """Every file with its size and when it was last written."""
    found = {path: path.stat() for path in folder.rglob("*")}
    return {path: (stat.st_size, stat.st_mtime_ns) for path, stat in found.items()}
