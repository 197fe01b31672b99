"""A snapshot's link as it is passed on: to copy, to open, as a QR code, as words for a group chat; its PIN once."""

from dataclasses import dataclass
from typing import Literal

import streamlit as st

from ecodash import queries
from ecodash.domain.audit import ExportKind
from ecodash.domain.snapshots import Access, Snapshot
from ecodash.i18n import gettext as _
from ecodash.reports import link_words
from ecodash.reports.numbers import show_time
from ecodash.views import data, downloads, links, snapshot_links, snapshot_text

_CODE = 216
"""Pixels a code is wide on the screen."""

_TO_TOP = """<script>setTimeout(() => {
  for (let box = document.querySelector(".st-key-snapshot_made"); box; box = box.parentElement) box.scrollTop = 0;
}, 150)</script>"""
SCRIPTS = (_TO_TOP,)
"""The link comes into view: the button that made it stood at the foot of the form, which scrolls by itself."""


@dataclass(frozen=True, slots=True)
class Made:
    """A snapshot this session made.

    Args:
        token: what its link ends in.
        pin: empty where none is asked for; kept nowhere else as it is.
    """

    number: int
    token: str
    pin: str = ""


def show(made: Made) -> None:
    """What there is to pass on, right after it was made."""
    one = queries.get_snapshot(data.workspace(), number=made.number)
    address = snapshot_links.address(made.token, one.base_url)
    with st.container(key="snapshot_made"):
        st.success(snapshot_text.made(made.number), icon=":material/check_circle:")
        show_copied(address, key="made")
        warn(one, address)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.link_button(_("打开"), address, icon=":material/open_in_new:", type="primary", key="snapshot_made_open")
            st.page_link(
                str(links.SNAPSHOTS_FILE),
                label=_("管理这个快照"),
                icon=":material/settings:",
                query_params=links.language_param() | {"snapshot": str(made.number)},
            )
        words, code = st.columns([3, 2])
        with words:
            if made.pin:
                show_pin(made.pin, snapshot_text.pin_once())
            show_words(one, address)
        with code:
            show_code(one, address, key="made")
        st.html(_TO_TOP, unsafe_allow_javascript=True)


def show_copied(words: str, *, key: str, width: int | Literal["stretch"] = "stretch") -> None:
    """Text to copy, with a button that says so: a finger cannot hover."""
    with st.container(key=f"copy_{key}", width=width):
        st.code(words, language=None, wrap_lines=True)


def warn(one: Snapshot, address: str) -> None:
    """Say so where the link would not open for those it is sent to."""
    if one.access is Access.SIGNED_IN:
        st.warning(snapshot_text.signed_in_only(), icon=":material/lock:")
    elif snapshot_links.is_local(address):
        st.warning(snapshot_text.only_here(), icon=":material/computer:")


def show_pin(pin: str, says: str) -> None:
    """A PIN, which can be had only here and now."""
    st.markdown(f"**{says}**")
    show_copied(pin, key="pin", width=260)


def show_words(one: Snapshot, address: str) -> None:
    """The sentence for a group chat. Chinese, as the snapshot is."""
    st.markdown(f"**{snapshot_text.group_sentence()}**")
    show_copied(sentence(one, address), key="words")


def show_code(one: Snapshot, address: str, *, key: str) -> None:
    """The QR code, and its file."""
    st.markdown(f"**{_('二维码')}**")
    st.image(link_words.qr_svg(address), width=_CODE, alt=_("二维码：{address}").format(address=address))
    downloads.offer(
        _("下载二维码"),
        lambda: link_words.qr_png(address),
        file_name=f"{_('二维码')}-{one.title}.png",
        mime="image/png",
        what=ExportKind.QR_CODE,
        is_chinese=True,
        icon=":material/qr_code_2:",
        key=f"snapshot_qr_{key}",
    )


def sentence(one: Snapshot, address: str) -> str:
    """What to write beside the link in a group chat."""
    return link_words.chat_sentence(
        one.title,
        one.watermark,
        show_time(data.watermark_stamp(one.watermark).committed_at),
        address,
        has_pin=one.access is Access.PIN,
        expires=show_time(one.expires_at, missing=""),
    )
