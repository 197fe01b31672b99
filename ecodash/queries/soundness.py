"""Whether a store and its snapshots hold what they promise."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ecodash import __version__
from ecodash.analytics.sameness import ROW_NAMES, differences
from ecodash.domain.access import Right
from ecodash.domain.snapshots import Snapshot
from ecodash.errors import UserError
from ecodash.permits import everywhere, needs
from ecodash.queries.deadlines import deadlines_version
from ecodash.queries.frozen import AREAS
from ecodash.queries.scope import regions_version
from ecodash.queries.snapshots import freeze_again, frozen_tables, list_snapshots, unpacked
from ecodash.reports import frozen
from ecodash.reports.frozen import FrozenPack, FrozenPage
from ecodash.store import check, digest, journal
from ecodash.store.check import Problem
from ecodash.store.digest import StoreDigest
from ecodash.workspace import Workspace

_FACTS = "region_facts"
_SHOWN = 3
"""So many differences of a table are spelled out."""


@dataclass(frozen=True)
class Soundness:
    """The outcome of a check.

    Args:
        watermark, digest: the commit it was made at, and the digest of all rows up to it.
        snapshots: how many were checked.
        recomputed: how many of them were worked out anew from the journal, too.
        problems: what does not hold.
        notes: what differs and may rightly do so: snapshots made by another catalogue, list of regions or software.
    """

    watermark: int
    digest: str
    snapshots: int
    problems: list[Problem]
    recomputed: int = 0
    notes: list[Problem] = field(default_factory=list)


@dataclass
class _Findings:
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    recomputed: int = 0


@needs(Right.ADMINISTER, everywhere)
def verify(workspace: Workspace) -> Soundness:
    """Check the journal, the roll-up, the batches and every snapshot: that its frozen tables are unaltered, and that
    the journal as of its watermark still gives the same ones, saying where they differ. Nothing read before is trusted.

    A snapshot made with another catalogue or list of regions may rightly differ in names and counts, and one made by
    another version of the software may rank or order by other rules: what differs of these is noted with its first
    difference, not counted as a problem, and their digests alone speak for them.
    """
    workspace = workspace.on(workspace.store)
    with workspace.store.reading() as connection:
        watermark = journal.newest_watermark(connection)
        journal_digest = check.digest(connection, watermark)
        problems = check.problems(connection)
    found = _Findings()
    snapshots = list_snapshots(workspace)
    for snapshot in reversed(snapshots):
        _check(workspace, snapshot, found)
    return Soundness(
        watermark, journal_digest, len(snapshots), problems + found.problems, found.recomputed, found.notes
    )


@needs(Right.ADMINISTER, everywhere)
def store_digest(workspace: Workspace, watermark: int | None = None) -> StoreDigest:
    """The digest of all content, alike on every engine: ecodash.store.digest.

    Args:
        watermark: only what belongs to batches up to this one; everything where it is None.
    Raises:
        UserError: there is no such batch.
    """
    with workspace.store.reading() as connection:
        newest = journal.newest_watermark(connection)
        if watermark is not None and not 0 <= watermark <= newest:
            raise UserError(f"没有第 {watermark} 批；最新为第 {newest} 批。", "请核对批次号。")
        return digest.store_digest(connection, watermark)


def _check(workspace: Workspace, snapshot: Snapshot, found: _Findings) -> None:
    place = f"snapshot {snapshot.number}"
    tables = frozen_tables(workspace, snapshot.number)
    for table in tables:
        if frozen.digest(table.content) != table.sha256:
            found.problems.append(Problem(place, f"冻结的表 {table.name} 与其校验值不符，内容或校验值被改动过。"))
    if frozen.snapshot_digest(snapshot.meta, [table.sha256 for table in tables]) != snapshot.sha256:
        found.problems.append(Problem(place, "快照的校验值不符，说明文字、表或校验值被改动过。"))
    if any(problem.place == place for problem in found.problems):
        return
    _recompute(workspace, unpacked(snapshot, tables), place, found)


def _versions(meta: Mapping[str, Any]) -> tuple[str, int, int]:
    # Snapshots of before deadlines could be set were made by the usual ones.
    return str(meta["catalog_digest"]), int(meta["regions_version"]), int(meta.get("deadlines_version", 0))


def _recompute(workspace: Workspace, pack: FrozenPack, place: str, found: _Findings) -> None:
    is_same = pack.meta.get("software") == __version__
    try:
        again = freeze_again(workspace, pack, int(pack.meta["watermark"]))
        differing = [
            said
            for kept, now in zip(pack.pages, again, strict=True)
            for said in _differing(kept, now, is_same_software=is_same)
        ]
        is_done = True
    except UserError as error:
        differing, is_done = [f"按流水重算失败：{error.what}"], False
    now = (workspace.catalog.digest, regions_version(workspace), deadlines_version(workspace))
    if differing and _versions(pack.meta) != now:
        # Names and counts may rightly differ; where nothing does, it is sound like any other.
        found.notes.append(
            Problem(place, f"校验值相符；生成之后，指标目录、区划或上报期限改过，重算有不同：{differing[0]}")
        )
        return
    found.recomputed += is_done
    (found.problems if is_same or not is_done else found.notes).extend(Problem(place, said) for said in differing)


def _differing(kept: FrozenPage, now: FrozenPage, *, is_same_software: bool) -> list[str]:
    said = []
    for name, table in kept.tables.items():
        # Boundaries come and go without a commit: the journal says nothing of them.
        if name == AREAS:
            continue
        anew = frozen.from_parquet(frozen.to_parquet(now.tables[name])) if name in now.tables else None
        if name == _FACTS:
            table, anew = _without_aliases(table), None if anew is None else _without_aliases(anew)
        if cells := differences(table, anew):
            shown = "；".join(str(cell) for cell in cells[:_SHOWN]) + ("……" if len(cells) > _SHOWN else "")
            said.append(
                f"{kept.page.value} 的表 {name} 与流水在第 {kept.selection.watermark} 批时点的重算结果"
                f"有 {len(cells)} 处不一致：{shown}"
            )
        elif anew is not None and is_same_software and list(table) != list(anew):
            said.append(f"{kept.page.value} 的表 {name} 的列与重算结果不同。")
        elif anew is not None and not _names_in_order(table).equals(_names_in_order(anew)):
            said.append(f"{kept.page.value} 的表 {name} 与重算结果的行次序不同。")
    return said


def _without_aliases(facts: pd.DataFrame) -> pd.DataFrame:
    """A region's facts but its other names, which like boundaries are given without a commit."""
    return facts[facts["fact"] != "alias"].reset_index(drop=True)


def _names_in_order(table: pd.DataFrame) -> pd.DataFrame:
    return table[[name for name in ROW_NAMES if name in table]]
