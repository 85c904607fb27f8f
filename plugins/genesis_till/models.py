"""The closed shifts of the store, kept from `shift.closed` so that a list of them needs no journal."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text

from genesis import Entry, Projection, ShiftClosed, ViewDb, exponent, plain

METADATA = MetaData()

close = Table(
    "till_close", METADATA,
    Column("shift", Text, primary_key=True),
    Column("register", Text, nullable=False),
    Column("z", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("sold", BigInteger, nullable=False),
    Column("expected", BigInteger, nullable=False),
    Column("counted", BigInteger),
    Column("over_short", BigInteger, nullable=False),
    Column("others", Text, nullable=False, server_default=""),  # differences of foreign cash: "USD -5.00"
    Column("left", BigInteger),
    Column("total", BigInteger, nullable=False),
    Column("stream", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
)  # fmt: skip


def _closed(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if isinstance(fact, ShiftClosed):
        sold = fact.figures.get("documents", [0, 0])[1]
        db.upsert(close, [{
            "shift": fact.shift, "register": fact.register, "z": fact.z, "at": entry.at, "actor": entry.actor,
            "currency": fact.currency, "sold": sold, "expected": fact.expected, "counted": fact.counted,
            "over_short": fact.over_short, "others": _others(fact), "left": fact.left, "total": fact.total,
            "stream": entry.stream, "seq": entry.seq,
        }])  # fmt: skip


def _others(fact: ShiftClosed) -> str:
    return ", ".join(f"{currency} {plain(count.over_short, exponent(currency))}"
                     for currency, count in fact.foreign.items() if count.over_short)  # fmt: skip


CLOSES = Projection(name="till_close", version=2, tables=(close,), handlers={"shift.closed": _closed})
