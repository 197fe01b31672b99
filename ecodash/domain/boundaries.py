"""Boundaries: polygons of a county's towns or villages, as users bring them and as the store keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from ecodash.domain.regions import Level

BOUNDARY_LEVELS = (Level.TOWN, Level.VILLAGE)


class Datum(StrEnum):
    """What a file's degrees are measured in. The first two agree to within a metre; the others are shifted."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"

    @property
    def label(self) -> str:
        """The name as files and offices write it."""
        return _LABELS[self]

    @property
    def is_shifted(self) -> bool:
        """Whether its coordinates are moved by hundreds of metres, as those of internet maps are."""
        return self in (Datum.GCJ02, Datum.BD09)


_LABELS = {Datum.WGS84: "WGS-84", Datum.CGCS2000: "CGCS2000", Datum.GCJ02: "GCJ-02", Datum.BD09: "BD-09"}


class Clarity(StrEnum):
    """How clearly the county's outline tells one datum from the others."""

    CLEAR = "clear"
    NARROW = "narrow"
    PARTIAL = "partial"
    """The file covers a part of the county: only the border it shares with the outline tells."""
    UNCLEAR = "unclear"
    UNKNOWN = "unknown"
    """There is no outline to compare with."""


@dataclass(frozen=True, slots=True)
class DatumFit:
    """How a file's union fits the county's outline when its coordinates are taken as of one datum.

    Args:
        datum: the one tried; WGS-84 stands for CGCS2000 too.
        overlap: area of the intersection over that of the union, 0 to 1.
        gap_m: median distance in metres of the county's outline from the border of the union, where that runs near it;
            NaN where hardly any of it does.
    """

    datum: Datum
    overlap: float
    gap_m: float


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know about how a file was read: a code, and what its sentence names."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BoundarySet:
    """Polygons of one county and level that were kept, or the withdrawal of such a set.

    Args:
        number: of the set; withdrawals have numbers of the same sequence.
        county: key of the county.
        level: TOWN or VILLAGE.
        digest: SHA-256 of the GeoJSON; names it in addresses.
        datum: that of the file; what is kept is WGS-84.
        shapes: how many regions are drawn.
        keys: of the regions drawn.
        file_name, file_sha256: the file it came from.
        actor, at: who brought it, when.
        detail: plain values: how well it fits, what did not match, how it was simplified.
        withdrawn_by, withdrawn_at: who took it back, when; empty while it is not withdrawn.
    """

    number: int
    county: int
    level: Level
    digest: str
    datum: Datum
    shapes: int
    keys: frozenset[int]
    file_name: str
    file_sha256: str
    actor: str
    at: datetime
    detail: Mapping[str, Any]
    withdrawn_by: str = ""
    withdrawn_at: datetime | None = None

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    @property
    def path(self) -> str:
        """Where browsers fetch the shapes."""
        return f"/geo/{self.digest}.json"
