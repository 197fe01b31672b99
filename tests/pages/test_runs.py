"""Runs of pages are counted, and a fault has the same number on the page and in the log."""

import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ecodash import logs, meters
from ecodash.errors import UserError
from ecodash.views import log_lines


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What Streamlit writes of faults, as the app has it written."""
    monkeypatch.setattr(logs, "_sources", [log_lines.here])
    stream, logger = io.StringIO(), logging.getLogger("streamlit.error_util")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter(is_json=True))
    logger.addHandler(handler)
    yield stream
    logger.removeHandler(handler)


def runs(outcome: str) -> float:
    return meters.REGISTRY.get_sample_value("ecodash_page_runs_total", {"page": "overview", "outcome": outcome}) or 0.0


def test_a_fault_has_one_number_on_the_page_and_in_the_log(
    open_app: Any, county_home: Path, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    app = open_app(county_home)
    monkeypatch.setattr("ecodash.views.cards.show_headlines", lambda *_: 1 / 0)
    before = runs("broken")
    app.run()
    shown = re.search(r"编号 ([2-9A-Z]{6}) ", app.error[0].value)
    assert shown
    (line,) = [json.loads(one) for one in log.getvalue().splitlines()]
    assert line["error"] == shown[1]
    assert "ZeroDivisionError" in line["exception"]
    assert (line["page"], len(line["session"]) <= 8, line["by"]) == ("overview", True, 0)
    assert runs("broken") == before + 1


def test_a_run_that_ends_well_and_one_that_is_refused_are_told_apart(
    open_app: Any, county_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_app(county_home)
    well, refused = runs("ok"), runs("refused")
    app.run()
    assert (runs("ok"), runs("refused")) == (well + 1, refused)

    def refuse(*_: object) -> None:
        raise UserError("没有这个月的数据。", "请换一个月。")

    monkeypatch.setattr("ecodash.views.cards.show_headlines", refuse)
    app.run()
    assert (runs("ok"), runs("refused")) == (well + 1, refused + 1)
