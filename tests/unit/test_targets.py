"""Targets by hand: progress, time gone, gap, pace needed, arrival, state."""

import pytest

from ecodash.domain.indicators import Direction, Kind
from ecodash.domain.periods import Month
from ecodash.domain.targets import (
    Progress,
    Source,
    Start,
    State,
    find_start,
    measure_progress,
    measured_month,
    period_start,
    time_gone_pct,
)

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
    start: str | None = None,
    latest: float | None = None,
) -> Progress:
    return measure_progress(
        direction=direction,
        actual=actual,
        earlier=earlier,
        baseline=baseline,
        target=target,
        month=Month.parse(month),
        deadline=Month.parse(deadline),
        start=None if start is None else Month.parse(start),
        latest=latest,
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
        done=600,
        months_passed=6,
        pace_per_month=100,
        months_left=6,
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


@pytest.mark.parametrize(
    ("actual", "target", "baseline", "direction"),
    [
        (120, 100, 0, Direction.HIGHER),
        (100, 100, 0, Direction.HIGHER),
        (8, 10, 50, Direction.LOWER),
        (8, 10, 50, Direction.NEUTRAL),
    ],
)
def test_a_target_passed_has_no_gap_and_is_done(
    actual: float, target: float, baseline: float, direction: Direction
) -> None:
    found = progress_of(actual, "2026-03", target=target, baseline=baseline, direction=direction)
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
    found = progress_of(None, "2026-09", target=90)
    assert found == Progress(None, 75, None, None, None, State.UNREPORTED, months_passed=9, months_left=3)


def test_nothing_done_yet_never_arrives() -> None:
    found = progress_of(0, "2026-03", target=100)
    assert (found.progress_pct, found.arrival) == (0, None)


@pytest.mark.parametrize("month", ["2026-12", "2027-03"])
@pytest.mark.parametrize("earlier", [60, 90, None])
def test_a_deadline_that_ended_short_of_the_target_is_missed_whatever_the_pace(month: str, earlier: float) -> None:
    found = progress_of(90, month, target=100, earlier=earlier)
    assert (found.time_gone_pct, found.gap, found.needed_per_month) == (100, 10, None)
    assert (found.state, found.is_reached_late) == (State.MISSED, False)


def test_at_the_deadline_the_pace_still_says_when_it_would_arrive_and_later_it_does_not() -> None:
    # 90 in 12 months is 7.5 a month: 10 more take 1.33 months, so 2.
    assert progress_of(90, "2026-12", target=100).arrival == Month(2027, 2)
    assert progress_of(90, "2027-03", target=100).arrival is None


def test_a_half_year_target_is_measured_at_its_deadline_even_in_october() -> None:
    found = progress_of(45, "2026-10", target=60, deadline="2026-06", latest=55)
    assert (found.progress_pct, found.time_gone_pct, found.gap) == (75, 100, 15)
    assert (found.months_passed, found.pace_per_month, found.months_left) == (6, 7.5, 0)  # 45 in six months
    assert (found.state, found.is_reached_late) == (State.MISSED, False)


def test_a_target_reached_after_its_deadline_stays_missed_and_is_said_to_be_reached_late() -> None:
    found = progress_of(45, "2026-10", target=60, deadline="2026-06", latest=60)
    assert (found.state, found.is_reached_late) == (State.MISSED, True)


def test_a_target_reached_by_its_deadline_stays_done_even_where_it_fell_back() -> None:
    found = progress_of(60, "2026-10", target=60, deadline="2026-06", latest=58)
    assert (found.state, found.arrival) == (State.DONE, Month(2026, 6))


def test_a_passed_deadline_without_reports_is_unreported_and_not_missed() -> None:
    assert progress_of(None, "2026-10", target=60, deadline="2026-06", latest=60).state is State.UNREPORTED


def test_in_the_first_month_one_month_makes_the_pace() -> None:
    # 60 in January: 8.3 % of the time for 5 % of the work; 1140 more at 60 a month take 19 months.
    found = progress_of(60, "2026-01", target=1200)
    assert (found.months_passed, found.pace_per_month, found.arrival) == (1, 60, Month(2027, 8))
    assert (found.needed_per_month, found.state) == (pytest.approx(1140 / 11), State.ON_PACE)


def test_over_fulfilment_by_an_eighth_shows_as_112_5() -> None:
    found = progress_of(450, "2026-10", target=400)
    assert (found.progress_pct, found.gap, found.state) == (112.5, 0, State.DONE)


def test_a_figure_counted_from_its_first_report_in_june_has_six_months_not_twelve() -> None:
    # 40 at the end of June, 70 to reach by December, 52 in October: 12 of 30 in 4 of 6 months.
    found = progress_of(52, "2026-10", target=70, baseline=40, start="2026-07")
    assert (found.progress_pct, found.time_gone_pct) == (40, pytest.approx(400 / 6))
    assert (found.months_passed, found.pace_per_month, found.arrival) == (4, 3, Month(2027, 4))  # 18 at 3 a month
    assert found.state is State.BEHIND


def test_in_the_month_of_the_first_report_nothing_has_passed_yet() -> None:
    found = progress_of(40, "2026-06", target=70, baseline=40, start="2026-07")
    assert (found.progress_pct, found.time_gone_pct, found.months_passed) == (0, 0, 0)
    assert (found.pace_per_month, found.arrival, found.state) == (None, None, State.ON_PACE)


def test_a_first_report_in_the_deadlines_month_leaves_no_time() -> None:
    found = progress_of(40, "2026-12", target=70, baseline=40, start="2027-01")
    assert (found.time_gone_pct, found.months_passed, found.state) == (100, 0, State.MISSED)


@pytest.mark.parametrize(("actual", "state"), [(95, State.DONE), (90, State.DONE), (89, State.BEHIND)])
def test_a_target_the_baseline_has_passed_already_is_to_be_kept_and_has_no_percentage(
    actual: float, state: State
) -> None:
    found = progress_of(actual, "2026-06", target=90, baseline=93)
    assert (found.progress_pct, found.state) == (None, state)


def test_the_direction_of_the_indicator_says_which_side_is_reached_not_the_baseline() -> None:
    assert progress_of(60, "2026-06", target=90, baseline=95).gap == 30
    assert progress_of(60, "2026-06", target=30, baseline=20, direction=Direction.LOWER).gap == 30


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


@pytest.mark.parametrize(("actual", "target"), [(0.036, 0.27), (0.044, 0.33), (0.06, 0.45)])
def test_five_points_ahead_are_five_points_whatever_the_decimals(actual: float, target: float) -> None:
    # Each is 13.33…% after a month, which is 8.33…% of the year: exactly five points.
    assert progress_of(actual, "2026-01", target=target).state is State.AHEAD


def test_a_target_reached_to_the_digit_stands_at_100() -> None:
    assert progress_of(0.17, "2026-06", target=0.17).progress_pct == 100


@pytest.mark.parametrize(
    ("actual", "earlier", "baseline", "target", "direction"),
    [
        (70, 70, 50, 90, Direction.HIGHER),
        (69, 70, 50, 90, Direction.HIGHER),
        (40, 40, 50, 10, Direction.LOWER),
        (41, 40, 50, 10, Direction.LOWER),
    ],
)
def test_no_movement_towards_the_target_in_three_months_is_stalled(
    actual: float, earlier: float, baseline: float, target: float, direction: Direction
) -> None:
    # However far it came before: 70 of 50 → 90 at half time would be on pace.
    found = progress_of(actual, "2026-06", target=target, baseline=baseline, earlier=earlier, direction=direction)
    assert found.state is State.STALLED


def test_a_target_reached_is_done_however_long_it_stands_still() -> None:
    assert progress_of(90, "2026-06", target=90, earlier=90).state is State.DONE


def test_where_the_earlier_figure_is_unknown_nothing_counts_as_stalled() -> None:
    assert progress_of(1, "2026-06", target=100, earlier=None).state is State.BEHIND


def test_every_state_has_a_label_and_a_mark_of_its_own() -> None:
    assert len({state.label for state in State}) == len({state.icon for state in State}) == len(State)


def test_what_wants_attention_first_comes_first() -> None:
    order = sorted(State, key=lambda state: state.need)
    assert order[:4] == [State.MISSED, State.STALLED, State.BEHIND, State.UNREPORTED]
    assert order[-1] is State.DONE
    assert {state for state in State if state.is_trouble} == {State.MISSED, State.STALLED, State.BEHIND}


# ── where a target starts from ─────────────────────────────────────────────────────────────────────────────────────

JUNE, DECEMBER = Month(2026, 6), Month(2025, 12)


@pytest.mark.parametrize(
    ("kind", "given", "year_end", "first", "expected"),
    [
        (Kind.RATIO, 60.0, 65.0, (JUNE, 70.0), Start(60.0, Source.GIVEN, DECEMBER)),
        (Kind.RATIO, 0.0, 65.0, None, Start(0.0, Source.GIVEN, DECEMBER)),  # a zero that was given is a zero
        (Kind.RATIO, None, 65.0, (JUNE, 70.0), Start(65.0, Source.YEAR_END, DECEMBER)),
        (Kind.STOCK, None, None, (JUNE, 70.0), Start(70.0, Source.FIRST_REPORT, JUNE)),
        (Kind.STOCK, None, None, None, Start(None, Source.UNKNOWN, DECEMBER)),
        (Kind.FLOW, None, 900.0, (JUNE, 70.0), Start(0.0, Source.ZERO, DECEMBER)),
        (Kind.FLOW, 5.0, None, None, Start(5.0, Source.GIVEN, DECEMBER)),
    ],
)
def test_a_target_starts_from_its_baseline_or_the_year_end_or_the_first_report(
    kind: Kind, given: float | None, year_end: float | None, first: tuple[Month, float] | None, expected: Start
) -> None:
    assert find_start(kind, Month(2026, 12), given=given, year_end=year_end, first_report=first) == expected


def test_counting_begins_with_the_month_after_the_baselines() -> None:
    assert Start(1.0, Source.FIRST_REPORT, JUNE).first == Month(2026, 7)
    assert Start(1.0, Source.YEAR_END, DECEMBER).first == Month(2026, 1)


def test_a_target_is_measured_at_the_month_or_at_its_deadline_once_that_has_passed() -> None:
    assert measured_month(Month(2026, 5), JUNE) == Month(2026, 5)
    assert measured_month(Month(2026, 10), JUNE) == JUNE
