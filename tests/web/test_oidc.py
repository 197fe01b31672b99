"""Signing in at the county's own service, against one on loopback that tells the truth, and one that does not."""

import base64
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html

from ecodash import sessions
from ecodash.actions import accounts
from ecodash.domain.access import SYSTEM
from ecodash.store.engine import open_store
from ecodash.web import oidc
from ecodash.web.sign_in import SignInPages
from ecodash.workspace import Workspace
from tests.builders import CATALOG, settings_in
from tests.web import identity_service
from tests.web.identity_service import CLIENT, SECRET, IdentityService
from tests.web.signing import Browser, Clock, add_account, quick_passwords, said

LOGIN, OTHER = "wang.jianguo", "li.na"


@pytest.fixture(autouse=True, scope="module")
def _quick() -> Iterator[None]:
    with quick_passwords():
        yield


@pytest.fixture(scope="module")
def running() -> Iterator[IdentityService]:
    with identity_service.running() as found:
        yield found


@pytest.fixture
def service(running: IdentityService, monkeypatch: pytest.MonkeyPatch) -> IdentityService:
    """Honest, and asked nothing yet."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    vars(running).update(vars(IdentityService(url=running.url)))
    return running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(small_store: Path, tmp_path: Path, service: IdentityService) -> Iterator[Workspace]:
    """A store with one account, and a county service that vouches for it."""
    shutil.copy(small_store, tmp_path)
    settings = replace(settings_in(tmp_path), oidc_issuer=service.url, oidc_client_id=CLIENT, oidc_client_secret=SECRET)
    workspace = Workspace(settings, open_store(settings), CATALOG, SYSTEM)
    add_account(workspace, LOGIN)
    add_account(workspace, OTHER, "李娜")
    yield workspace
    workspace.close()


@pytest.fixture
def pages(office: Workspace, clock: Clock) -> Iterator[SignInPages]:
    made = SignInPages(lambda: office, now=clock, clock=clock.seconds)
    yield made
    made.close()


@pytest.fixture
def browser(pages: SignInPages) -> Browser:
    return Browser(pages)


def go(browser: Browser, service: IdentityService, path: str = "/login/oidc") -> Any:
    """There and back again."""
    sent = browser.get(path)
    assert sent.status_code == 303
    return browser.get(service.authorize(sent.headers["location"]))


def test_whom_the_service_vouches_for_is_signed_in_where_there_is_an_account(
    office: Workspace, browser: Browser, service: IdentityService, clock: Clock
) -> None:
    button = html.fromstring(browser.get("/login?next=/map").text).xpath("//a[@class='button']/@href")[0]
    answer = go(browser, service, button)
    assert (answer.status_code, answer.headers["location"]) == (303, "/map")
    found = sessions.find(office, browser.session, now=clock())
    assert found is not None
    # A first password nobody has used need not be changed by who never types it.
    assert (found.actor.login, found.method) == (LOGIN, "oidc")
    assert "ecodash_oidc" not in browser.jar
    form, authorization = service.tokens_asked[0]
    pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
    assert pair == "ecodash:a+secret+of+the+client%3A+%25%2F%2B"
    assert "client_secret" not in form
    assert len(form["code_verifier"]) == 43


def test_the_address_one_is_sent_to_tells_no_secret_and_the_cookie_neither(
    browser: Browser, service: IdentityService
) -> None:
    address = browser.get("/login/oidc").headers["location"]
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert query["redirect_uri"] == "http://app/login/oidc/callback"
    assert SECRET not in address
    kept = browser.jar["ecodash_oidc"]
    assert kept.path == "/login/oidc"
    assert {"HttpOnly", "SameSite=Lax", "Max-Age=600"} <= set(kept.attributes)
    assert query["nonce"] not in kept.value
    assert query["state"] not in kept.value
    assert service.codes == {}


def test_a_public_address_is_what_one_comes_back_to(office: Workspace, service: IdentityService) -> None:
    public = replace(office, settings=replace(office.settings, public_url="https://eco.example.cn/board"))
    pages = SignInPages(lambda: public)
    address = Browser(pages).get("/login/oidc").headers["location"]
    assert parse_qs(urlsplit(address).query)["redirect_uri"] == ["https://eco.example.cn/board/login/oidc/callback"]
    pages.close()


def test_an_answer_to_another_browser_or_another_time_opens_nothing(
    browser: Browser, service: IdentityService, clock: Clock
) -> None:
    back = service.authorize(browser.get("/login/oidc").headers["location"])
    victim = browser.other()
    assert victim.get(back).status_code == 502
    victim.get("/login/oidc")
    answer = victim.get(back)
    assert "不是从本机这个浏览器开始的" in said(answer)
    assert victim.session == ""
    assert service.tokens_asked == []
    # The browser that began it goes on; once.
    assert browser.get(back).status_code == 303
    assert browser.other().get(back).status_code == 502


def test_one_who_calls_it_off_is_told_so(browser: Browser, service: IdentityService) -> None:
    state = parse_qs(urlsplit(browser.get("/login/oidc").headers["location"]).query)["state"][0]
    answer = browser.get(f"/login/oidc/callback?error=access_denied&state={state}")
    assert "单位统一登录没有通过" in said(answer)
    assert html.fromstring(answer.text).forms[0].fields["login"] == ""


def tampered(**claims: Any) -> Callable[[IdentityService], None]:
    def tell(service: IdentityService) -> None:
        service.lies.claims = claims

    return tell


def signing(how: Callable[[dict[str, Any]], str]) -> Callable[[IdentityService], None]:
    def tell(service: IdentityService) -> None:
        service.lies.signed_by = how

    return tell


@pytest.mark.parametrize(
    "lie",
    [
        tampered(nonce="another"),
        tampered(nonce=None),
        tampered(aud="another client"),
        tampered(aud=["another client", CLIENT], azp="another client"),
        tampered(iss="https://evil.example"),
        tampered(exp=1_000),
        tampered(exp=None),
        tampered(sub=None),
        tampered(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
        signing(identity_service.unsigned),
        signing(identity_service.signed_with_the_public_key),
        signing(identity_service.signed_by_another),
        signing(lambda claims: "no token"),
        signing(lambda claims: ""),
    ],
)
def test_an_id_token_that_is_not_right_in_every_part_opens_nothing(
    browser: Browser, service: IdentityService, lie: Callable[[IdentityService], None]
) -> None:
    lie(service)
    answer = go(browser, service)
    assert answer.status_code == 502
    assert "答复核对不上" in said(answer)
    assert browser.session == ""


@pytest.mark.parametrize("how", [identity_service.unsigned, identity_service.signed_with_the_public_key])
def test_signatures_that_anybody_can_make_are_none_even_where_the_service_offers_them(
    browser: Browser, service: IdentityService, how: Callable[[dict[str, Any]], str], pages: SignInPages
) -> None:
    service.lies.described = {"id_token_signing_alg_values_supported": ["none", "HS256", "RS256"]}
    service.lies.signed_by = how
    assert go(browser, service).status_code == 502
    assert browser.session == ""


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "http://id.example.cn/authorize"},
        {"token_endpoint": "ftp://127.0.0.1/token"},
        {"jwks_uri": None},
    ],
)
def test_a_service_that_describes_itself_wrongly_is_not_used(
    browser: Browser, service: IdentityService, described: dict[str, Any]
) -> None:
    service.lies.described = described
    answer = browser.get("/login/oidc")
    assert answer.status_code == 502
    assert "ecodash_oidc" not in browser.jar


def test_new_keys_are_fetched_when_they_are_met_but_not_for_every_strange_one(
    browser: Browser, service: IdentityService, clock: Clock, pages: SignInPages
) -> None:
    pages._oidc._clock = clock.seconds
    assert go(browser, service).status_code == 303
    service.key = "second"
    assert go(browser.other(), service).status_code == 502
    clock.go(minutes=2)
    assert go(browser.other(), service).status_code == 303
    assert service.asked.count("/keys") == 2
    assert service.asked.count("/.well-known/openid-configuration") == 1


def test_a_login_told_by_user_information_counts_too(browser: Browser, service: IdentityService) -> None:
    service.told_by_userinfo = True
    assert go(browser, service).status_code == 303


def test_nobody_is_let_in_whom_no_account_is_kept_for(
    office: Workspace, browser: Browser, service: IdentityService, clock: Clock
) -> None:
    service.subject, service.login = "person-20", "nobody.here"
    answer = go(browser, service)
    assert "没有与之对应的可用账号" in said(answer)
    assert browser.session == ""
    # The login belongs to the first person who came with it.
    service.login = OTHER
    assert go(browser.other(), service).status_code == 303
    service.subject = "person-21"
    assert go(browser.other(), service).status_code == 403
    service.subject, service.login = "person-20", "renamed"
    assert go(browser.other(), service).status_code == 303
    accounts.set_disabled(office, 2, True, reason="调离", actor=SYSTEM, now=clock())
    assert go(browser.other(), service).status_code == 403


@pytest.mark.parametrize("lies", [{"status": 500}, {"slow": 0.6}, {"long": oidc.LONGEST_ANSWER}])
def test_a_service_that_fails_is_late_or_talks_too_much_keeps_nobody_waiting(
    browser: Browser, service: IdentityService, lies: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "SECONDS", 0.3)
    monkeypatch.setattr(oidc, "LONGEST_ANSWER", 5_000)
    address = browser.get("/login/oidc").headers["location"]
    for name, value in lies.items():
        setattr(service.lies, name, value)
    assert browser.get(service.authorize(address)).status_code == 502
    assert browser.session == ""


def test_a_service_that_is_not_there_is_said_to_be_out_of_reach(office: Workspace, clock: Clock) -> None:
    away = replace(office, settings=replace(office.settings, oidc_issuer="http://127.0.0.1:9"))
    pages = SignInPages(lambda: away, now=clock)
    answer = Browser(pages).get("/login/oidc")
    assert answer.status_code == 502
    assert "现在连不上单位统一登录服务" in said(answer)
    pages.close()


def test_without_a_service_there_is_no_way_to_it(office: Workspace, service: IdentityService) -> None:
    plain = replace(office, settings=replace(office.settings, oidc_issuer=""))
    pages = SignInPages(lambda: plain)
    browser = Browser(pages)
    assert "单位统一登录" not in browser.get("/login").text
    for path in ("/login/oidc", "/login/oidc/callback?code=a&state=b"):
        assert browser.get(path).headers["location"] == "/login"
    assert service.asked == []
    pages.close()
