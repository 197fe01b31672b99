"""The questions pages ask, timed beside what is written by hand, and their answers compared."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from bench.nation.handwritten import Question, from_journal, from_rollup, raw_scan
from bench.nation.workload import ASKED, COUNTY, MONTHS
from ecodash.domain.regions import COUNTRY_KEY, Level, key_range
from ecodash.store import journal, records
from ecodash.store.engine import Connection
from ecodash.store.reading import read_figures
from ecodash.workspace import Workspace

RUNS = 15


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a page.

    Args:
        name: of it.
        region, level: whose units it is about; region 0 is the whole store.
        months: how many, the newest last.
        codes: of its indicators.
    """

    name: str
    region: int
    level: Level
    months: int
    codes: Sequence[str]

    @property
    def is_of_a_county(self) -> bool:
        return self.region != COUNTRY_KEY


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds: median and 95th percentile, and the median of the processor's, all threads together."""

    median: float
    p95: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question took: as EcoDash asks it, by hand, and a raw scan; and the rows of the answer."""

    asked: Asked
    is_newest: bool
    ours: Times
    hand: Times
    raw: Times
    rows: pd.DataFrame


def questions(town: int) -> list[Asked]:
    """Of the country, of the county that is in every store, and of a town of it."""
    return [
        Asked("provinces, a month, 14 indicators", COUNTRY_KEY, Level.PROVINCE, 1, ASKED),
        Asked(
            "counties of the country ranked, with the month before",
            COUNTRY_KEY,
            Level.COUNTY,
            2,
            ["sanitary_toilet_rate"],
        ),
        Asked("towns of a county ranked, with the month before", COUNTY, Level.TOWN, 2, ["sanitary_toilet_rate"]),
        Asked("villages of a county ranked, with the month before", COUNTY, Level.VILLAGE, 2, ["garbage_cleared"]),
        Asked(
            "a town's trend, 24 months, a flow and a ratio",
            town,
            Level.TOWN,
            24,
            ["garbage_cleared", "sanitary_toilet_rate"],
        ),
        Asked("profile of a county, two months, 14 indicators", COUNTY, Level.COUNTY, 2, ASKED),
        Asked("profile of a town, two months, 14 indicators", town, Level.TOWN, 2, ASKED),
    ]


def answers(workspace: Workspace, asked: Sequence[Asked], corrections: int) -> Iterator[Answer]:
    """Each question as of now and as of before the corrections.

    Raises:
        AssertionError: EcoDash and the statement by hand do not say the same.
    """
    with workspace.store.reading() as connection:
        newest = journal.newest_watermark(connection)
        numbers = records.indicator_numbers(connection)
        for one in asked:
            for watermark in (newest, newest - corrections):
                yield _answer(connection, workspace, numbers, one, watermark, watermark == newest)


def _answer(
    connection: Connection, workspace: Workspace, numbers: dict[str, int], asked: Asked, watermark: int, is_newest: bool
) -> Answer:
    months = [month.key for month in MONTHS[-asked.months :]]
    lo, hi = key_range(asked.region)
    by_hand = Question(lo, hi, asked.level.span, watermark, months, asked.codes)
    is_low = asked.level.rank > Level.COUNTY.rank
    statement = (from_journal if is_low else from_rollup)(by_hand, numbers)
    raw: Any = connection.connection.driver_connection
    ours = asking(connection, workspace, asked, watermark)

    def hand() -> pd.DataFrame:
        found: pd.DataFrame = raw.execute(statement).df()
        return found

    def scan() -> pd.DataFrame:
        found: pd.DataFrame = raw.execute(raw_scan(by_hand, numbers)).df()
        return found

    rows = ours()
    _compare(rows, hand(), numbers, f"{asked.name} at {watermark}")
    our_times, hand_times, raw_times = timed([ours, hand, scan], RUNS)
    return Answer(asked, is_newest, our_times, hand_times, raw_times, rows)


def asking(connection: Connection, workspace: Workspace, asked: Asked, watermark: int) -> Callable[[], pd.DataFrame]:
    """A question as pages ask it, of one store as of a watermark."""
    months = [month.key for month in MONTHS[-asked.months :]]

    def ask() -> pd.DataFrame:
        return read_figures(
            connection,
            workspace.catalog,
            watermark=watermark,
            months=months,
            region=asked.region,
            levels=[asked.level],
            codes=asked.codes,
        )

    return ask


def _compare(ours: pd.DataFrame, hand: pd.DataFrame, numbers: dict[str, int], what: str) -> None:
    codes = {number: code for code, number in numbers.items()}
    keys = ["period", "region", "indicator"]
    one = ours.set_index(keys)[["value", "reported", "carried"]].astype(float).sort_index()
    other = hand.assign(indicator=hand["indicator"].map(codes)).set_index(keys)
    other = other[["value", "reported", "carried"]].astype(float).round(6).sort_index()
    pd.testing.assert_frame_equal(one, other, check_index_type=False, obj=what, atol=2e-6, rtol=0)
    if one.empty:
        raise AssertionError(f"nothing was found: {what}")


def timed(functions: Sequence[Callable[[], object]], runs: int) -> list[Times]:
    """Each function so often, in turn, so that what else the machine does is felt by all alike; the first is not counted."""
    taken: list[list[tuple[float, float]]] = [[] for _ in functions]
    for run in range(runs + 1):
        for place, function in enumerate(functions):
            began, worked = time.perf_counter(), time.process_time()
            function()
            if run:
                taken[place].append((1000 * (time.perf_counter() - began), 1000 * (time.process_time() - worked)))
    return [times_of([one for one, _ in each], [cpu for _, cpu in each]) for each in taken]


def times_of(taken: Sequence[float], worked: Sequence[float]) -> Times:
    """Medians and 95th percentile."""
    p95 = statistics.quantiles(taken, n=20, method="inclusive")[-1]
    return Times(statistics.median(taken), p95, statistics.median(worked))
