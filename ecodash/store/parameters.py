"""Parameters of statements that are built once and asked with many numbers.

To build a statement of figures, and to have SQLAlchemy find that it knows it, takes as long as the database's answer. So it
is built once for what is the same in many questions, and asked with the numbers of each.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from ecodash.store.standing import Months


def whole(name: str) -> sa.BindParameter[int]:
    """A parameter that stands for a number."""
    return sa.bindparam(name, type_=sa.BigInteger())


def wholes(name: str) -> sa.BindParameter[Any]:
    """A parameter that stands for some numbers."""
    return sa.bindparam(name, expanding=True, type_=sa.BigInteger())


def some_months() -> Months:
    """Parameters months, first and last."""
    return Months(wholes("months"), whole("first"), whole("last"))


def used(statement: sa.Select[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of some values that a statement has parameters for."""
    return {name: given[name] for name in _names(statement) if name in given}


@lru_cache(maxsize=512)
def _names(statement: sa.Select[Any]) -> tuple[str, ...]:
    return tuple({one.key for one in visitors.iterate(statement) if isinstance(one, sa.BindParameter)})
