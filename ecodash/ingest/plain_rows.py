"""The quick way for rows that write their region plainly: a whole code, or town and village as they are called."""

from collections import Counter
from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from ecodash.domain.regions import Level, Region, RegionTree

UNKNOWN = -1
_LENGTHS = (9, 12)
_CODE_TYPE = "U13"
"""One more character than a code has shows that a text is longer."""
_PART = 50_000
_PLACES = 10 ** np.arange(11, -1, -1, dtype=np.int64)

Ints = npt.NDArray[np.int64]
Texts = npt.NDArray[np.object_]
Marks = npt.NDArray[np.bool_]


class _Columns:
    """The regions of a tree as columns, in key order."""

    def __init__(self, tree: RegionTree) -> None:
        count = len(tree)
        self.keys: Ints = np.fromiter((region.key for region in tree), np.int64, count)
        self.first: Ints = np.fromiter((region.first_month for region in tree), np.int64, count)
        self.last: Ints = np.fromiter((region.last_month for region in tree), np.int64, count)
        self.names = _texts([region.name for region in tree])
        self.full_names = _texts([region.full_name for region in tree])
        self.pairs: dict[tuple[int, int], dict[str, int]] = {}

    def places(self, keys: Ints) -> tuple[Ints, Marks]:
        """The place of each key, and whether it is there."""
        found = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return found, self.keys[found] == keys


_COLUMNS: WeakKeyDictionary[RegionTree, _Columns] = WeakKeyDictionary()


class PlainRows:
    """Finds the regions of plainly written rows within a range of keys, many at a time.

    Args:
        scope: the half-open range of keys that rows may be for.
        context: the town the rows are about where they write none.
    """

    def __init__(self, tree: RegionTree, scope: tuple[int, int], context: Region | None) -> None:
        self._tree = tree
        self._scope = scope
        self._context = context if context is not None and context.level is Level.TOWN else None

    def keys(
        self,
        codes: Sequence[str],
        villages: Sequence[str],
        towns: Sequence[str],
        regions: Sequence[str],
        month: npt.ArrayLike,
    ) -> Ints:
        """Keys of the rows that are certain at a glance, UNKNOWN for the others.

        Certain is a row with a code of 9 or 12 digits, in scope and valid in the month, whose names are the region's
        own and its ancestors' or are not given; and a row without a code whose town and village are so called.
        """
        if not len(self._tree) or not len(codes):
            return np.full(len(codes), UNKNOWN, dtype=np.int64)
        keys = _coded(codes)
        if "" in codes:
            self._fill_named(keys, codes, villages, towns)
        columns = self._columns
        places, certain = columns.places(keys)
        certain &= (keys >= self._scope[0]) & (keys < self._scope[1])
        asked = np.asarray(month, dtype=np.int64)
        certain &= (columns.first[places] <= asked) & (asked <= columns.last[places])
        self._check_villages(villages, keys, places, certain)
        self._check_above(towns, keys, (10**3,), certain)
        self._check_above(regions, keys, (1, 10**3, 10**6, 10**8, 10**10), certain)
        return np.where(certain, keys, UNKNOWN)

    @property
    def _columns(self) -> _Columns:
        if self._tree not in _COLUMNS:
            _COLUMNS[self._tree] = _Columns(self._tree)
        return _COLUMNS[self._tree]

    def _fill_named(self, keys: Ints, codes: Sequence[str], villages: Sequence[str], towns: Sequence[str]) -> None:
        """Keys of rows without a code by the names of town and village."""
        pairs = self._columns.pairs
        if self._scope not in pairs:
            pairs[self._scope] = self._named_pairs()
        home = self._context.name if self._context else ""
        get = pairs[self._scope].get
        for place, (code, village, town) in enumerate(zip(codes, villages, towns, strict=True)):
            if not code and (town or (home and village)):
                keys[place] = get(f"{town or home}\0{village}", UNKNOWN)

    def _named_pairs(self) -> dict[str, int]:
        """Keys by town and village as they are called, of those that only one region in scope is."""
        lo, hi = self._scope
        pairs: dict[str, int] = {}
        towns = [r for r in self._tree if r.level is Level.TOWN and lo - lo % 1000 <= r.key < hi]
        called = Counter(town.name for town in towns)
        for town in towns:
            if called[town.name] > 1:
                continue
            if town.key >= lo:
                pairs[f"{town.name}\0"] = town.key
            for village in self._tree.under(town.key, Level.VILLAGE):
                pair = f"{town.name}\0{village.name}"
                pairs[pair] = UNKNOWN if pair in pairs else village.key
        return pairs

    def _check_villages(self, given: Sequence[str], keys: Ints, places: Ints, certain: Marks) -> None:
        """Rows whose village is not the region's name, short or as published, are not certain."""
        if any(given):
            texts, columns = _texts(given), self._columns
            called = (texts == columns.names[places]) | (texts == columns.full_names[places])
            certain &= (texts == "") | (called & (keys % 1000 != 0))

    def _check_above(self, given: Sequence[str], keys: Ints, spans: tuple[int, ...], certain: Marks) -> None:
        """Rows with a name that is none of those of the regions which hold the row's, at these spans of keys, are not
        certain."""
        if not any(given):
            return
        texts = _texts(given)
        agrees: Marks = texts == ""
        for span in spans:
            rest = np.flatnonzero(certain & ~agrees)
            if not len(rest):
                break
            above, held = self._columns.places(keys[rest] - keys[rest] % span)
            agrees[rest] = held & (texts[rest] == self._columns.names[above])
        certain &= agrees


def _coded(codes: Sequence[str]) -> Ints:
    """Keys of codes of 9 or 12 digits, UNKNOWN for anything else."""
    # In parts: a code takes 400 bytes while its digits are looked at.
    parts = [_coded_part(codes[start : start + _PART]) for start in range(0, len(codes), _PART)]
    return np.concatenate(parts)


def _coded_part(codes: Sequence[str]) -> Ints:
    text = np.array(codes, dtype=_CODE_TYPE)
    marks = text.view(np.uint32).reshape(len(codes), -1).astype(np.int64)
    filled = marks != 0
    digits = (marks >= ord("0")) & (marks <= ord("9"))
    length = filled.sum(axis=1)
    keys = np.where(digits, marks - ord("0"), 0)[:, : len(_PLACES)] @ _PLACES
    fits = (digits == filled).all(axis=1) & np.isin(length, _LENGTHS) & (keys % 10**6 != 0)
    return np.where(fits, keys, UNKNOWN)


def _texts(texts: Sequence[str]) -> Texts:
    found = np.empty(len(texts), dtype=object)
    found[:] = texts
    return found
