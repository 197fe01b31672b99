"""「我的账号」 as its owner sees it, the way out, and what is shown when the session ended meanwhile."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from lxml import html
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from ecodash import sessions
from ecodash.actions import accounts, signing_in
from ecodash.actions.signing_in import Opened
from ecodash.domain.access import SYSTEM, Grant, Role
from ecodash.settings import load_settings
from ecodash.views import account_menu
from ecodash.workspace import Workspace, open_workspace, shared_workspace
from tests.pages.conftest import Open
from tests.web.signing import PASSWORD, quick_passwords, settle_password

COUNTY, JILONG = 500230000000, 500230123000
LOGIN = "wang.jianguo"


@dataclass
class Person:
    """Somebody with an account, before a page.

    Args:
        cookies: of the browser; the session's id stands in them.
    """

    home: Path
    open: Open
    cookies: dict[str, str] = field(default_factory=dict)

    def sign_in(self, workspace: Workspace, agent: str) -> str:
        opened = signing_in.sign_in(workspace, LOGIN, PASSWORD, address="10.1.2.3", agent=agent, now=datetime.now(UTC))
        assert isinstance(opened, Opened)
        return opened.token

    def at(self, page: str = "account") -> AppTest:
        return self.open(self.home, page)

    @property
    def workspace(self) -> Workspace:
        """The store the page works on."""
        return shared_workspace(load_settings()).acting(SYSTEM)

    def holds(self, token: str) -> bool:
        return sessions.find(self.workspace, token, now=datetime.now(UTC), touches=False) is not None


@pytest.fixture
def person(
    bare_with_regions: Path, tmp_path: Path, open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Person]:
    """A reporter of 暨龙镇 who also looks at the whole county, signed in here and on a telephone."""
    monkeypatch.setenv("ECODASH_OPEN", "")
    home = Path(shutil.copytree(bare_with_regions, tmp_path / "home"))
    found = Person(home, open_app)
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda self: found.cookies))
    with quick_passwords():
        workspace = open_workspace(load_settings({"ECODASH_HOME": str(home)}))
        grants = [Grant(Role.REPORTER, JILONG), Grant(Role.VIEWER, COUNTY)]
        made = accounts.create_account(
            workspace, LOGIN, "王建国", unit="暨龙镇政府", grants=grants, actor=SYSTEM, now=datetime.now(UTC)
        )
        settle_password(workspace, made.account.number)
        with workspace.store.writing() as connection:
            from ecodash.store import records

            records.update_account(connection, made.account.number, password_at=datetime.now(UTC))
        found.cookies["ecodash_session"] = found.sign_in(workspace, "Mozilla/5.0 (Windows NT 10.0) Chrome/120 Edg/120")
        found.cookies["telephone"] = found.sign_in(workspace, "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8 Chrome")
        workspace.close()
        yield found


def markup(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def table(app: AppTest, kind: str) -> list[list[str]]:
    """The cells of one of the page's tables."""
    drawn = next(one.proto.body for one in app.get("html") if f'class="short {kind}"' in one.proto.body)
    return [[cell.text_content() for cell in row.xpath("td")] for row in html.fromstring(drawn).xpath("//tbody/tr")]


def click(app: AppTest, label: str) -> AppTest:
    found: Callable[[], AppTest] = next(button for button in app.button if button.label == label).click().run
    return found()


def test_one_sees_who_one_is_what_one_may_do_and_where_one_is_signed_in(person: Person) -> None:
    app = person.at()
    assert not app.exception
    assert app.title[0].value == "我的账号"
    shown = markup(app)
    for part in ("王建国", LOGIN, "暨龙镇政府"):
        assert part in shown
    assert table(app, "grants") == [
        ["填报员", "丰都县 暨龙镇", "查看数据、查看待审数据、分享快照、上报数据"],
        ["查看员", "丰都县", "查看数据"],
    ]
    rows = table(app, "sessions")
    assert [row[0] for row in rows] == ["Windows · Edge（本机，正在使用）", "安卓 · 微信"]
    assert {row[1] for row in rows} == {"10.1.2.3"}
    assert 'href="/login/password?next=%2Faccount"' in shown


def test_no_token_stands_on_the_page(person: Person) -> None:
    app = person.at()
    click(app, "开通动态验证码")
    drawn = f"{app.main} {app.sidebar} {app.session_state._state.filtered_state} {markup(app)}"
    assert [token for token in person.cookies.values() if token in drawn] == []


def test_other_devices_are_signed_out_and_this_one_goes_on(person: Person) -> None:
    app = click(person.at(), "退出其他设备")
    assert [one.value for one in app.success] == ["已退出其他 1 处登录。"]
    assert len(table(app, "sessions")) == 1
    assert person.holds(person.cookies["ecodash_session"])
    assert not person.holds(person.cookies["telephone"])
    assert next(button for button in app.button if button.label == "退出其他设备").disabled


@pytest.mark.parametrize(("label", "telephone_goes_on"), [("退出登录", True), ("全部退出", False)])
def test_signing_out_ends_the_session_and_leads_to_where_the_cookie_is_taken(
    person: Person, label: str, telephone_goes_on: bool
) -> None:
    app = click(person.at(), label)
    assert account_menu.SCRIPTS[1] in markup(app)
    assert 'href="/logout"' in markup(app)
    assert not person.holds(person.cookies["ecodash_session"])
    assert person.holds(person.cookies["telephone"]) is telephone_goes_on


def test_a_second_factor_is_offered_confirmed_by_a_code_and_given_up_with_the_password(person: Person) -> None:
    app = click(person.at(), "开通动态验证码")
    secret = app.code[0].value.replace(" ", "")
    assert len(secret) == 32
    app.text_input(key="totp_code").input("12345")
    app = click(app, "确认开通")
    assert "验证码不对" in app.error[0].value
    app.text_input(key="totp_code").input(pyotp.TOTP(secret).now())
    app = click(app, "确认开通")
    assert "已开通动态验证码" in app.success[0].value
    assert "totp_offer" not in app.session_state
    assert secret not in f"{app.main}{markup(app)}"
    asked = signing_in.sign_in(
        person.workspace, LOGIN, PASSWORD, address="10.1.2.3", agent="", now=datetime.now(UTC) + timedelta(minutes=2)
    )
    assert isinstance(asked, signing_in.Ticket)
    app.text_input(key="totp_password").input("不对的密码")
    app = click(app, "停用动态验证码")
    assert "原密码不对" in app.error[0].value
    app.text_input(key="totp_password").input(PASSWORD)
    app = click(app, "停用动态验证码")
    assert [one.value for one in app.success] == ["已停用动态验证码。"]
    assert next(button for button in app.button if button.label == "开通动态验证码")


def test_an_offer_can_be_called_off(person: Person) -> None:
    app = click(click(person.at(), "开通动态验证码"), "暂不开通")
    assert len(app.code) == 0
    assert next(button for button in app.button if button.label == "开通动态验证码")


def test_whose_account_is_disabled_is_stopped_at_the_next_click(person: Person) -> None:
    app = person.at()
    accounts.set_disabled(person.workspace, 1, True, reason="调离", actor=SYSTEM, now=datetime.now(UTC))
    app.run()
    assert [one.value for one in app.title] == ["请重新登录"]
    assert account_menu.SCRIPTS[0] in markup(app)
    assert "王建国" not in markup(app)
    assert len(app.button) == len(app.text_input) == 0


def test_a_changed_role_shows_at_the_next_click(person: Person) -> None:
    app = person.at()
    accounts.change_grants(person.workspace, 1, [Grant(Role.REVIEWER, COUNTY)], actor=SYSTEM, now=datetime.now(UTC))
    assert [row[:2] for row in table(app.run(), "grants")] == [["审核员", "丰都县"]]


def test_an_account_without_roles_is_told_whom_to_ask(person: Person) -> None:
    app = person.at()
    accounts.change_grants(person.workspace, 1, [], actor=SYSTEM, now=datetime.now(UTC))
    assert "还没有分配地区和角色" in app.run().warning[0].value


def test_without_a_cookie_nothing_is_shown(person: Person) -> None:
    person.cookies.clear()
    app = person.at("overview")
    assert not app.exception
    assert [one.value for one in app.title] == ["请重新登录"]


def test_in_open_mode_the_page_says_that_there_are_no_accounts_and_every_page_that_all_is_allowed(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECODASH_OPEN", "1")
    person.cookies.clear()
    app = person.at("upload")
    assert not app.exception
    assert "试用模式" in next(one.proto.body for one in app.get("html") if "open-mode" in one.proto.body)
