"""An opened installation: the store, the catalogue and the regions that queries and actions work on."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pandas as pd

from ecodash.catalog.loader import load_catalog
from ecodash.domain.access import NOBODY, SYSTEM, Actor
from ecodash.domain.indicators import Catalog
from ecodash.domain.regions import RegionTree
from ecodash.errors import UserError
from ecodash.meters import CACHE
from ecodash.settings import Settings
from ecodash.store import backup, records
from ecodash.store.engine import Connection, Store, open_store
from ecodash.store.examination import open_to_read
from ecodash.store.health import newest_schema
from ecodash.store.key_print import key_of_store, refuse_other_key

_HIT, _MISS = (CACHE.labels("frames", result) for result in ("hit", "miss"))


def forget_views(frame: pd.DataFrame) -> None:
    """Let pandas forget the views of a kept frame that are gone. It notes every view of every column and looks through
    its notes only when there are hundreds: of frames that are kept and looked at all day, they grew to more than the
    figures, and took the collector a third of a second."""
    for block in frame._mgr.blocks:
        block.refs.has_reference()
    for axis in frame._mgr.axes:
        if axis._references is not None:
            axis._references.has_reference()


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
            found = self._frames.get(key)
            (_MISS if found is None else _HIT).inc()
            if found is not None:
                self._frames.move_to_end(key)
                forget_views(found)
            return found

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
        regions: how many times the list of regions had changed when anything kept here was read; -1: nothing was.
        link_key: empty until asked for.
        frames: figures read before, by watermark.
        batches: batch → the regions it touched; a batch is never changed.
        state: how far the store had come after so many writes of this process; None before it was looked.
    """

    tree: RegionTree | None = None
    regions: int = -1
    link_key: bytes = b""
    batches: dict[int, tuple[int, ...]] = field(default_factory=dict)
    frames: FrameMemory = field(default_factory=FrameMemory)
    state: tuple[int, records.StoreState] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Workspace:
    """What a process works with, opened once, as one actor sees it.

    Args:
        settings, store, catalog: as opened.
        actor: who asks; queries answer what that actor may see.
        is_checked: a question that was allowed is being answered: what it asks in turn is not checked again.
        known: what was read before, by whichever actor.
        is_current: whoever asks has just looked how far the store has come, and asks as of then.
    """

    settings: Settings
    store: Store
    catalog: Catalog
    actor: Actor = NOBODY
    is_checked: bool = False
    known: Known = field(default_factory=Known)
    is_current: bool = False

    def acting(self, actor: Actor) -> "Workspace":
        """The same installation as another actor sees it."""
        return replace(self, actor=actor, is_checked=False, is_current=False)

    def current(self) -> "Workspace":
        """The same for whoever has just looked how far the store has come."""
        return replace(self, is_current=True)

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
                    self.known.regions = records.regions_version(connection)
                    self.known.tree = records.region_tree(connection)
            return self.known.tree

    def forget_tree(self) -> None:
        """Read the regions anew at the next use, and the figures, which depend on them."""
        with self.known.lock:
            self._forget_tree()

    def _forget_tree(self) -> None:
        self.known.tree = None
        # Another memory: who is still reading by the old regions keeps what was read in the old one.
        self.known.frames = FrameMemory()

    def keep_up(self, regions: int) -> None:
        """Forget the regions where they changed since they were read: another process may have done so.

        Args:
            regions: how many times they have changed by now.
        """
        with self.known.lock:
            if regions > self.known.regions:
                self.known.regions = regions
                self._forget_tree()

    def catch_up(self) -> None:
        """Look whether another process changed the regions. A DuckDB file has no other."""
        if not self.is_current and not self.settings.is_embedded:
            with self.store.reading() as connection:
                regions = records.regions_version(connection)
            self.keep_up(regions)

    @property
    def frames(self) -> FrameMemory:
        """Figures read before. To be asked for once by who reads and then keeps: it is another after a change of the
        regions."""
        return self.known.frames

    def frames_at(self, connection: Connection) -> FrameMemory:
        """Where to keep what is read over a connection that was opened before: nowhere that anybody looks, where it shows
        other regions than those known by now."""
        with self.known.lock:
            frames, regions = self.known.frames, self.known.regions
        if self.settings.is_embedded or records.regions_version(connection) == regions:
            return frames
        return FrameMemory()

    @property
    def link_key(self) -> bytes:
        """The key that tokens of links are derived from; made at first use, on PostgreSQL the same for all processes.

        Raises:
            KeyRefused: the store is used with another key.
        """
        if not self.known.link_key:
            self.known.link_key = key_of_store(self.settings, self.store)
        return self.known.link_key

    def on(self, store: Store) -> "Workspace":
        """The same installation over another store, such as one where a commit is rehearsed."""
        return Workspace(
            self.settings, store, self.catalog, self.actor, self.is_checked, Known(self.tree, self.known.regions)
        )

    def close(self) -> None:
        """Release the store."""
        self.store.close()


def open_workspace(settings: Settings, now: datetime | None = None) -> Workspace:
    """Open the store and bring its catalogue up to date. It acts for the machine's operator: whoever runs a program
    that opens the file could read it anyway.

    Raises:
        CatalogError: a bad entry in the catalogue.
        StoreHeld: another process owns the store.
        KeyRefused: the store is used with another key of links.
    """
    catalog = load_catalog(settings.data_dir / "catalog" / "indicators.toml")
    store = open_store(settings)
    try:
        refuse_other_key(settings, store)
        with store.reading() as connection:
            is_known = records.is_catalog_known(connection, catalog)
        if not is_known:
            with store.writing() as connection:
                records.sync_catalog(connection, catalog, now or datetime.now(UTC))
    except BaseException:
        store.close()
        raise
    return Workspace(settings, store, catalog, SYSTEM)


@contextmanager
def workspace_of_backup(settings: Settings, name: str) -> Iterator[Workspace]:
    """A backup opened to be read only, acting for the machine's operator, while the store may be in use.

    Raises:
        UserError: there is no such backup, it does not open, or it is of another version of the software.
    """
    found = backup.find_backup(settings.backups_dir, name)
    catalog = load_catalog(settings.data_dir / "catalog" / "indicators.toml")
    database = settings.backups_dir / found.name / backup.DATABASE
    own = replace(settings, database_url=f"duckdb:///{database}")
    store = open_to_read(own)
    try:
        with store.reading() as connection:
            if backup.schema_of(connection) != newest_schema():
                raise UserError(
                    f"备份 {name} 是其他版本的程序（{found.software}）做的，不能直接读取。",
                    "请用现在的程序重新做一份备份。",
                )
        yield Workspace(own, store, catalog, SYSTEM)
    finally:
        store.close()


_shared: dict[Settings, Workspace] = {}
_shared_lock = threading.Lock()


def shared_workspace(settings: Settings) -> Workspace:
    """The one workspace of this process for these settings: a DuckDB file is opened once. It acts for nobody until an
    actor is named (Workspace.acting), so that what forgets to name one is refused."""
    with _shared_lock:
        if settings not in _shared:
            opened = open_workspace(settings)
            if not settings.is_embedded:
                # At the start, not when the first reader comes: with another key than the other processes' it ends here.
                _ = opened.link_key
            _shared[settings] = opened.acting(NOBODY)
        return _shared[settings]


def close_shared_workspaces() -> None:
    """Release every store this process holds."""
    with _shared_lock:
        for workspace in _shared.values():
            workspace.close()
        _shared.clear()
