"""What the store owes each customer and each customer the store, with every movement, kept from the sales."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text

from genesis import Entry, Fact, Projection, SaleCompleted, ViewDb

METADATA = MetaData()
ME = "store_credit"
CREDIT = "store_credit"  # the method, and the guard space: customer -> minor units that the store owes
ACCOUNT = "on_account"  # the method, and the guard space: customer -> minor units that are owed to the store
LIMIT = "on_account limit"  # guard space: customer -> the most that may be owed
SETTLE = f"{ME}:settle"
SUMS = ("credit", "owed", "most")  # what a movement adds to; the other columns are replaced


class LimitSet(Fact, frozen=True, kw_only=True):
    """A customer may owe up to this much (minor units; 0: buys nothing on account)."""

    kind: ClassVar[str] = "store_credit.limit_set"
    customer: str
    currency: str
    most: int
    before: int
    day: str


account = Table(
    "store_credit_account", METADATA,
    Column("customer", Text, primary_key=True),
    Column("currency", Text, nullable=False),
    Column("credit", BigInteger, nullable=False),
    Column("owed", BigInteger, nullable=False),
    Column("most", BigInteger, nullable=False),
    Column("last", Text, nullable=False),
)  # fmt: skip

move = Table(
    "store_credit_move", METADATA,
    Column("stream", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("customer", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("credit", BigInteger, nullable=False),
    Column("owed", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
)  # fmt: skip


def _sold(db: ViewDb, entry: Entry) -> None:
    """Note what each tender and each payment on account moved; (credit, owed) of a movement are signed."""
    fact = entry.fact
    if not isinstance(fact, SaleCompleted) or fact.mode != "normal":
        return
    moves = [(t.reference, "Credit", -t.amount, 0) for t in fact.tenders if t.method == CREDIT]
    moves += [(t.reference, "On account", 0, t.amount) for t in fact.tenders if t.method == ACCOUNT]
    parts = [line.sections[ME] for line in fact.lines if ME in line.sections]
    moves += [(part["customer"], "Payment on account", 0, -part["amount"]) for part in parts]
    for n, (customer, what, credit, owed) in enumerate(moves):
        db.upsert(move, [{
            "stream": entry.stream, "seq": entry.seq, "n": n, "customer": customer, "day": fact.business_day,
            "number": fact.number, "what": what, "credit": credit, "owed": owed, "currency": fact.currency,
        }])  # fmt: skip
        db.add(account, [{"customer": customer, "currency": fact.currency, "credit": credit, "owed": owed, "most": 0,
                          "last": fact.business_day}], SUMS)  # fmt: skip


def _limited(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if isinstance(fact, LimitSet):
        db.add(account, [{"customer": fact.customer, "currency": fact.currency, "credit": 0, "owed": 0,
                          "most": fact.most - fact.before, "last": fact.day}], SUMS)  # fmt: skip


ACCOUNTS = Projection(name="store_credit", tables=(account, move),
                      handlers={"sale.completed": _sold, LimitSet.kind: _limited})  # fmt: skip
