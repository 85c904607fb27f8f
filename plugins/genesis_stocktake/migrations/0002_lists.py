"""Counts of a list of items."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the lists."""
    op.add_column("stocktake_count", sa.Column("listed", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "stocktake_listed",
        sa.Column("count", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("count", "item"),
        sqlite_with_rowid=False,
    )
