"""What the routes for programs on this machine have in common: whoever shows the key of this process, and how others and
what went wrong are answered."""

import logging
import secrets
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ecodash.errors import NotPermitted, ServiceStopping, UserError
from ecodash.web.client import KEY_HEADER
from ecodash.web.handle import Handle
from ecodash.web.stopping import AGAIN_SECONDS

_log = logging.getLogger(__name__)


class TooLarge(UserError):
    """A request body is larger than an upload may be."""


def shows_key(request: Request, handle: Callable[[], Handle | None]) -> bool:
    """Whether a request comes from somebody who can read the key of this process."""
    own, shown = handle(), request.headers.get(KEY_HEADER, "")
    return own is not None and secrets.compare_digest(shown.encode(), own.key.encode())


def refused(error: UserError) -> Response:
    """A refusal in JSON: kind, what, remedy. 403, 413, 503 with the time to try again, else 409."""
    _log.info("refused: %s", error)
    headers = None
    if isinstance(error, NotPermitted):
        status = 403
    elif isinstance(error, TooLarge):
        status = 413
    elif isinstance(error, ServiceStopping):
        status, headers = 503, {"retry-after": str(AGAIN_SECONDS)}
    else:
        status = 409
    shown = {"kind": type(error).__name__, "what": error.what, "remedy": error.remedy}
    return JSONResponse({"error": shown}, status_code=status, headers=headers)
