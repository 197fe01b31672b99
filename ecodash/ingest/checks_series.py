"""Cells of a file laid over what stands: for each indicator one series of regions and months, in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from ecodash.decimals import Ints, scaled
from ecodash.domain.indicators import Catalog, Indicator
from ecodash.domain.periods import Month
from ecodash.domain.regions import LEVELS

Bools = npt.NDArray[np.bool_]

NOWHERE = -1
"""Place of a report that is not in the file."""

_MONTH_BITS = 11
_MONTHS = (1 << _MONTH_BITS) - 1
LATEST = _MONTHS
"""No month has a later ordinal."""
_FIRST_YEAR = 1990


@dataclass(frozen=True)
class Series:
    """What is known of one indicator once the file is committed, one entry per region and month, by region then month.

    Args:
        indicator: which it is.
        keys: region and month in one number, ascending, each once: see month_keys.
        values: in ten-thousandths of the unit.
        places: the cell's place in the file's cells; NOWHERE where the report stands in the store.
        changed: whether the file brings the value and another one, or none, stands for the same month. A cell that
            repeats what stands changes nothing, and nobody is asked about it again.
        stood: whether a report stands in the store for the month, which the file may repeat or replace.
    """

    indicator: Indicator
    keys: Ints
    values: Ints
    places: Ints
    changed: Bools
    stood: Bools

    # Not kept: with millions of figures that costs more memory than the shift costs time.
    @property
    def regions(self) -> Ints:
        return self.keys >> _MONTH_BITS

    @property
    def ordinals(self) -> Ints:
        """Months counted from the first there can be."""
        return self.keys & _MONTHS

    @cached_property
    def gaps(self) -> npt.NDArray[np.int16]:
        """Months since the region's report before; 0 where there is none."""
        gaps = np.zeros(len(self.keys), dtype=np.int16)
        if len(gaps) > 1:
            same, ordinals = self.regions[1:] == self.regions[:-1], self.ordinals
            np.subtract(ordinals[1:], ordinals[:-1], out=gaps[1:], where=same, casting="unsafe")
        return gaps

    @cached_property
    def in_file(self) -> Ints:
        """Entries the file brings."""
        return np.flatnonzero(self.places >= 0)

    def as_of(self, regions: Ints, ordinals: Ints, carry: int | Ints) -> Ints:
        """Index of the report that stands for each region in each month, at most so many months old; NOWHERE if none."""
        wanted = month_keys(regions, ordinals)
        if not len(self.keys):
            return np.full(len(wanted), NOWHERE, dtype=np.int64)
        if np.array_equal(wanted, self.keys):
            # Two columns of one full table.
            return np.arange(len(wanted))
        found = np.searchsorted(self.keys, wanted, side="right") - 1
        stands = found >= 0
        stands &= self.regions[found] == regions
        stands &= ordinals - self.ordinals[found] <= carry
        return np.where(stands, found, NOWHERE)


def month_keys(regions: Ints, ordinals: Ints) -> Ints:
    """Region and month in one number that sorts by region, then month."""
    return regions << _MONTH_BITS | ordinals


def split_keys(keys: Ints) -> tuple[Ints, Ints]:
    """Regions and ordinals of month_keys."""
    return keys >> _MONTH_BITS, keys & _MONTHS


def month_of(ordinal: int) -> Month:
    """The month of an ordinal."""
    year, month = divmod(int(ordinal), 12)
    return Month(_FIRST_YEAR + year, month + 1)


def ordinals_of(periods: Ints) -> Ints:
    """Ordinals of months written yyyymm."""
    # yyyymm holds 100 months a year, of which 88 are none; a division by a constant is much faster than divmod.
    return periods - 88 * (periods // 100) - (_FIRST_YEAR * 12 + 1)


def parents_of(regions: Ints) -> Ints:
    """Keys one level up: a village's town, a town's county; the country is its own."""
    parents = np.zeros_like(regions)
    for level in LEVELS[1:-1]:
        above = regions // level.span * level.span
        np.copyto(parents, above, where=above != regions)
    return parents


def towns_of(regions: Ints) -> Ints:
    """Villages' towns; a region above the village is its own."""
    span = LEVELS[-2].span
    towns: Ints = regions // span * span
    return towns


def lay_over(cells: pd.DataFrame, reports: pd.DataFrame, catalog: Catalog) -> dict[str, Series]:
    """A file's cells over the reports that stand, as one series per indicator the catalogue has."""
    standing = dict(_by_indicator(reports))
    brought = dict(_by_indicator(cells))
    book = {}
    for code in dict.fromkeys((*brought, *standing)):
        if code in catalog:
            old = _sorted(*standing[code]) if code in standing else _NONE
            new = _sorted(*brought[code]) if code in brought else _NONE
            book[code] = _merged(catalog[code], old, new)
    return book


_Entries = tuple[Ints, Ints, Ints]
"""Keys, values, places."""
_EMPTY: Ints = np.empty(0, dtype=np.int64)
_NONE: _Entries = (_EMPTY, _EMPTY, _EMPTY)


def _by_indicator(frame: pd.DataFrame) -> Iterator[tuple[str, _Entries]]:
    """Each indicator's entries, in the frame's order."""
    if frame.empty:
        return
    named = frame["indicator"].astype("category").cat
    codes, values = named.codes.to_numpy(), scaled(frame["value"])
    regions, periods = frame["region"].to_numpy(np.int64), frame["period"].to_numpy()
    for number, code in enumerate(named.categories):
        places = np.flatnonzero(codes == number)
        if len(places):
            keys = month_keys(regions[places], ordinals_of(periods[places].astype(np.int64)))
            yield str(code), (keys, values[places], places)


def _sorted(keys: Ints, values: Ints, places: Ints) -> _Entries:
    if (keys[1:] > keys[:-1]).all():
        return keys, values, places
    order = np.argsort(keys, kind="stable")
    return keys[order], values[order], places[order]


def _merged(indicator: Indicator, old: _Entries, new: _Entries) -> Series:
    keys, values, places = new
    if not len(old[0]):
        return Series(
            indicator, keys, values, places, np.ones(len(keys), dtype=np.bool_), np.zeros(len(keys), dtype=np.bool_)
        )
    nowhere = np.full(len(old[0]), NOWHERE, dtype=np.int64)
    if not len(keys):
        return Series(
            indicator,
            old[0],
            old[1],
            nowhere,
            np.zeros(len(nowhere), dtype=np.bool_),
            np.ones(len(nowhere), dtype=np.bool_),
        )
    # What stands comes first among equals; it gives way to what the file brings for the same month.
    order = np.argsort(np.concatenate([old[0], keys]), kind="stable")
    keys = np.concatenate([old[0], keys])[order]
    values = np.concatenate([old[1], values])[order]
    places = np.concatenate([nowhere, places])[order]
    restated = np.append(False, keys[1:] == keys[:-1])
    repeated = restated & np.append(False, values[1:] == values[:-1])
    in_file = places >= 0
    kept = np.append(~restated[1:], True)
    return Series(
        indicator, keys[kept], values[kept], places[kept], (in_file & ~repeated)[kept], (~in_file | restated)[kept]
    )
