"""Keeps the ledger from facts: on hand by location and batch, and the moving average of what it cost.

Rules of the moving average (quantity and value are kept, the average follows): a receipt adds its value; an issue
takes the average; a return by a customer comes back at what it was issued at; empty stock takes the cost of the next
receipt; a receipt into negative stock sets the average to its own cost and books the difference. What goes back to a
supplier goes at what it was received at. Stock that is gone is worth nothing, and stock that is there never less.
"""

from __future__ import annotations

from typing import Any

from genesis import Entry, Projection, SaleCompleted, SaleLine, ViewDb, round_ratio, split
from genesis_stock.models import StockArrived, StockMoved, StockSent, item, level, move

TRANSIT = "transit:"  # what the location of goods on their way begins with
SECTION = "stock"  # what the till kept of a line: its location, or that its parts were taken apart from it
LABEL = "catalog"  # whose section names the batch that a label said
TAKEN = "batches"  # whose section says which batches a line took


class Book:
    """The items that one fact is about, as they are while it is applied."""

    def __init__(self, db: ViewDb, entry: Entry, names: dict[str, str], day: str) -> None:
        self.db, self.entry, self.day = db, entry, day
        self.items = {row["item"]: row for row in db.find(item, [{"item": ref} for ref in names])}
        self.names = names
        self.moves: list[dict[str, Any]] = []
        self.levels: dict[tuple[str, str, str], int] = {}

    def move(self, ref: str, location: str, batch: str, qty: int, value: int, why: str, **more: str) -> None:
        """Book one movement with its value."""
        one = self.items.setdefault(ref, {"item": ref, "qty": 0, "value": 0, "cost": None})
        one |= {"name": self.names.get(ref) or one.get("name", ""), "last": max(self.day, one.get("last", ""))}
        one["qty"] += qty
        one["value"] += value
        key = (ref, location, batch)
        self.levels[key] = self.levels.get(key, 0) + qty
        self.moves.append({
            "stream": self.entry.stream, "seq": self.entry.seq, "n": len(self.moves), "item": ref, "location": location,
            "batch": batch, "day": self.day, "why": why, "qty": qty, "value": value,
        } | {"sale": "", "line": "", "reason": ""} | more)  # fmt: skip

    def receive(self, ref: str, location: str, batch: str, qty: int, cost: int | None, why: str, *,
                worth: int | None = None, **more: str) -> None:  # fmt: skip
        """Book a receipt at its cost, without one at the average; worth: the exact value of all of it."""
        one = self.items.get(ref) or {"qty": 0, "value": 0, "cost": None}
        cost = cost if cost is not None else self.average(ref)
        before_qty, before_value = one["qty"], one["value"]
        self.move(ref, location, batch, qty, qty * cost if worth is None else worth, why, **more)
        now = self.items[ref]
        now["cost"] = cost
        if before_qty < 0:  # what was issued before it came is worth what it costs, as far as this receipt covers it
            wanted = now["qty"] * cost
            self.moves[-1]["value"] = wanted - before_value
            now["value"] = wanted

    def issue(self, ref: str, location: str, batch: str, qty: int, why: str, **more: str) -> None:
        """Book an issue (negative quantity) at the average."""
        one = self.items.get(ref) or {"qty": 0, "value": 0, "cost": None}
        if one["qty"] > 0:
            value = -round_ratio(one["value"] * min(-qty, one["qty"]), one["qty"])
            value += (qty + min(-qty, one["qty"])) * (one["cost"] or 0)  # what was not there goes at the last cost
        else:
            value = qty * (one["cost"] or 0)
        self.move(ref, location, batch, qty, value, why, **more)

    def back(self, ref: str, location: str, batch: str, qty: int, worth: int, why: str, **more: str) -> None:
        """Book goods that a customer brings back, or that go back to a supplier, at what they were worth then.

        The movement bears the difference where that is not what they are carried at: nothing on hand must not keep a
        value, which the next receipt would inherit, and what is missing is worth what it will be replaced at.
        """
        one = self.items.get(ref) or {"qty": 0, "value": 0, "cost": None}
        left = one["qty"] + qty
        if left <= 0:
            value = left * (one["cost"] or 0)
        elif one["qty"] < 0:  # what comes back fills the gap first
            value = round_ratio(worth * left, qty)
        else:
            value = max(one["value"] + worth, 0)
        self.move(ref, location, batch, qty, value - one["value"], why, **more)

    def average(self, ref: str) -> int:
        """Return the average cost of a unit, the last cost where nothing is there."""
        one = self.items.get(ref)
        if one is None:
            return 0
        return round_ratio(one["value"], one["qty"]) if one["qty"] > 0 else one["cost"] or 0

    def keep(self) -> None:
        """Write it all down."""
        self.db.upsert(item, list(self.items.values()))
        self.db.add(level, [{"item": i, "location": at, "batch": b, "qty": q} for (i, at, b), q in self.levels.items()],
                    ("qty",))  # fmt: skip
        self.db.upsert(move, self.moves)


def moved(db: ViewDb, entry: Entry) -> None:
    """Goods came or went."""
    fact = entry.fact
    if isinstance(fact, StockMoved):
        book = Book(db, entry, {row.item: row.name for row in fact.rows}, fact.day)
        if fact.why == "assembled":
            _assemble(book, fact)
        for row in fact.rows if fact.why != "assembled" else ():
            if row.qty > 0:
                book.receive(row.item, fact.location, row.batch, row.qty, row.cost, fact.why, reason=fact.reason)
            elif row.cost is not None:  # back to the supplier at what it was received at
                worth = row.qty * row.cost
                book.back(row.item, fact.location, row.batch, row.qty, worth, fact.why, reason=fact.reason)
            else:
                book.issue(row.item, fact.location, row.batch, row.qty, fact.why, reason=fact.reason)
        book.keep()


def _assemble(book: Book, fact: StockMoved) -> None:
    """Parts become a kit or come out of one: what comes in is worth what went out, shared by what each was worth."""
    for row in fact.rows:
        if row.qty < 0:
            book.issue(row.item, fact.location, row.batch, row.qty, fact.why, reason=fact.reason)
    worth = -sum(one["value"] for one in book.moves)
    come = [row for row in fact.rows if row.qty > 0]
    weights = [book.average(row.item) * row.qty for row in come]
    for row, share in zip(come, split(worth, weights if any(weights) else [row.qty for row in come]), strict=True):
        book.receive(row.item, fact.location, row.batch, row.qty, round_ratio(share, row.qty), fact.why, worth=share,
                     reason=fact.reason)  # fmt: skip


def sent(db: ViewDb, entry: Entry) -> None:
    """Goods left for another location: they are in transit, and worth what they were."""
    fact = entry.fact
    if isinstance(fact, StockSent):
        _shift(db, entry, fact, fact.origin, f"{TRANSIT}{fact.transfer}", "sent")


def arrived(db: ViewDb, entry: Entry) -> None:
    """Goods arrived."""
    fact = entry.fact
    if isinstance(fact, StockArrived):
        _shift(db, entry, fact, f"{TRANSIT}{fact.transfer}", fact.target, "arrived")


def _shift(db: ViewDb, entry: Entry, fact: StockSent | StockArrived, origin: str, target: str, why: str) -> None:
    book = Book(db, entry, {row.item: row.name for row in fact.rows}, fact.day)
    for row in fact.rows:
        worth = book.average(row.item) * row.qty
        book.move(row.item, origin, row.batch, -row.qty, -worth, why, reason=fact.transfer)
        book.move(row.item, target, row.batch, row.qty, worth, why, reason=fact.transfer)
    book.keep()


def parts(line: SaleLine) -> list[tuple[str, int]]:
    """Return (batch, quantity) of a sold line: as allocated, else by its label; batch "" where nobody knows.

    What a return carries along of its sale counts only where it was allocated anew: the quantities say so.
    """
    taken = line.sections.get(TAKEN, {}).get("taken", ())
    if taken and sum(qty for _, qty in taken) == line.qty:
        return [(batch, qty) for batch, qty in taken]
    return [(line.sections.get(LABEL, {}).get("batch", ""), line.qty)]


def sold(db: ViewDb, entry: Entry) -> None:
    """A sale takes from where it was made; what comes back is worth what it was issued at.

    Lines of items that were never received here are not stock, nor is a kit whose parts were taken. A sale made while
    this plugin was off names no location: it took from the one its register sells from by default.
    """
    fact = entry.fact
    if not isinstance(fact, SaleCompleted) or fact.mode != "normal":
        return
    book = Book(db, entry, {line.item: line.name for line in fact.lines}, fact.business_day)
    known = set(book.items)
    for line in fact.lines:
        if line.item in known and line.qty and not line.sections.get(SECTION, {}).get("apart"):
            at = line.sections.get(SECTION, {}).get("location", "")
            more = {"sale": fact.sale, "line": line.line, "reason": fact.number}
            value, of = _issued_at(db, book, line) if line.qty < 0 else (0, 1)
            for batch, qty in parts(line):
                if qty > 0:
                    book.issue(line.item, at, batch, -qty, "sold", **more)
                else:
                    book.back(line.item, at, batch, -qty, round_ratio(value * -qty, of), "returned", **more)
    if book.moves:
        book.keep()


def _issued_at(db: ViewDb, book: Book, line: SaleLine) -> tuple[int, int]:
    """Return (value, quantity) of the line as it was issued that comes back; at the average where that is not known."""
    back = line.returns
    rows = db.find(move, [{"sale": back.sale, "line": back.line}]) if back is not None and back.sale else []
    qty = sum(row["qty"] for row in rows)
    return (abs(sum(row["value"] for row in rows)), abs(qty)) if qty else (book.average(line.item), 1)


LEDGER = Projection(
    name="stock_ledger", tables=(item, level, move), rank=40, version=4,
    handlers={"stock.moved": moved, "stock.sent": sent, "stock.arrived": arrived, "sale.completed": sold},
)  # fmt: skip
