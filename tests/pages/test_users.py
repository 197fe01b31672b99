"""用户管理: accounts are made, found, changed and disabled by an office person; nobody decides about their own."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook
from streamlit.testing.v1 import AppTest

from ecodash import actions, queries
from ecodash.domain.access import SYSTEM, Actor, Grant, Role
from ecodash.domain.accounts import Account
from ecodash.settings import load_settings
from ecodash.views import who
from ecodash.workspace import Workspace, open_workspace, shared_workspace
from tests.pages.conftest import Open

COUNTY, JILONG, HUWEI = 500230000000, 500230123000, 500230101000
NOW = datetime(2026, 11, 4, 2, 0, tzinfo=UTC)
CHIEF = Grant(Role.ADMINISTRATOR, 0)
CLERK = Grant(Role.REPORTER, JILONG)


@pytest.fixture(scope="session")
def peopled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """丰都县 with four accounts, their passwords not waiting to be changed. Not to be written to."""
    home = tmp_path_factory.mktemp("people")
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(home)}))
    actions.add_regions(workspace, ["500230"], actor=SYSTEM, now=NOW)
    people = {
        "chief": ("陈局", (CHIEF,)),
        "county": ("李县管", (Grant(Role.ADMINISTRATOR, COUNTY),)),
        "clerk": ("王填报", (CLERK,)),
        "city": ("赵跨区", (CLERK, Grant(Role.VIEWER, 0))),
    }
    for login, (name, grants) in people.items():
        actions.create_account(workspace, login, name, unit="县人居办", grants=grants, actor=SYSTEM, now=NOW)
    workspace.close()
    return home


def workspace() -> Workspace:
    """That of the page, as the machine itself sees it."""
    return shared_workspace(load_settings()).acting(SYSTEM)


def account(login: str) -> Account:
    return next(one for one in queries.list_accounts(workspace()) if one.login == login)


Sit = Callable[[str], None]


@pytest.fixture
def sit(monkeypatch: pytest.MonkeyPatch) -> Sit:
    """Put the one with a login before the screen."""

    def before_the_screen(login: str) -> None:
        def actor(opened: Workspace) -> Actor:
            found = next(one for one in queries.list_accounts(opened.acting(SYSTEM)) if one.login == login)
            return Actor(found.name, "page", found.grants, found.number, found.login)

        monkeypatch.setattr(who, "actor", actor)

    return before_the_screen


def keys(app: AppTest) -> set[str]:
    return {str(one.key) for one in app.button}


def cards(app: AppTest) -> str:
    return " ".join(one.proto.body for one in app.get("html"))


def test_the_page_says_that_there_is_nobody_yet(open_app: Open, bare_with_regions: Path) -> None:
    app = open_app(bare_with_regions, "users")
    assert not app.exception
    assert "试用模式" in app.info[0].value
    assert "还没有账号" in app.info[1].value


def test_somebody_new_gets_a_first_password_shown_once(open_app: Open, bare_with_regions: Path) -> None:
    app = open_app(bare_with_regions, "users")
    app.button(key="user_new").click().run()
    assert app.button(key="user_new_sure").disabled
    app.text_input(key="user_new_name").set_value("张伟")
    app.text_input(key="user_new_login").set_value("zhang.wei")
    app.selectbox(key="user_grant_county").set_value(COUNTY).run()
    app.selectbox(key=f"user_grant_town_{COUNTY}").set_value(JILONG).run()
    app.button(key="user_grant_add").click().run()
    assert any("在丰都县 暨龙镇可以：查看数据、查看待审数据、分享快照、上报数据" in one.value for one in app.caption)
    app.button(key="user_new_sure").click().run()
    assert not app.exception
    assert "已新增用户“张伟”（zhang.wei）" in app.success[0].value.replace("\\", "")
    made = account("zhang.wei")
    assert made.grants == (CLERK,)
    assert made.must_change
    password = app.code[0].value
    assert len(password) >= 12
    app.button(key="first_passwords_done").click().run()
    assert not app.code
    assert "user_first_passwords" not in app.session_state
    assert password not in str([one.value for one in app.markdown])
    assert "◐ 待改密" in cards(app)


def test_a_wrong_login_is_refused_in_its_dialog(open_app: Open, peopled_home: Path) -> None:
    app = open_app(peopled_home, "users")
    app.button(key="user_new").click().run()
    app.text_input(key="user_new_name").set_value("又一人")
    app.text_input(key="user_new_login").set_value("clerk")
    app.button(key="user_grant_add").click().run()
    app.button(key="user_new_sure").click().run()
    assert "已经有人使用" in app.error[0].value
    assert len(queries.list_accounts(workspace())) == 4


def test_people_are_found_by_name_place_and_state(open_app: Open, peopled_home: Path) -> None:
    app = open_app(peopled_home, "users")
    assert {key for key in keys(app) if key.startswith("user_go_")} == {f"user_go_{number}" for number in range(1, 5)}
    app.text_input(key="user_search").set_value("暨龙").run()
    assert "王填报" in cards(app)
    assert "陈局" not in cards(app)
    app.text_input(key="user_search").set_value("没有此人").run()
    assert "没有找到“没有此人”" in app.info[-1].value


def test_disabled_with_a_reason_and_back(open_app: Open, peopled_home: Path) -> None:
    app = open_app(peopled_home, "users", user="clerk")
    app.button(key="user_do_disable").click().run()
    assert "下一次点击起失效" in app.markdown[-1].value
    app.button(key="user_disable_sure").click().run()
    assert "停用账号须说明理由" in app.error[0].value
    app.text_input(key="user_disable_reason").set_value("调离")
    app.button(key="user_disable_sure").click().run()
    assert "已停用“王填报”" in app.success[0].value
    assert account("clerk").is_disabled
    app.button(key="user_do_enable").click().run()
    app.button(key="user_enable_sure").click().run()
    assert not account("clerk").is_disabled


def test_a_new_password_is_shown_once(open_app: Open, peopled_home: Path) -> None:
    app = open_app(peopled_home, "users", user="clerk")
    assert "user_do_totp" not in keys(app)
    assert "user_do_sign_out" not in keys(app)
    app.button(key="user_do_password").click().run()
    app.button(key="user_password_sure").click().run()
    assert "已为“王填报”重置密码" in app.success[0].value
    assert len(app.code) == 1


def test_roles_are_taken_out_and_added(open_app: Open, peopled_home: Path) -> None:
    app = open_app(peopled_home, "users", user="clerk")
    app.button(key="user_do_grants").click().run()
    assert app.button(key="user_grants_sure").disabled
    app.button(key="user_grant_drop_0").click().run()
    app.segmented_control(key="user_grant_role").set_value(Role.VIEWER).run()
    app.selectbox(key="user_grant_county").set_value(COUNTY).run()
    app.checkbox(key="user_grant_sees").check().run()
    app.button(key="user_grant_add").click().run()
    app.button(key="user_grants_sure").click().run()
    assert not app.exception
    assert "已更改“王填报”的角色和地区" in app.success[0].value
    assert account("clerk").grants == (Grant(Role.VIEWER, COUNTY, sees_reported=True),)


def test_nobody_decides_about_their_own_account(open_app: Open, peopled_home: Path, sit: Sit) -> None:
    sit("chief")
    app = open_app(peopled_home, "users", user="chief")
    assert "您自己的账号" in app.info[-1].value
    assert not [key for key in keys(app) if key.startswith("user_do_")]


def test_a_county_sees_and_changes_its_own_alone(open_app: Open, peopled_home: Path, sit: Sit) -> None:
    sit("county")
    app = open_app(peopled_home, "users")
    assert not app.exception
    assert "陈局" not in cards(app)
    assert {"user_go_2", "user_go_3", "user_go_4"} <= keys(app)
    app.button(key="user_new").click().run()
    # The whole country is not theirs to give.
    assert list(app.selectbox(key="user_grant_county").options) == ["丰都县（重庆市）"]
    beyond = open_app(peopled_home, "users", user="city")
    assert "不归" in beyond.info[-1].value or "不能由您更改" in beyond.info[-1].value
    assert not [key for key in keys(beyond) if key.startswith("user_do_")]
    hidden = open_app(peopled_home, "users", user="chief")
    assert "不归您管理" in hidden.warning[0].value


def test_a_table_of_people_is_checked_then_made_whole(open_app: Open, peopled_home: Path) -> None:
    def table(*rows: tuple[str, ...]) -> bytes:
        book = Workbook()
        for row in (("账号", "姓名", "单位", "角色", "地区"), *rows):
            book.active.append(row)
        stream = BytesIO()
        book.save(stream)
        return stream.getvalue()

    app = open_app(peopled_home, "users")
    app.session_state["user_import"] = True
    app.run()
    xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    good, bad = ("liu", "刘一", "", "填报员", "暨龙镇"), ("sun", "孙二", "", "大王", "月球")
    app.file_uploader[0].set_value([("人员.xlsx", table(good, bad), xlsx)]).run()
    assert "2 处填写有误" in app.error[0].value
    assert app.button(key="user_import_sure").disabled
    assert list(app.dataframe[0].value["列"]) == ["角色", "地区"]
    app.file_uploader[0].set_value([("人员.xlsx", table(good, ("sun", "孙二", "", "查看员", "虎威镇")), xlsx)]).run()
    app.button(key="user_import_sure").click().run()
    assert not app.exception
    assert "已建立 2 个账号" in app.success[0].value
    first = app.dataframe[0].value
    assert list(first["账号"]) == ["liu", "sun"]
    assert account("sun").grants == (Grant(Role.VIEWER, HUWEI),)
