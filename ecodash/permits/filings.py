"""The regions of filings."""

from collections.abc import Iterable
from typing import Any

from ecodash.domain.regions import COUNTRY_KEY
from ecodash.permits.rules import by_number
from ecodash.store import records
from ecodash.workspace import Workspace

Given = dict[str, Any]


@by_number
def of_filing(workspace: Workspace, given: Given) -> Iterable[int]:
    """The regions of the filing whose number is the argument `number`; the country where there is none."""
    with workspace.store.reading() as connection:
        found = records.review.find_filing(connection, int(given["number"]))
    return (COUNTRY_KEY,) if found is None else found.regions


@by_number
def of_filing_unless_own(workspace: Workspace, given: Given) -> Iterable[int]:
    """The regions of the filing whose number is the argument `number`; none of a filing the asker handed in, the country
    where there is none."""
    with workspace.store.reading() as connection:
        found = records.review.find_filing(connection, int(given["number"]))
    if found is None:
        return (COUNTRY_KEY,)
    return () if found.is_of(given.get("actor", workspace.actor)) else found.regions
