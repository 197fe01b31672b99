"""Targets: from where a figure starts, how far it came, how fast, when it arrives, and the state that follows.

A figure is measured at the month looked at, or at the deadline where that has passed: whether a target was met is decided
at its deadline. Months count whole, and a figure of a month is that of the month's end.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from ecodash.domain.indicators import Direction, Kind
from ecodash.domain.periods import Month
from ecodash.i18n import gettext, marked

STALL_MONTHS = 3
"""No movement over this many months counts as stalled."""

PACE_TOLERANCE_PCT = 5.0
"""Progress within so many points of the time gone counts as on pace."""

MOST_ARRIVAL_MONTHS = 600
"""An arrival further away than this is none."""

_PLACES = 6
"""Digits a difference of figures is rounded to: 0.9 reached in nine tenths is reached."""

_PCT_PLACES = 9
"""Digits a percentage is rounded to: 0.17 of 0.17 is 100 %, and five points ahead are five."""


class State(StrEnum):
    """Where a target stands.

    Ahead, on pace, behind and stalled compare the progress with the time gone, so they need time that is left. Done and
    missed are outcomes and go before them: done as soon as the target is reached; missed once the deadline's month has
    ended without it, when there is no time left to compare with. Unreported says that nothing is known.
    """

    DONE = "done"
    AHEAD = "ahead"
    ON_PACE = "on_pace"
    BEHIND = "behind"
    STALLED = "stalled"
    MISSED = "missed"
    UNREPORTED = "unreported"

    @property
    def label(self) -> str:
        return gettext(
            {
                State.DONE: marked("已完成"),
                State.AHEAD: marked("超前"),
                State.ON_PACE: marked("正常"),
                State.BEHIND: marked("滞后"),
                State.STALLED: marked("停滞"),
                State.MISSED: marked("未按期完成"),
                State.UNREPORTED: marked("未上报"),
            }[self]
        )

    @property
    def icon(self) -> str:
        return {
            State.DONE: "✔",
            State.AHEAD: "▲",
            State.ON_PACE: "●",
            State.BEHIND: "▼",
            State.STALLED: "■",
            State.MISSED: "✘",
            State.UNREPORTED: "○",
        }[self]

    @property
    def need(self) -> int:
        """Place in the order of need: 0 wants attention first."""
        return _BY_NEED.index(self)

    @property
    def is_trouble(self) -> bool:
        """Whether it counts among what lags: missed, stalled or behind."""
        return self.need <= State.BEHIND.need


_BY_NEED = (
    State.MISSED, State.STALLED, State.BEHIND, State.UNREPORTED, State.ON_PACE, State.AHEAD, State.DONE,
)  # fmt: skip


# ── where a target starts from ─────────────────────────────────────────────────────────────────────────────────────


class Source(StrEnum):
    """Where a target's baseline comes from.

    given: stated with the target, taken for the end of the year before; zero: a flow starts the year at nothing;
    year_end: the figure that stood at the end of the year before; first_report: nothing stood then, so the first figure
    of the target's year is where counting begins; unknown: none of these.
    """

    GIVEN = "given"
    ZERO = "zero"
    YEAR_END = "year_end"
    FIRST_REPORT = "first_report"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Start:
    """Where a target starts from.

    Args:
        baseline: in the indicator's unit; None where it is not known.
        source: where the baseline comes from.
        month: the month whose end the baseline stands for; counting begins with the next.
    """

    baseline: float | None
    source: Source
    month: Month

    @property
    def first(self) -> Month:
        """The first month that counts."""
        return self.month.plus(1)


def year_end_before(deadline: Month) -> Month:
    """December before the year of a deadline: from where targets count."""
    return Month(deadline.year - 1, 12)


def period_start(deadline: Month) -> Month:
    """First month of the period a target is for: the start of its year.

    Source: domain rule «for flows counted from the start of the target's year».
    """
    return Month(deadline.year, 1)


def find_start(
    kind: Kind,
    deadline: Month,
    *,
    given: float | None,
    year_end: float | None = None,
    first_report: tuple[Month, float] | None = None,
) -> Start:
    """Where a target starts from: its own baseline, else a flow's zero, else the year end before, else the first report.

    Args:
        given: the baseline stated with the target.
        year_end: the figure standing at the end of the year before.
        first_report: the first month of the target's year with a figure, and the figure.
    """
    before = year_end_before(deadline)
    if given is not None:
        return Start(given, Source.GIVEN, before)
    if kind is Kind.FLOW:
        return Start(0.0, Source.ZERO, before)
    if year_end is not None:
        return Start(year_end, Source.YEAR_END, before)
    if first_report is not None:
        return Start(first_report[1], Source.FIRST_REPORT, first_report[0])
    return Start(None, Source.UNKNOWN, before)


# ── how far and how fast ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of one target at one month, with every part a page needs to say how it was worked out.

    Args:
        progress_pct: (actual - baseline) / (target - baseline) in percent, may pass 0 or 100; None where nothing is
            reported or the target does not lie beyond the baseline (there is nothing to gain, only to keep).
        time_gone_pct: share of the period gone at the month's end, 0 to 100.
        gap: what is still missing, in the indicator's unit, never negative; None where unreported.
        needed_per_month: gap over the months left; 0 where there is no gap; None where no month is left.
        arrival: month in which the pace so far reaches the target; the month itself where it is reached; None where the
            pace never reaches it, or the deadline has passed.
        state: see State.
        done: movement towards the target since the baseline, negative where it went the other way; None unreported.
        months_passed: months from the first that counts to the one measured at, both included.
        pace_per_month: done over months_passed; None unreported, or where no month has passed.
        months_left: months after the one looked at up to the deadline.
        is_reached_late: whether the target was missed at its deadline and is reached now.
    """

    progress_pct: float | None
    time_gone_pct: float
    gap: float | None
    needed_per_month: float | None
    arrival: Month | None
    state: State
    done: float | None = None
    months_passed: int = 0
    pace_per_month: float | None = None
    months_left: int = 0
    is_reached_late: bool = False


def time_gone_pct(month: Month, start: Month, deadline: Month) -> float:
    """Share of the months from start to deadline, both included, that are over at the month's end, in percent."""
    whole = start.months_until(deadline) + 1
    if whole <= 0:
        return 100.0
    return 100.0 * min(max(start.months_until(month) + 1, 0), whole) / whole


def measured_month(month: Month, deadline: Month) -> Month:
    """The month a target is measured at: the one looked at, or its deadline once that has passed."""
    return min(month, deadline)


def measure_progress(
    *,
    direction: Direction,
    actual: float | None,
    earlier: float | None,
    baseline: float | None,
    target: float,
    month: Month,
    deadline: Month,
    start: Month | None = None,
    latest: float | None = None,
) -> Progress:
    """Progress of one target.

    The pace is the plain mean: what was gained since the baseline, over the months since then. The month of arrival is
    the month looked at plus the gap over that pace, rounded up to whole months.

    Args:
        direction: which way is better. A neutral indicator is to go from its baseline towards its target.
        actual: at measured_month: for a flow the sum from the start of the deadline's year, else the value that stands;
            None unreported.
        earlier: the same figure STALL_MONTHS months before, None where unknown or in an earlier year for a flow.
        baseline: see find_start; None only where nothing is reported.
        start: the first month that counts; January of the deadline's year where None.
        latest: the figure at the month looked at, where the deadline has passed.
    """
    first = period_start(deadline) if start is None else start
    at = measured_month(month, deadline)
    gone = time_gone_pct(month, first, deadline)
    passed, left = max(first.months_until(at) + 1, 0), max(month.months_until(deadline), 0)
    if actual is None or baseline is None:
        return Progress(None, gone, None, None, None, State.UNREPORTED, None, passed, None, left)
    falling = direction is Direction.LOWER or (direction is Direction.NEUTRAL and target < baseline)
    sign = -1.0 if falling else 1.0
    gap = _gap(actual, target, sign)
    span, done = round(sign * (target - baseline), _PLACES), round(sign * (actual - baseline), _PLACES)
    progress = round(100.0 * done / span, _PCT_PLACES) if span > 0 else None
    moved = None if earlier is None else round(sign * (actual - earlier), _PLACES)
    state = _state(progress, gone, gap, moved, is_over=month >= deadline)
    return Progress(
        progress_pct=progress,
        time_gone_pct=gone,
        gap=gap,
        needed_per_month=0.0 if not gap else (gap / left if left else None),
        arrival=at if not gap else (_arrival(done, gap, passed, month) if month <= deadline else None),
        state=state,
        done=done,
        months_passed=passed,
        pace_per_month=done / passed if passed else None,
        months_left=left,
        is_reached_late=state is State.MISSED and latest is not None and not _gap(latest, target, sign),
    )


def _gap(actual: float, target: float, sign: float) -> float:
    return round(max(sign * (target - actual), 0.0), _PLACES)


def _arrival(done: float, gap: float, passed: int, month: Month) -> Month | None:
    """The month the mean pace since the baseline reaches the target."""
    if passed <= 0 or done <= 0:
        return None
    steps = math.ceil(round(gap * passed / done, _PLACES))
    return month.plus(steps) if steps <= MOST_ARRIVAL_MONTHS else None


def _state(progress: float | None, gone: float, gap: float, moved: float | None, *, is_over: bool) -> State:
    if not gap:
        return State.DONE
    if is_over:
        return State.MISSED
    if moved is not None and moved <= 0:
        return State.STALLED
    if progress is None:
        # Nothing was to be gained, and what was to be kept is not: no share of the time excuses that.
        return State.BEHIND
    ahead = round(progress - gone, _PCT_PLACES)
    if ahead >= PACE_TOLERANCE_PCT:
        return State.AHEAD
    return State.ON_PACE if ahead >= -PACE_TOLERANCE_PCT else State.BEHIND


# ── changes made on a page ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class TargetEdit:
    """One change of the targets as somebody wrote it; texts are read when it is planned.

    Args:
        region: region code.
        indicator: code.
        deadline: a month, or a year, which means its December.
        target: the value to be reached.
        baseline: empty where it is to be worked out (see find_start).
        is_withdrawn: whether the target of this region, indicator and deadline is to be taken away; target and baseline
            are then not read.
    """

    region: str
    indicator: str
    deadline: str
    target: str = ""
    baseline: str = ""
    is_withdrawn: bool = False
