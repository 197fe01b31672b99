"""A few rounds of each fault of the running app."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import long_session, page_error, two_processes
from tests.faults.handled_app import App, running_app
from tests.faults.test_store import held


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One app for the tests in their order: the last one ends it."""
    folder = tmp_path_factory.mktemp("app")
    with running_app(long_session.make_home(folder / "home", 5), folder) as running:
        yield running


def test_a_second_process_is_told_which_one_has_the_store(tmp_path: Path) -> None:
    report = held(two_processes.run(1, 5, tmp_path, imports_at_once=1, rivals=0))
    assert report.acknowledged == 1
    assert sum(report.messages.values()) == 1


def test_a_page_that_raises_is_told_with_a_number_and_the_others_go_on(app: App) -> None:
    report = held(page_error.tried(app, 2, 0))
    assert sum(report.messages.values()) == report.rounds


def test_a_long_session_ends_in_words_and_a_stop_loses_nothing(app: App) -> None:
    report = held(long_session.tried(app, 12, 5))
    assert any("请重新登录" in said for said in report.messages)
