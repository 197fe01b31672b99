"""Whether a store and its snapshots hold what they promise."""

import json
from dataclasses import dataclass

import pandas as pd

from ecodash import __version__
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, region_key
from ecodash.domain.selection import Selection
from ecodash.errors import UserError
from ecodash.queries.frozen import AREAS, freeze, read_comparison
from ecodash.queries.reports import frozen_snapshot, list_snapshots
from ecodash.queries.scope import regions_version
from ecodash.reports import frozen
from ecodash.store import check, journal
from ecodash.store.check import Problem
from ecodash.workspace import Workspace


@dataclass(frozen=True)
class Soundness:
    """The outcome of a check.

    Args:
        watermark, digest: the commit it was made at, and the digest of all rows up to it.
        batches, snapshots: how many were checked.
        problems: what does not hold.
    """

    watermark: int
    digest: str
    snapshots: int
    problems: list[Problem]


def verify(workspace: Workspace) -> Soundness:
    """Check the journal, the roll-up, the batches and every snapshot: that its frozen tables are unaltered, and that
    the journal as of its watermark still gives the same ones, where the rules they are made by are the same. Nothing
    read before is trusted.
    """
    workspace = workspace.on(workspace.store)
    with workspace.store.reading() as connection:
        watermark = journal.newest_watermark(connection)
        digest = check.digest(connection, watermark)
        problems = check.problems(connection)
    numbers = [int(number) for number in list_snapshots(workspace)["number"]]
    for number in numbers:
        problems += _snapshot_problems(workspace, number)
    return Soundness(watermark, digest, len(numbers), problems)


def _snapshot_problems(workspace: Workspace, number: int) -> list[Problem]:
    record, tables = frozen_snapshot(workspace, number=number)
    place = f"snapshot {number}"
    digests = [frozen.digest(content) for _, content, _ in tables]
    meta_text = str(record["meta"])
    if digests != [sha256 for _, _, sha256 in tables] or frozen.snapshot_digest(meta_text, digests) != record["sha256"]:
        return [Problem(place, "冻结内容的校验值不符，数据被改动过。")]
    meta = json.loads(meta_text)
    versions = (meta["catalog_digest"], meta["regions_version"], meta.get("software"))
    if versions != (workspace.catalog.digest, regions_version(workspace), __version__):
        # Another catalogue may name or round otherwise, another list of regions counts other villages, other software
        # may rank or order by other rules: the frozen tables then stand on their own digests.
        return []
    try:
        selection, comparison = _selection(str(record["selection"])), read_comparison(meta)
        again = freeze(workspace, Page(str(record["page"])), selection, comparison)
    except UserError as error:
        return [Problem(place, f"按流水重算失败：{error.what}")]
    return [
        Problem(place, f"表 {name} 与流水在第 {record['watermark']} 批时点的重算结果不一致。")
        for name, content, _ in tables
        # Boundaries come and go without a commit: the journal says nothing of them.
        if name != AREAS and not _are_same(frozen.from_parquet(content), again.tables.get(name))
    ]


def _are_same(kept: pd.DataFrame, now: pd.DataFrame | None) -> bool:
    """Whether a table worked out anew is the frozen one."""
    return now is not None and kept.equals(frozen.from_parquet(frozen.to_parquet(now)))


def _selection(text: str) -> Selection:
    values = json.loads(text)
    return Selection(
        watermark=int(values["watermark"]),
        month=Month.parse(values["month"]),
        region=region_key(values["region"]),
        indicator=values["indicator"],
        level=Level(values["level"]),
    )
