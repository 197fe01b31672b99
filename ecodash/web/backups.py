"""A backup for a program on this machine: the app owns the store's file, so that the command line asks it for a copy."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ecodash import actions
from ecodash.answers import backup_answer
from ecodash.domain.access import local_operator
from ecodash.errors import NotPermitted, UserError
from ecodash.web.client import BACKUP_PATH, KEY_HEADER
from ecodash.web.handle import Handle
from ecodash.workspace import Workspace


def backup_route(workspace: Callable[[], Workspace], handle: Callable[[], Handle | None]) -> Route:
    """POST makes a backup for whoever shows the key of this process, and answers with its record."""

    async def make(request: Request) -> Response:
        own = handle()
        shown = request.headers.get(KEY_HEADER, "")
        if own is None or not secrets.compare_digest(shown.encode(), own.key.encode()):
            return _refused(
                403,
                NotPermitted("没有备份权限。", "请在本机命令行使用 python -m ecodash backup make，或在网页上备份。"),
            )
        try:
            return JSONResponse(await run_in_threadpool(_made, workspace(), _number(request, "keep")))
        except UserError as error:
            return _refused(409, error)

    return Route(BACKUP_PATH, make, methods=["POST"])


def _number(request: Request, name: str) -> int:
    written = request.query_params.get(name, "0")
    if not written.isdecimal() or len(written) > 6:
        raise UserError(f"参数 {name} 不是整数。", "请写成 1 以上的整数，或去掉。")
    return int(written)


def _made(workspace: Workspace, keep: int) -> dict[str, object]:
    # Who shows the key can read it, and with it the store's file: the machine's operator.
    actor, now = local_operator("api"), datetime.now(UTC)
    own = workspace.acting(actor)
    made = actions.make_backup(own, actor=actor, now=now)
    deleted = actions.delete_old_backups(own, keep, actor=actor, now=now) if keep else []
    return backup_answer(made, workspace.settings, deleted)


def _refused(status: int, error: UserError) -> Response:
    shown = {"kind": type(error).__name__, "what": error.what, "remedy": error.remedy}
    return JSONResponse({"error": shown}, status_code=status)
