"""Payments: was the card charged? An attempt is durable before the first byte, and nothing unclear is guessed."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import uuid_utils

from genesis.kernel import facts as f
from genesis.kernel.cart import Cart, Tender
from genesis.kernel.errors import RAISED, Refused, UserError
from genesis.kernel.givenback import REFUNDED, given_back, tip_of
from genesis.kernel.guardbook import GuardRefused
from genesis.kernel.guards import Balance, Guard
from genesis.kernel.providers import (
    MOST_WORDS,
    Attempt,
    NotSent,
    Outcome,
    PaymentMethod,
    PaymentProvider,
    TippedMethod,
    checked,
    moved_by,
)

if TYPE_CHECKING:
    from genesis.kernel.pos import Pos

FACT_OF: dict[str, type[f.PaymentFact]] = {
    "approved": f.PaymentApproved, "partial": f.PaymentApproved, "declined": f.PaymentDeclined,
    "cancelled": f.PaymentCancelled, "unknown": f.PaymentUnknown, "failed": f.PaymentFailed,
}  # fmt: skip

OPEN_ENDS = frozenset({"sent", "unknown", "refused"})  # attempts that must be settled; refused: not given back


class Run:
    """One attempt under way in a worker."""

    def __init__(self, provider: PaymentProvider, attempt: Attempt) -> None:
        self.provider, self.attempt = provider, attempt
        self._outcome: Outcome | None = None
        self._cancel = threading.Event()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"payment {attempt.id}", daemon=True)

    def begin(self) -> None:
        """Start the worker."""
        self._thread.start()

    def cancel(self) -> None:
        """Ask the provider to stop; the outcome decides."""
        self._cancel.set()

    def outcome(self, seconds: float = 0) -> Outcome | None:
        """Return what became of it, waiting at most so long; None while it is under way."""
        self._done.wait(seconds)
        return self._outcome

    def _work(self) -> None:
        try:
            self._outcome = self._drive()
        except NotSent as error:
            self._outcome = Outcome(state="failed", reason=str(error))
        except RAISED as error:  # anything after the first byte: nobody knows
            self._outcome = Outcome(state="unknown", reason=f"{type(error).__name__}: {error}"[:MOST_WORDS])
        finally:
            self._done.set()

    def _drive(self) -> Outcome:
        self.provider.start(self.attempt)
        end = time.monotonic() + self.provider.patience
        asked = False
        while time.monotonic() < end:
            found = self.provider.poll(self.attempt)
            if found is not None:
                return checked(found, self.attempt)
            if self._cancel.wait(self.provider.interval) and not asked:
                asked = True
                self.provider.cancel(self.attempt)
            if asked:
                time.sleep(self.provider.interval)
        return checked(self.provider.query(self.attempt), self.attempt)


class Payments:
    """The attempts of one register: started, settled, and never forgotten."""

    def __init__(self, pos: Pos, register: str, methods: dict[str, PaymentMethod]) -> None:
        self._pos, self._register, self.methods = pos, register, methods
        self.run: Run | None = None
        self.found: queue.SimpleQueue[tuple[Attempt, Outcome]] = queue.SimpleQueue()
        self._turn = threading.Lock()  # nobody asks about an attempt between its record and its run

    def provider(self, method: str) -> PaymentProvider:
        """Return a method's provider; UserError where it is gone."""
        found = self.methods.get(method)
        if not isinstance(found, PaymentProvider):
            raise UserError(f"the payment method {method} is not available", "enable its plugin", "method")
        return found

    def start(self, sale: str, tender: Tender, currency: str, original: Tender | None = None) -> Run:
        """Record the attempt at a tender durably, then let the worker begin. original: the payment it gives back."""
        if self.run is not None:
            raise UserError("a payment is under way", "wait for it or cancel it")
        provider = self.provider(tender.method)
        asks = tender.amount > 0 and isinstance(provider, TippedMethod) and provider.tips == "reader"
        attempt = Attempt(id=str(uuid_utils.uuid7()), sale=sale, register=self._register, method=tender.method,
                          amount=tender.tendered, currency=currency, tip=tender.tip, asks=asks)  # fmt: skip
        with self._turn:
            self.run = Run(provider, self._opened(attempt, original))
        self.run.begin()
        return self.run

    def _opened(self, attempt: Attempt, original: Tender | None) -> Attempt:
        """Record an attempt before its first byte goes out; what it gives back is taken off its original."""
        guards: list[Guard] = []
        if original is not None:
            attempt = msgspec.structs.replace(attempt, refunds=original.id, original=original.reference)
            ceilings = {original.id: original.amount, tip_of(original.id): original.tip}
            parts = given_back(attempt.refunds, attempt.amount, attempt.tip)
            guards = [Balance(REFUNDED, key, part, ceiling=ceilings[key]) for key, part in parts.items()]
        fact = f.PaymentStarted(attempt=attempt.id, sale=attempt.sale, method=attempt.method, amount=attempt.amount,
                              tip=attempt.tip, currency=attempt.currency, refunds=attempt.refunds,
                              reversal=attempt.reversal)  # fmt: skip
        try:
            self._pos.journal.append(fact, guards=guards, attempts=[(attempt.id, self._register, "sent", attempt)])
        except GuardRefused as refused:
            raise Refused("this payment was given back meanwhile", "look at what is left of it", "amount") from refused
        return attempt

    def record(self, attempt: Attempt, outcome: Outcome, reason: str = "", carts: Sequence[Any] = ()) -> None:
        """Record what became of an attempt, with the carts (register, slot, cart) that it changed.

        What a refund did not give back is there to be given back again; a reversal settles the payment it is about.
        """
        if not self.unresolved(attempt.id):
            raise UserError("it is known what became of this payment", "look at the sale again", "payment")
        facts, rows = [self.fact(attempt, outcome, reason)], [self.row(attempt, outcome)]
        known, guards = outcome.state != "unknown", []
        if known and attempt.refunds:
            tip = outcome.tip if moved_by(outcome) else 0
            rest = given_back(attempt.refunds, attempt.amount - moved_by(outcome), attempt.tip - tip)
            guards = [Balance(REFUNDED, key, -part) for key, part in rest.items()]
        if attempt.reversal and known:
            facts, rows = self._reversed(attempt, outcome, facts)
        self._pos.journal.append(*facts, guards=guards, attempts=rows, carts=carts)

    def _reversed(self, attempt: Attempt, outcome: Outcome, facts: list[f.PaymentFact]) -> tuple[list[Any], list[Any]]:
        body = self._pos.journal.raw.open_attempts(attempt.refunds)[0][3]
        if outcome.state == "approved":
            first = msgspec.convert(body["attempt"], Attempt)
            facts = [*facts, self.fact(first, Outcome(state="cancelled", reference=attempt.original,
                                                      reason="given back: no sale was recorded for it"))]  # fmt: skip
        state = "" if outcome.state == "approved" else "refused"
        return facts, [self.forget(attempt.id), (attempt.refunds, self._register, state, body)]

    def fact(self, attempt: Attempt, outcome: Outcome, reason: str = "") -> f.PaymentFact:
        """Return the fact of an outcome."""
        extra = {"partial": True} if outcome.state == "partial" else {}
        moved = moved_by(outcome) or attempt.amount
        return FACT_OF[outcome.state](
            attempt=attempt.id, sale=attempt.sale, method=attempt.method, amount=moved, currency=attempt.currency,
            tip=outcome.tip if moved_by(outcome) else attempt.tip, reference=outcome.reference, details=outcome.details,
            reason=reason or outcome.reason, **extra,
        )  # fmt: skip

    def row(self, attempt: Attempt, outcome: Outcome) -> tuple[str, str, str, Any]:
        """Return the attempt's row after an outcome: kept while money moved or nobody knows."""
        keep = {"approved": "approved", "partial": "approved", "unknown": "unknown"}.get(outcome.state, "")
        body = {"attempt": msgspec.to_builtins(attempt), "outcome": msgspec.to_builtins(outcome)}
        return attempt.id, self._register, keep, body

    def unresolved(self, one: str = "") -> list[Attempt]:
        """Return the attempts of this register of which nobody knows the end, or one of them by its id."""
        with self._turn:
            busy, rows = self.run.attempt.id if self.run else "", self._pos.journal.raw.open_attempts(one)
        return [
            msgspec.convert(body.get("attempt", body), Attempt)
            for attempt, register, state, body in rows
            if register == self._register and state in {"sent", "unknown"} and attempt != busy
        ]

    def unclear(self, sale: str) -> bool:
        """Tell whether nobody knows the end of a payment of this sale."""
        return any(attempt.sale == sale for attempt in self.unresolved())

    def take_out(self, cart: Cart, tender: Tender, reason: str, carts: Sequence[Any]) -> None:
        """Record why a tender that was charged is taken out of its cart; what a provider took is to be given back."""
        fact = f.PaymentTakenOut(attempt=tender.attempt or tender.id, sale=cart.id, method=tender.method,
                               tip=tender.tip, amount=tender.tendered, currency=cart.currency,
                               reference=tender.reference, reason=reason)  # fmt: skip
        known = self._pos.journal.raw.open_attempts(tender.attempt) if tender.attempt else ()
        rows = [(*row[:2], "back", row[3]) for row in known]
        self._pos.journal.append(fact, attempts=rows, carts=carts)

    def approved(self, sale: str) -> list[tuple[Attempt, Outcome]]:
        """Return the approved attempts kept for an open sale."""
        return [
            (msgspec.convert(body["attempt"], Attempt), msgspec.convert(body["outcome"], Outcome))
            for _, register, state, body in self._pos.journal.raw.open_attempts()
            if register == self._register and state == "approved" and body["attempt"]["sale"] == sale
        ]

    def orphans(self) -> list[tuple[Attempt, Outcome]]:
        """Return the approved payments that belong to no sale and no cart, or were taken out: the money goes back.

        Completing a sale drops its payments and its cart together, so what is there before and after a look at the
        carts belongs to none.
        """
        raw = self._pos.journal.raw
        before = {row[0] for row in raw.open_attempts()}
        carts = {msgspec.json.decode(body)["id"] for body in raw.open_carts(self._register).values()}
        rows = [row for row in raw.open_attempts() if row[0] in before and row[1] == self._register]
        found = [(row[2], msgspec.convert(row[3]["attempt"], Attempt), msgspec.convert(row[3]["outcome"], Outcome))
                 for row in rows if row[2] in {"approved", "back"}]  # fmt: skip
        busy = {attempt.refunds for attempt in self.unresolved()}
        return [(a, o) for state, a, o in found
                if (state == "back" or a.sale not in carts) and a.amount > 0 and a.id not in busy]  # fmt: skip

    def reconcile(self) -> None:
        """Ask the providers about every attempt of which nobody knows the end, and give orphans back (in a worker).

        What they know waits in `found` until the register books it, in its own thread.
        """
        for attempt, outcome in self.orphans():
            original = self.tender(attempt, outcome)
            self._opened(
                Attempt(id=str(uuid_utils.uuid7()), sale=attempt.sale, register=self._register, method=attempt.method,
                        amount=-outcome.amount, currency=attempt.currency, reversal=True, tip=-outcome.tip),
                original,
            )  # fmt: skip
        for attempt in self.unresolved():
            if attempt.reversal:
                self._give_back(attempt)
            elif (outcome := self.ask(attempt)).state != "unknown":
                self.found.put((attempt, outcome))

    def _give_back(self, attempt: Attempt) -> None:
        """Send a reversal, where the provider never got it, and record what became of it."""
        outcome = self.ask(attempt)
        if outcome.state == "failed":
            try:
                self.provider(attempt.method).start(attempt)
            except RAISED:  # the next round asks what came of it, and sends it again under the same id
                self._pos.log.exception("payment %s could not be given back yet", attempt.refunds)
                return
            outcome = self.ask(attempt)
        if outcome.state not in {"unknown", "failed"}:
            self.record(attempt, outcome)

    def ask(self, attempt: Attempt) -> Outcome:
        """Ask the provider what became of an attempt (blocks; call it in a worker)."""
        try:
            return checked(self.provider(attempt.method).query(attempt), attempt)
        except RAISED as error:  # whatever it was, nobody knows
            return Outcome(state="unknown", reason=f"{type(error).__name__}: {error}"[:MOST_WORDS])

    def tender(self, attempt: Attempt, outcome: Outcome) -> Tender:
        """Return the tender that an approved attempt is on a sale."""
        method = self.methods.get(attempt.method)
        back = given_back(attempt.refunds, outcome.amount, outcome.tip) if attempt.refunds else {}
        return Tender(id=attempt.id, method=attempt.method, title=method.title if method else attempt.method,
                      amount=outcome.amount - outcome.tip, tendered=outcome.amount, tip=outcome.tip, most=outcome.most,
                      attempt=attempt.id, reference=outcome.reference, details=outcome.details,
                      refunds=back)  # fmt: skip

    def forget(self, attempt: str, **keep: Any) -> tuple[str, str, str, Any]:
        """Return the row that drops an attempt (its sale is complete)."""
        return attempt, self._register, "", keep


def ended_without(attempt: Attempt, outcome: Outcome) -> Refused:
    """Return what is said where a payment or a refund did not end with money that surely moved."""
    back, unknown = attempt.amount < 0, outcome.state == "unknown"
    words = {
        "declined": "was declined",
        "cancelled": "was cancelled",
        "failed": "could not be started",
        "unknown": "has an unknown outcome: the customer may have been charged",
    }[outcome.state]
    if back and unknown:
        words = "has an unknown outcome: the money may have gone back"
    why = outcome.reason or "no reason given"
    remedy = "try it again, or give it back another way if you may" if back else "pay another way"
    remedy = "ask the provider again or let a manager decide" if unknown else remedy
    return Refused(f"the refund {words} ({why})" if back else f"the payment {words} ({why})", remedy, "payment")
