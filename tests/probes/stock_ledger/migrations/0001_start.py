"""Stock on hand and its movements."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "probe_stock_item",
        sa.Column("item", sa.Text(), primary_key=True),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "probe_stock_move",
        sa.Column("stream", sa.Text(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), primary_key=True),
        sa.Column("line", sa.Text(), primary_key=True),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
    )
