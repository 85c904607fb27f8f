"""A stock ledger in a hundred lines: it counts from facts, sells strictly by guards, and asks for more."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import BigInteger, Column, MetaData, Table, Text, select

from genesis import (
    Allocation,
    Availability,
    Balance,
    Fact,
    FieldSpec,
    Figure,
    Permission,
    Projection,
    Reaction,
    ReorderProposal,
    Report,
    ReportSection,
    Veto,
    hookimpl,
    plain,
)

TABLES = MetaData()
item = Table("probe_stock_item", TABLES, Column("item", Text, primary_key=True), Column("on_hand", BigInteger))
move = Table(
    "probe_stock_move", TABLES,
    Column("stream", Text, primary_key=True), Column("seq", BigInteger, primary_key=True),
    Column("line", Text, primary_key=True), Column("item", Text), Column("qty", BigInteger),
)  # fmt: skip
LOW = 2_000


class StockReceived(Fact, frozen=True, kw_only=True):
    """Goods came in (thousandths)."""

    kind: ClassVar[str] = "probe_stock.received"
    item: str
    qty: int


class StockLow(Fact, frozen=True, kw_only=True):
    """Stock fell to the low mark; answers a sale."""

    kind: ClassVar[str] = "probe_stock.low"
    item: str


def receive(pos, ref, qty):
    """Take goods in: the fact and the balance that sales will draw on, together."""
    return pos.journal.append(StockReceived(item=ref, qty=qty), guards=[Balance("probe_stock", ref, qty)])


def _moved(db, entry, rows):
    db.upsert(move, [{"stream": entry.stream, "seq": entry.seq, "line": n, "item": i, "qty": q} for n, i, q in rows])
    totals: dict[str, int] = {}
    for _, ref, qty in rows:
        totals[ref] = totals.get(ref, 0) + qty
    db.add(item, [{"item": i, "on_hand": q} for i, q in totals.items()], ("on_hand",))


def _received(db, entry):
    _moved(db, entry, [("", entry.fact.item, entry.fact.qty)])


def _sold(db, entry):
    rows = [(line.line, line.item, -line.qty) for line in entry.fact.lines]
    if rows:
        _moved(db, entry, rows)


def _watch(pos, entry):
    sold = [line.item for line in entry.fact.lines]
    found = {r.item: r.on_hand for r in pos.db.all(select(item).where(item.c.item.in_(sold)))}
    return [StockLow(item=ref) for ref, left in sorted(found.items()) if left <= LOW]


class StockLedger:
    @hookimpl
    def facts(self):
        return [StockReceived, StockLow]

    @hookimpl
    def projections(self):
        handlers = {"probe_stock.received": _received, "sale.completed": _sold}
        return [Projection(name="probe_stock", tables=(item, move), handlers=handlers)]

    @hookimpl
    def reactions(self):
        return [Reaction(name="probe_stock_low", kinds=("sale.completed",), run=_watch)]

    @hookimpl
    def allocate(self, pos, line):
        if line.qty < 0:
            return Allocation(section={}, guards=(Balance("probe_stock", line.item.ref, -line.qty),))
        return Allocation(section={"from": "shelf"}, guards=(Balance("probe_stock", line.item.ref, -line.qty),))

    @hookimpl
    def availability(self, pos, items):
        rows = pos.db.all(select(item).where(item.c.item.in_(items)))
        return {r.item: Availability(on_hand=r.on_hand, available=r.on_hand) for r in rows}

    @hookimpl
    def check_change(self, pos, change):
        if change.action == "delete" and pos.journal.balance("probe_stock", f"catalog:{change.id}") > 0:
            raise Veto("this product is still in stock", "sell or write it off first")

    @hookimpl
    def product_fields(self):
        return [FieldSpec(name="shelf", label="Shelf")]

    @hookimpl
    def reorder_proposals(self, pos, supplier):
        low = pos.db.all(select(item).where(item.c.on_hand <= LOW))
        return [ReorderProposal(item=r.item, supplier=supplier, qty=10_000, because="low") for r in low]

    @hookimpl
    def reports(self):
        return [Report(id="probe_stock.list", title="Stock", columns=("item", "on hand"),
                       run=lambda pos, _: [tuple(r) for r in pos.db.all(select(item))])]  # fmt: skip

    @hookimpl
    def figures(self, pos, day):
        count = len(pos.db.all(select(item)))
        return [Figure(id="probe_stock.items", title="Items in stock", value=str(count))]

    @hookimpl
    def closing_sections(self, pos, shift):
        rows = tuple((r.item, plain(r.on_hand, 3)) for r in pos.db.all(select(item).order_by(item.c.item)))
        return [ReportSection(title="Stock", rows=rows)]

    @hookimpl
    def permissions(self):
        return [Permission(id="probe_stock.count", title="Count stock")]


plugin = StockLedger()
