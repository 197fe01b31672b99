"""When a backup is made by itself, and which of those stay."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ecodash.domain.backup_plan import RETRY, SETTLING, Attempt, last_moment, newest_sound, next_at, rotated_out
from ecodash.domain.backups import Backup, backup_name

NIGHT = datetime(2026, 11, 3, 18, 30, tzinfo=UTC)
"""02:30 of 4 November in Beijing."""
KEEP = (7, 4, 12)


def backup(moment: datetime, *, automatic: bool = True, fault: str = "") -> Backup:
    name = backup_name(moment)
    return Backup(name, moment, "系统", 1, "d", "0006", "0.5.0", (), {}, moment, fault, automatic)


def due(now: datetime, *backups: Backup, started_at: datetime | None = None, last: Attempt | None = None) -> datetime:
    return next_at("02:30", now, started_at=started_at or now - timedelta(days=9), backups=backups, last=last)


def test_the_hour_is_beijings() -> None:
    assert last_moment("02:30", NIGHT) == NIGHT
    assert last_moment("02:30", NIGHT - timedelta(seconds=1)) == NIGHT - timedelta(days=1)


def test_after_tonights_comes_tomorrows() -> None:
    assert due(NIGHT + timedelta(hours=3), backup(NIGHT + timedelta(minutes=1))) == NIGHT + timedelta(days=1)


def test_at_the_hour_it_is_due() -> None:
    assert due(NIGHT, backup(NIGHT - timedelta(days=1))) == NIGHT


def test_one_made_by_hand_does_not_stand_in_for_tonights() -> None:
    assert due(NIGHT + timedelta(hours=1), backup(NIGHT + timedelta(minutes=5), automatic=False)) == NIGHT


def test_what_was_missed_comes_soon_after_the_start() -> None:
    morning = NIGHT + timedelta(hours=6)
    old = backup(NIGHT - timedelta(days=5))
    assert due(morning, old, started_at=morning) == morning + SETTLING
    assert due(morning, started_at=morning) == morning + SETTLING


def test_what_failed_is_tried_again_within_the_hour_and_not_at_once() -> None:
    failed = Attempt(NIGHT + timedelta(minutes=1), "磁盘空间不够")
    assert due(NIGHT + timedelta(minutes=2), last=failed) == failed.at + RETRY
    assert due(NIGHT + timedelta(minutes=2), last=Attempt(failed.at)) == NIGHT


def test_a_record_from_the_future_does_not_count() -> None:
    """The clock was a year ahead when it was made, and was set right."""
    assert due(NIGHT + timedelta(hours=1), backup(NIGHT + timedelta(days=365))) == NIGHT


def test_seven_days_four_weeks_twelve_months_by_hand() -> None:
    """One each night for two years, up to Wednesday 4 November in Beijing: of the last seven days one each; of the last four
    weeks their Sundays, the first of which is among the days; of the last twelve months their last days."""
    nights = [backup(NIGHT - timedelta(days=day)) for day in range(730)]
    gone = {one.name for one in rotated_out(nights, KEEP)}
    kept = [one.name[:8] for one in nights if one.name not in gone]
    assert kept == [
        "20261104", "20261103", "20261102", "20261101", "20261031", "20261030", "20261029",
        "20261025", "20261018",
        "20260930", "20260831", "20260731", "20260630", "20260531", "20260430", "20260331", "20260228", "20260131",
        "20251231",
    ]  # fmt: skip


def test_of_a_day_the_newest_stays() -> None:
    two = [backup(NIGHT + timedelta(hours=3)), backup(NIGHT)]
    assert rotated_out(two, (1, 0, 0)) == [two[1]]


def test_a_machine_that_was_off_for_long_keeps_its_days() -> None:
    found = [backup(NIGHT - timedelta(days=100 * place)) for place in range(9)]
    assert [one.name for one in rotated_out(found, (7, 0, 0))] == [one.name for one in found[7:]]


def test_damaged_ones_go_when_enough_newer_days_are_kept() -> None:
    damaged = backup(NIGHT - timedelta(days=3), fault="坏了")
    newer = [backup(NIGHT - timedelta(days=day)) for day in range(3)]
    assert rotated_out([*newer, damaged], (3, 0, 0)) == [damaged]
    assert rotated_out([*newer[:2], damaged], (3, 0, 0)) == []


MADE = st.builds(
    lambda hours, automatic, is_sound: backup(
        NIGHT - timedelta(hours=hours), automatic=automatic, fault="" if is_sound else "坏了"
    ),
    st.integers(0, 24 * 500), st.booleans(), st.booleans(),
)  # fmt: skip


@given(
    st.lists(MADE, max_size=40, unique_by=lambda one: one.name),
    st.tuples(st.integers(1, 8), st.integers(0, 5), st.integers(0, 5)),
)
def test_rotation_never_takes_what_was_made_by_hand_nor_the_newest_sound_one(
    found: list[Backup], keep: tuple[int, int, int]
) -> None:
    gone = rotated_out(found, keep)
    assert all(one.is_automatic for one in gone)
    assert newest_sound(found) not in gone
    left = [one for one in found if one not in gone]
    assert sum(one.is_automatic and not one.fault for one in left) <= sum(keep) + 1
    assert rotated_out(left, keep) == []


def test_a_record_of_before_there_were_automatic_ones_is_read() -> None:
    values = backup(NIGHT).to_record()
    assert Backup.from_record(values) == backup(NIGHT)
    del values["is_automatic"]
    assert Backup.from_record(values) == replace(backup(NIGHT), is_automatic=False)
