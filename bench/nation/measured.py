"""Everything that is measured of one store."""

import time
from dataclasses import dataclass
from pathlib import Path

from bench.nation.build import settings_of
from bench.nation.pages import Opened, Page, opened, pages
from bench.nation.proof import prove_sample, prove_whole
from bench.nation.questions import Answer, answers, questions
from bench.nation.workload import CORRECTED, COUNTY, SIZES
from bench.nation.writing import Committed, Size, committed, size
from bench.workload import NOW
from ecodash.domain.regions import Level
from ecodash.workspace import open_workspace


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found of a store with so many villages; proved: rows of the roll-up that were worked out anew."""

    villages: int
    proved: int
    answers: list[Answer]
    pages: list[Page]
    opened: Opened
    committed: Committed
    size: Size


def measured(villages: int, kept: Path, home: Path) -> Measured:
    """Prove a store, then measure it."""
    _tell("proof")
    proved = prove_whole(kept, home / "proof") if villages == SIZES[0] else 0
    workspace = open_workspace(settings_of(kept), NOW)
    try:
        proved += prove_sample(workspace)
        _tell("queries")
        town = workspace.tree.under(COUNTY, Level.TOWN)[0].key
        answered = list(answers(workspace, questions(town), len(CORRECTED)))
        _tell("pages")
        asked = pages(workspace)
    finally:
        workspace.close()
    _tell("commit and size")
    return Measured(
        villages,
        proved,
        answered,
        asked,
        opened(kept),
        committed(kept, home / "commit"),
        size(kept, home / "size"),
    )


def _tell(what: str) -> None:
    print(f"  {time.strftime('%H:%M:%S')} {what} …", flush=True)
