"""What is handed in for a commit, and what a commit answers."""

from dataclasses import dataclass

import pandas as pd

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
class Receipt:
    """What a commit did. batch and watermark are the same number: a batch is named by its watermark."""

    batch: int
    watermark: int
    rows: int
    cells: int
    new: int
    changed: int
    unchanged: int
