"""Signing in and out, second factors, the own password, the county's own sign-in, the first administrator."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from ecodash import actions, passwords, queries, sessions
from ecodash.actions import signing_in
from ecodash.domain.access import NOBODY, SYSTEM, Grant, Role
from ecodash.domain.accounts import FREE_FAILURES
from ecodash.errors import NotPermitted, SignInRefused, UserError
from ecodash.link_key import hash_token
from ecodash.workspace import Workspace
from tests.people import (
    AGENT,
    HERE,
    JILONG,
    NOW,
    PASSWORD,
    WHOLE_ADMINISTRATOR,
    CountingHasher,
    add,
    at_once,
    audited,
    cheap_hashing,
    enrol,
    enter,
)

ELSEWHERE = "203.0.113.9"
REPORTER = Grant(Role.REPORTER, JILONG)
WRONG = "这不是他的密码，真的不是"


@pytest.fixture(autouse=True)
def hasher() -> Iterator[CountingHasher]:
    with cheap_hashing() as cheap:
        yield cheap


def fail(workspace: Workspace, login: str = "zhang", *, now: datetime = NOW, address: str = ELSEWHERE) -> SignInRefused:
    with pytest.raises(SignInRefused) as caught:
        enter(workspace, login, WRONG, now=now, address=address)
    return caught.value


# ── a password ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_first_password_opens_a_session_that_must_change_it(workspace: Workspace) -> None:
    made = add(workspace, "zhang", REPORTER, name="张伟")
    opened = enter(workspace, " ＺＨＡＮＧ ", made.first_password)
    assert opened.must_change
    found = sessions.find(workspace, opened.token, now=NOW)
    assert found is not None
    assert (found.must_change, found.method, found.actor.login, found.actor.grants) == (
        True, "password", "zhang", (REPORTER,),
    )  # fmt: skip
    assert made.first_password not in repr(made)
    assert opened.token not in repr(opened)


def test_the_store_keeps_neither_password_nor_token(workspace: Workspace) -> None:
    made = add(workspace, "zhang", REPORTER)
    opened = enter(workspace, "zhang", made.first_password)
    actions.change_password(workspace, opened.token, made.first_password, PASSWORD, now=NOW)
    fail(workspace)
    with workspace.store.reading() as connection:
        kept = json.dumps([
            [str(cell) for cell in row]
            for table in ("account", "account_state", "session", "audit", "address_lock")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")
        ], ensure_ascii=False)  # fmt: skip
    for secret in (made.first_password, opened.token, PASSWORD, WRONG):
        assert secret not in kept
    assert hash_token(opened.token) in kept


def test_whatever_is_wrong_is_said_in_the_same_words_at_the_same_cost(
    workspace: Workspace, hasher: CountingHasher
) -> None:
    enrol(workspace, "zhang", REPORTER)
    number, _token = enrol(workspace, "gone", REPORTER)
    actions.set_disabled(workspace, number, True, reason="调离", actor=SYSTEM, now=NOW)
    said, costs = set(), []
    for login, password in [
        ("zhang", WRONG), ("nobody", WRONG), ("gone", WRONG), ("gone", PASSWORD), ("", ""), ("zhang", ""),
        ("张伟", "\ud800"), ("zhang", "长" * 100_000), ("z" * 100_000, WRONG), ("'; DROP TABLE account; --", WRONG),
        ("zhang\x00", PASSWORD),
    ]:  # fmt: skip
        before = hasher.verified
        with pytest.raises(SignInRefused) as caught:
            enter(workspace, login, password)
        said.add(str(caught.value))
        costs.append(hasher.verified - before)
    assert len(said) == 1
    assert set(costs) == {1}
    assert enter(workspace, "zhang").token


def test_a_failure_is_written_down_without_what_was_typed(workspace: Workspace) -> None:
    enrol(workspace, "zhang", REPORTER, name="张伟")
    fail(workspace)
    fail(workspace, "MySecret-typed-in-the-wrong-box")
    lines = audited(workspace, "sign_in_failed")
    told = [json.loads(detail) for detail in lines["detail"]]
    assert told == [{"failures": 1, "login": "zhang", "why": "password"}, {"failures": 1, "why": "unknown"}]
    assert list(lines["actor"]) == ["张伟", "未登录者"]
    assert list(lines["region"]) == [JILONG, 0]
    assert set(lines["address"]) == {ELSEWHERE}
    assert not audited(workspace).apply(lambda line: "mysecret" in str(line.to_dict()).lower(), axis=1).any()


def test_signing_in_and_out_is_written_down_where_the_account_works(workspace: Workspace) -> None:
    number, token = enrol(workspace, "zhang", REPORTER)
    assert actions.sign_out(workspace, token, now=NOW, address=HERE)
    assert not actions.sign_out(workspace, token, now=NOW)
    assert not actions.sign_out(workspace, "", now=NOW)
    assert sessions.find(workspace, token, now=NOW) is None
    lines = audited(workspace)
    lines = lines[lines["account"] == number]
    assert list(lines["action"]) == ["sign_in", "change_password", "sign_out"]
    assert set(lines["region"]) == {JILONG}


# ── wrong passwords ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_fifth_wrong_password_closes_the_account_for_a_minute_then_for_longer(workspace: Workspace) -> None:
    enrol(workspace, "zhang", REPORTER)
    for _turn in range(FREE_FAILURES):
        assert fail(workspace).wait_seconds == 0
    with pytest.raises(SignInRefused, match="1 分钟后再试") as caught:
        enter(workspace, "zhang", address=ELSEWHERE)
    assert caught.value.wait_seconds == 60
    after = NOW + timedelta(seconds=60)
    assert fail(workspace, now=after).wait_seconds == 0
    assert fail(workspace, now=after).wait_seconds == 120
    later = after + timedelta(seconds=120)
    assert enter(workspace, "zhang", now=later, address=ELSEWHERE).token
    assert fail(workspace, now=later).wait_seconds == 0
    locked = audited(workspace, "lock_account")
    assert [json.loads(detail)["failures"] for detail in locked["detail"]] == [5, 6]
    account = queries.get_account(workspace, 1)
    assert not account.is_locked(later)


def test_an_unknown_name_is_closed_like_a_known_one(workspace: Workspace) -> None:
    enrol(workspace, "zhang", REPORTER)
    answers = {
        login: [(str(fail(workspace, login)), fail(workspace, login).wait_seconds) for _turn in range(4)]
        for login in ("zhang", "nobody-here")
    }
    assert answers["zhang"] == answers["nobody-here"]


def test_a_stranger_who_guesses_keeps_nobody_out_of_where_they_work(workspace: Workspace) -> None:
    enrol(workspace, "admin", WHOLE_ADMINISTRATOR, address=HERE)
    now = NOW
    for _turn in range(12):
        refused = fail(workspace, "admin", now=now)
        now += timedelta(seconds=refused.wait_seconds)
    assert fail(workspace, "admin", now=now).wait_seconds or fail(workspace, "admin", now=now).wait_seconds
    assert enter(workspace, "admin", now=now, address=HERE).token
    # From there too passwords cannot be tried without end, and its counter is its own.
    for _turn in range(FREE_FAILURES):
        assert fail(workspace, "admin", now=now, address=HERE).wait_seconds == 0
    assert fail(workspace, "admin", now=now, address=HERE).wait_seconds == 60


def test_no_lock_is_longer_than_an_hour_and_failures_are_forgotten_a_day_after(workspace: Workspace) -> None:
    enrol(workspace, "zhang", REPORTER)
    now = NOW
    waits = []
    for _turn in range(20):
        refused = fail(workspace, now=now)
        if refused.wait_seconds:
            waits.append(refused.wait_seconds)
            now += timedelta(seconds=refused.wait_seconds)
    assert max(waits) == 3600
    now += timedelta(days=1)
    for _turn in range(FREE_FAILURES):
        assert fail(workspace, now=now).wait_seconds == 0


def test_many_wrong_passwords_at_once_are_all_counted_and_few_looked_at(
    workspace: Workspace, hasher: CountingHasher
) -> None:
    enrol(workspace, "zhang", REPORTER)
    before = hasher.verified
    found = at_once([lambda: fail(workspace)] * 20)
    assert hasher.verified - before == FREE_FAILURES
    assert sorted(one.wait_seconds for one in found) == [0] * FREE_FAILURES + [60] * (20 - FREE_FAILURES)
    assert len(audited(workspace, "sign_in_failed")) == FREE_FAILURES


def test_two_right_passwords_at_once_open_two_sessions(workspace: Workspace) -> None:
    number, _token = enrol(workspace, "zhang", REPORTER)
    found = at_once([lambda: enter(workspace, "zhang")] * 4)
    assert len({one.token for one in found}) == 4
    assert len(queries.account_sessions(workspace, number, NOW)) == 5


def test_a_new_password_by_the_administrator_opens_a_closed_account(workspace: Workspace) -> None:
    number, token = enrol(workspace, "zhang", REPORTER)
    for address in (ELSEWHERE, HERE):
        for _turn in range(FREE_FAILURES + 1):
            fail(workspace, address=address)
    assert queries.get_account(workspace, number).is_locked(NOW)
    first = actions.reset_password(workspace, number, actor=SYSTEM, now=NOW)
    assert sessions.find(workspace, token, now=NOW) is None
    for address in (ELSEWHERE, HERE):
        assert enter(workspace, "zhang", first, address=address).must_change


def test_an_account_changed_while_its_password_is_looked_at_is_not_opened(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, _token = enrol(workspace, "zhang", REPORTER)
    right = passwords.is_password_of

    def slowly(password: str, password_hash: str) -> bool:
        actions.set_disabled(workspace, number, True, reason="调离", actor=SYSTEM, now=NOW)
        return right(password, password_hash)

    monkeypatch.setattr(signing_in, "is_password_of", slowly)
    with pytest.raises(SignInRefused):
        enter(workspace, "zhang")
    assert queries.account_sessions(workspace, number, NOW) == []


# ── sessions ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_session_ends_when_idle_and_in_any_case_after_its_hours(workspace: Workspace) -> None:
    _number, token = enrol(workspace, "zhang", REPORTER)
    assert sessions.find(workspace, token, now=NOW + timedelta(minutes=31)) is None
    now = NOW
    while (now := now + timedelta(minutes=20)) < NOW + timedelta(hours=12):
        assert sessions.find(workspace, token, now=now) is not None
    assert sessions.find(workspace, token, now=now) is None


def test_a_click_does_not_wait_while_something_large_is_committed(workspace: Workspace) -> None:
    _number, token = enrol(workspace, "zhang", REPORTER)
    later = NOW + timedelta(minutes=5)
    with workspace.store.trying():
        assert sessions.find(workspace, token, now=later) is not None
    assert sessions.find(workspace, token, now=later + timedelta(minutes=1)) is not None
    assert sessions.find(workspace, token, now=later + timedelta(minutes=30)) is not None


def test_a_disabled_account_is_out_at_the_next_click(workspace: Workspace) -> None:
    number, token = enrol(workspace, "zhang", REPORTER)
    actions.set_disabled(workspace, number, True, reason="调离", actor=SYSTEM, now=NOW)
    assert sessions.find(workspace, token, now=NOW) is None
    with pytest.raises(SignInRefused):
        actions.change_password(workspace, token, PASSWORD, "一行白鹭上青天门泊", now=NOW)


def test_signing_out_everywhere_ends_the_others_or_all(workspace: Workspace) -> None:
    _number, token = enrol(workspace, "zhang", REPORTER)
    other = enter(workspace, "zhang").token
    bystander = enrol(workspace, "li", REPORTER)[1]
    assert actions.sign_out_everywhere(workspace, token, keeps_this=True, now=NOW) == 1
    assert sessions.find(workspace, other, now=NOW) is None
    assert sessions.find(workspace, token, now=NOW) is not None
    assert actions.sign_out_everywhere(workspace, token, keeps_this=False, now=NOW) == 1
    assert sessions.find(workspace, token, now=NOW) is None
    assert sessions.find(workspace, bystander, now=NOW) is not None
    with pytest.raises(SignInRefused):
        actions.sign_out_everywhere(workspace, token, keeps_this=True, now=NOW)


def test_sessions_of_long_ago_are_forgotten(workspace: Workspace) -> None:
    number, _token = enrol(workspace, "zhang", REPORTER)
    later = NOW + timedelta(days=201)
    enter(workspace, "zhang", now=later)
    assert [one.created_at for one in queries.account_sessions(workspace, number)] == [later]


def test_only_the_software_signs_people_in(workspace: Workspace) -> None:
    with pytest.raises(NotPermitted):
        actions.sign_in(workspace.acting(NOBODY), "zhang", PASSWORD, address=HERE, agent=AGENT, now=NOW)
    with pytest.raises(NotPermitted):
        actions.make_setup_link(workspace.acting(NOBODY), now=NOW)


# ── the own password ───────────────────────────────────────────────────────────────────────────────────────────────

NEW = "一行白鹭上青天，窗含西岭"


def test_a_new_password_ends_every_session_and_turns_the_token(workspace: Workspace) -> None:
    _number, token = enrol(workspace, "zhang", REPORTER)
    other = enter(workspace, "zhang").token
    turned = actions.change_password(workspace, token, PASSWORD, NEW, now=NOW, address=HERE)
    assert turned != token
    assert [sessions.find(workspace, one, now=NOW) is not None for one in (token, other, turned)] == [
        False, False, True,
    ]  # fmt: skip
    fail(workspace)
    with pytest.raises(SignInRefused):
        enter(workspace, "zhang", PASSWORD)
    assert not enter(workspace, "zhang", NEW).must_change


def test_a_new_password_is_refused_where_it_is_weak_or_the_old_one(workspace: Workspace) -> None:
    _number, token = enrol(workspace, "zhang", REPORTER, name="张伟")
    for weak, why in (("zhang-lives-here", "账号或姓名"), ("woaini1314520", "太常见"), (PASSWORD, "相同")):
        for _turn in range(FREE_FAILURES):
            with pytest.raises(UserError, match=why):
                actions.change_password(workspace, token, PASSWORD, weak, now=NOW)
    assert sessions.find(workspace, token, now=NOW) is not None


def test_the_old_password_cannot_be_guessed_within_a_session(workspace: Workspace) -> None:
    _number, token = enrol(workspace, "zhang", REPORTER)
    waits = []
    for _turn in range(FREE_FAILURES + 1):
        with pytest.raises(SignInRefused) as caught:
            actions.change_password(workspace, token, WRONG, NEW, now=NOW)
        waits.append(caught.value.wait_seconds)
    assert waits == [0] * FREE_FAILURES + [60]


def test_a_password_changed_twice_at_once_is_changed_once(workspace: Workspace) -> None:
    _number, token = enrol(workspace, "zhang", REPORTER)
    wishes = [NEW, "门泊东吴万里船，两个黄鹂"]
    found = at_once([
        lambda wish=wish: actions.change_password(workspace, token, PASSWORD, wish, now=NOW) for wish in wishes
    ])  # fmt: skip
    assert sum(isinstance(one, SignInRefused) for one in found) == 1


def test_an_old_password_is_to_be_changed(workspace: Workspace) -> None:
    enrol(workspace, "zhang", REPORTER)
    assert not enter(workspace, "zhang", now=NOW + timedelta(days=179)).must_change
    opened = enter(workspace, "zhang", now=NOW + timedelta(days=180))
    assert opened.must_change
    found = sessions.find(workspace, opened.token, now=NOW + timedelta(days=180))
    assert found is not None
    assert found.must_change
