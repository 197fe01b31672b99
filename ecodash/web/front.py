"""Everything that stands before Streamlit, in its order: the watch, the shield, the end of the process, a store that does not answer, links of snapshots,
signing in, the gate of sessions."""

from collections.abc import Callable, Iterable

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from ecodash.domain.access import SYSTEM
from ecodash.settings import Settings
from ecodash.web import gate
from ecodash.web.first_page import FirstPageFirst
from ecodash.web.frontend import Frontend
from ecodash.web.session_gate import Doorkeeper, SessionGate
from ecodash.web.shield import Paces, Shield
from ecodash.web.sign_in import SignInPages
from ecodash.web.snapshots import Snapshots, SnapshotsFirst
from ecodash.web.static_files import StaticFirst
from ecodash.web.stopping import RefuseLate, Stopping
from ecodash.web.trouble import TroubleTold
from ecodash.web.visits import EARLY
from ecodash.web.watch import Watch
from ecodash.workspace import Workspace


class SignInFirst:
    """Middleware that hands on the pages of signing in to what answers them, and everything else to what stands behind.

    Args:
        app: what stands behind.
        pages: closed by whoever gives them.
        frontend: what comes after signing in.
    """

    def __init__(self, app: ASGIApp, pages: SignInPages, frontend: Frontend | None = None) -> None:
        self._app, self._pages, self._frontend = app, pages, frontend

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        mine = scope["type"] == "http" and self._pages.answers(gate.path_of(scope))
        if mine and self._frontend is not None:
            scope[EARLY] = self._frontend.pages.landing
        await (self._pages if mine else self._app)(scope, receive, send)


class Front:
    """The layers of an installation, and what they keep.

    Args:
        settings: of the installation.
        workspace: opened when first needed.
        scripts: gives those that stand in the app's pages themselves.
        most_upload: bytes of a file that a page takes.
        paces: limits per address.
        frontend: Streamlit's own files; without it they stand behind the gate, as Streamlit sends them.
        stopping: whether the process is being stopped.
    """

    def __init__(
        self,
        settings: Settings,
        workspace: Callable[[], Workspace],
        *,
        scripts: Callable[[], Iterable[str]] = tuple,
        most_upload: int = 50 * 1024 * 1024,
        paces: Paces | None = None,
        frontend: Frontend | None = None,
        stopping: Stopping | None = None,
    ) -> None:
        # What the layers do by themselves, they do as the software; for a reader they act as that reader.
        self._workspace = lambda: workspace().acting(SYSTEM)
        self.stopping = stopping or Stopping()
        self._watch = Middleware(Watch, settings=settings, stopping=self.stopping)
        self._shield = Middleware(Shield, settings=settings, scripts=scripts, most_upload=most_upload, paces=paces)
        self.doorkeeper = Doorkeeper(self._workspace)
        self.snapshots = Snapshots(self._workspace, self.doorkeeper)
        self.sign_in = SignInPages(self._workspace)
        self.frontend = frontend

    def middleware(self) -> list[Middleware]:
        """The layers, outermost first. Each answers before those behind it are asked: links of snapshots need no session,
        and are not compressed anew by Streamlit's own layers; Streamlit's files are the same for everybody, and the first
        page is for whoever has signed in."""
        front = self.frontend
        return [
            self._watch,
            self._shield,
            Middleware(RefuseLate, stopping=self.stopping),
            Middleware(TroubleTold),
            *([Middleware(StaticFirst, files=front.files)] if front else []),
            Middleware(SnapshotsFirst, snapshots=self.snapshots),
            Middleware(SignInFirst, pages=self.sign_in, frontend=front),
            Middleware(SessionGate, doorkeeper=self.doorkeeper),
            *([Middleware(FirstPageFirst, pages=front.pages)] if front else []),
        ]

    def close(self) -> None:
        """Write what is counted, and take no more; before the store is released."""
        self.snapshots.close()
        self.sign_in.close()
        self.doorkeeper.close()
        if self.frontend is not None:
            self.frontend.close()
