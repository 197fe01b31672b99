"""Own routes: health, imports by programs, and the list of all others."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ecodash import import_answers
from ecodash.domain.access import local_operator
from ecodash.errors import NotPermitted, UserError
from ecodash.import_answers import ImportOptions
from ecodash.web.backups import backup_routes
from ecodash.web.geo import geo_route
from ecodash.web.handle import Handle
from ecodash.web.health import Health, health_route
from ecodash.web.metrics import metrics_route
from ecodash.web.print import print_routes
from ecodash.web.programs import TooLarge, refused, shows_key
from ecodash.web.screen import screen_routes
from ecodash.workspace import Workspace

MAX_IMPORT_BYTES = 50 * 1024 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def build_routes(
    workspace: Callable[[], Workspace], handle: Callable[[], Handle | None], health: Health | None = None
) -> list[Route]:
    """The routes over a workspace that is opened when first needed; those of snapshots stand before them, in
    ecodash.web.snapshots.

    Args:
        health: closed by whoever gives it.
    """

    looking = health or Health(workspace)

    async def upload(request: Request, answer: Callable[..., Any]) -> Any:
        """The answer to a file sent by somebody who shows the key of this process, else a refusal."""
        if not shows_key(request, handle):
            return refused(
                NotPermitted("没有导入权限。", "请在本机命令行使用 python -m ecodash import，或在网页上传。")
            )
        try:
            data = await _body(request)
            return await run_in_threadpool(_answered, answer, workspace(), data, dict(request.query_params))
        except UserError as error:
            return refused(error)

    async def import_file(request: Request) -> Response:
        answer = await upload(request, import_answers.import_answer)
        return answer if isinstance(answer, Response) else JSONResponse(answer)

    async def annotate_file(request: Request) -> Response:
        answer = await upload(request, import_answers.annotated_answer)
        return answer if isinstance(answer, Response) else Response(answer, media_type=XLSX)

    return [
        health_route(workspace, looking),
        metrics_route(workspace, looking),
        geo_route(workspace),
        Route("/api/import", import_file, methods=["POST"]),
        Route("/api/annotate", annotate_file, methods=["POST"]),
        *backup_routes(workspace, handle),
        *print_routes(workspace),
        *screen_routes(workspace),
    ]


async def _body(request: Request) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_IMPORT_BYTES:
            raise TooLarge("文件超过 50 MB。", "请拆分后上传。")
        chunks.append(chunk)
    return b"".join(chunks)


def _answered(answer: Callable[..., Any], workspace: Workspace, data: bytes, parameters: dict[str, str]) -> Any:
    name = parameters.get("name", "upload")[:200]
    options = ImportOptions(
        month=parameters.get("month", ""),
        within=parameters.get("within", ""),
        sheets=tuple(map(str, _json(parameters, "sheets", list))),
        mapping={str(header): str(target) for header, target in _json(parameters, "mapping", dict).items()},
        accepts_guesses=parameters.get("accept_guesses") == "1",
        reasons={str(code): str(reason) for code, reason in _json(parameters, "reasons", dict).items()},
        is_dry_run=parameters.get("dry_run") == "1",
        explains=parameters.get("explain") == "1",
        publishes=parameters.get("publish") == "1",
    )
    # Who shows the key can read it, and with it the store's file: the machine's operator.
    actor = local_operator("api")
    return answer(workspace.acting(actor), data, name, options, actor=actor, now=datetime.now(UTC))


def _json(parameters: dict[str, str], name: str, kind: type) -> Any:
    """A parameter written as JSON; empty where it is not given."""
    try:
        found = json.loads(parameters[name]) if name in parameters else kind()
    except ValueError as error:
        raise _malformed(name) from error
    if not isinstance(found, kind):
        raise _malformed(name)
    return found


def _malformed(name: str) -> UserError:
    examples = {"mapping": '{"表头": "指标代码"}', "reasons": '{"疑点代码": "理由"}', "sheets": '["工作表名"]'}
    return UserError(f"参数 {name} 不是所要的 JSON。", f"请写成 {examples[name]}。")
