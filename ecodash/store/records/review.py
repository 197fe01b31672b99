"""Filings with their steps and comments, who is reviewed, and deadlines of months."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.access import Actor
from ecodash.domain.periods import Month
from ecodash.domain.review import CellComment, ExplainedDoubt, Filing, FilingState
from ecodash.errors import TransitionRefused, UserError
from ecodash.i18n import gettext as _
from ecodash.store.engine import next_number
from ecodash.store.records.batches import wholly_undone
from ecodash.store.tables import (
    audit,
    counter,
    filing,
    filing_comment,
    filing_step,
    month_deadline,
    review_choice,
)

# ── filings ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class NewFiling:
    """What is kept of a file that is handed in: see domain.review.Filing."""

    received_at: datetime
    file_name: str
    file_sha256: str
    row_count: int
    cell_count: int
    new_count: int
    changed_count: int
    first_month: int
    last_month: int
    region: int
    regions: Sequence[int]
    choices: Mapping[str, Any]
    doubts: Sequence[ExplainedDoubt]
    digest: str
    compared_at: int
    answers: int | None = None


def insert_filing(connection: Connection, new: NewFiling, *, actor: Actor, now: datetime) -> int:
    """Keep a filing as submitted; returns its number."""
    number = next_number(connection, "filing")
    doubts = [asdict(one) for one in new.doubts]
    values = {name: getattr(new, name) for name in NewFiling.__slots__} | {
        "number": number,
        "actor": actor.name,
        "account": actor.account,
        "channel": actor.channel,
        "address": actor.address,
        "regions": json.dumps(list(new.regions)),
        "choices": json.dumps(dict(new.choices), ensure_ascii=False, sort_keys=True),
        "doubts": json.dumps(doubts, ensure_ascii=False),
    }
    connection.execute(sa.insert(filing).values(values))
    step = next_number(connection, "filing_step")
    insert_step(connection, step, number, FilingState.SUBMITTED, actor=actor, now=now)
    return number


def begin_step(connection: Connection, number: int) -> tuple[int, Filing]:
    """Take the number of the next step, which makes whoever else decides wait, and the filing that is to be decided.

    Raises:
        UserError: there is no such filing.
        TransitionRefused: it was decided already.
    """
    step = next_number(connection, "filing_step")
    found = get_filing(connection, number)
    refuse_decided(found)
    return step, found


def refuse_decided(found: Filing) -> None:
    """Refuse to decide about a filing twice.

    Raises:
        TransitionRefused: it was decided already.
    """
    if not found.is_open:
        raise TransitionRefused(
            _("第 {number} 份报送件已由{who}处理：{state}。").format(
                number=found.number, who=found.state_by, state=found.state.label
            ),
            _("请刷新列表，查看处理结果。"),
        )


def insert_step(
    connection: Connection,
    step: int,
    number: int,
    state: FilingState,
    *,
    actor: Actor,
    now: datetime,
    comment: str = "",
    batch: int | None = None,
) -> None:
    """Write what became of a filing."""
    connection.execute(
        sa.insert(filing_step).values(
            number=step,
            filing=number,
            state=state.value,
            actor=actor.name,
            account=actor.account,
            at=now,
            comment=comment,
            batch=batch,
        )
    )


def insert_cell_comments(
    connection: Connection, number: int, comments: Iterable[CellComment], *, actor: Actor, now: datetime
) -> None:
    """Write what a reviewer says of single figures of a filing."""
    for one in comments:
        connection.execute(
            sa.insert(filing_comment).values(
                number=next_number(connection, "filing_comment"),
                filing=number,
                region=one.region,
                indicator=one.indicator,
                period=one.period,
                comment=one.comment,
                actor=actor.name,
                account=actor.account,
                at=now,
            )
        )


def get_filing(connection: Connection, number: int) -> Filing:
    """A filing as it stands.

    Raises:
        UserError: there is no such filing.
    """
    found = find_filing(connection, number)
    if found is None:
        raise UserError(_("没有第 {number} 份报送件。").format(number=number), _("请在报送件列表中核对编号。"))
    return found


def find_filing(connection: Connection, number: int) -> Filing | None:
    """A filing as it stands, or None where there is none."""
    row = connection.execute(_filings().where(filing.c.number == number)).mappings().one_or_none()
    return None if row is None else _filing(row)


def find_filing_of_batch(connection: Connection, number: int) -> Filing | None:
    """The filing a batch was accepted from, or None."""
    row = connection.execute(_filings().where(filing_step.c.batch == number)).mappings().one_or_none()
    return None if row is None else _filing(row)


def list_filings(connection: Connection, states: Collection[FilingState] | None = None) -> list[Filing]:
    """Filings as they stand, newest first; all where no states are given."""
    statement = _filings().order_by(filing.c.number.desc())
    if states is not None:
        statement = statement.where(filing_step.c.state.in_([state.value for state in states]))
    return [_filing(row) for row in connection.execute(statement).mappings()]


def last_step(connection: Connection) -> int:
    """Number of the last step of any filing."""
    return int(connection.execute(sa.select(counter.c.value).where(counter.c.name == "filing_step")).scalar_one())


def accepted_later(connection: Connection, found: Filing, after_step: int = 0) -> list[Filing]:
    """Filings handed in after one, about a town and a month of it, that were accepted and stand, newest first.

    Args:
        after_step: only those accepted after this step.
    """
    undone: set[Any] = set(connection.execute(wholly_undone()).scalars())
    s = filing_step.c
    accepted = s.number > after_step, s.filing > found.number, s.state == FilingState.ACCEPTED.value
    numbers = connection.execute(sa.select(s.filing).where(*accepted)).scalars().all()
    later = _filings().where(filing.c.number.in_(numbers)).order_by(filing.c.number.desc())
    return [
        one
        for one in map(_filing, connection.execute(later).mappings())
        if one.batch not in undone
        and set(one.regions) & set(found.regions)
        and one.first_month <= found.last_month
        and found.first_month <= one.last_month
    ]


def _filings() -> sa.Select[Any]:
    newest = sa.select(filing_step.c.filing, sa.func.max(filing_step.c.number).label("number")).group_by(
        filing_step.c.filing
    )
    last, s = newest.subquery("last"), filing_step.c
    return (
        sa.select(
            filing,
            s.state,
            s.actor.label("state_by"),
            s.account.label("state_account"),
            s.at.label("state_at"),
            s.comment,
            s.batch,
        )
        .join(last, last.c.filing == filing.c.number)
        .join(filing_step, s.number == last.c.number)
    )


def _filing(row: Mapping[Any, Any]) -> Filing:
    values = {name: row[name] for name in Filing.__slots__}
    return Filing(
        **values
        | {
            "state": FilingState(row["state"]),
            "first_month": Month.from_key(int(row["first_month"])),
            "last_month": Month.from_key(int(row["last_month"])),
            "regions": tuple(int(key) for key in json.loads(row["regions"])),
            "choices": json.loads(row["choices"]),
            "doubts": tuple(ExplainedDoubt(**one) for one in json.loads(row["doubts"])),
        }
    )


def filing_steps(connection: Connection, number: int) -> pd.DataFrame:
    """The steps of a filing, oldest first: number, state, actor, account, at (aware UTC), comment, batch."""
    names = ["number", "state", "actor", "account", "at", "comment", "batch"]
    s = filing_step.c
    rows = connection.execute(sa.select(*(s[name] for name in names)).where(s.filing == number).order_by(s.number))
    found = pd.DataFrame(rows.mappings().all(), columns=names)
    return found.assign(at=pd.to_datetime(found["at"], utc=True), batch=found["batch"].astype("Int64"))


def cell_comments(connection: Connection, number: int) -> list[CellComment]:
    """What was said of single figures of a filing, oldest first."""
    c = filing_comment.c
    rows = connection.execute(
        sa.select(c.region, c.indicator, c.period, c.comment, c.actor, c.at)
        .where(c.filing == number)
        .order_by(c.number)
    )
    return [
        CellComment(int(row.region), row.indicator, int(row.period), row.comment, row.actor, row.at) for row in rows
    ]


def reporter_of_batch(connection: Connection, number: int) -> tuple[int, str] | None:
    """Account and name of whoever reported a batch: the filing's, else that of the line in the audit; None where nobody
    is known."""
    handed_in = (
        sa.select(filing.c.account, filing.c.actor)
        .join(filing_step, filing_step.c.filing == filing.c.number)
        .where(filing_step.c.batch == number)
    )
    line = sa.select(audit.c.account, audit.c.actor).where(audit.c.action == "commit", audit.c.watermark == number)
    row = connection.execute(handed_in).first() or connection.execute(line).first()
    return None if row is None else (int(row[0]), str(row[1]))


# ── who is reviewed ────────────────────────────────────────────────────────────────────────────────────────────────


def insert_review_choice(
    connection: Connection, county: int, is_reviewed: bool, *, actor: Actor, now: datetime, reason: str
) -> bool:
    """Have a county's reports reviewed or not; returns whether anything changed."""
    if (county not in unreviewed_counties(connection)) is is_reviewed:
        return False
    connection.execute(
        sa.insert(review_choice).values(
            number=next_number(connection, "review_choice"),
            county=county,
            is_reviewed=is_reviewed,
            actor=actor.name,
            account=actor.account,
            at=now,
            reason=reason,
        )
    )
    return True


def unreviewed_counties(connection: Connection) -> set[int]:
    """Keys of the counties whose reports count without a review."""
    c = review_choice.c
    rows = connection.execute(sa.select(c.county, c.is_reviewed).order_by(c.number))
    newest = {int(row.county): bool(row.is_reviewed) for row in rows}
    return {county for county, is_reviewed in newest.items() if not is_reviewed}


def list_review_choices(connection: Connection) -> pd.DataFrame:
    """Every choice, newest first: the columns of the table, at as aware UTC."""
    rows = connection.execute(sa.select(review_choice).order_by(review_choice.c.number.desc()))
    found = pd.DataFrame(rows.mappings().all(), columns=list(review_choice.c.keys()))
    return found.assign(at=pd.to_datetime(found["at"], utc=True))


# ── deadlines ──────────────────────────────────────────────────────────────────────────────────────────────────────


def insert_deadline(
    connection: Connection,
    county: int,
    period: int,
    due_at: datetime,
    *,
    actor: Actor,
    now: datetime,
    reason: str,
) -> None:
    """Set until when a county's month (yyyymm) is reported in time."""
    connection.execute(
        sa.insert(month_deadline).values(
            number=next_number(connection, "month_deadline"),
            county=county,
            period=period,
            due_at=due_at,
            actor=actor.name,
            account=actor.account,
            at=now,
            reason=reason,
        )
    )


def month_deadlines(connection: Connection, periods: Collection[int] | None = None) -> dict[tuple[int, int], datetime]:
    """(county, yyyymm) → the moment from which a report is late (aware UTC), where one was set."""
    d = month_deadline.c
    statement = sa.select(d.county, d.period, d.due_at).order_by(d.number)
    if periods is not None:
        statement = statement.where(d.period.in_([int(period) for period in periods]))
    return {(int(row.county), int(row.period)): row.due_at for row in connection.execute(statement)}


def list_deadlines(connection: Connection, period: int) -> pd.DataFrame:
    """Every setting of a month's deadlines, newest first: the columns of the table, times as aware UTC."""
    d = month_deadline.c
    rows = connection.execute(sa.select(month_deadline).where(d.period == period).order_by(d.number.desc()))
    found = pd.DataFrame(rows.mappings().all(), columns=list(month_deadline.c.keys()))
    return found.assign(**{name: pd.to_datetime(found[name], utc=True) for name in ("due_at", "at")})


def deadlines_version(connection: Connection) -> int:
    """How many times a deadline was set."""
    return int(connection.execute(sa.select(counter.c.value).where(counter.c.name == "month_deadline")).scalar_one())


# ── accounts ───────────────────────────────────────────────────────────────────────────────────────────────────────


def is_staffed(connection: Connection) -> bool:
    """Whether there is any account: while there is none, whoever works on the machine is alone."""
    made = connection.execute(sa.select(counter.c.value).where(counter.c.name == "account")).scalar_one()
    return int(made) > 0
