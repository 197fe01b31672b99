"""Frozen tables: frames as Parquet bytes with their SHA-256."""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, region_key
from ecodash.domain.selection import Selection


@dataclass(frozen=True)
class FrozenPage:
    """Everything a page shows at a selection.

    Args:
        meta: names, units, dates and versions the page needs beside its tables; JSON values.
        tables: by name, in the order shown.
    """

    page: Page
    selection: Selection
    meta: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class FrozenPack:
    """All that is kept of a snapshot: one or several pages as of one watermark.

    Args:
        meta: title, note, created_at (ISO, aware), actor, watermark, committed_at, is_demo, and the versions of
            software, catalogue, regions, targets and definitions. The meta of each page repeats it.
        pages: in the order of the agenda.
    """

    meta: Mapping[str, Any]
    pages: tuple[FrozenPage, ...]


def pack_tables(pages: Sequence[FrozenPage]) -> tuple[list[dict[str, Any]], list[tuple[str, bytes, str]]]:
    """Pages as they are kept.

    Returns:
        metas: of each page its meta, with tables: pairs of a name and the position of the table below.
        tables: name, Parquet bytes, SHA-256; what several pages show alike stands once.
    """
    places: dict[tuple[str, str], int] = {}
    metas: list[dict[str, Any]] = []
    kept: list[tuple[str, bytes, str]] = []
    for page in pages:
        named = []
        for name, table in page.tables.items():
            content = to_parquet(table)
            sha256 = digest(content)
            if (name, sha256) not in places:
                places[name, sha256] = len(kept)
                kept.append((name, content, sha256))
            named.append([name, places[name, sha256]])
        metas.append({**page.meta, "tables": named})
    return metas, kept


def unpack(meta: Mapping[str, Any], tables: Sequence[tuple[str, bytes]]) -> FrozenPack:
    """A snapshot's pages from its meta and its tables (name, Parquet bytes) in order.

    Snapshots of versions before 0.3 hold one page, whose meta is that of the snapshot.
    """
    frames = [from_parquet(content) for _, content in tables]
    if "pages" not in meta:
        named = {name: frames[place] for place, (name, _) in enumerate(tables)}
        return FrozenPack({"note": "", **meta}, (_page(meta, named),))
    own = {name: value for name, value in meta.items() if name != "pages"}
    pages = [_page({**own, **page}, {name: frames[place] for name, place in page["tables"]}) for page in meta["pages"]]
    return FrozenPack(own, tuple(pages))


def _page(meta: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> FrozenPage:
    return FrozenPage(Page(meta["page"]), selection_of(meta), meta, tables)


def selection_of(meta: Mapping[str, Any]) -> Selection:
    """What a page was looking at, as its meta says."""
    return Selection(
        watermark=int(meta["watermark"]),
        month=Month.parse(meta["month"]),
        region=region_key(meta["region_code"]),
        indicator=str(meta["indicator"]),
        level=Level(meta["level"]),
    )


def to_parquet(frame: pd.DataFrame) -> bytes:
    """A frame as Parquet; the same rows give the same bytes from the same software."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def from_parquet(content: bytes) -> pd.DataFrame:
    """The frame again."""
    frame: pd.DataFrame = pq.read_table(io.BytesIO(content)).to_pandas()
    return frame


def count_rows(content: bytes) -> int:
    """How many rows a frozen table has."""
    return int(pq.read_metadata(io.BytesIO(content)).num_rows)


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def canonical_json(values: Mapping[str, Any]) -> str:
    """JSON with sorted keys, the same for the same values."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def snapshot_digest(meta: str, table_digests: list[str]) -> str:
    """SHA-256 over a snapshot's meta and the digests of its tables in order."""
    return digest("\n".join([meta, *table_digests]).encode())
