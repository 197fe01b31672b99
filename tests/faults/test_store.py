"""A few rounds of each fault of the store: docs/reliability.md says what many rounds found."""

from pathlib import Path

import pytest

from tests.faults import clock, corruption, disk_full, kill, memory, power_cut, readers
from tests.faults.report import FaultReport


def held(report: FaultReport) -> FaultReport:
    """A report in which nothing was lost, half visible or otherwise wrong."""
    assert report.problems == []
    assert (report.lost, report.half_visible) == (0, 0)
    return report


def test_nothing_acknowledged_is_lost_by_kill(tmp_path: Path) -> None:
    report = held(kill.run(10, 3, tmp_path))
    assert report.rounds == 10
    assert report.acknowledged >= 10


@pytest.mark.parametrize("is_real", [True, False])
def test_a_full_disk_is_told_and_the_same_process_goes_on(tmp_path: Path, is_real: bool) -> None:
    """On a disk of its own where that is allowed, and by a limit on the size of files everywhere."""
    stages = disk_full.QUICK if is_real else ["log"]
    report = held(disk_full.run(1, 5, tmp_path, real=is_real, stages=stages))
    assert sum(report.messages.values()) == report.rounds == len(stages)
    assert all("磁盘" in said or "密钥文件" in said for said in report.messages)


def test_what_a_power_cut_leaves_opens_at_a_whole_batch(tmp_path: Path) -> None:
    report = held(power_cut.run(10, 5, tmp_path))
    assert report.acknowledged > 0
    assert all("restore" in said for said in report.messages)


def test_a_damaged_file_is_told_and_the_backup_brings_everything_back(tmp_path: Path) -> None:
    report = held(corruption.run(len(corruption.KINDS), 5, tmp_path, batches=2))
    assert sum(report.messages.values()) >= 5
    assert all("restore" in said for said in report.messages)


def test_a_clock_that_goes_back_changes_no_order(tmp_path: Path) -> None:
    report = held(clock.run(3, 5, tmp_path))
    assert report.acknowledged == 9


def test_readers_see_whole_batches_only(tmp_path: Path) -> None:
    assert held(readers.run(1, 5, tmp_path, idle=0.2)).acknowledged == 1


def test_little_memory_is_told_and_all_goes_on(tmp_path: Path) -> None:
    report = held(memory.run(1, 5, tmp_path, limits=("64MB",), rooms=(60,), months=40))
    assert report.acknowledged >= 2
    assert any("内存不足" in said for said in report.messages)
