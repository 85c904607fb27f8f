"""Every card with its balance, kept from the sales it was sold and spent on."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text

from genesis import Entry, Projection, SaleCompleted, ViewDb

METADATA = MetaData()
ME = "giftcards"
METHOD = "giftcard"

card = Table(
    "giftcards_card", METADATA,
    Column("code", Text, primary_key=True),
    Column("currency", Text, nullable=False),
    Column("since", Text, nullable=False),
    Column("balance", BigInteger, nullable=False),
    Column("loaded", BigInteger, nullable=False),
    Column("spent", BigInteger, nullable=False),
    Column("moves", Integer, nullable=False),
    Column("last", Text, nullable=False),
)  # fmt: skip


def _sold(db: ViewDb, entry: Entry) -> None:
    """Load and spend; a card is there from whichever of the two is seen first."""
    fact = entry.fact
    if not isinstance(fact, SaleCompleted) or fact.mode != "normal":
        return
    moves = [(line.sections[ME]["code"], line.sections[ME]["amount"]) for line in fact.lines if ME in line.sections]
    moves += [(tender.reference, -tender.amount) for tender in fact.tenders if tender.method == METHOD]
    for code, amount in moves:
        db.add(card, [{
            "code": code, "currency": fact.currency, "since": fact.business_day, "balance": amount,
            "loaded": max(amount, 0), "spent": max(-amount, 0), "moves": 1, "last": fact.business_day,
        }], ("balance", "loaded", "spent", "moves"))  # fmt: skip


CARDS = Projection(name="giftcards_card", tables=(card,), handlers={"sale.completed": _sold})
