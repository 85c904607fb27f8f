"""The close of a terminal as a fact, and what each terminal took since."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import BigInteger, Column, MetaData, Table, Text

from genesis import Entry, Fact, Projection, SaleCompleted, ViewDb

ME = "external_card"
_META = MetaData()
taken = Table(
    "external_card_open", _META,
    Column("register", Text, primary_key=True),
    Column("terminal", Text, primary_key=True),
    Column("currency", Text, nullable=False),
    Column("payments", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip
batch = Table(
    "external_card_batch", _META,
    Column("stream", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("at", Text, nullable=False),
    Column("register", Text, nullable=False),
    Column("terminal", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("payments", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("told", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("reason", Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip


class BatchClosed(Fact, frozen=True, kw_only=True):
    """A terminal was closed (minor units, refunds taken off). amount: what receipts say since its last close.

    told: what its own slip says; number: of its batch; terminal: "" where the register has one.
    """

    kind: ClassVar[str] = "external_card.batch_closed"
    register: str
    terminal: str
    number: str
    payments: int
    amount: int
    told: int
    currency: str
    reason: str = ""


def _sold(db: ViewDb, entry: Entry) -> None:
    sale = entry.fact
    if isinstance(sale, SaleCompleted) and sale.mode == "normal":
        for tender in sale.tenders:
            if tender.method == ME:
                row = {"register": sale.register, "terminal": tender.details.get("terminal", ""),
                       "currency": sale.currency, "payments": 1, "amount": tender.tendered}  # fmt: skip
                db.add(taken, [row], ("payments", "amount"))


def _closed(db: ViewDb, entry: Entry) -> None:
    """A register's facts come in its order, so what a close told of is what stood here."""
    fact = entry.fact
    if isinstance(fact, BatchClosed):
        db.add(taken, [{"register": fact.register, "terminal": fact.terminal, "currency": fact.currency,
                        "payments": -fact.payments, "amount": -fact.amount}], ("payments", "amount"))  # fmt: skip
        db.upsert(batch, [{
            "stream": entry.stream, "seq": entry.seq, "at": entry.at, "register": fact.register,
            "terminal": fact.terminal, "number": fact.number, "payments": fact.payments, "amount": fact.amount,
            "told": fact.told, "currency": fact.currency, "reason": fact.reason,
        }])  # fmt: skip


BATCHES = Projection(name="external_card_batch", tables=(taken, batch), version=1,
                     handlers={"sale.completed": _sold, BatchClosed.kind: _closed})  # fmt: skip
