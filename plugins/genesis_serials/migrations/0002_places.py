"""Where each piece is, and which were seen in a count."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("serials_serial", sa.Column("since", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("serials_serial", sa.Column("location", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "serials_seen",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("document", "item", "serial"),
        sqlite_with_rowid=False,
    )
