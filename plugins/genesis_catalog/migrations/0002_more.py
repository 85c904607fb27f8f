"""What other plugins keep of a product, and where its changes stand."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("catalog_product", sa.Column("more", sa.Text))
    op.create_table(
        "catalog_change",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("stream", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True),
        sa.Column("at", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("catalog_change_at", "catalog_change", ["id", "at"])
