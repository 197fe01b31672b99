"""An opened installation: the store, the catalogue and the regions that queries and actions work on."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ecodash.catalog.loader import load_catalog
from ecodash.domain.indicators import Catalog
from ecodash.domain.regions import RegionTree
from ecodash.settings import Settings
from ecodash.store import records
from ecodash.store.engine import Store, open_store


@dataclass
class Workspace:
    """What a process works with, opened once.

    Args:
        settings, store, catalog: as opened.
    """

    settings: Settings
    store: Store
    catalog: Catalog
    _tree: RegionTree | None = None
    _tree_lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def tree(self) -> RegionTree:
        """The regions of the store, read once until they change."""
        with self._tree_lock:
            if self._tree is None:
                with self.store.reading() as connection:
                    self._tree = records.region_tree(connection)
            return self._tree

    def forget_tree(self) -> None:
        """Read the regions anew at the next use."""
        with self._tree_lock:
            self._tree = None

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
