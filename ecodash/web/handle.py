"""The running app's handle: a file that tells the command line where the app answers, and the key to it."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Handle:
    """A running app.

    Args:
        pid: its process.
        url: where it answers, e.g. http://127.0.0.1:8501.
        key: what a local import must show; only this machine's user can read it.
    """

    pid: int
    url: str
    key: str


def write_handle(path: Path, url: str) -> Handle:
    """Write the handle for this process, readable by its user only."""
    handle = Handle(os.getpid(), url, secrets.token_urlsafe(32))
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(asdict(handle), stream)
    fresh.replace(path)
    return handle


def find_handle(path: Path) -> Handle | None:
    """The handle of a running app, or None where there is none or its process is gone."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        handle = Handle(int(values["pid"]), str(values["url"]), str(values["key"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if os.name == "nt":
        return handle  # Signal 0 is Ctrl-C there; whether the app answers is found out by asking it.
    try:
        os.kill(handle.pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    return handle


def remove_handle(path: Path) -> None:
    """Forget the app, where the handle is this process's own."""
    handle = find_handle(path)
    if handle is not None and handle.pid == os.getpid():
        path.unlink(missing_ok=True)
