"""Keeps orders from their facts: the last change of an order counts, whichever arrives first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from genesis import Entry, Projection, ViewDb
from genesis_purchasing.models import (
    OrderDrafted,
    OrderEnded,
    OrderFact,
    OrderLine,
    OrderReceived,
    OrderReturned,
    OrderSent,
    line,
    order,
    price,
    receipt,
)

OFFER = "purchasing_offer"  # whose records say what a supplier asks
_EMPTY = dict.fromkeys(("number", "supplier", "supplier_name", "terms", "day", "due", "note", "reason"), "")


def _known(db: ViewDb, ref: str) -> dict[str, Any]:
    for row in db.find(order, [{"order": ref}]):
        return row
    return {"order": ref, "rev": 0, "lines_rev": 0, "state": "draft"} | _EMPTY


def _head(db: ViewDb, fact: OrderFact, state: str, **more: Any) -> dict[str, Any]:
    """Write what changed of an order; a state that was overtaken by a later one does not count. Returns what was."""
    known = _known(db, fact.order)
    later = {"rev": fact.rev, "state": state} if fact.rev > known["rev"] else {}
    db.upsert(order, [known | later | more])
    return known


def _lines(db: ViewDb, fact: OrderFact, rows: Sequence[OrderLine], known: dict[str, Any]) -> None:
    if fact.rev < known["lines_rev"]:
        return
    kept = {n for (n,) in db.all(select(line.c.n).where(line.c.order == fact.order, line.c.received == 0))}
    db.delete(line, [{"order": fact.order, "n": n} for n in sorted(kept - {row.n for row in rows})])
    db.add(line, [{
        "order": fact.order, "n": row.n, "item": row.item, "name": row.name, "code": row.code, "qty": row.qty,
        "pack": row.pack, "price_e4": row.price_e4, "received": 0, "returned": 0,
    } for row in rows], ("received", "returned"))  # fmt: skip


def drafted(db: ViewDb, entry: Entry) -> None:
    """An order was written down."""
    fact = entry.fact
    if isinstance(fact, OrderDrafted):
        known = _known(db, fact.order)
        if fact.rev > known["lines_rev"]:
            _head(db, fact, "draft", supplier=fact.supplier, supplier_name=fact.supplier_name, note=fact.note,
                  day=fact.day, lines_rev=fact.rev)  # fmt: skip
            _lines(db, fact, fact.lines, known)


def sent(db: ViewDb, entry: Entry) -> None:
    """An order was sent: what it said then is what was ordered."""
    fact = entry.fact
    if isinstance(fact, OrderSent):
        known = _head(db, fact, "sent", number=fact.number, supplier=fact.supplier, supplier_name=fact.supplier_name,
                      terms=fact.terms, day=fact.day, due=fact.due, note=fact.note, lines_rev=fact.rev)  # fmt: skip
        _lines(db, fact, fact.lines, known)


def received(db: ViewDb, entry: Entry) -> None:
    """Goods came."""
    fact = entry.fact
    if isinstance(fact, OrderReceived):
        _head(db, fact, "closed" if fact.closes else "part")
        _moved(db, fact, "received", [(row.n, row.item, row.name, row.qty) for row in fact.rows])
        db.upsert(receipt, [{
            "stream": entry.stream, "seq": entry.seq, "i": i, "order": fact.order, "n": row.n, "item": row.item,
            "day": fact.day, "qty": row.qty, "batch": row.batch, "expiry": row.expiry, "price_e4": row.price_e4,
            "share": row.share, "cost_e4": row.cost_e4, "document": fact.document,
        } for i, row in enumerate(fact.rows)])  # fmt: skip


def returned(db: ViewDb, entry: Entry) -> None:
    """Goods went back: the order stays as closed or open as it was."""
    fact = entry.fact
    if isinstance(fact, OrderReturned):
        _head(db, fact, _known(db, fact.order)["state"])
        _moved(db, fact, "returned", [(row.n, row.item, row.name, row.qty) for row in fact.rows])
        db.upsert(receipt, [{
            "stream": entry.stream, "seq": entry.seq, "i": i, "order": fact.order, "n": row.n, "item": row.item,
            "day": fact.day, "qty": -row.qty, "batch": row.batch, "expiry": "", "price_e4": row.price_e4,
            "share": 0, "cost_e4": row.cost_e4, "document": fact.document,
        } for i, row in enumerate(fact.rows)])  # fmt: skip


def _moved(db: ViewDb, fact: OrderFact, column: str, rows: Sequence[tuple[int, str, str, int]]) -> None:
    known = {row["n"]: row for row in db.find(line, [{"order": fact.order}])}
    nothing = {"received": 0, "returned": 0}
    moved: dict[int, dict[str, Any]] = {}
    for n, item, name, qty in rows:
        bare = {"order": fact.order, "n": n, "item": item, "name": name, "code": "", "qty": 0, "pack": 1_000,
                "price_e4": 0}  # fmt: skip
        one = moved.setdefault(n, known.get(n, bare) | nothing)
        one[column] += qty
    db.add(line, list(moved.values()), ("received", "returned"))


def ended(db: ViewDb, entry: Entry) -> None:
    """Nothing more is expected."""
    fact = entry.fact
    if isinstance(fact, OrderEnded):
        _head(db, fact, fact.state, reason=fact.reason)


def priced(db: ViewDb, entry: Entry) -> None:
    """A supplier asks another price, or sells something new."""
    fact: Any = entry.fact
    if fact.record != OFFER:
        return
    rows = fact.rows if entry.kind == "records.loaded" else [fact.values | {"id": fact.id}]
    found: list[dict[str, Any]] = []
    for row in rows:
        last = db.one(select(price.c.price_e4).where(price.c.offer == row["id"])
                      .order_by(price.c.at.desc(), price.c.seq.desc()).limit(1))  # fmt: skip
        if last is None or last.price_e4 != row["price_e4"]:
            found.append({"stream": entry.stream, "seq": entry.seq, "i": len(found), "offer": row["id"],
                          "at": entry.at, "price_e4": row["price_e4"]})  # fmt: skip
    db.upsert(price, found)


LEDGER = Projection(
    name="purchasing_order", tables=(order, line, receipt, price), rank=45,
    handlers={
        "purchase.drafted": drafted, "purchase.sent": sent, "purchase.received": received, "purchase.ended": ended,
        "purchase.returned": returned, "record.saved": priced, "records.loaded": priced,
    },
)  # fmt: skip
