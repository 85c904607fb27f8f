"""Sales: every receipt of the store, found again, reprinted, and taken back at the till."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from genesis.db import tables as t
from genesis.hooks.given import people
from genesis.hooks.pages import (
    Act,
    Cell,
    Column,
    Done,
    Drawer,
    Filter,
    ListPage,
    PageAction,
    PageRow,
    Query,
    Rows,
    Section,
)
from genesis.hooks.values import Figure
from genesis.kernel.copies import find_sale, sale_of
from genesis.kernel.errors import UserError
from genesis.kernel.facts import SaleCompleted
from genesis.kernel.settings import business_today
from genesis.shell.pages.shown import formats, moment, money, person
from genesis.shell.vm.formats import joined
from genesis.shell.words import _, known, many

if TYPE_CHECKING:
    from genesis.plugin.house import House

DAYS = 14  # of the small charts


def page(pos: House) -> ListPage:
    """Return the page."""
    registers = [row[0] for row in pos.db.all(select(t.sale.c.register).distinct().order_by(t.sale.c.register))]
    return ListPage(
        columns=(
            Column(id="number", title=_("Receipt"), sort=True, wide=True),
            Column(id="at", title=_("Time"), kind="date", sort=True),
            Column(id="actor", title=_("Cashier")),
            Column(id="kind", title=_("Kind"), kind="badge"),
            Column(id="total", title=_("Total"), kind="money", sort=True),
        ),
        rows=find,
        hint=_("Receipt number, amount or cashier"),
        filters=(
            Filter(id="days", title=_("Time"), choices=(("1", _("Today")), ("7", _("7 days")), ("30", _("30 days")))),
            Filter(id="kind", title=_("Kind"), choices=(("sale", _("Sales")), ("return", _("Returns")))),
            *([Filter(id="register", title=_("Register"), choices=tuple((r, r) for r in registers))]
              if len(registers) > 1 else []),
        ),
        cards=cards,
        drawer=drawer,
        actions=(
            PageAction(id="reprint", title=_("Print a copy"), icon="printer", permission="register.reprint", on="row",
                       run=reprint),
            PageAction(id="return", title=_("Return"), icon="rotate-ccw", permission="register.return",
                       on="row", run=take_back, shown=lambda pos, _row: pos.app.register is not None),
        ),
        empty=_("Nothing was sold yet"),
    )  # fmt: skip


def find(pos: House, query: Query) -> Rows:
    """Answer a query."""
    sorts = {"number": t.sale.c.number, "at": t.sale.c.at, "total": t.sale.c.total}
    ordered = _matching(pos, query).order_by(query.order(sorts, t.sale.c.at.desc()), t.sale.c.seq.desc())
    rows, total = pos.db.page(ordered, query.offset, query.limit)
    return Rows(rows=tuple(_row(pos, row) for row in rows), total=total)


def _matching(pos: House, query: Query) -> Select[Any]:
    wanted: list[ColumnElement[bool]] = []
    if days := query.filters.get("days"):
        wanted.append(t.sale.c.day >= _day(pos, int(days) - 1))
    if kind := query.filters.get("kind"):
        wanted.append(t.sale.c.total < 0 if kind == "return" else t.sale.c.total >= 0)
    if register := query.filters.get("register"):
        wanted.append(t.sale.c.register == register)
    if text := query.text.strip():
        named = [account for account, name in people(pos).items() if text.casefold() in known(name).casefold()]
        either: list[ColumnElement[bool]] = [t.sale.c.number.contains(text, autoescape=True),
                                             t.sale.c.actor.contains(text, autoescape=True),
                                             t.sale.c.actor.in_(named)]  # fmt: skip
        digits = text.replace(",", ".").replace(".", "")
        if digits.isascii() and digits.isdigit() and len(digits) < 12:
            either += [t.sale.c.total == int(digits), t.sale.c.total == -int(digits)]
        wanted.append(or_(*either))
    return select(t.sale).where(*wanted)


def _row(pos: House, row: Any) -> PageRow:
    kind = Cell(text=_("Return"), tone="warn") if row.total < 0 else Cell(text=_("Sale"), tone="good")
    if row.mode == "training":
        kind = Cell(text=_("Training"), tone="info")
    number = Cell(text=row.number, small=many("{count} copy", "{count} copies", row.copies) if row.copies else "")
    cells = (number, moment(pos, row.at), person(pos, row.actor), kind, money(pos, row.total, row.currency))
    return PageRow(id=row.number, cells=cells, icon="receipt-text")


def _day(pos: House, back: int = 0) -> str:
    return business_today(pos, back)


def per_day(pos: House) -> dict[str, tuple[int, int]]:
    """Return business day -> (receipts, total in minor units) of the last days, today last; empty days included."""
    wanted = [_day(pos, back) for back in range(DAYS - 1, -1, -1)]
    grouped = (
        select(t.sale.c.day, func.count(), func.sum(t.sale.c.total))
        .where(t.sale.c.day >= wanted[0], t.sale.c.mode == "normal", t.sale.c.currency == pos.currency)
        .group_by(t.sale.c.day)
    )
    found = {row[0]: (int(row[1]), int(row[2])) for row in pos.db.all(grouped)}
    return {day: found.get(day, (0, 0)) for day in wanted}


def cards(pos: House) -> list[Figure]:
    """Return what was sold today, beside the days before."""
    days = list(per_day(pos).values())
    count, total = days[-1]
    before = days[-2][1]
    note = _("yesterday {amount}").format(amount=money(pos, before))
    mean = money(pos, round(total / count)) if count else "–"
    return [
        Figure(id="today", title=_("Sold today"), value=money(pos, total), note=note,
               series=tuple(amount for _count, amount in days), tone="good"),
        Figure(id="receipts", title=_("Receipts today"), value=formats(pos).number(count),
               series=tuple(count for count, _amount in days), tone="info"),
        Figure(id="mean", title=_("Average receipt"), value=mean),
    ]  # fmt: skip


def drawer(pos: House, number: str) -> Drawer:
    """Return a receipt in full."""
    entry = find_sale(pos, number)
    sale = sale_of(entry)
    return Drawer(
        title=number,
        small=joined(moment(pos, entry.at, sale.offset), sale.register, person(pos, sale.actor)),
        sections=(*_line_sections(pos, sale), *_money_sections(pos, sale)),
    )


def _line_sections(pos: House, sale: SaleCompleted) -> list[Section]:
    written = formats(pos)
    rows = [(line.name, f"{written.measured(line.qty, line.unit)} ×", money(pos, line.gross, sale.currency))
            for line in sale.lines]  # fmt: skip
    return [Section(title=_("Items"), icon="shopping-cart", rows=tuple(rows))]


def _money_sections(pos: House, sale: SaleCompleted) -> list[Section]:

    def write(minor: int) -> str:
        return money(pos, minor, sale.currency)

    sums = [(reason, write(amount)) for reason, amount in sale.discounts]
    sums += [(tax.title, write(tax.amount)) for tax in sale.taxes]
    sums += [(_("Rounding"), write(sale.rounding))] if sale.rounding else []
    tenders = [(tender.title, write(tender.amount)) for tender in sale.tenders]
    return [
        Section(title=_("Total {amount}").format(amount=write(sale.total)), icon="sigma", rows=tuple(sums)),
        Section(title=_("Paid"), icon="banknote", rows=tuple(tenders)),
    ]


def reprint(pos: House, act: Act) -> Done:
    """Record a copy and show it."""
    register = pos.app.register
    if register is None:
        raise UserError(_("This is not a register"), _("Reprint it at the till"), "receipt")
    rows = register.reprint(act.rows[0])
    return Done(text=_("Copy of {number}").format(number=act.rows[0]), document=tuple(rows), printed=True)


def take_back(pos: House, act: Act) -> Done:
    """Put everything that can still come back into the cart of the till."""
    register = pos.app.register
    if register is None:
        raise UserError(_("This is not a register"), _("Take it back at the till"), "receipt")
    register.return_lines(act.rows[0])
    return Done(text=_("{number} is in the cart").format(number=act.rows[0]), go="sell")
