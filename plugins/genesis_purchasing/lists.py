"""What is asked of the orders: which are open, what is on its way, what an item cost before."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Select, func, or_, select

from genesis import Pos
from genesis_purchasing.models import OPEN, line, order, price, receipt
from genesis_purchasing.suppliers import offer_id
from genesis_stock.service import today


def open_of(pos: Pos, supplier: str) -> int:
    """Return how many orders to a supplier are open, drafts too."""
    wanted = select(func.count()).select_from(order).where(order.c.supplier == supplier, order.c.state.in_(OPEN))
    return int(pos.db.all(wanted)[0][0])


def orders(state: str = "", text: str = "") -> Select[Any]:
    """Return a select of orders: of one state ("open" for all that are), by words of supplier, number and note."""
    wanted = select(order)
    if state:
        wanted = wanted.where(order.c.state.in_(OPEN) if state == "open" else order.c.state == state)
    for word in text.split():
        found = (
            column.icontains(word, autoescape=True) for column in (order.c.supplier_name, order.c.number, order.c.note)
        )
        wanted = wanted.where(or_(*found))
    return wanted


def late(pos: Pos) -> int:
    """Return how many orders should have come before today."""
    wanted = select(func.count()).select_from(order)
    waiting = wanted.where(order.c.state.in_(("sent", "part")), order.c.due < today(pos))
    return int(pos.db.all(waiting)[0][0])


def receipts(pos: Pos, ref: str) -> list[Any]:
    """Return what came of an order and (negative) what went back, the oldest first."""
    wanted = select(receipt).where(receipt.c.order == ref)
    return pos.db.all(wanted.order_by(receipt.c.day, receipt.c.stream, receipt.c.seq, receipt.c.i))


def on_order(pos: Pos) -> dict[str, int]:
    """Return item -> what is expected of it (thousandths), drafts too: they would be ordered twice otherwise."""
    left = line.c.qty - line.c.received
    wanted = (
        select(line.c.item, func.sum(left))
        .select_from(line.join(order, order.c.order == line.c.order))
        .where(order.c.state.in_(OPEN), left > 0)
        .group_by(line.c.item)
    )
    return {item: int(qty) for item, qty in pos.db.all(wanted)}


class Paid(NamedTuple):
    """A price of an item: asked by the supplier, or paid on a receipt (then with its landed cost)."""

    day: str
    price_e4: int
    cost_e4: int | None
    document: str


def prices(pos: Pos, supplier: str, item: str) -> list[Paid]:
    """Return what a supplier asked for an item and what was paid, the oldest first."""
    asked = select(price.c.at, price.c.price_e4).where(price.c.offer == offer_id(supplier, item))
    found = [Paid(row.at[:10], row.price_e4, None, "") for row in pos.db.all(asked.order_by(price.c.at))]
    paid = (
        select(receipt.c.day, receipt.c.price_e4, receipt.c.cost_e4, order.c.number)
        .select_from(receipt.join(order, order.c.order == receipt.c.order))
        .where(order.c.supplier == supplier, receipt.c.item == item, receipt.c.qty > 0)
        .order_by(receipt.c.day, receipt.c.stream, receipt.c.seq, receipt.c.i)
    )
    found += [Paid(*row) for row in pos.db.all(paid)]
    return sorted(found, key=lambda one: one.day)
