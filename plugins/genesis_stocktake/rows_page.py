"""The page of what was counted: every row of every count, as many as there are, searched and sorted by the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from genesis import (
    Act,
    Cell,
    Column,
    Done,
    FieldSpec,
    Filter,
    ListPage,
    PageAction,
    PageRow,
    Pos,
    Query,
    Rows,
    UserError,
    quantity_text,
)
from genesis_stock.figures import money
from genesis_stock.typed import milli, sees_costs
from genesis_stocktake import lists, service
from genesis_stocktake.lists import DIFF, VALUE
from genesis_stocktake.models import count, row as rows
from genesis_stocktake.service import Seen

CLOSED = ("posted", "given up")
WHICH = (("open", "Open counts"), ("closed", "Closed counts"))
WHAT = (("differs", "Differs"), ("less", "Missing"), ("more", "Too much"), ("again", "Count again"))
QTY = FieldSpec(name="qty", label="Quantity in all", kind="number", required=True)


def page(pos: Pos) -> ListPage:
    """Return the page of counted goods."""
    worth = (Column(id="value", title="Value", kind="money", sort=True),) if sees_costs(pos) else ()
    return ListPage(
        columns=(
            Column(id="name", title="Item", sort=True, wide=True),
            Column(id="title", title="Counted in"),
            Column(id="counted", title="Counted", kind="number"),
            Column(id="expected", title="Expected", kind="number"),
            Column(id="diff", title="Differs", kind="number", sort=True),
            *worth,
            Column(id="why", title="Recount", kind="badge"),
        ),
        rows=find,
        hint="Item, batch or count",
        filters=(Filter(id="which", title="Counts", choices=WHICH), Filter(id="what", title="Rows", choices=WHAT)),
        start={"which": "open"},
        actions=(PageAction(id="again", title="Recount", icon="rotate-ccw", permission="stocktake.count", on="row",
                            run=again, ask=(QTY,), shown=_going),),
        empty="Nothing was counted here",
    )  # fmt: skip


def find(pos: Pos, query: Query) -> Rows:
    """Answer a query; a blind count tells nothing of what differs to who may not sign it off."""
    which, what = query.filters.get("which", ""), query.filters.get("what", "")
    telling = bool(what) or query.sort in {"diff", "value"}
    found = lists.rows(pos, expected=not telling).join(count, count.c.count == rows.c.count)
    if which:
        found = found.where(count.c.state.in_(CLOSED) if which == "closed" else count.c.state.not_in(CLOSED))
    if what:
        narrowed = {"differs": DIFF != 0, "less": DIFF < 0, "more": DIFF > 0, "again": lists.again(pos) != ""}
        found = found.where(narrowed[what])
    for word in query.text.split():
        texts = (rows.c.name, rows.c.batch, count.c.title)
        found = found.where(or_(*(text.icontains(word, autoescape=True) for text in texts)))
    sorts = {"name": rows.c.name, "diff": DIFF, "value": VALUE}
    order = (query.order(sorts, rows.c.name), rows.c.name, rows.c.item, rows.c.batch, rows.c.count)
    some, total = pos.db.page(found.order_by(*order), query.offset, query.limit)
    counts = {one.count: one for one in pos.db.all(select(count).where(count.c.count.in_({row.of for row in some})))}
    costs = sees_costs(pos)
    return Rows(rows=tuple(_row(pos, counts[row.of], row, costs=costs) for row in some), total=total)


def _row(pos: Pos, of: Any, row: Any, *, costs: bool) -> PageRow:
    one, blind = lists.counted(pos, row), lists.hidden(pos, of)
    counted = quantity_text(one.counted)
    shown = ["", "", ""] if blind else [quantity_text(one.expected), quantity_text(one.diff), money(pos, one.value)]
    told = one.why and not blind and of.state not in CLOSED
    why = Cell(text="Recount", small=one.why, tone="warn") if told else ""
    cells = (Cell(text=one.name, small=one.batch), of.title, counted, *shown[: 3 if costs else 2], why)
    return PageRow(id=f"{one.of}\t{one.item}\t{one.batch}", icon="clipboard-check", cells=cells)


def _of(key: str) -> tuple[str, str, str]:
    of, item, batch = key.split("\t")
    return of, item, batch


def _going(pos: Pos, key: str) -> bool:
    return service.one(pos, _of(key)[0]).state not in CLOSED


def again(pos: Pos, act: Act) -> Done:
    """Count so much in all of a row."""
    of, item, batch = _of(act.rows[0])
    row = pos.db.one(select(rows.c.name).where(rows.c.count == of, rows.c.item == item, rows.c.batch == batch))
    if row is None:
        raise UserError("count: it is not known", "choose one of the list", "count")
    qty = milli(act.values["qty"], "qty")
    service.enter_many(pos, of, [Seen(item, row.name, batch, qty)], again=True)
    return Done(text=f"{row.name}: {quantity_text(qty)} in all")
