"""审核, 报送日历, 我的报送: what several people with accounts see and do, one after the other."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from ecodash import actions
from ecodash.domain.periods import Month
from ecodash.domain.review import CellComment
from ecodash.settings import load_settings
from ecodash.views.data import now
from ecodash.workspace import Workspace, shared_workspace
from tests.pages import staff
from tests.pages.reading import card
from tests.pages.staff import COUNTY, july
from tests.pages.test_upload import TENFOLD, drop, markup

OCTOBER = "2026年10月月报,\n村,清理生活垃圾(吨)\n滨江东路社区,47\n".encode("gb18030")
BINJIANG = "500230001001"

SignIn = Callable[[str], None]


@pytest.fixture(scope="session")
def staffed_home(county_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small store with accounts, and four filings: two clean ones of July, a correction and a doubtful one of October."""
    home = staff.copy_of(county_home, tmp_path_factory.mktemp("staffed"))
    people = staff.engage(home)

    def fill(workspace: Workspace) -> None:
        staff.hand_in(workspace, people["chen"], july(("九龙泉村", 60)), "暨龙镇7月.csv")
        staff.hand_in(workspace, people["wang"], july(("滨江东路社区", 40), ("平都中路社区", 50)), "三合街道7月.csv")
        staff.hand_in(workspace, people["wang"], OCTOBER, "三合街道10月更正.csv")
        staff.hand_in(workspace, people["sun"], TENFOLD, "三合街道10月重报.csv")

    staff.in_store(home, fill)
    return home


@pytest.fixture
def sign_in(monkeypatch: pytest.MonkeyPatch) -> SignIn:
    """Sit somebody before the screen; nobody at first."""
    cookies: dict[str, str] = {}
    monkeypatch.setenv("ECODASH_OPEN", "")
    monkeypatch.setattr(type(st.context), "cookies", property(lambda context: cookies))
    return lambda login: cookies.update(ecodash_session=login)


def store() -> Workspace:
    return shared_workspace(load_settings())


def said(app: AppTest) -> str:
    return "\n".join(
        element.value
        for kind in (app.success, app.info, app.warning, app.error, app.markdown, app.caption)
        for element in kind
    )


def has(app: AppTest, key: str) -> bool:
    return any(button.key == key for button in app.button)


def press(app: AppTest, *keys: str) -> AppTest:
    for key in keys:
        app.button(key=key).click().run()
        assert not app.exception
    return app


def garbage(open_app: Any, home: Path, month: str) -> str:
    return card(open_app(home, "overview", month=month, indicator="garbage_cleared"), "garbage_cleared").value


# ── the list ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_reviewer_sees_what_waits_and_what_is_wrong_with_each(
    open_app: Any, staffed_home: Path, sign_in: SignIn
) -> None:
    sign_in("li")
    app = open_app(staffed_home, "review")
    assert not app.exception
    assert "4 份报送件等您审核，其中 2 份没有疑点" in said(app)
    cards = [element.body for element in app.get("html") if 'class="filing"' in element.body]
    assert [("没有疑点" in one, "更改 1 格" in one) for one in cards] == [
        (True, False), (True, False), (True, True), (False, True),
    ]  # fmt: skip
    assert {box.key for box in app.checkbox} == {"review_tick_1", "review_tick_2"}


def test_bar_says_how_much_waits_for_whom(open_app: Any, staffed_home: Path, sign_in: SignIn) -> None:
    from ecodash.views import badges

    sign_in("li")
    open_app(staffed_home, "review")
    assert badges.titled("review", "审核") == "审核（4）"
    staff.return_it(store().acting(_actor("li")), _actor("li"), 2, "请核对。")
    assert badges.titled("review", "审核") == "审核（3）"
    sign_in("wang")
    assert badges.titled("review", "审核") == "审核"
    assert badges.titled("upload", "数据上报") == "数据上报（1）"
    sign_in("")
    assert badges.titled("upload", "数据上报") == "数据上报"


def test_clean_ones_are_accepted_together_after_a_dialog_that_names_them(
    open_app: Any, staffed_home: Path, sign_in: SignIn
) -> None:
    sign_in("li")
    app = open_app(staffed_home, "review")
    assert app.button(key="review_bulk").disabled
    press(app, "review_tick_all", "review_bulk")
    assert "下面 2 份报送件全部通过，共 3 格数据" in said(app)
    assert "第 1 份报送件，九龙泉村" not in said(app)  # Units are named, not villages.
    assert "暨龙镇" in said(app)
    assert "陈镇员" in said(app)
    press(app, "review_bulk_sure")
    assert "已通过 2 份：第 1 份（第 4 批）、第 2 份（第 5 批）" in said(app)
    assert "2 份报送件等您审核" in said(app)
    assert garbage(open_app, staffed_home, "2026-07") == "150.00 吨"


def test_what_became_a_change_meanwhile_is_left_out_of_the_clean_ones(
    open_app: Any, staffed_home: Path, sign_in: SignIn
) -> None:
    sign_in("li")
    app = open_app(staffed_home, "review")
    press(app, "review_tick_all")
    workspace = store()
    other = staff.hand_in(workspace.acting(_actor("sun")), _actor("sun"), july(("滨江东路社区", 41)), "另一份.csv")
    actions.accept_filing(workspace.acting(_actor("li")), other.number, actor=_actor("li"), now=now())
    press(app, "review_bulk")
    assert "下面 1 份报送件全部通过，共 1 格数据" in said(app)
    assert "另有 1 份" in said(app)


def _actor(login: str) -> Any:
    from ecodash import sessions

    found = sessions.find(store(), login, now=now())
    assert found is not None
    return found.actor


# ── one filing ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_leader_sees_a_figure_only_when_it_is_accepted(open_app: Any, staffed_home: Path, sign_in: SignIn) -> None:
    sign_in("zhou")
    assert garbage(open_app, staffed_home, "2026-10") == "163.00 吨"
    sign_in("li")
    app = open_app(staffed_home, "review", filing="3")
    table = app.dataframe[0].value
    assert [(row["原值"], row["新值"], row["变化"]) for _at, row in table.iterrows()] == [("45.00", "47.00", "更改")]
    press(app, "review_accept")
    assert "更改 1 格：这些数据马上发布到看板" in said(app)
    sign_in("zhou")
    assert garbage(open_app, staffed_home, "2026-10") == "163.00 吨"
    sign_in("li")
    press(app, "review_accept_sure")
    assert "第 3 份报送件已通过，发布为第 4 批" in said(app)
    sign_in("zhou")
    assert garbage(open_app, staffed_home, "2026-10") == "165.00 吨"


def test_doubts_stand_with_the_reasons_and_mark_their_cells(open_app: Any, staffed_home: Path, sign_in: SignIn) -> None:
    sign_in("li")
    app = open_app(staffed_home, "review", filing="4")
    assert "已逐村核实" in said(app)
    assert list(app.dataframe[0].value["疑点"]) == ["▲ 疑点"]
    assert "王镇员）也报送了其中 1 格" in said(app)
    press(app, "review_accept")
    assert "其中有 1 处疑点" in said(app)


def test_nobody_accepts_what_they_handed_in_themselves(open_app: Any, staffed_home: Path, sign_in: SignIn) -> None:
    sign_in("sun")
    app = open_app(staffed_home, "review", filing="4")
    assert "须由另一位审核人审核" in said(app)
    assert not has(app, "review_accept")
    assert "3 份报送件等您审核" in said(open_app(staffed_home, "review"))


def test_filing_of_a_closed_month_can_only_be_returned(open_app: Any, staffed_home: Path, sign_in: SignIn) -> None:
    sign_in("li")
    app = open_app(staffed_home, "review")
    actions.set_month_closed(
        store().acting(_actor("li")), Month(2026, 10), is_closed=True, county=COUNTY, leaves_open=True,
        actor=_actor("li"), now=now(),
    )  # fmt: skip
    app.query_params["filing"] = "3"
    app.run()
    assert "2026年10月已封账，不能通过" in said(app)
    assert app.button(key="review_accept").disabled
    assert not app.button(key="review_return").disabled


@pytest.mark.parametrize("login", ["zhou", "wang"])
def test_who_reviews_nowhere_is_told_so_and_sees_no_filing(
    open_app: Any, staffed_home: Path, sign_in: SignIn, login: str
) -> None:
    sign_in(login)
    app = open_app(staffed_home, "review", filing="1")
    assert not app.exception
    assert "权限" in said(app)
    assert not app.dataframe


# ── returned, corrected, handed in again ───────────────────────────────────────────────────────────────────────────


def test_returned_with_a_remark_on_a_cell_corrected_and_accepted_by_another(
    open_app: Any, staffed_home: Path, sign_in: SignIn
) -> None:
    sign_in("li")
    app = open_app(staffed_home, "review", filing="2")
    assert "要对某几格提意见" in said(app)
    key = (int(BINJIANG), "garbage_cleared", 202607)
    app.session_state["filing_remarks"] = {2: {key: "比 9 月少了，请核对。"}}
    app.run()
    assert "比 9 月少了，请核对。" in markup(app, "filing-remarks")
    press(app, "review_return", "review_return_sure")
    assert "第 2 份报送件已退回给王镇员" in said(app)

    sign_in("wang")
    app = open_app(staffed_home, "upload", part="filings")
    assert "您有 1 份报送件被退回" in said(app)
    press(app, "filing_open_2")
    assert "比 9 月少了，请核对。" in markup(app, "filing-remarks")
    assert list(app.dataframe[0].value["审核意见"]) == ["比 9 月少了，请核对。", ""]
    press(app, "filing_correct")
    assert "正在订正第 2 份报送件" in said(app)
    app = drop(app, "改好了.csv", july(("滨江东路社区", 44), ("平都中路社区", 50)))
    press(app, "commit")
    assert "已提交审核：第 5 份报送件" in said(app)
    assert ("订正", "第 2 份报送件") in facts(app)

    sign_in("sun")
    app = open_app(staffed_home, "review", filing="5")
    assert "比 9 月少了，请核对。" in markup(app, "filing-remarks")
    press(app, "review_accept", "review_accept_sure")
    assert garbage(open_app, staffed_home, "2026-07") == "94.00 吨"


def facts(app: AppTest) -> list[tuple[str, str]]:
    import re

    return re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", markup(app, "facts"))


def test_return_needs_a_word(open_app: Any, staffed_home: Path, sign_in: SignIn) -> None:
    sign_in("li")
    app = press(open_app(staffed_home, "review", filing="1"), "review_return", "review_return_sure")
    assert "请写明退回的原因" in said(app)
    app.text_area(key="review_return_comment_1").set_value("缺两个村，请补齐。").run()
    press(app, "review_return_sure")
    assert "已退回给陈镇员" in said(app)


def test_marked_file_carries_the_remarks_in_its_cells(staffed_home: Path, tmp_path: Path) -> None:
    import io

    import openpyxl

    from ecodash.views import filing_workbook

    home = staff.copy_of(staffed_home, tmp_path)

    def work(workspace: Workspace) -> None:
        from datetime import UTC, datetime

        from ecodash import queries
        from ecodash.domain.access import SYSTEM
        from ecodash.reports.annotated import annotate

        one = CellComment(int(BINJIANG), "garbage_cleared", 202607, "请核对。")
        staff.return_it(workspace, SYSTEM, 2, "少了一个村。", one)
        upload = actions.open_filing(workspace, 2, actor=SYSTEM, now=datetime.now(UTC))
        found = filing_workbook.marks_of("少了一个村。", "系统", upload, queries.filing_comments(workspace, 2))
        sheet = openpyxl.load_workbook(io.BytesIO(annotate(upload.data, upload.intake.book, found))).worksheets[0]
        marked = {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}
        assert list(marked) == ["B3"]
        assert "请核对。" in marked["B3"]

    staff.in_store(home, work)


def test_reporter_withdraws_what_waits(open_app: Any, staffed_home: Path, sign_in: SignIn) -> None:
    sign_in("wang")
    app = open_app(staffed_home, "upload", part="filings", filing="2")
    assert "孙复核、李审核" in said(app)
    press(app, "filing_withdraw", "filing_withdraw_sure")
    assert "第 2 份报送件已撤回" in said(app)
    assert not has(app, "filing_withdraw")
    sign_in("li")
    assert "3 份报送件等您审核" in said(open_app(staffed_home, "review"))


def test_filing_of_somebody_else_is_not_shown_by_its_number(open_app: Any, staffed_home: Path, sign_in: SignIn) -> None:
    sign_in("wang")
    app = open_app(staffed_home, "upload", part="filings", filing="1")
    assert "没有第 1 份报送件，或者您没有查看它的权限" in said(app)
    assert not app.dataframe


# ── handing in ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_same_file_that_waits_already_is_not_handed_in_twice(
    open_app: Any, staffed_home: Path, sign_in: SignIn
) -> None:
    sign_in("chen")
    app = drop(open_app(staffed_home, "upload"), "暨龙镇7月.csv", july(("九龙泉村", 60)))
    assert "这个文件已经提交过，正在等待审核：第 1 份报送件" in said(app)
    assert not has(app, "commit")


def test_before_handing_in_it_is_said_who_reviews(open_app: Any, staffed_home: Path, sign_in: SignIn) -> None:
    sign_in("chen")
    app = drop(open_app(staffed_home, "upload"), "暨龙镇7月.csv", july(("九龙泉村", 62)))
    assert "提交后由孙复核、李审核审核" in said(app)
    assert "第 1 份报送件也在等待审核" in said(app)
    assert app.button(key="commit").label == "提交审核（1 格数据）"


def test_viewer_cannot_hand_in(open_app: Any, staffed_home: Path, sign_in: SignIn) -> None:
    sign_in("zhou")
    app = open_app(staffed_home, "upload")
    assert not app.exception
    assert not app.file_uploader


def test_open_mode_has_no_filings(open_app: Any, county_home: Path) -> None:
    app = open_app(county_home, "review")
    assert not app.exception
    assert "本机单人模式" in said(app)
    assert "我的报送" not in open_app(county_home, "upload").segmented_control(key="upload_part").options


# ── beside each other ──────────────────────────────────────────────────────────────────────────────────────────────


def test_reported_and_accepted_stand_side_by_side_for_who_may_see_both(
    open_app: Any, staffed_home: Path, sign_in: SignIn
) -> None:
    sign_in("li")
    app = open_app(staffed_home, "profile", region="500230123", month="2026-10")
    assert "等待审核" not in said(app)  # What waits is about another town.
    app = open_app(staffed_home, "profile", region="500230001", month="2026-10")
    assert "2026年10月有 2 份报送件正在等待审核（第 3、4 份报送件）" in said(app)
    app.toggle(key="filing_beside_open").set_value(True).run()
    assert not app.exception
    both = app.dataframe[0].value
    row = both[both["地区"] == "滨江东路社区"].iloc[0]
    assert (row["审定"], row["上报"]) == ("45.00", "950.00")
    sign_in("zhou")
    app = open_app(staffed_home, "profile", region="500230001", month="2026-10")
    assert "等待审核" not in said(app)


# ── 报送日历 ────────────────────────────────────────────────────────────────────────────────────────────────────────


def calendar(open_app: Any, home: Path, month: str) -> AppTest:
    app = open_app(home, "calendar")
    app.selectbox(key="calendar_month").set_value(month).run()
    assert not app.exception
    return app


def test_month_is_closed_only_knowing_what_still_waits(open_app: Any, staffed_home: Path, sign_in: SignIn) -> None:
    sign_in("li")
    app = calendar(open_app, staffed_home, "2026-10")
    press(app, "calendar_close")
    assert "还有 2 份报送件在等待审核" in said(app)
    assert app.button(key="calendar_close_sure").disabled
    app.checkbox(key="calendar_close_anyway").check().run()
    press(app, "calendar_close_sure")
    assert "丰都县2026年10月已封账" in said(app)
    assert ("是否封账", "■ 已封账：不再接受上报和更改") in facts(app)
    assert not has(app, "calendar_close")
    assert not has(app, "calendar_reopen")  # That is the administrator's.


def test_administrator_reopens_with_a_reason(open_app: Any, staffed_home: Path, sign_in: SignIn) -> None:
    sign_in("li")
    app = calendar(open_app, staffed_home, "2026-08")
    press(app, "calendar_close", "calendar_close_sure")
    sign_in("admin")
    app = calendar(open_app, staffed_home, "2026-08")
    press(app, "calendar_reopen", "calendar_reopen_sure")
    assert "须说明理由" in said(app)
    app.text_input(key="calendar_reopen_reason").set_value("漏报一个村").run()
    press(app, "calendar_reopen_sure")
    assert "丰都县2026年8月已重新开放" in said(app)


def test_deadline_is_set_and_shown(open_app: Any, staffed_home: Path, sign_in: SignIn) -> None:
    from datetime import date

    sign_in("li")
    app = calendar(open_app, staffed_home, "2026-09")
    press(app, "calendar_deadline")
    app.date_input(key=f"calendar_day_{COUNTY}_202609").set_value(date(2026, 10, 12)).run()
    app.text_input(key="calendar_deadline_reason").set_value("国庆假期顺延").run()
    press(app, "calendar_deadline_sure")
    assert "上报期限已改为2026年10月12日 24:00" in said(app)
    assert "国庆假期顺延" in dict(facts(app))["期限由来"]


def test_administrator_switches_review_off_with_a_reason(open_app: Any, staffed_home: Path, sign_in: SignIn) -> None:
    sign_in("admin")
    app = calendar(open_app, staffed_home, "2026-10")
    press(app, "calendar_review_switch")
    assert "不经任何人核对" in said(app)
    app.text_input(key="calendar_review_reason").set_value("试运行").run()
    press(app, "calendar_review_sure")
    assert ("是否审核", "✕ 已关闭审核：提交后直接发布") in facts(app)
    sign_in("li")
    app = open_app(staffed_home, "review")
    for number in (1, 2, 3, 4):
        staff.return_it(store().acting(_actor("li")), _actor("li"), number, "请核对。")
    app = app.run()
    assert not app.exception
    assert "没有等您审核的报送件" in said(app)
    assert "丰都县已关闭审核" in said(app)
    sign_in("chen")
    app = drop(open_app(staffed_home, "upload"), "7月.csv", july(("九龙泉村", 62)))
    assert app.button(key="commit").label == "确认提交 1 格数据"


def test_who_waits_is_not_reminded(open_app: Any, staffed_home: Path, sign_in: SignIn) -> None:
    sign_in("li")
    app = calendar(open_app, staffed_home, "2026-07")
    states = dict(re_rows(app))
    assert states["暨龙镇"] == "◐ 待审核"
    assert states["名山街道"] == "○ 全部未报"
    reminder = app.code[0].value
    assert "名山街道" in reminder
    assert "暨龙镇" not in reminder


def re_rows(app: AppTest) -> list[tuple[str, str]]:
    from tests.pages.test_upload import rows_of

    return [(row[0], row[1]) for row in rows_of(markup(app, "short calendar"))]
