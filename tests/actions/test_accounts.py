"""Accounts by those who administer their regions: made, changed, disabled, one by one and from a table."""

import io
import json
import threading
from collections.abc import Callable, Iterator

import openpyxl
import pytest

from ecodash import actions, queries, sessions
from ecodash.actions import AccountPlan
from ecodash.domain.access import NOBODY, SYSTEM, Actor, Grant, Right, Role
from ecodash.domain.accounts import Account
from ecodash.errors import LinkUnknown, NotPermitted, RegionUnknown, SubmissionRejected, TransitionRefused, UserError
from ecodash.store import records
from ecodash.workspace import Workspace
from tests.people import COUNTY, HUWEI, JILONG, NOW, WHOLE_ADMINISTRATOR, add, cheap_hashing, enrol, enter

REPORTER, VIEWER = Grant(Role.REPORTER, JILONG), Grant(Role.VIEWER, HUWEI)
COUNTY_ADMINISTRATOR = Grant(Role.ADMINISTRATOR, COUNTY)
TOWN_ADMINISTRATOR = Grant(Role.ADMINISTRATOR, JILONG)


@pytest.fixture(autouse=True)
def _cheap() -> Iterator[None]:
    with cheap_hashing():
        yield


def acting(account: Account) -> Actor:
    """An account before the screen."""
    return Actor(account.name, "page", account.grants, account.number, account.login, "10.0.0.1")


def person(workspace: Workspace, login: str, *grants: Grant) -> Actor:
    return acting(add(workspace, login, *grants).account)


def last_line(workspace: Workspace) -> tuple[str, int, dict[str, object]]:
    with workspace.store.reading() as connection:
        line = records.list_audit(connection, 1).iloc[0]
    return line["action"], int(line["region"]), json.loads(line["detail"])


# ── making and changing ────────────────────────────────────────────────────────────────────────────────────────────


def test_an_account_is_kept_as_wished_and_its_making_written_down(workspace: Workspace) -> None:
    made = actions.create_account(
        workspace, "ＪＩＬＯＮＧ-01", " 张 伟 ", unit="暨龙镇", grants=[VIEWER, REPORTER], actor=SYSTEM, now=NOW
    )
    account = made.account
    assert (account.login, account.name, account.unit, account.grants) == (
        "jilong-01", "张 伟", "暨龙镇", (REPORTER, VIEWER),
    )  # fmt: skip
    assert (account.must_change, account.has_password, account.has_totp, account.created_by) == (
        True, True, False, "系统",
    )  # fmt: skip
    assert queries.list_accounts(workspace) == [account]
    action, region, detail = last_line(workspace)
    assert (action, region) == ("create_account", COUNTY)
    assert detail["after"] == [
        {"role": "reporter", "region": "500230123", "sees_reported": False},
        {"role": "viewer", "region": "500230101", "sees_reported": False},
    ]


def test_a_login_is_taken_once_however_it_is_written_and_at_the_same_time(workspace: Workspace) -> None:
    found: list[object] = []

    def make() -> None:
        try:
            found.append(add(workspace, "zhang", REPORTER))
        except UserError as error:
            found.append(error)

    threads = [threading.Thread(target=make) for _turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(one, UserError) for one in found) == 3
    with pytest.raises(UserError, match="已经有人使用"):
        add(workspace, "Zhang")


def test_an_administrator_gives_roles_only_for_regions_administered(workspace: Workspace) -> None:
    chief = person(workspace, "chief", COUNTY_ADMINISTRATOR)
    inside = workspace.acting(chief)
    made = actions.create_account(inside, "new", "新", grants=[REPORTER, COUNTY_ADMINISTRATOR], actor=chief, now=NOW)
    assert made.account.created_by == chief.name
    for grants in ([WHOLE_ADMINISTRATOR], [REPORTER, Grant(Role.VIEWER, 430321000000)], []):
        with pytest.raises((NotPermitted, RegionUnknown)):
            actions.create_account(inside, "other", "人", grants=grants, actor=chief, now=NOW)
    with pytest.raises(RegionUnknown):
        actions.create_account(workspace, "x1", "人", grants=[Grant(Role.VIEWER, 430321000000)], actor=SYSTEM, now=NOW)
    for actor in (person(workspace, "look", VIEWER), person(workspace, "review", Grant(Role.REVIEWER, COUNTY)), NOBODY):
        with pytest.raises(NotPermitted):
            actions.create_account(workspace.acting(actor), "other", "人", grants=[VIEWER], actor=actor, now=NOW)
    assert {one.login for one in queries.list_accounts(workspace)} == {"chief", "look", "new", "review"}


Change = Callable[[Workspace, int, Actor], object]
CHANGES: list[Change] = [
    lambda w, number, actor: actions.change_grants(w, number, [REPORTER], actor=actor, now=NOW),
    lambda w, number, actor: actions.set_disabled(w, number, True, reason="调离", actor=actor, now=NOW),
    lambda w, number, actor: actions.reset_password(w, number, actor=actor, now=NOW),
    lambda w, number, actor: actions.reset_totp(w, number, actor=actor, now=NOW),
    lambda w, number, actor: actions.unlink_oidc(w, number, actor=actor, now=NOW),
    lambda w, number, actor: actions.end_account_sessions(w, number, actor=actor, now=NOW),
]


@pytest.mark.parametrize("inner", [False, True], ids=["asked", "asked from within"])
def test_every_change_needs_all_regions_of_the_account_and_never_ones_own(workspace: Workspace, inner: bool) -> None:
    town = person(workspace, "town", TOWN_ADMINISTRATOR)
    place = workspace.acting(town).checked() if inner else workspace.acting(town)
    allowed = add(workspace, "allowed", REPORTER).account.number
    for change in CHANGES:
        change(place, allowed, town)
    for login, grants in (
        ("beside", [VIEWER]),
        ("both", [REPORTER, VIEWER]),
        ("above", [COUNTY_ADMINISTRATOR]),
        ("none", []),
    ):
        number = add(workspace, login, *grants).account.number
        for change in CHANGES:
            with pytest.raises(NotPermitted):
                change(place, number, town)
        assert queries.get_account(workspace, number).grants == tuple(sorted(grants, key=lambda one: one.role))
    for change in CHANGES:
        with pytest.raises(NotPermitted, match=r"自己的账号|没有"):
            change(place, town.account, town)
        with pytest.raises((LinkUnknown, NotPermitted)):
            change(place, 999, town)
    with pytest.raises(LinkUnknown):
        actions.reset_password(workspace, 999, actor=SYSTEM, now=NOW)


def test_the_whole_installations_administrator_cannot_change_themselves(workspace: Workspace) -> None:
    chief = person(workspace, "chief", WHOLE_ADMINISTRATOR)
    for change in CHANGES:
        with pytest.raises(NotPermitted, match="自己的账号"):
            change(workspace.acting(chief), chief.account, chief)


def test_other_roles_hold_at_the_next_click_and_are_written_down_before_and_after(workspace: Workspace) -> None:
    number, token = enrol(workspace, "zhang", REPORTER, VIEWER)
    changed = actions.change_grants(
        workspace, number, [Grant(Role.VIEWER, HUWEI, True), Grant(Role.REVIEWER, COUNTY)], actor=SYSTEM, now=NOW
    )
    assert changed.grants == (Grant(Role.REVIEWER, COUNTY), Grant(Role.VIEWER, HUWEI, True))
    found = sessions.find(workspace, token, now=NOW)
    assert found is not None
    assert found.actor.grants == changed.grants
    assert not found.actor.may(Right.ADMINISTER, COUNTY)
    action, region, detail = last_line(workspace)
    assert (action, region, detail["login"]) == ("change_grants", COUNTY, "zhang")
    assert [one["role"] for one in detail["before"]] == ["reporter", "viewer"]  # type: ignore[attr-defined]
    assert [one["role"] for one in detail["after"]] == ["reviewer", "viewer"]  # type: ignore[attr-defined]
    # Back again, and nothing where nothing changes.
    actions.change_grants(workspace, number, [REPORTER, VIEWER], actor=SYSTEM, now=NOW)
    before = last_line(workspace)
    actions.change_grants(workspace, number, [VIEWER, REPORTER], actor=SYSTEM, now=NOW)
    assert last_line(workspace) == before


def test_the_last_administrator_of_the_whole_stays(workspace: Workspace) -> None:
    first = add(workspace, "first", WHOLE_ADMINISTRATOR).account.number
    add(workspace, "county", COUNTY_ADMINISTRATOR)
    second = add(workspace, "second", WHOLE_ADMINISTRATOR).account.number
    actions.set_disabled(workspace, second, True, reason="调离", actor=SYSTEM, now=NOW)
    for refused in (
        lambda: actions.set_disabled(workspace, first, True, reason="调离", actor=SYSTEM, now=NOW),
        lambda: actions.change_grants(workspace, first, [REPORTER], actor=SYSTEM, now=NOW),
    ):
        with pytest.raises(TransitionRefused, match="最后一个"):
            refused()
    actions.change_grants(workspace, first, [WHOLE_ADMINISTRATOR, REPORTER], actor=SYSTEM, now=NOW)
    actions.set_disabled(workspace, second, False, actor=SYSTEM, now=NOW)
    actions.set_disabled(workspace, first, True, reason="调离", actor=SYSTEM, now=NOW)


def test_disabling_asks_for_a_reason_ends_sessions_and_can_be_taken_back(workspace: Workspace) -> None:
    number, token = enrol(workspace, "zhang", REPORTER)
    with pytest.raises(UserError, match="理由"):
        actions.set_disabled(workspace, number, True, reason=" \x00", actor=SYSTEM, now=NOW)
    assert actions.set_disabled(workspace, number, True, reason="调离", actor=SYSTEM, now=NOW).is_disabled
    action, _region, detail = last_line(workspace)
    assert (action, detail["reason"], detail["sessions"]) == ("disable_account", "调离", 1)
    assert not actions.set_disabled(workspace, number, False, actor=SYSTEM, now=NOW).is_disabled
    assert sessions.find(workspace, token, now=NOW) is None
    assert enter(workspace, "zhang").token


def test_signing_an_account_out_says_of_how_many_sessions(workspace: Workspace) -> None:
    number, token = enrol(workspace, "zhang", REPORTER)
    assert actions.end_account_sessions(workspace, number, actor=SYSTEM, now=NOW) == 1
    assert actions.end_account_sessions(workspace, number, actor=SYSTEM, now=NOW) == 0
    assert sessions.find(workspace, token, now=NOW) is None


# ── who sees them ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_accounts_are_seen_by_who_administers_one_of_their_regions(workspace: Workspace) -> None:
    chief, town = person(workspace, "chief", WHOLE_ADMINISTRATOR), person(workspace, "town", TOWN_ADMINISTRATOR)
    reporter = person(workspace, "reporter", REPORTER, VIEWER)
    stranger = add(workspace, "beside", VIEWER).account.number
    add(workspace, "none")

    def logins(actor: Actor) -> list[str]:
        return [one.login for one in queries.list_accounts(workspace.acting(actor))]

    assert logins(chief) == ["beside", "chief", "none", "reporter", "town"]
    assert logins(town) == ["reporter", "town"]
    for refused in (reporter, NOBODY):
        with pytest.raises(NotPermitted):
            logins(refused)
    with pytest.raises(LinkUnknown, match="没有这个账号"):
        queries.get_account(workspace.acting(town), stranger)
    with pytest.raises(LinkUnknown, match="没有这个账号"):
        queries.get_account(workspace.acting(town), 999)
    with pytest.raises(NotPermitted):
        queries.account_sessions(workspace.acting(town), stranger)


def test_everybody_sees_their_own_account_and_sessions(workspace: Workspace) -> None:
    number, _token = enrol(workspace, "zhang", REPORTER)
    own = workspace.acting(acting(queries.get_account(workspace, number)))
    found = queries.own_account(own)
    assert found is not None
    assert found.login == "zhang"
    assert [one.account for one in queries.own_sessions(own, NOW)] == [number]
    assert len(queries.own_sessions(own)) == 2
    assert queries.own_account(workspace) is None
    with pytest.raises(NotPermitted):
        queries.own_account(workspace.acting(NOBODY))


# ── from a table ───────────────────────────────────────────────────────────────────────────────────────────────────

HEADER = "账号,姓名,单位,角色,地区,查看待审"


def plan(workspace: Workspace, *lines: str, header: str = HEADER, actor: Actor = SYSTEM) -> AccountPlan:
    data = "\n".join([header, *lines]).encode()
    return actions.plan_accounts(workspace.acting(actor), data, "用户.csv", actor=actor)


def test_a_table_becomes_accounts_whole(workspace: Workspace) -> None:
    read = plan(
        workspace,
        "zhang,张伟,暨龙镇,填报员、查看员,暨龙镇；500230101,",
        "Li.Na,李娜,,viewer,丰都县,是",
        ",,,,,",
        "boss,王五,局里,管理员,全国,否",
    )
    assert read.problems == ()
    assert [(one.row, one.login, one.grants) for one in read.rows] == [
        (2, "zhang", tuple(Grant(role, key) for role in (Role.REPORTER, Role.VIEWER) for key in (HUWEI, JILONG))),
        (3, "li.na", (Grant(Role.VIEWER, COUNTY, True),)),
        (5, "boss", (WHOLE_ADMINISTRATOR,)),
    ]
    assert queries.list_accounts(workspace) == []
    made = actions.create_accounts(workspace, read, actor=SYSTEM, now=NOW)
    assert [one.account.login for one in made] == ["zhang", "li.na", "boss"]
    assert len({one.first_password for one in made}) == 3
    assert enter(workspace, "boss", made[2].first_password).must_change
    with pytest.raises(UserError, match="已经有人使用"):
        actions.create_accounts(workspace, read, actor=SYSTEM, now=NOW)
    assert len(queries.list_accounts(workspace)) == 3


def test_every_fault_of_a_table_is_told_with_its_row_and_column_and_nothing_is_made(workspace: Workspace) -> None:
    add(workspace, "taken", REPORTER)
    read = plan(
        workspace,
        "good,好人,,填报员,暨龙镇,",
        "好,,,局长,没有的镇,也许",
        "good,又一个,,填报员,暨龙镇,",
        "taken,占了,,填报员,暨龙镇,",
        "empty,空,,,,",
        "code,码,,查看员,12345,",
    )
    assert [(one.row, one.column) for one in read.problems] == [
        (3, "账号"), (3, "姓名"), (3, "角色"), (3, "查看待审"), (3, "地区"), (4, "账号"), (5, "账号"), (6, "角色"), (6, "地区"),
        (7, "地区"),
    ]  # fmt: skip
    assert [one.login for one in read.rows] == ["good"]
    with pytest.raises(SubmissionRejected, match="10 处"):
        actions.create_accounts(workspace, read, actor=SYSTEM, now=NOW)
    assert [one.login for one in queries.list_accounts(workspace)] == ["taken"]


def test_a_table_gives_no_roles_beyond_what_its_bringer_administers(workspace: Workspace) -> None:
    town = person(workspace, "town", TOWN_ADMINISTRATOR)
    read = plan(workspace, "a1,甲,,填报员,暨龙镇,", "a2,乙,,查看员,虎威镇,", "a3,丙,,管理员,全国,", actor=town)
    assert [(one.row, one.what) for one in read.problems] == [
        (3, "“虎威镇”不在您管理的地区内。"), (4, "“全国”不在您管理的地区内。"),
    ]  # fmt: skip
    theirs = plan(workspace, "a2,乙,,查看员,虎威镇,")
    for place in (workspace.acting(town), workspace.acting(town).checked()):
        with pytest.raises(NotPermitted):
            actions.create_accounts(place, theirs, actor=town, now=NOW)
    with pytest.raises(NotPermitted):
        plan(workspace, "a1,甲,,填报员,暨龙镇,", actor=person(workspace, "reporter", REPORTER))
    own = plan(workspace, "a1,甲,,填报员,暨龙镇,", actor=town)
    assert len(actions.create_accounts(workspace.acting(town), own, actor=town, now=NOW)) == 1


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "不能读取"),
        ("村,垃圾\n甲村,3\n".encode(), "没有账号表"),
        ("账号,姓名,单位\nzhang,张,\n".encode(), "“角色、地区”列"),
        (f"{HEADER}\n".encode(), "没有账号"),
        ("\n".join([HEADER, *(f"u{n},人,,填报员,暨龙镇," for n in range(301))]).encode(), "一次最多 300 个"),
        (b"x" * (5 * 1024 * 1024 + 1), "超过 5 MB"),
        (b"PK\x03\x04" + b"\x00" * 100, "不能读取"),
    ],
    ids=["empty", "figures", "columns missing", "no rows", "too many", "too large", "damaged"],
)
def test_a_file_that_is_no_such_table_is_refused_with_the_reason(workspace: Workspace, data: bytes, why: str) -> None:
    with pytest.raises(UserError, match=why):
        actions.plan_accounts(workspace, data, "用户.csv", actor=SYSTEM)


def test_the_template_filled_in_reads_clean(workspace: Workspace) -> None:
    book = openpyxl.load_workbook(io.BytesIO(actions.accounts_template()))
    assert book.sheetnames == ["账号", "填写说明"]
    for place, text in enumerate(("jilong-01", "张伟", "暨龙镇人民政府", "填报员", "500230123", "否"), 1):
        book["账号"].cell(2, place, text)
    sink = io.BytesIO()
    book.save(sink)
    read = actions.plan_accounts(workspace, sink.getvalue(), "账号导入模板.xlsx", actor=SYSTEM)
    assert read.problems == ()
    assert [(one.login, one.grants) for one in read.rows] == [("jilong-01", (REPORTER,))]
    with pytest.raises(UserError, match="没有账号"):
        actions.plan_accounts(workspace, actions.accounts_template(), "账号导入模板.xlsx", actor=SYSTEM)
