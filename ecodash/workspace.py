"""An opened installation: the store, the catalogue and the regions that queries and actions work on."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pandas as pd

from ecodash.catalog.loader import load_catalog
from ecodash.domain.indicators import Catalog
from ecodash.domain.regions import RegionTree
from ecodash.link_key import read_link_key
from ecodash.settings import Settings
from ecodash.store import records
from ecodash.store.engine import Store, open_store


class FrameMemory:
    """Frames that were read, by a key that names immutable data; those not used longest go first.

    Args:
        most_rows: kept in all; about 80 bytes each.
    """

    def __init__(self, most_rows: int = 1_000_000) -> None:
        self._most_rows = most_rows
        self._rows = 0
        self._frames: OrderedDict[Hashable, pd.DataFrame] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> pd.DataFrame | None:
        """The frame under a key, not to be changed; None where it is not kept."""
        with self._lock:
            if key in self._frames:
                self._frames.move_to_end(key)
            return self._frames.get(key)

    def keep(self, key: Hashable, frame: pd.DataFrame) -> None:
        """Keep a frame, and let go of others where there is no room for all; an empty one counts as a row."""
        with self._lock:
            self._drop(key)
            self._frames[key] = frame
            self._rows += len(frame) + 1
            while self._rows > self._most_rows and len(self._frames) > 1:
                self._drop(next(iter(self._frames)))

    def _drop(self, key: Hashable) -> None:
        frame = self._frames.pop(key, None)
        if frame is not None:
            self._rows -= len(frame) + 1

    def clear(self) -> None:
        """Let go of every frame."""
        with self._lock:
            self._frames.clear()
            self._rows = 0


@dataclass
class Workspace:
    """What a process works with, opened once.

    Args:
        settings, store, catalog: as opened.
        frames: figures read before, by watermark.
    """

    settings: Settings
    store: Store
    catalog: Catalog
    _tree: RegionTree | None = None
    _tree_lock: threading.Lock = field(default_factory=threading.Lock)
    frames: FrameMemory = field(default_factory=FrameMemory)
    _link_key: bytes = b""

    @property
    def tree(self) -> RegionTree:
        """The regions of the store, read once until they change."""
        with self._tree_lock:
            if self._tree is None:
                with self.store.reading() as connection:
                    self._tree = records.region_tree(connection)
            return self._tree

    def forget_tree(self) -> None:
        """Read the regions anew at the next use, and the figures, which depend on them."""
        with self._tree_lock:
            self._tree = None
        self.frames.clear()

    @property
    def link_key(self) -> bytes:
        """The key that tokens of links are derived from; made at first use."""
        if not self._link_key:
            self._link_key = read_link_key(self.settings.link_key_file)
        return self._link_key

    def on(self, store: Store) -> "Workspace":
        """The same installation over another store, such as one where a commit is rehearsed."""
        return Workspace(self.settings, store, self.catalog, self.tree)

    def close(self) -> None:
        """Release the store."""
        self.store.close()


def open_workspace(settings: Settings, now: datetime | None = None) -> Workspace:
    """Open the store and bring its catalogue up to date.

    Raises:
        CatalogError: a bad entry in the catalogue.
        StoreHeld: another process owns the store.
    """
    catalog = load_catalog(settings.data_dir / "catalog" / "indicators.toml")
    store = open_store(settings)
    with store.writing() as connection:
        records.sync_catalog(connection, catalog, now or datetime.now(UTC))
    return Workspace(settings, store, catalog)


_shared: dict[Settings, Workspace] = {}
_shared_lock = threading.Lock()


def shared_workspace(settings: Settings) -> Workspace:
    """The one workspace of this process for these settings: a DuckDB file is opened once."""
    with _shared_lock:
        if settings not in _shared:
            _shared[settings] = open_workspace(settings)
        return _shared[settings]


def close_shared_workspaces() -> None:
    """Release every store this process holds."""
    with _shared_lock:
        for workspace in _shared.values():
            workspace.close()
        _shared.clear()
