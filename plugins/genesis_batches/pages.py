"""The pages of batches: what is close to its expiry and what to do with it, and the table of markdowns."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import select

from genesis import (
    Act,
    Cell,
    Column,
    Done,
    Drawer,
    FieldSpec,
    Filter,
    Item,
    ListPage,
    PageAction,
    PageRow,
    Pos,
    Query,
    Row,
    Rows,
    Section,
    UserError,
    many,
    person_of,
    quantity_text,
    unit_price,
)
from genesis.hooks import cart as cart_hooks
from genesis_batches import lineage, lists, service
from genesis_batches.markdown import Rules
from genesis_batches.models import State
from genesis_stock import service as stock
from genesis_stock.models import StockRow
from genesis_stock.typed import milli

CODE = FieldSpec(name="code", label="Code", required=True, help="Scan the label; it may name batch and expiry itself")
BATCH = FieldSpec(name="batch", label="Batch", half=True)
EXPIRY = FieldSpec(name="expiry", label="Expiry", kind="date", half=True)
QTY = FieldSpec(name="qty", label="Quantity", kind="number", required=True, half=True)
COST = FieldSpec(name="cost", label="Cost of one", kind="number", half=True, help="Empty: the average so far")
SUPPLIER = FieldSpec(name="supplier", label="Supplier")
WHY = FieldSpec(name="reason", label="Reason", required=True)
PARTS = ("Item", "Batch", "Quantity")


def page(_pos: Pos) -> ListPage:
    """Return the page of batches."""
    change, judge = "stock.change", "batches.recall"
    settled = "What was sold while batches were off is taken from those that would have gone first."
    return ListPage(
        columns=(
            Column(id="name", title="Item", sort=True, wide=True),
            Column(id="expiry", title="Expiry", kind="date", sort=True),
            Column(id="qty", title="On hand", kind="number", sort=True),
            Column(id="state", title="State", kind="badge"),
        ),
        rows=find,
        hint="Item or batch",
        filters=(Filter(id="show", title="Show", choices=lists.KINDS),),
        cards=lists.cards,
        drawer=drawer,
        actions=(
            PageAction(id="receive", title="Receive", icon="package-plus", permission=change, run=receive, main=True,
                       ask=(CODE, BATCH, EXPIRY, QTY, COST, SUPPLIER)),
            PageAction(id="settle", title="Allocate", icon="list-checks", permission=change, run=settle, sure=settled,
                       shown=lambda pos, _row: bool(lists.unallocated(pos))),
            PageAction(id="trace", title="Trace", icon="route", permission="records.read", on="row", run=trace),
            PageAction(id="waste", title="Waste", icon="trash-2", permission=change, on="row", run=waste, danger=True,
                       ask=(msgspec.structs.replace(QTY, half=False), WHY)),
            PageAction(id="recall", title="Recall batch", icon="ban", permission=judge, on="row", run=recall,
                       danger=True, ask=(WHY,), shown=lambda pos, ref: _state(pos, ref) != "recalled"),
            PageAction(id="quarantine", title="Quarantine", icon="lock", permission=judge, on="row", run=quarantine,
                       ask=(WHY,), shown=lambda pos, ref: _state(pos, ref) == "ok"),
            PageAction(id="release", title="Release", icon="lock-open", permission=judge, on="row", run=release,
                       ask=(WHY,), shown=lambda pos, ref: _state(pos, ref) != "ok"),
        ),
        scan=scan,
        empty="No batch is listed here",
    )  # fmt: skip


# -- finding -----------------------------------------------------------------------------------------------


def find(pos: Pos, query: Query) -> Rows:
    """Answer a query; without an order of its own the next to expire comes first."""
    every = lists.select_batches(pos, query.filters.get("show", ""), query.text).subquery()
    sorts = {"name": every.c.name, "qty": every.c.qty, "expiry": every.c.expiry}
    undated = [] if query.sort in {"name", "qty"} else [every.c.expiry == ""]
    order = [*undated, query.order(sorts, every.c.expiry), every.c.name, every.c.item, every.c.batch]
    found, total = pos.db.page(select(every).order_by(*order), query.offset, query.limit)
    rules = Rules(pos)
    return Rows(rows=tuple(_row(pos, lists.known(pos, row), rules) for row in found), total=total)


def _row(pos: Pos, row: lists.Known, rules: Rules) -> PageRow:
    cells = (Cell(text=row.name, small=row.batch), row.expiry, quantity_text(row.qty), _state_cell(pos, row, rules))
    return PageRow(id=ref_of(row.item, row.batch), icon="package", cells=cells)


def _state_cell(pos: Pos, row: lists.Known, rules: Rules) -> Cell:
    """Say why a batch is not sold, or how many days it has left and what it is marked down by."""
    if row.why:
        return Cell(text=row.why.capitalize(), tone="bad")
    days = lists.days_left(pos, row.expiry)
    text = "On sale" if days is None else many("{count} day left", "{count} days left", days) if days else "Last day"
    percent = ""
    if rules.known and row.expiry:
        item = pos.hooks.first(cart_hooks.resolve_code)(cart=None, code=row.item)
        percent = rules.percent(item.category if isinstance(item, Item) else (), row.expiry)
    return Cell(
        text=f"{text.removesuffix(' left')}, -{percent} %" if percent else text, tone="good" if days is None else "warn"
    )


def ref_of(item: str, code: str) -> str:
    """Return the id of a row; a batch code has no blank."""
    return f"{item} {code}"


def _of(pos: Pos, ref: str) -> lists.Known:
    item, _, code = ref.rpartition(" ")
    row = lists.one(pos, item, code)
    if row is None:
        raise UserError("this batch is not known any more", "look again", "batch")
    return row


def _state(pos: Pos, ref: str) -> str:
    return _of(pos, ref).state


def scan(pos: Pos, code: str) -> Done:
    """Open the batch that a label names."""
    found = service.scanned(pos, code)
    row = lists.one(pos, found.item, found.batch)
    if row is None:
        raise UserError(f"there is no batch {found.batch!r} of {found.name}", "receive it first", "code")
    return Done(open=ref_of(row.item, row.batch))


def _allowed(pos: Pos, sold: Any) -> Cell:
    """Say why it should not have been sold, and who did it all the same."""
    return Cell(text=sold.blocked, small=person_of(pos, sold.actor), tone="bad")


def drawer(pos: Pos, ref: str) -> Drawer:
    """Return a batch: its dates, where it came from and where it went."""
    row = _of(pos, ref)
    came = tuple((r.day, f"{r.supplier} {r.document}".strip(), quantity_text(r.qty))
                 for r in lists.receipts(pos, row.item, row.batch))  # fmt: skip
    went = tuple((r.day, r.number, _allowed(pos, r), quantity_text(r.qty))
                 for r in lists.sales(pos, row.item, row.batch)[-50:])  # fmt: skip
    notice = Section(notice=f"{row.why.capitalize()}{f': {row.reason}' if row.reason else ''}", tone="bad")
    parts = tuple((one.name, one.batch, quantity_text(one.qty))
                  for one in lineage.parts_of(pos, row.item, row.batch))  # fmt: skip
    made = tuple((one.name, one.batch, quantity_text(one.qty))
                 for one in lineage.made_of(pos, row.item, row.batch))  # fmt: skip
    sold = Section(title="Went", icon="receipt-text", columns=("Day", "Receipt", "", "Quantity"), rows=went)
    values = {"expiry": row.expiry, "supplier": row.supplier}
    return Drawer(
        title=row.name,
        small=f"batch {row.batch}, {quantity_text(row.qty)} on hand",
        sections=(
            *((notice,) if row.why else ()),
            Section(title="Label", icon="tag", fields=(msgspec.structs.replace(EXPIRY, half=False), SUPPLIER)),
            *(
                (Section(title="Came", icon="truck", columns=("Day", "Where from", "Quantity"), rows=came),)
                if came or not parts
                else ()
            ),
            *((Section(title="Made of", icon="package-plus", columns=PARTS, rows=parts),) if parts else ()),
            *((Section(title="Made into", icon="package-open", columns=PARTS, rows=made),) if made else ()),
            *((sold,) if went else ()),
        ),
        values=values,
        save=lambda pos, changes: _correct(pos, row, values | changes),
        permission="stock.change",
    )


# -- doing -------------------------------------------------------------------------------------------------


def _correct(pos: Pos, row: lists.Known, values: dict[str, str]) -> Done:
    service.correct(pos, row.item, row.batch, values["expiry"], values["supplier"])
    return Done(text=f"Batch {row.batch} is corrected", open=ref_of(row.item, row.batch))


def receive(pos: Pos, act: Act) -> Done:
    """Take goods in with their batch."""
    said = act.values
    found = service.named(pos, said["code"], said.get("batch", ""))
    cost = said.get("cost", "").strip()
    row = msgspec.structs.replace(
        found, expiry=said.get("expiry", "").strip() or found.expiry,
        qty=milli(said["qty"], "qty"), cost=unit_price(cost, "cost") if cost else None,
    )  # fmt: skip
    service.receive(pos, [row], said.get("supplier", ""))
    return Done(text=f"{quantity_text(row.qty)} of {row.name} received", open=ref_of(row.item, row.batch))


def waste(pos: Pos, act: Act) -> Done:
    """Write goods of a batch off."""
    row = _of(pos, act.rows[0])
    qty = milli(act.values["qty"], "qty")
    if qty <= 0:
        raise UserError("qty: what is wasted is more than zero", "write it without a sign", "qty")
    gone = StockRow(item=row.item, name=row.name, qty=-qty, batch=row.batch)
    stock.change(pos, "wasted", [gone], reason=act.values["reason"])
    return Done(text=f"{quantity_text(qty)} of {row.name} written off", open=act.rows[0])


def _mark(pos: Pos, act: Act, state: State, told: str) -> Done:
    row = _of(pos, act.rows[0])
    made = len(service.mark(pos, row.item, row.batch, state, act.values["reason"]))
    text = f"Batch {row.batch} {told}"
    if made and state == "ok":
        text = f"Batch {row.batch} can be sold again; what is made of it stays stopped ({made}): release what is good"
    elif made:
        text = many(
            "Batch {batch} {told}, nor the {count} batch made of it",
            "Batch {batch} {told}, nor the {count} batches made of it",
            made,
            batch=row.batch,
            told=told,
        )
    return Done(text=text, open=act.rows[0], tone="good" if state == "ok" else "warn")


def recall(pos: Pos, act: Act) -> Done:
    """Stop a batch at every register."""
    return _mark(pos, act, "recalled", "is recalled: no register sells it")


def quarantine(pos: Pos, act: Act) -> Done:
    """Put a batch aside."""
    return _mark(pos, act, "quarantined", "is in quarantine: no register sells it")


def release(pos: Pos, act: Act) -> Done:
    """Let a batch be sold again."""
    return _mark(pos, act, "ok", "can be sold again")


def settle(pos: Pos, _act: Act) -> Done:
    """Take what was sold from no batch out of those that would have gone first."""
    done = service.settle(pos)
    told = many("{count} item is allocated", "{count} items are allocated", done)
    return Done(text=told if done else "Nothing could be allocated")


def trace(pos: Pos, act: Act) -> Done:
    """Show where a batch came from and to whom it went, with all that was made of it, ready to be printed."""
    row = _of(pos, act.rows[0])
    rows: list[Row] = [("title", row.name, ""), ("text", "Batch", row.batch), ("text", "Expiry", row.expiry or "none"),
                       ("text", "On hand", quantity_text(row.qty)), ("rule", "", "")]  # fmt: skip
    rows += _came(pos, row.item, row.batch)
    for part in lineage.all_parts_of(pos, row.item, row.batch):
        rows.append(("bold", f"Made of {part.name} {part.batch}", quantity_text(part.qty)))
        rows += _came(pos, part.item, part.batch)
    rows.append(("rule", "", ""))
    rows += _went(pos, row.item, row.batch)
    for whole in lineage.all_made_of(pos, row.item, row.batch):
        rows.append(("bold", f"Made into {whole.name} {whole.batch}", quantity_text(whole.qty)))
        left = lists.one(pos, whole.item, whole.batch)
        rows.append(("text", "On hand", quantity_text(left.qty if left is not None else 0)))
        rows += _went(pos, whole.item, whole.batch)
    return Done(document=tuple(rows))


def _came(pos: Pos, item: str, code: str) -> list[Row]:
    return [("text", f"{one.day} from {one.supplier or 'unknown'}", quantity_text(one.qty))
            for one in lists.receipts(pos, item, code)]  # fmt: skip


def _went(pos: Pos, item: str, code: str) -> list[Row]:
    return [("text", f"{one.day} {one.number} {one.customer}".rstrip(), quantity_text(one.qty))
            for one in lists.sales(pos, item, code)]  # fmt: skip
