"""What was said of the columns of lists."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "catalog_layout",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("rev", sa.Integer, nullable=False),
        sa.Column("titles", sa.Text, nullable=False),
        sa.Column("names", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
