"""Stores of a workload, written as the app writes them: the same tables, batches and audit, in the order in which
counties report month by month. Only the way is another: sets of rows by DuckDB, where the app sends them county by county.

The roll-up is worked out from what a month's reports replace; `bench.nation.proof` shows that it is row for row what
the app's own commits append.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import sqlalchemy as sa

from bench.nation.workload import ATTRIBUTES, CORRECTED, MONTHLY, MONTHS, RATIOS, VERSION, Drawn, place_of, regions
from bench.workload import NOW
from ecodash.domain.regions import Level, ancestor_key
from ecodash.settings import PROJECT_ROOT, Settings
from ecodash.store import records
from ecodash.store.engine import Connection
from ecodash.store.records.audit import line_digest
from ecodash.store.tables import counter
from ecodash.workspace import Workspace, open_workspace

ACTOR = "性能测试"
_SEED = 20261207
_MISSING = 3
_PERCENT = 100
_CORRECTED_ONE_IN = 50
_MONTHS_CARRIED = 12
_LATE = MONTHS[-1].plus(_MONTHS_CARRIED)


def settings_of(home: Path) -> Settings:
    """Of the store in a folder."""
    return Settings(home, f"duckdb:///{home / 'ecodash.duckdb'}", PROJECT_ROOT / "data")


def store_of(villages: int, bench_home: Path) -> Path:
    """The home of a store with so many villages, built now unless it was before."""
    kept = bench_home / f"nation-v{VERSION}-duckdb{duckdb.__version__}-{villages}"
    if not kept.exists():
        made = kept.with_name(f"{kept.name}.being-made")
        shutil.rmtree(made, ignore_errors=True)
        workspace = open_workspace(settings_of(made), NOW)
        with workspace.store.writing() as connection:
            records.add_regions(connection, regions(villages))
        build(workspace)
        workspace.close()
        made.rename(kept)
    return kept


def build(workspace: Workspace) -> None:
    """Fill a store that has its regions: 24 months, then six corrections, each its own transaction."""
    writer = _Writer(workspace)
    with workspace.store.reading() as connection:
        writer.prepare(connection)
        for place in range(len(MONTHS)):
            writer.month(connection, place)
        for number in range(1, len(CORRECTED) + 1):
            writer.correction(connection, number)
        writer.finish(connection)


@dataclass(frozen=True, slots=True)
class _Part:
    """What becomes a figure in the roll-up as commits see it: of an indicator (number), as SQL over a village's row.

    Args:
        present, of: the column a report of which makes it; a stock's is carried, a flow's not.
        amount, weight: as the roll-up has them.
    """

    number: int
    of: str
    amount: str
    weight: str
    is_carried: bool


class _Writer:
    """Writes through the raw connection of DuckDB: what it says is DuckDB's own SQL."""

    def __init__(self, workspace: Workspace) -> None:
        self._catalog = workspace.catalog
        self._numbers: dict[str, int] = {}
        self._counties = 0
        self._audit: list[dict[str, Any]] = []

    # ── before ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def prepare(self, connection: Connection) -> None:
        self._numbers = records.indicator_numbers(connection)
        connection.commit()
        raw = _raw(connection)
        span = Level.COUNTY.span
        households, natural = (_expression(drawn, self._numbers[drawn.code], 0) for drawn in ATTRIBUTES)
        sized = f"(1 + hash(key, {_SEED}) % 4)::BIGINT"
        raw.execute(
            f"""CREATE TEMP TABLE village AS
            SELECT key, county, dense_rank() OVER (ORDER BY county) AS place, size,
                row_number() OVER (PARTITION BY county ORDER BY key) + 1 AS file_row,
                ({households})::BIGINT AS households,
                ({natural})::BIGINT AS natural_villages
            FROM (SELECT key, key - key % {span} AS county, {sized} AS size FROM region WHERE key % 1000 <> 0)
            ORDER BY key"""
        )
        raw.execute("CREATE TEMP TABLE county AS SELECT county, place, count(*) AS villages FROM village GROUP BY ALL")
        self._counties = int(_one(raw, "SELECT count(*) FROM county"))
        # The last report of each stock and percentage, the month's figures replacing those of before.
        carried = ", ".join(f"NULL::DECIMAL(18, 4) AS {d.code}, 0 AS {d.code}_at" for d in self._carried)
        raw.execute(f"CREATE TEMP TABLE standing AS SELECT key, {carried} FROM village ORDER BY key")
        raw.execute(
            "CREATE TEMP TABLE aged (place INTEGER, county BIGINT, indicator SMALLINT, reported_at INTEGER,"
            " amount DECIMAL(38, 8), weight DECIMAL(38, 8), villages BIGINT, unweighted BIGINT)"
        )

    @property
    def _carried(self) -> list[Drawn]:
        return [drawn for drawn in MONTHLY if self._catalog[drawn.code].kind.carry_months]

    def _parts(self) -> list[_Part]:
        """Of what each row of the roll-up is made."""
        parts = []
        for drawn in MONTHLY:
            code = drawn.code
            if code in RATIOS:
                weight = str(self._catalog[code].denominator)
                parts.append(_Part(self._numbers[code], code, f"{code} * {weight}", weight, True))
            else:
                parts.append(_Part(self._numbers[code], code, code, "NULL", drawn in self._carried))
        for code in RATIOS:
            entry = self._catalog[code]
            if entry.numerator in self._codes:
                parts.append(
                    _Part(
                        self._numbers[code], str(entry.numerator), f"{entry.numerator} * 100", entry.denominator, True
                    )
                )
        return parts

    @property
    def _codes(self) -> list[str]:
        return [drawn.code for drawn in MONTHLY]

    # ── a month ────────────────────────────────────────────────────────────────────────────────────────────────────

    def month(self, connection: Connection, place: int) -> None:
        """Every county's batch of a month."""
        raw = _raw(connection)
        period, first = MONTHS[place].key, place * self._counties
        figures = ", ".join(f"{_cell(drawn, self._numbers[drawn.code], place)} AS {drawn.code}" for drawn in MONTHLY)
        raw.execute(
            f"""CREATE OR REPLACE TEMP TABLE month AS
            SELECT key, county, place, file_row, households, natural_villages, {figures} FROM village"""
        )
        drawn = [*(ATTRIBUTES if place == 0 else ()), *MONTHLY]
        drawn.sort(key=lambda one: self._numbers[one.code])
        numbers = ", ".join(str(self._numbers[one.code]) for one in drawn)
        values = ", ".join(f"{one.code}::DECIMAL(18, 4)" for one in drawn)
        raw.begin()
        raw.execute(
            f"""INSERT INTO observation (region, indicator, period, value, seq, sign)
            SELECT key, indicator, {period}, value, {first} + place, 1 FROM (
                SELECT key, place, unnest([{numbers}]) AS indicator, unnest([{values}]) AS value FROM month)
            WHERE value IS NOT NULL"""
        )
        some = " OR ".join(f"{one.code} IS NOT NULL" for one in drawn)
        raw.execute(
            f"""INSERT INTO origin (seq, region, indicator, period, file_row, sheet)
            SELECT {first} + place, key, 0, {period}, file_row, 0 FROM month WHERE {some}"""
        )
        self._age(raw, place)
        self._write_batches(raw, place, len(drawn))
        raw.commit()

    def _age(self, raw: Any, place: int) -> None:
        """Sum by county what stands after the month, by the month it was reported for."""
        chosen = ", ".join(
            f"coalesce(m.{d.code}, s.{d.code}) AS {d.code},"
            f" CASE WHEN m.{d.code} IS NULL THEN s.{d.code}_at ELSE {place} END AS {d.code}_at"
            for d in self._carried
        )
        raw.execute(
            f"""CREATE OR REPLACE TEMP TABLE standing AS
            SELECT m.key, {chosen} FROM month m POSITIONAL JOIN standing s"""
        )
        if raw.execute("SELECT 1 FROM month m POSITIONAL JOIN standing s WHERE m.key <> s.key LIMIT 1").fetchone():
            raise AssertionError("the villages of a month are not in the order of those before")
        for part in self._parts():
            source = "standing JOIN village v USING (key)" if part.is_carried else "month"
            at = f"{part.of}_at" if part.is_carried else str(place)
            raw.execute(
                f"""INSERT INTO aged SELECT {place}, county, {part.number}, {at}, sum({part.amount}), sum({part.weight}),
                count(*), 0 FROM {source} WHERE {part.of} IS NOT NULL GROUP BY ALL"""
            )
        if place == 0:
            for one in ATTRIBUTES:
                raw.execute(
                    f"""INSERT INTO aged SELECT 0, county, {self._numbers[one.code]}, 0, sum({one.code}), NULL,
                    count(*), 0 FROM village GROUP BY county"""
                )

    def _write_batches(self, raw: Any, place: int, columns: int) -> None:
        """The counties' batches and their audit lines."""
        first, period = place * self._counties, MONTHS[place].key
        cells = dict(
            raw.execute(
                f"SELECT seq, count(*) FROM observation WHERE seq > {first} AND period = {period} GROUP BY seq"
            ).fetchall()
        )
        counties = raw.execute("SELECT county, place, villages FROM county ORDER BY place").fetchall()
        at = MONTHS[place].plus(1)
        moment = datetime(at.year, at.month, 3, 1, tzinfo=UTC)
        self._write_batch_rows(
            raw,
            [
                (first + number, county, villages, cells[first + number], period, moment)
                for county, number, villages in counties
            ],
        )

    def _write_batch_rows(self, raw: Any, rows: Sequence[tuple[int, int, int, int, int, datetime]]) -> None:
        catalog_digest = self._catalog.digest
        batches = []
        for seq, region, villages, cells, period, moment in rows:
            name, digest = f"{period}-{region}.csv", f"{seq:064x}"
            batches.append((seq, moment.replace(tzinfo=None), name, digest, villages, cells, period))
            self._audit.append(
                {
                    "number": len(self._audit) + 1,
                    "at": moment,
                    "actor": ACTOR,
                    "account": 0,
                    "address": "",
                    "channel": "bench",
                    "action": "commit",
                    "region": region,
                    "detail": records.audit.written_detail(
                        {"batch": seq, "file": name, "sha256": digest, "rows": villages, "cells": cells}
                    ),
                    "batch": seq,
                    "watermark": seq,
                }
            )
        names = ("seq", "moment", "file_name", "sha", "rows", "cells", "period")
        raw.register("batches", pa.table(dict(zip(names, map(list, zip(*batches, strict=True)), strict=True))))
        raw.execute(
            f"""INSERT INTO batch (seq, kind, actor, channel, received_at, committed_at, file_name, file_sha256,
                row_count, cell_count, first_month, last_month, is_demo, undoes, catalog_digest, is_partial, is_file_kept,
                note)
            SELECT seq, 'upload', '{ACTOR}', 'bench', moment, moment, file_name, sha, rows, cells, period, period, false, NULL,
                '{catalog_digest}', false, false, '' FROM batches ORDER BY seq"""
        )
        raw.unregister("batches")

    # ── corrections ────────────────────────────────────────────────────────────────────────────────────────────────

    def correction(self, connection: Connection, number: int) -> None:
        """One batch that corrects one in fifty cells of a month, all over the country."""
        raw, month = _raw(connection), CORRECTED[number - 1]
        seq, place = len(MONTHS) * self._counties + number, place_of(CORRECTED[number - 1])
        numbers = ", ".join(str(self._numbers[code]) for code in self._codes)
        fixes = " ".join(f"WHEN {self._numbers[d.code]} THEN ({d.fix})::DECIMAL(18, 4)" for d in MONTHLY)
        raw.execute(
            f"""CREATE OR REPLACE TEMP TABLE fixed AS
            SELECT region, indicator, v, CASE indicator {fixes} END AS fix FROM (
                SELECT region, indicator, value AS v, hash(region, indicator, {number}, {_SEED}) AS h FROM observation
                WHERE period = {month.key} AND sign = 1 AND seq <= {len(MONTHS) * self._counties}
                    AND indicator IN ({numbers})
                    AND hash(region, indicator, {place}, {_SEED} + 3) % {_CORRECTED_ONE_IN} = {number})
            ORDER BY region, indicator"""
        )
        raw.begin()
        for value, sign in (("v", -1), ("fix", 1)):
            raw.execute(
                f"""INSERT INTO observation (region, indicator, period, value, seq, sign)
                SELECT region, indicator, {month.key}, {value}, {seq}, {sign} FROM fixed ORDER BY region, indicator"""
            )
        raw.execute(
            f"""INSERT INTO origin (seq, region, indicator, period, file_row, sheet)
            SELECT {seq}, region, 0, {month.key}, row_number() OVER (ORDER BY region) + 1, 0
            FROM (SELECT DISTINCT region FROM fixed) ORDER BY region"""
        )
        villages, cells, least, most = raw.execute(
            "SELECT count(DISTINCT region), count(*), min(region), max(region) FROM fixed"
        ).fetchone()
        common = next(
            ancestor_key(least, level)
            for level in reversed(Level)
            if ancestor_key(least, level) == ancestor_key(most, level)
        )
        self._write_batch_rows(raw, [(seq, common, villages, cells, month.key, NOW)])
        raw.commit()

    # ── the roll-up, the audit, the counters ───────────────────────────────────────────────────────────────────────

    def finish(self, connection: Connection) -> None:
        raw = _raw(connection)
        raw.begin()
        self._roll_up_months(raw)
        for number in range(1, len(CORRECTED) + 1):
            self._roll_up_correction(raw, number)
        self._write_audit(raw)
        raw.commit()
        last = len(MONTHS) * self._counties + len(CORRECTED)
        for name, value in (("watermark", last), ("audit", len(self._audit))):
            connection.execute(sa.update(counter).where(counter.c.name == name).values(value=value))
        connection.commit()
        raw.execute("CHECKPOINT")

    def _roll_up_months(self, raw: Any) -> None:
        """What each county's batch of each month appends: the rows of every month it reaches that became others."""
        calendar = ", ".join(f"({place}, {MONTHS[0].plus(place).key})" for place in range(place_of(_LATE) + 1))
        attributes = ", ".join(str(self._numbers[one.code]) for one in ATTRIBUTES)
        flows = ", ".join(str(self._numbers[d.code]) for d in MONTHLY if d not in self._carried)
        raw.execute(
            f"""CREATE OR REPLACE TEMP TABLE state AS
            SELECT a.place, c.place AS month, c.period, a.county, a.indicator, sum(a.amount) AS amount,
                sum(a.weight) AS weight, sum(CASE WHEN a.reported_at = c.place THEN a.villages ELSE 0 END)::INTEGER AS reported,
                sum(CASE WHEN a.reported_at = c.place THEN 0 ELSE a.villages END)::INTEGER AS carried
            FROM aged a JOIN (VALUES {calendar}) c(place, period) ON c.place >= a.place
                AND c.place <= a.place + {_MONTHS_CARRIED}
                AND (c.place <= a.reported_at + {_MONTHS_CARRIED} OR a.indicator IN ({attributes}))
                AND (c.place = a.place OR a.indicator NOT IN ({flows}))
            GROUP BY ALL"""
        )
        # The state before a county's batch of a month is the one after its batch of the month before.
        raw.execute(
            f"""INSERT INTO rollup (period, county, indicator, seq, sign, amount, weight, pct, own, reported, carried, totals,
                unweighted)
            SELECT period, county, indicator, seq, sign, amount, weight, NULL, NULL, reported, carried, 0, 0 FROM (
                SELECT n.period, n.county, n.indicator, n.place * {self._counties} + y.place AS seq,
                    unnest(CASE WHEN o.place IS NULL THEN [1] ELSE [-1, 1] END) AS sign,
                    unnest(CASE WHEN o.place IS NULL THEN [n.amount] ELSE [o.amount, n.amount] END) AS amount,
                    unnest(CASE WHEN o.place IS NULL THEN [n.weight] ELSE [o.weight, n.weight] END) AS weight,
                    unnest(CASE WHEN o.place IS NULL THEN [n.reported] ELSE [o.reported, n.reported] END) AS reported,
                    unnest(CASE WHEN o.place IS NULL THEN [n.carried] ELSE [o.carried, n.carried] END) AS carried
                FROM state n JOIN county y USING (county)
                LEFT JOIN state o ON o.place = n.place - 1 AND o.month = n.month AND o.county = n.county
                    AND o.indicator = n.indicator
                WHERE n.amount IS DISTINCT FROM o.amount OR n.weight IS DISTINCT FROM o.weight
                    OR n.reported IS DISTINCT FROM o.reported OR n.carried IS DISTINCT FROM o.carried)
            ORDER BY seq, sign, county, indicator, period"""
        )

    def _roll_up_correction(self, raw: Any, number: int) -> None:
        """What a correction appends: a corrected figure counts in every month it stands in, until the next report."""
        month, seq = CORRECTED[number - 1], len(MONTHS) * self._counties + number
        place = place_of(month)
        carried = ", ".join(str(self._numbers[d.code]) for d in self._carried)
        parts = " UNION ALL ".join(
            f"""SELECT region, county, {part.number} AS indicator, indicator AS of,
                ({part.amount.replace(part.of, "(value - was)")}) AS amount FROM delta WHERE indicator = {self._numbers[part.of]}"""
            for part in self._parts()
        )
        months = ", ".join(f"({place + step}, {month.plus(step).key})" for step in range(_MONTHS_CARRIED + 1))
        raw.execute(
            f"""CREATE OR REPLACE TEMP TABLE moved AS
            WITH delta AS (
                SELECT o.region, o.indicator, o.value, w.value AS was, v.county, v.households, v.natural_villages
                FROM observation o JOIN observation w ON w.region = o.region AND w.indicator = o.indicator
                    AND w.seq = {seq} AND w.sign = -1
                JOIN village v ON v.key = o.region WHERE o.seq = {seq} AND o.sign = 1),
            part AS ({parts}),
            renewed AS (
                SELECT region, indicator, min(period) AS period FROM observation
                WHERE period > {month.key} AND seq <= {len(MONTHS) * self._counties} GROUP BY ALL)
            SELECT c.period, p.county, p.indicator, sum(p.amount) AS amount
            FROM part p LEFT JOIN renewed r ON r.region = p.region AND r.indicator = p.of
            JOIN (VALUES {months}) c(place, period) ON (c.place = {place} OR p.of IN ({carried}))
                AND (r.period IS NULL OR c.period < r.period)
            GROUP BY ALL"""
        )
        raw.execute(
            f"""CREATE OR REPLACE TEMP TABLE stood AS
            SELECT period, county, indicator, sum(amount * sign) AS amount,
                CASE WHEN count(weight) > 0 THEN sum(weight * sign) END AS weight, sum(reported * sign)::INTEGER AS reported,
                sum(carried * sign)::INTEGER AS carried
            FROM rollup WHERE period BETWEEN {month.key} AND {month.plus(_MONTHS_CARRIED).key} GROUP BY ALL"""
        )
        for sign, amount in ((-1, "s.amount"), (1, "s.amount + m.amount")):
            raw.execute(
                f"""INSERT INTO rollup (period, county, indicator, seq, sign, amount, weight, pct, own, reported, carried,
                    totals, unweighted)
                SELECT s.period, s.county, s.indicator, {seq}, {sign}, {amount}, s.weight, NULL, NULL, s.reported,
                    s.carried, 0, 0
                FROM moved m JOIN stood s USING (period, county, indicator) WHERE m.amount <> 0
                ORDER BY county, indicator, period"""
            )

    def _write_audit(self, raw: Any) -> None:
        """The lines, each with the digest of the chain."""
        # The regions were added before without a line: the chain begins here.
        digest, digests = "", []
        for line in self._audit:
            digest = line_digest(digest, line)
            digests.append(digest)
        columns = {name: [line[name] for line in self._audit] for name in self._audit[0]}
        columns["at"] = [moment.replace(tzinfo=None) for moment in columns["at"]]
        raw.register("lines", pa.table({**columns, "digest": digests}))
        names = ", ".join(f'"{name}"' for name in [*columns, "digest"])
        raw.execute(f"INSERT INTO audit ({names}) SELECT {names} FROM lines ORDER BY number")
        raw.unregister("lines")


def _cell(drawn: Drawn, number: int, place: int) -> str:
    """A village's figure of a month, null where it is missing."""
    is_missing = f"hash(key, {number}, {place}, {_SEED} + 2) % {_PERCENT} < {_MISSING}"
    return f"CASE WHEN NOT ({is_missing}) THEN ({_expression(drawn, number, place)})::DECIMAL(18, 4) END"


def _expression(drawn: Drawn, number: int, place: int) -> str:
    words = {
        "h": f"(hash(key, {number}, {place}, {_SEED}) >> 8)::BIGINT",
        "g": f"(hash(key, {number}, {_SEED} + 1) >> 8)::BIGINT",
        "t": str(place),
    }
    return " ".join(words.get(word, word) for word in _words(drawn.figure))


def _words(text: str) -> list[str]:
    for sign in "(),":
        text = text.replace(sign, f" {sign} ")
    return text.split()


def _raw(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _one(raw: Any, statement: str) -> Any:
    return raw.execute(statement).fetchone()[0]
