"""What one page test leaves behind, the next does not find: tests.pages.lending."""

from pathlib import Path

import pytest

from ecodash import actions
from ecodash.domain.access import SYSTEM
from ecodash.settings import load_settings
from ecodash.workspace import shared_workspace
from tests.pages.conftest import NOW
from tests.pages.lending import Lending


@pytest.fixture
def lend(lending: Lending, bare_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ECODASH_HOME", str(lending.lend(bare_home)))
    return bare_home


def test_an_untouched_copy_is_lent_again_still_open(lending: Lending, lend: Path) -> None:
    copy = lending.lend(lend)
    opened = shared_workspace(load_settings())
    lending.take_back()
    assert lending.lend(lend) == copy
    assert shared_workspace(load_settings()) is opened
    lending.take_back()


def test_one_that_was_written_to_is_not(lending: Lending, lend: Path) -> None:
    copy = lending.lend(lend)
    actions.add_regions(shared_workspace(load_settings()).acting(SYSTEM), ["350583"], actor=SYSTEM, now=NOW)
    lending.take_back()
    assert lending.lend(lend) != copy
    (copy_now := lending.lend(lend)).joinpath("left.txt").touch()
    lending.take_back()
    assert lending.lend(lend) != copy_now
    lending.take_back()


def test_nor_is_one_that_was_lent_under_other_settings(
    lending: Lending, lend: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = lending.lend(lend)
    lending.take_back()
    monkeypatch.setenv("ECODASH_OPEN", "")
    assert lending.lend(lend) != copy
    lending.take_back()
