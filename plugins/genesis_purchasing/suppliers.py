"""Suppliers and what each of them sells, as records: who changed what and when comes with them."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, select

from genesis import Pos, Records, UserError
from genesis_purchasing.models import METADATA

Row = dict[str, Any]
EDIT = "purchasing.suppliers"
MOST = 10**12
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")

# lead_days, lead_spread: days from order to delivery, and their standard deviation in thousandths of a day.
supplier = Table(
    "purchasing_supplier", METADATA,
    Column("id", Text, primary_key=True),
    Column("rev", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("terms", Text, nullable=False),
    Column("lead_days", Integer, nullable=False),
    Column("lead_spread", BigInteger, nullable=False),
    Column("minimum", BigInteger, nullable=False),
    Column("contact", Text),
    Column("email", Text),
    Column("phone", Text),
    Index("purchasing_supplier_name", "name"),
    sqlite_with_rowid=False,
)  # fmt: skip

# pack, least: what it comes in and the least that is ordered; shelf_days: what is left of its life when it comes, 0:
# not known; rank: of two suppliers of an item the lower one is asked.
offer = Table(
    "purchasing_offer", METADATA,
    Column("id", Text, primary_key=True),
    Column("rev", Integer, nullable=False),
    Column("supplier", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("pack", BigInteger, nullable=False),
    Column("least", BigInteger, nullable=False),
    Column("price_e4", BigInteger, nullable=False),
    Column("shelf_days", Integer, nullable=False),
    Column("rank", Integer, nullable=False),
    Index("purchasing_offer_supplier", "supplier", "name"),
    Index("purchasing_offer_item", "item"),
    sqlite_with_rowid=False,
)  # fmt: skip


def _text(row: Row, field: str, most: int, *, needed: bool = False) -> str:
    value = row.get(field)
    if value is not None and not isinstance(value, str):
        raise UserError(f"{field}: it must be text", "write it as text", field)
    text = (value or "").strip()
    if needed and not text:
        raise UserError(f"{field}: it is missing", f"give a {field}", field)
    if len(text) > most or not text.isprintable():
        raise UserError(f"{field}: it cannot be kept", f"use at most {most} printable characters", field)
    return text


def _whole(row: Row, field: str, otherwise: int, least: int = 0, most: int = MOST) -> int:
    value = row.get(field)
    value = otherwise if value is None else value
    if type(value) is not int or not least <= value <= most:
        raise UserError(f"{field}: it is out of range", f"use {least} to {most}", field)
    return value


def supplier_checked(row: Row) -> Row:
    """Return a supplier as it is kept; UserError names the field at fault."""
    email = _text(row, "email", 254)
    if email and not _EMAIL.fullmatch(email):
        raise UserError(f"email: {email!r} is no e-mail address", "write name@example.com", "email")
    return {
        "name": _text(row, "name", 80, needed=True),
        "terms": _text(row, "terms", 200),
        "lead_days": _whole(row, "lead_days", 1, most=365),
        "lead_spread": _whole(row, "lead_spread", 0, most=365_000),
        "minimum": _whole(row, "minimum", 0),
        "contact": _text(row, "contact", 120),
        "email": email,
        "phone": _text(row, "phone", 40),
    }


def offer_checked(row: Row) -> Row:
    """Return what a supplier sells as it is kept; UserError names the field at fault."""
    if row.get("price_e4") is None:
        raise UserError("price_e4: it is missing", "give what one unit costs", "price_e4")
    return {
        "supplier": _text(row, "supplier", 80, needed=True),
        "item": _text(row, "item", 120, needed=True),
        "name": _text(row, "name", 200, needed=True),
        "code": _text(row, "code", 64),
        "pack": _whole(row, "pack", 1_000, least=1),
        "least": _whole(row, "least", 0),
        "price_e4": _whole(row, "price_e4", 0),
        "shelf_days": _whole(row, "shelf_days", 0, most=36_500),
        "rank": _whole(row, "rank", 1, least=1, most=99),
    }


def offer_id(supplier_id: str, item: str) -> str:
    """Return the id of what a supplier sells: one offer for an item."""
    return f"{supplier_id} {item}"


SUPPLIERS = Records(
    name="purchasing_supplier", title="Supplier", table=supplier, check=supplier_checked,
    unique=lambda row: [("purchasing_supplier", row["name"].casefold())], private=("contact", "email", "phone"),
    rank=25, permission=EDIT,
)  # fmt: skip
OFFERS = Records(
    name="purchasing_offer", title="Supplier's article", table=offer, check=offer_checked,
    unique=lambda row: [("purchasing_offer", f"{row['supplier']} {row['item']}")], rank=26, permission=EDIT,
)  # fmt: skip


def every(pos: Pos) -> tuple[tuple[str, str], ...]:
    """Return (id, name) of all suppliers by name, to choose from."""
    rows = pos.db.all(select(supplier.c.id, supplier.c.name).order_by(supplier.c.name))
    return tuple((row.id, row.name) for row in rows)
