"""Which engine a test's stores are on: a DuckDB file in the test's folder, or a database of a PostgreSQL server.

A test that takes the fixture `engine`, by itself or through another fixture, runs once on each, unless it is marked
`duckdb_only`: then it is about the file.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.postgres_server import Server

DUCKDB, POSTGRESQL = "duckdb", "postgresql"


@dataclass
class Databases:
    """Databases of a server, one for each folder that asks.

    Args:
        templates: name → database that others are copied from; nobody is connected to one.
    """

    server: Server
    templates: dict[str, str] = field(default_factory=dict)
    of_folder: dict[Path, str] = field(default_factory=dict)

    def url(self, folder: Path, template: str = "", fill: Callable[[str], None] | None = None) -> str:
        """The address of a folder's database, made where there is none yet.

        Args:
            template: name of what it is copied from; an empty database where left out.
            fill: makes the template in the database whose address it is given, at its first use.
        """
        folder = folder.resolve()
        if folder not in self.of_folder:
            if template and template not in self.templates:
                name = self.server.new_database()
                if fill is not None:
                    fill(self.server.url(name))
                self.templates[template] = name
            self.of_folder[folder] = self.server.new_database(self.templates.get(template, "template1"))
        return self.server.url(self.of_folder[folder])

    def drop(self) -> None:
        """Remove what was made for folders."""
        for name in self.of_folder.values():
            self.server.drop(name)
        self.of_folder.clear()


_now: Databases | None = None


def current() -> Databases | None:
    """The databases stores are made in now; None: DuckDB files."""
    return _now


@contextmanager
def stores_in(databases: Databases, *, keep: bool = False) -> Iterator[None]:
    """Stores are made on PostgreSQL within, and removed after unless they are to be kept."""
    global _now
    _now = databases
    try:
        yield
    finally:
        _now = None
        if not keep:
            databases.drop()


@contextmanager
def held_by_another(home: Path) -> Iterator[int]:
    """A home whose file another process, of this number, has open."""
    hold = f"import duckdb; c = duckdb.connect({str(home / 'ecodash.duckdb')!r}); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline()
        try:
            yield other.pid
        finally:
            other.communicate("\n")
