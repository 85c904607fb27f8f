"""The page of what to order: every line says why, and becomes a draft."""

from __future__ import annotations

from sqlalchemy import select

from genesis import (
    Act,
    Cell,
    Column,
    Done,
    Drawer,
    Figure,
    Filter,
    ListPage,
    Money,
    PageAction,
    PageRow,
    Pos,
    Query,
    Rows,
    Section,
    UserError,
    exponent,
    extended,
    many,
    quantity_text,
)
from genesis_purchasing import reorder
from genesis_purchasing.reorder import Proposal
from genesis_purchasing.service import MAY_ORDER
from genesis_purchasing.suppliers import supplier
from genesis_stock.typed import sees_costs


def page(pos: Pos) -> ListPage:
    """Return the page of proposals."""
    known = pos.db.all(select(supplier).order_by(supplier.c.name))
    everything = "One draft for each supplier, with everything that is proposed."
    return ListPage(
        columns=(
            Column(id="name", title="Article", wide=True),
            Column(id="position", title="Here and due", kind="number"),
            Column(id="point", title="Order at", kind="number"),
            Column(id="qty", title="To order", kind="number"),
            Column(id="amount", title="Amount", kind="money"),
        ),
        rows=find,
        hint="Article",
        filters=(Filter(id="supplier", title="Supplier", choices=tuple((row.id, row.name) for row in known)),),
        cards=cards,
        drawer=drawer,
        actions=(
            PageAction(id="all", title="Draft all", icon="file-text", permission=MAY_ORDER, run=draft, main=True,
                       sure=everything, long=True),
            PageAction(id="some", title="Draft these", icon="file-text", permission=MAY_ORDER, on="rows", run=draft),
        ),
        empty="Nothing has to be ordered",
    )  # fmt: skip


def find(pos: Pos, query: Query) -> Rows:
    """Answer a query: by supplier and name."""
    words = query.text.casefold().split()
    found = [one for one in reorder.propose(pos, query.filters.get("supplier", ""))
             if all(word in one.name.casefold() for word in words)]  # fmt: skip
    shown = found[query.offset : query.offset + query.limit]
    names = {row.id: row.name for row in pos.db.all(select(supplier))}
    return Rows(rows=tuple(_row(pos, one, names.get(one.supplier, "")) for one in shown), total=len(found))


def _row(pos: Pos, one: Proposal, name: str) -> PageRow:
    qty = Cell(text=quantity_text(one.qty) if one.qty else "would expire", tone="" if one.qty else "warn")
    total = Money(extended(one.qty, one.price_e4, exponent(pos.currency)), pos.currency)
    cells = (Cell(text=one.name, small=name), quantity_text(one.position), quantity_text(one.reorder_at), qty,
             total if sees_costs(pos) else "")  # fmt: skip
    return PageRow(id=one.item, icon="package", cells=cells)


def cards(pos: Pos) -> list[Figure]:
    """Return what each of the first suppliers would be ordered from; a total below its minimum is said."""
    costs = sees_costs(pos)
    return [
        Figure(id=f"purchasing.{group.supplier}", title=group.name, tone="warn" if group.short else "info",
               value=group.total if costs else str(len(group.proposals)),
               note=f"below its minimum of {group.minimum}" if group.short else
               many("{count} article", "{count} articles", len(group.proposals)))
        for group in reorder.groups(pos)[:4]
    ]  # fmt: skip


def drawer(pos: Pos, ref: str) -> Drawer:
    """Return why an article is proposed."""
    for one in reorder.propose(pos):
        if one.item == ref:
            why = Section(title="Why", icon="clipboard-list", text="\n".join(one.why))
            return Drawer(title=one.name, small=f"{quantity_text(one.qty)} to order", sections=(why,))
    raise UserError("this is not proposed any more", "look again", "item")


def draft(pos: Pos, act: Act) -> Done:
    """Make drafts, of the chosen rows or of everything."""
    made = reorder.draft(pos, items=act.rows)
    if not made:
        return Done(text="There is nothing to order", tone="info")
    told = many("{count} draft written", "{count} drafts written", len(made))
    return Done(text=told, go="purchasing.orders", open=made[0])
