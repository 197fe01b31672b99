"""/geo/{digest}.json: shapes of a boundary set, named by their content and so never stale."""

import gzip
import re
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ecodash import queries
from ecodash.errors import LinkUnknown, NotPermitted
from ecodash.web.reply import status_of
from ecodash.web.session_gate import bound
from ecodash.workspace import Workspace

_DIGEST = re.compile("[0-9a-f]{64}")
_HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
}


def geo_route(workspace: Callable[[], Workspace]) -> Route:
    """The route over a workspace that is opened when first needed."""

    async def shapes(request: Request) -> Response:
        digest = str(request.path_params["digest"])
        try:
            if not _DIGEST.fullmatch(digest):
                raise LinkUnknown("没有这套边界。", "请核对地址。")
            content = await run_in_threadpool(queries.boundary_geojson, bound(workspace(), request.scope), digest)
        except (LinkUnknown, NotPermitted) as error:
            shown = {"error": {"kind": type(error).__name__, "what": error.what, "remedy": error.remedy}}
            headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
            return JSONResponse(shown, status_code=status_of(error), headers=headers)
        return await run_in_threadpool(_answer, request, digest, content)

    return Route("/geo/{digest}.json", shapes, methods=["GET"])


def _answer(request: Request, digest: str, content: bytes) -> Response:
    headers = _HEADERS | {"ETag": f'W/"{digest}"'}
    if digest in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        packed = gzip.compress(content, 6, mtime=0)
        return Response(packed, media_type="application/geo+json", headers=headers | {"Content-Encoding": "gzip"})
    return Response(content, media_type="application/geo+json", headers=headers)
