"""The own second factor: offered, confirmed by its first code, given up with the password."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from itsdangerous import BadSignature

from ecodash import link_key
from ecodash.actions.sign_in_guard import audit, settle_right
from ecodash.actions.signing_in import caller_of, confirm_own_password, get_open_session, own_account, signer
from ecodash.errors import TransitionRefused, UserError
from ecodash.i18n import gettext as _
from ecodash.one_time_codes import derive_secret, matching_step, setup_uri
from ecodash.permits import Reach, needs
from ecodash.store import records
from ecodash.workspace import Workspace

OFFER_HOLDS = timedelta(minutes=15)
_LONGEST_OFFER = 1_000


@dataclass(frozen=True, slots=True)
class TotpOffer:
    """A second factor that is not used yet.

    Args:
        secret: to be typed into an authenticator app, in base 32.
        uri: the same for the picture that an app reads.
        text: the offer itself, signed: hand it to confirm_totp with the first code, within 15 minutes.
    """

    secret: str = field(repr=False)
    uri: str = field(repr=False)
    text: str = field(repr=False)


@needs(None, Reach.MACHINE)
def begin_totp(workspace: Workspace, token: str, *, now: datetime) -> TotpOffer:
    """Offer the account of a session a second factor; nothing is kept until its first code is typed.

    Raises:
        SignInRefused: the session ended.
        TransitionRefused: the account has one.
    """
    with workspace.store.reading() as connection:
        account = own_account(connection, get_open_session(connection, workspace, token, now))
    if account.has_totp:
        raise _has_one()
    nonce = link_key.new_nonce()
    secret = derive_secret(workspace.link_key, nonce)
    until = int((now + OFFER_HOLDS).timestamp())
    text = str(signer(workspace, "second factor").dumps([account.number, nonce, until]))
    return TotpOffer(secret, setup_uri(secret, account.login), text)


@needs(None, Reach.MACHINE)
def confirm_totp(workspace: Workspace, token: str, offer: str, code: str, *, now: datetime, address: str = "") -> None:
    """Ask for codes from now on: the first one shows that the app works. Other sessions of the account end.

    Raises:
        SignInRefused: the session ended.
        TransitionRefused: the account has a second factor.
        UserError: the offer is none or too old, or the code is not right.
    """
    number, nonce, until = _read(workspace, offer)
    with workspace.store.writing() as connection:
        records.lock_access(connection)
        session = get_open_session(connection, workspace, token, now)
        account = own_account(connection, session)
        if account.has_totp:
            raise _has_one()
        if number != account.number or now.timestamp() > until:
            raise _stale()
        step = matching_step(derive_secret(workspace.link_key, nonce), code, now, after=0)
        if step is None:
            raise UserError(
                _("验证码不对。"), _("请输入手机上现在显示的 6 位数字；一直不对时请核对手机的时间是否准确。")
            )
        records.update_account(connection, account.number, totp_nonce=nonce, totp_step=step)
        ended = records.end_sessions(connection, account.number, now, but=session.token_hash)
        audit(connection, "begin_totp", account, {"sessions": ended}, caller_of(session, address), now)


@needs(None, Reach.MACHINE)
def drop_totp(workspace: Workspace, token: str, password: str, *, now: datetime, address: str = "") -> None:
    """Be asked for no code any more.

    Raises:
        SignInRefused: the session ended, the password is not right, or too many wrong ones were typed.
    """
    attempt, session = confirm_own_password(workspace, token, password, address=address, now=now)
    assert attempt.account is not None
    with workspace.store.writing() as connection:
        records.lock_access(connection)
        get_open_session(connection, workspace, token, now)
        settle_right(connection, attempt)
        if attempt.account.has_totp:
            records.update_account(connection, attempt.account.number, totp_nonce="", totp_step=0)
            audit(connection, "drop_totp", attempt.account, {}, caller_of(session, address), now)


def _read(workspace: Workspace, offer: str) -> tuple[int, str, int]:
    try:
        number, nonce, until = signer(workspace, "second factor").loads(offer[:_LONGEST_OFFER])
        return int(number), str(nonce), int(until)
    except (BadSignature, ValueError, TypeError):
        raise _stale() from None


def _has_one() -> TransitionRefused:
    return TransitionRefused(_("已经开通了动态验证码。"), _("如要换手机，请先停用，再重新开通。"))


def _stale() -> UserError:
    return UserError(_("开通动态验证码超时。"), _("请重新开始，用新的二维码。"))
