"""What may be done with an order: write it, send it under the next number, end it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import uuid_utils
from sqlalchemy import or_, select

from genesis import (
    Appended,
    Balance,
    Confirm,
    Expect,
    Fact,
    Guard,
    GuardRefused,
    Money,
    Pos,
    Refused,
    UserError,
    exponent,
    extended,
    quantity_text,
)
from genesis_purchasing.models import (
    MOST_LINES,
    NUMBER,
    OPEN,
    REV,
    OrderDrafted,
    OrderEnded,
    OrderFact,
    OrderLine,
    OrderSent,
    line,
    order,
)
from genesis_purchasing.suppliers import offer_id
from genesis_stock.service import shown, today

LEDGER = "purchasing_order"
MAY_ORDER = "purchasing.order"
TRIES = 20  # of two who send at the same instant the second one takes the next number
STATES = {
    "draft": "Draft", "sent": "Sent", "part": "Part received", "closed": "Closed", "cancelled": "Cancelled",
}  # fmt: skip


class Wanted(NamedTuple):
    """An item to be ordered; qty in thousandths, price of a unit in ten-thousandths (None: as the supplier asks)."""

    item: str
    qty: int
    price_e4: int | None = None


class Order(NamedTuple):
    """An order as it stands; lines: rows of `purchasing_line`."""

    order: str
    rev: int
    number: str
    state: str
    supplier: str
    supplier_name: str
    terms: str
    day: str
    due: str
    note: str
    reason: str
    lines: tuple[Any, ...]

    @property
    def called(self) -> str:
        """What it is called in a message."""
        return self.number or f"the draft for {self.supplier_name}"


def supplier_of(pos: Pos, ref: str) -> dict[str, Any]:
    """Return a supplier by id or name; UserError names the field."""
    records = pos.records("purchasing_supplier")
    found = records.get(ref)
    if found is None:
        table = records.records.table
        named = [row for row in pos.db.all(select(table.c.id, table.c.name)) if row.name.casefold() == ref.casefold()]
        found = records.get(named[0].id) if named else None
    if found is None:
        raise UserError(f"supplier: {ref[:60]!r} is not known", "add it to the suppliers first", "supplier")
    return found


def current(pos: Pos, ref: str, rev: int | None = None) -> Order:
    """Return an order by its id or number, with its last change; UserError where there is none.

    rev: the revision that a person looked at; another one is refused.
    """
    wanted = select(order).where(or_(order.c.order == ref, order.c.number == ref))
    row = pos.db.one(wanted) if ref else None
    if row is None or row.rev != pos.journal.balance(REV, row.order):
        pos.journal.wait(pos.journal.raw.pos(), LEDGER)
        row = pos.db.one(wanted) if ref else None
    if row is None:
        raise UserError(f"order: {ref[:60]!r} is not known", "name its number, such as PO-000001", "order")
    if rev is not None and rev != row.rev:
        raise Refused("somebody else changed this order meanwhile; nothing was recorded", "look at it again", "order")
    lines = pos.db.all(select(line).where(line.c.order == row.order).order_by(line.c.n))
    return Order(**{name: getattr(row, name) for name in Order._fields if name != "lines"}, lines=tuple(lines))


def amount(pos: Pos, lines: Sequence[Any]) -> Money:
    """Return what the lines of an order come to: each rounded once."""
    digits = exponent(pos.currency)
    return Money(sum(extended(row.qty, row.price_e4, digits) for row in lines), pos.currency)


def minimum(pos: Pos, found: Order) -> Money:
    """Return what the supplier of an order wants to be ordered at least."""
    return Money(supplier_of(pos, found.supplier)["minimum"], pos.currency)


def draft(
    pos: Pos, supplier: str, wanted: Sequence[Wanted], note: str = "", ref: str = "", rev: int | None = None
) -> str:
    """Write an order down, or write a draft anew (ref, as it was at rev); returns its id. Raises UserError by field."""
    pos.permissions.require(MAY_ORDER, "draft")
    return write(pos, supplier, wanted, note, current(pos, ref, rev) if ref else None)


def write(
    pos: Pos, supplier: str, wanted: Sequence[Wanted], note: str = "", before: Order | None = None,
    guards: Sequence[Guard] = (),
) -> str:  # fmt: skip
    """Write an order down for whoever may, or for the store itself (the job of the day); see `draft`."""
    known = supplier_of(pos, supplier)
    if not 0 < len(wanted) <= MOST_LINES:
        raise UserError(f"item: an order has 1 to {MOST_LINES} lines", "leave some out, or write two orders", "item")
    if len({one.item for one in wanted}) < len(wanted):
        raise UserError("item: one stands there twice", "write it as one line", "item")
    lines = tuple(_line(pos, known, n, one) for n, one in enumerate(wanted, start=1))
    if before is not None:
        _expected(before, ("draft",), "be changed")
    at, rev = (before.order, before.rev) if before else (str(uuid_utils.uuid7()), 0)
    fact = OrderDrafted(order=at, rev=rev + 1, day=today(pos), supplier=known["id"], supplier_name=known["name"],
                        lines=lines, note=note.strip()[:500])  # fmt: skip
    record(pos, fact, guards=guards)
    return at


def counted(space: str, key: str, last: int) -> Guard:
    """Return the guard that nobody counted on since it was at `last`."""
    return Balance(space, key, 1, floor=None, was=last)


def _line(pos: Pos, supplier: dict[str, Any], n: int, wanted: Wanted) -> OrderLine:
    """Return a line as the supplier sells it: whole packs, and not less than the least."""
    sold = pos.records("purchasing_offer").get(offer_id(supplier["id"], wanted.item))
    if sold is None:
        raise UserError(f"item: {supplier['name']} does not sell {wanted.item[:60]!r}", "add it to what it sells",
                        "item")  # fmt: skip
    if not 0 < wanted.qty <= 10**12:
        raise UserError(f"quantity: that of {sold['name']} is out of range", "use more than zero", "quantity")
    if wanted.qty % sold["pack"]:
        packs = -(-wanted.qty // sold["pack"]) * sold["pack"]
        raise UserError(f"quantity: {sold['name']} comes in packs of {quantity_text(sold['pack'])}",
                        f"order {quantity_text(packs)}", "quantity")  # fmt: skip
    if wanted.qty < sold["least"]:
        raise UserError(f"quantity: at least {quantity_text(sold['least'])} of {sold['name']} are sold",
                        "order more, or leave it out", "quantity")  # fmt: skip
    price = sold["price_e4"] if wanted.price_e4 is None else wanted.price_e4
    if not 0 <= price <= 10**12:
        raise UserError(f"price: that of {sold['name']} is out of range", "use zero or more", "price")
    return OrderLine(n=n, item=wanted.item, name=sold["name"], code=sold["code"], qty=wanted.qty, pack=sold["pack"],
                     price_e4=price)  # fmt: skip


def send(pos: Pos, ref: str) -> str:
    """Send a draft: it gets the next number, without gaps, and can no longer be changed. Returns the number.

    Less than the supplier's minimum is asked about (Confirm).
    """
    pos.permissions.require(MAY_ORDER, "send")
    found = _expected(current(pos, ref), ("draft",), "be sent")
    known = supplier_of(pos, found.supplier)
    total = amount(pos, found.lines)
    if total.minor < known["minimum"] and not pos.hooks.confirmed:
        least = Money(known["minimum"], pos.currency)
        raise Confirm(f"{known['name']} takes orders from {least} on; this one comes to {total}. Send it all the same?")
    now = today(pos)
    due = (date.fromisoformat(now) + timedelta(days=known["lead_days"])).isoformat()
    lines = tuple(
        OrderLine(n=r.n, item=r.item, name=r.name, code=r.code, qty=r.qty, pack=r.pack, price_e4=r.price_e4)
        for r in found.lines
    )

    def numbered(last: int) -> OrderSent:
        return OrderSent(
            order=found.order, rev=found.rev + 1, day=now, number=f"PO-{last + 1:06d}", supplier=found.supplier,
            supplier_name=known["name"], terms=known["terms"], due=due, currency=pos.currency, total=total.minor,
            lines=lines, note=found.note,
        )  # fmt: skip

    return _numbered(pos, numbered)


def _numbered(pos: Pos, fact: Callable[[int], OrderSent]) -> str:
    """Record an order under the next number; whoever was first meanwhile keeps theirs."""
    for _ in range(TRIES):
        last = pos.journal.balance(NUMBER, "")
        sent = fact(last)
        try:
            record(pos, sent, guards=[counted(NUMBER, "", last)])
        except GuardRefused as refused:
            if refused.guard.space != NUMBER:
                raise
        else:
            return sent.number
    raise Refused("the order got no number: too many were sent at once", "nothing was sent; send it again", "order")


def end(pos: Pos, ref: str, reason: str = "") -> str:
    """End an order: a draft, or one of which nothing came, is cancelled; one that came in part is closed.

    What never came is recorded with the reason. Returns its state then.
    """
    pos.permissions.require(MAY_ORDER, "end")
    found = _expected(current(pos, ref), OPEN, "be ended")
    if found.state != "draft" and not reason.strip():
        raise UserError("reason: the supplier expects to deliver", "say why nothing more will come", "reason")
    missing = tuple((row.n, row.qty - row.received) for row in found.lines if row.qty > row.received)
    came = any(row.received for row in found.lines)
    fact = OrderEnded(order=found.order, rev=found.rev + 1, day=today(pos), state="closed" if came else "cancelled",
                      reason=reason.strip()[:200], missing=missing)  # fmt: skip
    record(pos, fact)
    return fact.state


def record(pos: Pos, fact: OrderFact, also: Sequence[Fact] = (), guards: Sequence[Guard] = ()) -> Appended:
    """Append what happened to an order, unless it was changed since it was read; it is shown on return."""
    done = pos.journal.append(fact, *also, guards=[*guards, seen(fact)])
    shown(pos, done, LEDGER)
    return done


def seen(fact: OrderFact) -> Guard:
    """Return the guard that whoever changes an order has seen its last change."""
    return Expect(REV, fact.order, fact.rev - 1)


def _expected(found: Order, states: Sequence[str], what: str) -> Order:
    if found.state not in states:
        raise Refused(f"{found.called} is {STATES[found.state].lower()} and cannot {what}", "look at it again", "order")
    return found
