"""The first tables: customers, their cards, and the index they are found by."""

import sqlalchemy as sa
from alembic import op

from genesis import SearchIndex

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "customers_customer",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("rev", sa.Integer, nullable=False),
        sa.Column("num", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("phone", sa.Text),
        sa.Column("email", sa.Text),
        sa.Column("group", sa.Text, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
    )
    op.create_index("customers_customer_num", "customers_customer", ["num"])
    op.create_table(
        "customers_card",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("customers_card_customer", "customers_card", ["id"])
    SearchIndex("customers_words").create(op.get_bind())
    if op.get_bind().dialect.name == "sqlite":  # an erased name must not linger in the index
        op.execute("INSERT INTO customers_words(customers_words, rank) VALUES('secure-delete', 1)")
