"""A snapshot's link as people pass it on: a QR code, and words to paste into a group chat. Chinese, whoever asks."""

import io
from ipaddress import ip_address
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

import segno

from ecodash.domain.snapshots import MOST_TITLE, clean_text
from ecodash.reports.take_stamp import as_of_words

QUIET_ZONE = 4
"""Modules of white around a code that a camera needs to find it."""

_DARK, _LIGHT = "#000000", "#ffffff"
_PIXELS = 600


def qr_svg(address: str, name: str = "") -> str:
    """A QR code to set into a page: dark on white whatever the theme, with a name for those who hear the page: what it
    holds, where no other is given.

    It fills the width its surroundings give it. No style attribute, which a content policy may forbid.

    Raises:
        ValueError: nothing to encode, or more than a code holds.
    """
    side = _code(address).symbol_size(border=QUIET_ZONE)[0]
    name = quoteattr(clean_text(name or f"二维码：{address}", 2_000, lines=False))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="qr" viewBox="0 0 {side} {side}" width="240" height="240" '
        f'role="img" aria-label={name} shape-rendering="crispEdges">{_modules(address)}</svg>'
    )


def qr_mark(address: str, size: float) -> str:
    """A QR code as a part of a larger drawing, so many units wide and high."""
    side = _code(address).symbol_size(border=QUIET_ZONE)[0]
    return f'<g transform="scale({size / side:.5f})" shape-rendering="crispEdges">{_modules(address)}</g>'


def qr_png(address: str) -> bytes:
    """A QR code as a picture of about 600 pixels, each module a whole number of them."""
    code = _code(address)
    sink = io.BytesIO()
    scale = max(round(_PIXELS / code.symbol_size(border=QUIET_ZONE)[0]), 1)
    code.save(sink, kind="png", scale=scale, border=QUIET_ZONE, dark=_DARK, light=_LIGHT)
    return sink.getvalue()


def _code(address: str) -> segno.QRCode:
    if not address:
        raise ValueError("no address to encode")
    # The level stays M: a stronger one would ask for smaller modules, which old phones read badly off a projector.
    return segno.make_qr(address, error="m", boost_error=False)


def _modules(address: str) -> str:
    """White ground and dark modules, one unit each; neighbours in a row are one stroke."""
    code = _code(address)
    side = code.symbol_size(border=QUIET_ZONE)[0]
    strokes = []
    for y, row in enumerate(code.matrix, QUIET_ZONE):
        start = None
        for x, is_dark in enumerate([*row, 0]):
            if is_dark and start is None:
                start = x
            elif not is_dark and start is not None:
                strokes.append(f"M{start + QUIET_ZONE} {y}h{x - start}v1h-{x - start}z")
                start = None
    ground = f'<path d="M0 0h{side}v{side}h-{side}z" fill="{_LIGHT}"/>'
    return f'{ground}<path d="{"".join(strokes)}" fill="{_DARK}"/>'


def chat_sentence(
    title: str, watermark: int, committed: str, address: str, *, has_pin: bool = False, expires: str = ""
) -> str:
    """What to paste into a group chat: title, as of when, what opens it and until when; the link on a line of its own.

    The PIN never stands beside its link.

    Args:
        title: of the snapshot.
        watermark, committed: as of Stamp.
        address: the full link.
        has_pin: whether a PIN guards it.
        expires: until when the link opens, as people write it; empty: for ever.
    """
    told = [f"【{clean_text(title, MOST_TITLE, lines=False)}】{as_of_words(watermark, committed)}"]
    told += ["打开需要口令，口令另行告知"] if has_pin else []
    told += [f"有效期至 {expires}"] if expires else []
    return "；".join(told) + "。\n" + address


def is_local(address: str) -> bool:
    """Whether a link points at the very machine it is opened on, so that no other can open it."""
    try:
        host = (urlsplit(address).hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback or found.is_unspecified
