"""The style of a product, and which of its options it is."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("catalog_product", sa.Column("style", sa.Text))
    op.add_column("catalog_product", sa.Column("options", sa.Text))
    op.create_index("catalog_product_style", "catalog_product", ["style", "status", "name", "num"])
