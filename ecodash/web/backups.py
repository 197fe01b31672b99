"""Backups and upkeep for a program on this machine: the app owns the store's file, so that the command line asks it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ecodash import actions, answers, queries
from ecodash.domain.access import local_operator
from ecodash.domain.periods import Month
from ecodash.errors import NotPermitted, UserError
from ecodash.web.client import BACKUP_PATH, MAINTAIN_PATH
from ecodash.web.handle import Handle
from ecodash.web.programs import refused, shows_key
from ecodash.workspace import Workspace

Answered = Callable[[Workspace, Request], dict[str, Any]]


def backup_routes(workspace: Callable[[], Workspace], handle: Callable[[], Handle | None]) -> list[Route]:
    """Two addresses for whoever shows the key of this process. POST /api/backup makes a backup, or checks the one named
    by `verify`; POST /api/maintain does what `do` says: plan, reorder, digest, examine, tell_export."""

    def answering(answer: Answered) -> Callable[[Request], Any]:
        async def respond(request: Request) -> Response:
            if not shows_key(request, handle):
                return refused(
                    NotPermitted("没有备份权限。", "请在本机命令行使用 python -m ecodash backup make，或在网页上备份。")
                )
            try:
                # Who shows the key can read it, and with it the store's file: the machine's operator.
                asking = workspace().acting(local_operator("api"))
                return JSONResponse(await run_in_threadpool(answer, asking, request))
            except UserError as error:
                return refused(error)

        return respond

    return [
        Route(BACKUP_PATH, answering(_backup), methods=["POST"]),
        Route(MAINTAIN_PATH, answering(_maintain), methods=["POST"]),
    ]


def _number(request: Request, name: str) -> int:
    written = request.query_params.get(name, "0")
    if not written.isdecimal() or len(written) > 9:
        raise UserError(f"参数 {name} 不是整数。", "请写成 1 以上的整数，或去掉。")
    return int(written)


def _backup(workspace: Workspace, request: Request) -> dict[str, Any]:
    actor, now = workspace.actor, datetime.now(UTC)
    if name := request.query_params.get("verify", ""):
        found = actions.check_backup(workspace, name, actor=actor, now=now)
        return answers.backup_check_answer(found, workspace.settings)
    keep = _number(request, "keep")
    made = actions.make_backup(workspace, actor=actor, now=now)
    deleted = actions.delete_old_backups(workspace, keep, actor=actor, now=now) if keep else []
    return answers.backup_answer(made, workspace.settings, deleted)


def _maintain(workspace: Workspace, request: Request) -> dict[str, Any]:
    do = request.query_params.get("do", "")
    if do == "plan":
        return {"months": [str(month) for month in actions.unordered_months(workspace)]}
    if do == "reorder":
        month = Month.parse(request.query_params.get("month", ""))
        done = actions.reorder_month(workspace, month, actor=workspace.actor, now=datetime.now(UTC))
        return answers.reordered_answer(month, done)
    if do == "digest":
        return answers.store_digest_answer(
            workspace, _number(request, "watermark") if "watermark" in request.query_params else None
        )
    if do == "examine":
        found = queries.examine(workspace, is_full=request.query_params.get("full") == "1", now=datetime.now(UTC))
        return {"findings": [one.to_record() for one in found]}
    if do == "tell_export":
        told = {"watermark": _number(request, "watermark"), "files": _number(request, "files")}
        digest = request.query_params.get("digest", "")[:64]
        actions.tell_export(workspace, **told, digest=digest, actor=workspace.actor, now=datetime.now(UTC))
        return told
    raise UserError("参数 do 应为 plan、reorder、digest、examine 或 tell_export。", "请改正后重试。")
