"""Entries by group, and what holds for all of a group."""

from dataclasses import dataclass

import numpy as np

from ecodash.decimals import Ints
from ecodash.ingest.checks_series import Bools


@dataclass(frozen=True, slots=True)
class Groups:
    """Entries, such as those of one town and month, together.

    Args:
        keys: of the groups, ascending.
        order: the entries' indices, group after group.
        begins: where each group begins in order.
    """

    keys: Ints
    order: Ints
    begins: Ints

    @property
    def sizes(self) -> Ints:
        """How many entries each group has."""
        return np.diff(self.begins, append=len(self.order))

    def lowest(self, values: Ints) -> Ints:
        """The least of each group's values, which are given for the entries in their first order."""
        return np.minimum.reduceat(values[self.order], self.begins)

    def highest(self, values: Ints) -> Ints:
        """The greatest of each group's values."""
        return np.maximum.reduceat(values[self.order], self.begins)

    def all(self, conditions: Bools) -> Bools:
        """Whether all of each group meet a condition."""
        return np.logical_and.reduceat(conditions[self.order], self.begins)

    def any(self, conditions: Bools) -> Bools:
        """Whether any of each group meets a condition."""
        return np.logical_or.reduceat(conditions[self.order], self.begins)

    def count(self, conditions: Bools) -> Ints:
        """How many of each group meet a condition."""
        return np.add.reduceat(conditions[self.order].astype(np.int64), self.begins)

    def members(self, group: int) -> Ints:
        """Indices of one group's entries."""
        return self.order[self.begins[group] :][: self.sizes[group]]


def grouped(keys: Ints) -> Groups:
    """Entries by their group's key; at least one."""
    if (keys[1:] >= keys[:-1]).all():
        order = np.arange(len(keys))
    else:
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
    begins = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    return Groups(keys[begins], order, begins)
