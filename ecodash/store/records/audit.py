"""The audit: append-only lines, each with a digest over itself and the line before; and choices of the installation."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.access import Actor
from ecodash.domain.audit import AuditFilter
from ecodash.domain.regions import COUNTRY_KEY, key_range
from ecodash.store.engine import frame, next_number
from ecodash.store.tables import audit, counter, setting

LONGEST_TEXT, MOST_ITEMS, DEEPEST, LONGEST_DETAIL = 2_000, 200, 6, 20_000
"""So much of a text, of a list, of values within values, and of a whole detail is kept: nobody fills the audit."""
_NAMED_WHEN_CUT = 40
_SECRETS = frozenset({"password", "pin", "token", "secret", "cookie", "nonce", "passwords", "totp", "code_verifier"})
"""Names that may not stand in a detail."""
_READ_AT_ONCE = 50_000


def write_audit(
    connection: Connection,
    *,
    actor: Actor,
    now: datetime,
    action: str,
    detail: Mapping[str, Any],
    watermark: int,
    region: int = COUNTRY_KEY,
    batch: int | None = None,
) -> None:
    """One line: who did what, when, from where, and at which watermark; within the transaction of what it tells, and
    best as its last statement, since it holds other writers up from here on.

    Args:
        detail: plain values; "before" and "after" where something was replaced. What is very long is cut.
        region: key of the lowest region that holds all that was touched; 0 for the installation.
        batch: the batch it is about.
    Raises:
        ValueError: the detail names a password, a PIN or a token.
    """
    number = next_number(connection, "audit")
    line = {
        "number": number,
        "at": now,
        "actor": _clean(actor.name, 200),
        "account": actor.account,
        "address": _clean(actor.address, 64),
        "channel": actor.channel,
        "action": action,
        "region": region,
        "detail": written_detail(detail),
        "batch": batch,
        "watermark": watermark,
    }
    before = connection.execute(sa.select(audit.c.digest).where(audit.c.number == number - 1)).scalar_one_or_none()
    connection.execute(sa.insert(audit).values(**line, digest=line_digest(before or "", line)))


def written_detail(detail: Mapping[str, Any]) -> str:
    """A detail as JSON, its long texts and lists cut.

    Raises:
        ValueError: it names a password, a PIN or a token.
    """
    text = json.dumps(_bounded(detail), ensure_ascii=False, sort_keys=True)
    if len(text) <= LONGEST_DETAIL:
        return text
    shorter = {str(name): _brief(value) for name, value in list(detail.items())[:_NAMED_WHEN_CUT]}
    return json.dumps(_bounded(shorter | {"is_cut": True}), ensure_ascii=False, sort_keys=True)


def _bounded(value: Any, depth: int = 0) -> Any:
    if isinstance(value, Mapping):
        if secret := _SECRETS & {str(name).casefold() for name in value}:
            raise ValueError(f"the audit is not to hold {sorted(secret)}")
        if depth >= DEEPEST:
            return "…"
        kept = {_clean(str(name), 200): _bounded(one, depth + 1) for name, one in list(value.items())[:MOST_ITEMS]}
        return kept if len(value) <= MOST_ITEMS else kept | {"…": len(value) - MOST_ITEMS}
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else list(value)
        if depth >= DEEPEST:
            return "…"
        kept_items = [_bounded(one, depth + 1) for one in items[:MOST_ITEMS]]
        return kept_items if len(items) <= MOST_ITEMS else [*kept_items, f"… {len(items) - MOST_ITEMS}"]
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)
    return _clean(value.isoformat() if hasattr(value, "isoformat") else str(value), LONGEST_TEXT)


def _brief(value: Any) -> Any:
    """A part of a detail that is too long as a whole."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value[:200]
    written = json.dumps(_bounded(value), ensure_ascii=False, sort_keys=True)
    return written if len(written) <= 400 else written[:400] + "…"


def _clean(text: str, longest: int) -> str:
    """A text every database takes: no null characters, no halves of characters, not too long."""
    sound = text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")
    return sound if len(sound) <= longest else sound[: longest - 1] + "…"


_TOLD = (
    audit.c.number, audit.c.at, audit.c.actor, audit.c.account, audit.c.address, audit.c.channel, audit.c.action,
    audit.c.region, audit.c.detail, audit.c.batch, audit.c.watermark,
)  # fmt: skip
"""What a digest is over, in its order."""
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def line_digest(before: str, line: Mapping[str, Any]) -> str:
    """SHA-256 over the digest of the line before and a line.

    Args:
        before: empty for the first line.
        line: the columns of the table, without its digest.
    """
    return _digest(before, [line[column.name] for column in _TOLD])


def _digest(before: str, told: Sequence[Any]) -> str:
    number, at, *others = told
    moment = at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
    return hashlib.sha256(f"{before}\n{_written([number, moment, *others])}".encode()).hexdigest()


# ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────────


def list_audit(
    connection: Connection,
    limit: int = 200,
    *,
    wanted: AuditFilter = AuditFilter(),  # noqa: B008 frozen
    regions: Sequence[int] = (COUNTRY_KEY,),
    before: int | None = None,
) -> pd.DataFrame:
    """Audit lines, newest first: the columns of the table, batch as a number that may be missing.

    Args:
        limit: so many at most.
        regions: keys; lines about these and what lies below them.
        before: only lines with a lower number.
    """
    chosen = sa.select(audit).where(*_conditions(wanted, regions))
    if before is not None:
        chosen = chosen.where(audit.c.number < before)
    rows = connection.execute(chosen.order_by(audit.c.number.desc()).limit(limit)).mappings().all()
    found = pd.DataFrame(rows, columns=list(audit.c.keys()))
    return found.astype({"batch": "Int64"})


def count_audit(connection: Connection, wanted: AuditFilter, regions: Sequence[int]) -> int:
    """How many lines there are of those asked for."""
    chosen = sa.select(sa.func.count()).select_from(audit).where(*_conditions(wanted, regions))
    return int(connection.execute(chosen).scalar_one())


def audit_choices(connection: Connection, regions: Sequence[int]) -> pd.DataFrame:
    """Who did what how often: action, account, actor, count; for those who choose among them."""
    keys = (audit.c.action, audit.c.account, audit.c.actor)
    chosen = sa.select(*keys, sa.func.count().label("count")).where(*_conditions(AuditFilter(), regions))
    return frame(connection, chosen.group_by(*keys).order_by(sa.func.count().desc(), *keys))


def _conditions(wanted: AuditFilter, regions: Sequence[int]) -> list[sa.ColumnElement[bool]]:
    a = audit.c
    found: list[sa.ColumnElement[bool]] = []
    if COUNTRY_KEY not in regions:
        found.append(sa.or_(sa.false(), *(_within(key) for key in regions)))
    if wanted.since is not None:
        found.append(a.at >= wanted.since)
    if wanted.until is not None:
        found.append(a.at < wanted.until)
    if wanted.actions:
        found.append(a.action.in_(wanted.actions))
    if wanted.account is not None:
        found.append(a.account == wanted.account)
    if wanted.actor:
        found.append(a.actor == wanted.actor)
    if wanted.region is not None:
        found.append(_within(wanted.region))
    if wanted.batch is not None:
        found.append(a.batch == wanted.batch)
    if wanted.text:
        told = (a.detail, a.actor, a.address)
        found.append(sa.or_(*(one.icontains(wanted.text, autoescape=True) for one in told)))
    return found


def _within(key: int) -> sa.ColumnElement[bool]:
    if key == COUNTRY_KEY:
        return sa.true()
    lo, hi = key_range(key)
    return sa.and_(audit.c.region >= lo, audit.c.region < hi)


# ── the chain ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """Where the chain does not hold.

    Args:
        number: of the first line that is not as it was written, is missing, or should not be there.
        kind: altered (the line or its digest, or one put in its place), removed, cut (lines at the end are missing),
            surplus (a line after the last one written), anchor (the line whose digest was kept elsewhere is another).
    """

    number: int
    kind: str


@dataclass(frozen=True, slots=True)
class Chain:
    """The state of the audit.

    Args:
        count: lines there are; last, digest: the newest one's number and digest (0 and empty: none).
        breaks: none where every line is as it was written.
    """

    count: int
    last: int
    digest: str
    breaks: tuple[ChainBreak, ...] = ()


def check_chain(connection: Connection, anchor: tuple[int, str] | None = None, most: int = 20) -> Chain:
    """Whether every line of the audit is as it was written, in its order, and none is missing.

    Args:
        anchor: number and digest of a line, kept outside of the store: who rewrites the whole chain cannot bring it back.
        most: so many breaks are told; after each the chain is followed from the digest as it stands.
    """
    given = int(connection.execute(sa.select(counter.c.value).where(counter.c.name == "audit")).scalar_one())
    breaks: list[ChainBreak] = []
    count, number, digest = 0, 0, ""
    is_anchored = anchor is None
    for *told, kept in _lines(connection):
        if told[0] != number + 1:
            breaks.append(ChainBreak(number + 1, "removed"))
        elif _digest(digest, told) != kept:
            breaks.append(ChainBreak(told[0], "altered"))
        count, number, digest = count + 1, told[0], kept
        if anchor is not None and number == anchor[0]:
            is_anchored = digest == anchor[1]
    if number < given:
        breaks.append(ChainBreak(number + 1, "cut"))
    if number > given:
        breaks.append(ChainBreak(given + 1, "surplus"))
    if anchor is not None and not is_anchored:
        breaks.append(ChainBreak(anchor[0], "anchor"))
    return Chain(count, number, digest, tuple(breaks[:most]))


def _lines(connection: Connection) -> Iterator[Sequence[Any]]:
    """Every line by number, some at a time: what its digest is over, and the digest."""
    number = -(2**62)
    while True:
        part = sa.select(*_TOLD, audit.c.digest).where(audit.c.number > number).order_by(audit.c.number)
        rows = connection.execute(part.limit(_READ_AT_ONCE)).fetchall()
        yield from map(tuple, rows)
        if len(rows) < _READ_AT_ONCE:
            return
        number = rows[-1].number


# ── choices of the installation ────────────────────────────────────────────────────────────────────────────────────


def find_setting(connection: Connection, name: str) -> str | None:
    """A choice of this installation, or None where none was made."""
    return connection.execute(sa.select(setting.c.value).where(setting.c.name == name)).scalar_one_or_none()


def set_setting(connection: Connection, name: str, value: str) -> None:
    """Make a choice, in place of an earlier one."""
    if find_setting(connection, name) is None:
        connection.execute(sa.insert(setting).values(name=name, value=value))
    else:
        connection.execute(sa.update(setting).where(setting.c.name == name).values(value=value))
