"""Snapshots as they are kept, their links, and the same pages at another time."""

import json
from collections.abc import Sequence
from datetime import datetime

import pandas as pd

from ecodash import link_key
from ecodash.domain.access import Right
from ecodash.domain.comparison import Comparison
from ecodash.domain.pages import Page
from ecodash.domain.snapshots import Access, Snapshot, Standing
from ecodash.errors import LinkUnknown
from ecodash.permits import Reach, needs, of_pages, of_snapshot, regions_of_snapshot
from ecodash.pins import is_pin_of
from ecodash.queries.frozen import freeze, read_comparison
from ecodash.queries.packs import freeze_lists
from ecodash.reports import frozen
from ecodash.reports.frozen import FrozenPack, FrozenPage
from ecodash.store import records
from ecodash.store.records import FrozenTable
from ecodash.workspace import Workspace


@needs(Right.READ, Reach.SOMEWHERE)
def list_snapshots(workspace: Workspace) -> list[Snapshot]:
    """Every snapshot of regions the asker may see, newest first."""
    with workspace.store.reading() as connection:
        kept = records.list_snapshots(connection)
    return _seen(workspace, kept)


def _seen(workspace: Workspace, snapshots: Sequence[Snapshot]) -> list[Snapshot]:
    actor = workspace.actor
    if actor.may(Right.READ):
        return list(snapshots)
    return [one for one in snapshots if all(actor.may(Right.READ, key) for key in regions_of_snapshot(one))]


@needs(Right.READ, of_snapshot)
def get_snapshot(workspace: Workspace, *, number: int | None = None, token: str | None = None) -> Snapshot:
    """A snapshot by its number or by its link's token, whether the link opens or not.

    Raises:
        LinkUnknown: there is none.
    """
    wanted = None if token is None else link_key.hash_token(token)
    with workspace.store.reading() as connection:
        found = records.find_snapshot(connection, number=number, token_hash=wanted)
    if found is None or (token is not None and not link_key.is_token_of(token, found.token_hash)):
        raise LinkUnknown("没有这个快照链接。", "请核对链接是否完整，或向发送人索取新链接。")
    return found


@needs(Right.READ, of_snapshot)
def frozen_tables(workspace: Workspace, number: int) -> list[FrozenTable]:
    """The tables of a snapshot as kept, in order."""
    with workspace.store.reading() as connection:
        return records.frozen_tables(connection, number)


@needs(Right.READ, of_snapshot)
def frozen_pack(workspace: Workspace, snapshot: Snapshot) -> FrozenPack:
    """A snapshot's pages with their tables."""
    return unpacked(snapshot, frozen_tables(workspace, snapshot.number))


def unpacked(snapshot: Snapshot, tables: Sequence[FrozenTable]) -> FrozenPack:
    """A snapshot's pages from its tables as kept."""
    return frozen.unpack(json.loads(snapshot.meta), [(table.name, table.content) for table in tables])


@needs(Right.SHARE, of_snapshot)
def snapshot_token(workspace: Workspace, snapshot: Snapshot) -> str | None:
    """The token of a snapshot's link; None where it cannot be shown again: the link was given out by a version before
    0.3, or by an installation with another key. It opens all the same."""
    if not snapshot.nonce:
        return None
    token = link_key.derive_token(workspace.link_key, snapshot.nonce)
    return token if link_key.is_token_of(token, snapshot.token_hash) else None


def is_right_pin(snapshot: Snapshot, pin: str) -> bool:
    """Whether a PIN opens a snapshot that asks for one; takes some tens of milliseconds."""
    return snapshot.access is Access.PIN and is_pin_of(pin[:64], snapshot.pin_hash)


@needs(Right.READ, of_snapshot)
def open_editions(workspace: Workspace, snapshot: Snapshot, now: datetime) -> list[Snapshot]:
    """Of a recurring meeting's snapshot the editions whose links open and whose regions the asker may see, itself among
    them; none where it is of none."""
    if not snapshot.series:
        return []
    with workspace.store.reading() as connection:
        editions = records.list_snapshots(connection, series=snapshot.series)
    return [one for one in _seen(workspace, editions) if one.standing(now) is Standing.OPEN]


def neighbours(snapshot: Snapshot, editions: Sequence[Snapshot]) -> tuple[Snapshot | None, Snapshot | None]:
    """Of open editions the one before a snapshot and the newest after it; None where there is none."""
    before = [one for one in editions if one.edition < snapshot.edition]
    after = [one for one in editions if one.edition > snapshot.edition]
    return max(before, key=_edition, default=None), max(after, key=_edition, default=None)


def _edition(snapshot: Snapshot) -> int:
    return snapshot.edition


@needs(Right.READ, of_pages)
def freeze_again(workspace: Workspace, pack: FrozenPack, watermark: int) -> list[FrozenPage]:
    """The same pages as of another watermark.

    Raises:
        UserError: a page looks at what is gone, such as a withdrawn composite.
    """
    return [_again(workspace, page, watermark) for page in pack.pages]


def _again(workspace: Workspace, page: FrozenPage, watermark: int) -> FrozenPage:
    if page.page is Page.LISTS:
        by = page.meta["lists"]
        month = page.selection.month
        return freeze_lists(workspace, watermark, month, int(by["rule_number"]), int(by["reasons_number"]))
    comparison: Comparison | None = read_comparison(page.meta)
    return freeze(workspace, page.page, page.selection.at(watermark=watermark), comparison)


def snapshot_frame(snapshots: list[Snapshot], now: datetime) -> pd.DataFrame:
    """Snapshots as a table: number, title, note, page, page_count, region_code, month, watermark, created_at, actor,
    access, expires_at, standing, series, edition, opened, last_opened_at, sha256."""
    rows = []
    for one in snapshots:
        selection = json.loads(one.selection)
        rows.append(
            {
                "number": one.number, "title": one.title, "note": one.note, "page": one.page,
                "page_count": one.page_count, "region_code": selection["region"], "month": selection["month"],
                "watermark": one.watermark, "created_at": one.created_at, "actor": one.actor,
                "access": one.access.value, "expires_at": one.expires_at, "standing": one.standing(now).value,
                "series": one.series, "edition": one.edition, "opened": one.opened,
                "last_opened_at": one.last_opened_at, "sha256": one.sha256,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)
