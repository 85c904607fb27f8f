"""What other plugins keep of a product."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("catalog_product", sa.Column("more", sa.Text))
