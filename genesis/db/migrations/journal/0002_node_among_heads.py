"""The node's last position stands with the heads of its streams; the journal makes that row when it opens."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Drop the table that held it."""
    op.drop_table("tick")
