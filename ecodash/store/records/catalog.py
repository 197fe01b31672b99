"""The catalogue and the regions of the store."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.indicators import Aggregation, Catalog, Indicator, Kind
from ecodash.domain.regions import Region, RegionColumns, RegionTree
from ecodash.store.engine import arrow_table, load_rows, next_number
from ecodash.store.tables import catalog_version, counter, indicator, region, region_alias

_NO_LIMIT = 1_000_000
"""Reach of an attribute in yyyymm arithmetic: it stands until reported anew."""
_AT_ONCE = 20_000


def is_catalog_known(connection: Connection, catalog: Catalog) -> bool:
    """Whether the store holds this version of the catalogue already: then there is nothing to write, and nobody waits for
    a long import to end."""
    known = sa.select(catalog_version.c.digest).where(catalog_version.c.digest == catalog.digest)
    if connection.execute(known).first() is None:
        return False
    numbers = indicator_numbers(connection)
    stored = {row.code: dict(row._mapping) for row in connection.execute(sa.select(indicator))}
    return catalog.keys() <= numbers.keys() and all(
        stored[entry.code] == _statement_row(entry, numbers) for entry in catalog.values()
    )


def sync_catalog(connection: Connection, catalog: Catalog, now: datetime) -> None:
    """Give every indicator its number and write down this version of the catalogue. Numbers are never given anew."""
    numbers = indicator_numbers(connection)
    following = max(numbers.values(), default=0) + 1
    for code in catalog:
        if code not in numbers:
            numbers[code] = following
            following += 1
    stored = {row.code: row for row in connection.execute(sa.select(indicator))}
    for entry in catalog.values():
        values = _statement_row(entry, numbers)
        row = stored.get(entry.code)
        if row is None:
            connection.execute(sa.insert(indicator).values(**values))
        elif dict(row._mapping) != values:
            connection.execute(sa.update(indicator).where(indicator.c.code == entry.code).values(**values))
    known = sa.select(catalog_version.c.digest).where(catalog_version.c.digest == catalog.digest)
    if connection.execute(known).first() is None:
        content = json.dumps([_plain(entry) for entry in catalog.values()], ensure_ascii=False)
        connection.execute(sa.insert(catalog_version).values(digest=catalog.digest, first_used_at=now, content=content))


def _statement_row(entry: Indicator, numbers: Mapping[str, int]) -> dict[str, Any]:
    reach = _NO_LIMIT if entry.kind is Kind.ATTRIBUTE else entry.kind.carry_months // 12 * 100
    is_ratio = entry.aggregation is Aggregation.RATIO
    return {
        "number": numbers[entry.code],
        "code": entry.code,
        "kind": entry.kind.value,
        "aggregation": entry.aggregation.value,
        "reach": reach,
        "numerator": numbers[entry.numerator] if is_ratio else None,
        "denominator": numbers[entry.denominator] if is_ratio else None,
    }


def _plain(entry: Indicator) -> dict[str, Any]:
    values = asdict(entry)
    values["report_levels"] = sorted(level.value for level in entry.report_levels)
    return {name: str(value) if name in ("minimum", "maximum") else value for name, value in values.items()}


def indicator_numbers(connection: Connection) -> dict[str, int]:
    """Indicator code → number in the journal."""
    rows = connection.execute(sa.select(indicator.c.code, indicator.c.number))
    return {row.code: int(row.number) for row in rows}


def add_regions(connection: Connection, regions: Iterable[Region]) -> int:
    """Add the regions the store does not hold yet; returns how many. A region held in part becomes whole when given
    whole. A change of the list takes the next number of its version."""
    known = {row.key: row.is_whole for row in connection.execute(sa.select(region.c.key, region.c.is_whole))}
    items = list(regions)
    completed = [item.key for item in items if item.is_whole and not known.get(item.key, True)]
    if completed:
        connection.execute(sa.update(region).where(region.c.key.in_(completed)).values(is_whole=True))
    fresh = [item for item in items if item.key not in known]
    if fresh:
        fields = ("key", "name", "full_name", "kind", "first_month", "last_month", "successor", "is_whole")
        load_rows(connection, region, {name: [getattr(item, name) for item in fresh] for name in fields})
    if fresh or completed:
        next_number(connection, "regions")
    return len(fresh)


def regions_version(connection: Connection) -> int:
    """How many times the list of regions changed; 0 for an empty store."""
    return int(connection.execute(sa.select(counter.c.value).where(counter.c.name == "regions")).scalar_one())


def region_tree(connection: Connection) -> RegionTree:
    """All regions of the store, found by their other names too."""
    aliases = connection.execute(sa.select(region_alias.c.key, region_alias.c.alias))
    r = region.c
    columns = arrow_table(connection, sa.select(r.key, r.name, r.full_name, r.kind).order_by(r.key))
    is_open = sa.and_(r.first_month == 0, r.last_month == 999912, r.successor.is_(None), r.is_whole)
    limits = connection.execute(
        sa.select(r.key, r.first_month, r.last_month, r.successor, r.is_whole).where(sa.not_(is_open))
    )
    return RegionTree(
        RegionColumns(
            _values(columns["key"]),
            _values(columns["name"]),
            _values(columns["full_name"]),
            _values(columns["kind"]),
            {int(row.key): (row.first_month, row.last_month, row.successor, row.is_whole) for row in limits},
        ),
        [(int(row.key), str(row.alias)) for row in aliases],
    )


def _values(column: Any) -> Iterator[Any]:
    """Values of a column of Arrow, some at a time: a country's names at once would take more memory than what is kept."""
    for first in range(0, len(column), _AT_ONCE):
        yield from column.slice(first, _AT_ONCE).to_pylist()
