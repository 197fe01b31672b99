"""Logins, names, roles and passwords as they may be written; how long wrong ones keep one out; one-time codes."""

import contextlib
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecodash import one_time_codes, passwords
from ecodash.domain.access import Actor, Grant, Role, operator
from ecodash.domain.accounts import (
    LONGEST_PASSWORD,
    MOST_GRANTS,
    Account,
    check_grants,
    check_login,
    check_name,
    check_unit,
    common_region,
    is_password_old,
    lock_seconds,
    may_change,
    may_see,
    new_first_password,
)
from ecodash.domain.regions import COUNTRY_KEY
from ecodash.errors import UserError

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
COUNTY, TOWN, OTHER_TOWN, OTHER_COUNTY = 500230000000, 500230123000, 500230101000, 430321000000
VIEWER, ADMINISTRATOR = Role.VIEWER, Role.ADMINISTRATOR


def account(number: int, *grants: Grant, is_disabled: bool = False) -> Account:
    return Account(number, "zhang", "张", "", grants, is_disabled, False, True, False, None, None, NOW, NOW, "系统", "")


# ── what is written ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Zhang.Wei", "zhang.wei"),
        (" ｚｈａｎｇ－０１ ", "zhang-01"),
        ("13812345678", "13812345678"),
        ("a" * 32, "a" * 32),
    ],
)
def test_a_login_is_folded(typed: str, kept: str) -> None:
    assert check_login(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "a", "张伟", "-zhang", ".a", "_a", "a b", "a" * 33, "a\u0430", "=cmd()", "a\nb", "a\x00"]
)
def test_what_is_no_login_is_refused_with_what_to_do(typed: str) -> None:
    with pytest.raises(UserError, match="2 至 32"):
        check_login(typed)


@given(st.text(max_size=300))
def test_any_text_is_a_login_of_the_known_form_or_refused(text: str) -> None:
    try:
        login = check_login(text)
    except UserError:
        return
    assert 2 <= len(login) <= 32
    assert login.isascii()
    assert login == check_login(login)


def test_names_and_units_lose_what_cannot_be_seen() -> None:
    assert check_name("  张\u202e伟\x00 ") == "张伟"
    assert check_unit("") == ""
    with pytest.raises(UserError, match="姓名"):
        check_name(" \u200f ")
    with pytest.raises(UserError, match="姓名"):
        check_name("张" * 41)
    with pytest.raises(UserError, match="单位"):
        check_unit("镇" * 61)


def test_each_role_is_kept_once_by_region_and_only_viewers_choose_what_is_not_accepted() -> None:
    wanted = [Grant(VIEWER, TOWN), Grant(VIEWER, TOWN, True), Grant(Role.REPORTER, TOWN, True)]
    assert check_grants(wanted) == (Grant(Role.REPORTER, TOWN), Grant(VIEWER, TOWN, True))
    with pytest.raises(UserError, match="上一级"):
        check_grants(Grant(VIEWER, TOWN + place) for place in range(MOST_GRANTS + 1))


# ── who may decide about whom ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("grants", "sees", "changes"),
    [
        ([Grant(VIEWER, TOWN)], True, True),
        ([Grant(ADMINISTRATOR, COUNTY)], True, True),
        ([Grant(VIEWER, TOWN), Grant(VIEWER, OTHER_COUNTY)], True, False),
        ([Grant(VIEWER, OTHER_COUNTY)], False, False),
        ([Grant(VIEWER, COUNTRY_KEY)], False, False),
        ([], False, False),
    ],
)
def test_a_countys_administrator_decides_only_about_accounts_all_within(
    grants: list[Grant], sees: bool, changes: bool
) -> None:
    actor = Actor("管", "page", (Grant(ADMINISTRATOR, COUNTY),), account=9)
    assert (may_see(actor, account(1, *grants)), may_change(actor, account(1, *grants))) == (sees, changes)


def test_nobody_decides_about_themselves_and_the_operator_about_all() -> None:
    own = account(9, Grant(ADMINISTRATOR, COUNTRY_KEY))
    assert not may_change(Actor("管", "page", own.grants, account=9), own)
    assert may_see(Actor("看", "page", (), account=9), own)
    assert may_change(operator("本机"), own)
    assert own.administers_all
    assert not account(1, Grant(ADMINISTRATOR, COUNTRY_KEY), is_disabled=True).administers_all
    assert not account(1, Grant(ADMINISTRATOR, COUNTY)).administers_all


@pytest.mark.parametrize(
    ("keys", "common"),
    [
        ([], COUNTRY_KEY),
        ([TOWN], TOWN),
        ([TOWN, OTHER_TOWN], COUNTY),
        ([TOWN, COUNTY], COUNTY),
        ([TOWN, 500231001000], 500200000000),
        ([TOWN, OTHER_COUNTY], COUNTRY_KEY),
        ([500230123001], 500230123001),
        ([COUNTRY_KEY, TOWN], COUNTRY_KEY),
    ],
)
def test_the_common_region_is_the_lowest_that_holds_all(keys: list[int], common: int) -> None:
    assert common_region(keys) == common


# ── passwords ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "太短"),
        ("abc123", "太短"),
        ("x9" * 65, "太长"),
        ("1234567890", "全是数字"),
        ("19491001199", "全是数字"),
        ("１２３４５６７８９０", "全是数字"),
        ("ZhangWei-river-7", "账号或姓名"),
        ("渡船上的张伟和三条狗", "账号或姓名"),
        ("Passw0rd123", "太常见"),
        ("woaini1314520", "太常见"),
        ("a13812345678", "太常见"),
        ("wang19850312", "太常见"),
        ("qwertyuiop", "太常见"),
        ("1qaz2wsx3edc", "太常见"),
        ("Fengdu@2026", "太常见"),
        ("aaaaaaaaaaaaaaaa", "太常见"),
        ("admin123456", "太常见"),
        ("三江口的渡船\x00两三只", "不能使用"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password: str, why: str) -> None:
    with pytest.raises(UserError, match=why):
        passwords.check_password(password, "zhangwei", "张伟")


@pytest.mark.parametrize(
    "password",
    [
        "三江口的渡船和两三只白鹭",
        "correct horse battery",
        "k7mq-3xwv-9tpd",
        "Renmin$River7-boat",
        "x" * 5 + "渡船白鹭七号码头",
    ],
)
def test_a_good_password_is_taken_as_it_is(password: str) -> None:
    assert passwords.check_password(password, "zhangwei", "张伟") == password


def test_a_full_width_password_is_the_same_as_the_narrow_one() -> None:
    assert passwords.written("ｋ７ｍｑ－３ｘｗｖ－９ｔｐｄ") == "k7mq-3xwv-9tpd"
    assert passwords.check_password("ｋ７ｍｑ－３ｘｗｖ－９ｔｐｄ") == "k7mq-3xwv-9tpd"


@given(st.text(alphabet=st.characters(exclude_categories=[]), max_size=2_000))
def test_whatever_is_typed_can_be_hashed_and_judged(text: str) -> None:
    kept = passwords.written(text)
    assert len(kept) <= LONGEST_PASSWORD + 1
    kept.encode()
    assert passwords.written(kept) == kept
    with contextlib.suppress(UserError):
        assert passwords.check_password(text) == kept


def test_nothing_of_a_password_stays_in_the_guessers_memory() -> None:
    from zxcvbn.matching import RANKED_DICTIONARIES

    passwords.check_password("两三只白鹭 8839201 渡船", "zhangwei", "张伟")
    assert RANKED_DICTIONARIES["user_inputs"] == {}


def test_first_passwords_are_clear_good_and_never_the_same() -> None:
    made = {new_first_password() for _turn in range(50)}
    assert len(made) == 50
    for password in made:
        assert not set(password) & set("ilo01IO")
        assert passwords.check_password(password, "zhangwei", "张伟") == password


def test_wrong_passwords_keep_an_account_closed_twice_as_long_each_time() -> None:
    assert [lock_seconds(failures) for failures in range(13)] == [
        0, 0, 0, 0, 0, 60, 120, 240, 480, 960, 1920, 3600, 3600,
    ]  # fmt: skip
    assert lock_seconds(10**9) == 3600


def test_a_password_is_old_after_its_days_unless_there_are_none() -> None:
    assert is_password_old(NOW, NOW + timedelta(days=180), 180)
    assert not is_password_old(NOW, NOW + timedelta(days=179), 180)
    assert not is_password_old(NOW, NOW + timedelta(days=9999), 0)


# ── one-time codes ─────────────────────────────────────────────────────────────────────────────────────────────────

SECRET = one_time_codes.derive_secret(b"k" * 32, "n" * 32)


def test_a_code_is_right_half_a_minute_around_and_good_once() -> None:
    totp = pyotp.TOTP(SECRET)
    step, code = totp.timecode(NOW), totp.at(NOW)
    assert one_time_codes.matching_step(SECRET, code, NOW, after=0) == step
    assert one_time_codes.matching_step(SECRET, f" {code[:3]} {code[3:]} ", NOW, after=step - 1) == step
    assert one_time_codes.matching_step(SECRET, code, NOW + timedelta(seconds=30), after=0) == step
    assert one_time_codes.matching_step(SECRET, code, NOW - timedelta(seconds=30), after=0) == step
    assert one_time_codes.matching_step(SECRET, code, NOW + timedelta(seconds=60), after=0) is None
    assert one_time_codes.matching_step(SECRET, code, NOW, after=step) is None


@given(st.text(max_size=60))
def test_any_text_is_a_code_or_none(text: str) -> None:
    found = one_time_codes.matching_step(SECRET, text, NOW, after=0)
    assert found is None or len("".join(text.split())) == 6


def test_secrets_differ_by_key_and_nonce_and_are_not_the_links() -> None:
    secrets = {one_time_codes.derive_secret(key, nonce) for key in (b"a" * 32, b"b" * 32) for nonce in ("x", "y")}
    assert len(secrets) == 4
    assert one_time_codes.setup_uri(SECRET, "zhang.wei").startswith("otpauth://totp/EcoDash:zhang.wei?secret=")
