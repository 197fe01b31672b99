"""Everything that may be given away, written into a folder as Parquet and CSV with its dictionary."""

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from ecodash import __version__
from ecodash.domain.access import Actor, Right
from ecodash.domain.indicators import Catalog
from ecodash.domain.regions import level_of, region_code
from ecodash.errors import UserError
from ecodash.permits import everywhere, needs
from ecodash.reports import open_files
from ecodash.reports.open_fields import BY_NAME
from ecodash.reports.open_files import About, OpenFolder
from ecodash.store import digest, journal, open_export, records
from ecodash.store.engine import Connection
from ecodash.store.open_export import Names, Part
from ecodash.workspace import Workspace

FORMATS = (open_files.PARQUET, open_files.CSV)
_NO_LIMIT = (0, 999_912)
"""Months that stand for no limit."""
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Exported:
    """A folder of open data.

    Args:
        rows: table → rows.
        files: how many, all told.
        size: bytes of them.
        digest: of what belongs to batches up to the watermark (store.digest).
    """

    folder: Path
    watermark: int
    rows: Mapping[str, int]
    files: int
    size: int
    digest: str


@needs(Right.ADMINISTER, everywhere)
def export_all(
    workspace: Workspace,
    folder: Path,
    *,
    actor: Actor,
    now: datetime,
    formats: Collection[str] = FORMATS,
    watermark: int | None = None,
    progress: Progress = lambda said: None,
) -> Exported:
    """Write everything that may be given away into a new folder, in little memory: figures as they stand, the journal,
    targets, regions, indicators, batches, rules, snapshots and boundaries, with a data dictionary. What is left out is
    said in its README: accounts and secrets, the audit, files as sent, what was not accepted yet.

    Nothing is written to the store: the audit is told by tell_export. The folder comes to be when all of it is there.

    Args:
        watermark: the batch everything is as of; the newest where it is None.
        progress: told what is being written.
    Raises:
        UserError: the folder is there already, the batch is not, or the disk refuses.
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder} 已经存在，而且不是空文件夹。", "请换一个新的文件夹名称。")
    making = folder.with_name(f".{folder.name}.part")
    with _wrapped(folder):
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        try:
            with workspace.store.reading() as connection:
                newest = journal.newest_watermark(connection)
                if watermark is not None and not 0 <= watermark <= newest:
                    raise UserError(f"没有第 {watermark} 批；最新为第 {newest} 批。", "请核对批次号。")
                wanted = newest if watermark is None else watermark
                opened = OpenFolder(making, tuple(form for form in FORMATS if form in formats))
                # Within the reading, which would take a full disk for the store's own.
                with _wrapped(folder):
                    found = _write(connection, opened, workspace.catalog, wanted, now, progress)
            if folder.exists():
                folder.rmdir()
            making.replace(folder)
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise
    written = [one for one in folder.rglob("*") if one.is_file()]
    size = sum(one.stat().st_size for one in written)
    return Exported(folder, wanted, opened.rows, len(written), size, found)


@needs(Right.ADMINISTER, everywhere)
def tell_export(workspace: Workspace, *, watermark: int, digest: str, files: int, actor: Actor, now: datetime) -> None:
    """The audit's line of an export of everything."""
    detail = {"watermark": watermark, "digest": digest, "files": files}
    with workspace.store.writing() as connection:
        newest = journal.newest_watermark(connection)
        records.write_audit(connection, actor=actor, now=now, action="export_all", detail=detail, watermark=newest)


@contextmanager
def _wrapped(folder: Path) -> Iterator[None]:
    """What the disk refuses, in words."""
    try:
        yield
    except OSError as error:
        raise UserError(
            f"写入 {folder} 失败：{error.strerror or error}。没有留下任何文件。", "请核对磁盘空间和文件夹权限后重试。"
        ) from error


def _write(
    connection: Connection, folder: OpenFolder, catalog: Catalog, watermark: int, now: datetime, progress: Progress
) -> str:
    names = Names(connection)
    monthly: tuple[tuple[str, Iterator[Part]], ...] = (
        ("observations", open_export.standing_figures(connection, names, watermark)),
        ("journal", open_export.journal_rows(connection, names, watermark)),
        ("origins", open_export.origins(connection, names, watermark)),
    )
    for name, parts in monthly:
        _write_months(folder, name, parts, progress)
    progress("其他各表")
    kept = open_export.records_of(connection, watermark)
    shown = _shown(kept, names, catalog)
    shown["targets"] = _targets(connection, names, watermark)
    shown["snapshot_tables"] = _write_snapshots(connection, folder, watermark)
    shown["boundaries"] = _write_boundaries(connection, folder)
    for name, rows in shown.items():
        with folder.table(name) as files:
            files.write(pa.Table.from_pylist(rows, BY_NAME[name].schema))
    progress("摘要")
    found = digest.store_digest(connection, watermark).total
    demo = sum(bool(row["is_demo"]) for row in kept["batches"])
    open_files.finish(folder, About(watermark, found, now, __version__, demo))
    return found


def _write_months(folder: OpenFolder, name: str, parts: Iterator[Part], progress: Progress) -> None:
    """A month's parts come one after the other, and go into one file."""
    waiting = next(parts, None)
    while waiting is not None:
        month = waiting[0]
        label = f"{month // 100}-{month % 100:02d}"
        progress(f"{name} {label}")
        with folder.table(name, label) as files:
            while waiting is not None and waiting[0] == month:
                files.write(waiting[1])
                waiting = next(parts, None)


# ── rows as they are shown ─────────────────────────────────────────────────────────────────────────────────────────


def _month(key: int | None) -> str | None:
    return None if key is None or key in _NO_LIMIT else f"{key // 100}-{key % 100:02d}"


def _shown(kept: Mapping[str, list[dict[str, Any]]], names: Names, catalog: Catalog) -> dict[str, list[dict[str, Any]]]:
    codes = names.codes
    return {
        "target_journal": [
            row | {"batch": row["seq"], "deadline": _month(row["deadline"]), "region_code": region_code(row["region"]),
                   "indicator": codes.get(row["indicator"])}
            for row in kept["target_journal"]
        ],
        "regions": [
            row | {"region_code": region_code(row["key"]), "level": level_of(row["key"]).value,
                   "first_month": _month(row["first_month"]), "last_month": _month(row["last_month"]),
                   "successor_code": None if row["successor"] is None else region_code(row["successor"])}
            for row in kept["regions"]
        ],
        "region_aliases": [row | {"region_code": region_code(row["key"])} for row in kept["region_aliases"]],
        "indicators": [
            {
                "code": one.code, "name": one.name, "english": one.english, "category": one.category, "unit": one.unit,
                "kind": one.kind.value, "aggregation": one.aggregation.value, "direction": one.direction.value,
                "decimals": one.decimals, "minimum": one.minimum, "maximum": one.maximum,
                "definition": one.definition, "numerator": one.numerator or None,
                "denominator": one.denominator or None, "source": one.source or None,
            }
            for one in catalog.values()
        ],
        "batches": [
            row | {"number": row["seq"], "first_month": _month(row["first_month"]), "last_month": _month(row["last_month"])}
            for row in kept["batches"]
        ],
        "doubts": [
            row | {"batch": row["seq"], "region_code": region_code(row["region"]),
                   "indicator": codes.get(row["indicator"]), "month": _month(row["period"])}
            for row in kept["doubts"]
        ],
        "definitions": kept["definitions"],
        "month_closings": [
            row | {"month": _month(row["period"]), "region_code": region_code(row["region"])}
            for row in kept["month_closings"]
        ],
        "deadlines": [
            row | {"month": _month(row["period"]), "region_code": region_code(row["county"])} for row in kept["deadlines"]
        ],
        "snapshots": kept["snapshots"],
    }  # fmt: skip


def _targets(connection: Connection, names: Names, watermark: int) -> list[dict[str, Any]]:
    rows = journal.targets_as_of(connection, watermark).sort_values(["region", "indicator", "deadline"])
    return [
        {
            "region_code": region_code(int(row["region"])),
            "region_name": names.full_names.get(int(row["region"])),
            "indicator": row["indicator"],
            "deadline": _month(int(row["deadline"])),
            "baseline": row["baseline"],
            "value": row["value"],
        }
        for row in rows.to_dict("records")
    ]


# ── files of their own ─────────────────────────────────────────────────────────────────────────────────────────────


def _write_snapshots(connection: Connection, folder: OpenFolder, watermark: int) -> list[dict[str, Any]]:
    listed = []
    for number, position, name, sha256, content in open_export.frozen_tables(connection, watermark):
        file = f"snapshots/{number}/{position:02d}-{name}.parquet"
        folder.write_bytes(file, content)
        listed.append({"snapshot": number, "position": position, "name": name, "file": file, "sha256": sha256})
    return listed


def _write_boundaries(connection: Connection, folder: OpenFolder) -> list[dict[str, Any]]:
    listed = []
    for one in records.list_boundary_sets(connection):
        if one.withdrawn_at is not None:
            continue
        file = f"boundaries/{region_code(one.county)}-{one.level.value}-{one.number}.geojson"
        folder.write_bytes(file, records.boundary_content(connection, one.number))
        listed.append(
            {
                "number": one.number,
                "region_code": region_code(one.county),
                "level": one.level.value,
                "shapes": one.shapes,
                "datum": one.datum.value,
                "file_name": one.file_name,
                "actor": one.actor,
                "at": one.at,
                "file": file,
            }
        )
    return listed
