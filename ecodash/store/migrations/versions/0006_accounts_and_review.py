"""Accounts, sessions, reports handed in for review, deadlines; the audit says from where, and is chained."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_COUNTERS = (
    "account",
    "access",
    "attempt",
    "filing",
    "filing_step",
    "filing_comment",
    "review_choice",
    "month_deadline",
)


def upgrade() -> None:
    _people()
    _review()
    _audit()
    counter = sa.table("counter", sa.column("name", sa.String), sa.column("value", sa.BigInteger))
    op.bulk_insert(counter, [{"name": name, "value": 0} for name in _COUNTERS])


def _number(name: str = "number") -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=True, autoincrement=False)


def _people() -> None:
    op.create_table(
        "account",
        _number(),
        sa.Column("login", sa.String, nullable=False, unique=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("unit", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
    )
    op.create_table(
        "account_state",
        _number("account"),
        sa.Column("password_hash", sa.String, nullable=False),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("password_at", sa.DateTime, nullable=False),
        sa.Column("totp_nonce", sa.String, nullable=False),
        sa.Column("totp_step", sa.BigInteger, nullable=False),
        sa.Column("oidc_subject", sa.String, nullable=False),
        sa.Column("is_disabled", sa.Boolean, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", sa.DateTime),
        sa.Column("signed_in_at", sa.DateTime),
    )
    op.create_table(
        "address_lock",
        sa.Column("account", sa.BigInteger, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", sa.DateTime),
        sa.PrimaryKeyConstraint("account", "address"),
    )
    op.create_table(
        "account_grant",
        sa.Column("account", sa.BigInteger, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("region", sa.BigInteger, nullable=False),
        sa.Column("sees_reported", sa.Boolean, nullable=False),
        sa.Column("granted_by", sa.String, nullable=False),
        sa.Column("granted_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("account", "role", "region"),
    )
    op.create_table(
        "session",
        sa.Column("token_hash", sa.String, primary_key=True),
        sa.Column("account", sa.BigInteger, nullable=False),
        sa.Column("method", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("seen_at", sa.DateTime, nullable=False),
        sa.Column("ends_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("agent", sa.String, nullable=False),
    )
    op.create_table(
        "setup_link",
        sa.Column("token_hash", sa.String, primary_key=True),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("used_at", sa.DateTime),
    )


def _review() -> None:
    op.create_table(
        "filing",
        _number(),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("account", sa.BigInteger, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("received_at", sa.DateTime, nullable=False),
        sa.Column("file_name", sa.String, nullable=False),
        sa.Column("file_sha256", sa.String, nullable=False),
        sa.Column("row_count", sa.Integer, nullable=False),
        sa.Column("cell_count", sa.Integer, nullable=False),
        sa.Column("new_count", sa.Integer, nullable=False),
        sa.Column("changed_count", sa.Integer, nullable=False),
        sa.Column("first_month", sa.Integer, nullable=False),
        sa.Column("last_month", sa.Integer, nullable=False),
        sa.Column("region", sa.BigInteger, nullable=False),
        sa.Column("regions", sa.String, nullable=False),
        sa.Column("choices", sa.String, nullable=False),
        sa.Column("doubts", sa.String, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("compared_at", sa.BigInteger, nullable=False),
        sa.Column("answers", sa.BigInteger),
    )
    op.create_table(
        "filing_step",
        _number(),
        sa.Column("filing", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("account", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("comment", sa.String, nullable=False),
        sa.Column("batch", sa.BigInteger),
    )
    op.create_table(
        "filing_comment",
        _number(),
        sa.Column("filing", sa.BigInteger, nullable=False),
        sa.Column("region", sa.BigInteger, nullable=False),
        sa.Column("indicator", sa.String, nullable=False),
        sa.Column("period", sa.Integer, nullable=False),
        sa.Column("comment", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("account", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "review_choice",
        _number(),
        sa.Column("county", sa.BigInteger, nullable=False),
        sa.Column("is_reviewed", sa.Boolean, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("account", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
    )
    op.create_table(
        "month_deadline",
        _number(),
        sa.Column("county", sa.BigInteger, nullable=False),
        sa.Column("period", sa.Integer, nullable=False),
        sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("account", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
    )


def _audit() -> None:
    """The lines so far are chained as they stand: what was changed before this migration cannot show."""
    columns = ("number", "at", "actor", "channel", "action", "detail", "watermark")
    earlier = sa.table("audit", *(sa.column(name) for name in columns))
    renewed = op.create_table(
        "audit_0006",
        _number(),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("account", sa.BigInteger, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("region", sa.BigInteger, nullable=False),
        sa.Column("detail", sa.String, nullable=False),
        sa.Column("batch", sa.BigInteger),
        sa.Column("watermark", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
    )
    lines, digest = [], ""
    for row in op.get_bind().execute(sa.select(earlier).order_by(earlier.c.number)).mappings():
        line = {**row, "account": 0, "address": "", "region": 0, "batch": None}
        told = [
            line["number"], line["at"].isoformat(timespec="microseconds"), line["actor"], 0, "", line["channel"],
            line["action"], 0, line["detail"], None, line["watermark"],
        ]  # fmt: skip
        written = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        digest = hashlib.sha256(f"{digest}\n{written}".encode()).hexdigest()
        lines.append({**line, "digest": digest})
    if lines:
        op.bulk_insert(renewed, lines)
    op.drop_table("audit")
    op.rename_table("audit_0006", "audit")
