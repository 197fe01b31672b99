"""Boundaries that users brought in what is frozen of 地图: small, drawn, and no matter of the journal."""

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from ecodash import actions, queries
from ecodash.domain.access import operator
from ecodash.domain.boundaries import Datum
from ecodash.domain.pages import Page
from ecodash.domain.regions import Level
from ecodash.domain.selection import Selection
from ecodash.domain.snapshots import SnapshotWish
from ecodash.reports.frozen import FrozenPack, FrozenPage, to_parquet
from ecodash.reports.snapshot_page import render_snapshot
from ecodash.workspace import Workspace, open_workspace
from tests.boundaries import FENGDU, geojson, town_columns, towns
from tests.builders import settings_in
from tests.queries.asking import look

CLERK = operator("测试员", "test")
NOW = datetime(2026, 11, 4, 2, 0, tzinfo=UTC)
SMALL = 150_000
COUNTY = "500230"
MONTH = "丰都县2026年10月月报,\n村,清理生活垃圾(吨)\n滨江东路社区,45\n暨龙镇九龙泉村,66\n"


@pytest.fixture
def fengdu(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """丰都县 with the figures of two villages."""
    workspace = open_workspace(settings_in(tmp_path_factory.mktemp("frozen")))
    actions.add_regions(workspace, [COUNTY], actor=CLERK, now=NOW)
    upload = actions.read_file(workspace, MONTH.encode(), "月报.csv", actor=CLERK, now=NOW)
    actions.commit_upload(workspace, upload, actor=CLERK, now=NOW, reasons={"": "已核实"})
    yield workspace
    workspace.close()


def bring(workspace: Workspace, count: int) -> int:
    """Keep boundaries of so many towns; returns the number of the set."""
    keys = sorted(towns())[:count]
    content = geojson([towns()[key] for key in keys], town_columns(keys))
    draft = actions.read_boundaries(workspace, content, "乡镇界.geojson", county=FENGDU, now=NOW, datum=Datum.WGS84)
    return actions.save_boundaries(workspace, draft, actor=CLERK, now=NOW).number


def here(workspace: Workspace) -> Selection:
    return look(workspace, "2026-10", COUNTY, "garbage_cleared", Level.TOWN)


def test_boundaries_of_a_county_are_frozen_small_and_drawn(fengdu: Workspace) -> None:
    assert "map_areas" not in queries.freeze(fengdu, Page.MAP, here(fengdu)).tables
    bring(fengdu, 30)
    frozen = queries.freeze(fengdu, Page.MAP, here(fengdu))
    areas = frozen.tables["map_areas"]
    assert set(areas["county"]) == set(towns())
    tables = [to_parquet(table) for table in frozen.tables.values()]
    assert sum(map(len, tables)) < SMALL
    meta = dict(frozen.meta) | {"title": "图", "created_at": NOW.isoformat(), "actor": "甲"}
    pack = FrozenPack(meta, (FrozenPage(frozen.page, frozen.selection, meta, frozen.tables),))
    html = render_snapshot(pack, number=1, sha256="0" * 64).whole()
    assert html.count(b'<path class="area') == 30
    assert len(zlib.compress(html)) < SMALL


def test_a_snapshot_is_sound_whatever_becomes_of_the_boundaries(fengdu: Workspace) -> None:
    number = bring(fengdu, 28)
    pages = [queries.freeze(fengdu, Page.MAP, here(fengdu))]
    made = actions.create_snapshot(fengdu, pages, SnapshotWish(), actor=CLERK, now=NOW)
    kept = queries.frozen_tables(fengdu, made.number)
    bring(fengdu, 30)
    assert queries.verify(fengdu).problems == []
    for one in (number, number + 1):
        actions.withdraw_boundaries(fengdu, one, actor=CLERK, now=NOW)
    assert queries.map_areas(fengdu, here(fengdu)).empty
    assert queries.verify(fengdu).problems == []
    assert queries.frozen_tables(fengdu, made.number) == kept
