"""Targets: progress, time gone, pace still needed, month of arrival, state."""

import math
from dataclasses import dataclass
from enum import StrEnum

from ecodash.domain.indicators import Direction
from ecodash.domain.periods import Month

STALL_MONTHS = 3
"""No movement over this many months counts as stalled."""

PACE_TOLERANCE_PCT = 5.0
"""Progress within so many points of the time gone counts as on pace."""

_PLACES = 6
"""Digits a difference of figures is rounded to: 0.9 reached in nine tenths is reached."""


class State(StrEnum):
    """Where a target stands. Ahead, on pace, behind and stalled as in the field's 时序进度 practice; done when reached."""

    DONE = "done"
    AHEAD = "ahead"
    ON_PACE = "on_pace"
    BEHIND = "behind"
    STALLED = "stalled"
    UNREPORTED = "unreported"

    @property
    def label(self) -> str:
        return {
            State.DONE: "已完成",
            State.AHEAD: "超前",
            State.ON_PACE: "正常",
            State.BEHIND: "滞后",
            State.STALLED: "停滞",
            State.UNREPORTED: "未上报",
        }[self]

    @property
    def icon(self) -> str:
        return {
            State.DONE: "✔",
            State.AHEAD: "▲",
            State.ON_PACE: "●",
            State.BEHIND: "▼",
            State.STALLED: "■",
            State.UNREPORTED: "○",
        }[self]


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of one target at one month.

    Args:
        progress_pct: (actual - baseline) / (target - baseline) in percent, may pass 0 or 100; None where nothing is
            reported or target equals baseline.
        time_gone_pct: share of the period gone at the month's end, 0 to 100.
        gap: what is still missing, in the indicator's unit, never negative; None where unreported.
        needed_per_month: gap over the months left; None where none are left.
        arrival: month in which the pace so far reaches the target; None where it never does.
        state: see State.
    """

    progress_pct: float | None
    time_gone_pct: float
    gap: float | None
    needed_per_month: float | None
    arrival: Month | None
    state: State


def time_gone_pct(month: Month, start: Month, deadline: Month) -> float:
    """Share of the months from start to deadline, both included, that are over at the month's end, in percent."""
    whole = start.months_until(deadline) + 1
    return 100.0 * min(max(start.months_until(month) + 1, 0), whole) / whole


def period_start(deadline: Month) -> Month:
    """First month of the period a target is for: the start of its year.

    Source: domain rule «for flows counted from the start of the target's year».
    """
    return Month(deadline.year, 1)


def measure_progress(
    *,
    direction: Direction,
    actual: float | None,
    earlier: float | None,
    baseline: float,
    target: float,
    month: Month,
    deadline: Month,
) -> Progress:
    """Progress of one target.

    Progress = (actual - baseline) / (target - baseline); works in both directions, as a lower-is-better target lies
    below its baseline.

    Args:
        actual: for a flow the sum from the start of the deadline's year, else the value at the month; None unreported.
        earlier: the same figure STALL_MONTHS months before, None where unknown or in an earlier year for a flow.
    """
    gone = time_gone_pct(month, period_start(deadline), deadline)
    if actual is None:
        return Progress(None, gone, None, None, None, State.UNREPORTED)
    span = target - baseline
    falling = span < 0 or (span == 0 and direction is Direction.LOWER)
    gap = round(max(actual - target if falling else target - actual, 0.0), _PLACES)
    progress = 100.0 * (actual - baseline) / span if span else None
    left = month.months_until(deadline)
    needed = gap / left if gap and left > 0 else (0.0 if not gap else None)
    done = round(baseline - actual if falling else actual - baseline, _PLACES)
    arrival = _arrival(done, gap, month, deadline)
    return Progress(progress, gone, gap, needed, arrival, _state(progress, gone, gap, actual, earlier, falling))


def _arrival(done: float, gap: float, month: Month, deadline: Month) -> Month | None:
    """The month the mean pace since the start of the period reaches the target."""
    if gap == 0:
        return month
    passed = period_start(deadline).months_until(month) + 1
    if passed <= 0 or done <= 0:
        return None
    steps = math.ceil(round(gap * passed / done, _PLACES))
    return month.plus(steps) if steps <= 600 else None


def _state(
    progress: float | None, gone: float, gap: float, actual: float, earlier: float | None, falling: bool
) -> State:
    if gap == 0:
        return State.DONE
    moved = None if earlier is None else (earlier - actual if falling else actual - earlier)
    if moved is not None and moved <= 0:
        return State.STALLED
    ahead = (progress or 0.0) - gone
    if ahead >= PACE_TOLERANCE_PCT:
        return State.AHEAD
    return State.ON_PACE if ahead >= -PACE_TOLERANCE_PCT else State.BEHIND
