"""Snapshots of several pages; of their links only the hash is kept, beside who may open them, until when and how often
they were opened."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_KEPT = (
    "number", "page", "title", "selection", "watermark", "created_at", "actor", "catalog_digest", "meta", "sha256",
)  # fmt: skip


def upgrade() -> None:
    state = op.create_table(
        "snapshot_state",
        sa.Column("snapshot", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("nonce", sa.String, nullable=False),
        sa.Column("token_hash", sa.String, nullable=False),
        sa.Column("base_url", sa.String, nullable=False),
        sa.Column("access", sa.String, nullable=False),
        sa.Column("pin_hash", sa.String, nullable=False),
        sa.Column("expires_at", sa.DateTime),
        sa.Column("revoked_at", sa.DateTime),
        sa.Column("revoked_by", sa.String, nullable=False),
        sa.Column("presenter_notes", sa.String, nullable=False),
    )
    op.create_table(
        "snapshot_opening",
        sa.Column("snapshot", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("opened", sa.BigInteger, nullable=False),
        sa.Column("last_opened_at", sa.DateTime),
    )
    renewed = op.create_table(
        "snapshot_0005",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("page", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("selection", sa.String, nullable=False),
        sa.Column("watermark", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("catalog_digest", sa.String, nullable=False),
        sa.Column("meta", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("page_count", sa.SmallInteger, nullable=False),
        sa.Column("series", sa.String, nullable=False),
        sa.Column("edition", sa.Integer, nullable=False),
    )
    earlier = sa.table("snapshot", sa.column("token"), *(sa.column(name) for name in _KEPT))
    columns = [earlier.c[name] for name in _KEPT]
    rows = sa.select(*columns, sa.literal(""), sa.literal(1), sa.literal(""), sa.literal(0))
    op.execute(sa.insert(renewed).from_select(list(renewed.c.keys()), rows))
    tokens = op.get_bind().execute(sa.select(earlier.c.number, earlier.c.token)).all()
    if tokens:
        op.bulk_insert(state, [_state_of(number, token) for number, token in tokens])
    op.drop_table("snapshot")
    op.rename_table("snapshot_0005", "snapshot")
    counter = sa.table("counter", sa.column("name", sa.String), sa.column("value", sa.BigInteger))
    op.bulk_insert(counter, [{"name": "snapshot_state", "value": 0}])


def _state_of(number: int, token: str) -> dict[str, object]:
    """A link as it was given out: it goes on to open, but can no longer be shown."""
    return {
        "snapshot": number, "nonce": "", "token_hash": hashlib.sha256(token.encode()).hexdigest(), "base_url": "",
        "access": "link", "pin_hash": "", "expires_at": None, "revoked_at": None, "revoked_by": "",
        "presenter_notes": "[]",
    }  # fmt: skip
