"""On PostgreSQL the journal is parted by month, and the larger tables get the indexes that DuckDB does without.

DuckDB keeps the least and greatest value of every block of rows, and reads by those.
"""

import sqlalchemy as sa
from alembic import op

from ecodash.store.postgres import add_months

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    op.rename_table("observation", "observation_whole")
    op.execute("CREATE TABLE observation (LIKE observation_whole INCLUDING DEFAULTS) PARTITION BY RANGE (period)")
    months = connection.execute(sa.text("SELECT DISTINCT period FROM observation_whole ORDER BY period")).scalars()
    add_months(connection, [int(month) for month in months])
    op.execute("INSERT INTO observation SELECT * FROM observation_whole ORDER BY period, region, indicator, seq")
    op.drop_table("observation_whole")
    op.create_index("observation_of_region", "observation", ["region", "indicator"])
    op.create_index("observation_of_batch", "observation", ["seq"], postgresql_using="brin")
    op.create_index("rollup_of_month", "rollup", ["period", "county", "indicator"])
    op.create_index("rollup_of_county", "rollup", ["county", "indicator", "period"])
    op.create_index("origin_of_region", "origin", ["region", "period"])
    op.create_index("origin_of_batch", "origin", ["seq"])
    op.create_index("target_of_region", "target", ["region", "indicator"])
