"""Of which batches a batch was made."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "batches_origin",
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("part_item", sa.Text(), nullable=False),
        sa.Column("part_batch", sa.Text(), nullable=False),
        sa.Column("part_name", sa.Text(), nullable=False),
        sa.Column("part_qty", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("stream", "seq", "n"),
    )
    op.create_index("batches_origin_batch", "batches_origin", ["item", "batch"])
    op.create_index("batches_origin_part", "batches_origin", ["part_item", "part_batch"])
