"""Targets by hand: progress, time gone, gap, pace needed, arrival, state."""

import pytest

from ecodash.domain.indicators import Direction
from ecodash.domain.periods import Month
from ecodash.domain.targets import Progress, State, measure_progress, period_start, time_gone_pct

YEAR_END = "2026-12"


def progress_of(
    actual: float | None,
    month: str,
    *,
    target: float,
    baseline: float = 0,
    earlier: float | None = None,
    deadline: str = YEAR_END,
    direction: Direction = Direction.HIGHER,
) -> Progress:
    return measure_progress(
        direction=direction,
        actual=actual,
        earlier=earlier,
        baseline=baseline,
        target=target,
        month=Month.parse(month),
        deadline=Month.parse(deadline),
    )


# ── time gone ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("month", "deadline", "expected"),
    [
        ("2026-01", "2026-12", 100 / 12),
        ("2026-06", "2026-12", 50),
        ("2026-12", "2026-12", 100),
        ("2026-03", "2026-06", 50),  # 3 of the 6 months to the deadline
        ("2025-12", "2026-12", 0),
        ("2027-02", "2026-12", 100),
        ("2026-01", "2026-01", 100),
    ],
)
def test_the_time_gone_counts_months_from_january_to_the_deadline(month: str, deadline: str, expected: float) -> None:
    last = Month.parse(deadline)
    assert time_gone_pct(Month.parse(month), period_start(last), last) == pytest.approx(expected)


# ── progress, gap and pace ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_flow_half_done_at_half_time_is_on_pace() -> None:
    assert progress_of(600, "2026-06", target=1200, earlier=300) == Progress(
        progress_pct=50,
        time_gone_pct=50,
        gap=600,
        needed_per_month=100,  # 600 in 6 months
        arrival=Month(2026, 12),  # 100 a month so far
        state=State.ON_PACE,
    )


def test_a_rate_is_measured_from_its_baseline() -> None:
    # 60 % in January, 90 % to reach: 78 % is 18 of 30 points, 12 in 4 months are left, and 18 took 8 months.
    found = progress_of(78, "2026-08", target=90, baseline=60, earlier=72)
    assert found.progress_pct == 60
    assert (found.gap, found.needed_per_month) == (12, 3)
    assert found.arrival == Month(2027, 2)  # 12 points at 2.25 a month: 5.33 months, so 6
    assert found.state is State.BEHIND


def test_a_falling_figure_is_measured_downwards() -> None:
    found = progress_of(30, "2026-06", target=10, baseline=50, earlier=40, direction=Direction.LOWER)
    assert (found.progress_pct, found.gap, found.arrival) == (50, 20, Month(2026, 12))
    assert found.state is State.ON_PACE


@pytest.mark.parametrize(("actual", "target", "baseline"), [(120, 100, 0), (100, 100, 0), (8, 10, 50)])
def test_a_target_passed_has_no_gap_and_is_done(actual: float, target: float, baseline: float) -> None:
    found = progress_of(actual, "2026-03", target=target, baseline=baseline)
    assert (found.gap, found.needed_per_month, found.arrival) == (0, 0, Month(2026, 3))
    assert found.state is State.DONE


def test_over_fulfilment_shows_above_a_hundred() -> None:
    assert progress_of(150, "2026-06", target=100).progress_pct == 150


def test_a_figure_worse_than_its_baseline_shows_below_zero_and_never_arrives() -> None:
    found = progress_of(40, "2026-06", target=90, baseline=50)
    assert (found.progress_pct, found.gap, found.arrival) == (-25, 50, None)
    assert found.state is State.BEHIND


@pytest.mark.parametrize(
    ("actual", "direction", "state"),
    [
        (95, Direction.HIGHER, State.DONE),
        (90, Direction.HIGHER, State.DONE),
        (85, Direction.HIGHER, State.BEHIND),
        (85, Direction.LOWER, State.DONE),
        (95, Direction.LOWER, State.BEHIND),
    ],
)
def test_a_target_equal_to_its_baseline_has_no_percentage_but_is_kept_or_not(
    actual: float, direction: Direction, state: State
) -> None:
    found = progress_of(actual, "2026-06", target=90, baseline=90, direction=direction)
    assert found.progress_pct is None
    assert found.state is state


def test_an_unreported_figure_has_no_progress_but_the_time_goes_on() -> None:
    assert progress_of(None, "2026-09", target=90) == Progress(None, 75, None, None, None, State.UNREPORTED)


def test_nothing_done_yet_never_arrives() -> None:
    found = progress_of(0, "2026-03", target=100)
    assert (found.progress_pct, found.arrival) == (0, None)


@pytest.mark.parametrize("month", ["2026-12", "2027-03"])
def test_at_and_after_the_deadline_no_pace_helps(month: str) -> None:
    found = progress_of(90, month, target=100, earlier=60)
    assert (found.time_gone_pct, found.gap, found.needed_per_month) == (100, 10, None)
    assert found.state is State.BEHIND


def test_sums_of_decimals_that_reach_the_target_are_done() -> None:
    assert progress_of(0.7 + 0.1 + 0.1, "2026-06", target=0.9).state is State.DONE  # 0.8999999999999999


def test_the_arrival_is_not_put_off_by_the_noise_of_decimals() -> None:
    # 0.3 in 3 months, 0.6 to go: 6 months, though 0.9 - 0.3 is 0.6000000000000001.
    assert progress_of(0.3, "2026-03", target=0.9).arrival == Month(2026, 9)


def test_an_arrival_beyond_fifty_years_is_none() -> None:
    assert progress_of(1, "2026-12", target=100).arrival is None  # 1 in 12 months, 99 to go: 1188 months
    assert progress_of(2, "2026-12", target=102).arrival == Month(2076, 12)  # 600 months


# ── states ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("actual", "state"),
    [(55, State.AHEAD), (54.9, State.ON_PACE), (45, State.ON_PACE), (44.9, State.BEHIND)],
)
def test_within_five_points_of_the_time_gone_is_on_pace(actual: float, state: State) -> None:
    assert progress_of(actual, "2026-06", target=100, earlier=10).state is state


@pytest.mark.parametrize(
    ("actual", "earlier", "baseline", "target"),
    [(70, 70, 50, 90), (69, 70, 50, 90), (40, 40, 50, 10), (41, 40, 50, 10)],
)
def test_no_movement_towards_the_target_in_three_months_is_stalled(
    actual: float, earlier: float, baseline: float, target: float
) -> None:
    # However far it came before: 70 of 50 → 90 at half time would be on pace.
    assert progress_of(actual, "2026-06", target=target, baseline=baseline, earlier=earlier).state is State.STALLED


def test_a_target_reached_is_done_however_long_it_stands_still() -> None:
    assert progress_of(90, "2026-06", target=90, earlier=90).state is State.DONE


def test_where_the_earlier_figure_is_unknown_nothing_counts_as_stalled() -> None:
    assert progress_of(1, "2026-06", target=100, earlier=None).state is State.BEHIND


def test_every_state_has_a_label_and_a_mark_of_its_own() -> None:
    assert len({state.label for state in State}) == len({state.icon for state in State}) == len(State)
