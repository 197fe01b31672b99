"""What is handed in for a commit, and what a commit answers."""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from ecodash.decimals import scaled
from ecodash.domain.access import Actor
from ecodash.store.records import KeptDoubt


@dataclass(frozen=True)
class Submission:
    """What is to be committed.

    Args:
        cells: one row per (region key, indicator code, period yyyymm): value (Decimal objects or Arrow decimals), row
            (of the file), and sheet (from 0) where the file has several; no repeats. Further columns are left alone.
        targets: one row per (region key, indicator code, deadline yyyymm): baseline (Decimal, None where it is not
            given), value (Decimal, None where the target is withdrawn), row.
        file_name, file_sha256: the file as sent.
        row_count: data rows in the file.
        is_demo: whether the figures are invented.
        file_content: the file's bytes, kept as sent; empty where there is no file to keep.
        doubts: what was unlikely, each with the reason given.
    """

    cells: pd.DataFrame
    targets: pd.DataFrame
    file_name: str
    file_sha256: str
    row_count: int
    is_demo: bool = False
    file_content: bytes = b""
    doubts: tuple[KeptDoubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Who accepts a filing by committing what it brought.

    Args:
        filing: its number.
        reviewer: who answers for it; the batch is the reporter's.
        looked_at: number of the last step of any filing when the reviewer looked for later filings of the same figures.
        comment: what the reviewer says.
    """

    filing: int
    reviewer: Actor
    looked_at: int
    comment: str = ""


def content_digest(submission: Submission) -> str:
    """SHA-256 over what a submission says, in whatever order and from whichever rows of a file: equal figures and targets
    have equal digests, in any store."""
    total = hashlib.sha256()
    cells, targets = submission.cells, submission.targets
    if len(cells):
        codes = cells["indicator"].astype("str").to_numpy()
        names = np.unique(codes)
        columns = (
            cells["region"].to_numpy(np.int64),
            np.searchsorted(names, codes).astype(np.int64),
            cells["period"].to_numpy(np.int64),
            scaled(cells["value"]),
        )
        order = np.lexsort(columns[2::-1])
        total.update(json.dumps([str(name) for name in names]).encode())
        for column in columns:
            total.update(np.ascontiguousarray(column[order]).astype("<i8").tobytes())
    rows = targets[["region", "indicator", "deadline", "baseline", "value"]].itertuples(index=False, name=None)
    told = sorted(
        (int(region), str(code), int(month), _told(base), _told(value)) for region, code, month, base, value in rows
    )
    total.update(b"\n" + json.dumps(told).encode())
    return total.hexdigest()


def _told(value: object) -> str:
    if not isinstance(value, Decimal) or value.is_nan():
        return ""
    return format(value.quantize(Decimal("0.0001")), "f")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a commit did. batch and watermark are the same number: a batch is named by its watermark."""

    batch: int
    watermark: int
    rows: int
    cells: int
    new: int
    changed: int
    unchanged: int
