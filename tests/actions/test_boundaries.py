"""Boundaries kept and taken back: rows are added, each with one audit line; the newest that stands holds."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecodash import actions, queries
from ecodash.boundaries import Draft
from ecodash.domain.access import operator
from ecodash.domain.boundaries import Datum
from ecodash.domain.regions import Level, region_key
from ecodash.errors import LinkUnknown, TransitionRefused, UserError
from ecodash.workspace import Workspace, open_workspace
from tests.actions.conftest import CLERK, NOW, OTHER
from tests.boundaries import FENGDU, geojson, shifted, town_columns, towns
from tests.builders import settings_in

TOWN = region_key("500230101")


@pytest.fixture(scope="module")
def fengdu(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A store with 丰都县 and nothing else; each test leaves behind what it kept."""
    workspace = open_workspace(settings_in(tmp_path_factory.mktemp("geo")))
    actions.add_regions(workspace, ["500230", "430321"], actor=CLERK, now=NOW)
    yield workspace
    workspace.close()


def read(workspace: Workspace, count: int, datum: Datum = Datum.GCJ02, **options: object) -> Draft:
    keys, shapes = list(towns())[:count], list(towns().values())[:count]
    data = geojson(shifted(shapes, datum), town_columns(keys))
    return actions.read_boundaries(workspace, data, "乡镇界.geojson", county=FENGDU, now=NOW, **options)  # type: ignore[arg-type]


def test_what_is_kept_is_read_again_and_the_newest_that_stands_holds(fengdu: Workspace) -> None:
    assert queries.boundaries(fengdu, FENGDU, Level.TOWN) is None
    version = queries.definitions_version(fengdu)
    first = actions.save_boundaries(fengdu, read(fengdu, 30), actor=CLERK, now=NOW)
    assert queries.definitions_version(fengdu) == version + 1
    assert queries.boundaries(fengdu, FENGDU, Level.TOWN) == first
    assert queries.boundaries(fengdu, TOWN, Level.TOWN) == first
    assert queries.boundaries(fengdu, FENGDU, Level.VILLAGE) is None
    assert queries.boundaries(fengdu, region_key("50"), Level.TOWN) is None
    assert queries.boundaries(fengdu, region_key("430321"), Level.TOWN) is None
    assert (first.shapes, first.keys, first.datum, first.actor) == (30, frozenset(towns()), Datum.GCJ02, CLERK.name)
    assert first.detail["fits"][0]["datum"] == "gcj02"
    content = queries.boundary_geojson(fengdu, first.digest)
    assert hashlib.sha256(content).hexdigest() == first.digest
    assert {one["id"] for one in json.loads(content)["features"]} == {str(key // 1000) for key in towns()}

    # The same again is not written; another set holds in its place until it is taken back.
    assert actions.save_boundaries(fengdu, read(fengdu, 30), actor=OTHER, now=NOW) == first
    second = actions.save_boundaries(fengdu, read(fengdu, 28), actor=OTHER, now=NOW)
    assert queries.boundaries(fengdu, FENGDU, Level.TOWN) == second
    assert len(second.detail["missing"]) == 2
    gone = actions.withdraw_boundaries(fengdu, second.number, actor=CLERK, now=NOW)
    assert (gone.is_withdrawn, gone.withdrawn_by, gone.withdrawn_at) == (True, CLERK.name, NOW)
    assert queries.boundaries(fengdu, FENGDU, Level.TOWN) == first
    with pytest.raises(LinkUnknown, match="撤回"):
        queries.boundary_geojson(fengdu, second.digest)
    assert queries.boundary_geojson(fengdu, first.digest) == content
    assert [one.number for one in queries.list_boundaries(fengdu)] == [second.number, first.number]

    # What was taken back may be brought again.
    third = actions.save_boundaries(fengdu, read(fengdu, 28), actor=CLERK, now=NOW)
    assert (third.digest, third.number > second.number) == (second.digest, True)
    assert queries.boundaries(fengdu, FENGDU, Level.TOWN) == third
    assert json.loads(queries.boundary_geojson(fengdu, third.digest))
    lines = queries.list_audit(fengdu)["action"].value_counts()
    assert (lines["save_boundaries"], lines["withdraw_boundaries"]) == (3, 1)


def test_a_withdrawal_needs_a_set_that_stands(fengdu: Workspace) -> None:
    kept = actions.save_boundaries(fengdu, read(fengdu, 26), actor=CLERK, now=NOW)
    actions.withdraw_boundaries(fengdu, kept.number, actor=CLERK, now=NOW)
    for number, state in ((kept.number, "已经撤回"), (9_999, "不存在")):
        with pytest.raises(TransitionRefused, match=state):
            actions.withdraw_boundaries(fengdu, number, actor=CLERK, now=NOW)


def test_nothing_is_kept_of_a_file_that_matches_nothing_or_whose_datum_nobody_knows(fengdu: Workspace) -> None:
    before = queries.definitions_version(fengdu)
    data = geojson(list(towns().values()), {"名称": ["无"] * 30})
    nothing = actions.read_boundaries(fengdu, data, "a.geojson", county=FENGDU, now=NOW)
    with pytest.raises(UserError, match="没有一个图形"):
        actions.save_boundaries(fengdu, nothing, actor=CLERK, now=NOW)
    # One town from the middle of the county says nothing of the datum.
    middle = next(place for place, key in enumerate(towns()) if fengdu.tree.get(key).name == "兴义镇")
    shape, key = list(towns().values())[middle], list(towns())[middle]
    data = geojson([shape], town_columns([key]))
    unclear = actions.read_boundaries(fengdu, data, "a.geojson", county=FENGDU, now=NOW)
    with pytest.raises(UserError, match="看不出文件的坐标系"):
        actions.save_boundaries(fengdu, unclear, actor=CLERK, now=NOW)
    assert queries.definitions_version(fengdu) == before
    chosen = actions.read_boundaries(fengdu, data, "a.geojson", county=FENGDU, now=NOW, datum=Datum.CGCS2000)
    assert actions.save_boundaries(fengdu, chosen, actor=operator("丙"), now=NOW).datum is Datum.CGCS2000


def test_only_counties_and_only_towns_or_villages(fengdu: Workspace) -> None:
    with pytest.raises(UserError, match="不是县级"):
        actions.read_boundaries(fengdu, b"{}", "a.geojson", county=TOWN, now=NOW)
    with pytest.raises(UserError, match="没有边界可以上传"):
        actions.read_boundaries(fengdu, b"{}", "a.geojson", county=FENGDU, now=NOW, level=Level.COUNTY)


def test_sets_outlive_the_process(tmp_path: Path) -> None:
    workspace = open_workspace(settings_in(tmp_path))
    actions.add_regions(workspace, ["500230"], actor=CLERK, now=NOW)
    kept = actions.save_boundaries(workspace, read(workspace, 30), actor=CLERK, now=NOW)
    workspace.close()
    again = open_workspace(settings_in(tmp_path))
    assert queries.list_boundaries(again) == [kept]
    again.close()
