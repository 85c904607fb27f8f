"""The page of orders: written, sent, received and ended; the drawer of an open order takes in what came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy import select

from genesis import (
    Act,
    Cell,
    Column,
    Confirm,
    Done,
    Drawer,
    FieldSpec,
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
    item_of,
    price_text,
    quantity_text,
)
from genesis.hooks import inventory
from genesis_purchasing import lists, receiving, service
from genesis_purchasing.models import order
from genesis_purchasing.receiving import Coming, Going
from genesis_purchasing.service import MAY_ORDER, STATES, Order, Wanted
from genesis_purchasing.suppliers import supplier
from genesis_stock.service import today
from genesis_stock.typed import milli, sees_costs

TONES = {"draft": "off", "sent": "info", "part": "warn", "closed": "good", "cancelled": "off"}
SHOW = (("open", "Open"), *STATES.items())
MOST_FIELDS = 40  # lines that are received in the drawer at once
CODE = FieldSpec(name="code", label="Code", required=True)
QTY = FieldSpec(name="qty", label="Quantity", kind="number", required=True, half=True)
BATCH = FieldSpec(name="batch", label="Batch", half=True)
WHY = FieldSpec(name="reason", label="Reason", required=True)
NOTE = FieldSpec(name="document", label="Delivery note", half=True)
FREIGHT = FieldSpec(name="freight", label="Freight", kind="money", half=True, help="Spread over what came by its value")
ACCEPT = FieldSpec(name="accept", label="Take in what is not as ordered", kind="yesno")
FILE = FieldSpec(name="file", label="File", kind="file", required=True, help="A new file, .pdf or .csv")


def page(pos: Pos) -> ListPage:
    """Return the page of orders."""
    known = pos.db.all(select(supplier).order_by(supplier.c.name))
    who = FieldSpec(name="supplier", label="Supplier", kind="choice", required=True,
                    choices=tuple((row.id, row.name) for row in known))  # fmt: skip
    return ListPage(
        columns=(
            Column(id="supplier", title="Supplier", sort=True, wide=True),
            Column(id="day", title="Day", kind="date", sort=True),
            Column(id="due", title="Due on", kind="date", sort=True),
            Column(id="total", title="Total", kind="money"),
            Column(id="state", title="State", kind="badge"),
        ),
        rows=find,
        hint="Supplier, number or note",
        filters=(Filter(id="show", title="Show", choices=SHOW),),
        drawer=drawer,
        actions=_actions(who),
        empty="There is no order here",
    )  # fmt: skip


def _actions(who: FieldSpec) -> tuple[PageAction, ...]:
    goods = "stock.change"
    return (
        PageAction(id="new", title="New order", icon="plus", permission=MAY_ORDER, run=new, main=True,
                   ask=(who, CODE, QTY)),
        PageAction(id="add", title="Add article", icon="plus", permission=MAY_ORDER, on="row", run=add,
                   ask=(CODE, QTY), shown=_is("draft")),
        PageAction(id="send", title="Send", icon="send", permission=MAY_ORDER, on="row", run=send, sure=sending,
                   shown=_is("draft")),
        PageAction(id="all", title="All came", icon="package-check", permission=goods, on="row", run=all_came,
                   ask=(NOTE, FREIGHT), shown=_is("sent", "part")),
        PageAction(id="back", title="Give back", icon="undo-2", permission=goods, on="row", run=back,
                   ask=(CODE, QTY, BATCH, WHY), shown=_is("part", "closed")),
        PageAction(id="file", title="Write to file", icon="file-text", permission="stock.costs", on="row",
                   run=to_file, ask=(FILE,)),
        PageAction(id="end", title="End", icon="ban", permission=MAY_ORDER, on="row", run=end, danger=True,
                   ask=(WHY,), shown=_is("draft", "sent", "part")),
    )  # fmt: skip


def _is(*states: str) -> Callable[[Pos, str], bool]:
    return lambda pos, ref: service.current(pos, ref).state in states


def find(pos: Pos, query: Query) -> Rows:
    """Answer a query; without an order of its own the newest come first."""
    sorts = {"supplier": order.c.supplier_name, "day": order.c.day, "due": order.c.due}
    wanted = lists.orders(query.filters.get("show", ""), query.text)
    wanted = wanted.order_by(query.order(sorts, order.c.day.desc()), order.c.number.desc(), order.c.order)
    found, total = pos.db.page(wanted, query.offset, query.limit)
    return Rows(rows=tuple(_row(pos, service.current(pos, row.order)) for row in found), total=total)


def _row(pos: Pos, found: Order) -> PageRow:
    late = found.state in ("sent", "part") and found.due < today(pos)
    state = Cell(text="Late" if late else STATES[found.state], tone="bad" if late else TONES[found.state])  # type: ignore[arg-type]
    total = service.amount(pos, found.lines) if sees_costs(pos) else ""
    name = Cell(text=found.supplier_name, small=found.number or found.note)
    return PageRow(id=found.order, icon="truck", cells=(name, found.day, found.due, total, state))


def drawer(pos: Pos, ref: str) -> Drawer:
    """Return an order: its lines, and fields for what can be done with it now."""
    found = service.current(pos, ref)
    sections = [_lines(pos, found)]
    came = lists.receipts(pos, found.order)
    if came:
        names = {row.n: row.name for row in found.lines}
        rows = tuple((Cell(text=names.get(r.n, r.item), small=f"{r.document} {r.batch}".strip()), r.day,
                      quantity_text(r.qty)) for r in came)  # fmt: skip
        sections.append(Section(title="Came", icon="package", columns=("Article", "Day", "Quantity"), rows=rows))
    if found.reason:
        sections.insert(0, Section(notice=f"{STATES[found.state]}: {found.reason}", tone="info"))
    title, small = found.number or "Draft", f"{found.supplier_name} · {STATES[found.state]}"
    if found.state == "draft":
        fields = tuple(FieldSpec(name=f"qty{r.n}", label=r.name, kind="number", help="0: leave it out")
                       for r in found.lines)  # fmt: skip
        values = {f"qty{r.n}": quantity_text(r.qty) for r in found.lines} | {"note": found.note}
        sections.append(Section(title="Change this order", fields=(*fields, FieldSpec(name="note", label="Note"))))
        return Drawer(title=title, small=small, sections=tuple(sections), values=values, permission=MAY_ORDER,
                      save=lambda pos, changes: _change(pos, found, values | changes))  # fmt: skip
    if found.state in ("sent", "part"):
        sections.append(_receiving(pos, found))
        return Drawer(title=title, small=small, sections=tuple(sections), permission="stock.change",
                      save=lambda pos, changes: _receive(pos, found, changes))  # fmt: skip
    return Drawer(title=title, small=small, sections=tuple(sections))


def _lines(pos: Pos, found: Order) -> Section:
    costs, digits = sees_costs(pos), exponent(pos.currency)
    rows = tuple((Cell(text=r.name, small=r.code), quantity_text(r.qty), quantity_text(r.received),
                  price_text(r.price_e4, digits) if costs else "") for r in found.lines)  # fmt: skip
    return Section(title="Ordered", icon="truck", columns=("Article", "Ordered", "Came", "Price"), rows=rows)


def _receiving(pos: Pos, found: Order) -> Section:
    """Return the fields that take in what came; batch and expiry where somebody keeps them."""
    dated = bool(pos.hooks.implemented(inventory.receive))
    fields = []
    for row in [row for row in found.lines if row.received < row.qty][:MOST_FIELDS]:
        left = quantity_text(row.qty - row.received)
        fields.append(FieldSpec(name=f"came{row.n}", label=row.name, kind="number", help=f"{left} outstanding"))
        if dated:
            fields.append(FieldSpec(name=f"batch{row.n}", label="Batch", half=True))
            fields.append(FieldSpec(name=f"expiry{row.n}", label="Expiry", kind="date", half=True))
    return Section(title="Take in", icon="package-plus", fields=(*fields, NOTE, FREIGHT, ACCEPT))


# -- doing -------------------------------------------------------------------------------------------------


def new(pos: Pos, act: Act) -> Done:
    """Write an order down, with its first article."""
    said = act.values
    wanted = Wanted(item_of(pos, said["code"]).ref, milli(said["qty"].strip(), "qty"))
    return Done(text="The order is written", open=service.draft(pos, said["supplier"], [wanted]))


def add(pos: Pos, act: Act) -> Done:
    """Put an article on a draft."""
    found = service.current(pos, act.rows[0])
    more = Wanted(item_of(pos, act.values["code"]).ref, milli(act.values["qty"].strip(), "qty"))
    rows = [Wanted(row.item, row.qty, row.price_e4) for row in found.lines]
    return Done(
        text="Added", open=service.draft(pos, found.supplier, [*rows, more], found.note, found.order, found.rev)
    )


def _change(pos: Pos, found: Order, values: dict[str, str]) -> Done:
    rows = [Wanted(row.item, milli(values[f"qty{row.n}"].strip(), f"qty{row.n}"), row.price_e4) for row in found.lines]
    service.draft(pos, found.supplier, [row for row in rows if row.qty], values["note"], found.order, found.rev)
    return Done(text="The draft is kept", open=found.order)


def sending(pos: Pos, ref: str) -> str:
    """Say what sending means, and where the supplier wants more."""
    found = service.current(pos, ref)
    total, least = service.amount(pos, found.lines), service.minimum(pos, found)
    short = f" {found.supplier_name} takes orders from {least} on." if total.minor < least.minor else ""
    return f"The order over {total} {total.currency} gets its number and can no longer be changed.{short}"


def send(pos: Pos, act: Act) -> Done:
    """Send a draft; what stands against it was said in the question."""
    with pos.hooks.confirming(True):
        number = service.send(pos, act.rows[0])
    return Done(text=f"{number} is sent", open=act.rows[0])


def _receive(pos: Pos, found: Order, said: dict[str, str]) -> Done:
    rows = [
        Coming(row.n, milli(said[f"came{row.n}"].strip(), f"came{row.n}"), said.get(f"batch{row.n}", ""),
               said.get(f"expiry{row.n}", ""))
        for row in found.lines if said.get(f"came{row.n}", "").strip() not in ("", "0")
    ]  # fmt: skip
    return _taken_in(pos, found, rows, said)


def all_came(pos: Pos, act: Act) -> Done:
    """Take in everything that is outstanding."""
    found = service.current(pos, act.rows[0])
    return _taken_in(pos, found, receiving.outstanding(found), act.values)


def _taken_in(pos: Pos, found: Order, rows: list[Coming], values: Mapping[str, str]) -> Done:
    freight = values.get("freight", "").strip()
    paid = Money.parse(freight, pos.currency, "freight").minor if freight else 0
    try:
        with pos.hooks.confirming(values.get("accept", "") == "1"):
            done = receiving.receive(pos, found.order, rows, document=values.get("document", ""), freight=paid,
                                     rev=found.rev)  # fmt: skip
    except Confirm as asked:
        raise UserError(asked.what.removesuffix(" Take it in like this?"),
                        "correct it, or say that it is taken in like this", "accept") from asked  # fmt: skip
    told = "; ".join(done.differences) or "Everything came as ordered"
    return Done(text=told, tone="warn" if done.differences else "good", open=found.order)


def back(pos: Pos, act: Act) -> Done:
    """Give goods back to the supplier."""
    found = service.current(pos, act.rows[0])
    ref = item_of(pos, act.values["code"]).ref
    lines = [row.n for row in found.lines if row.item == ref]
    if not lines:
        raise UserError(f"code: it is not on {found.called}", "look at the order", "code")
    going = Going(lines[0], milli(act.values["qty"].strip(), "qty"), act.values.get("batch", "").strip())
    credit = receiving.give_back(pos, found.order, [going], act.values["reason"])
    told = f"; {credit} {credit.currency} to be credited" if sees_costs(pos) else ""
    return Done(text=f"Given back{told}", open=found.order)


def end(pos: Pos, act: Act) -> Done:
    """Expect nothing more of an order."""
    state = service.end(pos, act.rows[0], act.values["reason"])
    return Done(text=f"The order is {STATES[state].lower()}", open=act.rows[0], tone="warn")


def to_file(pos: Pos, act: Act) -> Done:
    """Write an order as PDF or CSV."""
    from genesis_purchasing import document  # what draws a PDF is loaded by whoever wants one

    path = document.write(pos, act.rows[0], Path(act.values["file"]).expanduser())
    return Done(text="The order is written to", file=path)
