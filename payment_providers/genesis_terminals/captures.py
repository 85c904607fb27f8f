"""What sales took by a provider's cards until it is taken for good: the table behind `open` and the health line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text, select

from genesis import Entry, Fact, Health, Pos, Projection, SaleCompleted, Tender, UserError, ViewDb

AUTHORISED, REFUSED, CAPTURED, FAILED, SETTLED = "authorised", "refused", "captured", "failed", "settled"
ORDER = (AUTHORISED, REFUSED, CAPTURED, FAILED, SETTLED)  # what came later stands, in whatever order it is heard
LATE = timedelta(hours=12)  # authorisations are let go after some days
FOREVER = 1_000_000  # tries: what was sold must be captured, however long the provider cannot be reached


class CaptureFact(Fact, frozen=True, kw_only=True):
    """What became of the money that a sale took by a card (minor units)."""

    sale: str
    attempt: str
    reference: str
    amount: int
    currency: str


def payment_table(method: str) -> Table:
    """Return the table of a provider's payments; its plugin's migration makes it."""
    return Table(
        f"{method}_payment", MetaData(),
        Column("attempt", Text, primary_key=True),
        Column("number", Text, nullable=False),
        Column("at", Text, nullable=False),
        Column("reference", Text, nullable=False),
        Column("amount", BigInteger, nullable=False),
        Column("currency", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Index(f"{method}_payment_state", "state", "at"),
        sqlite_with_rowid=False,
    )  # fmt: skip


class Captures:
    """The payments of one provider. held: whether a tender's money is only held until it is captured.

    states: fact kind -> what it makes of a payment; failed: the attempt of which a fact says that its capture failed.
    """

    def __init__(
        self, method: str, states: dict[str, str], settled: Callable[[str, str, str], Fact],
        held: Callable[[Tender], bool], failed: dict[str, Callable[[Any], str]] | None = None,
    ) -> None:  # fmt: skip
        self.method, self.table = method, payment_table(method)
        self._settled, self._held = settled, held
        handlers = {"sale.completed": self._sold} | {kind: self._became(state) for kind, state in states.items()}
        handlers |= {kind: self._gone_wrong(about) for kind, about in (failed or {}).items()}
        self.projection = Projection(name=f"{method}_payment", tables=(self.table,), rank=60, version=2,
                                     handlers=handlers)  # fmt: skip

    def taken(self, entry: Entry) -> list[tuple[SaleCompleted, Tender]]:
        """Return the payments of a sale that have to be captured now."""
        sale = entry.fact
        if not isinstance(sale, SaleCompleted):
            return []
        mine = [tender for tender in sale.tenders if tender.method == self.method and tender.amount > 0]
        return [(sale, tender) for tender in mine if tender.reference and self._held(tender)]

    def open(self, pos: Pos) -> list[Any]:
        """Return the payments of recorded sales whose money was not handed over, the oldest first."""
        sold = self.table.c.number != ""  # a failure can be told of what no sale took
        wanted = select(self.table).where(sold, self.table.c.state.in_((AUTHORISED, REFUSED, FAILED)))
        return pos.db.all(wanted.order_by(self.table.c.at, self.table.c.attempt))

    def settle(self, pos: Pos, reference: str, reason: str) -> None:
        """Note that somebody looked into a payment that was not captured, and what came of it."""
        pos.permissions.require("register.decide_payment", reference)
        found = next((row for row in self.open(pos) if row.reference == reference and row.state != AUTHORISED), None)
        if found is None:
            see = f"see `genesis {self.method} open`"
            raise UserError(f"reference: no payment {reference!r} was refused", see, "reference")
        if not reason.strip():
            raise UserError("why: it is needed", "say what came of it: --why TEXT", "why")
        pos.journal.append(self._settled(found.attempt, reference, reason.strip()[:200]))

    def health(self, pos: Pos) -> Health | None:
        """Say where money of recorded sales is not on its way; None where all is."""
        late = (pos.clock.now().astimezone(UTC) - LATE).isoformat()
        stuck = [row for row in self.open(pos) if row.state != AUTHORISED or row.at < late]
        if not stuck:
            return None
        text = f"payments of recorded sales that were not captured: {len(stuck)}, see `genesis {self.method} open`"
        return Health(ok=False, text=text)

    # -- what facts say

    def _put(self, db: ViewDb, attempt: str, state: str, **known: Any) -> None:
        found = next(iter(db.find(self.table, [{"attempt": attempt}])), None)
        row = dict(found or {"attempt": attempt, "state": AUTHORISED, "amount": 0}
                   | dict.fromkeys(("number", "at", "reference", "currency", "reason"), ""))  # fmt: skip
        later = ORDER.index(state) > ORDER.index(row["state"])
        if "reason" in known and not later:
            known.pop("reason")
        db.upsert(self.table, [row | known | {"state": state if later else row["state"]}])

    def _sold(self, db: ViewDb, entry: Entry) -> None:
        for sale, tender in self.taken(entry):
            self._put(db, tender.attempt, AUTHORISED, number=sale.number, at=entry.at, reference=tender.reference,
                      amount=tender.tendered, currency=sale.currency)  # fmt: skip

    def _became(self, state: str) -> Callable[[ViewDb, Entry], None]:
        def handle(db: ViewDb, entry: Entry) -> None:
            if isinstance(entry.fact, Fact):
                fact: Any = entry.fact
                self._put(db, fact.attempt, state, reason=getattr(fact, "reason", ""))

        return handle

    def _gone_wrong(self, about: Callable[[Any], str]) -> Callable[[ViewDb, Entry], None]:
        def handle(db: ViewDb, entry: Entry) -> None:
            attempt = about(entry.fact)
            if attempt:
                self._put(db, attempt, FAILED, reason="the capture failed afterwards")

        return handle


def payment_row(row: Any, amount: str) -> dict[str, str]:
    """Return an open payment as a command lists it."""
    return {"reference": row.reference, "receipt": row.number, "at": row.at[:16], "state": row.state,
            "amount": f"{amount} {row.currency}", "reason": row.reason}  # fmt: skip
