"""Other ways in: a second factor, the county's own sign-in, the first administrator's link."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pyotp
import pytest

from ecodash import actions, passwords, queries, sessions
from ecodash.actions import Opened, Ticket, setting_up
from ecodash.domain.access import NOBODY, SYSTEM, Grant, Role
from ecodash.domain.accounts import FREE_FAILURES
from ecodash.errors import LinkUnknown, SignInRefused, TransitionRefused, UserError
from ecodash.workspace import Workspace
from tests.people import (
    AGENT,
    COUNTY,
    HERE,
    JILONG,
    NOW,
    PASSWORD,
    WHOLE_ADMINISTRATOR,
    add,
    at_once,
    audited,
    cheap_hashing,
    enrol,
    enter,
)  # fmt: skip

ELSEWHERE = "203.0.113.9"
REPORTER = Grant(Role.REPORTER, JILONG)
WRONG = "这不是他的密码，真的不是"
NEW = "一行白鹭上青天，窗含西岭"


@pytest.fixture(autouse=True)
def _cheap() -> Iterator[None]:
    with cheap_hashing():
        yield


# ── a second factor ────────────────────────────────────────────────────────────────────────────────────────────────


def with_totp(workspace: Workspace, login: str = "zhang") -> tuple[str, pyotp.TOTP]:
    """An account with a second factor, confirmed at NOW: its session and what makes its codes."""
    _number, token = enrol(workspace, login, REPORTER)
    offer = actions.begin_totp(workspace, token, now=NOW)
    totp = pyotp.TOTP(offer.secret)
    actions.confirm_totp(workspace, token, offer.text, totp.at(NOW), now=NOW)
    return token, totp


def second(workspace: Workspace, ticket: Ticket, code: str, now: datetime) -> Opened:
    return actions.second_factor(workspace, ticket.text, code, address=ELSEWHERE, agent=AGENT, now=now)


def ticket_of(workspace: Workspace, now: datetime, address: str = ELSEWHERE) -> Ticket:
    found = actions.sign_in(workspace, "zhang", PASSWORD, address=address, agent=AGENT, now=now)
    assert isinstance(found, Ticket)
    return found


def test_a_code_is_asked_for_after_the_password_and_good_once(workspace: Workspace) -> None:
    _token, totp = with_totp(workspace)
    later = NOW + timedelta(minutes=2)
    ticket = ticket_of(workspace, later)
    opened = second(workspace, ticket, totp.at(later), later)
    found = sessions.find(workspace, opened.token, now=later)
    assert found is not None
    assert found.method == "totp"
    with pytest.raises(SignInRefused):
        second(workspace, ticket_of(workspace, later), totp.at(later), later)
    assert "second_factor" not in set(audited(workspace)["action"])
    assert json.loads(audited(workspace, "sign_in")["detail"].iloc[-1])["method"] == "totp"


def test_the_code_that_confirmed_it_opens_nothing(workspace: Workspace) -> None:
    _token, totp = with_totp(workspace)
    with pytest.raises(SignInRefused):
        second(workspace, ticket_of(workspace, NOW), totp.at(NOW), NOW)


def test_a_code_used_twice_at_once_opens_one_session(workspace: Workspace) -> None:
    _token, totp = with_totp(workspace)
    later = NOW + timedelta(minutes=2)
    ticket = ticket_of(workspace, later)
    found = at_once([lambda: second(workspace, ticket, totp.at(later), later)] * 4)
    assert sorted(type(one).__name__ for one in found) == ["Opened"] + ["SignInRefused"] * 3


def test_wrong_codes_close_the_account_and_right_passwords_between_do_not_open_it(workspace: Workspace) -> None:
    with_totp(workspace)
    later = NOW + timedelta(minutes=2)
    waits = []
    for _turn in range(FREE_FAILURES):
        ticket = ticket_of(workspace, later)
        with pytest.raises(SignInRefused) as caught:
            second(workspace, ticket, "000000", later)
        waits.append(caught.value.wait_seconds)
    assert waits == [0] * FREE_FAILURES
    with pytest.raises(SignInRefused) as caught:
        ticket_of(workspace, later)
    assert caught.value.wait_seconds == 60


def test_a_ticket_ends_after_five_minutes_with_another_password_and_is_no_other_text(workspace: Workspace) -> None:
    token, totp = with_totp(workspace)
    later = NOW + timedelta(minutes=10)
    ticket = ticket_of(workspace, NOW)
    for text in ("", "x", ticket.text + "x", ticket.text * 50, "\ud800", ticket.text.swapcase()):
        with pytest.raises(SignInRefused, match="超时"):
            second(workspace, Ticket(text), totp.at(NOW + timedelta(minutes=2)), NOW)
    with pytest.raises(SignInRefused, match="超时"):
        second(workspace, ticket, totp.at(later), later)
    fresh = ticket_of(workspace, NOW)
    actions.change_password(workspace, token, PASSWORD, NEW, now=NOW)
    soon = NOW + timedelta(minutes=2)
    with pytest.raises(SignInRefused, match="不对"):
        second(workspace, fresh, totp.at(soon), soon)


def test_an_offer_is_for_one_account_for_a_while_and_confirmed_by_a_right_code(workspace: Workspace) -> None:
    _number, token = enrol(workspace, "zhang", REPORTER)
    _other, stranger = enrol(workspace, "li", REPORTER)
    offer = actions.begin_totp(workspace, token, now=NOW)
    assert offer.secret not in repr(offer)
    code = pyotp.TOTP(offer.secret).at(NOW)
    with pytest.raises(UserError, match="验证码不对"):
        actions.confirm_totp(workspace, token, offer.text, "123", now=NOW)
    for text, whose, now in (
        (offer.text, stranger, NOW),
        ("x", token, NOW),
        (offer.text, token, NOW + timedelta(minutes=16)),
    ):
        with pytest.raises(UserError, match="超时"):
            actions.confirm_totp(workspace, whose, text, code, now=now)
    other = enter(workspace, "zhang").token
    actions.confirm_totp(workspace, token, offer.text, code, now=NOW)
    assert sessions.find(workspace, other, now=NOW) is None
    assert sessions.find(workspace, token, now=NOW) is not None
    for again in (
        lambda: actions.begin_totp(workspace, token, now=NOW),
        lambda: actions.confirm_totp(workspace, token, offer.text, code, now=NOW),
    ):
        with pytest.raises(TransitionRefused, match="已经开通"):
            again()


def test_a_second_factor_is_given_up_with_the_password_or_by_the_administrator(workspace: Workspace) -> None:
    token, _totp = with_totp(workspace)
    with pytest.raises(SignInRefused, match="原密码"):
        actions.drop_totp(workspace, token, WRONG, now=NOW)
    actions.drop_totp(workspace, token, PASSWORD, now=NOW)
    assert enter(workspace, "zhang").token
    token, _totp = with_totp(workspace, "li")
    number = queries.list_accounts(workspace)[0].number
    assert actions.reset_totp(workspace, number, actor=SYSTEM, now=NOW)
    assert not actions.reset_totp(workspace, number, actor=SYSTEM, now=NOW)
    assert sessions.find(workspace, token, now=NOW) is None
    assert enter(workspace, "li").token


# ── the county's own sign-in ───────────────────────────────────────────────────────────────────────────────────────


def vouched(workspace: Workspace, subject: str, login: str = "", now: datetime = NOW) -> Opened:
    return actions.open_oidc(workspace, subject, login, address=HERE, agent=AGENT, now=now)


def test_a_vouched_login_opens_its_account_which_then_belongs_to_that_subject(workspace: Workspace) -> None:
    add(workspace, "zhang", REPORTER)
    opened = vouched(workspace, "s-1", "Zhang")
    found = sessions.find(workspace, opened.token, now=NOW)
    assert found is not None
    # The first password is none of theirs.
    assert (found.method, found.must_change, opened.must_change) == ("oidc", False, False)
    assert vouched(workspace, "s-1", "another-name").token
    with pytest.raises(SignInRefused, match="没有与之对应"):
        vouched(workspace, "s-2", "zhang")
    assert queries.get_account(workspace, 1).oidc_subject.endswith("s-1")
    assert actions.unlink_oidc(workspace, 1, actor=SYSTEM, now=NOW)
    assert sessions.find(workspace, opened.token, now=NOW) is None
    assert vouched(workspace, "s-2", "zhang").token


def test_nobody_is_made_by_the_countys_own_sign_in_and_a_disabled_account_stays_so(workspace: Workspace) -> None:
    number, _token = enrol(workspace, "zhang", REPORTER)
    for subject, login in (("s", "nobody"), ("", "zhang"), ("s", ""), ("", ""), ("s" * 10_000, "x" * 10_000)):
        with pytest.raises(SignInRefused):
            vouched(workspace, subject, login)
    actions.set_disabled(workspace, number, True, reason="调离", actor=SYSTEM, now=NOW)
    with pytest.raises(SignInRefused):
        vouched(workspace, "s", "zhang")
    assert queries.get_account(workspace, number).oidc_subject == ""
    assert len(queries.list_accounts(workspace)) == 1


# ── the first administrator ────────────────────────────────────────────────────────────────────────────────────────


def set_up(
    workspace: Workspace, token: str, login: str = "admin", password: str = PASSWORD, now: datetime = NOW
) -> Opened:
    return actions.set_up(workspace, token, login, "管理员甲", password, address=HERE, agent=AGENT, now=now)


def test_the_set_up_link_makes_one_administrator_once(workspace: Workspace) -> None:
    assert not queries.has_accounts(workspace.acting(NOBODY))
    token = actions.make_setup_link(workspace, now=NOW)
    assert token is not None
    for weak in ("admin-is-here", "1234567890"):
        with pytest.raises(UserError):
            set_up(workspace, token, password=weak)
    opened = set_up(workspace, token)
    found = sessions.find(workspace, opened.token, now=NOW)
    assert found is not None
    assert (found.actor.grants, found.must_change, found.method) == ((WHOLE_ADMINISTRATOR,), False, "setup")
    with pytest.raises(LinkUnknown, match="已有账号"):
        set_up(workspace, token, "second")
    assert actions.make_setup_link(workspace, now=NOW) is None
    assert not actions.is_setup_link(workspace, token, now=NOW)
    assert list(audited(workspace)["action"])[-2:] == ["make_setup_link", "set_up"]
    assert token not in str(audited(workspace).to_dict())


def test_a_set_up_link_used_twice_at_once_makes_one_account(workspace: Workspace) -> None:
    token = actions.make_setup_link(workspace, now=NOW)
    assert token is not None
    found = at_once([lambda login=login: set_up(workspace, token, login) for login in ("aa", "bb", "cc", "dd")])
    assert sorted(type(one).__name__ for one in found) == ["LinkUnknown"] * 3 + ["Opened"]
    assert len(queries.list_accounts(workspace)) == 1


def test_an_account_made_while_the_form_is_sent_ends_the_set_up_link(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = actions.make_setup_link(workspace, now=NOW)
    assert token is not None

    def slowly(password: str) -> str:
        add(workspace, "zhang", REPORTER)
        return passwords.hash_password(password)

    monkeypatch.setattr(setting_up, "hash_password", slowly)
    with pytest.raises(LinkUnknown):
        set_up(workspace, token)
    assert [one.login for one in queries.list_accounts(workspace)] == ["zhang"]


def test_a_set_up_link_ends_after_a_day_with_a_newer_one_and_with_any_account(workspace: Workspace) -> None:
    first = actions.make_setup_link(workspace, now=NOW)
    newer = actions.make_setup_link(workspace, now=NOW + timedelta(minutes=1))
    assert first is not None
    assert newer is not None
    soon, late = NOW + timedelta(minutes=2), NOW + timedelta(hours=24, minutes=1)
    for token, now in ((first, soon), (newer, late), ("", soon), ("x" * 10_000, soon), ("\ud800", soon)):
        with pytest.raises(LinkUnknown):
            set_up(workspace, token, now=now)
    assert actions.is_setup_link(workspace, newer, now=soon)
    add(workspace, "zhang", Grant(Role.VIEWER, COUNTY))
    with pytest.raises(LinkUnknown):
        set_up(workspace, newer, now=soon)
