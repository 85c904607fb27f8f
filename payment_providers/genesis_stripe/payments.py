"""What sales took by card and what became of it: the table behind `genesis stripe open` and the health line."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text, select

from genesis import Entry, Health, Pos, Projection, SaleCompleted, UserError, ViewDb
from genesis_stripe.models import ME, StripeCaptured, StripeNotCaptured, StripeSettled

METADATA = MetaData()
AUTHORISED, REFUSED, SETTLED, CAPTURED = "authorised", "refused", "settled", "captured"
ORDER = (AUTHORISED, REFUSED, SETTLED, CAPTURED)  # what came later stands, in whatever order it is heard
LATE = timedelta(hours=12)  # Stripe lets an authorisation go after two days

payment = Table(
    "stripe_payment", METADATA,
    Column("attempt", Text, primary_key=True),
    Column("number", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Index("stripe_payment_state", "state", "at"),
    sqlite_with_rowid=False,
)  # fmt: skip


def _put(db: ViewDb, attempt: str, state: str, **known: Any) -> None:
    found = next(iter(db.find(payment, [{"attempt": attempt}])), None)
    row = dict(found or {"attempt": attempt, "state": AUTHORISED, "amount": 0}
               | dict.fromkeys(("number", "at", "reference", "currency", "reason"), ""))  # fmt: skip
    later = ORDER.index(state) > ORDER.index(row["state"])
    if "reason" in known and not later:
        known.pop("reason")
    db.upsert(payment, [row | known | {"state": state if later else row["state"]}])


def _sold(db: ViewDb, entry: Entry) -> None:
    sale = entry.fact
    if isinstance(sale, SaleCompleted):
        for tender in sale.tenders:
            if tender.method == ME and tender.amount > 0:
                _put(db, tender.attempt, AUTHORISED, number=sale.number, at=entry.at, reference=tender.reference,
                     amount=tender.tendered, currency=sale.currency)  # fmt: skip


def _captured(db: ViewDb, entry: Entry) -> None:
    if isinstance(entry.fact, StripeCaptured):
        _put(db, entry.fact.attempt, CAPTURED, reason="")


def _refused(db: ViewDb, entry: Entry) -> None:
    if isinstance(entry.fact, StripeNotCaptured):
        _put(db, entry.fact.attempt, REFUSED, reason=entry.fact.reason)


def _settled(db: ViewDb, entry: Entry) -> None:
    if isinstance(entry.fact, StripeSettled):
        _put(db, entry.fact.attempt, SETTLED, reason=entry.fact.reason)


PAYMENTS = Projection(
    name="stripe_payment", tables=(payment,), rank=60,
    handlers={"sale.completed": _sold, "stripe.captured": _captured, "stripe.not_captured": _refused,
              "stripe.settled": _settled},
)  # fmt: skip


def open_payments(pos: Pos) -> list[Any]:
    """Return the payments of recorded sales whose money Stripe has not handed over, the oldest first."""
    wanted = select(payment).where(payment.c.state.in_((AUTHORISED, REFUSED)))
    return pos.db.all(wanted.order_by(payment.c.at, payment.c.attempt))


def settle(pos: Pos, reference: str, reason: str) -> None:
    """Note that somebody looked into a payment that was not captured, and what came of it."""
    pos.permissions.require("register.decide_payment", reference)
    found = next((row for row in open_payments(pos) if row.reference == reference and row.state == REFUSED), None)
    if found is None:
        raise UserError(f"reference: no payment {reference!r} was refused", "see `genesis stripe open`", "reference")
    if not reason.strip():
        raise UserError("why: it is needed", "say what came of it: --why TEXT", "why")
    pos.journal.append(StripeSettled(attempt=found.attempt, reference=reference, reason=reason.strip()[:200]))


def health(pos: Pos) -> Health | None:
    """Say where money of recorded sales is not on its way; None where all is."""
    late = (pos.clock.now().astimezone(UTC) - LATE).isoformat()
    stuck = [row for row in open_payments(pos) if row.state == REFUSED or row.at < late]
    if not stuck:
        return None
    return Health(
        ok=False, text=f"payments of recorded sales that were not captured: {len(stuck)}, see `genesis stripe open`"
    )
