"""Months that cannot be reported: closed, or still to come."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from ecodash.decimals import Ints
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, key_range
from ecodash.ingest.checks_hits import Hits, Wording
from ecodash.ingest.checks_series import Series


def barred_months(
    cells: pd.DataFrame,
    book: Mapping[str, Series],
    closed: Iterable[tuple[int, int]],
    newest: Month,
    wording: Wording,
) -> Iterator[Hits]:
    """Rows of closed months that would change what stands, one hit a row; and rows of months after the newest.

    A closed month's row that repeats what stands does no harm: a yearly ledger brings all its months again.
    """
    periods = cells["period"].to_numpy(np.int64)
    future = _one_a_row(cells, np.flatnonzero(periods > newest.key))

    def future_hint(index: int) -> str:
        month = Month.from_key(int(periods[future[index]])).label
        rows = wording.rows(future[index : index + 1])
        return f"{rows}是 {month}的数，还没有到上报的时候，最晚可以报 {newest.label}。请核对月份后重新上传。"

    yield Hits("month_future", future, future_hint)

    regions = cells["region"].to_numpy(np.int64)
    closed_keys: dict[int, list[int]] = defaultdict(list)
    for key, period in closed:
        closed_keys[period].append(key)
    barred = [period for period in closed_keys if (periods == period).any()]
    if not barred:
        return
    changed = np.zeros(len(cells), dtype=np.bool_)
    for series in book.values():
        changed[series.places[series.changed]] = True
    for period in sorted(barred):
        # The widest region that closed the month is named, and each row told once.
        open_cells = changed & (periods == period)
        for key in sorted(closed_keys[period]):
            low, high = key_range(key)
            inside = open_cells & (regions >= low) & (regions < high)
            open_cells &= ~inside
            yield _closed(_one_a_row(cells, np.flatnonzero(inside)), key, Month.from_key(period), regions, wording)


def _closed(places: Ints, key: int, month: Month, regions: Ints, wording: Wording) -> Hits:
    whose = "" if key == COUNTRY_KEY else wording.region(key)

    def hint(index: int) -> str:
        place = places[index : index + 1]
        name = wording.region(int(regions[place[0]]))
        return (
            f"{whose}{month.label}已封账，{wording.rows(place)}{name}的数与已上报的不同，不能改动。"
            f"请联系本系统管理员重新开放该月，或删去这些数后重新上传。"
        )

    return Hits("month_closed", places, hint)


def _one_a_row(cells: pd.DataFrame, places: Ints) -> Ints:
    """The first of these cells in each row of each sheet."""
    if not len(places):
        return places
    found = pd.DataFrame({name: cells[name].to_numpy()[places] for name in ("sheet", "row", "period")})
    first: Ints = places[~found.duplicated().to_numpy()]
    return first
