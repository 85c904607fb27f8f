"""The page of gift cards, and what the store owes on them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from genesis import (
    Cell,
    Column,
    Drawer,
    Figure,
    ListPage,
    Money,
    PageRow,
    Pos,
    Query,
    Report,
    Rows,
    Section,
    balances,
    exponent,
    many,
    plain,
)
from genesis_giftcards.models import card
from genesis_giftcards.service import expiry


def page(_pos: Pos) -> ListPage:
    """Return the page; of a code only its end is shown."""
    return ListPage(
        columns=(
            Column(id="code", title="Card", wide=True),
            Column(id="since", title="Sold", kind="date", sort=True),
            Column(id="last", title="Last used", kind="date"),
            Column(id="balance", title="Balance", kind="money", sort=True),
        ),
        rows=find,
        hint="Code of a card",
        cards=lambda pos: [liability(pos)],
        drawer=drawer,
        empty="No gift card was sold yet",
    )


def find(pos: Pos, query: Query) -> Rows:
    """Answer a query; a search needs the whole code."""
    base = select(card)
    if query.text.strip():
        base = base.where(card.c.code == query.text.strip().upper())
    sorts = {"since": card.c.since, "balance": card.c.balance}
    ordered = base.order_by(query.order(sorts, card.c.since.desc()), card.c.code)
    rows, total = pos.db.page(ordered, query.offset, query.limit)
    return Rows(rows=tuple(_row(row) for row in rows), total=total)


def _row(row: Any) -> PageRow:
    balance = Cell(text=Money(row.balance, row.currency), tone="" if row.balance else "off")
    cells = (Cell(text=f"… {row.code[-4:]}", small=row.currency), row.since, row.last, balance)
    return PageRow(id=row.code, cells=cells, icon="gift")


def drawer(pos: Pos, code: str) -> Drawer:
    """Return a card in full."""
    row = pos.db.all(select(card).where(card.c.code == code))[0]
    ends = expiry(pos, code)
    rows = (("Loaded", Money(row.loaded, row.currency)), ("Spent", Money(row.spent, row.currency)),
            ("Balance", Money(row.balance, row.currency)), ("Movements", str(row.moves)),
            ("Valid until", str(ends) if ends else "for ever"))  # fmt: skip
    return Drawer(title=f"Card … {code[-4:]}", small=f"sold {row.since}", sections=(Section(rows=rows),))


def liability(pos: Pos) -> Figure:
    """Return what the store owes on all cards."""
    owed, count = balances.owed(pos, card.c.balance)
    return Figure(id="giftcards.liability", title="On gift cards", value=owed, tone="info",
                  note=many("{count} card", "{count} cards", count),
                  go="giftcards.cards")  # fmt: skip


def _listed(pos: Pos, _parameters: dict[str, str]) -> list[tuple[Any, ...]]:
    rows = pos.db.all(select(card).where(card.c.balance != 0).order_by(card.c.since, card.c.code))
    return [(f"… {r.code[-4:]}", r.since, r.last, plain(r.balance, exponent(r.currency)), r.currency) for r in rows]


REPORT = Report(id="giftcards.liability", title="Gift card liability", run=_listed,
                columns=("Card", "Sold", "Last used", "Balance", "Currency"))  # fmt: skip
