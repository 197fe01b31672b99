"""Own routes: snapshot pages, health, imports by programs."""

import json
import logging
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from ecodash import actions, answers, queries
from ecodash.domain.access import local_operator
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY
from ecodash.errors import LinkUnknown, NotPermitted, UserError
from ecodash.reports.message_page import render_message
from ecodash.web.client import KEY_HEADER
from ecodash.web.handle import Handle
from ecodash.workspace import Workspace

MAX_IMPORT_BYTES = 50 * 1024 * 1024
_TOKEN_LENGTH = 64
_log = logging.getLogger(__name__)

SNAPSHOT_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "private, max-age=0, must-revalidate",
}


class TooLarge(UserError):
    """A request body is larger than an upload may be."""


def build_routes(workspace: Callable[[], Workspace], handle: Callable[[], Handle | None]) -> list[Route]:
    """The routes over a workspace that is opened when first needed."""

    async def snapshot(request: Request) -> Response:
        token = str(request.path_params["token"])[:_TOKEN_LENGTH]
        try:
            _, html = await run_in_threadpool(_snapshot_page, workspace(), token)
        except LinkUnknown as error:
            page = render_message("快照不存在", error.what, error.remedy)
            return HTMLResponse(page, status_code=404, headers=SNAPSHOT_HEADERS)
        return HTMLResponse(html, headers=SNAPSHOT_HEADERS)

    async def health(request: Request) -> Response:
        watermark = await run_in_threadpool(queries.newest_watermark, workspace())
        return JSONResponse({"status": "ok", "watermark": watermark})

    async def import_file(request: Request) -> Response:
        own = handle()
        shown = request.headers.get(KEY_HEADER, "")
        if own is None or not secrets.compare_digest(shown.encode(), own.key.encode()):
            return _error(
                403, NotPermitted("没有导入权限。", "请在本机命令行使用 python -m ecodash import,或在网页上传。")
            )
        try:
            data = await _body(request)
            answer = await run_in_threadpool(_import, workspace(), data, dict(request.query_params))
        except TooLarge as error:
            return _error(413, error)
        except UserError as error:
            return _error(409, error)
        return JSONResponse(answer)

    return [
        Route("/s/{token}", snapshot, methods=["GET"]),
        Route("/healthz", health, methods=["GET"]),
        Route("/api/import", import_file, methods=["POST"]),
    ]


def _snapshot_page(workspace: Workspace, token: str) -> tuple[dict[str, Any], bytes]:
    if token.isdecimal():
        # A number is the command line's way to name a snapshot; a link must carry the token.
        raise LinkUnknown("没有这个快照链接。", "请核对链接是否完整，或向发送人索取新链接。")
    return answers.snapshot(workspace, token)


async def _body(request: Request) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_IMPORT_BYTES:
            raise TooLarge("文件超过 50 MB。", "请拆分后上传。")
        chunks.append(chunk)
    return b"".join(chunks)


def _import(workspace: Workspace, data: bytes, parameters: dict[str, str]) -> dict[str, Any]:
    within, month = parameters.get("within"), parameters.get("month")
    try:
        mapping = {str(header): str(code) for header, code in json.loads(parameters.get("mapping", "{}")).items()}
    except (ValueError, AttributeError) as error:
        raise UserError("参数 mapping 不是 JSON 对象。", '请写成 {"表头": "指标代码"}。') from error
    return actions.import_file(
        workspace,
        data,
        parameters.get("name", "upload")[:200],
        actor=local_operator("api"),
        now=datetime.now(UTC),
        month=Month.parse(month) if month else None,
        within=answers.region_named(workspace, within) if within else COUNTRY_KEY,
        mapping=answers.known_mapping(workspace, mapping),
        dry_run=parameters.get("dry_run") == "1",
    ).to_dict()


def _error(status: int, error: UserError) -> Response:
    _log.info("import refused: %s", error)
    shown = {"kind": type(error).__name__, "what": error.what, "remedy": error.remedy}
    return JSONResponse({"error": shown}, status_code=status)
