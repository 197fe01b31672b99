"""Streamlit's own files: compressed once, sent to anybody in the smallest form taken, and nothing else by their address."""

import gzip
import hashlib
import os
import random
import threading
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pyarrow as pa
import pytest
import streamlit
from hypothesis import given
from hypothesis import strategies as st

from ecodash.domain.access import Role
from ecodash.web import static_copies, static_files
from ecodash.web.first_page import FirstPages
from ecodash.web.frontend import Frontend
from ecodash.web.static_copies import BEST, QUICK, Copies, list_files
from tests.builders import COUNTY
from tests.web.gates import PAGE, House

INDEX = """<!DOCTYPE html><html><head>
    <link
      rel="preload"
      href="./static/media/Own.AAAAAAAA.woff2"
      as="font"
      type="font/woff2"
      crossorigin
    />
<script>window.prerenderReady = false</script>
<script type="module" crossorigin src="./static/js/index.AAAAAAAA.js"></script>
<link rel="stylesheet" crossorigin href="./static/css/index.BBBBBBBB.css">
</head><body></body></html>"""
MAIN = 'import{a}from"./shared.AAAAAAAA.js";' + "let filler=1;" * 200
FILES = {
    "js/index.AAAAAAAA.js": MAIN.encode(),
    "js/shared.AAAAAAAA.js": b"export let a=1;" * 100,
    "js/Html.AAAAAAAA.js": b"import{a}from`./shared.AAAAAAAA.js`;import './deep.AAAAAAAA.js';" + b"x;" * 400,
    "js/deep.AAAAAAAA.js": b"export let deep=1;" * 50,
    "js/DataFrame.AAAAAAAA.js": b"let table=1;" * 50,
    "js/HtmlOther.AAAAAAAA.js": b"let other=1;" * 50,
    "js/tiny.AAAAAAAA.js": b"1",
    "css/index.BBBBBBBB.css": b"a{color:red}" * 60,
    "css/DataFrame.BBBBBBBB.css": b"b{color:red}" * 60,
    "media/Own.AAAAAAAA.woff2": b"font" * 100,
    "media/MaterialSymbols-Rounded.AAAAAAAA.woff2": b"icons" * 100,
    "media/unknown.AAAAAAAA.bin": b"?" * 100,
}
SCRIPT = "/static/js/index.AAAAAAAA.js"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As Streamlit's, but small, with one file that is sent in parts."""
    made = tmp_path_factory.mktemp("streamlit")
    (made / "index.html").write_text(INDEX, "utf-8")
    (made / "secret.txt").write_text("no file of /static/", "utf-8")
    noise = random.Random(1).randbytes(static_files._LARGE + 100_000)
    for name, content in {**FILES, "js/large.AAAAAAAA.js": noise}.items():
        path = made / "static" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return made


@pytest.fixture(scope="module")
def made(building: House, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An installation whose copies have been made."""
    frontend = Frontend(folder, "1", tmp_path_factory.mktemp("home") / "static", ("map", "ranking"))
    frontend.pages.make()
    frontend.copies.make(QUICK)
    found = House(building.workspace, frontend=frontend)
    yield found
    found.close()


@pytest.fixture
def site(made: House) -> House:
    """The same for one test."""
    made.reset()
    return made


@pytest.fixture(scope="module")
def token(made: House) -> str:
    """Of somebody who has signed in."""
    return made.enrol(Role.VIEWER, COUNTY)


def unpacked(body: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return bytes(pa.CompressedInputStream(pa.BufferReader(body), "brotli").read())
    return gzip.decompress(body) if encoding == "gzip" else body


# ── what is sent ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("taken", ["br", "gzip", "gzip, deflate", "gzip, deflate, br, zstd", "", "identity", "zstd"])
def test_a_file_is_sent_to_anybody_in_the_smallest_form_taken(site: House, taken: str) -> None:
    answer = site.ask(SCRIPT, accept_encoding=taken)
    encoding = answer.headers.get("content-encoding", "identity")
    assert encoding == ("br" if "br" in taken else "gzip" if "gzip" in taken else "identity")
    assert unpacked(answer.body, encoding) == FILES["js/index.AAAAAAAA.js"]
    assert answer.status == 200
    assert answer.headers["content-length"] == str(len(answer.body))
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers
    assert site.behind.seen == []


def test_each_form_has_a_tag_of_its_own_and_is_not_sent_again(site: House) -> None:
    tags = {}
    for taken in ("br", "gzip", "identity"):
        first = site.ask(SCRIPT, accept_encoding=taken)
        tags[taken] = first.headers["etag"]
        again = site.ask(SCRIPT, accept_encoding=taken, if_none_match=f'"x", W/{tags[taken]}')
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tags[taken])
        assert again.headers["vary"] == "Accept-Encoding"
        assert "content-length" not in again.headers
    assert len(set(tags.values())) == 3
    assert site.ask(SCRIPT, accept_encoding="br", if_none_match=tags["gzip"]).status == 200


def test_the_head_alone_says_how_long_the_file_is(site: House) -> None:
    whole, head = (site.ask(SCRIPT, method=method, accept_encoding="br") for method in ("GET", "HEAD"))
    assert head.body == b""
    assert {**head.headers, "x-request-id": ""} == {**whole.headers, "x-request-id": ""}


def test_who_asks_for_a_part_gets_all_of_it(site: House) -> None:
    answer = site.ask(SCRIPT, range="bytes=0-9", accept_encoding="identity")
    assert (answer.status, answer.headers["accept-ranges"]) == (200, "none")
    assert answer.body == FILES["js/index.AAAAAAAA.js"]


def test_what_does_not_get_smaller_is_sent_as_it_is(site: House, folder: Path) -> None:
    for name in ("js/tiny.AAAAAAAA.js", "media/Own.AAAAAAAA.woff2", "js/large.AAAAAAAA.js"):
        answer = site.ask(f"/static/{name}", accept_encoding="br, gzip")
        assert "content-encoding" not in answer.headers
        assert answer.body == (folder / "static" / name).read_bytes()
    assert site.ask("/static/media/unknown.AAAAAAAA.bin").headers["content-type"] == "application/octet-stream"


def test_a_large_file_is_read_as_it_is_sent_and_not_kept(site: House) -> None:
    assert site.frontend is not None
    used = site.frontend.files._bodies.used
    assert len(site.ask("/static/js/large.AAAAAAAA.js").body) > static_files._LARGE
    assert site.frontend.files._bodies.used == used


def test_where_somebody_removed_the_copies_the_file_itself_is_sent(
    building: House, folder: Path, tmp_path: Path
) -> None:
    frontend = Frontend(folder, "1", tmp_path, ())
    frontend.copies.make(QUICK)
    house = House(building.workspace, frontend=frontend)
    for path in tmp_path.rglob("*.br"):
        path.unlink()
    answer = house.ask(SCRIPT, accept_encoding="br")
    house.close()
    assert (answer.status, answer.body) == (200, FILES["js/index.AAAAAAAA.js"])
    assert "content-encoding" not in answer.headers


# ── what is not ────────────────────────────────────────────────────────────────────────────────────────────────────

ODD = (
    "/static/", "/static/js", "/static/js/", "/static/../secret.txt", "/static/../index.html", "/static//etc/passwd",
    "/static/js/../../secret.txt", "/static/./js/index.AAAAAAAA.js", "/static/js//index.AAAAAAAA.js",
    "/static/js/index.AAAAAAAA.js/", "/static/js/index.AAAAAAAA.js.5.br", "/static/JS/index.AAAAAAAA.js",
    "/static/js\\index.AAAAAAAA.js", "/static/js/index.AAAAAAAA.js\x00", "/static/js/index.AAAAAAAA.js;x",
    "/static/copies.json", "/static/index.html", "/static/js/村.js", "/static/C:/Windows/win.ini", "/static/~root/x",
)  # fmt: skip


@pytest.mark.parametrize("path", ODD)
@pytest.mark.parametrize("signed", [True, False])
def test_nothing_but_the_files_is_there_with_a_session_or_without(
    site: House, token: str, path: str, signed: bool
) -> None:
    answer = site.ask(path, token=token if signed else "")
    assert answer.status == 404
    assert answer.headers["cache-control"] == "private, no-store"
    assert site.behind.seen == []


@given(st.text(st.characters(codec="utf-8"), max_size=60))
@hypothesis.settings(max_examples=50)
def test_no_path_leads_elsewhere(made: House, name: str) -> None:
    found = made.ask(f"/static/{name.replace('?', '')}")
    assert found.status == 404 or name.partition("?")[0] in [*FILES, "js/large.AAAAAAAA.js"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_files_are_only_read(site: House, method: str) -> None:
    answer = site.ask(SCRIPT, method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


# ── the first page ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/", "/map", "/ranking?region=500230"])
def test_a_page_begins_with_what_it_needs_and_is_for_whoever_has_signed_in(site: House, token: str, path: str) -> None:
    assert site.ask(path, **PAGE).status == 303
    answer = site.ask(path, token=token, accept_encoding="gzip", **PAGE)
    html = gzip.decompress(answer.body).decode()
    hinted = [line.partition('href="./')[2].partition('"')[0] for line in html.splitlines() if "modulepreload" in line]
    expected = ["static/js/Html.AAAAAAAA.js", "static/js/deep.AAAAAAAA.js"]
    more = [] if path == "/" else ["static/js/DataFrame.AAAAAAAA.js"]
    assert hinted == expected + more
    assert ("static/css/DataFrame.BBBBBBBB.css" in html) == bool(more)
    assert 'as="font"' not in html
    assert html.count('as="fetch"') == 2
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert site.behind.seen == []


def test_other_paths_and_methods_are_streamlits(site: House, token: str) -> None:
    for path in ("/nothing", "/map/", "/index.html", "/_stcore/health"):
        assert site.ask(path, token=token).body == b"behind"
    assert site.ask("/", token=token, method="POST").body == b"behind"


def test_the_scripts_of_the_page_stay_as_the_policy_names_them(site: House, token: str) -> None:
    page = site.ask("/", token=token).body.decode()
    assert page.count("<script") == INDEX.count("<script")
    assert "<script>window.prerenderReady = false</script>" in page
    assert "</head><body></body></html>" in page


def test_before_the_pages_are_made_streamlit_answers(building: House, token: str, folder: Path, tmp_path: Path) -> None:
    house = House(building.workspace, frontend=Frontend(folder, "1", tmp_path, ("map",)))
    assert house.ask("/map", token=token).body == b"behind"
    assert house.ask(SCRIPT, accept_encoding="br").body == FILES["js/index.AAAAAAAA.js"]
    house.close()


def test_where_a_password_is_typed_the_files_are_fetched_ahead_and_nothing_runs(site: House) -> None:
    shown = site.ask("/login", **PAGE)
    html = shown.body.decode()
    assert f'<link rel="prefetch" href="{SCRIPT}">' in html
    assert 'MaterialSymbols-Rounded.AAAAAAAA.woff2" as="font" crossorigin>' in html
    assert "script-src" not in shown.headers["content-security-policy"]
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert "prefetch" not in site.ask("/login/elsewhere", **PAGE).body.decode()


# ── of the Streamlit that is installed ─────────────────────────────────────────────────────────────────────────────


def test_streamlits_own_files_are_as_they_are_known_here(tmp_path: Path) -> None:
    folder = Path(streamlit.__file__).parent / "static"
    files = list_files(folder, streamlit.__version__)
    assert len(files) > 300
    assert all(one.media != b"application/octet-stream" for one in files.values())
    stems = [name.rpartition("/")[2].split(".") for name in files]
    assert all(len(parts) >= 3 and len(parts[-2]) == 8 for parts in stems), "every name holds a digest"
    pages = FirstPages(folder, files, ("map", "profile"))
    pages.make()
    needed = {name.rpartition("/")[2].partition(".")[0] for name in pages.needed("map")}
    assert needed >= {"index", "protobuf", "Html", "Radio", "Selectbox", "PageLink", "LinkButton", "DownloadButton"}
    assert needed >= {"DataFrame", "ButtonGroup", "BidiComponent", "MaterialSymbols-Rounded"}
    reply = pages.find("/profile", "identity")
    assert reply is not None
    html = reply.body.decode()
    assert "PlotlyChart." in html
    assert 'as="font"' not in html
    original = (folder / "index.html").read_text("utf-8")
    assert all(line in html for line in original.splitlines() if "src=" in line or "prerenderReady" in line)


# ── copies ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def copies_of(folder: Path, kept: Path, version: str = "1") -> Copies:
    return Copies(list_files(folder, version), kept)


def test_copies_are_made_once_and_read_at_the_next_start(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies_of(folder, tmp_path).make(QUICK)
    monkeypatch.setattr(static_copies, "encode", None)
    again = copies_of(folder, tmp_path)
    assert again.find("static/js/index.AAAAAAAA.js", "br") is None
    again.make(QUICK)
    found = again.find("static/js/index.AAAAAAAA.js", "br")
    assert found is not None
    assert hashlib.sha256(found.path.read_bytes()).hexdigest() == found.digest


@pytest.mark.parametrize("damage", ["empty", "other", "gone", "manifest", "no manifest"])
def test_what_a_power_cut_left_is_made_anew(folder: Path, tmp_path: Path, damage: str) -> None:
    first = copies_of(folder, tmp_path)
    first.make(QUICK)
    found = first.find("static/js/index.AAAAAAAA.js", "br")
    assert found is not None
    whole = found.path.read_bytes()
    if damage == "gone":
        found.path.unlink()
    elif damage == "no manifest":
        (first.folder / "copies.json").unlink()
    elif damage == "manifest":
        (first.folder / "copies.json").write_bytes(b'[["static/js/index.AAAAAAAA.js", 3]')
    else:
        found.path.write_bytes(b"" if damage == "empty" else b"x" * len(whole))
    again = copies_of(folder, tmp_path)
    again.make(QUICK)
    assert again.find("static/js/index.AAAAAAAA.js", "br") == found
    assert found.path.read_bytes() == whole


def test_better_copies_take_the_place_of_the_quick_ones(folder: Path, tmp_path: Path) -> None:
    name = "static/js/index.AAAAAAAA.js"
    copies = copies_of(folder, tmp_path)
    copies.make(QUICK)
    quick = copies.find(name, "br")
    copies.make(BEST)
    best = copies.find(name, "br")
    assert quick is not None
    assert best is not None
    assert (quick.level, best.level) == (QUICK, BEST)
    # Who was just given the quick one is still reading it; at the next start nobody is.
    assert quick.path.exists()
    copies_of(folder, tmp_path).make(QUICK)
    assert (quick.path.exists(), best.path.exists()) == (False, True)


def test_of_another_version_there_are_other_copies_and_the_old_ones_go(folder: Path, tmp_path: Path) -> None:
    old, new = copies_of(folder, tmp_path, "1"), copies_of(folder, tmp_path, "2")
    old.make(QUICK)
    (tmp_path / "something else").mkdir()
    new.make(QUICK)
    assert (old.folder.exists(), new.folder.exists()) == (False, True)
    assert (tmp_path / "something else").exists()


def test_a_stop_is_heeded_and_what_was_made_is_kept(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies, made = copies_of(folder, tmp_path), []
    encode = static_copies.encode

    def stopping(data: bytes, encoding: str, level: int | None) -> bytes:
        made.append(encoding)
        if len(made) == 3:
            copies.stop()
        return encode(data, encoding, level)

    monkeypatch.setattr(static_copies, "encode", stopping)
    copies.make_all()
    assert len(made) == 3
    again = copies_of(folder, tmp_path)
    again.make(QUICK)
    assert len(made) == 3 + 2 * 10 - 3


def test_a_stop_does_not_wait_for_a_copy_that_takes_long(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_go_on = threading.Event(), threading.Event()

    def endless(data: bytes, encoding: str, level: int | None) -> bytes:
        begun.set()
        assert may_go_on.wait(120)
        return encode(data, encoding, level)

    encode = static_copies.encode
    monkeypatch.setattr(static_copies, "encode", endless)
    frontend = Frontend(folder, "1", tmp_path, ())
    frontend.start()
    assert begun.wait(60)
    frontend.close()
    assert not [*tmp_path.rglob("*.br")]
    may_go_on.set()
    frontend._thread.join(60)
    # What was at hand is whole; nothing came after it, and no list of copies names what is not there.
    assert len([*tmp_path.rglob("*.br"), *tmp_path.rglob("*.gz")]) == 1
    again = copies_of(folder, tmp_path)
    again.make(QUICK)
    assert again.find("static/js/index.AAAAAAAA.js", "br") is not None


def test_two_that_make_them_at_once_make_the_same(folder: Path, tmp_path: Path) -> None:
    both = [copies_of(folder, tmp_path) for _ in range(2)]
    threads = [threading.Thread(target=one.make, args=(QUICK,)) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert both[0]._ready == both[1]._ready
    assert not [*tmp_path.rglob("*.part")]


@pytest.mark.skipif(os.name == "nt", reason="a file stands in the way everywhere, but is told otherwise there")
def test_where_nothing_can_be_written_files_are_sent_as_they_are(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    copies = copies_of(folder, tmp_path / "file")
    copies.make_all()
    assert copies.find("static/js/index.AAAAAAAA.js", "br") is None
