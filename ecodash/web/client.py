"""The command line's way to a running app: an import goes through it, as the app owns the store's file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from ecodash.errors import IndicatorUnknown, PeriodUnknown, RegionUnknown, StoreHeld, UserError
from ecodash.web.handle import Handle

KEY_HEADER = "X-Ecodash-Key"
_TIMEOUT_SECONDS = 600.0
_REFUSALS = {kind.__name__: kind for kind in (IndicatorUnknown, PeriodUnknown, RegionUnknown)}
"""Refusals the command line answers with a code of their own."""


def import_through_app(
    handle: Handle, file: Path, *, month: str | None, within: str | None, mapping: Mapping[str, str], dry_run: bool
) -> dict[str, Any]:
    """Import a file through the app that holds the store; the answer of /api/import.

    Raises:
        StoreHeld: the app's process is there but does not answer.
        UserError: the app refused, with its reason.
    """
    values = {"name": file.name, "month": month, "within": within, "mapping": json.dumps(dict(mapping))}
    parameters = {name: value for name, value in values.items() if value is not None}
    if dry_run:
        parameters["dry_run"] = "1"
    try:
        response = httpx.post(
            f"{handle.url}/api/import",
            params=parameters,
            content=file.read_bytes(),
            headers={KEY_HEADER: handle.key},
            timeout=_TIMEOUT_SECONDS,
            trust_env=False,
        )
        answer: dict[str, Any] = response.json()
    except (httpx.TransportError, ValueError) as error:
        raise StoreHeld(
            f"数据库正由进程 {handle.pid} 使用，但 {handle.url} 没有应答。",
            "请检查网页服务，或停止它后重试。",
            handle.pid,
        ) from error
    if "error" in answer:
        raise _REFUSALS.get(answer["error"].get("kind"), UserError)(answer["error"]["what"], answer["error"]["remedy"])
    return answer
