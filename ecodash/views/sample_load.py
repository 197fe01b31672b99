"""Loading the sample apart from any session: a click elsewhere or a closed tab must not leave half of it."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from ecodash.domain.access import SYSTEM, Actor, Right
from ecodash.sample import load_sample
from ecodash.workspace import Workspace


@dataclass
class SampleLoad:
    """One loading and how far it is.

    Args:
        done, total, name: files committed, files in all, and the file at hand.
        outcome: done when the loading is; raises what stopped it.
    """

    done: int = 0
    total: int = 1
    name: str = ""
    outcome: Future[int] = field(default_factory=Future)

    def report(self, done: int, total: int, name: str) -> None:
        """What load_sample calls before each file."""
        self.done, self.total, self.name = done, total, name


_loads: dict[str, SampleLoad] = {}
_lock = threading.Lock()
_pool = ThreadPoolExecutor(1, "sample")


def find_running(workspace: Workspace) -> SampleLoad | None:
    """The loading under way for this store."""
    load = _loads.get(workspace.settings.database_url)
    return load if load is not None and not load.outcome.done() else None


def start(workspace: Workspace, actor: Actor) -> SampleLoad:
    """Begin to load the sample; a second click joins the first. It is set up like the regions, by who administers the
    whole, and nobody reviews what was published or invented.

    Raises:
        NotPermitted: the actor does not.
    """
    actor.require(Right.ADMINISTER)
    workspace, actor = workspace.acting(SYSTEM), replace(actor, is_operator=True)
    with _lock:
        running = find_running(workspace)
        if running is not None:
            return running
        load = SampleLoad()
        load.outcome = _pool.submit(load_sample, workspace, actor=actor, progress=load.report)
        _loads[workspace.settings.database_url] = load
        return load
