"""What was handed in for review, and who still has to.

What a filing would change, and what was reported beside what is accepted, is in ecodash.effects: it is tried out, and so
must not be cached.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import pandas as pd

from ecodash.domain.access import Right
from ecodash.domain.indicator_choices import unused
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level, ancestor_key, key_range
from ecodash.domain.review import CellComment, Filing, FilingState
from ecodash.domain.selection import Selection
from ecodash.errors import UserError
from ecodash.i18n import gettext as _
from ecodash.permits import Reach, needs, of_batch, of_regions, of_selection
from ecodash.permits.filings import of_filing_unless_own
from ecodash.queries.deadlines import counties_of, dues_of
from ecodash.queries.indicators import indicator_choices
from ecodash.queries.reports import reporting
from ecodash.store import records
from ecodash.store.records import KeptFile
from ecodash.workspace import Workspace

FILING_COLUMNS = [
    "number", "actor", "account", "channel", "received_at", "file_name", "row_count", "cell_count", "new_count",
    "changed_count", "first_month", "last_month", "region", "name", "regions", "doubts", "is_late", "is_own", "is_clean",
    "state", "state_by", "state_at", "comment", "batch", "answers", "answered_by",
]  # fmt: skip


@needs(Right.READ, Reach.SOMEWHERE)
def list_filings(
    workspace: Workspace, *, states: Collection[FilingState] | None = None, month: Month | None = None
) -> pd.DataFrame:
    """Filings the asker may see: their own, and those all of whose regions they see reported figures of.

    Args:
        states: all where None.
        month: only those with figures for it.
    Returns:
        One row per filing, newest first: FILING_COLUMNS. first_month, last_month: yyyymm; region: key of the lowest region
        that holds all, name its name; regions: keys of the towns; doubts: how many; is_late: handed in after the
        deadline of its newest month; is_clean: waits without a doubt; state: value of FilingState, state_by, state_at,
        comment: its newest step; batch, answers, answered_by (the newest filing that corrects it): Int64, NA where
        none.
    """
    with workspace.store.reading() as connection:
        everything = records.review.list_filings(connection)
    actor = workspace.actor
    answered: dict[int, int] = {}
    for one in reversed(everything):
        if one.answers is not None and one.state is not FilingState.WITHDRAWN:
            answered[one.answers] = one.number
    shown = [
        one
        for one in everything
        if (states is None or one.state in states)
        and (month is None or one.first_month.key <= month.key <= one.last_month.key)
        and (one.is_of(actor) or all(actor.may(Right.READ_REPORTED, key) for key in one.regions))
    ]
    months = sorted({one.last_month for one in shown})
    dues = dues_of(workspace, {key for one in shown for key in one.regions}, months)
    rows = [
        {
            **{name: getattr(one, name) for name in FILING_COLUMNS if hasattr(one, name)},
            "first_month": one.first_month.key,
            "last_month": one.last_month.key,
            "name": region.name if (region := workspace.tree.find(one.region)) else "",
            "regions": list(one.regions),
            "doubts": len(one.doubts),
            "is_late": _is_late(one, dues),
            "is_own": one.is_of(actor),
            "is_clean": one.is_open and not one.doubts,
            "state": one.state.value,
            "answered_by": answered.get(one.number),
        }
        for one in shown
    ]
    found = pd.DataFrame(rows, columns=FILING_COLUMNS)
    for name in ("received_at", "state_at"):
        found[name] = pd.to_datetime(found[name], utc=True)
    for name in ("batch", "answers", "answered_by"):
        found[name] = found[name].astype("Int64")
    return found


def _is_late(filing: Filing, dues: Mapping[tuple[int, int], datetime]) -> bool:
    """Whether it came after the first of the deadlines of its regions."""
    counties = {ancestor_key(key, Level.COUNTY) for key in filing.regions}
    return any(filing.received_at >= dues[county, filing.last_month.key] for county in counties)


@needs(Right.READ_REPORTED, of_filing_unless_own)
def get_filing(workspace: Workspace, number: int) -> Filing:
    """One filing as it stands.

    Raises:
        UserError: there is no such filing.
    """
    with workspace.store.reading() as connection:
        return records.review.get_filing(connection, number)


@needs(Right.READ, of_batch)
def filing_of_batch(workspace: Workspace, number: int) -> Filing | None:
    """The filing a batch was accepted from, with who accepted it; None where it was committed without a review."""
    with workspace.store.reading() as connection:
        return records.review.find_filing_of_batch(connection, number)


@needs(Right.READ_REPORTED, of_filing_unless_own)
def filing_comments(workspace: Workspace, number: int) -> list[CellComment]:
    """What reviewers said of single figures of a filing, oldest first."""
    with workspace.store.reading() as connection:
        return records.review.cell_comments(connection, number)


@needs(Right.READ_REPORTED, of_filing_unless_own)
def filing_steps(workspace: Workspace, number: int) -> pd.DataFrame:
    """What became of a filing, oldest first: number, state, actor, account, at (aware UTC), comment, batch (Int64)."""
    with workspace.store.reading() as connection:
        return records.review.filing_steps(connection, number)


@needs(Right.READ_REPORTED, of_filing_unless_own)
def filing_file(workspace: Workspace, number: int) -> KeptFile:
    """The file of a filing as it was sent.

    Raises:
        UserError: there is no such filing, or the file kept is damaged.
    """
    with workspace.store.reading() as connection:
        found = records.review.get_filing(connection, number)
        kept = records.load_file(connection, found.file_sha256)
    if kept is None:
        raise UserError(
            _("第 {number} 份报送件的原文件不在系统中。").format(number=number), _("请向上报人索取原文件。")
        )
    return KeptFile(kept.sha256, found.file_name, kept.size, kept.content, found.received_at)


@needs(None, Reach.SIGNED_IN)
def is_reviewed(workspace: Workspace, county: int) -> bool:
    """Whether the reports of a county (or of any region in it) wait for a review."""
    with workspace.store.reading() as connection:
        return ancestor_key(county, Level.COUNTY) not in records.review.unreviewed_counties(connection)


@needs(None, Reach.SIGNED_IN)
def review_choices(workspace: Workspace) -> pd.DataFrame:
    """Whether reports are reviewed, for every county the asker may see.

    Returns:
        One row per county, by code: region (key), name, is_reviewed, actor, at (aware UTC, NaT), reason: of the last
        choice; empty where none was made.
    """
    with workspace.store.reading() as connection:
        choices = records.review.list_review_choices(connection)
    last = choices.drop_duplicates("county").set_index("county")
    keys = counties_of(workspace)
    found = last.reindex(keys)[["is_reviewed", "actor", "at", "reason"]].reset_index(drop=True)
    found["is_reviewed"] = [bool(value) if value in (True, False) else True for value in found["is_reviewed"]]
    for name in ("actor", "reason"):
        found[name] = found[name].fillna("").astype("str")
    found.insert(0, "name", [workspace.tree.get(key).name for key in keys])
    found.insert(0, "region", keys)
    return found


@needs(Right.READ_REPORTED, of_selection)
def review_status(workspace: Workspace, selection: Selection) -> pd.DataFrame:
    """Who handed in the month, and how far it is: the list to remind by.

    Returns:
        One row per unit under the region, what needs doing first: region, region_code, name, villages, accepted (villages
        whose figures are published), missing (the others), late (published, but handed in after the deadline), waiting,
        returned (filings of the month that wait, and that were returned and not answered), last_at (aware UTC: the
        newest of the month's receipts, accepted or not; NaT), state: returned, missing, waiting, partial, late or
        complete.
    """
    status = reporting(workspace, selection, unused(indicator_choices(workspace)))
    undecided = _undecided(workspace, selection.month)
    rows = []
    for row in status.to_dict("records"):
        here = [one for one in undecided if _touches(one, int(row["region"]))]
        waiting = [one for one in here if one.is_open]
        returned = [one for one in here if not one.is_open]
        times = [pd.Timestamp(one.received_at) for one in (*waiting, *returned)]
        times += [row["last_received"]] if pd.notna(row["last_received"]) else []
        rows.append(
            {
                **{name: row[name] for name in ("region", "region_code", "name", "villages", "missing", "late")},
                "accepted": row["villages"] - row["missing"],
                "waiting": len(waiting),
                "returned": len(returned),
                "last_at": max(times, default=pd.NaT),
                "state": _state(len(waiting), len(returned), str(row["state"])),
            }
        )
    columns = [
        "region", "region_code", "name", "villages", "accepted", "waiting", "returned", "missing", "late", "last_at",
        "state",
    ]  # fmt: skip
    found = pd.DataFrame(rows, columns=columns)
    found["last_at"] = pd.to_datetime(found["last_at"], utc=True)
    order = found["state"].map({name: place for place, name in enumerate(STATES)})
    return found.iloc[order.argsort(kind="stable")].reset_index(drop=True)


STATES = ("returned", "missing", "waiting", "partial", "late", "complete")
"""States of review_status, what needs doing first."""


@needs(Right.READ_REPORTED, of_regions)
def handed_in_states(workspace: Workspace, selection: Selection, regions: Sequence[int]) -> dict[int, str]:
    """region → waiting or returned, of those among some with filings of the month that wait, or that were returned and
    not answered."""
    undecided = _undecided(workspace, selection.month)
    found = {key: [one for one in undecided if _touches(one, key)] for key in map(int, regions)}
    return {key: "waiting" if any(one.is_open for one in here) else "returned" for key, here in found.items() if here}


def _undecided(workspace: Workspace, month: Month) -> list[Filing]:
    """Filings about a month that wait, and those returned that nobody answered."""
    with workspace.store.reading() as connection:
        filings = records.review.list_filings(connection)
    answered = {one.answers for one in filings if one.state is not FilingState.WITHDRAWN}
    return [
        one
        for one in filings
        if one.first_month <= month <= one.last_month
        and (one.is_open or (one.state is FilingState.RETURNED and one.number not in answered))
    ]


def _state(waiting: int, returned: int, published: str) -> str:
    if waiting:
        return "waiting"
    return "returned" if returned else published


def _touches(filing: Filing, region: int) -> bool:
    """Whether a filing is about a region, a part of it, or all it lies in."""
    lo, hi = key_range(region)
    if region == COUNTRY_KEY:
        return True
    return any(lo <= key < hi or key == ancestor_key(region, Level.TOWN) for key in filing.regions)
