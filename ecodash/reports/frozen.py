"""Frozen tables: frames as Parquet bytes with their SHA-256."""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ecodash.domain.pages import Page
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


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def canonical_json(values: Mapping[str, Any]) -> str:
    """JSON with sorted keys, the same for the same values."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def snapshot_digest(meta: str, table_digests: list[str]) -> str:
    """SHA-256 over a snapshot's meta and the digests of its tables in order."""
    return digest("\n".join([meta, *table_digests]).encode())
