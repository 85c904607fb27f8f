"""The first tables: products and their codes, categories, units, and the index of words."""

import sqlalchemy as sa
from alembic import op

from genesis import SearchIndex

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "catalog_product",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("rev", sa.Integer, nullable=False),
        sa.Column("num", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sku", sa.Text, nullable=False),
        sa.Column("brand", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("price_e4", sa.BigInteger),
        sa.Column("tax", sa.Text),
        sa.Column("weighed", sa.Boolean, nullable=False),
        sa.Column("image", sa.Text, nullable=False),
        sa.Column("icon", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
    )
    op.create_index("catalog_product_num", "catalog_product", ["num"])
    op.create_index("catalog_product_sku", "catalog_product", ["sku"])
    op.create_index("catalog_product_name", "catalog_product", ["status", "name", "num"])
    op.create_index("catalog_product_category", "catalog_product", ["category", "status", "name", "num"])
    op.create_table(
        "catalog_code",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("pack", sa.BigInteger, nullable=False),
        sa.Column("as_typed", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("catalog_code_product", "catalog_code", ["id"])
    op.create_table(
        "catalog_category",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("rev", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("parent", sa.Text, nullable=False),
        sa.Column("tint", sa.Text, nullable=False),
        sa.Column("icon", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "catalog_unit",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("rev", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    SearchIndex("catalog_words").create(op.get_bind())
