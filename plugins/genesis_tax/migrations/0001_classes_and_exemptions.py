"""Tax classes with their dated taxes, and exemptions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "tax_class",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
    )
    op.create_table(
        "tax_class_tax",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("n", sa.Integer(), primary_key=True),
        sa.Column("tax", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("rate", sa.Text(), nullable=False),
        sa.Column("amount", sa.Text(), nullable=False),
        sa.Column("included", sa.Text(), nullable=False),
        sa.Column("affects_next", sa.Boolean(), nullable=False),
        sa.Column("affected_by_previous", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Text(), nullable=False),
        sa.Column("valid_to", sa.Text(), nullable=False),
    )
    op.create_table(
        "tax_exemption",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("customer_group", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Text(), nullable=False),
        sa.Column("valid_to", sa.Text(), nullable=False),
    )
    op.create_index("tax_exemption_customer", "tax_exemption", ["customer"])
    op.create_index("tax_exemption_group", "tax_exemption", ["customer_group"])
    op.create_table(
        "tax_exemption_tax",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("tax", sa.Text(), primary_key=True),
    )
