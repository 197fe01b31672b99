"""Files as sent, doubts with their reasons, remembered headers, closed months, aliases of regions, partial undos."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _renew_batches() -> None:
    """The batches with more columns: DuckDB alters a table once in a transaction, and adds no column with a constraint."""
    renewed = op.create_table(
        "batch_0002",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("received_at", sa.DateTime, nullable=False),
        sa.Column("committed_at", sa.DateTime, nullable=False),
        sa.Column("file_name", sa.String, nullable=False),
        sa.Column("file_sha256", sa.String, nullable=False),
        sa.Column("row_count", sa.Integer, nullable=False),
        sa.Column("cell_count", sa.Integer, nullable=False),
        sa.Column("first_month", sa.Integer),
        sa.Column("last_month", sa.Integer),
        sa.Column("is_demo", sa.Boolean, nullable=False),
        sa.Column("undoes", sa.BigInteger),
        sa.Column("catalog_digest", sa.String, nullable=False),
        sa.Column("is_partial", sa.Boolean, nullable=False),
        sa.Column("is_file_kept", sa.Boolean, nullable=False),
        sa.Column("note", sa.String, nullable=False),
    )
    names = renewed.c.keys()
    earlier = sa.table("batch", *(sa.column(name) for name in names[:-3]))
    rows = sa.select(*earlier.c, sa.false(), sa.false(), sa.literal(""))
    op.execute(sa.insert(renewed).from_select(names, rows))
    op.drop_table("batch")
    op.rename_table("batch_0002", "batch")


def upgrade() -> None:
    _renew_batches()
    op.add_column("origin", sa.Column("sheet", sa.SmallInteger, server_default=sa.text("0")))
    op.create_table(
        "upload_file",
        sa.Column("sha256", sa.String, primary_key=True),
        sa.Column("file_name", sa.String, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("received_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "doubt",
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("region", sa.BigInteger, nullable=False),
        sa.Column("indicator", sa.SmallInteger, nullable=False),
        sa.Column("period", sa.Integer, nullable=False),
        sa.Column("file_row", sa.Integer),
        sa.Column("sheet", sa.String, nullable=False),
        sa.Column("hint", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("seq", "position"),
    )
    op.create_table(
        "header_choice",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("header", sa.String, nullable=False),
        sa.Column("target", sa.String, nullable=False),
        sa.Column("chosen_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "month_lock",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("period", sa.Integer, nullable=False),
        sa.Column("region", sa.BigInteger, nullable=False),
        sa.Column("is_closed", sa.Boolean, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
    )
    op.create_table(
        "region_alias",
        sa.Column("key", sa.BigInteger, nullable=False),
        sa.Column("alias", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("added_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("key", "alias"),
    )
    counter = sa.table("counter", sa.column("name", sa.String), sa.column("value", sa.BigInteger))
    op.bulk_insert(counter, [{"name": name, "value": 0} for name in ("header_choice", "month_lock")])
