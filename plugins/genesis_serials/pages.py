"""The page of serial numbers: which pieces are here, what happened to one, and putting it right."""

from __future__ import annotations

from typing import Any

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
    Row,
    Rows,
    Section,
    UserError,
    item_of,
    many,
)
from genesis_serials import lists, service
from genesis_serials.models import LABEL, serial

SHOWN = dict(lists.KINDS)
TONES = {"here": "good", "moving": "info", "sold": "", "gone": "warn"}
EVENTS = (
    ("received", "Received"), ("named", "Named"), ("supplier", "Back to the supplier"), ("wasted", "Written off"),
    ("missing", "Taken out"), ("sold", "Sold"), ("returned", "Returned"), ("opened", "Opening stock"),
    ("assembled", "Assembled"), ("apart", "Taken apart"), ("used", "Used up"), ("sent", "Sent"), ("arrived", "Arrived"),
    ("found", "Found"), ("adjusted", "Adjusted"),
)  # fmt: skip
WHY = dict(EVENTS)
CODE = FieldSpec(name="code", label="Code", required=True, help="Of the product")
NAMED = FieldSpec(name="serials", label="Serial numbers", kind="lines", required=True, help="One a line")
REASON = FieldSpec(name="reason", label="Reason", required=True)


def page(_pos: Pos) -> ListPage:
    """Return the page of serial numbers."""
    change = "stock.change"
    return ListPage(
        columns=(
            Column(id="name", title="Item", sort=True, wide=True),
            Column(id="serial", title="Serial number", sort=True),
            Column(id="day", title="Since", kind="date", sort=True),
            Column(id="state", title="State", kind="badge"),
        ),
        rows=find,
        hint="Item or serial number",
        filters=(Filter(id="state", title="State", choices=lists.KINDS),),
        drawer=drawer,
        actions=(
            PageAction(id="name", title="Add serial numbers", icon="scan-barcode", permission=change, run=name,
                       main=True,
                       ask=(CODE, NAMED)),
            PageAction(id="trace", title="Trace", icon="route", permission="records.read", on="row", run=trace),
            PageAction(id="out", title="Take out", icon="x", permission=change, on="row", run=take_out, danger=True,
                       ask=(REASON,), shown=lambda pos, ref: _of(pos, ref).state == "here"),
        ),
        scan=scan,
        empty="No serial number is listed here",
    )  # fmt: skip


def find(pos: Pos, query: Query) -> Rows:
    """Answer a query; without an order of its own by item."""
    every = lists.select_serials(query.filters.get("state", ""), query.text)
    sorts = {"name": serial.c.name, "serial": serial.c.serial, "day": serial.c.day}
    order = (query.order(sorts, serial.c.name), serial.c.name, serial.c.item, serial.c.serial)
    found, total = pos.db.page(every.order_by(*order), query.offset, query.limit)
    return Rows(rows=tuple(_row(row) for row in found), total=total)


def _row(row: Any) -> PageRow:
    tone: Any = TONES[row.state]
    cells = (
        row.name,
        Cell(text=row.serial, small=row.location) if row.location else row.serial,
        row.day,
        Cell(text=SHOWN[row.state], tone=tone),
    )
    return PageRow(id=service.key_of(row.item, row.serial), icon="scan-barcode", cells=cells)


def _of(pos: Pos, ref: str) -> Any:
    item, _, number = ref.rpartition(" ")
    return lists.one(pos, item, number)


def scan(pos: Pos, code: str) -> Done:
    """Open the piece that a label names, or a bare serial number."""
    known = lists.every(pos, code.strip())
    if len(known) == 1:
        return Done(open=service.key_of(known[0].item, known[0].serial))
    item = item_of(pos, code, "scan the label of a piece")
    number = item.sections.get(LABEL, {}).get("serial", "")
    if not number:
        raise UserError(f"this label of {item.name} has no serial number", "scan the number itself", "code")
    return Done(open=service.key_of(item.ref, lists.one(pos, item.ref, number).serial))


def drawer(pos: Pos, ref: str) -> Drawer:
    """Return a piece and what happened to it."""
    row = _of(pos, ref)
    rows = tuple((one.day, WHY[one.why], " ".join(filter(None, (one.told, one.document, one.customer))))
                 for one in lists.trace(pos, row.item, row.serial))  # fmt: skip
    return Drawer(title=row.name, small=row.serial, sections=(
        Section(title="Trace", icon="route", columns=("Day", "What", "Of"), rows=rows),
    ))  # fmt: skip


def name(pos: Pos, act: Act) -> Done:
    """Say which pieces are here that are in stock already."""
    count = service.name(pos, act.values["code"], act.values["serials"])
    return Done(text=many("{count} serial number is here", "{count} serial numbers are here", count))


def take_out(pos: Pos, act: Act) -> Done:
    """Say that a piece is not here any more."""
    row = _of(pos, act.rows[0])
    service.take_out(pos, row.item, row.name, row.serial, act.values["reason"])
    return Done(text=f"Serial number {row.serial} is taken out", open=act.rows[0], tone="warn")


def trace(pos: Pos, act: Act) -> Done:
    """Show what happened to a piece, ready to be printed."""
    row = _of(pos, act.rows[0])
    rows: list[Row] = [("title", row.name, ""), ("text", "Serial number", row.serial), ("rule", "", "")]
    for one in lists.trace(pos, row.item, row.serial):
        of = " ".join(filter(None, (one.told, one.document, one.customer)))
        rows.append(("text", f"{one.day} {WHY[one.why]}", of))
    return Done(document=tuple(rows))
