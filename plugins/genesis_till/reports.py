"""X and Z reports as rows, and the closed shifts as a page."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from genesis import (
    Act,
    Cell,
    Column,
    Done,
    Drawer,
    FactRef,
    ListPage,
    PageAction,
    PageRow,
    Pos,
    Query,
    Row,
    Rows,
    Section,
    ShiftClosed,
    UserError,
    exponent,
    plain,
)
from genesis_till.models import close
from genesis_till.service import report

NAMES = {"documents": "Receipts", "sales": "Sales", "returns": "Returns", "discounts": "Discounts", "net": "Net",
         "tax": "Tax", "rounding": "Rounding", "float": "Float", "cash": "Cash sales and refunds", "paid_in": "Paid in",
         "paid_out": "Paid out", "drop": "Drops", "voids": "Lines voided", "cancelled": "Sales given up",
         "overrides": "Prices overridden", "reprints": "Copies", "no_sale": "Drawer opened without a sale"}  # fmt: skip
GROUPS = (
    ("Sales", ("documents", "sales", "returns", "discounts", "net", "tax", "rounding")),
    ("Not sold", ("voids", "cancelled", "overrides", "reprints", "no_sale")),
    ("Cash", ("float", "cash", "paid_in", "paid_out", "drop")),
)
COUNTED = {"documents", "voids", "cancelled", "overrides", "reprints", "no_sale"}  # shown as numbers, not as amounts


def x_rows(pos: Pos) -> tuple[Row, ...]:
    """Return the X report of the open shift; it changes nothing."""
    sections = [(section.title, section.rows) for section in pos.shifts.x_report()]
    return report("X report", sections)


def z_rows(fact: ShiftClosed, at: str) -> tuple[Row, ...]:
    """Return the Z report of a closed shift from its fact alone: the same for ever."""
    digits = exponent(fact.currency)
    figures: dict[str, list[int]] = fact.figures

    def write(key: str) -> str:
        number, amount = figures.get(key, [0, 0])
        return str(number) if key in COUNTED else plain(amount, digits)

    sections = [(title, tuple((NAMES[key], write(key)) for key in keys if key in figures)) for title, keys in GROUPS]
    for title, kind in (("Tax", "tax:"), ("Tenders", "tender:"), ("Cashiers", "cashier:")):
        rows = [
            (key[len(kind) :], plain(amount, digits)) for key, (_, amount) in figures.items() if key.startswith(kind)
        ]
        sections.insert(-1, (title, tuple(rows)))
    cash = [("Expected", plain(fact.expected, digits))]
    if fact.counted is not None:
        cash += [("Counted", plain(fact.counted, digits)), ("Over or short", plain(fact.over_short, digits))]
    if fact.left is not None:
        cash.append(("Stays in the drawer", plain(fact.left, digits)))
    sections[-1] = ("Cash", sections[-1][1] + tuple(cash))
    pieces = tuple((f"{count} × {value}", "") for value, count in fact.count.items())
    sections += [("Count", pieces)] if pieces else []
    sections.append(("Register", (("Register", fact.register), ("Closed", at[:16].replace("T", " ")),
                                  ("Total of all shifts", plain(fact.total, digits)))))  # fmt: skip
    foot: tuple[Row, ...] = (
        ("small", f"before: {fact.previous[:24] or 'none'}", ""),
        ("small", f"head: {fact.head[:24]}", ""),
    )
    return report(f"Z report {fact.z}", [part for part in sections if part[1]], foot)


def closed(pos: Pos, shift: str) -> tuple[ShiftClosed, str]:
    """Return the fact of a closed shift and when it was recorded; UserError where there is none."""
    row = pos.db.one(select(close.c.stream, close.c.seq).where(close.c.shift == shift))
    entry = pos.journal.entry(FactRef(row.stream, row.seq)) if row is not None else None
    if entry is None or not isinstance(entry.fact, ShiftClosed):
        raise UserError("this shift is not closed", "look at the list again", "shift")
    return entry.fact, entry.at


def page(_pos: Pos) -> ListPage:
    """Return the page of closed shifts."""
    return ListPage(
        columns=(
            Column(id="z", title="Z", kind="number", sort=True),
            Column(id="at", title="Closed", kind="text", wide=True),
            Column(id="sold", title="Sold", kind="money"),
            Column(id="over_short", title="Over or short", kind="money", sort=True),
        ),
        rows=find,
        drawer=drawer,
        actions=(PageAction(id="z", title="Z report", icon="file-text", permission="till.read", on="row", run=_show),),
        empty="No shift was closed yet",
    )


def find(pos: Pos, query: Query) -> Rows:
    """Answer a query; the newest first unless asked otherwise."""
    sorts = {"z": close.c.z, "at": close.c.at, "over_short": close.c.over_short}
    ordered = select(close).order_by(query.order(sorts, close.c.at.desc()), close.c.z.desc(), close.c.shift)
    rows, total = pos.db.page(ordered, query.offset, query.limit)
    return Rows(rows=tuple(_row(row) for row in rows), total=total)


def _row(row: Any) -> PageRow:
    digits = exponent(row.currency)
    differs = "" if row.counted is None else plain(row.over_short, digits)
    tone: Any = "" if not row.over_short else "bad" if row.over_short < 0 else "warn"
    when = Cell(text=row.at[:16].replace("T", " "), small=f"{row.register} · {row.actor}")
    return PageRow(id=row.shift, cells=(str(row.z), when, plain(row.sold, digits), Cell(text=differs, tone=tone)),
                   icon="archive")  # fmt: skip


def drawer(pos: Pos, shift: str) -> Drawer:
    """Return a closed shift in full."""
    fact, at = closed(pos, shift)
    sections: list[Section] = []
    for style, left, right in z_rows(fact, at)[1:]:
        if style == "bold":
            sections.append(Section(title=left))
        elif style == "text" and sections:
            last = sections[-1]
            sections[-1] = Section(title=last.title, rows=(*last.rows, (left, right)))
    return Drawer(title=f"Z {fact.z}", small=f"{fact.register} · {at[:16].replace('T', ' ')}", sections=tuple(sections))


def _show(pos: Pos, act: Act) -> Done:
    fact, at = closed(pos, act.rows[0])
    return Done(text=f"Z report {fact.z}", document=z_rows(fact, at))
