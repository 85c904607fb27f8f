"""The facts of purchase orders, and the tables that remember what was ordered, what came and what was paid.

Quantities are thousandths of the item's unit, prices and costs ten-thousandths of the store's currency for one unit,
amounts minor units. Days are ISO dates, "" where none is known.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec
from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text

from genesis import Fact

METADATA = MetaData()
REV = "purchase order"  # guard space: order -> revision; whoever changes an order has seen its last change
NUMBER = "purchase order number"  # guard space: "" -> the last number given
NOTE = "delivery note"  # guard space: "<supplier> <document>" counts only once
State = Literal["draft", "sent", "part", "closed", "cancelled"]
OPEN = ("draft", "sent", "part")
MOST_LINES = 500


class OrderLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of an order; code: the supplier's; pack: what it comes in."""

    n: int
    item: str
    name: str
    qty: int
    price_e4: int
    code: str = ""
    pack: int = 1_000


class OrderFact(Fact, frozen=True, kw_only=True):
    """Base of what happens to an order; rev counts its changes from 1."""

    order: str
    rev: int
    day: str


class OrderDrafted(OrderFact, frozen=True, kw_only=True):
    """An order was written down, or written anew before it was sent."""

    kind: ClassVar[str] = "purchase.drafted"
    supplier: str
    supplier_name: str
    lines: tuple[OrderLine, ...]
    note: str = ""


class OrderSent(OrderFact, frozen=True, kw_only=True):
    """An order went to its supplier, whole as it was sent, under the next number. due: when it is expected."""

    kind: ClassVar[str] = "purchase.sent"
    number: str
    supplier: str
    supplier_name: str
    terms: str
    due: str
    currency: str
    total: int
    lines: tuple[OrderLine, ...]
    note: str = ""


class ReceivedRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of one line. price_e4: as invoiced; share: its part of the freight; cost_e4: both, for one unit."""

    n: int
    item: str
    name: str
    qty: int
    price_e4: int
    cost_e4: int
    share: int = 0
    batch: str = ""
    expiry: str = ""


class OrderReceived(OrderFact, frozen=True, kw_only=True):
    """Goods came for an order; the movement is in the `stock.moved` beside it.

    differences: what was not as ordered, as it was said; closes: nothing is outstanding any more.
    """

    kind: ClassVar[str] = "purchase.received"
    location: str
    rows: tuple[ReceivedRow, ...]
    freight: int = 0
    document: str = ""
    differences: tuple[str, ...] = ()
    closes: bool = False


class OrderEnded(OrderFact, frozen=True, kw_only=True):
    """Nothing more is expected of an order. missing: (line, quantity) that never came."""

    kind: ClassVar[str] = "purchase.ended"
    state: Literal["closed", "cancelled"]
    reason: str
    missing: tuple[tuple[int, int], ...] = ()


class ReturnedRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went back of one line, at what it was received at."""

    n: int
    item: str
    name: str
    qty: int
    cost_e4: int
    price_e4: int
    batch: str = ""


class OrderReturned(OrderFact, frozen=True, kw_only=True):
    """Goods went back to the supplier; the movement is in the `stock.moved` beside it. credit: what they were paid."""

    kind: ClassVar[str] = "purchase.returned"
    location: str
    rows: tuple[ReturnedRow, ...]
    reason: str
    credit: int
    document: str = ""


order = Table(
    "purchasing_order", METADATA,
    Column("order", Text, primary_key=True),
    Column("rev", Integer, nullable=False),
    Column("lines_rev", Integer, nullable=False),
    Column("number", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("supplier", Text, nullable=False),
    Column("supplier_name", Text, nullable=False),
    Column("terms", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("due", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Index("purchasing_order_state", "state", "due"),
    Index("purchasing_order_number", "number"),
    sqlite_with_rowid=False,
)  # fmt: skip

line = Table(
    "purchasing_line", METADATA,
    Column("order", Text, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("item", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("qty", BigInteger, nullable=False),
    Column("pack", BigInteger, nullable=False),
    Column("price_e4", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("returned", BigInteger, nullable=False),
    Index("purchasing_line_item", "item"),
    sqlite_with_rowid=False,
)  # fmt: skip

# What came (and with a negative quantity what went back), row by row.
receipt = Table(
    "purchasing_receipt", METADATA,
    Column("stream", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("i", Integer, primary_key=True),
    Column("order", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("item", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("qty", BigInteger, nullable=False),
    Column("batch", Text, nullable=False),
    Column("expiry", Text, nullable=False),
    Column("price_e4", BigInteger, nullable=False),
    Column("share", BigInteger, nullable=False),
    Column("cost_e4", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Index("purchasing_receipt_order", "order", "n"),
    Index("purchasing_receipt_item", "item", "day"),
)  # fmt: skip

# What a supplier asked for an item, each time it changed.
price = Table(
    "purchasing_price", METADATA,
    Column("stream", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("i", Integer, primary_key=True),
    Column("offer", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("price_e4", BigInteger, nullable=False),
    Index("purchasing_price_offer", "offer", "at"),
)  # fmt: skip
