"""Everything that stands before Streamlit, in its order: the shield, links of snapshots, signing in, the gate of sessions."""

from collections.abc import Callable, Iterable

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from ecodash.domain.access import SYSTEM
from ecodash.settings import Settings
from ecodash.web import gate
from ecodash.web.session_gate import Doorkeeper, SessionGate
from ecodash.web.shield import Paces, Shield
from ecodash.web.sign_in import SignInPages
from ecodash.web.snapshots import Snapshots, SnapshotsFirst
from ecodash.workspace import Workspace


class SignInFirst:
    """Middleware that hands on the pages of signing in to what answers them, and everything else to what stands behind.

    Args:
        app: what stands behind.
        pages: closed by whoever gives them.
    """

    def __init__(self, app: ASGIApp, pages: SignInPages) -> None:
        self._app, self._pages = app, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        mine = scope["type"] == "http" and self._pages.answers(gate.path_of(scope))
        await (self._pages if mine else self._app)(scope, receive, send)


class Front:
    """The layers of an installation, and what they keep.

    Args:
        settings: of the installation.
        workspace: opened when first needed.
        scripts: gives those that stand in the app's pages themselves.
        most_upload: bytes of a file that a page takes.
        paces: limits per address.
    """

    def __init__(
        self,
        settings: Settings,
        workspace: Callable[[], Workspace],
        *,
        scripts: Callable[[], Iterable[str]] = tuple,
        most_upload: int = 50 * 1024 * 1024,
        paces: Paces | None = None,
    ) -> None:
        # What the layers do by themselves, they do as the software; for a reader they act as that reader.
        self._workspace = lambda: workspace().acting(SYSTEM)
        self._shield = Middleware(Shield, settings=settings, scripts=scripts, most_upload=most_upload, paces=paces)
        self.doorkeeper = Doorkeeper(self._workspace)
        self.snapshots = Snapshots(self._workspace, self.doorkeeper)
        self.sign_in = SignInPages(self._workspace)

    def middleware(self) -> list[Middleware]:
        """The layers, outermost first. Each answers before those behind it are asked: links of snapshots need no session,
        and are not compressed anew by Streamlit's own layers."""
        return [
            self._shield,
            Middleware(SnapshotsFirst, snapshots=self.snapshots),
            Middleware(SignInFirst, pages=self.sign_in),
            Middleware(SessionGate, doorkeeper=self.doorkeeper),
        ]

    def close(self) -> None:
        """Write what is counted, and take no more; before the store is released."""
        self.snapshots.close()
        self.sign_in.close()
        self.doorkeeper.close()
