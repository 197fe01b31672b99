"""Until when months are reported in time: the usual day, or what a county set."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import pandas as pd

from ecodash.domain.access import Right
from ecodash.domain.calendar import due_at
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level, ancestor_key, key_range, level_of, region_code
from ecodash.permits import Reach, needs
from ecodash.store import records
from ecodash.workspace import Workspace


@needs(None, Reach.SIGNED_IN)
def due_of(workspace: Workspace, region: int, month: Month) -> datetime:
    """The moment from which a region's report of a month is late, aware UTC: its county's; of a larger region the last
    of its counties', as only then all of it is due."""
    with workspace.store.reading() as connection:
        chosen = records.review.month_deadlines(connection, [month.key])
    if level_of(region).rank >= Level.COUNTY.rank:
        return chosen.get((ancestor_key(region, Level.COUNTY), month.key), due_at(month))
    lo, hi = key_range(region)
    here = {county: due for (county, _period), due in chosen.items() if lo <= county < hi}
    if not here:
        return due_at(month)
    counties = {ancestor_key(town.key, Level.COUNTY) for town in workspace.tree.under(region, Level.TOWN)}
    return max(here.get(county, due_at(month)) for county in counties | set(here))


@needs(None, Reach.SIGNED_IN)
def dues_of(workspace: Workspace, keys: Iterable[int], months: Sequence[Month]) -> dict[tuple[int, int], datetime]:
    """(county key, yyyymm) → the moment from which reports of it are late, for the counties of some regions."""
    counties = {ancestor_key(int(key), Level.COUNTY) for key in keys}
    with workspace.store.reading() as connection:
        chosen = records.review.month_deadlines(connection, [month.key for month in months])
    return {
        (county, month.key): chosen.get((county, month.key), due_at(month)) for county in counties for month in months
    }


def late_from(
    regions: "pd.Series[int]", periods: "pd.Series[int] | int", dues: dict[tuple[int, int], datetime]
) -> pd.Series:
    """For each region and month the moment from which its report is late.

    Args:
        regions, periods: keys and yyyymm, of equal index, or one month for all.
        dues: as dues_of.
    """
    if isinstance(periods, int):
        periods = pd.Series(periods, index=regions.index)
    counties = regions - regions % Level.COUNTY.span
    known = pd.Series(dues.values(), index=list(dues), dtype="datetime64[us, UTC]")
    places = pd.MultiIndex.from_arrays([counties, periods])
    return pd.Series(
        known.reindex(places).to_numpy() if len(known) else [], index=regions.index, dtype="datetime64[us, UTC]"
    )


@needs(None, Reach.SIGNED_IN)
def deadlines(workspace: Workspace, month: Month) -> pd.DataFrame:
    """A month in the calendar of every county the asker may see.

    Returns:
        One row per county, by code: region (key), region_code, name, due_at (aware UTC: the first late moment), is_usual
        (nobody set another), actor, at, reason (of the last setting; empty, NaT), is_closed, is_reviewed.
    """
    with workspace.store.reading() as connection:
        settings = records.review.list_deadlines(connection, month.key)
        closed = {key for key, period in records.closed_months(connection) if period == month.key}
        unreviewed = records.review.unreviewed_counties(connection)
    last = settings.drop_duplicates("county").set_index("county")
    rows = []
    for county in counties_of(workspace):
        is_usual = county not in last.index
        rows.append(
            {
                "region": county,
                "region_code": region_code(county),
                "name": workspace.tree.get(county).name,
                "due_at": due_at(month) if is_usual else last.loc[county, "due_at"],
                "is_usual": is_usual,
                "actor": "" if is_usual else last.loc[county, "actor"],
                "at": pd.NaT if is_usual else last.loc[county, "at"],
                "reason": "" if is_usual else last.loc[county, "reason"],
                "is_closed": bool(closed & {COUNTRY_KEY, county}),
                "is_reviewed": county not in unreviewed,
            }
        )
    columns = [
        "region", "region_code", "name", "due_at", "is_usual", "actor", "at", "reason", "is_closed", "is_reviewed",
    ]  # fmt: skip
    found = pd.DataFrame(rows, columns=columns)
    return found.assign(**{name: pd.to_datetime(found[name], utc=True) for name in ("due_at", "at")})


@needs(None, Reach.SIGNED_IN)
def counties_of(workspace: Workspace) -> list[int]:
    """Keys of the counties the asker may see, and of cities without counties, by code."""
    towns = workspace.tree.under(COUNTRY_KEY, Level.TOWN)
    found = {ancestor_key(town.key, Level.COUNTY) for town in towns}
    return sorted(key for key in found if key in workspace.tree and workspace.actor.may(Right.READ, key))


@needs(None, Reach.SIGNED_IN)
def deadlines_version(workspace: Workspace) -> int:
    """How many times a deadline was set: what is late depends on it without a commit."""
    with workspace.store.reading() as connection:
        return records.review.deadlines_version(connection)
