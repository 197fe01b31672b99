"""The links that readers have opened, as they stand: looked up once, and again only where the store has changed."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ecodash import queries
from ecodash.domain.since import Since
from ecodash.domain.snapshots import Snapshot
from ecodash.link_key import hash_token
from ecodash.store.records import StoreState
from ecodash.web.snapshot_cache import Makers, Memory
from ecodash.workspace import Workspace

_MOST_LINKS = 2_000
_MOST_HOSTS = 4
"""So many host names one link is printed with; a page that is asked for under others is printed with its path alone."""


@dataclass(slots=True)
class Link:
    """A link that was opened: its snapshot as of a state of the store.

    Args:
        token: what the link ends in.
        state: as of which the snapshot was read.
        hosts: the addresses of this server the link's pages were made with.
        since: what has changed since the snapshot, and as of which basis.
    """

    token: str
    snapshot: Snapshot
    state: StoreState
    hosts: list[str] = field(default_factory=list)
    since: tuple[StoreState, Since] | None = None

    @property
    def basis(self) -> StoreState:
        """The part of the state that decides what has changed since the snapshot."""
        return replace(self.state, snapshots=0)

    def base(self, host: str) -> str:
        """The address of this server to print: the one asked for, while there are few of them."""
        if host not in self.hosts:
            if len(self.hosts) >= _MOST_HOSTS:
                return ""
            self.hosts.append(host)
        return host


class LinkBook:
    """Links by the hash of their token.

    Args:
        workspace: opened when first needed.
        makers: threads that ask the store.
    """

    def __init__(self, workspace: Callable[[], Workspace], makers: Makers) -> None:
        self._workspace, self._makers = workspace, makers
        self._links: Memory[Link] = Memory(_MOST_LINKS, lambda _link: 1)
        self._writes, self._state = -1, StoreState(-1, -1, -1)

    def known(self, token: str) -> Link | None:
        """The link of a token that was opened before, as it stood then."""
        return self._links.find(hash_token(token))

    def state(self) -> StoreState | None:
        """How far the store has come, where that is known without asking it: all writes to an embedded store go through
        this process, and there was none since."""
        workspace = self._workspace()
        if not workspace.settings.is_embedded or workspace.store.writes != self._writes:
            return None
        return self._state

    async def ask_state(self) -> StoreState:
        """How far the store has come now."""
        if self._workspace().settings.is_embedded:
            while (state := self.state()) is None:
                await self._makers.make("state", self._read_state)
            return state
        return await self._makers.run(lambda: queries.store_state(self._workspace()))

    def _read_state(self) -> None:
        workspace = self._workspace()
        # Before the question: a write meanwhile makes it be asked again.
        writes = workspace.store.writes
        state = queries.store_state(workspace)
        self._state = self._state if state == self._state else state
        self._writes = writes

    async def look_up(self, token: str, state: StoreState) -> Link:
        """The link of a token as of a state.

        Raises:
            LinkUnknown: there is none.
        """
        return await self._makers.make(("link", token, state), lambda: self._read_link(token, state))

    def _read_link(self, token: str, state: StoreState) -> Link:
        key = hash_token(token)
        before = self._links.find(key)
        self._links.drop(key)
        snapshot = queries.get_snapshot(self._workspace(), token=token)
        link = Link(token, snapshot, state)
        if before is not None:
            link.hosts, link.since = before.hosts, before.since
        self._links.keep(key, link)
        return link
