"""Marks of categories, and days without movement for an item."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table and add the column."""
    op.add_column("stock_rule", sa.Column("idle", sa.Integer()))
    op.create_table(
        "stock_mark",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("low", sa.BigInteger()),
        sa.Column("over", sa.BigInteger()),
        sa.Column("idle", sa.Integer()),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
