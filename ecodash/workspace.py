"""An opened installation: the store, the catalogue and the regions that queries and actions work on."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pandas as pd

from ecodash.catalog.loader import load_catalog
from ecodash.domain.access import NOBODY, SYSTEM, Actor
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
class Known:
    """What was read of a store and is kept by all who look at it.

    Args:
        tree: the regions; None until asked for.
        link_key: empty until asked for.
        frames: figures read before, by watermark.
        batches: batch → the regions it touched; a batch is never changed.
    """

    tree: RegionTree | None = None
    link_key: bytes = b""
    batches: dict[int, tuple[int, ...]] = field(default_factory=dict)
    frames: FrameMemory = field(default_factory=FrameMemory)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Workspace:
    """What a process works with, opened once, as one actor sees it.

    Args:
        settings, store, catalog: as opened.
        actor: who asks; queries answer what that actor may see.
        is_checked: a question that was allowed is being answered: what it asks in turn is not checked again.
        known: what was read before, by whichever actor.
    """

    settings: Settings
    store: Store
    catalog: Catalog
    actor: Actor = NOBODY
    is_checked: bool = False
    known: Known = field(default_factory=Known)

    def acting(self, actor: Actor) -> "Workspace":
        """The same installation as another actor sees it."""
        return replace(self, actor=actor, is_checked=False)

    def checked(self) -> "Workspace":
        """The same for the same actor, within a question that was allowed."""
        return self if self.is_checked else replace(self, is_checked=True)

    def asked_by(self, actor: Actor) -> "Workspace":
        """The same within a question that was allowed to an actor: what is asked in turn is not checked again."""
        return replace(self, actor=actor, is_checked=True)

    @property
    def tree(self) -> RegionTree:
        """The regions of the store, read once until they change."""
        with self.known.lock:
            if self.known.tree is None:
                with self.store.reading() as connection:
                    self.known.tree = records.region_tree(connection)
            return self.known.tree

    def forget_tree(self) -> None:
        """Read the regions anew at the next use, and the figures, which depend on them."""
        with self.known.lock:
            self.known.tree = None
        self.known.frames.clear()

    @property
    def frames(self) -> FrameMemory:
        """Figures read before."""
        return self.known.frames

    @property
    def link_key(self) -> bytes:
        """The key that tokens of links are derived from; made at first use."""
        if not self.known.link_key:
            self.known.link_key = read_link_key(self.settings.link_key_file)
        return self.known.link_key

    def on(self, store: Store) -> "Workspace":
        """The same installation over another store, such as one where a commit is rehearsed."""
        return Workspace(self.settings, store, self.catalog, self.actor, self.is_checked, Known(self.tree))

    def close(self) -> None:
        """Release the store."""
        self.store.close()


def open_workspace(settings: Settings, now: datetime | None = None) -> Workspace:
    """Open the store and bring its catalogue up to date. It acts for the machine's operator: whoever runs a program
    that opens the file could read it anyway.

    Raises:
        CatalogError: a bad entry in the catalogue.
        StoreHeld: another process owns the store.
    """
    catalog = load_catalog(settings.data_dir / "catalog" / "indicators.toml")
    store = open_store(settings)
    with store.writing() as connection:
        records.sync_catalog(connection, catalog, now or datetime.now(UTC))
    return Workspace(settings, store, catalog, SYSTEM)


_shared: dict[Settings, Workspace] = {}
_shared_lock = threading.Lock()


def shared_workspace(settings: Settings) -> Workspace:
    """The one workspace of this process for these settings: a DuckDB file is opened once. It acts for nobody until an
    actor is named (Workspace.acting), so that what forgets to name one is refused."""
    with _shared_lock:
        if settings not in _shared:
            _shared[settings] = open_workspace(settings).acting(NOBODY)
        return _shared[settings]


def close_shared_workspaces() -> None:
    """Release every store this process holds."""
    with _shared_lock:
        for workspace in _shared.values():
            workspace.close()
        _shared.clear()
