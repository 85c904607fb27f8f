"""The page of transfers: send goods to another location, and take in what arrived."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from genesis import (
    Act,
    Cell,
    Column,
    Done,
    Drawer,
    FieldSpec,
    Filter,
    ListPage,
    PageAction,
    PageRow,
    Pos,
    Query,
    Rows,
    Section,
    many,
    quantity_text,
)
from genesis_stock import service, transfers
from genesis_stock.ledger import TRANSIT
from genesis_stock.models import transfer

GOODS = FieldSpec(
    name="goods", label="Goods", kind="lines", required=True, help="One a line: CODE, 2*CODE or 2*CODE@BATCH"
)
STATES = (("open", "On its way"), ("arrived", "Arrived"))


def page(pos: Pos) -> ListPage:
    """Return the page of transfers."""
    places = tuple((at, at or "Store") for at in service.places(pos))
    origin = FieldSpec(name="origin", label="Where from", kind="choice", choices=places, half=True)
    target = FieldSpec(name="target", label="Where to", kind="choice", choices=places, half=True,
                       required=len(places) > 1)  # fmt: skip
    move = "stock.transfer"
    return ListPage(
        columns=(
            Column(id="way", title="From, to", wide=True),
            Column(id="day", title="Sent", kind="date", sort=True),
            Column(id="rows", title="Items", kind="number"),
            Column(id="state", title="State", kind="badge"),
        ),
        rows=find,
        hint="Location",
        filters=(Filter(id="state", title="State", choices=STATES),),
        drawer=drawer,
        actions=(
            PageAction(id="send", title="Send goods", icon="truck", permission=move, run=send, main=True,
                       ask=(origin, target, GOODS)),
            PageAction(id="all", title="All arrived", icon="check-check", permission=move, on="row", run=arrive_all,
                       sure="Everything that is still on its way is taken in.", shown=_open),
            PageAction(id="some", title="Some arrived", icon="check", permission=move, on="row", run=arrive_some,
                       ask=(GOODS,), shown=_open),
        ),
        empty="Nothing was sent to another location",
    )  # fmt: skip


def find(pos: Pos, query: Query) -> Rows:
    """Answer a query, the newest first."""
    ways, state = transfers.open_ways().subquery(), query.filters.get("state", "")
    joined = transfer.outerjoin(ways, ways.c.location == TRANSIT + transfer.c.transfer)
    every = select(transfer, ways.c.left).select_from(joined)
    if state:
        every = every.where(ways.c.left.is_not(None) if state == "open" else ways.c.left.is_(None))
    for word in query.text.split():
        every = every.where((transfer.c.origin + " " + transfer.c.target).icontains(word, autoescape=True))
    order = query.order({"day": transfer.c.day}, transfer.c.transfer.desc())
    some, total = pos.db.page(every.order_by(order, transfer.c.transfer.desc()), query.offset, query.limit)
    return Rows(rows=tuple(_row(one) for one in some), total=total)


def _row(one: Any) -> PageRow:
    state = Cell(text="On its way", tone="info") if one.left else Cell(text="Arrived", tone="good")
    cells = (_way(one), one.day, str(one.left or one.rows), state)
    return PageRow(id=one.transfer, icon="truck", cells=cells)


def _way(one: Any) -> str:
    return f"{one.origin or 'Store'} → {one.target or 'Store'}"


def _open(pos: Pos, key: str) -> bool:
    return bool(transfers.expected(pos, key))


def drawer(pos: Pos, key: str) -> Drawer:
    """Show a transfer: what is still on its way."""
    one, left = transfers.one(pos, key), transfers.expected(pos, key)
    rows = tuple((Cell(text=row.name, small=row.batch), quantity_text(row.qty)) for row in left)
    still = Section(title="On its way", icon="truck", columns=("Item", "Quantity"), rows=rows)
    done = Section(notice="All of it arrived.", tone="good")
    return Drawer(title=_way(one), small=one.day, sections=(still if left else done,))


def send(pos: Pos, act: Act) -> Done:
    """Send goods to another location."""
    said = act.values
    goods = transfers.typed(pos, said["goods"], "goods")
    key = transfers.send(pos, said.get("target", ""), goods, said.get("origin", ""))
    return Done(text=many("{count} item is on its way", "{count} items are on their way", len(goods)), open=key)


def arrive_all(pos: Pos, act: Act) -> Done:
    """Take in everything that is still on its way."""
    key = act.rows[0]
    goods = transfers.whole(pos, key)
    transfers.arrive(pos, transfers.one(pos, key), goods)
    return Done(text=many("{count} item arrived", "{count} items arrived", len(goods)), open=key)


def arrive_some(pos: Pos, act: Act) -> Done:
    """Take in some of what is on its way."""
    key = act.rows[0]
    goods = transfers.matched(pos, key, transfers.typed(pos, act.values["goods"], "goods"))
    transfers.arrive(pos, transfers.one(pos, key), goods)
    return Done(text=many("{count} item arrived", "{count} items arrived", len(goods)), open=key)
