"""Valid objects for tests: a small catalogue, two towns, and commits written as tables."""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import pandas as pd

from ecodash.domain.access import operator
from ecodash.domain.indicators import Aggregation, Catalog, Direction, Indicator, Kind
from ecodash.domain.periods import Month
from ecodash.domain.regions import Region, region_key
from ecodash.settings import PROJECT_ROOT, Settings
from ecodash.store import journal, records
from ecodash.store.engine import Store, open_store
from ecodash.store.journal import Receipt, Submission
from tests.databases import current

ACTOR = operator("测试员", "test")
NOON = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)

COUNTY, TOWN_A, TOWN_B = "500230", "500230101", "500230102"
A1, A2, A3, B1, B2 = "500230101001", "500230101002", "500230101003", "500230102001", "500230102002"
VILLAGES = (A1, A2, A3, B1, B2)


def indicator(
    code: str,
    kind: str,
    aggregation: str | None = None,
    *,
    parts: tuple[str, str] = ("", ""),
    direction: str = "higher",
    decimals: int = 4,
) -> Indicator:
    """An indicator whose names are its code."""
    default = {"ratio": "ratio", "score": "none"}.get(kind, "sum")
    return Indicator(
        code=code, name=code, english=code, category="类", unit="单位", kind=Kind(kind),
        aggregation=Aggregation(aggregation or default), direction=Direction(direction), decimals=decimals,
        minimum=Decimal(0), maximum=Decimal(10**8), definition="", numerator=parts[0], denominator=parts[1],
    )  # fmt: skip


CATALOG = Catalog(
    [
        indicator("households", "attribute"),
        indicator("garbage", "flow"),
        indicator("toilets", "stock"),
        indicator("toilet_rate", "ratio", parts=("toilets", "households")),
        indicator("found", "flow"),
        indicator("closed", "flow"),
        indicator("closing_rate", "ratio", parts=("closed", "found")),
        indicator("score", "score"),
        indicator("level", "stock", "count"),
    ],
    "test-catalog",
)


def sample_regions(codes: Sequence[str] = VILLAGES) -> list[Region]:
    """The country, a province, a city, a county, two towns and five villages, all whole but the ancestors."""
    upper = [Region(0, "全国", "全国", is_whole=False)]
    upper += [Region(region_key(code), code, code, is_whole=False) for code in ("50", "5002")]
    middle = [Region(region_key(code), code, code) for code in (COUNTY, TOWN_A, TOWN_B)]
    return upper + middle + [Region(region_key(code), code, code, "村") for code in codes]


def settings_in(folder: Path) -> Settings:
    """Settings of an installation in a temporary folder, on the engine of the test: tests.databases."""
    databases = current()
    file = f"duckdb:///{folder / 'ecodash.duckdb'}"
    url = databases.url(folder, "migrated", _migrate) if databases else file
    return Settings(folder, url, PROJECT_ROOT / "data")


def _migrate(url: str) -> None:
    open_store(Settings(Path(), url, PROJECT_ROOT / "data")).close()


def new_store(folder: Path, catalog: Catalog = CATALOG, regions: list[Region] | None = None) -> Store:
    """A store on a real database: a DuckDB file, or PostgreSQL where the test's engine is that."""
    file = folder / "ecodash.duckdb"
    if not current() and not file.exists():
        file.write_bytes(_empty_store())
    store = open_store(settings_in(folder))
    with store.writing() as connection:
        records.sync_catalog(connection, catalog, NOON)
        records.add_regions(connection, sample_regions() if regions is None else regions)
    return store


@cache
def _empty_store() -> bytes:
    """A store right after its migrations, which take longer than what most tests do in it."""
    with tempfile.TemporaryDirectory() as folder:
        _migrate(f"duckdb:///{Path(folder) / 'ecodash.duckdb'}")
        return (Path(folder) / "ecodash.duckdb").read_bytes()


def cells(*rows: tuple[str, str, str, float | int | str]) -> pd.DataFrame:
    """Cells from (region code, indicator, month, value)."""
    return pd.DataFrame(
        {
            "region": pd.Series([region_key(row[0]) for row in rows], dtype="int64"),
            "indicator": [row[1] for row in rows],
            "period": pd.Series([Month.parse(row[2]).key for row in rows], dtype="int32"),
            "value": pd.Series([Decimal(str(row[3])) for row in rows], dtype=object),
            "row": pd.Series(range(2, len(rows) + 2), dtype="int32"),
        }
    )


def targets(*rows: tuple[str, str, str, float | int, float | int]) -> pd.DataFrame:
    """Targets from (region code, indicator, deadline, baseline, value)."""
    return pd.DataFrame(
        {
            "region": pd.Series([region_key(row[0]) for row in rows], dtype="int64"),
            "indicator": pd.Series([row[1] for row in rows], dtype=object),
            "deadline": pd.Series([Month.parse(row[2]).key for row in rows], dtype="int32"),
            "baseline": pd.Series([Decimal(str(row[3])) for row in rows], dtype=object),
            "value": pd.Series([Decimal(str(row[4])) for row in rows], dtype=object),
            "row": pd.Series(range(2, len(rows) + 2), dtype="int32"),
        }
    )


def commit(store: Store, *rows: tuple[str, str, str, float | int | str], file: str = "f.csv") -> Receipt:
    """Commit cells as one batch."""
    return commit_frames(store, cells(*rows), targets(), file=file)


def commit_frames(store: Store, values: pd.DataFrame, goals: pd.DataFrame, *, file: str = "f.csv") -> Receipt:
    """Commit cells and targets as one batch."""
    submission = Submission(values, goals, file, "0" * 64, row_count=len(values) + len(goals))
    return journal.commit(store, submission, actor=ACTOR, now=NOON, received_at=NOON, catalog_digest=CATALOG.digest)
