"""The national book of regions, data/regions/china_regions_2023.parquet → Region values.

The book has 665,276 rows; a store holds the part an installation works with, so only the asked-for rows are read.
Source: National Bureau of Statistics, 统计用区划代码 as of 2023-06-30; provenance in data/regions/README.md.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ecodash.domain.regions import (
    COUNTRY_KEY,
    LEVELS,
    Level,
    Region,
    ancestor_key,
    display_name,
    fold_name,
    level_of,
    region_code,
    region_key,
    village_type,
)
from ecodash.errors import RegionUnknown

BOOK_FILE = "china_regions_2023.parquet"
COUNTRY = Region(key=COUNTRY_KEY, name="全国", full_name="全国")


class RegionBook:
    """Regions of the whole country, read as they are asked for.

    Codes of the source that name one area twice (441900 beside 4419, 442000, 460400, 350527000 and 350527000000 beside
    350527) have one key; the shorter code, the higher level, is kept.

    Args:
        data_dir: the folder that holds regions/.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "regions" / BOOK_FILE

    def regions(self, codes: Sequence[str]) -> list[Region]:
        """The country, every ancestor of the named regions, the regions themselves and all below them, by key.

        Ancestors are marked as not whole: the list holds only a part of what lies below them.

        Args:
            codes: codes of 2 to 12 digits; "0" names the whole country and reads the whole book.
        Raises:
            RegionUnknown: a code is malformed or not in the book.
        """
        wanted = {region_code(region_key(code)) for code in codes}
        published: dict[int, str] = {}
        for code in sorted(wanted):
            rows = self._below(code)
            if not rows:
                raise RegionUnknown(f"区划代码 {code} 不在 2023 年统计用区划代码中。", "请核对代码。")
            published |= rows
        # The rows above lie in the first row group; they are few, and asked for together.
        above = {
            region_code(ancestor_key(key, level)) for code in wanted for key, level in _ancestors(region_key(code))
        }
        ancestors = self._exactly(above - {"0"})
        partial = ancestors.keys() - published.keys()
        published |= ancestors
        country = replace(COUNTRY, is_whole="0" in wanted)
        return [country, *(replace(_region(key, published), is_whole=key not in partial) for key in sorted(published))]

    def children(self, code: str | None) -> list[Region]:
        """The regions one step below a region, by key; the provinces for None or "0".

        A city without counties (东莞市) is followed by its towns. A village has none.

        Raises:
            RegionUnknown: the code is malformed or not in the book.
        """
        parent = region_key(code) if code is not None else COUNTRY_KEY
        if parent == COUNTRY_KEY:
            return [region for region in self._upper if region.level is Level.PROVINCE]
        rows = self._below(region_code(parent))
        if not rows:
            raise RegionUnknown(f"区划代码 {code} 不在 2023 年统计用区划代码中。", "请核对代码。")
        below = [key for key in sorted(rows) if key != parent]
        if not below:
            return []
        next_level = min((level_of(key) for key in below), key=lambda level: level.rank)
        # A name may need its parent's (县 → 重庆市辖县), and the parent its own.
        above = {region_code(ancestor_key(key, level)) for key, level in _ancestors(parent)} - {"0"}
        published = rows | self._exactly(above)
        return [_region(key, published) for key in below if level_of(key) is next_level]

    def find(self, text: str) -> list[Region]:
        """Provinces, cities and counties whose code begins with the text or whose name contains it.

        Returns:
            The closest first: equal, then beginning with the text, then containing it; within each the higher level
            first.
            Empty where the text is empty.
        """
        sought = fold_name(text)
        if not sought:
            return []
        if sought.isascii() and sought.isdigit():
            return [region for region in self._upper if _begins(region, sought)]
        matches: list[tuple[int, int, int, Region]] = []
        for region in self._upper:
            places = [name.find(sought) for name in (fold_name(region.name), fold_name(region.full_name))]
            if max(places) < 0:
                continue
            is_equal = sought in (fold_name(region.name), fold_name(region.full_name))
            nearness = 0 if is_equal else 1 if 0 in places else 2
            matches.append((nearness, region.level.rank, region.key, region))
        return [region for *_, region in sorted(matches, key=lambda match: match[:3])]

    # ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _upper(self) -> list[Region]:
        """Provinces, cities and counties, by key; about 3,350."""
        table = pq.read_table(
            self._path, columns=["code", "name"], filters=[("level", "in", ["province", "city", "county"])]
        )
        published = _published(table)
        return [_region(key, published) for key in sorted(published)]

    def _below(self, code: str) -> dict[int, str]:
        """Published names by key, of a region and all below it; empty where the book does not have it."""
        if code == "0":
            return _published(pq.read_table(self._path, columns=["code", "name"]))
        # The file is sorted by level and code with statistics for each row group, so this reads one or two of them.
        # ":" follows "9" in ASCII: every code that begins with these digits is below it.
        table = pq.read_table(
            self._path, columns=["code", "name"], filters=[("code", ">=", code), ("code", "<", code + ":")]
        )
        rows = _published(table)
        return rows if region_key(code) in rows else {}

    def _exactly(self, codes: set[str]) -> dict[int, str]:
        if not codes:
            return {}
        return _published(pq.read_table(self._path, columns=["code", "name"], filters=[("code", "in", sorted(codes))]))


def _ancestors(key: int) -> list[tuple[int, Level]]:
    """The key beside each level above it, below the country."""
    return [(key, level) for level in LEVELS[1 : level_of(key).rank]]


def _published(table: pa.Table) -> dict[int, str]:
    """Names by key; of codes with one key the shorter's, which the file's order brings first."""
    names: dict[int, str] = {}
    for code, name in zip(table.column("code").to_pylist(), table.column("name").to_pylist(), strict=True):
        names.setdefault(int(code.ljust(12, "0")), name)
    return names


def _begins(region: Region, digits: str) -> bool:
    """Whether the digits are the beginning of the region's code, or its code padded with zeros (500230000)."""
    return region.code.startswith(digits) or (digits.rstrip("0") == region.code.rstrip("0") and len(digits) <= 12)


def _region(key: int, published: dict[int, str]) -> Region:
    """A Region of a published name, shown with what its ancestors say."""
    full_name, level = published[key], level_of(key)
    if level is Level.VILLAGE:
        name = display_name(full_name, level, published.get(ancestor_key(key, Level.TOWN), ""))
        return Region(key=key, name=name, full_name=full_name, kind=village_type(name, full_name))
    name = display_name(full_name, level)
    if level is Level.CITY:
        name = _city_name(name, published.get(ancestor_key(key, Level.PROVINCE), ""))
    return Region(key=key, name=name, full_name=full_name)


def _city_name(name: str, province: str) -> str:
    """The nine rows at city level that are no city are shown with their province, or the name would mean nothing:
    市辖区 → 重庆市市辖区, 县 → 重庆市辖县, 省直辖县级行政区划 → 湖北省直辖县级行政区划."""
    if not province:
        return name
    if name == "市辖区":
        return province + name
    if name == "县":
        return f"{province}辖县"
    for kind in ("自治区", "省"):
        if name.startswith(f"{kind}直辖") and province.endswith(kind):
            return province + name.removeprefix(kind)
    return name
