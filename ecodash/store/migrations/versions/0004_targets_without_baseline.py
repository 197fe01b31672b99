"""A target may come without a baseline: it is then worked out, and no zero stands in for it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute(sa.text("ALTER TABLE target ALTER COLUMN baseline DROP NOT NULL"))
