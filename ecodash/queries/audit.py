"""The audit as those who may read it ask for it: lines by filters, what there is to choose from, and its chain."""

from dataclasses import dataclass

import pandas as pd

from ecodash.domain.access import Right
from ecodash.domain.audit import AuditFilter
from ecodash.permits import Reach, needs
from ecodash.store import records
from ecodash.store.check import Problem, chain_problems
from ecodash.store.records import Chain
from ecodash.workspace import Workspace

MOST_LINES = 100_000
"""So many lines are answered at once; more are asked for by shorter times."""


@dataclass(frozen=True)
class AuditPage:
    """Some lines of the audit, newest first.

    Args:
        lines: number, at, actor, account, address, channel, action, region (key), detail (JSON), batch (may be missing),
            watermark, digest.
        count: lines there are of those asked for.
    """

    lines: pd.DataFrame
    count: int


@needs(Right.AUDIT, Reach.SOMEWHERE)
def list_audit(workspace: Workspace, limit: int = 200) -> pd.DataFrame:
    """The newest audit lines of the regions whose audit the asker may read: the columns of AuditPage.lines."""
    return find_audit(workspace, AuditFilter(), limit=limit).lines


@needs(Right.AUDIT, Reach.SOMEWHERE)
def find_audit(workspace: Workspace, wanted: AuditFilter, *, before: int | None = None, limit: int = 100) -> AuditPage:
    """Lines of the regions whose audit the asker may read, newest first.

    Args:
        before: only those with a lower number: the last of the page before.
        limit: so many of them, MOST_LINES at most.
    """
    regions = _regions(workspace)
    with workspace.store.reading() as connection:
        most = max(0, min(limit, MOST_LINES))
        lines = records.list_audit(connection, most, wanted=wanted, regions=regions, before=before)
        return AuditPage(lines, records.count_audit(connection, wanted, regions))


@needs(Right.AUDIT, Reach.SOMEWHERE)
def audit_choices(workspace: Workspace) -> pd.DataFrame:
    """Who did what how often, in the regions whose audit the asker may read: action, account, actor, count."""
    with workspace.store.reading() as connection:
        return records.audit_choices(connection, _regions(workspace))


@needs(Right.AUDIT, Reach.SOMEWHERE)
def audit_length(workspace: Workspace) -> int:
    """How many lines the whole audit has."""
    with workspace.store.reading() as connection:
        return records.count_audit(connection, AuditFilter(), (0,))


@dataclass(frozen=True)
class AuditState:
    """Whether the audit is as it was written.

    Args:
        chain: lines there are, the newest one's number and digest, and where the chain breaks.
        problems: the breaks in words.
    """

    chain: Chain
    problems: tuple[Problem, ...]


@needs(Right.AUDIT, Reach.SOMEWHERE)
def check_audit(workspace: Workspace, anchor: tuple[int, str] | None = None) -> AuditState:
    """Follow the chain of the whole audit from its first line to its last.

    Args:
        anchor: number and digest of a line, as an export that was kept elsewhere says them: who rewrote the whole audit
            cannot bring that digest back.
    """
    with workspace.store.reading() as connection:
        chain = records.check_chain(connection, anchor)
    return AuditState(chain, tuple(chain_problems(chain)))


def _regions(workspace: Workspace) -> tuple[int, ...]:
    return workspace.actor.regions(Right.AUDIT)
