"""The reporting calendar: deadlines, closed months, and which counties' reports are reviewed."""

from datetime import UTC, datetime, timedelta

from ecodash.domain.access import Actor, Right
from ecodash.domain.calendar import due_at as usual_due_at
from ecodash.domain.calendar import month_begins
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level, ancestor_key, level_of, region_code
from ecodash.domain.review import LONGEST_COMMENT, FilingState
from ecodash.domain.snapshots import clean_text
from ecodash.errors import TransitionRefused, UserError
from ecodash.i18n import gettext as _
from ecodash.permits import needs, of_region
from ecodash.store import journal, records
from ecodash.store.engine import Connection
from ecodash.workspace import Workspace

LONGEST_DEADLINE = timedelta(days=366)
"""A deadline lies at most so long after its month began."""


@needs(Right.CLOSE, of_region("county"))
def set_month_closed(
    workspace: Workspace,
    month: Month,
    *,
    is_closed: bool,
    actor: Actor,
    now: datetime,
    county: int = COUNTRY_KEY,
    reason: str = "",
    leaves_open: bool = False,
) -> bool:
    """Close a month to reports, or open it again, for one county or all; returns whether anything changed.

    Opening needs the right to reopen, and a reason.

    Args:
        leaves_open: whether to close it although filings of it wait; they cannot be accepted then.
    Raises:
        UserError: a month is opened again without a reason, or the region is no county.
        NotPermitted: a month is opened again without the right to.
        TransitionRefused: filings of the month wait.
    """
    if county != COUNTRY_KEY:
        _require_county(workspace, county, _("封账按县进行。"))
    said = clean_text(reason, LONGEST_COMMENT)
    if not is_closed:
        actor.require(Right.REOPEN, [county])
        if not said:
            raise UserError(_("重新开放已封账的月份须说明理由。"), _("请填写理由后重试。"))
    with workspace.store.writing() as connection:
        was_closed = (county, month.key) in records.closed_months(connection)
        waiting = _waiting(connection, county, month) if is_closed and not was_closed else []
        if waiting and not leaves_open:
            raise TransitionRefused(
                _("{month}还有 {n} 份报送件等待审核，没有封账。").format(month=month.label, n=len(waiting)),
                _("请先审核完；封账后它们不能再通过。"),
            )
        changed = records.set_month_lock(
            connection, period=month.key, region=county, is_closed=is_closed, actor=actor, now=now, reason=said
        )
        records.write_audit(
            connection,
            actor=actor,
            now=now,
            action="close_month" if is_closed else "open_month",
            detail={
                "month": str(month), "county": county, "reason": said, "changed": changed, "waiting": waiting,
                "before": {"is_closed": was_closed}, "after": {"is_closed": is_closed},
            },
            watermark=journal.newest_watermark(connection),
            region=county,
        )  # fmt: skip
    return changed


def _waiting(connection: Connection, county: int, month: Month) -> list[int]:
    """Numbers of the filings that wait about a month of a county, or of any."""
    return sorted(
        one.number
        for one in records.review.list_filings(connection, [FilingState.SUBMITTED])
        if one.first_month <= month <= one.last_month
        and (county == COUNTRY_KEY or county in {ancestor_key(key, Level.COUNTY) for key in one.regions})
    )


@needs(Right.CLOSE, of_region("county"))
def set_deadline(
    workspace: Workspace,
    county: int,
    month: Month,
    due_at: datetime,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> bool:
    """Set until when a county's month is reported in time; returns whether anything changed.

    Args:
        due_at: the first moment at which a report is late, aware.
        reason: needed where the deadline that holds has passed, or the new one has: who was late is not late any more,
            or the other way.
    Raises:
        UserError: the region is no county, the time is not after the month's beginning or more than a year off, or a
            reason is missing.
        TransitionRefused: the month is closed.
    """
    _require_county(workspace, county, _("期限按县设定。"))
    begins = month_begins(month)
    if due_at.tzinfo is None or not begins < due_at <= begins + LONGEST_DEADLINE:
        raise UserError(
            _("{month}的上报期限应在该月开始之后的一年以内。").format(month=month.label), _("请重新选择日期。")
        )
    moment, said = due_at.astimezone(UTC), clean_text(reason, LONGEST_COMMENT)
    with workspace.store.writing() as connection:
        if records.closed_months(connection) & {(county, month.key), (COUNTRY_KEY, month.key)}:
            raise TransitionRefused(
                _("{month}已封账，不能再改期限。").format(month=month.label), _("请先由管理员重新开放该月。")
            )
        standing = records.review.month_deadlines(connection, [month.key]).get((county, month.key), usual_due_at(month))
        if standing == moment:
            return False
        if min(standing, moment) <= now and not said:
            raise UserError(_("期限已过，再改期限须说明理由。"), _("请填写理由后重试。"))
        records.review.insert_deadline(connection, county, month.key, moment, actor=actor, now=now, reason=said)
        records.write_audit(
            connection,
            actor=actor,
            now=now,
            action="set_deadline",
            detail={
                "month": str(month), "county": region_code(county), "reason": said,
                "before": {"due_at": standing.isoformat()}, "after": {"due_at": moment.isoformat()},
            },
            watermark=journal.newest_watermark(connection),
            region=county,
        )  # fmt: skip
    return True


@needs(Right.ADMINISTER, of_region("county"))
def set_reviewed(
    workspace: Workspace, county: int, is_reviewed: bool, *, reason: str = "", actor: Actor, now: datetime
) -> bool:
    """Have a county's reports reviewed before they count, or not; returns whether anything changed. What waits already
    still waits for its acceptance.

    Raises:
        UserError: the region is no county, or review is switched off without a reason.
    """
    _require_county(workspace, county, _("是否审核按县设定。"))
    said = clean_text(reason, LONGEST_COMMENT)
    if not is_reviewed and not said:
        raise UserError(_("关闭审核须说明理由。"), _("请填写理由后重试。"))
    with workspace.store.writing() as connection:
        changed = records.review.insert_review_choice(
            connection, county, is_reviewed, actor=actor, now=now, reason=said
        )
        if changed:
            records.write_audit(
                connection,
                actor=actor,
                now=now,
                action="set_reviewed",
                detail={
                    "county": region_code(county), "reason": said,
                    "before": {"is_reviewed": not is_reviewed}, "after": {"is_reviewed": is_reviewed},
                },
                watermark=journal.newest_watermark(connection),
                region=county,
            )  # fmt: skip
    return changed


def _require_county(workspace: Workspace, key: int, what: str) -> None:
    """Refuse a region that is no county, nor a city without counties: one with towns of its own."""
    region = workspace.tree.get(key)
    has_towns = any(ancestor_key(town.key, Level.COUNTY) == key for town in workspace.tree.under(key, Level.TOWN))
    if level_of(region.key) is not Level.COUNTY and not has_towns:
        raise UserError(what, _("请给出县的区划代码，或不限地区。"))
