"""The regions a call about accounts is about."""

from collections.abc import Iterable

from ecodash.domain.regions import COUNTRY_KEY
from ecodash.permits.places import Given
from ecodash.permits.rules import by_number
from ecodash.store import records
from ecodash.workspace import Workspace


@by_number
def of_account(workspace: Workspace, given: Given) -> Iterable[int]:
    """The regions of all roles of the account whose number is the argument `number`, and of those it is given by the
    argument `grants`; the whole country where it has none, or there is no such account."""
    with workspace.store.reading() as connection:
        found = records.find_account(connection, number=int(given["number"]))
    own = (COUNTRY_KEY,) if found is None else found.regions
    return {*own, *(one.region for one in given.get("grants", ()))}


def of_grants(workspace: Workspace, given: Given) -> Iterable[int]:
    """The regions of the argument `grants`; the whole country where nothing is granted."""
    return {one.region for one in given.get("grants", ())} or {COUNTRY_KEY}


def of_account_plan(workspace: Workspace, given: Given) -> Iterable[int]:
    """The regions of everything the argument `plan` grants."""
    return {one.region for row in given["plan"].rows for one in row.grants} or {COUNTRY_KEY}
