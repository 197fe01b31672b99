"""Addresses of snapshots as they are passed on."""

from urllib.parse import urlsplit

import streamlit as st

from ecodash import queries
from ecodash.domain.snapshots import Snapshot
from ecodash.reports import link_words
from ecodash.views import data


def base_url() -> str:
    """Where readers reach this server: as it was set up, else as the reader at hand does; empty where neither is known."""
    return data.workspace().settings.public_url or _origin(st.context.url)


def address(token: str, kept: str = "") -> str:
    """A link that others can open, as far as one is known; only its path where no host is.

    Args:
        kept: where the server answered when the snapshot was made. It is used where the reader sits at the server
            itself, whose own name nobody else can open.
    """
    known = base_url()
    if kept and (not known or is_local(known)):
        known = kept
    return f"{known}/s/{token}"


def address_of(one: Snapshot) -> str:
    """The link of a kept snapshot; empty where it cannot be shown again, or not to the reader at hand."""
    if not may_share(one):
        return ""
    token = queries.snapshot_token(data.workspace(), one)
    return "" if token is None else address(token, one.base_url)


def may_share(one: Snapshot) -> bool:
    """Whether the reader at hand may give the snapshot out and change its link."""
    return data.lets(queries.snapshot_token, one)


def is_local(url: str) -> bool:
    """Whether only this machine can open an address."""
    return link_words.is_local(url)


def _origin(url: str | None) -> str:
    parts = urlsplit(url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
