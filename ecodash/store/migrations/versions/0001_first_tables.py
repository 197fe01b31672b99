"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "counter",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "calendar",
        sa.Column("period", sa.Integer, primary_key=True, autoincrement=False),
    )
    op.create_table(
        "region",
        sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("full_name", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("first_month", sa.Integer, nullable=False),
        sa.Column("last_month", sa.Integer, nullable=False),
        sa.Column("successor", sa.BigInteger),
        sa.Column("is_whole", sa.Boolean, nullable=False),
    )
    op.create_table(
        "indicator",
        sa.Column("number", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("code", sa.String, nullable=False, unique=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("aggregation", sa.String, nullable=False),
        sa.Column("reach", sa.Integer, nullable=False),
        sa.Column("numerator", sa.SmallInteger),
        sa.Column("denominator", sa.SmallInteger),
    )
    op.create_table(
        "catalog_version",
        sa.Column("digest", sa.String, primary_key=True),
        sa.Column("first_used_at", sa.DateTime, nullable=False),
        sa.Column("content", sa.String, nullable=False),
    )
    op.create_table(
        "batch",
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
    )
    op.create_table(
        "observation",
        sa.Column("region", sa.BigInteger, nullable=False),
        sa.Column("indicator", sa.SmallInteger, nullable=False),
        sa.Column("period", sa.Integer, nullable=False),
        sa.Column("value", sa.Numeric(18, 4), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("sign", sa.SmallInteger, nullable=False),
    )
    op.create_table(
        "origin",
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("region", sa.BigInteger, nullable=False),
        sa.Column("indicator", sa.SmallInteger, nullable=False),
        sa.Column("period", sa.Integer, nullable=False),
        sa.Column("file_row", sa.Integer, nullable=False),
    )
    op.create_table(
        "target",
        sa.Column("region", sa.BigInteger, nullable=False),
        sa.Column("indicator", sa.SmallInteger, nullable=False),
        sa.Column("deadline", sa.Integer, nullable=False),
        sa.Column("baseline", sa.Numeric(18, 4), nullable=False),
        sa.Column("value", sa.Numeric(18, 4), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("sign", sa.SmallInteger, nullable=False),
    )
    op.create_table(
        "rollup",
        sa.Column("period", sa.Integer, nullable=False),
        sa.Column("county", sa.BigInteger, nullable=False),
        sa.Column("indicator", sa.SmallInteger, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("sign", sa.SmallInteger, nullable=False),
        sa.Column("amount", sa.Numeric(38, 8)),
        sa.Column("weight", sa.Numeric(38, 8)),
        sa.Column("pct", sa.Numeric(38, 8)),
        sa.Column("own", sa.Numeric(38, 8)),
        sa.Column("reported", sa.Integer, nullable=False),
        sa.Column("carried", sa.Integer, nullable=False),
        sa.Column("totals", sa.Integer, nullable=False),
        sa.Column("unweighted", sa.Integer, nullable=False),
    )
    op.create_table(
        "snapshot",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("token", sa.String, nullable=False, unique=True),
        sa.Column("page", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("selection", sa.String, nullable=False),
        sa.Column("watermark", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("catalog_digest", sa.String, nullable=False),
        sa.Column("meta", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
    )
    op.create_table(
        "frozen_table",
        sa.Column("snapshot", sa.BigInteger, nullable=False),
        sa.Column("position", sa.SmallInteger, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("snapshot", "position"),
    )
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("detail", sa.String, nullable=False),
        sa.Column("watermark", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.String, nullable=False),
    )
    calendar = sa.table("calendar", sa.column("period", sa.Integer))
    months = [{"period": year * 100 + month} for year in range(1990, 2101) for month in range(1, 13)]
    op.bulk_insert(calendar, months, multiinsert=True)
    counter = sa.table("counter", sa.column("name", sa.String), sa.column("value", sa.BigInteger))
    op.bulk_insert(counter, [{"name": name, "value": 0} for name in ("watermark", "audit", "snapshot", "regions")])
