"""Signing in as a browser does it: cookies, forms, what is said, and what is never let through."""

import re
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from unittest import mock
from urllib.parse import quote

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from ecodash import passwords, sessions
from ecodash.actions import second_factors, setting_up, signing_in
from ecodash.domain.access import SYSTEM
from ecodash.link_key import hash_token
from ecodash.store import records
from ecodash.store.engine import open_store
from ecodash.store.records import Failures
from ecodash.web import sign_in
from ecodash.web.forms import local_path
from ecodash.web.sign_in import SignInPages
from ecodash.workspace import Workspace
from tests.builders import CATALOG, settings_in
from tests.web.signing import (
    PASSWORD,
    START,
    Browser,
    Clock,
    add_account,
    quick_passwords,
    said,
    settle_password,
    text_of,
)

LOGIN = "wang.jianguo"


@pytest.fixture(autouse=True, scope="module")
def _quick() -> Iterator[None]:
    with quick_passwords():
        yield


@pytest.fixture
def clock() -> Clock:
    return Clock()


def opened(small_store: Path, folder: Path) -> Workspace:
    shutil.copy(small_store, folder)
    settings = settings_in(folder)
    return Workspace(settings, open_store(settings), CATALOG, SYSTEM)


@pytest.fixture
def bare(small_store: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A store without accounts."""
    workspace = opened(small_store, tmp_path)
    yield workspace
    workspace.close()


@pytest.fixture(scope="module")
def kept(small_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A store with one account, for all tests that put up with what others did before."""
    workspace = opened(small_store, tmp_path_factory.mktemp("known"))
    add_account(workspace, LOGIN)
    yield workspace
    workspace.close()


@pytest.fixture
def known(kept: Workspace) -> Workspace:
    """One account, whose first password was changed; nobody has signed in, rightly or wrongly."""
    settle_password(kept, 1)
    with kept.store.writing() as connection:
        records.update_account(connection, 1, totp_nonce="", totp_step=0)
        records.end_sessions(connection, 1, START)
        for address in ("", "10.1.2.3", "10.9.9.9"):
            records.set_failures(connection, 1, address, Failures(0, None))
    return kept


@pytest.fixture
def pages(request: pytest.FixtureRequest, clock: Clock) -> Iterator[SignInPages]:
    """Over the store without accounts where a test asks for it."""
    workspace = request.getfixturevalue("bare" if "bare" in request.fixturenames else "known")
    made = SignInPages(lambda: workspace, now=clock, clock=clock.seconds)
    yield made
    made.close()


@pytest.fixture
def browser(pages: SignInPages) -> Browser:
    return Browser(pages)


def find(workspace: Workspace, token: str, clock: Clock) -> sessions.SignedIn | None:
    return sessions.find(workspace, token, now=clock(), touches=False)


# ── name and password ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_right_password_leads_to_what_was_asked_for_with_a_cookie_no_script_reads(
    known: Workspace, browser: Browser, clock: Clock
) -> None:
    answer = browser.sign_in(LOGIN, PASSWORD, "/login?next=/ranking%3Fmonth%3D2026-10")
    assert (answer.status_code, answer.headers["location"]) == (303, "/ranking?month=2026-10")
    kept = browser.jar["ecodash_session"]
    assert kept.attributes == ("Path=/", "HttpOnly", "SameSite=Lax")
    found = find(known, kept.value, clock)
    assert found is not None
    assert (found.actor.login, found.must_change, found.method) == (LOGIN, False, "password")
    assert answer.headers["cache-control"] == "private, no-store"


def test_over_https_the_cookie_is_kept_from_plain_http(known: Workspace, pages: SignInPages) -> None:
    browser = Browser(pages, base="https://app")
    browser.sign_in(LOGIN, PASSWORD)
    assert all("Secure" in one.attributes for one in browser.jar.values())


def test_the_session_is_another_at_every_sign_in_and_an_id_brought_along_is_never_taken(
    known: Workspace, browser: Browser, clock: Clock
) -> None:
    browser.sign_in(LOGIN, PASSWORD)
    first = browser.session
    shown = browser.get("/login?next=/map")
    assert (shown.status_code, shown.headers["location"]) == (303, "/map")
    planted = browser.other()
    form = planted.get("/login")
    planted.jar["ecodash_session"] = browser.jar["ecodash_session"]
    planted.jar["ecodash_session"].value = "A" * 43
    assert planted.fill(form, login=LOGIN, password=PASSWORD).status_code == 303
    assert planted.session not in ("A" * 43, first, "")
    assert find(known, "A" * 43, clock) is None


def test_signing_in_again_ends_the_session_this_browser_had(known: Workspace, browser: Browser, clock: Clock) -> None:
    shown = browser.get("/login")
    browser.sign_in(LOGIN, PASSWORD)
    first = browser.session
    # The form was shown before there was a session: it is asked for anew.
    assert browser.fill(shown, login=LOGIN, password=PASSWORD).status_code == 403
    again = browser.fill(browser.send("POST", "/login", data={"x": "1"}), login=LOGIN, password=PASSWORD)
    assert again.status_code == 303
    assert browser.session != first
    assert find(known, first, clock) is None
    assert find(known, browser.session, clock) is not None


def test_unknown_wrong_and_disabled_are_told_in_the_same_words_at_the_same_cost(
    known: Workspace, browser: Browser
) -> None:
    number, _first = add_account(known, "li.gone", "李平")
    settle_password(known, number)
    with known.store.writing() as connection:
        records.update_account(connection, number, is_disabled=True)
    heard, costs = set(), []
    hasher = passwords._hasher()
    for login, password in ((LOGIN, "不对的密码一二三四"), ("nobody.here", PASSWORD), ("li.gone", PASSWORD), ("", "")):
        counted = mock.Mock(wraps=hasher)
        with mock.patch.object(passwords, "_hasher", return_value=counted):
            answer = browser.sign_in(login, password)
        assert answer.status_code == 403
        heard.add((said(answer), len(answer.text) - len(login)))
        costs.append((counted.verify.call_count, counted.hash.call_count))
    assert len({words for words, _length in heard}) == 1
    assert costs == [(1, 0)] * 4
    assert browser.session == ""


def test_what_was_typed_stands_in_the_form_again_but_for_the_password(known: Workspace, browser: Browser) -> None:
    answer = browser.sign_in('"><script>alert(1)</script>', "geheim<b>")
    form = html.fromstring(answer.text).forms[0]
    assert form.fields["login"] == '"><script>alert(1)</script>'
    assert form.fields["password"] == ""
    assert "<script" not in answer.text
    assert "geheim" not in answer.text


def test_after_five_wrong_passwords_the_account_is_closed_for_a_while_and_says_how_long(
    known: Workspace, browser: Browser, clock: Clock
) -> None:
    for _attempt in range(5):
        browser.sign_in(LOGIN, "不对的密码一二三四")
    answer = browser.sign_in(LOGIN, PASSWORD)
    assert answer.status_code == 403
    assert "1 分钟" in said(answer)
    clock.go(minutes=2)
    assert browser.sign_in(LOGIN, PASSWORD).status_code == 303


def test_an_address_that_fails_too_often_waits_whatever_the_accounts(
    known: Workspace, browser: Browser, clock: Clock, pages: SignInPages
) -> None:
    pages._failures.most = 6
    for number in range(6):
        assert browser.sign_in(f"nobody{number}", "不对的密码一二三四").status_code == 403
    answer = browser.sign_in(LOGIN, PASSWORD)
    assert answer.status_code == 429
    assert "5 分钟" in said(answer)
    elsewhere = browser.other()
    elsewhere.address = "10.9.9.9"
    assert elsewhere.sign_in(LOGIN, PASSWORD).status_code == 303
    clock.go(minutes=6)
    assert browser.sign_in(LOGIN, PASSWORD).status_code == 303


def test_right_passwords_and_ones_that_can_be_mended_count_against_nobody(
    known: Workspace, browser: Browser, pages: SignInPages
) -> None:
    pages._failures.most = 3
    for _attempt in range(4):
        assert browser.sign_in(LOGIN, PASSWORD).status_code == 303
        browser.jar.pop("ecodash_session")
    browser.sign_in(LOGIN, PASSWORD)
    for _attempt in range(4):
        answer = browser.fill(browser.get("/login/password"), old=PASSWORD, new="kurz", again="kurz")
        assert answer.status_code == 403
        assert "密码太短" in said(answer)


def test_more_attempts_than_can_wait_are_sent_away_without_counting(
    known: Workspace, browser: Browser, pages: SignInPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "MOST_WAITING", 0)
    answer = browser.sign_in(LOGIN, PASSWORD)
    assert answer.status_code == 503
    assert "请过几秒" in said(answer)
    assert pages._failures.left("10.1.2.3") == sign_in.FAILURES


def test_passwords_are_checked_beside_the_event_loop_in_a_few_threads(known: Workspace, browser: Browser) -> None:
    seen = []
    plain = signing_in.is_password_of

    def noted(*given: str) -> bool:
        seen.append(threading.current_thread().name)
        return plain(*given)

    with mock.patch.object(signing_in, "is_password_of", noted):
        browser.sign_in(LOGIN, PASSWORD)
    assert len(seen) == 1
    assert seen[0].startswith("sign-in_")


# ── forms ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_form_of_another_site_browser_purpose_or_time_is_not_taken(
    known: Workspace, browser: Browser, clock: Clock
) -> None:
    shown = browser.get("/login")
    token = html.fromstring(shown.text).forms[0].fields["form"]
    right = {"login": LOGIN, "password": PASSWORD, "form": token}
    foreign = [{"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}]
    for headers in foreign:
        assert browser.send("POST", "/login", data=right, headers=headers).status_code == 403
    assert browser.send("POST", "/login", data=right | {"form": ""}).status_code == 403
    assert browser.send("POST", "/login", data=right | {"form": token[:-2] + "AA"}).status_code == 403
    assert browser.other().send("POST", "/login", data=right).status_code == 403
    stranger = browser.other()
    stranger.get("/login")
    assert stranger.send("POST", "/login", data=right).status_code == 403
    assert browser.session == stranger.session == ""
    assert browser.send("POST", "/login", data=right).status_code == 303
    # A token for signing in changes no password and signs nobody out.
    browser_token = {"form": token, "old": PASSWORD, "new": "另一句只有我知道的话", "again": "另一句只有我知道的话"}
    assert browser.send("POST", "/login/password", data=browser_token).status_code == 403
    assert browser.send("POST", "/logout", data={"form": token}).status_code == 403
    assert find(known, browser.session, clock) is not None


def test_an_old_form_is_asked_for_again(known: Workspace, browser: Browser) -> None:
    with mock.patch("itsdangerous.timed.time.time", return_value=time.time() - 13 * 3600):
        shown = browser.get("/login")
    answer = browser.fill(shown, login=LOGIN, password=PASSWORD)
    assert answer.status_code == 403
    assert "打开太久" in said(answer)
    assert browser.fill(answer, login=LOGIN, password=PASSWORD).status_code == 303


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({"content-type": "application/json"}, b'{"login":"a"}'),
        ({"content-type": "application/x-www-form-urlencoded"}, b"login=" + b"a" * 9_000),
        ({"content-type": "application/x-www-form-urlencoded"}, b"&".join(b"a=1" for _ in range(50))),
        ({"content-type": "application/x-www-form-urlencoded"}, b"login=%ff%fe&password=\xff"),
        ({}, b""),
    ],
)
def test_what_is_no_form_is_refused_unread(
    known: Workspace, browser: Browser, headers: dict[str, str], content: bytes
) -> None:
    assert browser.send("POST", "/login", content=content, headers=headers).status_code == 400


def test_every_page_asks_nothing_of_elsewhere_and_runs_no_script(known: Workspace, browser: Browser) -> None:
    shown = browser.get("/login?next=/map")
    policy = shown.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert "<script" not in shown.text
    assert " style=" not in shown.text
    assert shown.headers["referrer-policy"] == "same-origin"
    fields = {one.get("name"): one for one in html.fromstring(shown.text).xpath("//input")}
    assert fields["login"].get("autocomplete") == "username"
    assert fields["password"].get("autocomplete") == "current-password"
    assert fields["password"].get("type") == "password"


def test_other_methods_and_other_addresses_of_ours(known: Workspace, browser: Browser) -> None:
    assert browser.send("PUT", "/login").status_code == 405
    assert browser.send("POST", "/login/oidc", data={"a": "1"}).status_code == 405
    assert browser.send("HEAD", "/login").content == b""
    assert browser.get("/login/elsewhere").headers["location"] == "/login"
    assert [path for path in ("/login", "/login/code", "/logout", "/setup/abc") if not SignInPages.answers(path)] == []
    assert not any(map(SignInPages.answers, ("/", "/loginx", "/logout/x", "/setup", "/s/abc", "/map")))


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("/ranking?month=2026-10&region=500230", "/ranking?month=2026-10&region=500230"),
        ("/profile?name=暨龙", "/profile?name=%E6%9A%A8%E9%BE%99"),
        ("/profile?name=%E6%9A%A8", "/profile?name=%E6%9A%A8"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\tevil", "/"),
        ("/map\r\nset-cookie: a=b", "/"),
        ("/logout", "/"),
        ("/login?next=/x", "/"),
        ("/setup/abc", "/"),
        ("/api/import", "/"),
        ("map", "/"),
        ("", "/"),
        ("/" + "a" * 3_000, "/"),
        ("/////evil.example", "/"),
    ],
)
def test_one_goes_on_to_this_site_only(written: str, path: str) -> None:
    assert local_path(written) == path


@pytest.mark.parametrize("onward", ["//evil.example/", "https://evil.example", "/\\evil.example", "/logout"])
def test_signing_in_leads_nowhere_else(known: Workspace, browser: Browser, onward: str) -> None:
    assert browser.get(f"/login?next={quote(onward)}").status_code == 200
    shown = browser.get("/login")
    typed = dict(html.fromstring(shown.text).forms[0].fields) | {"login": LOGIN, "password": PASSWORD}
    answer = browser.send("POST", f"/login?next={quote(onward)}", data=typed | {"next": onward})
    assert answer.headers["location"] == "/"
    assert browser.get(f"/login?next={quote(onward)}").headers["location"] == "/"


@given(st.one_of(st.text(), st.text("/\\.:@%\t\n\r ?#aé暨-", max_size=12).map(lambda one: f"/{one}")))
def test_whatever_is_written_the_way_on_stays_here(written: str) -> None:
    path = local_path(written)
    assert path.isascii()
    assert re.fullmatch(r"/(?![/\\])[^\x00-\x20\x7f\\]*", path)
    assert local_path(path) in (path, "/")


# ── no account yet, the set-up link ────────────────────────────────────────────────────────────────────────────────


def test_before_there_are_accounts_the_page_names_the_set_up_link_and_asks_nothing(
    bare: Workspace, browser: Browser
) -> None:
    shown = browser.get("/login")
    assert "设置链接" in text_of(shown)
    assert html.fromstring(shown.text).forms == []


def test_the_set_up_link_makes_one_administrator_and_opens_nothing_afterwards(
    bare: Workspace, browser: Browser, clock: Clock
) -> None:
    token = setting_up.make_setup_link(bare, now=clock())
    assert token
    shown = browser.get(f"/setup/{token}")
    typed = {"login": "Zhang.Wei", "name": "张伟", "new": PASSWORD, "again": PASSWORD}
    assert "两次输入" in said(browser.fill(shown, **typed | {"again": "x"}))
    weak = browser.fill(shown, **typed | {"new": "1234567890", "again": "1234567890"})
    assert (weak.status_code, html.fromstring(weak.text).forms[0].fields["name"]) == (403, "张伟")
    done = browser.fill(weak, **typed)
    assert (done.status_code, done.headers["location"]) == (303, "/")
    found = find(bare, browser.session, clock)
    assert found is not None
    assert (found.actor.login, found.method, found.actor.may("administer")) == ("zhang.wei", "setup", True)  # type: ignore[arg-type]
    other = browser.other()
    assert other.get(f"/setup/{token}").status_code == 404
    other.get("/login")
    assert other.fill(shown, **typed).status_code == 403
    assert "设置链接不能用了" in text_of(other.get("/setup/made-up"))


def test_two_who_send_the_same_set_up_form_make_one_account(bare: Workspace, browser: Browser, clock: Clock) -> None:
    token = setting_up.make_setup_link(bare, now=clock())
    other = browser.other()
    mine, theirs = browser.get(f"/setup/{token}"), other.get(f"/setup/{token}")
    assert browser.fill(mine, login="one.one", name="甲某", new=PASSWORD, again=PASSWORD).status_code == 303
    late = other.fill(theirs, login="two.two", name="乙某", new=PASSWORD, again=PASSWORD)
    assert late.status_code == 404
    assert other.session == ""


def test_set_up_links_cannot_be_tried_out(browser: Browser) -> None:
    for number in range(sign_in.FAILURES):
        assert browser.get(f"/setup/wrong{number}").status_code == 404
    assert browser.get("/setup/one-more").status_code == 429


# ── the first password, and a new one ──────────────────────────────────────────────────────────────────────────────


def test_a_first_password_is_changed_before_anything_else_and_the_session_changes_with_it(
    bare: Workspace, browser: Browser, clock: Clock
) -> None:
    _number, first = add_account(bare, LOGIN)
    answer = browser.sign_in(LOGIN, first, "/login?next=/upload")
    assert answer.headers["location"] == "/login/password?next=%2Fupload"
    assert browser.get("/login").headers["location"].startswith("/login/password")
    before = browser.session
    shown = browser.get(answer.headers["location"])
    assert "请先修改密码" in text_of(shown)
    names = [one.get("autocomplete") for one in html.fromstring(shown.text).xpath("//input[@type!='hidden']")]
    assert names == ["username", "current-password", "new-password", "new-password"]
    assert "原密码不对" in said(browser.fill(shown, old="x", new=PASSWORD, again=PASSWORD))
    done = browser.fill(shown, old=first, new=PASSWORD, again=PASSWORD)
    assert (done.status_code, done.headers["location"]) == (303, "/upload")
    assert browser.session != before
    assert find(bare, before, clock) is None
    found = find(bare, browser.session, clock)
    assert found is not None
    assert not found.must_change


def test_a_new_password_signs_the_account_out_everywhere_else(known: Workspace, browser: Browser, clock: Clock) -> None:
    other = browser.other()
    other.sign_in(LOGIN, PASSWORD)
    browser.sign_in(LOGIN, PASSWORD)
    new = "另一句只有我知道的话"
    shown = browser.get("/login/password?next=/account")
    done = browser.fill(shown, old=PASSWORD, new=new, again=new)
    assert (done.status_code, done.headers["location"]) == (303, "/account")
    assert find(known, other.session, clock) is None
    assert find(known, browser.session, clock) is not None
    assert "登录已失效" in text_of(other.get("/login"))


def test_nobody_changes_a_password_without_a_session(known: Workspace, browser: Browser) -> None:
    assert browser.get("/login/password").headers["location"] == "/login"
    answer = browser.send("POST", "/login/password", data={"old": PASSWORD, "new": "a", "again": "a"})
    assert answer.headers["location"] == "/login"


# ── the second factor ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_code_is_asked_for_after_the_password_and_is_good_once(
    known: Workspace, browser: Browser, clock: Clock
) -> None:
    browser.sign_in(LOGIN, PASSWORD)
    offer = second_factors.begin_totp(known, browser.session, now=clock())
    totp = pyotp.TOTP(offer.secret)
    second_factors.confirm_totp(known, browser.session, offer.text, totp.at(clock()), now=clock())
    clock.go(minutes=2)

    other = browser.other()
    assert other.get("/login/code").headers["location"] == "/login"
    answer = other.sign_in(LOGIN, PASSWORD, "/login?next=/map")
    assert answer.headers["location"] == "/login/code?next=%2Fmap"
    assert other.session == ""
    assert other.jar["ecodash_ticket"].path == "/login"
    shown = other.get("/login/code?next=/map")
    assert html.fromstring(shown.text).xpath("//input[@name='code']/@autocomplete") == ["one-time-code"]
    assert other.fill(shown, code="000000").status_code == 403
    right = totp.at(clock())
    done = other.fill(shown, code=f"{right[:3]} {right[3:]}")
    assert (done.status_code, done.headers["location"]) == (303, "/map")
    found = find(known, other.session, clock)
    assert found is not None
    assert found.method == "totp"
    assert "ecodash_ticket" not in other.jar

    third = browser.other()
    third.sign_in(LOGIN, PASSWORD)
    assert third.fill(third.get("/login/code"), code=right).status_code == 403
    assert third.session == ""


# ── signing out ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_signing_out_ends_the_session_in_the_store_and_takes_the_cookie(
    known: Workspace, browser: Browser, clock: Clock
) -> None:
    browser.sign_in(LOGIN, PASSWORD)
    token = browser.session
    shown = browser.get("/logout")
    assert "王建国" in text_of(shown)
    assert find(known, token, clock) is not None
    done = browser.fill(shown)
    assert done.headers["location"] == "/login?out=1"
    assert browser.session == ""
    assert find(known, token, clock) is None
    assert "您已退出登录" in text_of(browser.get("/login?out=1"))
    browser.jar["ecodash_session"] = browser.jar["ecodash_form"]
    assert browser.get("/logout").headers["location"] == "/login?out=1"
    assert browser.session == ""


def test_of_two_session_ids_neither_counts(known: Workspace, browser: Browser) -> None:
    browser.sign_in(LOGIN, PASSWORD)
    cookies = {"cookie": f"ecodash_session={browser.session}; ecodash_session=other"}
    assert browser.other().get("/login", headers=cookies).status_code == 200


# ── language, mounts, open mode ────────────────────────────────────────────────────────────────────────────────────


def test_the_page_speaks_the_language_of_the_address_or_of_where_one_goes(known: Workspace, browser: Browser) -> None:
    for path, code in (
        ("/login", "zh-CN"),
        ("/login?lang=en", "en"),
        ("/login?next=/map%3Flang%3Den", "en"),
        ("/login?lang=zh&next=/map%3Flang%3Den", "zh-CN"),
        ("/login?lang=fr", "zh-CN"),
    ):
        page = html.fromstring(browser.get(path).text)
        assert page.get("lang") == code, path
        assert browser.get(page.xpath("//p[@class='tongue']/a/@href")[0]).status_code == 200
    failed = browser.sign_in(LOGIN, "x", "/login?lang=en")
    assert html.fromstring(failed.text).get("lang") == "en"


def test_below_a_mount_every_address_stays_below_it(known: Workspace, pages: SignInPages) -> None:
    async def mounted(scope, receive, send):  # type: ignore[no-untyped-def]
        await pages({**scope, "root_path": "/eco"}, receive, send)

    browser = Browser(mounted)
    shown = browser.get("/eco/login?next=/eco/map")
    assert html.fromstring(shown.text).forms[0].action == "/eco/login?next=%2Feco%2Fmap"
    answer = browser.fill(shown, login=LOGIN, password=PASSWORD)
    assert answer.headers["location"] == "/eco/map"
    assert browser.jar["ecodash_session"].path == "/"


def test_without_accounts_by_choice_nobody_signs_in(bare: Workspace, clock: Clock) -> None:
    from dataclasses import replace

    pages = SignInPages(lambda: replace(bare, settings=replace(bare.settings, is_open=True)), now=clock)
    for path in ("/login", "/login/password", "/logout", "/setup/abc"):
        assert Browser(pages).get(path).headers["location"] == "/"
    pages.close()


def test_no_password_token_or_cookie_stands_in_the_audit(
    known: Workspace, browser: Browser, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    browser.sign_in(LOGIN, "geheimes-wort-1")
    browser.sign_in("geheimes-wort-2", "x")
    browser.sign_in(LOGIN, PASSWORD)
    token = browser.session
    browser.fill(browser.get("/logout"))
    with known.store.reading() as connection:
        kept = records.list_audit(connection).to_csv()
    assert "sign_in_failed" in kept
    assert [secret for secret in ("geheimes-wort", PASSWORD, token) if secret in kept + caplog.text] == []


def test_the_address_and_the_browser_are_kept_with_the_session(
    known: Workspace, browser: Browser, clock: Clock
) -> None:
    shown = browser.get("/login")
    form = dict(html.fromstring(shown.text).forms[0].fields) | {"login": LOGIN, "password": PASSWORD}
    browser.send("POST", "/login", data=form, headers={"user-agent": "Mozilla/5.0 (X\x7f" + "a" * 500})
    with known.store.reading() as connection:
        kept = records.find_session(connection, hash_token(browser.session))
    assert kept is not None
    assert kept.address == "10.1.2.3"
    assert kept.agent.startswith("Mozilla/5.0 (Xa")
    assert len(kept.agent) == 200
    assert kept.created_at == START
