"""A PostgreSQL server for tests: Debian's package, in a temporary folder, on loopback, under an account that is not root.

Its databases are not worth keeping, so it does not wait for the disk unless it is asked to.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

_HASTY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_numbers = count(1)


def find_binaries() -> Path:
    """The folder with initdb and pg_ctl, of the newest version that is installed.

    Raises:
        RuntimeError: none is: `make test` installs it, tests/install_browser.sh alone too.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: int(one.parts[-3]))
    if not found:
        raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql")
    return found[-1].parent


@dataclass(frozen=True)
class Server:
    """A running server.

    Args:
        folder: its files and its log.
        port: on 127.0.0.1.
    """

    folder: Path
    port: int

    def url(self, database: str) -> str:
        """SQLAlchemy's address of a database."""
        return f"postgresql+psycopg://ecodash:ecodash@127.0.0.1:{self.port}/{database}"

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Statements outside a transaction."""
        address = self.url(database).replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def new_database(self, template: str = "template1") -> str:
        """Name of a new database, made as a template is; the template is not to be in use."""
        name = f"store_{os.getpid()}_{next(_numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, database: str) -> None:
        """Remove a database with whoever is connected to it."""
        self.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: smart, fast, or immediate, which is as if its power were cut."""
        _as_other("pg_ctl", "stop", "-D", str(self.folder / "data"), "-m", mode, "-w")

    def start(self, settings: Sequence[str] = _HASTY) -> None:
        """Start the server, also again after stop."""
        options = [f"port={self.port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={self.folder}"]
        options += ["max_connections=200", "shared_buffers=64MB", *settings]
        _as_other(
            *("pg_ctl", "start", "-w", "-D", str(self.folder / "data"), "-l", str(self.folder / "log")),
            *("-o", " ".join(f"-c {one}" for one in options)),
        )


@contextmanager
def running_server(settings: Sequence[str] = _HASTY) -> Iterator[Server]:
    """A server of its own, removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="ecodash-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    try:
        (folder / "password").write_text("ecodash")
        _as_other(
            *("initdb", "-D", str(folder / "data"), "-U", "ecodash", "--encoding=UTF8", "--locale=C.UTF-8"),
            *("--auth=scram-sha-256", f"--pwfile={folder / 'password'}", "--no-sync"),
        )
        server = Server(folder, _free_port())
        server.start(settings)
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _as_other(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs: it refuses to be root."""
    account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    done = subprocess.run(
        [str(find_binaries() / program), *arguments],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        user=account and account.pw_uid,
        group=account and account.pw_gid,
        extra_groups=[] if account else None,
    )
    if done.returncode:
        raise RuntimeError(f"{program} failed: {done.stderr}")
