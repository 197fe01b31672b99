"""What a boundary file holds, however it was written, and how much of it may be read."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ecodash.domain.boundaries import Note
from ecodash.errors import UserError

MAX_BYTES = 50 * 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024
"""Of any one part of an archive; a shapefile of so many bytes has four million vertices."""
MAX_ENTRIES = 500
MAX_FEATURES = 20_000
MAX_VERTICES = 3_000_000
MAX_RINGS = 2_000
"""Of one feature: rings are sorted into shells and holes in quadratic time."""

Shapes = npt.NDArray[np.object_]
"""Geometries of shapely; None where a feature has none."""


class BoundaryRefused(UserError):
    """A boundary file cannot be read, or holds nothing that could be a map of regions."""


@dataclass(frozen=True, slots=True)
class Layer:
    """The features of a file in its order.

    Args:
        shapes: one geometry per feature, in the file's own coordinates; None where it has none.
        columns: texts of each attribute, one per feature; empty where it has no value.
        crs: what the file says of its coordinates: WKT or EPSG:n; empty where it says nothing.
        encoding: of its texts.
        notes: on how it was read.
    """

    shapes: Shapes
    columns: dict[str, list[str]]
    crs: str = ""
    encoding: str = "utf-8"
    notes: tuple[Note, ...] = field(default_factory=tuple)


def too_many_features(count: int) -> BoundaryRefused:
    return BoundaryRefused(
        f"文件里有 {count:,} 个图形，超过 {MAX_FEATURES:,} 个。", "请只导出要上传的那个县的乡镇界或村界。"
    )


def too_many_vertices() -> BoundaryRefused:
    return BoundaryRefused(
        f"文件里的边界点超过 {MAX_VERTICES:,} 个。", "请在制图软件里先简化图形（例如 5 米），再上传。"
    )


def too_many_rings(row: int) -> BoundaryRefused:
    return BoundaryRefused(
        f"第 {row} 个图形由超过 {MAX_RINGS:,} 个环组成，不像一个乡镇或村。", "请检查该图形，合并碎片后再上传。"
    )


def text_of(value: Any) -> str:
    """An attribute as text: 500230101.0 is a code, not a measurement; no value is empty."""
    if value is None or isinstance(value, (list, dict, bool, np.bool_)):
        return ""
    if isinstance(value, (float, np.floating)):
        return "" if not np.isfinite(value) else (f"{int(value)}" if value == int(value) else f"{value}")
    return str(value).strip()
