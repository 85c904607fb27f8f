"""The page of customers with credit or an account, their statements, and what is owed on both sides."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from genesis import (
    Act,
    Cell,
    Column,
    Done,
    Drawer,
    FieldSpec,
    Figure,
    ListPage,
    Money,
    PageAction,
    PageRow,
    Pos,
    Query,
    Report,
    Rows,
    Section,
    balances,
    exponent,
    plain,
)
from genesis_store_credit.models import account, move
from genesis_store_credit.service import change_limit, set_limit

WHO = FieldSpec(name="customer", label="Customer", required=True, help="Name, phone or card")
MOST = FieldSpec(name="limit", label="May owe", kind="money", required=True, help="0: buys nothing on account")
OPEN = or_(account.c.credit != 0, account.c.owed != 0)


def page(_pos: Pos) -> ListPage:
    """Return the page."""
    return ListPage(
        columns=(
            Column(id="customer", title="Customer", wide=True),
            Column(id="last", title="Last moved", kind="date", sort=True),
            Column(id="credit", title="Credit", kind="money", sort=True),
            Column(id="owed", title="Owes", kind="money", sort=True),
            Column(id="most", title="Limit", kind="money"),
        ),
        rows=find,
        cards=figures,
        drawer=drawer,
        actions=(PageAction(id="limit", title="Set limit", icon="gauge", permission="store_credit.limit", run=limit,
                            main=True, ask=(WHO, MOST)),
                 PageAction(id="change_limit", title="Change limit", icon="gauge", permission="store_credit.limit",
                            on="row", run=change, ask=(MOST,))),
        empty="No customer has credit or an account yet",
    )  # fmt: skip


def limit(pos: Pos, act: Act) -> Done:
    """Set how much a customer may owe."""
    return Done(text=set_limit(pos, act.values["customer"], act.values["limit"]))


def change(pos: Pos, act: Act) -> Done:
    """Set how much the chosen customer may owe."""
    return Done(text=change_limit(pos, act.rows[0], name(pos, act.rows[0]), act.values["limit"]))


def name(pos: Pos, customer: str) -> str:
    """Return a customer's name; an erased or unknown one is named by what is left."""
    row = pos.records("customers_customer").get(customer.partition(":")[2])
    return (row and row["name"]) or f"erased … {customer[-6:]}"


def find(pos: Pos, query: Query) -> Rows:
    """Answer a query."""
    sorts = {column.name: column for column in (account.c.last, account.c.credit, account.c.owed)}
    ordered = select(account).order_by(query.order(sorts, account.c.last.desc()), account.c.customer)
    rows, total = pos.db.page(ordered, query.offset, query.limit)
    return Rows(rows=tuple(_row(pos, row) for row in rows), total=total)


def _row(pos: Pos, row: Any) -> PageRow:
    sums = tuple(Cell(text=Money(value, row.currency), tone="" if value else "off")
                 for value in (row.credit, row.owed, row.most))  # fmt: skip
    return PageRow(id=row.customer, cells=(name(pos, row.customer), row.last, *sums), icon="wallet")


def statement(pos: Pos, customer: str) -> list[Any]:
    """Return the movements of a customer, oldest first."""
    return pos.db.all(select(move).where(move.c.customer == customer).order_by(move.c.day, move.c.stream, move.c.seq,
                                                                              move.c.n))  # fmt: skip


def drawer(pos: Pos, customer: str) -> Drawer:
    """Return a customer's account with its statement."""
    row = pos.db.all(select(account).where(account.c.customer == customer))[0]
    rows = (("Credit", Money(row.credit, row.currency)), ("Owes", Money(row.owed, row.currency)),
            ("May owe", Money(row.most, row.currency)))  # fmt: skip
    moves, columns = statement(pos, customer), ("Receipt", "Day", "Amount")
    credit = tuple((m.number, m.day, Money(m.credit, m.currency)) for m in moves if m.credit)
    owed = tuple((m.number, m.day, Money(m.owed, m.currency)) for m in moves if m.owed)
    listed = (Section(title="Store credit", columns=columns, rows=credit),
              Section(title="On account", columns=columns, rows=owed))  # fmt: skip
    sections = (Section(rows=rows), *(section for section in listed if section.rows))
    return Drawer(title=name(pos, customer), sections=sections)


def figures(pos: Pos) -> list[Figure]:
    """Return what the store owes on credit, and what is owed to it."""
    credit, _ = balances.owed(pos, account.c.credit)
    owing, _ = balances.owed(pos, account.c.owed)
    return [
        Figure(id="store_credit.liability", title="Store credit", value=credit, note="the store owes", tone="info",
               go="store_credit.accounts"),
        Figure(id="store_credit.owed", title="On account", value=owing, note="customers owe", tone="info",
               go="store_credit.accounts"),
    ]  # fmt: skip


def _liability(pos: Pos, _parameters: dict[str, str]) -> list[tuple[Any, ...]]:
    rows = pos.db.all(select(account).where(OPEN).order_by(account.c.customer))
    return [(name(pos, r.customer), r.last, *(plain(value, exponent(r.currency)) for value in (r.credit, r.owed)),
             r.currency) for r in rows]  # fmt: skip


def _statements(pos: Pos, _parameters: dict[str, str]) -> list[tuple[Any, ...]]:
    people = [row[0] for row in pos.db.all(select(account.c.customer).order_by(account.c.customer))]
    return [(name(pos, who), m.day, m.number, m.what, plain(m.credit, exponent(m.currency)),
             plain(m.owed, exponent(m.currency)), m.currency)
            for who in people for m in statement(pos, who)]  # fmt: skip


REPORTS = (
    Report(id="store_credit.liability", title="Store credit and accounts", run=_liability,
           columns=("Customer", "Last moved", "Credit", "Owes", "Currency")),
    Report(id="store_credit.statement", title="Statements of customers", run=_statements,
           columns=("Customer", "Day", "Receipt", "What", "Credit", "Owes", "Currency")),
)  # fmt: skip
