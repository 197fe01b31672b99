"""Accounts: who administers a region makes them for it, changes their roles, disables them and gives new passwords."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ecodash.domain.access import Actor, Grant, Right
from ecodash.domain.accounts import (
    MOST_REASON,
    Account,
    check_grants,
    check_login,
    check_name,
    check_unit,
    common_region,
    new_first_password,
)
from ecodash.domain.regions import COUNTRY_KEY, region_code
from ecodash.domain.snapshots import clean_text
from ecodash.errors import LinkUnknown, NotPermitted, TransitionRefused, UserError
from ecodash.i18n import gettext as _
from ecodash.passwords import hash_password
from ecodash.permits import Reach, needs
from ecodash.permits.accounts import of_account, of_grants
from ecodash.store import journal, records
from ecodash.store.engine import Connection
from ecodash.workspace import Workspace


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account just made, and the password for its first sign-in, which is shown this once and kept nowhere."""

    account: Account
    first_password: str = field(repr=False)


@needs(Right.ADMINISTER, of_grants)
def create_account(
    workspace: Workspace,
    login: str,
    name: str,
    *,
    unit: str = "",
    grants: Sequence[Grant] = (),
    actor: Actor,
    now: datetime,
) -> NewAccount:
    """Make an account whose first password is to be changed at the first sign-in.

    Args:
        grants: roles by region, each in a region the actor administers; only the machine's operator may give none.
    Raises:
        UserError: the login, the name or a region cannot be used, or the login is taken.
        NotPermitted: a role for a region the actor does not administer.
    """
    wish = NewLogin(check_login(login), check_name(name), check_unit(unit), checked_grants(workspace, grants))
    return insert_accounts(workspace, [wish], actor=actor, now=now)[0]


@needs(Right.ADMINISTER, of_account)
def change_grants(
    workspace: Workspace, number: int, grants: Sequence[Grant], *, actor: Actor, now: datetime
) -> Account:
    """Give an account other roles; what it opened already follows at its next click.

    Raises:
        LinkUnknown: there is no such account.
        NotPermitted: it is the actor's own, or a role is or would be for a region the actor does not administer.
        TransitionRefused: nobody would look after the whole installation any more.
        UserError: a region is unknown, or nothing is granted.
    """
    wanted = checked_grants(workspace, grants)
    with workspace.store.writing() as connection:
        kept = _changeable(connection, number, actor)
        _require_grants(actor, wanted)
        if wanted == kept.grants:
            return kept
        if kept.administers_all and not _with_grants(kept, wanted).administers_all:
            _require_another_administrator(connection, number)
        records.replace_grants(connection, number, wanted, by=actor.name, now=now)
        detail = {"before": _told_grants(kept.grants), "after": _told_grants(wanted)}
        _audit(connection, "change_grants", kept, detail, actor, now, [*kept.regions, *(one.region for one in wanted)])
        return _get(connection, number)


@needs(Right.ADMINISTER, of_account)
def set_disabled(
    workspace: Workspace, number: int, is_disabled: bool, *, reason: str = "", actor: Actor, now: datetime
) -> Account:
    """Let an account open nothing any more, at once and everywhere, or let it sign in again.

    Args:
        reason: asked for where it is disabled.
    Raises:
        LinkUnknown: there is no such account.
        NotPermitted: it is the actor's own, or has a role where the actor does not administer.
        TransitionRefused: nobody would look after the whole installation any more.
        UserError: no reason is given.
    """
    said = clean_text(reason, MOST_REASON, lines=False)
    if is_disabled and not said:
        raise UserError(_("停用账号须说明理由。"), _("请填写理由，如“调离”。"))
    with workspace.store.writing() as connection:
        kept = _changeable(connection, number, actor)
        if kept.is_disabled == is_disabled:
            return kept
        if is_disabled and kept.administers_all:
            _require_another_administrator(connection, number)
        records.update_account(connection, number, is_disabled=is_disabled)
        ended = records.end_sessions(connection, number, now) if is_disabled else 0
        if not is_disabled:
            records.forget_failures(connection, number)
        detail = {
            "before": {"is_disabled": kept.is_disabled},
            "after": {"is_disabled": is_disabled},
            "reason": said,
            "sessions": ended,
        }
        _audit(connection, "disable_account" if is_disabled else "enable_account", kept, detail, actor, now)
        return _get(connection, number)


@needs(Right.ADMINISTER, of_account)
def reset_password(workspace: Workspace, number: int, *, actor: Actor, now: datetime) -> str:
    """Give an account a first password anew, which is returned this once; it is signed out everywhere, and wrong
    passwords typed before keep it closed no more.

    Raises:
        LinkUnknown: there is no such account.
        NotPermitted: it is the actor's own, or has a role where the actor does not administer.
    """
    password = new_first_password()
    password_hash = hash_password(password)
    with workspace.store.writing() as connection:
        kept = _changeable(connection, number, actor)
        records.update_account(connection, number, password_hash=password_hash, must_change=True, password_at=now)
        records.forget_failures(connection, number)
        ended = records.end_sessions(connection, number, now)
        _audit(connection, "reset_password", kept, {"sessions": ended}, actor, now)
    return password


@needs(Right.ADMINISTER, of_account)
def reset_totp(workspace: Workspace, number: int, *, actor: Actor, now: datetime) -> bool:
    """Ask an account for no second factor any more, as when the telephone was lost; it is signed out everywhere. Returns
    whether it had one.

    Raises:
        LinkUnknown: there is no such account.
        NotPermitted: it is the actor's own, or has a role where the actor does not administer.
    """
    with workspace.store.writing() as connection:
        kept = _changeable(connection, number, actor)
        if not kept.has_totp:
            return False
        records.update_account(connection, number, totp_nonce="", totp_step=0)
        ended = records.end_sessions(connection, number, now)
        _audit(connection, "reset_totp", kept, {"sessions": ended}, actor, now)
    return True


@needs(Right.ADMINISTER, of_account)
def unlink_oidc(workspace: Workspace, number: int, *, actor: Actor, now: datetime) -> bool:
    """Forget which identity of the county's own sign-in opens an account: the next one that comes with its login does. It
    is signed out everywhere. Returns whether one was known.

    Raises:
        LinkUnknown: there is no such account.
        NotPermitted: it is the actor's own, or has a role where the actor does not administer.
    """
    with workspace.store.writing() as connection:
        kept = _changeable(connection, number, actor)
        if not kept.oidc_subject:
            return False
        records.update_account(connection, number, oidc_subject="")
        ended = records.end_sessions(connection, number, now)
        _audit(connection, "unlink_oidc", kept, {"sessions": ended}, actor, now)
    return True


@needs(Right.ADMINISTER, of_account)
def end_account_sessions(workspace: Workspace, number: int, *, actor: Actor, now: datetime) -> int:
    """Sign an account out everywhere; returns of how many sessions.

    Raises:
        LinkUnknown: there is no such account.
        NotPermitted: it is the actor's own, or has a role where the actor does not administer.
    """
    with workspace.store.writing() as connection:
        kept = _changeable(connection, number, actor)
        ended = records.end_sessions(connection, number, now)
        if ended:
            _audit(connection, "end_account_sessions", kept, {"sessions": ended}, actor, now)
    return ended


# ── shared with the import of accounts ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class NewLogin:
    """What an account is made of, checked already."""

    login: str
    name: str
    unit: str
    grants: tuple[Grant, ...]


@needs(None, Reach.MACHINE)
def checked_grants(workspace: Workspace, grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """Roles as they are kept, each for a region the store holds.

    Raises:
        RegionUnknown: it does not hold one.
        UserError: there are too many.
    """
    wanted = check_grants(grants)
    for one in wanted:
        if one.region != COUNTRY_KEY:
            workspace.tree.get(one.region)
    return wanted


@needs(None, Reach.MACHINE)
def insert_accounts(
    workspace: Workspace, wishes: Sequence[NewLogin], *, actor: Actor, now: datetime
) -> list[NewAccount]:
    """Make accounts, all or none, each with its audit line."""
    for wish in wishes:
        _require_grants(actor, wish.grants)
    passwords = [new_first_password() for _wish in wishes]
    hashes = [hash_password(password) for password in passwords]
    made = []
    with workspace.store.writing() as connection:
        _require_free(connection, [wish.login for wish in wishes])
        for wish, password, password_hash in zip(wishes, passwords, hashes, strict=True):
            number = records.insert_account(
                connection,
                login=wish.login,
                name=wish.name,
                unit=wish.unit,
                grants=wish.grants,
                password_hash=password_hash,
                must_change=True,
                created_by=actor.name,
                now=now,
            )
            account = _get(connection, number)
            detail = {"name": wish.name, "unit": wish.unit, "after": _told_grants(wish.grants)}
            _audit(connection, "create_account", account, detail, actor, now)
            made.append(NewAccount(account, password))
    return made


def _require_free(connection: Connection, logins: Sequence[str]) -> None:
    """That no login is taken. The counter's row is locked first, so that two who take one at once meet here."""
    records.lock_access(connection)
    taken = sorted(records.known_logins(connection, logins))
    if taken:
        raise UserError(_("账号“{logins}”已经有人使用。").format(logins="、".join(taken[:5])), _("请换一个账号名。"))


def _require_grants(actor: Actor, grants: Sequence[Grant]) -> None:
    if not grants and not actor.is_operator:
        raise UserError(_("没有选择角色和地区。"), _("请至少选择一个角色和一个地区。"))
    actor.require(Right.ADMINISTER, [one.region for one in grants])


# ── what every change asks ─────────────────────────────────────────────────────────────────────────────────────────


def _get(connection: Connection, number: int) -> Account:
    found = records.find_account(connection, number=number)
    if found is None:
        raise LinkUnknown(_("没有这个账号。"), _("请刷新用户列表。"))
    return found


def _changeable(connection: Connection, number: int, actor: Actor) -> Account:
    """An account the actor may decide about, as it stands within the transaction."""
    records.lock_access(connection)
    kept = _get(connection, number)
    if actor.account == number and not actor.is_operator:
        raise NotPermitted(
            _("不能在用户管理里更改自己的账号。"), _("改密码、退出登录请到“我的账号”；其他更改请由另一位管理员办理。")
        )
    actor.require(Right.ADMINISTER, kept.regions)
    return kept


def _require_another_administrator(connection: Connection, number: int) -> None:
    if not records.count_administrators(connection, but=number):
        raise TransitionRefused(
            _("这是最后一个负责全部地区的管理员，不能停用，也不能撤去这个角色。"),
            _("请先给另一个账号授予全国范围的管理员角色。"),
        )


def _with_grants(account: Account, grants: tuple[Grant, ...]) -> Account:
    return replace(account, grants=grants)


def _told_grants(grants: Iterable[Grant]) -> list[dict[str, Any]]:
    return [
        {"role": one.role.value, "region": region_code(one.region), "sees_reported": one.sees_reported}
        for one in grants
    ]


def _audit(
    connection: Connection,
    action: str,
    account: Account,
    detail: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    regions: Iterable[int] = (),
) -> None:
    records.write_audit(
        connection,
        actor=actor,
        now=now,
        action=action,
        detail={"account": account.number, "login": account.login, **detail},
        watermark=journal.newest_watermark(connection),
        region=common_region(regions or account.regions),
    )
