"""The facts of stock that are not sales, and the tables that remember all movements.

Quantities are thousandths of the item's unit. Costs are ten-thousandths of the store's currency for one unit; values
are quantity times cost, so ten-millionths: nothing is rounded until it is shown.
"""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text

from genesis import Fact, Records, UserError, decimal

METADATA = MetaData()
SPACE = "stock"  # guard space: "<location>/<item>" -> thousandths on hand
OPENING = "stock opening"  # guard space: item -> the list it began with
FILE = "stock opening file"  # guard space: "<file> <part>" was recorded
RESERVED = "stock reserved"  # guard space: "<location>/<item>" -> thousandths of it that are kept for held carts
HELD = "stock held"  # guard space: "<cart> <location>/<item>" -> thousandths kept for that cart
BATCHES = "stock batch"  # guard space: "<location>/<item> <batch>" -> thousandths on hand of that batch
WHY = ("received", "opened", "adjusted", "wasted", "assembled", "counted", "supplier")
ASKED = {
    "received",
    "opened",
    "supplier",
    "wasted",
    "adjusted",
    "assembled",
}  # of these, where others may keep more of the goods
POLICIES = ("allow", "strict", "off")


class StockRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One movement of one item; cost of a unit where it is known."""

    item: str
    name: str
    qty: int
    batch: str = ""
    cost: int | None = None


class StockMoved(Fact, frozen=True, kw_only=True):
    """Goods came or went otherwise than by a sale. why: see WHY; day: when it counts, which may lie before today."""

    kind: ClassVar[str] = "stock.moved"
    location: str
    why: str
    day: str
    rows: tuple[StockRow, ...]
    reason: str = ""
    document: str = ""


class StockSent(Fact, frozen=True, kw_only=True):
    """Goods left a location for another one; they are in transit until `stock.arrived`."""

    kind: ClassVar[str] = "stock.sent"
    transfer: str
    origin: str
    target: str
    day: str
    rows: tuple[StockRow, ...]


class StockArrived(Fact, frozen=True, kw_only=True):
    """What arrived of a transfer; the rest stays in transit."""

    kind: ClassVar[str] = "stock.arrived"
    transfer: str
    origin: str
    target: str
    day: str
    rows: tuple[StockRow, ...]


class StockReconciled(Fact, frozen=True, kw_only=True):
    """The guards were set to what the ledger says, after sales that were made while this plugin was off."""

    kind: ClassVar[str] = "stock.reconciled"
    rows: tuple[tuple[str, int], ...]
    batches: tuple[tuple[str, int], ...] = ()


class StockReleased(Fact, frozen=True, kw_only=True):
    """What was kept for a held cart is for everybody again: its time had passed. rows: (key, thousandths)."""

    kind: ClassVar[str] = "stock.released"
    cart: str
    rows: tuple[tuple[str, int], ...]


item = Table(
    "stock_item", METADATA,
    Column("item", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("qty", BigInteger, nullable=False),
    Column("value", BigInteger, nullable=False),
    Column("cost", BigInteger),
    Column("last", Text, nullable=False),
    Index("stock_item_name", "name"),
    sqlite_with_rowid=False,
)  # fmt: skip

level = Table(
    "stock_level", METADATA,
    Column("item", Text, primary_key=True),
    Column("location", Text, primary_key=True),
    Column("batch", Text, primary_key=True),
    Column("qty", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

move = Table(
    "stock_move", METADATA,
    Column("stream", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("item", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("qty", BigInteger, nullable=False),
    Column("value", BigInteger, nullable=False),
    Column("sale", Text, nullable=False),
    Column("line", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Index("stock_move_item", "item", "day"),
    Index("stock_move_sale", "sale", "line"),
)  # fmt: skip

held = Table(
    "stock_held", METADATA,
    Column("cart", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("item", Text, nullable=False),
    Column("qty", BigInteger, nullable=False),
    Column("until", Text, nullable=False),
    Index("stock_held_until", "until"),
    sqlite_with_rowid=False,
)  # fmt: skip

transfer = Table(
    "stock_transfer", METADATA,
    Column("transfer", Text, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

rule = Table(
    "stock_rule", METADATA,
    Column("id", Text, primary_key=True),
    Column("rev", Integer, nullable=False),
    Column("policy", Text, nullable=False),
    Column("low", BigInteger),
    Column("over", BigInteger),
    Column("idle", Integer),
    sqlite_with_rowid=False,
)  # fmt: skip

mark = Table(
    "stock_mark", METADATA,
    Column("id", Text, primary_key=True),
    Column("rev", Integer, nullable=False),
    Column("category", Text, nullable=False),
    Column("low", BigInteger),
    Column("over", BigInteger),
    Column("idle", Integer),
    sqlite_with_rowid=False,
)  # fmt: skip


def _mark(value: object, field: str) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return int(decimal(value, field, 3) * 1_000)
    if type(value) is not int:
        raise UserError(f"{field}: it must be a quantity", "write a number", field)
    return value


def checked(row: dict[str, object]) -> dict[str, object]:
    """Return a rule as it is kept; UserError names the field."""
    policy = row.get("policy") or "allow"
    if policy not in POLICIES:
        raise UserError(f"policy: {policy!r} is not known", f"use {', '.join(POLICIES)}", "policy")
    return {"policy": policy} | _marks(row)


def _marks(row: dict[str, object]) -> dict[str, object]:
    low, over, idle = _mark(row.get("low"), "low"), _mark(row.get("over"), "over"), row.get("idle")
    if low is not None and over is not None and over <= low:
        raise UserError("over: it must be more than the low mark", "raise it", "over")
    if isinstance(idle, str):
        idle = int(decimal(idle, "idle", 0)) if idle.strip() else None
    if idle is not None and (type(idle) is not int or not 1 <= idle <= 3_650):
        raise UserError("idle: the days are out of range", "use 1 to 3650", "idle")
    return {"low": low, "over": over, "idle": idle}


def category_checked(row: dict[str, object]) -> dict[str, object]:
    """Return the marks of a category as they are kept; UserError names the field."""
    marks = _marks(row)
    if all(value is None for value in marks.values()):
        raise UserError("low: no mark is set", "set at least one, or delete this", "low")
    return {"category": str(row.get("category") or "").strip()[:80]} | marks


def category_keys(row: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what belongs to these marks alone: their category."""
    return [("marks of a category", str(row["category"]).casefold())]


MARKS = Records(name="stock_mark", title="Stock alert", table=mark, check=category_checked, unique=category_keys,
                rank=25, permission="stock.rules")  # fmt: skip
RULES = Records(name="stock_rule", title="Stock rule", table=rule, check=checked, rank=25, permission="stock.rules")
