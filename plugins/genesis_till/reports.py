"""X and Z reports as rows, and the closed shifts as a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from genesis import (
    Act,
    CashCount,
    Cell,
    Column,
    Done,
    Drawer,
    FactRef,
    ListPage,
    Money,
    PageAction,
    PageRow,
    Pos,
    Query,
    ReportSection,
    Row,
    Rows,
    Section,
    ShiftClosed,
    UserError,
    exponent,
    person_of,
    plain,
    shift_sections,
)
from genesis_till.models import close


def x_rows(pos: Pos) -> tuple[Row, ...]:
    """Return the X report of the open shift; it changes nothing."""
    return report("X report", _named(pos, pos.shifts.x_report()))


def z_rows(pos: Pos, fact: ShiftClosed, at: str) -> tuple[Row, ...]:
    """Return the Z report of a closed shift: its figures come from its fact alone and stay the same for ever."""
    foot: tuple[Row, ...] = (
        ("small", f"before: {fact.previous[:24] or 'none'}", ""),
        ("small", f"head: {fact.head[:24]}", ""),
    )
    return report(f"Z report {fact.z}", z_sections(pos, fact, at), foot)


def z_sections(pos: Pos, fact: ShiftClosed, at: str) -> list[ReportSection]:
    """Return what a Z report says: the figures of the shift, the count, and the total of all shifts."""
    digits = exponent(fact.currency)
    home = CashCount(expected=fact.expected, counted=fact.counted, over_short=fact.over_short, left=fact.left)
    drawers = {"Cash": _counted(home, fact.currency)} | {
        f"Cash {currency}": _counted(count, currency) for currency, count in fact.foreign.items()
    }
    sections = [
        ReportSection(title=part.title, rows=(*part.rows, *drawers.get(part.title, ())))
        for part in _named(pos, shift_sections(fact.figures, fact.currency))
    ]
    sections += [
        ReportSection(title="Count", rows=tuple((f"{count} × {value}", "") for value, count in fact.count.items())),
        ReportSection(title="Register", rows=(("Register", fact.register), ("Closed", at[:16].replace("T", " ")),
                                              ("Total of all shifts", plain(fact.total, digits)))),
    ]  # fmt: skip
    return [section for section in sections if section.rows]


def _counted(count: CashCount, currency: str) -> list[tuple[str, str]]:
    """Return what was counted of one currency, and what stays."""
    digits = exponent(currency)
    rows = []
    if count.counted is not None:
        rows += [("Counted", plain(count.counted, digits)), ("Over or short", plain(count.over_short, digits))]
    if count.left is not None:
        rows.append(("Stays in the drawer", plain(count.left, digits)))
    return rows


def _named(pos: Pos, sections: Sequence[ReportSection]) -> list[ReportSection]:
    """Write the names of the cashiers in place of their accounts."""
    return [
        ReportSection(title=section.title, rows=tuple(_cashier(pos, *row) for row in section.rows))
        if section.title == "Cashiers" else section
        for section in sections
    ]  # fmt: skip


def _cashier(pos: Pos, who: str, amount: str) -> tuple[str, str]:
    """Return the name, and how many receipts stand behind the amount, for "account (receipts)"."""
    account, mark, count = who.rpartition(" (")
    return (person_of(pos, account), f"({count} {amount}") if mark else (person_of(pos, who), amount)


def report(title: str, sections: Sequence[ReportSection], foot: tuple[Row, ...] = ()) -> tuple[Row, ...]:
    """Return a report as rows for the screen, paper or PDF."""
    rows: list[Row] = [("title", title, "")]
    for section in sections:
        rows += [("rule", "", ""), ("bold", section.title, ""), *(("text", *row) for row in section.rows)]
    return (*rows, *foot)


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
    return Rows(rows=tuple(_row(pos, row) for row in rows), total=total)


def _row(pos: Pos, row: Any) -> PageRow:
    differs = "" if row.counted is None else Money(row.over_short, row.currency)
    tone: Any = "" if not row.over_short else "bad" if row.over_short < 0 else "warn"
    who = " · ".join(filter(None, (row.register, person_of(pos, row.actor), row.others)))
    when = Cell(text=row.at[:16].replace("T", " "), small=who)
    return PageRow(id=row.shift, cells=(str(row.z), when, Money(row.sold, row.currency), Cell(text=differs, tone=tone)),
                   icon="archive")  # fmt: skip


def drawer(pos: Pos, shift: str) -> Drawer:
    """Return a closed shift in full."""
    fact, at = closed(pos, shift)
    sections = tuple(Section(title=part.title, rows=part.rows) for part in z_sections(pos, fact, at))
    return Drawer(title=f"Z {fact.z}", small=f"{fact.register} · {at[:16].replace('T', ' ')}", sections=sections)


def _show(pos: Pos, act: Act) -> Done:
    fact, at = closed(pos, act.rows[0])
    return Done(text=f"Z report {fact.z}", document=z_rows(pos, fact, at))
