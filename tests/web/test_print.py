"""/print/{page}: any figure page on paper, from the store as it stands or as it stood."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from starlette.applications import Starlette

from ecodash import actions, queries
from ecodash.actions import EXPORT_LOG
from ecodash.domain.access import operator
from ecodash.domain.composite import Composite, CompositeItem
from ecodash.domain.definitions import DefinitionKind
from ecodash.settings import load_settings
from ecodash.web.print import print_routes
from ecodash.workspace import Workspace, open_workspace
from tests.builders import A1, COUNTY, commit
from tests.web.conftest import Client, Site


@pytest.fixture(scope="module")
def sample(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    home = shutil.copytree(sample_home, tmp_path_factory.mktemp("print") / "home")
    opened = open_workspace(load_settings({"ECODASH_HOME": str(home), "ECODASH_OPEN": "1"}))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client(sample: Workspace) -> Client:
    return Client(Starlette(routes=print_routes(lambda: sample)))


@pytest.mark.parametrize("page", ["overview", "map", "progress", "ranking", "profile"])
def test_every_figure_page_prints(client: Client, page: str) -> None:
    answer = client.get(f"/print/{page}?region=500230&month=2026-10")
    assert answer.status_code == 200
    assert "丰都县2026年10月" in answer.text
    assert "演示数据" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_only_the_print_button_may_run(client: Client) -> None:
    policy = client.get("/print/profile?region=500230").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy


def test_nothing_is_kept_of_what_is_printed(client: Client, sample: Workspace) -> None:
    before = (queries.newest_watermark(sample), len(queries.list_snapshots(sample)))
    client.get("/print/profile?region=500230")
    after = (queries.newest_watermark(sample), len(queries.list_snapshots(sample)))
    assert after == before


def test_the_audit_is_told_what_is_printed(client: Client, sample: Workspace) -> None:
    client.get("/print/profile?region=500230&month=2026-10")
    EXPORT_LOG.flush()
    line = queries.list_audit(sample, 1).iloc[0]
    assert (line["action"], line["channel"], line["region"]) == ("export", "page", 500230000000)
    detail = json.loads(line["detail"])
    assert (detail["what"], detail["selection"]["month"]) == ("print", "2026-10")


@pytest.mark.parametrize(
    "address",
    ["nosuch", "profile?region=999999", "profile?region=<b>", "profile?month=2026-13", "profile?indicator=zz",
     "profile?as_of=100000", "profile?as_of=-1", "profile?level=street", "ranking?region=500230&level=county"],
)  # fmt: skip
def test_what_is_not_known_is_said_with_a_way_out(client: Client, address: str) -> None:
    answer = client.get(f"/print/{address}")
    assert answer.status_code == 404
    assert "不能打印这一页" in answer.text
    assert "<b>" not in answer.text


def test_a_village_prints_with_its_own_indicator(client: Client) -> None:
    answer = client.get("/print/profile?region=500230123202&month=2026-10")
    assert answer.status_code == 200
    assert "九龙泉村全部指标" in answer.text
    assert "近 12 个月上报情况" in answer.text


def test_english_names_stand_where_the_reader_asked_for_them(client: Client) -> None:
    answer = client.get("/print/profile?region=500230&month=2026-10&lang=en")
    assert '<html lang="en">' in answer.text
    assert "Household garbage cleared" in answer.text
    assert "清理生活垃圾" not in answer.text.split("<main>")[1].split("<footer>")[0]
    # A reader in Chinese after one in English reads Chinese.
    assert "清理生活垃圾" in client.get("/print/profile?region=500230&month=2026-10").text


def test_paper_can_be_as_of_an_earlier_batch(site: Site) -> None:
    commit(site.workspace.store, (A1, "garbage", "2026-01", 10))
    commit(site.workspace.store, (A1, "garbage", "2026-01", 12))
    now, then = (site.client.get(f"/print/profile?region={COUNTY}{extra}").text for extra in ("", "&as_of=1"))
    assert 'data-field="value" data-value="12"' in now
    assert 'data-field="value" data-value="10"' in then
    assert "截至 第 1 批" in then


@pytest.mark.parametrize(
    ("page", "region"), [("ranking", "500230"), ("map", "500230"), ("overview", "500230"), ("profile", "500230101")]
)
def test_a_composite_prints_like_an_indicator(client: Client, sample: Workspace, page: str, region: str) -> None:
    parts = (CompositeItem("garbage_cleared", Decimal(60)), CompositeItem("public_toilets", Decimal(40)))
    content = Composite("卫生综合", parts).to_content()
    actor, now = operator("测试员", "test"), datetime(2026, 11, 4, tzinfo=UTC)
    kept = actions.save_definition(sample, DefinitionKind.COMPOSITE, "卫生综合", content, actor=actor, now=now)
    answer = client.get(f"/print/{page}?region={region}&month=2026-10&indicator=composite-{kept.number}")
    assert answer.status_code == 200
    assert "卫生综合" in answer.text
    assert client.get(f"/print/{page}?indicator=composite-999").status_code == 404
