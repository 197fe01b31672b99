"""One's own account, as the pages ask for it and change it: by the session in the browser's cookie."""

from dataclasses import dataclass

import streamlit as st

from ecodash.actions import second_factors, signing_in
from ecodash.actions.second_factors import TotpOffer
from ecodash.domain.access import SYSTEM
from ecodash.domain.accounts import Account
from ecodash.link_key import hash_token
from ecodash.queries import accounts
from ecodash.sessions import SESSION_COOKIE
from ecodash.store.records import SessionRecord
from ecodash.views import data
from ecodash.workspace import Workspace


@dataclass(frozen=True, slots=True)
class OwnSession:
    """Where somebody is signed in.

    Args:
        is_this: the session this page is shown in.
    """

    record: SessionRecord
    is_this: bool


def is_open_mode() -> bool:
    """Whether everybody on this machine works without an account."""
    return data.workspace().settings.is_open


def is_known() -> bool:
    """Whether whoever sits before the screen may use it: an account, or the machine's operator."""
    actor = data.actor()
    return actor.is_operator or actor.account > 0


def own() -> Account | None:
    """The reader's account; None in open mode."""
    return accounts.own_account(data.workspace())


def sessions() -> list[OwnSession]:
    """Where the reader is signed in now, this session first."""
    here = hash_token(_token())
    found = [OwnSession(one, one.token_hash == here) for one in accounts.own_sessions(data.workspace(), data.now())]
    return sorted(found, key=lambda one: not one.is_this)


def sign_out() -> None:
    """End this session."""
    signing_in.sign_out(_software(), _token(), now=data.now())


def sign_out_everywhere(*, keeps_this: bool) -> int:
    """End the reader's sessions; returns how many."""
    return signing_in.sign_out_everywhere(_software(), _token(), keeps_this=keeps_this, now=data.now())


def offer_totp() -> TotpOffer:
    """A second factor to be confirmed by its first code."""
    return second_factors.begin_totp(_software(), _token(), now=data.now())


def confirm_totp(offer: str, code: str) -> None:
    """Ask for codes from now on."""
    second_factors.confirm_totp(_software(), _token(), offer, code, now=data.now())


def drop_totp(password: str) -> None:
    """Ask for no codes any more."""
    second_factors.drop_totp(_software(), _token(), password, now=data.now())


def _token() -> str:
    """The session's opaque id: never written into a page, an address or the session's state."""
    return str(st.context.cookies.get(SESSION_COOKIE, ""))


def _software() -> Workspace:
    """Signing in and out acts for the software; who is meant is told by the session."""
    return data.workspace().acting(SYSTEM)
