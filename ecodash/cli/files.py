"""How commands write a file for somebody: it is told to the audit as any other that is taken away."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ecodash import actions
from ecodash.actions import Taken
from ecodash.cli import base
from ecodash.domain.access import SYSTEM
from ecodash.domain.audit import Export, ExportKind
from ecodash.domain.regions import COUNTRY_KEY
from ecodash.errors import UserError
from ecodash.workspace import Workspace


def hand_over(
    workspace: Workspace,
    path: Path,
    content: bytes,
    what: ExportKind,
    *,
    region: int = COUNTRY_KEY,
    batch: int | None = None,
    rows: int | None = None,
    more: dict[str, Any] | None = None,
) -> None:
    """Write a file, and a line of the audit for it.

    Args:
        region: key of the region its figures are of.
    Raises:
        UserError: the file cannot be written; there is no line then.
    """
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UserError(f"不能写入文件 {path}。", "请换一个可写的位置。") from error
    actor = base.actor(workspace)
    told = Export(
        what, path.name, region, None, batch, rows, len(content), hashlib.sha256(content).hexdigest(), more or {}
    )
    actions.log_exports(workspace.acting(SYSTEM), [Taken(told, actor, datetime.now(UTC))])
