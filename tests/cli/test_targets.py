"""The targets of a region on the command line."""

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture(scope="module")
def sample(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample for commands that only read."""
    return Path(shutil.copytree(sample_home, tmp_path_factory.mktemp("targets") / "home"))


def test_targets_say_how_far_they_are_and_whether_the_parts_add_up(run: Run, sample: Path) -> None:
    values = run("targets", "500230", "--month", "2026-10", "--json", home=sample).values
    toilets = next(row for row in values["targets"] if row["indicator"] == "household_toilets_built")
    assert (toilets["deadline"], toilets["baseline"], toilets["baseline_source"]) == ("2026-12", 0, "given")
    assert toilets["progress_pct"] == pytest.approx(100 * toilets["actual"] / toilets["target"])
    assert toilets["pace_per_month"] == pytest.approx(toilets["actual"] / 10)
    assert toilets["needed_per_month"] == pytest.approx(toilets["gap"] / 2)
    sums = {row["indicator"]: row for row in values["decomposition"]}
    # The demonstration's stalled town took on 30 fewer than its share.
    assert (sums["household_toilets_built"]["difference"], sums["household_toilets_built"]["adding"]) == (-30, "short")
    assert {row["adding"] for code, row in sums.items() if code != "household_toilets_built"} == {"agrees"}


def test_targets_are_told_in_words(run: Run, sample: Path) -> None:
    shown = run("targets", "丰都县", "--month", "2026-10", home=sample).out
    assert "丰都县 2026-10，截至第 65 批" in shown
    assert "改造户厕（2026-12）：▼ 滞后，完成" in shown
    assert "下级合计比本级少 30.00" in shown
