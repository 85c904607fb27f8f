"""Goods that come for an order, what they really cost, and goods that go back; every difference is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select

from genesis import (
    Arrival,
    Arrived,
    Confirm,
    Guard,
    Money,
    Once,
    Pos,
    Refused,
    UserError,
    exponent,
    extended,
    price_text,
    quantity_text,
    round_ratio,
    split,
)
from genesis.hooks import inventory
from genesis_purchasing.models import NOTE, OrderReceived, OrderReturned, ReceivedRow, ReturnedRow, receipt
from genesis_purchasing.service import LEDGER, STATES, Order, current, seen
from genesis_stock import service as stock
from genesis_stock.models import StockRow

MOST = 10**12


class Coming(NamedTuple):
    """What came of a line; price of a unit where the invoice says another one.

    serials: its pieces where they are named already; else whoever follows them asks.
    """

    n: int
    qty: int
    batch: str = ""
    expiry: str = ""
    price_e4: int | None = None
    serials: tuple[str, ...] = ()


class Going(NamedTuple):
    """What goes back of a line."""

    n: int
    qty: int
    batch: str = ""


class Received(NamedTuple):
    """What was recorded: differences in words, and what the order is now."""

    differences: tuple[str, ...]
    state: str


def landed(rows: Sequence[tuple[int, int]], freight: int, digits: int) -> list[tuple[int, int]]:
    """Return (share of the freight in minor units, cost of a unit in ten-thousandths) of each (quantity, price).

    The freight is split by value with the largest remainder: the shares sum to it exactly. The cost of a unit is
    rounded to four decimals; what was paid to the cent stands in price and share.
    """
    shares = split(freight, [qty * price for qty, price in rows])
    scale = 10 ** (7 - digits)  # thousandths x ten-thousandths
    return [(share, round_ratio(qty * price + share * scale, qty))
            for (qty, price), share in zip(rows, shares, strict=True)]  # fmt: skip


def receive(
    pos: Pos, ref: str, rows: Sequence[Coming], *, freight: int = 0, document: str = "", location: str | None = None,
    rev: int | None = None,
) -> Received:  # fmt: skip
    """Take in what came of an order, in one append with the movement of the stock and what others keep of it.

    freight: minor units, spread over the rows by value. More than was ordered, or another price, is asked about
    (Confirm); less stays outstanding. A delivery note of a supplier counts once. rev: the revision that a person looked
    at. Raises UserError by field.
    """
    pos.permissions.require("stock.change", "received")
    found = _open(current(pos, ref, rev))
    _check(found, rows, freight)
    differences, closes = _compared(pos, found, rows)
    asked = [text for sure, text in differences if sure]
    if asked and not pos.hooks.confirmed:
        raise Confirm(f"{'; '.join(asked)}. Take it in like this?", "it is recorded as a difference", "quantity")
    at = stock.place(pos, pos.settings(stock.StockSettings).location if location is None else location)
    fact = _fact(pos, found, rows, freight, document.strip()[:60], at, tuple(text for _, text in differences), closes)
    arrival = _arrival(pos, found, fact, rows)
    note = [_note(pos, found, fact.document)] if fact.document else []
    moved = [StockRow(item=r.item, name=r.name, qty=r.qty, batch=r.batch, cost=r.cost_e4) for r in fact.rows]
    done = stock.change(pos, "received", moved, location=at, reason=found.number, document=fact.document,
                        also=(fact, arrival, *note, seen(fact)))  # fmt: skip
    stock.shown(pos, done, LEDGER)
    return Received(fact.differences, "closed" if closes else "part")


def outstanding(found: Order) -> list[Coming]:
    """Return everything that is still expected of an order."""
    return [Coming(row.n, row.qty - row.received) for row in found.lines if row.qty > row.received]


def _open(found: Order) -> Order:
    if found.state not in ("sent", "part"):
        raise Refused(f"{found.called} is {STATES[found.state].lower()}: nothing is expected of it",
                      "send it first, or receive the goods in Inventory", "order")  # fmt: skip
    return found


def _check(found: Order, rows: Sequence[Coming], freight: int) -> None:
    known = {row.n for row in found.lines}
    if not rows:
        raise UserError("nothing came", "name at least one line", "line")
    if not 0 <= freight <= MOST:
        raise UserError("freight: it is out of range", "use zero or more", "freight")
    for row in rows:
        if row.n not in known:
            raise UserError(f"line: {found.called} has no line {row.n}", "receive what was not ordered in Inventory",
                            "line")  # fmt: skip
        if not 0 < row.qty <= MOST:
            raise UserError("quantity: what is received is more than zero", "correct it", "quantity")
        if row.price_e4 is not None and not 0 <= row.price_e4 <= MOST:
            raise UserError("price: it is out of range", "use zero or more", "price")


def _compared(pos: Pos, found: Order, rows: Sequence[Coming]) -> tuple[list[tuple[bool, str]], bool]:
    """Return (it must be said yes to, text) of every difference, and whether nothing is outstanding any more."""
    differences, outstanding = [], False
    digits = exponent(pos.currency)
    for line in found.lines:
        came = line.received + sum(row.qty for row in rows if row.n == line.n)
        outstanding = outstanding or came < line.qty
        if came != line.qty:
            what = f"{quantity_text(came)} of {quantity_text(line.qty)} {line.name}"
            more = came > line.qty and any(row.n == line.n for row in rows)
            if came < line.qty:
                differences.append((False, f"{what} came, {quantity_text(line.qty - came)} outstanding"))
            elif more:
                differences.append((True, f"{what} came, {quantity_text(came - line.qty)} too many"))
        for price in sorted({row.price_e4 for row in rows if row.n == line.n and row.price_e4 is not None}):
            if price != line.price_e4:
                was, now = price_text(line.price_e4, digits), price_text(price, digits)
                differences.append((True, f"{line.name} is invoiced at {now}, ordered at {was}"))
    return differences, not outstanding


def _fact(
    pos: Pos, found: Order, rows: Sequence[Coming], freight: int, document: str, at: str,
    differences: tuple[str, ...], closes: bool,
) -> OrderReceived:  # fmt: skip
    lines = {line.n: line for line in found.lines}
    paid = [(row.qty, lines[row.n].price_e4 if row.price_e4 is None else row.price_e4) for row in rows]
    costs = landed(paid, freight, exponent(pos.currency))
    kept = tuple(
        ReceivedRow(n=row.n, item=lines[row.n].item, name=lines[row.n].name, qty=row.qty, price_e4=price, share=share,
                    cost_e4=cost, batch=row.batch.strip(), expiry=row.expiry.strip())
        for row, (_, price), (share, cost) in zip(rows, paid, costs, strict=True)
    )  # fmt: skip
    return OrderReceived(order=found.order, rev=found.rev + 1, day=stock.today(pos), location=at, rows=kept,
                         freight=freight, document=document, differences=differences, closes=closes)  # fmt: skip


def _arrival(pos: Pos, found: Order, fact: OrderReceived, rows: Sequence[Coming]) -> Arrival:
    """Return what is said of the goods to who keeps it; a date that nobody would keep is refused, not dropped."""
    if any(row.expiry for row in fact.rows) and not pos.hooks.implemented(inventory.receive):
        raise UserError("expiry: no plugin is on that keeps it", "switch on Batches, or leave it out", "expiry")
    coming = tuple(Arrived(item=r.item, name=r.name, qty=r.qty, batch=r.batch, expiry=r.expiry, serials=said.serials)
                   for r, said in zip(fact.rows, rows, strict=True))  # fmt: skip
    return Arrival(day=fact.day, location=fact.location, rows=coming, supplier=found.supplier_name,
                   document=fact.document or found.number)  # fmt: skip


def _going(found: Order, fact: OrderReturned) -> Arrival:
    gone = tuple(Arrived(item=r.item, name=r.name, qty=-r.qty, batch=r.batch) for r in fact.rows)
    return Arrival(day=fact.day, location=fact.location, rows=gone, supplier=found.supplier_name,
                   document=fact.document or found.number, why="supplier")  # fmt: skip


def _note(pos: Pos, found: Order, document: str) -> Guard:
    key = f"{found.supplier} {document}"
    if pos.journal.holder(NOTE, key):
        raise Refused(f"document: delivery note {document} of {found.supplier_name} was received before",
                      "look at the order; nothing was taken in twice", "document")  # fmt: skip
    return Once(NOTE, key)


def on_hand_of(pos: Pos, ref: str, n: int, batch: str) -> Any:
    """Return (quantity, cost, price) of what came of a line and did not go back; cost and price are averages."""
    paid = receipt.c.qty * receipt.c.cost_e4, receipt.c.qty * receipt.c.price_e4
    came = select(func.coalesce(func.sum(receipt.c.qty), 0), *(func.coalesce(func.sum(part), 0) for part in paid))
    qty, cost, price = pos.db.all(
        came.where(receipt.c.order == ref, receipt.c.n == n, receipt.c.batch == batch)
    )[0]  # fmt: skip
    qty = int(qty)
    return (qty, round_ratio(int(cost), qty), round_ratio(int(price), qty)) if qty > 0 else (0, 0, 0)


def give_back(
    pos: Pos, ref: str, rows: Sequence[Going], reason: str, *, document: str = "", location: str | None = None,
) -> Money:  # fmt: skip
    """Send goods back to the supplier at what they were received at; returns the credit to expect for them.

    Never more than came of that line and batch and did not go back yet. Raises UserError by field.
    """
    pos.permissions.require("stock.change", "supplier")
    found = current(pos, ref)
    if not reason.strip():
        raise UserError("reason: it is needed", "say why the goods go back", "reason")
    lines = {line.n: line for line in found.lines}
    kept = []
    if len({(row.n, row.batch) for row in rows}) < len(rows):
        raise UserError("line: one stands there twice", "write it once", "line")
    for row in rows:
        if row.n not in lines:
            raise UserError(f"line: {found.called} has no line {row.n}", "look at the order", "line")
        there, cost, price = on_hand_of(pos, found.order, row.n, row.batch)
        if not 0 < row.qty <= there:
            what = f"quantity: {quantity_text(there)} of {lines[row.n].name} came and did not go back yet"
            raise UserError(what, "give back at most that, and name its batch", "quantity")
        line = lines[row.n]
        kept.append(ReturnedRow(n=row.n, item=line.item, name=line.name, qty=row.qty, cost_e4=cost, price_e4=price,
                                batch=row.batch))  # fmt: skip
    credit = sum(extended(row.qty, row.price_e4, exponent(pos.currency)) for row in kept)
    at = stock.place(pos, pos.settings(stock.StockSettings).location if location is None else location)
    fact = OrderReturned(order=found.order, rev=found.rev + 1, day=stock.today(pos), location=at, rows=tuple(kept),
                         reason=reason.strip()[:200], credit=credit, document=document.strip()[:60])  # fmt: skip
    moved = [StockRow(item=r.item, name=r.name, qty=-r.qty, batch=r.batch, cost=r.cost_e4) for r in kept]
    done = stock.change(pos, "supplier", moved, location=at, reason=f"{found.number}: {fact.reason}",
                        document=fact.document, also=(fact, _going(found, fact), seen(fact)))  # fmt: skip
    stock.shown(pos, done, LEDGER)
    return Money(credit, pos.currency)
