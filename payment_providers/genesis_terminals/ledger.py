"""What payments by providers moved, as the journal tells it, and how that compared with the providers' own books."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta
from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text

from genesis import Entry, Fact, Projection, SaleCompleted, ViewDb

STARTED, MOVED, SOLD, NOTHING = "started", "moved", "sold", ""  # what became of an attempt, in this order
MOST = 500  # differences that one comparison names
What = Literal["not_there", "not_here", "amount"]

_META = MetaData()
payment = Table(
    "terminals_payment", _META,
    Column("attempt", Text, primary_key=True),
    Column("about", Text, nullable=False),  # the payment whose money it is: a reversal and what it gives back are one
    Column("method", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),  # signed: what moved
    Column("currency", Text, nullable=False),
    Column("state", Text, nullable=False),
    Index("terminals_payment_day", "day", "method"),
    Index("terminals_payment_about", "about"),
    sqlite_with_rowid=False,
)  # fmt: skip
compared = Table(
    "terminals_compared", _META,
    Column("day", Text, primary_key=True),
    Column("method", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("payments", BigInteger, nullable=False),
    Column("ours", BigInteger, nullable=False),
    Column("theirs", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("more", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip
difference = Table(
    "terminals_difference", _META,
    Column("day", Text, primary_key=True),
    Column("method", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("what", Text, nullable=False),
    Column("receipt", Text, nullable=False),
    Column("ours", BigInteger, nullable=False),
    Column("theirs", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("settled", Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip


class Difference(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One payment that the two books do not tell alike (minor units)."""

    reference: str
    what: What
    ours: int
    theirs: int
    currency: str
    receipt: str = ""
    text: Annotated[str, Meta(max_length=300)] = ""


class Compared(Fact, frozen=True, kw_only=True):
    """The payments of a business day by one method were compared with the provider's books (minor units).

    payments: how many of ours; more: how many differences stand in no list here, as there were too many.
    """

    kind: ClassVar[str] = "terminals.compared"
    day: str
    method: str
    payments: int
    ours: int
    theirs: int
    currency: str
    differences: tuple[Difference, ...] = ()
    more: int = 0


class DifferenceSettled(Fact, frozen=True, kw_only=True):
    """Somebody looked into a difference; reason: what came of it."""

    kind: ClassVar[str] = "terminals.settled"
    day: str
    method: str
    reference: str
    reason: str


def _row(db: ViewDb, fact: Any) -> dict[str, Any]:
    found = next(iter(db.find(payment, [{"attempt": fact.attempt}])), None)
    return dict(found) if found else {
        "attempt": fact.attempt, "about": fact.attempt, "method": fact.method, "number": "", "day": "",
        "reference": "", "amount": 0, "currency": fact.currency, "state": NOTHING,
    }  # fmt: skip


def _started(db: ViewDb, entry: Entry) -> None:
    fact: Any = entry.fact
    about = fact.refunds if fact.reversal else fact.attempt
    db.upsert(payment, [_row(db, fact) | {"about": about, "state": STARTED}])


def _ended(db: ViewDb, entry: Entry) -> None:
    """Note what moved; what was given back keeps its amount, as its reversal takes it off again."""
    fact: Any = entry.fact
    moved = fact.kind == "payment.approved"
    row = _row(db, fact)
    if moved:
        row |= {"amount": fact.amount, "reference": fact.reference, "state": MOVED}
    elif row["state"] != MOVED:
        row |= {"state": STARTED if fact.kind == "payment.unknown" else NOTHING}
    db.upsert(payment, [row])


def _sold(db: ViewDb, entry: Entry) -> None:
    sale = entry.fact
    if isinstance(sale, SaleCompleted):
        for tender in sale.tenders:
            if tender.attempt:
                db.upsert(payment, [{
                    "attempt": tender.attempt, "about": tender.attempt, "method": tender.method, "number": sale.number,
                    "day": sale.business_day, "reference": tender.reference, "amount": tender.tendered,
                    "currency": sale.currency, "state": SOLD,
                }])  # fmt: skip


def _compared(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if not isinstance(fact, Compared):
        return
    key = {"day": fact.day, "method": fact.method}
    known = {row["reference"]: row for row in db.find(difference, [key])}
    db.delete(difference, [key])
    db.upsert(compared, [{
        **key, "at": entry.at, "payments": fact.payments, "ours": fact.ours, "theirs": fact.theirs,
        "currency": fact.currency, "more": fact.more,
    }])  # fmt: skip
    for one in fact.differences:
        row = {**key, **{name: getattr(one, name) for name in one.__struct_fields__}}
        before = known.get(one.reference, {})
        same = {name: before.get(name) for name in ("what", "ours", "theirs")} == {
            "what": one.what, "ours": one.ours, "theirs": one.theirs}  # fmt: skip
        db.upsert(difference, [row | {"settled": before["settled"] if same else ""}])


def _settled(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if isinstance(fact, DifferenceSettled):
        key = {"day": fact.day, "method": fact.method, "reference": fact.reference}
        for row in db.find(difference, [key]):
            db.upsert(difference, [row | {"settled": fact.reason}])


_ENDS = ("approved", "declined", "cancelled", "failed", "unknown")
PAYMENTS = Projection(
    name="terminals_payment", tables=(payment,), rank=60, version=1,
    handlers={"payment.started": _started, **{f"payment.{end}": _ended for end in _ENDS}, "sale.completed": _sold},
)  # fmt: skip
COMPARISONS = Projection(
    name="terminals_compared", tables=(compared, difference), rank=60, version=1,
    handlers={Compared.kind: _compared, DifferenceSettled.kind: _settled},
)  # fmt: skip
