"""快照: packs are made with one click, passed on, found again, and managed; nothing is done without a second word."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ecodash import actions, queries
from ecodash.domain.access import SYSTEM, operator
from ecodash.domain.definitions import DefinitionKind
from ecodash.domain.meeting import MeetingOrder
from ecodash.domain.pages import Page
from ecodash.domain.regions import region_key
from ecodash.domain.snapshots import Access, Lifetime, Snapshot, SnapshotWish, Standing
from ecodash.settings import load_settings
from ecodash.views import snapshot_form, snapshot_links
from ecodash.workspace import Workspace, close_shared_workspaces, shared_workspace
from tests.pages.conftest import CLERK, SHELL, table
from tests.pages.reading import opened

Open = Callable[..., AppTest]
Desk = Callable[..., AppTest]


def kept() -> list[Snapshot]:
    """Every snapshot of the store at hand, newest first."""
    return queries.list_snapshots(workspace())


def workspace() -> Workspace:
    return shared_workspace(load_settings()).acting(SYSTEM)


def written(app: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "warning", "error", "success")
    pieces = [one.value for kind in kinds for one in app.get(kind)]
    return "\n".join([*pieces, *(one.proto.body for one in app.get("html"))])


def codes(app: AppTest) -> list[str]:
    return [str(one.value) for one in app.code]


def make(title: str, **wish: Any) -> int:
    """A snapshot of 总览 as of the newest batch, some days ago where days is given."""
    days = wish.pop("days", 0)
    store = workspace()
    selection = queries.default_selection(store, queries.newest_watermark(store), region_key("500230"))
    pages = queries.freeze_pages(store, wish.pop("pages", [Page.OVERVIEW]), selection)
    made = actions.create_snapshot(
        store, pages, SnapshotWish(title=title, **wish), actor=operator("王敏", "page"),
        now=datetime.now(UTC) - timedelta(days=days),
    )  # fmt: skip
    return made.number


def correct() -> None:
    """九龙泉村 reports 70 t for October where it had reported 66."""
    rows = {"滨江东路社区": (45, 11), "平都中路社区": (52, 15), "暨龙镇九龙泉村": (70, 8)}
    upload = actions.read_file(workspace(), table("2026年10月", rows), "更正.csv", actor=CLERK, now=datetime.now(UTC))
    actions.commit_upload(workspace(), upload, actor=CLERK, now=datetime.now(UTC), reasons={"": "已核实"})


@pytest.fixture
def home(county_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A store of its own, before any page of it is opened."""
    copy = tmp_path / "home"
    shutil.copytree(county_home, copy)
    monkeypatch.setenv("ECODASH_HOME", str(copy))
    yield copy
    close_shared_workspaces()


@pytest.fixture
def desk(home: Path, short_ways: None) -> Desk:
    """The page 快照 at an address."""

    def start(**params: str) -> AppTest:
        app = AppTest.from_file(SHELL, default_timeout=60)
        app.switch_page("../../pages/snapshots.py")
        for name, value in params.items():
            app.query_params[name] = value
        return app.run()

    return start


# ── make ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pack_with_pin_and_series_is_made_once(open_app: Open, county_home: Path) -> None:
    app = opened(open_app(county_home), "snapshot_popover")
    assert app.text_input(key="snapshot_form_title").placeholder == "丰都县2026年10月总览"
    app.multiselect(key="snapshot_form_pages").set_value([Page.RANKING, Page.OVERVIEW, Page.MAP]).run()
    assert app.text_input(key="snapshot_form_title").placeholder == "丰都县2026年10月快照"
    assert "1 排名 → 2 总览 → 3 地图" in written(app)
    app.radio(key="snapshot_form_access").set_value(Access.PIN).run()
    pin = app.text_input(key="snapshot_form_pin").value
    assert len(pin) == 6
    assert pin.isdigit()
    app.text_input(key="snapshot_form_series_new").set_value(" 每月例会 ")
    app.text_area(key="snapshot_form_hint_2").set_value("先讲总体")
    app.button(key="snapshot_make").click().run()
    assert not app.exception
    link, shown_pin, sentence = codes(app)
    assert shown_pin == pin
    assert link in sentence
    assert pin not in sentence
    one = kept()[0]
    pages = [page["page"] for page in json.loads(one.meta)["pages"]]
    assert pages == ["ranking", "overview", "map"]
    assert (one.access, one.series, one.edition) == (Access.PIN, "每月例会", 1)
    assert one.presenter_notes == ("", "先讲总体", "")
    assert queries.is_right_pin(one, pin)
    assert link.endswith(f"/s/{queries.snapshot_token(workspace(), one)}")
    app.button(key="snapshot_another").click().run()
    assert app.text_input(key="snapshot_form_title").placeholder == "丰都县2026年10月快照"
    app.button(key="snapshot_make").click().run()
    assert codes(app)[0] == link
    assert len(kept()) == 1


def test_a_link_revoked_since_is_not_shown_again(open_app: Open, county_home: Path) -> None:
    app = opened(open_app(county_home), "snapshot_popover")
    app.button(key="snapshot_make").click().run()
    actions.revoke_snapshot(workspace(), 1, actor=CLERK, now=datetime.now(UTC))
    app.run()
    app.button(key="snapshot_make").click().run()
    assert [one.number for one in kept()] == [2, 1]
    assert "快照 #2 已生成" in written(app)


def test_a_pin_that_is_none_is_refused_in_words(open_app: Open, county_home: Path) -> None:
    app = opened(open_app(county_home), "snapshot_popover")
    app.radio(key="snapshot_form_access").set_value(Access.PIN).run()
    app.text_input(key="snapshot_form_pin").set_value("12a")
    app.button(key="snapshot_make").click().run()
    assert "口令应为 4 至 8 位数字" in app.error[0].value
    assert not kept()


def test_a_title_of_ones_own_stays_and_the_usual_one_follows_the_pages(open_app: Open, county_home: Path) -> None:
    app = opened(open_app(county_home), "snapshot_popover")
    app.text_input(key="snapshot_form_title").set_value("给市里").run()
    app.multiselect(key="snapshot_form_pages").set_value([Page.MAP]).run()
    assert app.text_input(key="snapshot_form_title").value == "给市里"
    app.multiselect(key="snapshot_form_pages").set_value([]).run()
    assert app.button(key="snapshot_make").disabled


def test_what_is_typed_outlives_the_form_being_closed(open_app: Open, county_home: Path) -> None:
    app = opened(open_app(county_home), "snapshot_popover")
    app.text_area(key="snapshot_form_note").set_value("请会前核对").run()
    app.session_state["snapshot_popover"] = False
    app.run()
    assert opened(app, "snapshot_popover").text_area(key="snapshot_form_note").value == "请会前核对"
    app.selectbox(key="month_box").set_value("2026-09").run()
    assert app.text_area(key="snapshot_form_note").value == ""
    assert app.text_input(key="snapshot_form_title").placeholder == "丰都县2026年9月总览"


def test_the_second_of_a_series_is_offered_its_name_and_edition(open_app: Open, home: Path) -> None:
    make("上一期", series="每月例会")
    app = opened(open_app(home), "snapshot_popover")
    assert app.selectbox(key="snapshot_form_series").options == ["不属于例会", "每月例会", "新的例会……"]
    app.selectbox(key="snapshot_form_series").set_value("每月例会").run()
    assert "第 2 期" in written(app)
    app.button(key="snapshot_make").click().run()
    assert (kept()[0].series, kept()[0].edition) == ("每月例会", 2)


def test_a_meeting_order_becomes_a_pack_in_a_dialog(open_app: Open, home: Path) -> None:
    actions.save_definition(
        workspace(), DefinitionKind.MEETING, "月度调度会", MeetingOrder().to_content(), actor=CLERK,
        now=datetime.now(UTC),
    )  # fmt: skip
    app = open_app(home, "meeting")
    app.button(key="meeting_snapshot_1").click().run()
    assert app.text_input(key="snapshot_form_title").placeholder == "丰都县2026年10月月度调度会"
    assert "1 总览 → 2 目标进度 → 3 排名 → 4 地图 → 5 上报情况" in written(app)
    app.button(key="snapshot_make").click().run()
    assert not app.exception
    assert [page["page"] for page in json.loads(kept()[0].meta)["pages"]] == [
        "overview", "progress", "ranking", "map", "reporting",
    ]  # fmt: skip


def test_the_lists_have_their_own_button(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "lists")
    app.button(key="list_create").click().run()
    app = opened(app, "snapshot_popover")
    assert app.text_input(key="snapshot_form_title").placeholder == "丰都县2026年10月红黑榜"
    app.button(key="snapshot_make").click().run()
    assert not app.exception
    assert kept()[0].page == "lists"


# ── find ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_is_searched_and_filtered(desk: Desk) -> None:
    make("八月例会 <b>", series="每月例会", days=40, lifetime=Lifetime.MONTH)
    make("九月例会", series="每月例会", days=10)
    revoked = make("旧的总览")
    actions.revoke_snapshot(workspace(), revoked, actor=CLERK, now=datetime.now(UTC))
    app = desk()
    assert "九月例会" in written(app)
    assert "八月例会" not in written(app)
    labels = list(app.get("button_group")[0].options)
    assert labels == ["有效（1）", "已过期（1）", "已撤回（1）", "全部（3）"]
    app.get("button_group")[0].set_value("all").run()
    assert "八月例会 &lt;b&gt;" in written(app)
    assert len(codes(app)) == 1  # Only the open one has a link to copy.
    app.text_input(key="snapshot_search").set_value("丰都").run()
    assert written(app).count('class="snap"') == 3
    app.text_input(key="snapshot_search").set_value("每月例会").run()
    assert written(app).count('class="snap"') == 2
    app.text_input(key="snapshot_search").set_value("没有这个").run()
    assert "没有找到与“没有这个”有关的快照" in written(app)


def test_the_address_of_no_snapshot_is_said_and_shows_all(desk: Desk) -> None:
    make("总览")
    for number in ("99", "x", "²"):
        app = desk(snapshot=number)
        assert not app.exception
        assert f"没有编号为“{number}”的快照" in app.warning[0].value
        assert app.button(key="manage_1")


# ── manage ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_extend_revoke_and_renew_ask_before_they_do(desk: Desk) -> None:
    make("总览", days=40, lifetime=Lifetime.MONTH)
    app = desk(snapshot="1")
    assert "已过期" in written(app)
    assert not codes(app)
    app.button(key="snapshot_extend").click().run()
    app.radio(key="snapshot_change_extend").set_value(Lifetime.NEVER).run()
    app.button(key="snapshot_change_extend_sure").click().run()
    assert "快照 #1 已延期：改为长期有效。" in written(app)
    before = codes(app)[0]
    app.button(key="snapshot_renew").click().run()
    assert "原来的链接和二维码立刻失效" in written(app)
    app.button(key="snapshot_change_renew_sure").click().run()
    assert codes(app)[0] != before
    app.button(key="snapshot_revoke").click().run()
    assert kept()[0].standing(datetime.now(UTC)) is Standing.OPEN
    app.button(key="snapshot_change_cancel").click().run()
    assert kept()[0].revoked_at is None
    app.button(key="snapshot_revoke").click().run()
    app.button(key="snapshot_change_revoke_sure").click().run()
    assert kept()[0].standing(datetime.now(UTC)) is Standing.REVOKED
    assert "快照 #1 已撤回" in written(app)
    assert [one.key for one in app.button if str(one.key).startswith("snapshot_")] == [
        "snapshot_back", "snapshot_again",
    ]  # fmt: skip


def test_a_new_pin_is_shown_once(desk: Desk) -> None:
    make("总览", access=Access.PIN, pin="123456")
    app = desk(snapshot="1")
    app.button(key="snapshot_access").click().run()
    pin = app.text_input(key="snapshot_change_1_pin").value
    app.text_input(key="snapshot_change_1_pin").set_value("98x").run()
    app.button(key="snapshot_change_access_sure").click().run()
    assert "口令应为 4 至 8 位数字" in app.error[0].value
    app.text_input(key="snapshot_change_1_pin").set_value(pin).run()
    app.button(key="snapshot_change_access_sure").click().run()
    assert pin in codes(app)
    assert queries.is_right_pin(kept()[0], pin)
    assert not queries.is_right_pin(kept()[0], "123456")
    assert pin not in codes(app.run())


def test_made_again_says_where_nothing_changed_and_else_has_the_new_figures(desk: Desk) -> None:
    make("例会", series="每月例会", note="请核对", presenter_notes=("先讲总体",))
    app = desk(snapshot="1")
    app.button(key="snapshot_again").click().run()
    app.button(key="snapshot_again_sure").click().run()
    assert "第 3 批以后还没有提交过数据" in written(app)
    assert len(kept()) == 1
    correct()
    app.run()
    app.button(key="snapshot_again_sure").click().run()
    assert not app.exception
    one = kept()[0]
    assert app.query_params["snapshot"] == "2"
    assert (one.watermark, one.title, one.note) == (4, "例会", "请核对")
    assert (one.series, one.edition, one.presenter_notes) == ("每月例会", 2, ("先讲总体",))


def test_two_snapshots_are_compared_changes_first(desk: Desk) -> None:
    make("当时")
    make("别的页面", pages=[Page.MAP])
    correct()
    make("现在")
    app = opened(desk(snapshot="3"), "snapshot_compare")
    assert app.selectbox(key="snapshot_other_3").options[0].startswith("#1 当时")
    assert len(app.selectbox(key="snapshot_other_3").options) == 1
    app.selectbox(key="snapshot_other_3").set_value(1).run()
    assert not app.exception
    rows = app.dataframe[0].value
    garbage = rows[(rows["地区"] == "丰都县") & (rows["指标"] == "清理生活垃圾（吨）")].iloc[0]
    assert (garbage["#1 第 3 批"], garbage["#3 第 4 批"], garbage["增减"]) == ("163.00", "167.00", "+4.00")
    changed = len(rows)
    app.toggle(key="snapshot_compare_all").set_value(True).run()
    whole = app.dataframe[0].value
    assert len(whole) > changed
    assert whole.head(changed)[list(rows)].equals(rows)
    assert "公厕" in "".join(whole["指标"].iloc[changed:])


def test_presenter_notes_are_kept_and_stand_in_no_frozen_table(desk: Desk) -> None:
    make("例会", pages=[Page.OVERVIEW, Page.MAP])
    app = opened(desk(snapshot="1"), "snapshot_notes_1")
    app.text_area(key="snapshot_note_1_2").set_value("点名表扬<暨龙镇>")
    app.button(key="snapshot_notes_save").click().run()
    assert "主持备注已保存" in written(app)
    assert "点名表扬&lt;暨龙镇&gt;" in written(app)
    one = kept()[0]
    assert one.presenter_notes == ("", "点名表扬<暨龙镇>")
    pack = queries.frozen_pack(workspace(), one)
    assert "点名表扬" not in one.meta
    assert all("点名表扬" not in page_table.to_csv() for page in pack.pages for page_table in page.tables.values())


def test_the_list_stays_short_with_many_snapshots(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    selection = queries.default_selection(workspace(), queries.newest_watermark(workspace()), region_key("500230"))
    pages = queries.freeze_pages(workspace(), [Page.RANKING], selection)
    for number in range(21):
        actions.create_snapshot(
            workspace(), pages, SnapshotWish(title=f"排名 {number}"), actor=CLERK, now=datetime.now(UTC)
        )
    asked: list[int] = []
    monkeypatch.setattr(queries, "frozen_tables", lambda *_: asked.append(1))
    app = desk()
    assert written(app).count('class="snap"') == 20
    assert not asked


def test_a_random_pin_has_six_digits() -> None:
    assert snapshot_form.draw_pin().isdigit()
    assert {len(snapshot_form.draw_pin()) for _ in range(50)} == {6}


# ── links ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_link_begins_with_the_address_that_was_set_up(
    open_app: Open, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECODASH_PUBLIC_URL", "https://ecodash.example.cn")
    app = opened(open_app(home), "snapshot_popover")
    app.button(key="snapshot_make").click().run()
    assert codes(app)[0].startswith("https://ecodash.example.cn/s/")
    assert not app.warning
    assert kept()[0].base_url == "https://ecodash.example.cn"


@pytest.mark.parametrize(
    ("here", "then", "expected"),
    [
        ("http://10.1.2.3:8501", "", "http://10.1.2.3:8501/s/T"),
        ("http://10.1.2.3:8501", "http://192.168.0.9:8501", "http://10.1.2.3:8501/s/T"),
        ("http://localhost:8501", "http://192.168.0.9:8501", "http://192.168.0.9:8501/s/T"),
        ("", "http://192.168.0.9:8501", "http://192.168.0.9:8501/s/T"),
        ("http://localhost:8501", "", "http://localhost:8501/s/T"),
        ("", "", "/s/T"),
    ],
)
def test_a_link_others_can_open_is_preferred(
    monkeypatch: pytest.MonkeyPatch, here: str, then: str, expected: str
) -> None:
    monkeypatch.setattr(snapshot_links, "base_url", lambda: here)
    assert snapshot_links.address("T", then) == expected


def test_who_sits_at_the_server_is_told_that_the_link_opens_only_there(
    open_app: Open, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_links, "base_url", lambda: "http://127.0.0.1:8501")
    app = opened(open_app(home), "snapshot_popover")
    app.button(key="snapshot_make").click().run()
    assert "只有这台电脑能打开" in app.warning[0].value
