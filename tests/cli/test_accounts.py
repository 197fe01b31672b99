"""The commands users and setup-link."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ecodash import sessions
from ecodash.actions import Opened, set_up, sign_in
from ecodash.settings import load_settings
from ecodash.workspace import open_workspace
from tests.cli.conftest import NANAN, Run
from tests.people import AGENT, HERE, NOW, PASSWORD, cheap_hashing


@pytest.fixture(autouse=True)
def _cheap() -> Iterator[None]:
    with cheap_hashing():
        yield


def test_an_account_is_added_granted_reset_disabled_and_enabled(run: Run, nanan: Path) -> None:
    assert run("users", "list", home=nanan).out.strip() == "还没有账号。"
    made = run("users", "add", "Chen", "陈一", "--unit", "农业农村局", "--grant", f"审核员：{NANAN}", "--json").values
    assert made["login"] == "chen"
    listed = run("users", "list", "--json").values["accounts"]
    assert [(one["login"], one["state"], one["grants"][0]["region_name"]) for one in listed] == [
        ("chen", "must_change", "南安市")
    ]
    given = run("users", "grant", "chen", "--grant", "viewer:全国", "--grant", f"管理员:{NANAN}", "--sees-reported")
    assert given.out.strip() == "chen  陈一  待改密  管理员（南安市）、查看员（全国）"
    renewed = run("users", "reset", "chen", "--json").values["first_password"]
    assert renewed != made["first_password"]
    assert run("users", "reset", "chen", "--totp").out.strip() == "账号 chen 原来就没有动态验证码。"
    assert run("users", "disable", "chen", "--reason", "调离").out.strip() == "账号 chen 已停用。"
    assert "停用" in run("users", "list").out
    assert run("users", "enable", "chen").out.strip() == "账号 chen 已启用。"
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(nanan)}))
    opened = sign_in(workspace, "chen", renewed, address=HERE, agent=AGENT, now=NOW)
    assert isinstance(opened, Opened)
    workspace.close()


def test_what_cannot_be_is_refused_with_the_way_out(run: Run, nanan: Path) -> None:
    for arguments, code, said in [
        (("add", "x", "名"), 1, "2 至 32"),
        (("add", "xx", "名", "--grant", "局长:南安市"), 1, "角色:地区"),
        (("add", "xx", "名", "--grant", "查看员:没有的地方"), 2, "没有名为"),
        (("grant", "nobody", "--grant", "查看员:全国"), 1, "没有账号"),
        (("grant", "nobody"), 2, "--grant"),
        (("reset", "nobody"), 1, "users list"),
        (("disable", "nobody"), 2, "reason"),
    ]:
        answer = run("users", *arguments, home=nanan)
        assert (answer.code, said in answer.err) == (code, True), (arguments, answer)
    assert run("users", "list", "--json").values == {"accounts": []}


def test_a_table_of_accounts_is_imported_whole_or_not_at_all(run: Run, nanan: Path, tmp_path: Path) -> None:
    template = tmp_path / "模板.xlsx"
    assert run("users", "template", template, home=nanan).code == 0
    assert template.read_bytes().startswith(b"PK")
    table = tmp_path / "用户.csv"
    table.write_text(f"账号,姓名,角色,地区\nu1,甲,填报员,{NANAN}\nu2,乙,局长,{NANAN}\n")
    refused = run("users", "import", table)
    assert refused.code == 1
    assert "第 3 行 角色“局长”" in refused.out
    table.write_text(f"账号,姓名,角色,地区\nu1,甲,填报员,{NANAN}\nu2,乙,查看员,{NANAN}\n")
    made = run("users", "import", table, "--json").values["accounts"]
    assert [one["login"] for one in made] == ["u1", "u2"]
    assert all(len(one["first_password"]) == 14 for one in made)


def test_the_set_up_link_is_given_until_there_is_an_account(
    run: Run, nanan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECODASH_PUBLIC_URL", "https://ecodash.example.cn/")
    values = run("setup-link", "--json", home=nanan).values
    assert values["url"] == f"https://ecodash.example.cn{values['path']}"
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(nanan)}))
    token, now = values["path"].removeprefix("/setup/"), datetime.now(UTC)
    opened = set_up(workspace, token, "admin", "管理员甲", PASSWORD, address=HERE, agent=AGENT, now=now)
    assert sessions.find(workspace, opened.token, now=now) is not None
    workspace.close()
    refused = run("setup-link")
    assert refused.code == 1
    assert "users reset" in refused.err
