"""/s/{token}: what a link opens, how it is sent, and how it stays the same while the store goes on."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from ecodash import actions, queries, snapshot_answers
from ecodash.domain.pages import Page
from ecodash.domain.snapshots import Access, Lifetime
from ecodash.errors import UserError
from ecodash.web.encodings import encode
from ecodash.workspace import Workspace
from tests.builders import A1, ACTOR, TOWN_A, commit
from tests.web.links import PARTS, PIN, Answer, Desk, give_pin


def opened(desk: Desk, made: actions.SnapshotMade) -> int:
    return queries.get_snapshot(desk.workspace, number=made.number).opened


def frozen_part(answer: Answer) -> str:
    """The page without the banner, which tells how things stand now."""
    page, banners = re.subn(r'<aside class="since.*?</aside>', "", answer.text, flags=re.DOTALL)
    assert banners == 1
    return page


# ── what a link opens ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_figures_stay_and_the_banner_counts_what_changed(own: Desk) -> None:
    made = own.make()
    first = own.ask(made.path)
    assert (first.status, first.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "一月&lt;调度会&gt;" in first.text
    assert 'data-corrected="0"' in first.text
    commit(own.workspace.store, (A1, "garbage", "2026-01", 99))
    second = own.ask(made.path)
    assert 'data-corrected="1"' in second.text
    assert frozen_part(second) == frozen_part(first)
    assert second.headers["etag"] != first.headers["etag"]
    actions.undo_batch(own.workspace, 2, actor=ACTOR, now=own.now)
    assert 'data-corrected="0"' in own.ask(made.path).text
    commit(own.workspace.store, (TOWN_A, "garbage", "2026-02", 7))
    assert frozen_part(own.ask(made.path)) == frozen_part(first)


@pytest.mark.parametrize("page", [page for page in Page if page.is_selected])
def test_a_snapshot_of_every_page_opens(desk: Desk, page: Page) -> None:
    answer = desk.ask(desk.make(page).path)
    assert answer.status == 200
    assert "一月&lt;调度会&gt;" in answer.text


def test_the_comparison_shows_both_figures(own: Desk) -> None:
    made = own.make(Page.RANKING)
    commit(own.workspace.store, (A1, "garbage", "2026-01", 99))
    answer = own.ask(f"{made.path}/now")
    assert answer.status == 200
    assert re.search(r"\b12\b", answer.text)
    assert re.search(r"\b106\b", answer.text)


def test_files_can_be_taken_away(desk: Desk) -> None:
    made = desk.make(Page.RANKING, title="一月调度会")
    book, file = desk.ask(f"{made.path}/tables.xlsx"), desk.ask(f"{made.path}/file.html")
    assert (book.status, book.body[:2]) == (200, b"PK")
    assert book.headers["content-type"] == snapshot_answers.XLSX
    disposition = book.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="')
    assert disposition.isascii()
    assert "filename*=UTF-8''%E5%BF%AB%E7%85%A7" in disposition
    assert file.headers["content-disposition"].endswith(".html")
    assert "http://ecodash.test" + made.path in file.text
    assert "set-cookie" not in file.headers


def test_pictures_are_listed_and_drawn(desk: Desk) -> None:
    made = desk.make(Page.RANKING)
    listed = desk.ask(f"{made.path}/pictures")
    assert 'src="picture/1.png"' in listed.text
    assert "img-src 'self'" in listed.headers["content-security-policy"]
    picture = desk.ask(f"{made.path}/picture/1.png")
    assert (picture.status, picture.headers["content-type"], picture.body[:4]) == (200, "image/png", b"\x89PNG")
    assert picture.headers["content-disposition"].startswith("inline; filename=")
    assert desk.ask(f"{made.path}/picture/99.png").status == 404


def test_what_cannot_be_made_says_why(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: object) -> object:
        raise UserError("没有找到中文字体。", "请安装 Noto Sans CJK。")

    monkeypatch.setattr(snapshot_answers, "workbook", fail)
    answer = desk.ask(f"{desk.make().path}/tables.xlsx")
    assert answer.status == 503
    assert "没有找到中文字体" in answer.text
    assert "请安装 Noto Sans CJK" in answer.text


def test_the_next_edition_is_offered_and_a_guarded_one_tells_no_title(desk: Desk) -> None:
    first = desk.make(title="一月会", series="例会")
    assert 'rel="next"' not in desk.ask(first.path).text
    second = desk.make(title="二月会", series="例会", lifetime=Lifetime.WEEK)
    page = desk.ask(first.path).text
    assert f'href="{second.token}"' in page
    assert "二月会" in page
    actions.change_access(desk.workspace, second.number, Access.PIN, PIN, actor=ACTOR, now=desk.now)
    page = desk.ask(first.path).text
    assert f'href="{second.token}"' in page
    assert "二月会" not in page
    # Time alone takes it away: nothing is written when it expires.
    desk.wait(timedelta(days=7))
    assert second.token not in desk.ask(first.path).text


@pytest.mark.parametrize(
    ("base", "public", "host", "address"),
    [
        ("http://10.1.2.3:8501", "https://p.example", "ecodash.test", "http://10.1.2.3:8501/s/"),
        ("", "https://p.example/eco", "ecodash.test", "https://p.example/eco/s/"),
        ("", "", "ecodash.test:8501", "http://ecodash.test:8501/s/"),
        ("", "", "[2001:db8::1]:80", "http://[2001:db8::1]:80/s/"),
        ("javascript:alert(1)//", 'x" onload="', "ecodash.test", "http://ecodash.test/s/"),
    ],
)
def test_the_full_link_is_printed(desk: Desk, base: str, public: str, host: str, address: str) -> None:
    desk.workspace = replace(desk.workspace, settings=replace(desk.workspace.settings, public_url=public))
    made = desk.make(base_url=base)
    page = desk.ask(made.path, host=host).text
    assert address + made.token in page
    assert "alert(1)" not in page
    assert "onload" not in page


def test_a_host_that_is_none_is_not_printed(desk: Desk) -> None:
    made = desk.make()
    for host in ('evil"><script>', "evil .test", "evil/b", "", "evil" * 100, "evil@b", "evil例.cn"):
        answer = desk.ask(made.path, host=host.encode().decode("latin-1"))
        assert answer.status == 200
        assert "evil" not in answer.text


def test_strange_hosts_do_not_fill_the_memory(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    draw = snapshot_answers.draw_page
    monkeypatch.setattr(snapshot_answers, "draw_page", lambda *given: drawn.append(given[2]) or draw(*given))
    made = desk.make()
    for number in range(20):
        assert desk.ask(made.path, host=f"h{number}.test").status == 200
    assert drawn == [*(f"http://h{number}.test{made.path}" for number in range(4)), made.path]


# ── headers ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("access", list(Access))
def test_every_answer_keeps_to_itself(desk: Desk, access: Access) -> None:
    made = desk.make(Page.RANKING, access=access, pin=PIN)
    for part in (*PARTS, "/pin", "/nothing"):
        check_headers(desk.ask(made.path + part), access)


def check_headers(answer: Answer, access: Access) -> None:
    headers = answer.headers
    policy = headers.get("content-security-policy", "default-src 'none'" if answer.status == 303 else "")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["referrer-policy"] == ("same-origin" if "<form" in answer.body.decode("latin-1") else "no-referrer")
    if answer.status != 303:
        assert headers["x-content-type-options"] == "nosniff"
        assert "noindex" in headers["x-robots-tag"]
        assert headers["cross-origin-resource-policy"] == headers["cross-origin-opener-policy"] == "same-origin"
        assert "geolocation=()" in headers["permissions-policy"]
        assert headers["content-length"] == str(len(answer.body))
    kept = access is Access.LINK and answer.status == 200
    assert headers["cache-control"] == ("private, no-cache" if kept else "private, no-store")
    assert ("etag" in headers) == kept


def test_the_page_s_own_style_and_script_are_the_only_ones(desk: Desk) -> None:
    answer = desk.ask(desk.make().path)
    policy = answer.headers["content-security-policy"]
    assert "style-src 'sha256-" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'none'" in policy


def test_a_look_at_the_head_tells_the_length_and_counts_nothing(desk: Desk) -> None:
    made = desk.make(Page.RANKING)
    for part in ("", "/tables.xlsx"):
        head, whole = desk.ask(made.path + part, method="HEAD"), desk.ask(made.path + part + "?x=1")
        assert (head.status, head.body) == (200, b"")
        assert head.headers == whole.headers
        assert head.headers["content-length"] == str(len(whole.body))
    desk.snapshots.openings.flush()
    assert opened(desk, made) == 1


def test_a_page_is_only_read(desk: Desk) -> None:
    made = desk.make()
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
        answer = desk.ask(made.path, method=method)
        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


# ── codings and what the reader has already ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("part", ["", "/file.html"])
def test_every_coding_unpacks_to_the_same_page(desk: Desk, part: str) -> None:
    path = desk.make(Page.RANKING).path + part
    plain = desk.ask(path)
    assert "content-encoding" not in plain.headers
    tags = {plain.headers["etag"]}
    for coding in ("gzip", "br", "zstd"):
        answer = desk.ask(path, accept_encoding=coding)
        assert answer.headers["content-encoding"] == coding
        assert "Accept-Encoding" in answer.headers["vary"]
        assert answer.unpacked(len(plain.body)) == plain.body
        assert answer.body == encode(plain.body, coding)
        assert len(answer.body) < len(plain.body) / 2
        tags.add(answer.headers["etag"])
    assert len(tags) == 4
    assert desk.ask(path, accept_encoding="identity;q=0").status == 406


def test_pictures_and_workbooks_are_packed_already(desk: Desk) -> None:
    made = desk.make(Page.RANKING)
    for part in ("/tables.xlsx", "/picture/1.png"):
        answer = desk.ask(made.path + part, accept_encoding="gzip, br")
        assert "content-encoding" not in answer.headers
        assert "vary" not in answer.headers


def test_what_the_reader_has_is_not_sent_again(own: Desk) -> None:
    path, tags = own.make().path, {}
    for coding in ("identity", "gzip", "br", "zstd"):
        tags[coding] = check_conditional(own, path, coding)
    commit(own.workspace.store, (A1, "garbage", "2026-01", 6))
    assert {own.ask(path, accept_encoding=coding, if_none_match=tag).status for coding, tag in tags.items()} == {200}


def check_conditional(own: Desk, path: str, coding: str) -> str:
    first = own.ask(path, accept_encoding=coding)
    tag = first.headers["etag"]
    for asked in (tag, f"W/{tag}", f'"other" , {tag}', "*", " * "):
        answer = own.ask(path, accept_encoding=coding, if_none_match=asked)
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers["etag"] == tag
        assert "content-length" not in answer.headers
        assert answer.headers["cache-control"] == "private, no-cache"
        assert answer.headers["content-security-policy"] == first.headers["content-security-policy"]
    for asked in ('"other"', tag.strip('"'), "", f'"{tag}"', tag.replace(coding, "deflate")):
        assert own.ask(path, accept_encoding=coding, if_none_match=asked).status == 200
    return tag


def test_a_snapshot_made_beside_it_does_not_make_a_page_another(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    for name in ("draw_page", "changes"):
        work = getattr(snapshot_answers, name)
        monkeypatch.setattr(snapshot_answers, name, lambda *given, n=name, w=work: calls.append(n) or w(*given))
    made = desk.make()
    tag = desk.ask(made.path).headers["etag"]
    desk.make(title="另一个")
    assert desk.ask(made.path, if_none_match=tag).status == 304
    assert sorted(calls) == ["changes", "draw_page"]


def test_a_hot_page_needs_no_store(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = desk.make()
    first = desk.ask(made.path)
    monkeypatch.setattr(desk.workspace.store, "reading", None)
    assert desk.ask(made.path).body == first.body


def test_fifty_who_open_a_new_link_at_once_get_it_drawn_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[object] = []
    draw = snapshot_answers.draw_page
    monkeypatch.setattr(snapshot_answers, "draw_page", lambda *given: drawn.append(1) or draw(*given))
    made = desk.make()
    answers = desk.ask_many([made.path] * 50, accept_encoding="br")
    answers += desk.ask_many([made.path] * 5, accept_encoding="gzip")
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 2
    assert len(drawn) == 1
    desk.snapshots.openings.flush()
    assert opened(desk, made) == 55


def test_a_comparison_is_worked_out_once_for_all_codings(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made, calls = desk.make(Page.RANKING), []
    compare = snapshot_answers.comparison_page
    monkeypatch.setattr(snapshot_answers, "comparison_page", lambda *given: calls.append(1) or compare(*given))
    for coding in ("identity", "gzip", "br", "zstd"):
        assert desk.ask(f"{made.path}/now", accept_encoding=coding).status == 200
    # Another snapshot changes no figure.
    desk.make(title="另一个")
    assert desk.ask(f"{made.path}/now").status == 200
    assert len(calls) == 1


def test_little_memory_makes_it_slow_and_not_wrong(office: Workspace) -> None:
    desk = Desk(office, most_bytes=0)
    made = desk.make()
    assert [answer.status for answer in desk.ask_many([made.path] * 5)] == [200] * 5
    desk.close()


def test_another_process_s_changes_are_seen_on_postgresql(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = desk.make()
    assert desk.ask(made.path).status == 200
    monkeypatch.setattr(type(desk.workspace.settings), "is_embedded", False)
    assert desk.ask(made.path).status == 200
    writes = desk.workspace.store.writes
    actions.revoke_snapshot(desk.workspace, made.number, actor=ACTOR, now=desk.now)
    # As if another process had written: this one has not.
    monkeypatch.setattr(desk.workspace.store, "_writes", writes)
    assert desk.ask(made.path).status == 410


# ── how often it was opened ────────────────────────────────────────────────────────────────────────────────────────


def test_openings_are_counted_and_outlive_the_app(desk: Desk) -> None:
    made = desk.make()
    tag = desk.ask(made.path).headers["etag"]
    desk.wait(timedelta(minutes=3))
    desk.ask(made.path, if_none_match=tag)
    for part in ("/tables.xlsx", "/pictures", "/pin"):
        desk.ask(made.path + part)
    desk.snapshots.close()
    found = queries.get_snapshot(desk.workspace, number=made.number)
    assert (found.opened, found.last_opened_at) == (2, desk.now)


def test_counting_does_not_make_the_page_another(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = desk.make()
    desk.ask(made.path)
    desk.snapshots.openings.flush()
    monkeypatch.setattr(snapshot_answers, "draw_banner", None)
    monkeypatch.setattr(queries, "get_snapshot", None)
    assert desk.ask(made.path).status == 200


def test_a_refused_opening_is_not_counted(desk: Desk) -> None:
    made = desk.make(access=Access.PIN, pin=PIN)
    desk.ask(made.path)
    give_pin(desk, made, "1111")
    desk.snapshots.openings.flush()
    assert opened(desk, made) == 0
