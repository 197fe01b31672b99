"""Boundaries from the command line."""

from pathlib import Path

import pytest

from ecodash.domain.boundaries import Datum
from tests.boundaries import geojson, shifted, town_columns, towns
from tests.cli.conftest import Run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "乡镇界.geojson"
    path.write_bytes(geojson(shifted(list(towns().values()), Datum.BD09), town_columns(list(towns()))))
    return path


def test_a_file_is_looked_at_kept_listed_and_withdrawn(run: Run, file: Path) -> None:
    assert run("init", "--region", "500230").code == 0
    looked = run("boundaries", "import", file, "--dry-run", "--json").values
    assert (looked["number"], looked["datum"], looked["shapes"], looked["missing"]) == (None, "bd09", 30, [])
    assert run("boundaries", "list", "--json").values == {"boundaries": []}
    kept = run("boundaries", "import", file, "--within", "丰都县")
    assert kept.code == 0
    assert "BD-09 最吻合" in kept.out
    assert "已保存为第 1 套边界" in kept.out
    listed = run("boundaries", "list", "--json").values["boundaries"]
    assert [(one["number"], one["level"], one["path"]) for one in listed] == [
        (1, "town", f"/geo/{looked['digest']}.json")
    ]
    assert "第 1 套边界已撤回" in run("boundaries", "withdraw", 1).out
    assert "已撤回" in run("boundaries", "list").out
    again = run("boundaries", "withdraw", 1)
    assert (again.code, "已经撤回" in again.err) == (1, True)


def test_a_file_that_is_no_map_is_refused_with_a_code(run: Run, tmp_path: Path) -> None:
    assert run("init", "--region", "500230").code == 0
    bad = tmp_path / "x.geojson"
    bad.write_text("表", encoding="utf-8")
    refused = run("boundaries", "import", bad, "--json")
    assert (refused.code, refused.values["error"]["kind"]) == (1, "BoundaryRefused")
