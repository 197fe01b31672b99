"""A few rounds of each fault of the running app."""

from pathlib import Path

from tests.faults import long_session, page_error, two_processes
from tests.faults.test_store import held


def test_a_second_process_is_told_which_one_has_the_store(tmp_path: Path) -> None:
    report = held(two_processes.run(1, 5, tmp_path, imports_at_once=1, rivals=0))
    assert report.acknowledged == 1
    assert sum(report.messages.values()) == 1


def test_a_page_that_raises_is_told_with_a_number_and_the_others_go_on(tmp_path: Path) -> None:
    report = held(page_error.run(1, 0, tmp_path))
    assert sum(report.messages.values()) == report.rounds


def test_a_long_session_ends_in_words_and_a_stop_loses_nothing(tmp_path: Path) -> None:
    report = held(long_session.run(12, 5, tmp_path))
    assert any("请重新登录" in said for said in report.messages)
