"""The receipts that may not be on paper, and what a person does about them."""

from __future__ import annotations

from sqlalchemy import func, select

from genesis import (
    Act,
    Cell,
    Column,
    Done,
    ListPage,
    PageAction,
    PageRow,
    Pos,
    Query,
    Rows,
    UserError,
    copy_of_receipt,
    many,
)
from genesis_printer_escpos.models import PrintSeen, waiting

PERMISSION = "register.reprint"


def page(_pos: Pos) -> ListPage:
    """Return the page."""
    return ListPage(
        columns=(
            Column(id="number", title="Receipt", wide=True),
            Column(id="state", title="On paper", kind="badge"),
            Column(id="cause", title="Why", wide=True),
        ),
        rows=find,
        actions=(
            PageAction(id="copy", title="Print a copy", icon="printer", permission=PERMISSION, on="rows", run=copy,
                       main=True),
            PageAction(id="seen", title="It is settled", icon="check", permission=PERMISSION, on="rows", run=seen),
        ),
        empty="Every receipt was printed",
    )  # fmt: skip


def find(pos: Pos, query: Query) -> Rows:
    """Answer a query; the newest first."""
    total = count(pos)
    found = pos.db.all(select(waiting).order_by(waiting.c.at.desc()).offset(query.offset).limit(query.limit))
    rows = []
    for row in found:
        name = Cell(text=row.number, small=f"{row.register} · {row.at[:16].replace('T', ' ')}")
        state = Cell(text="Perhaps", tone="warn") if row.sent else Cell(text="No", tone="bad")
        rows.append(PageRow(id=row.number, cells=(name, state, row.cause), icon="printer"))
    return Rows(rows=tuple(rows), total=total)


def count(pos: Pos) -> int:
    """Return how many there are."""
    return int(pos.db.all(select(func.count()).select_from(waiting))[0][0])


def copy(pos: Pos, act: Act) -> Done:
    """Print copies of the chosen receipts at this register, marked and counted."""
    shift = pos.shifts.current()
    if not pos.devices.of("receipt_printer"):
        raise UserError("no receipt printer is set up at this register", "choose one under Devices", "printer")
    for number in act.rows:
        copy_of_receipt(pos, number, shift)
    return Done(text=many("{count} copy goes to the printer", "{count} copies go to the printer", len(act.rows)))


def seen(pos: Pos, act: Act) -> Done:
    """Take receipts off the list that somebody found, or that nobody wants."""
    pos.permissions.require(PERMISSION)
    pos.journal.append(*(PrintSeen(number=number) for number in act.rows))
    return Done(text="Taken off the list")
