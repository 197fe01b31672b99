"""Snapshots: frozen pages are kept and get a link, which can be extended, renewed and revoked."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ecodash import link_key
from ecodash.domain.access import Actor, Right
from ecodash.domain.accounts import common_region
from ecodash.domain.snapshots import MOST_ROWS, Access, Lifetime, Snapshot, SnapshotWish, check_page_count
from ecodash.errors import LinkUnknown, UserError
from ecodash.i18n import gettext as _
from ecodash.permits import Reach, needs, of_edition, of_snapshot, regions_of_snapshot
from ecodash.pins import hash_pin
from ecodash.reports import frozen
from ecodash.reports.frozen import FrozenPage
from ecodash.store import records
from ecodash.store.engine import Connection
from ecodash.store.records import FrozenTable
from ecodash.workspace import Workspace

_SHARED = ("watermark", "committed_at", "catalog_digest", "regions_version", "targets_digest", "definitions_version",
           "deadlines_version", "software")  # fmt: skip
"""What a page's meta says that holds for the whole snapshot."""
_DRAWN = ("map_points", "map_outline", "map_areas")
"""Tables that are drawn, not read: a map is one picture however many points it has."""


@dataclass(frozen=True, slots=True)
class SnapshotMade:
    """A new snapshot or a new link of one: its number, and the token its link ends in."""

    number: int
    token: str
    sha256: str

    @property
    def path(self) -> str:
        """The link's path on this server."""
        return f"/s/{self.token}"


@needs(Right.SHARE, of_edition)
def create_snapshot(
    workspace: Workspace, pages: Sequence[FrozenPage], wish: SnapshotWish, *, actor: Actor, now: datetime
) -> SnapshotMade:
    """Keep frozen pages, and give them a link that always shows just that.

    Args:
        pages: as queries.freeze makes them, all as of one watermark, in the order of the agenda.
        wish: title, note, who may open it and for how long.

    Raises:
        UserError: no page, too many, too many rows, pages as of different commits, or a PIN that is none.
    """
    wish = wish.cleaned()
    _check_pages(pages)
    first = pages[0]
    meta = {name: first.meta[name] for name in _SHARED if name in first.meta} | {
        "title": wish.title or _usual_title(pages),
        "note": wish.note,
        "created_at": now.isoformat(),
        "actor": actor.name,
        "is_demo": any(page.meta["is_demo"] for page in pages),
    }
    metas, tables = frozen.pack_tables(pages)
    _check_rows(tables)
    meta_text = frozen.canonical_json({**meta, "pages": metas})
    sha256 = frozen.snapshot_digest(meta_text, [digest for _, _, digest in tables])
    link = _new_link(workspace)
    with workspace.store.writing() as connection:
        number = records.insert_snapshot(
            connection,
            {
                "page": first.page.value,
                "title": meta["title"],
                "note": wish.note,
                "selection": frozen.canonical_json(first.selection.to_dict()),
                "watermark": first.selection.watermark,
                "created_at": now,
                "actor": actor.name,
                "catalog_digest": workspace.catalog.digest,
                "meta": meta_text,
                "sha256": sha256,
                "page_count": len(pages),
                "series": wish.series,
            },
            {
                "nonce": link.nonce,
                "token_hash": link_key.hash_token(link.token),
                "base_url": wish.base_url,
                "access": wish.access.value,
                "pin_hash": hash_pin(wish.pin) if wish.pin else "",
                "expires_at": wish.lifetime.ends(now),
                "revoked_at": None,
                "revoked_by": "",
                "presenter_notes": json.dumps(list(wish.presenter_notes), ensure_ascii=False),
            },
            [FrozenTable(*table) for table in tables],
        )
        detail = {
            "title": meta["title"],
            "pages": [page.page.value for page in pages],
            "selection": first.selection.to_dict(),
            "access": wish.access.value,
            "lifetime": wish.lifetime.value,
            "series": wish.series,
            "sha256": sha256,
        }
        _audit(connection, "create_snapshot", _find(connection, number), detail, actor, now)
    return SnapshotMade(number, link.token, sha256)


def _check_pages(pages: Sequence[FrozenPage]) -> None:
    if not pages:
        raise UserError(_("快照里没有页面。"), _("请至少选择一个页面。"))
    check_page_count(len(pages))
    if len({page.selection.watermark for page in pages}) > 1:
        raise UserError(_("各页面的数据截止批次不同，不能放进一个快照。"), _("请重新打开页面后再生成。"))


def _check_rows(tables: Sequence[tuple[str, bytes, str]]) -> None:
    rows = sum(frozen.count_rows(content) for name, content, _digest in tables if name not in _DRAWN)
    if rows > MOST_ROWS:
        raise UserError(
            _("快照的内容太多：表格共 {rows} 行，最多 {most} 行。").format(rows=f"{rows:,}", most=f"{MOST_ROWS:,}"),
            _("请减少页面，或改为比较上一级。"),
        )


def _usual_title(pages: Sequence[FrozenPage]) -> str:
    """丰都县2026年10月总览; of several pages 丰都县2026年10月快照."""
    first = pages[0]
    what = first.page.label if len(pages) == 1 else "快照"
    return f"{first.meta['region_name']}{first.meta['month_label']}{what}"


@dataclass(frozen=True, slots=True)
class _Link:
    nonce: str
    token: str


def _new_link(workspace: Workspace) -> _Link:
    nonce = link_key.new_nonce()
    return _Link(nonce, link_key.derive_token(workspace.link_key, nonce))


def _audit(
    connection: Connection, action: str, kept: Snapshot, detail: Mapping[str, Any], actor: Actor, now: datetime
) -> None:
    records.write_audit(
        connection,
        actor=actor,
        now=now,
        action=action,
        detail={"snapshot": kept.number, **detail},
        watermark=kept.watermark,
        region=common_region(regions_of_snapshot(kept)),
    )


# ── changes of a link ──────────────────────────────────────────────────────────────────────────────────────────────


@needs(Right.SHARE, of_snapshot)
def revoke_snapshot(workspace: Workspace, number: int, *, actor: Actor, now: datetime) -> None:
    """Close a link at once and for ever; the frozen pages stay.

    Raises:
        LinkUnknown: there is no such snapshot.
    """
    with workspace.store.writing() as connection:
        kept = _find(connection, number)
        if kept.revoked_at is None:
            records.update_snapshot(connection, number, revoked_at=now, revoked_by=actor.name)
            _audit(connection, "revoke_snapshot", kept, {}, actor, now)


@needs(Right.SHARE, of_snapshot)
def extend_snapshot(workspace: Workspace, number: int, lifetime: Lifetime, *, actor: Actor, now: datetime) -> None:
    """Let a link open for a time from now on, an expired one again.

    Raises:
        LinkUnknown: there is no such snapshot.
        UserError: it is revoked.
    """
    with workspace.store.writing() as connection:
        kept = _find_open(connection, number)
        ends = lifetime.ends(now)
        records.update_snapshot(connection, number, expires_at=ends)
        detail = {
            "lifetime": lifetime.value,
            "before": {"expires_at": kept.expires_at.isoformat() if kept.expires_at else None},
            "after": {"expires_at": ends.isoformat() if ends else None},
        }
        _audit(connection, "extend_snapshot", kept, detail, actor, now)


@needs(Right.SHARE, of_snapshot)
def renew_link(workspace: Workspace, number: int, *, actor: Actor, now: datetime) -> SnapshotMade:
    """Give a snapshot another link; the old one opens no more.

    Raises:
        LinkUnknown: there is no such snapshot.
        UserError: it is revoked.
    """
    link = _new_link(workspace)
    with workspace.store.writing() as connection:
        kept = _find_open(connection, number)
        records.update_snapshot(connection, number, nonce=link.nonce, token_hash=link_key.hash_token(link.token))
        _audit(connection, "renew_snapshot_link", kept, {}, actor, now)
    return SnapshotMade(number, link.token, kept.sha256)


@needs(Right.SHARE, of_snapshot)
def change_access(
    workspace: Workspace, number: int, access: Access, pin: str = "", *, actor: Actor, now: datetime
) -> None:
    """Change who may open a link; who gave an earlier PIN has to give the new one.

    Raises:
        LinkUnknown: there is no such snapshot.
        UserError: it is revoked, or the PIN is not of 4 to 8 digits.
    """
    wish = SnapshotWish(access=access, pin=pin).cleaned()
    pin_hash = hash_pin(wish.pin) if wish.pin else ""
    with workspace.store.writing() as connection:
        kept = _find_open(connection, number)
        records.update_snapshot(connection, number, access=access.value, pin_hash=pin_hash)
        detail = {"before": {"access": kept.access.value}, "after": {"access": access.value}}
        _audit(connection, "change_snapshot_access", kept, detail, actor, now)


@needs(Right.SHARE, of_snapshot)
def write_presenter_notes(
    workspace: Workspace, number: int, notes: Sequence[str], *, actor: Actor, now: datetime
) -> None:
    """Put down what the presenter wants to say at each page; viewers are not sent it.

    Raises:
        LinkUnknown: there is no such snapshot.
    """
    cleaned = SnapshotWish(presenter_notes=tuple(notes)).cleaned().presenter_notes
    with workspace.store.writing() as connection:
        kept = _find(connection, number)
        text = json.dumps(list(cleaned), ensure_ascii=False)
        records.update_snapshot(connection, number, presenter_notes=text)
        _audit(connection, "write_presenter_notes", kept, {"pages": sum(map(bool, cleaned))}, actor, now)


@dataclass(frozen=True, slots=True)
class Opening:
    """Somebody opens a snapshot.

    Args:
        snapshot: its number.
        address: where from.
        name, account: who, where somebody signed in; empty and 0 for whoever has the link.
    """

    snapshot: int
    address: str = ""
    name: str = ""
    account: int = 0


@needs(None, Reach.MACHINE)
def count_openings(workspace: Workspace, counts: Mapping[Opening, tuple[int, datetime]]) -> None:
    """Add up how often snapshots were opened, and tell the audit by whom.

    Args:
        counts: who opened which → how often since the last call, and when last.
    """
    if not counts:
        return
    sums: dict[int, tuple[int, datetime]] = {}
    for one, (times, last) in counts.items():
        so_far, latest = sums.get(one.snapshot, (0, last))
        sums[one.snapshot] = so_far + times, max(latest, last)
    with workspace.store.writing() as connection:
        records.count_openings(connection, sums)
        kept = {number: records.find_snapshot(connection, number=number) for number in sums}
        for one, (times, last) in counts.items():
            found = kept[one.snapshot]
            if found is not None:
                who = Actor(one.name, "link", account=one.account, address=one.address)
                _audit(connection, "open_snapshot", found, {"times": times}, who, last)


def _find(connection: Connection, number: int) -> Snapshot:
    kept = records.find_snapshot(connection, number=number)
    if kept is None:
        raise LinkUnknown(_("没有编号为 {number} 的快照。").format(number=number), _("请刷新快照列表。"))
    return kept


def _find_open(connection: Connection, number: int) -> Snapshot:
    kept = _find(connection, number)
    if kept.revoked_at is not None:
        raise UserError(_("快照 #{number} 已撤回，不能再修改。").format(number=number), _("请按当前数据重新生成一个。"))
    return kept
