"""边界管理 in a browser: towns of an internet map dropped, found out, kept, drawn on the map, taken back."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from ecodash.domain.boundaries import Datum
from tests.boundaries import geojson, shifted, town_columns, towns
from tests.browser.driving import OFFICE, Server, open_page, running_app, settle, watched_context


@pytest.fixture
def server(sample_copy: Path, tmp_path: Path) -> Iterator[Server]:
    with running_app(sample_copy, tmp_path) as running:
        yield running


def test_polygons_in_gcj02_are_seen_to_fit_and_come_onto_the_map(browser: Browser, server: Server) -> None:
    context, watch = watched_context(browser, OFFICE, accept_downloads=True)
    page = context.new_page()
    open_page(page, f"{server.url}/boundaries")
    data = geojson(shifted(list(towns().values()), Datum.GCJ02), town_columns(list(towns())))
    file = {"name": "乡镇界.geojson", "mimeType": "application/geo+json", "buffer": data}
    page.locator('input[type="file"]').set_input_files(file)  # type: ignore[arg-type]
    expect(page.get_by_text("GCJ-02 最吻合")).to_be_visible(timeout=60_000)
    settle(page)
    expect(page.get_by_role("img", name="30 个图形")).to_be_visible()

    page.get_by_role("combobox", name="文件的坐标系").click()
    page.get_by_role("option", name="WGS-84（GPS）").click()
    expect(page.get_by_text("很可能选错了")).to_be_visible(timeout=60_000)
    page.get_by_role("combobox", name="文件的坐标系").click()
    page.get_by_role("option", name="自动判断").click()
    expect(page.get_by_text("现按 GCJ-02 处理")).to_be_visible(timeout=60_000)
    settle(page)

    page.get_by_role("button", name="保存这套边界").click()
    expect(page.get_by_text("✓ 正在使用")).to_be_visible(timeout=60_000)
    with page.expect_download() as found:
        page.get_by_role("button", name="下载 GeoJSON").click()
    features = json.loads(Path(found.value.path()).read_bytes())["features"]
    assert {one["id"] for one in features} == {str(key // 1000) for key in towns()}

    page.get_by_role("button", name="撤回").click()
    page.get_by_role("button", name="确定撤回").click()
    expect(page.get_by_text("✕ 已撤回")).to_be_visible(timeout=60_000)
    assert (watch.outside(), watch.errors, server.outside_connections()) == ([], [], [])
    context.close()
