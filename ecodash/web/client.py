"""The command line's way to a running app: an import goes through it, as the app owns the store's file."""

import json
from pathlib import Path
from typing import Any

import httpx

from ecodash.errors import IndicatorUnknown, PeriodUnknown, RegionUnknown, StoreHeld, UserError
from ecodash.import_answers import ImportOptions
from ecodash.web.handle import Handle

KEY_HEADER = "X-Ecodash-Key"
BACKUP_PATH = "/api/backup"
MAINTAIN_PATH = "/api/maintain"
_TIMEOUT_SECONDS = 600.0
_REFUSALS = {kind.__name__: kind for kind in (IndicatorUnknown, PeriodUnknown, RegionUnknown)}
"""Refusals the command line answers with a code of their own."""


def import_through_app(handle: Handle, file: Path, options: ImportOptions) -> dict[str, Any]:
    """Import a file through the app that holds the store; the answer of /api/import.

    Raises:
        StoreHeld: the app's process is there but does not answer.
        UserError: the app refused, with its reason.
    """
    answer: dict[str, Any] = _decoded(handle, _post(handle, "/api/import", file, options))
    return answer


def annotate_through_app(handle: Handle, file: Path, options: ImportOptions) -> bytes:
    """The file with its faults and doubts marked, by the app that holds the store; refusals as in import_through_app."""
    response = _post(handle, "/api/annotate", file, options)
    if response.headers.get("content-type", "").startswith("application/json"):
        _decoded(handle, response)
    return response.content


def backup_through_app(handle: Handle, keep: int | None = None) -> dict[str, Any]:
    """A backup made by the app that holds the store, the answer of answers.backup_answer; refusals as in
    import_through_app.

    Args:
        keep: so many of the newest backups stay; all where it is None.
    """
    answer: dict[str, Any] = _decoded(handle, _send(handle, BACKUP_PATH, {"keep": str(keep or "")}, b""))
    return answer


def verify_through_app(handle: Handle, name: str) -> dict[str, Any]:
    """A backup checked by the app that holds the store, and compared with it; refusals as in import_through_app."""
    answer: dict[str, Any] = _decoded(handle, _send(handle, BACKUP_PATH, {"verify": name}, b""))
    return answer


def maintain_through_app(handle: Handle, do: str, **values: str) -> dict[str, Any]:
    """What the app that holds the store does for its upkeep: ecodash.web.maintenance; refusals as in
    import_through_app."""
    answer: dict[str, Any] = _decoded(handle, _send(handle, MAINTAIN_PATH, {"do": do, **values}, b""))
    return answer


def _post(handle: Handle, path: str, file: Path, options: ImportOptions) -> httpx.Response:
    values = {
        "name": file.name,
        "month": options.month,
        "within": options.within,
        "sheets": json.dumps(options.sheets),
        "mapping": json.dumps(dict(options.mapping)),
        "reasons": json.dumps(dict(options.reasons)),
        "accept_guesses": "1" if options.accepts_guesses else "",
        "dry_run": "1" if options.is_dry_run else "",
        "explain": "1" if options.explains else "",
        "publish": "1" if options.publishes else "",
    }
    return _send(handle, path, values, file.read_bytes())


def _send(handle: Handle, path: str, values: dict[str, str], content: bytes) -> httpx.Response:
    try:
        return httpx.post(
            f"{handle.url}{path}",
            params={name: value for name, value in values.items() if value},
            content=content,
            headers={KEY_HEADER: handle.key},
            timeout=_TIMEOUT_SECONDS,
            trust_env=False,
        )
    except httpx.TransportError as error:
        raise _silent(handle) from error


def _decoded(handle: Handle, response: httpx.Response) -> Any:
    try:
        answer = response.json()
    except ValueError as error:
        raise _silent(handle) from error
    if "error" in answer:
        raise _REFUSALS.get(answer["error"].get("kind"), UserError)(answer["error"]["what"], answer["error"]["remedy"])
    return answer


def _silent(handle: Handle) -> StoreHeld:
    return StoreHeld(
        f"数据库正由进程 {handle.pid} 使用，但 {handle.url} 没有应答。", "请检查网页服务，或停止它后重试。", handle.pid
    )
