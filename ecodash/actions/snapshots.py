"""Snapshots: a frozen page is kept and gets a link."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from ecodash.domain.access import Actor
from ecodash.reports import frozen
from ecodash.reports.frozen import FrozenPage
from ecodash.store import records
from ecodash.workspace import Workspace


@dataclass(frozen=True, slots=True)
class SnapshotMade:
    """A new snapshot: its number, and the token its link ends in."""

    number: int
    token: str
    sha256: str

    @property
    def path(self) -> str:
        """The link's path on this server."""
        return f"/s/{self.token}"


def create_snapshot(workspace: Workspace, page: FrozenPage, *, title: str, actor: Actor, now: datetime) -> SnapshotMade:
    """Keep a frozen page, and give it a link that always shows just that.

    Args:
        page: as queries.freeze makes it.
        title: shown at the top; place, month and page where empty.
    """
    meta, selection = page.meta, page.selection
    shown = title.strip()[:120] or f"{meta['region_name']}{meta['month_label']}{page.page.label}"
    meta_text = frozen.canonical_json({**meta, "title": shown, "created_at": now.isoformat(), "actor": actor.name})
    contents = [(name, frozen.to_parquet(table)) for name, table in page.tables.items()]
    kept = [(name, content, frozen.digest(content)) for name, content in contents]
    sha256 = frozen.snapshot_digest(meta_text, [digest for _, _, digest in kept])
    token = secrets.token_urlsafe(24)
    with workspace.store.writing() as connection:
        number = records.insert_snapshot(
            connection,
            {
                "token": token,
                "page": page.page.value,
                "title": shown,
                "selection": frozen.canonical_json(selection.to_dict()),
                "watermark": selection.watermark,
                "created_at": now,
                "actor": actor.name,
                "catalog_digest": workspace.catalog.digest,
                "meta": meta_text,
                "sha256": sha256,
            },
            kept,
        )
        records.write_audit(
            connection,
            actor=actor,
            now=now,
            action="create_snapshot",
            detail={"snapshot": number, "page": page.page.value, "selection": selection.to_dict()},
            watermark=selection.watermark,
        )
    return SnapshotMade(number, token, sha256)
