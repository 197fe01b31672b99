"""Figures read for many months at once are those read for each month alone."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ecodash import queries
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, region_key
from ecodash.domain.selection import Selection
from ecodash.queries import months as months_module
from ecodash.queries.base import figures_of
from ecodash.settings import load_settings
from ecodash.store import reading
from ecodash.workspace import FrameMemory, Workspace, open_workspace

COUNTY = region_key("500230")
TOWN = region_key("500230123")
NEWEST = Month(2026, 10)


@pytest.fixture
def workspace(sample_copy: Path) -> Iterator[Workspace]:
    opened = open_workspace(load_settings({"ECODASH_HOME": str(sample_copy)}))
    yield opened
    opened.close()


def plainly(
    workspace: Workspace, selection: Selection, months: Sequence[Month], levels: list[Level], codes: list[str]
) -> pd.DataFrame:
    with workspace.store.reading() as connection:
        return reading.read_figures(
            connection,
            workspace.catalog,
            watermark=selection.watermark,
            months=[month.key for month in months],
            region=selection.region,
            levels=levels,
            codes=codes,
        )


@pytest.mark.parametrize("region", [COUNTY, TOWN])
@pytest.mark.parametrize("codes", [None, ["sewage_coverage_rate", "garbage_cleared"]])
def test_kept_figures_are_those_of_the_store(workspace: Workspace, region: int, codes: list[str] | None) -> None:
    newest = queries.newest_watermark(workspace)
    for watermark in (newest, newest - 9, 0):
        selection = Selection(watermark, NEWEST, region)
        for months in ([NEWEST], [NEWEST.plus(-1), NEWEST], [NEWEST.plus(-30)], [NEWEST.plus(3)]):
            levels = [Level.COUNTY, Level.TOWN, Level.VILLAGE]
            asked = list(workspace.catalog) if codes is None else codes
            found = figures_of(workspace, selection, months, levels, codes)
            expected = plainly(workspace, selection, months, levels, asked)
            assert len(found) == len(expected)
            if len(expected):
                pd.testing.assert_frame_equal(found, expected)


def test_neighbouring_months_are_asked_of_the_store_once(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[int]] = []
    read = reading.read_figures

    def counting(*opened: object, **arguments: Any) -> pd.DataFrame:
        asked.append(list(arguments["months"]))
        return read(*opened, **arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(months_module.reading, "read_figures", counting)
    selection = Selection(queries.newest_watermark(workspace), NEWEST, COUNTY)
    for before in range(5):
        figures_of(workspace, selection, [NEWEST.plus(-before)], [Level.TOWN], ["garbage_cleared"])
    assert [(len(months), months[-1]) for months in asked] == [(months_module.WINDOW, NEWEST.key)]
    figures_of(workspace, selection.at(watermark=selection.watermark - 1), [NEWEST], [Level.TOWN])
    assert len(asked) == 2


def test_more_regions_are_seen_at_once(workspace: Workspace) -> None:
    selection = Selection(queries.newest_watermark(workspace), NEWEST, COUNTY)
    figures_of(workspace, selection, [NEWEST], [Level.TOWN])
    key = (selection.watermark, COUNTY, Level.TOWN, (), NEWEST.key)
    assert workspace.frames.find(key) is not None
    workspace.forget_tree()
    assert workspace.frames.find(key) is None


def test_what_was_not_used_longest_goes_first() -> None:
    memory = FrameMemory(most_rows=10)
    for name in ("a", "b", "c"):
        memory.keep(name, pd.DataFrame({"x": range(3)}))
    assert memory.find("a") is None
    memory.find("b")
    memory.keep("d", pd.DataFrame({"x": range(2)}))
    assert [name for name in "bcd" if memory.find(name) is not None] == ["b", "d"]
    memory.keep("huge", pd.DataFrame({"x": range(50)}))
    assert [name for name in ("b", "d", "huge") if memory.find(name) is not None] == ["huge"]
