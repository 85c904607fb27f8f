"""The page of stock: what is on hand, what it is worth, the card of an item, and what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
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
    Money,
    PageAction,
    PageRow,
    Pos,
    Query,
    Rows,
    Section,
    UserError,
    quantity_text,
    unit_price,
)
from genesis_stock import figures, service
from genesis_stock.models import RULES, StockRow, item
from genesis_stock.typed import milli, sees_costs

QTY = FieldSpec(name="qty", label="Quantity", kind="number", required=True)
COST = FieldSpec(name="cost", label="Cost of one", kind="number", half=True, help="Empty: the average so far")
BATCH = FieldSpec(name="batch", label="Batch", half=True)
WHY = FieldSpec(name="reason", label="Reason", required=True)
DAY = FieldSpec(name="day", label="Day", kind="date", half=True, help="Empty: today")

MARK_FIELDS = (
    FieldSpec(name="low", label="Low at", kind="number", half=True, help="Empty: as its category says"),
    FieldSpec(name="over", label="Too much at", kind="number", half=True, help="Empty: as its category says"),
    FieldSpec(name="idle", label="Days without movement", kind="number", half=True, help="Empty: as its category says"),
)


def mark_texts(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the marks of a record as they stand in a form."""
    shown = {name: "" if row.get(name) is None else quantity_text(row[name]) for name in ("low", "over")}
    return shown | {"idle": "" if row.get("idle") is None else str(row["idle"])}


def page(pos: Pos) -> ListPage:
    """Return the page; costs are absent where the person may not see them."""
    costs = sees_costs(pos)
    columns = [
        Column(id="name", title="Item", sort=True, wide=True),
        Column(id="qty", title="On hand", kind="bar", sort=True),
        Column(id="last", title="Last moved", kind="date", sort=True),
    ]
    if costs:
        columns.append(Column(id="value", title="Value", kind="money", sort=True))
    edit = "stock.change"
    return ListPage(
        columns=tuple(columns),
        rows=find,
        hint="Item",
        filters=(Filter(id="alert", title="Needs attention", choices=figures.KINDS),),
        cards=figures.cards,
        drawer=drawer,
        actions=(
            PageAction(id="receive", title="Receive", icon="package-plus", permission=edit, on="row", run=receive,
                       ask=(QTY, COST, BATCH, DAY)),
            PageAction(id="adjust", title="Adjust", icon="plus", permission=edit, on="row", run=adjust,
                       ask=(QTY, BATCH, DAY, WHY)),
            PageAction(id="waste", title="Waste", icon="trash-2", permission=edit, on="row", run=waste, danger=True,
                       ask=(QTY, BATCH, DAY, WHY)),
        ),
        empty="Nothing was received yet",
    )  # fmt: skip


def find(pos: Pos, query: Query) -> Rows:
    """Answer a query."""
    kind = query.filters.get("alert", "")
    base = figures.alerts(pos, kind) if kind else select(item)
    for word in query.text.split():
        base = base.where(item.c.name.icontains(word, autoescape=True))
    sorts = {"name": item.c.name, "qty": item.c.qty, "value": item.c.value, "last": item.c.last}
    ordered = base.order_by(query.order(sorts, item.c.name), item.c.item)
    rows, total = pos.db.page(ordered, query.offset, query.limit)
    rules = service.rules_of(pos, [row.item for row in rows])
    costs = sees_costs(pos)
    return Rows(rows=tuple(_row(pos, row, rules[row.item], costs=costs) for row in rows), total=total)


def _row(pos: Pos, row: Any, known: service.Rule, *, costs: bool) -> PageRow:
    low = known.low
    tone: Any = "bad" if row.qty <= 0 else "warn" if low is not None and row.qty <= low else "good"
    level = Cell(text=quantity_text(row.qty), tone=tone, share=service.fullness(row.qty, known))
    cells: list[str | Money | Cell] = [row.name, level, row.last]
    if costs:
        cells.append(figures.money(pos, row.value))
    return PageRow(id=row.item, cells=tuple(cells), icon="boxes")


def drawer(pos: Pos, ref: str) -> Drawer:
    """Return an item: its rule, where it is, and its card."""
    row = pos.db.one(select(item).where(item.c.item == ref))
    if row is None:
        raise UserError("this item is not kept in stock", "receive it first", "item")
    own = pos.records(RULES.name).get(ref) or {}
    choices = (
        ("allow", "Sold below zero, with an alert"),
        ("strict", "Never below zero"),
        ("off", "Not kept in stock"),
    )
    fields = (
        FieldSpec(name="policy", label="When nothing is left", kind="choice", choices=choices, required=True),
        *MARK_FIELDS,
    )
    values = {"policy": own.get("policy") or service.rules_of(pos, [ref])[ref].policy} | mark_texts(own)
    where = tuple((figures.called(at), batch, quantity_text(qty)) for at, batch, qty in figures.levels(pos, ref))
    moves = tuple((f"{r.day} {r.why}", r.reason[-14:], Cell(text=_signed(r.qty)), quantity_text(r.left))
                  for r in figures.card(pos, ref))  # fmt: skip
    return Drawer(
        title=row.name,
        small=_there(pos, ref, row.qty),
        sections=(
            Section(title="Rule", icon="shield", fields=fields),
            Section(title="Where", icon="map-pin", columns=("Location", "Batch", "On hand"), rows=where),
            Section(title="Stock card", icon="list", columns=("Day", "", "Moved", "Left"), rows=moves),
        ),
        values=values,
        save=lambda pos, changes: _save_rule(pos, ref, values | changes),
        permission="stock.rules",
    )


def _there(pos: Pos, ref: str, qty: int) -> str:
    """Return what is on hand and, where some is held, what of it is allocated and available."""
    said = service.availability(pos, [ref]).get(ref)
    if said is None or not said.allocated:
        return f"{quantity_text(qty)} on hand"
    return (f"{quantity_text(qty)} on hand, {quantity_text(said.allocated)} allocated,"
            f" {quantity_text(said.available)} available")  # fmt: skip


def _signed(qty: int) -> str:
    return f"{'+' if qty > 0 else ''}{quantity_text(qty)}"


def _save_rule(pos: Pos, ref: str, values: dict[str, str]) -> Done:
    pos.records(RULES.name).save(dict(values), record_id=ref)
    return Done(text="The rule is kept", open=ref)


def _of(pos: Pos, act: Act, sign: int, field: str = "qty") -> StockRow:
    row = pos.db.one(select(item).where(item.c.item == act.rows[0]))
    if row is None:
        raise UserError("this item is not kept in stock", "receive it first", "item")
    qty = milli(act.values["qty"], field) * sign
    cost = act.values.get("cost", "").strip()
    return StockRow(item=row.item, name=row.name, qty=qty, batch=act.values.get("batch", "").strip(),
                    cost=unit_price(cost, "cost") if cost else None)  # fmt: skip


def _day(act: Act) -> str:
    """Return the day a movement counts on, "" for today; UserError names the field."""
    text = act.values.get("day", "").strip()
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise UserError(f"day: {text[:20]!r} is no day", "write it as 2026-12-31", "day") from None


def receive(pos: Pos, act: Act) -> Done:
    """Take goods in."""
    row = _of(pos, act, 1)
    if row.qty <= 0:
        raise UserError("qty: what is received is more than zero", "waste or adjust it instead", "qty")
    service.change(pos, "received", [row], day=_day(act))
    return Done(text=f"{quantity_text(row.qty)} of {row.name} received", open=row.item)


def adjust(pos: Pos, act: Act) -> Done:
    """Change what is on hand by hand, up or down."""
    row = _of(pos, act, 1)
    service.change(pos, "adjusted", [row], reason=act.values["reason"], day=_day(act))
    return Done(text=f"{row.name} adjusted", open=row.item)


def waste(pos: Pos, act: Act) -> Done:
    """Write goods off."""
    row = _of(pos, act, -1)
    if row.qty >= 0:
        raise UserError("qty: what is wasted is more than zero", "write it without a sign", "qty")
    service.change(pos, "wasted", [row], reason=act.values["reason"], day=_day(act))
    return Done(text=f"{quantity_text(-row.qty)} of {row.name} written off", open=row.item)
