"""A link as people pass it on: the code holds the link, the words say what it is and never the PIN."""

import io
import re
import struct
import xml.etree.ElementTree as ET

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from ecodash.i18n import speaking
from ecodash.reports.link_words import chat_sentence, is_local, qr_mark, qr_png, qr_svg

SVG = "{http://www.w3.org/2000/svg}"
LINK = "http://10.1.2.3:8501/s/AbCdEfGhIjKlMnOpQrStUv"


def drawn_modules(svg: str, side: int) -> list[list[int]]:
    """The dark modules of a drawn code as a square of 0 and 1, the quiet zone included."""
    dark = next(path for path in ET.fromstring(svg).iter(f"{SVG}path") if path.get("fill") == "#000000")
    square = [[0] * side for _ in range(side)]
    for x, y, wide, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", dark.get("d", "")):
        assert wide == back
        for place in range(int(x), int(x) + int(wide)):
            square[int(y)][place] += 1
    return square


def code_of(address: str) -> list[list[int]]:
    code = segno.make_qr(address, error="m", boost_error=False)
    return [[int(module) for module in row] for row in code.matrix_iter(border=4)]


@pytest.mark.parametrize("address", [LINK, 'https://县.example.cn/s/abc?x=1&y="<', LINK + "x" * 300])
def test_the_drawn_modules_are_those_of_the_code(address: str) -> None:
    expected = code_of(address)
    assert drawn_modules(qr_svg(address), len(expected)) == expected


@settings(max_examples=30)
@given(st.text(min_size=1, max_size=60))
def test_any_address_is_drawn_as_its_code(address: str) -> None:
    try:
        expected = code_of(address)
    except (ValueError, UnicodeError):
        return
    assert drawn_modules(qr_svg(address), len(expected)) == expected


def test_a_code_is_dark_on_white_and_has_a_name_and_no_style() -> None:
    svg = qr_svg(LINK)
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == f"二维码：{LINK}"
    assert "style" not in svg
    ground = next(iter(root.iter(f"{SVG}path")))
    side = len(code_of(LINK))
    assert (ground.get("fill"), ground.get("d")) == ("#ffffff", f"M0 0h{side}v{side}h-{side}z")
    assert root.get("viewBox") == f"0 0 {side} {side}"


def test_a_hostile_address_stays_an_attribute() -> None:
    evil = '"><script>alert(1)</script>\u202e'
    root = ET.fromstring(qr_svg(evil))
    assert root.get("aria-label") == '二维码："><script>alert(1)</script>'
    assert {element.tag for element in root.iter()} == {f"{SVG}svg", f"{SVG}path"}


def test_a_code_fits_into_a_larger_drawing() -> None:
    mark = ET.fromstring(f'<svg xmlns="http://www.w3.org/2000/svg">{qr_mark(LINK, 96)}</svg>')
    scale = float(next(iter(mark.iter(f"{SVG}g"))).get("transform", "")[6:-1])
    assert scale * len(code_of(LINK)) == pytest.approx(96, abs=0.01)


@pytest.mark.parametrize("address", [LINK, LINK + "x" * 300])
def test_a_picture_of_a_code_is_about_600_pixels_of_whole_modules(address: str) -> None:
    png = qr_png(address)
    width, height = struct.unpack(">II", png[16:24])
    assert width == height
    assert 540 <= width <= 680
    assert width % len(code_of(address)) == 0
    assert io.BytesIO(png).read(8) == b"\x89PNG\r\n\x1a\n"


def test_nothing_cannot_be_encoded() -> None:
    with pytest.raises(ValueError, match="no address"):
        qr_svg("")


# ── words ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_sentence_says_what_it_is_as_of_when_and_how_it_opens() -> None:
    said = chat_sentence("丰都县十月例会", 48, "2026-11-03 09:12", LINK, has_pin=True, expires="2026-12-03 09:30")
    assert said == (
        "【丰都县十月例会】截至第 48 批，2026-11-03 09:12 提交（北京时间）；打开需要口令，口令另行告知；"
        f"有效期至 2026-12-03 09:30。\n{LINK}"
    )


def test_what_does_not_apply_is_not_said() -> None:
    assert chat_sentence("例会", 0, "", LINK) == f"【例会】还没有提交过数据。\n{LINK}"


def test_the_sentence_is_chinese_whoever_makes_it_and_of_two_lines() -> None:
    with speaking("en"):
        said = chat_sentence("例\u202e会\nhttp://evil.example\n" + "长" * 10_000, 48, "2026-11-03 09:12", LINK)
    first, second = said.split("\n")
    assert second == LINK
    assert first.startswith("【例会 http://evil.example 长")
    assert "截至第 48 批" in first
    assert len(first) < 200


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:8501/s/a", "http://LOCALHOST./s/a", "http://127.0.0.1:8501/s/a", "http://127.8.9.1/s/a",
        "http://[::1]:8501/s/a", "http://0.0.0.0:8501/s/a", "http://[::ffff:127.0.0.1]/s/a", "http://x.localhost/s/a",
    ],
)  # fmt: skip
def test_a_link_to_this_very_machine_is_local(address: str) -> None:
    assert is_local(address)


@pytest.mark.parametrize(
    "address",
    [
        LINK,
        "https://eco.example.cn/s/a",
        "http://localhost.example.cn/s/a",
        "http://127.example.cn/",
        "",
        "http://[x/s/a",
    ],
)
def test_any_other_link_is_not(address: str) -> None:
    assert not is_local(address)
