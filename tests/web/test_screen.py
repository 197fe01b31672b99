"""The meeting screen's routes: page, script, slides with their tag, and what each refuses."""

import re
import threading
import time

import pytest

from ecodash import actions
from ecodash.domain.definitions import DefinitionKind
from ecodash.domain.meeting import MeetingOrder, Slide, Stop
from ecodash.reports.screen import page
from ecodash.web import screen
from tests.builders import A1, A2, ACTOR, COUNTY, NOON, commit
from tests.web.conftest import Site

DECK = f"/screen/deck?region={COUNTY}&pages=ranking:garbage,reporting"


def keep(site: Site, order: MeetingOrder, name: str = "调度会") -> int:
    return actions.save_definition(
        site.workspace, DefinitionKind.MEETING, name, order.to_content(), actor=ACTOR, now=NOON
    ).number


def tag(site: Site, address: str = DECK) -> str:
    return str(site.client.get(address).headers["etag"])


# ── the page ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_may_run_only_our_own_script_and_load_nothing_else(site: Site) -> None:
    answer = site.client.get("/screen")
    assert answer.status_code == 200
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "connect-src": "'self'",
        "img-src": "data:", "base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'",
    }  # fmt: skip
    assert answer.headers["Cache-Control"] == "no-store"
    loaded = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    assert [one for one in loaded if not one.startswith(("/screen/assets/", "data:"))] == []
    assert f'data-version="{screen.software()}"' in answer.text


def test_what_the_page_loads_is_kept_for_ever_under_an_address_of_its_content(site: Site) -> None:
    html = site.client.get("/screen").text
    for address in re.findall(r'"(/screen/assets/[^"]+)"', html):
        answer = site.client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert site.client.get(address.split("?")[0]).headers["Cache-Control"] == "no-cache"
    assert site.client.get("/screen/assets/page.html").status_code == 404
    assert site.client.get("/screen/assets/..%2Fdeck.py").status_code == 404


def test_a_kept_order_opens_by_its_number(site: Site) -> None:
    number = keep(site, MeetingOrder(stops=(Stop(Slide.RANKING, "garbage"),)))
    answer = site.client.get(f"/screen/{number}?lang=en&refresh=1")
    assert f'data-deck="/screen/deck?order={number}&amp;lang=en"' in answer.text
    assert 'data-refresh="5"' in answer.text
    assert 'lang="en"' in answer.text
    found = site.client.get(f"/screen/deck?order={number}").json()["slides"]
    assert [one["key"] for one in found] == ["0.ranking:garbage.0"]


@pytest.mark.parametrize(
    "address",
    ["/screen/99", "/screen/0", "/screen/１", "/screen/abc", "/screen/" + "9" * 40, "/screen?region=999999",
     "/screen?pages=party", "/screen?pages=<script>alert(1)</script>", "/screen?indicator=nothing", "/screen?seconds=0",
     "/screen?indicator=composite-7"],
)  # fmt: skip
def test_what_does_not_exist_is_said_on_the_page_and_to_the_script(site: Site, address: str) -> None:
    answer = site.client.get(address)
    assert answer.status_code == 404
    assert "<script" not in answer.text
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    deck = "/screen/deck?" + ("order=" + address.split("/")[-1] if "?" not in address else address.split("?", 1)[1])
    refusal = site.client.get(deck)
    assert refusal.status_code == 404
    assert refusal.json()["what"]
    assert refusal.headers["X-Server-Time"]


def test_another_kind_of_definition_is_no_order(site: Site) -> None:
    other = actions.save_definition(site.workspace, DefinitionKind.LIST_RULE, "规则", {}, actor=ACTOR, now=NOON).number
    assert site.client.get(f"/screen/{other}").status_code == 404


def test_an_order_that_was_kept_broken_says_so(site: Site) -> None:
    broken = actions.save_definition(
        site.workspace, DefinitionKind.MEETING, "坏", {"stops": ["party"]}, actor=ACTOR, now=NOON
    ).number
    assert site.client.get(f"/screen/{broken}").status_code == 404


@pytest.mark.parametrize("path", ["/screen", "/screen/1", "/screen/deck"])
def test_the_screen_is_only_read(site: Site, path: str) -> None:
    assert site.client.post(path).status_code == 405


# ── the slides ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_slides_come_with_a_tag_and_not_again_while_nothing_changed(site: Site) -> None:
    commit(site.workspace.store, (A1, "garbage", "2026-01", 5), (A2, "garbage", "2026-01", 8))
    first = site.client.get(DECK)
    assert first.status_code == 200
    assert first.headers["X-Screen-Version"] == screen.software()
    assert 'data-value="13"' in first.json()["slides"][0]["html"]
    for known in (first.headers["etag"], f'"other", W/{first.headers["etag"]}'):
        again = site.client.get(DECK, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert abs(int(again.headers["X-Server-Time"]) - time.time() * 1000) < 60_000
    assert site.client.get(DECK, headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_tag_is_of_all_that_a_slide_depends_on(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(site.workspace.store, (A1, "garbage", "2026-01", 5))
    tags = [tag(site)]
    for other in ("&lang=en", "&shape=tall", "&shape=wall", "&month=2026-01", "&seconds=20", "&level=village"):
        tags.append(tag(site, DECK + other))
    assert tag(site, DECK + "&shape=wide") == tags[0]
    assert tag(site, DECK + "&shape=round&lang=fr&unknown=1") == tags[0]
    commit(site.workspace.store, (A2, "garbage", "2026-01", 8))
    tags.append(tag(site))
    keep(site, MeetingOrder())
    tags.append(tag(site))
    monkeypatch.setattr(page, "assets_version", lambda: "newer")
    tags.append(tag(site))
    assert len(set(tags)) == len(tags)


def test_an_undo_is_a_change_like_any(site: Site) -> None:
    commit(site.workspace.store, (A1, "garbage", "2026-01", 5))
    commit(site.workspace.store, (A1, "garbage", "2026-01", 7))
    before = site.client.get(DECK).json()["slides"][0]["html"]
    actions.undo_batch(site.workspace, 2, actor=ACTOR, now=NOON)
    after = site.client.get(DECK).json()["slides"][0]["html"]
    assert ('data-value="7"' in before, 'data-value="5"' in after) == (True, True)


def test_a_region_with_nothing_reported_has_slides_that_say_so(site: Site) -> None:
    pages = ",".join(slide.value for slide in Slide)
    for shape in ("wide", "wall", "square", "tall"):
        answer = site.client.get(f"/screen/deck?region={COUNTY}&pages={pages}&shape={shape}")
        assert answer.status_code == 200
        assert len(answer.json()["slides"]) == len(Slide)


# ── what is kept ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_result_is_made_once_however_many_ask() -> None:
    kept, made = screen.Kept(2), []
    ready = threading.Barrier(8)

    def make() -> int:
        made.append(1)
        time.sleep(0.05)
        return 7

    def ask() -> None:
        ready.wait()
        assert kept.get("one", make) == 7

    askers = [threading.Thread(target=ask) for _ in range(8)]
    for one in askers:
        one.start()
    for one in askers:
        one.join()
    assert len(made) == 1


def test_only_a_few_results_are_kept_and_a_failure_is_none() -> None:
    kept = screen.Kept(2)
    assert [kept.get(str(key), lambda key=key: key) for key in (1, 2, 1, 3)] == [1, 2, 1, 3]  # type: ignore[misc]
    assert kept.get("1", lambda: "anew") == 1
    assert kept.get("2", lambda: "anew") == "anew"
    with pytest.raises(ZeroDivisionError):
        kept.get("4", lambda: 1 // 0)
    assert kept.get("4", lambda: 4) == 4


def test_hostile_names_of_orders_stay_text(site: Site) -> None:
    number = keep(site, MeetingOrder(), name="</title><script>alert(1)</script>")
    html = site.client.get(f"/screen/{number}").text
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
