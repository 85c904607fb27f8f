"""Payments: was the card charged? An attempt is durable before the first byte, and nothing unclear is guessed."""

from __future__ import annotations

import queue
import re
import threading
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

import msgspec
import uuid_utils

from genesis.kernel.cart import Cart, Tender, whole
from genesis.kernel.errors import GenesisError, Refused, UserError
from genesis.kernel.facts import (
    PaymentApproved,
    PaymentCancelled,
    PaymentDeclined,
    PaymentFact,
    PaymentFailed,
    PaymentStarted,
    PaymentUnknown,
)
from genesis.kernel.guardbook import GuardRefused
from genesis.kernel.guards import Balance, Guard

if TYPE_CHECKING:
    from genesis.kernel.pos import Pos

OutcomeState = Literal["approved", "partial", "declined", "cancelled", "unknown", "failed"]
FACT_OF: dict[str, type[PaymentFact]] = {
    "approved": PaymentApproved, "partial": PaymentApproved, "declined": PaymentDeclined,
    "cancelled": PaymentCancelled, "unknown": PaymentUnknown, "failed": PaymentFailed,
}  # fmt: skip

REFUNDED = "refunded"  # guard space: tender (attempt) id -> minor units of it that were given back
# What of a card may be kept and printed; anything else that a provider answers is dropped.
SLIP = {
    "brand": ("Card", r"[\w .&'-]{1,30}"), "last4": ("Number", r"\d{4}"), "app": ("Application", r"[\w .&'-]{1,30}"),
    "aid": ("AID", r"[0-9A-F]{10,32}"), "auth": ("Authorisation", r"[A-Za-z0-9]{1,12}"),
    "entry": ("Read by", r"[a-z ]{1,20}"),
}  # fmt: skip
OPEN_ENDS = frozenset({"sent", "unknown", "refused"})  # attempts that must be settled; refused: not given back


class NotSent(GenesisError):
    """Raised by a provider when nothing was sent: the attempt failed safely, no money moved."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One try to move money. id is the idempotency key; amount in minor units, negative for a refund.

    refunds: id of the attempt that a refund gives back, original: the provider's reference of it. reversal: it gives
    back a payment whose sale was never recorded.
    """

    id: str
    sale: str
    register: str
    method: str
    amount: int
    currency: str
    refunds: str = ""
    original: str = ""
    reversal: bool = False


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an attempt. details: whitelisted slip fields (brand, last4, auth ...), never card data."""

    state: OutcomeState
    amount: int = 0
    reference: str = ""
    details: dict[str, str] = {}
    reason: str = ""

    def __post_init__(self) -> None:
        whole(self.amount, "amount")


@runtime_checkable
class PaymentMethod(Protocol):
    """A way to pay that needs nobody else: cash, a voucher on paper, a stand-alone terminal.

    cash: it lies in the drawer, may give change, and cash rounding applies to it.
    """

    id: str
    title: str
    icon: str
    cash: bool


class Slip(msgspec.Struct, frozen=True, kw_only=True):
    """What is noted of a tender: a reference, and whitelisted fields for the receipt (brand, last4, auth ...)."""

    reference: str = ""
    details: dict[str, str] = {}


@runtime_checkable
class NotedMethod(PaymentMethod, Protocol):
    """A way to pay of which something must be noted, or that uses up something limited (a card's balance).

    Both are asked in the register's thread and must not block. slip may raise Confirm with fields, or refuse; guards
    go into the append of the sale, and refuse it whole. amount: minor units, negative where money goes back.
    """

    def slip(self, pos: Pos, cart: Cart, amount: int) -> Slip:
        """Return what is noted of this amount."""
        ...

    def guards(self, pos: Pos, tender: Tender) -> Sequence[Guard]:
        """Return the promises that make this tender true."""
        ...


@runtime_checkable
class PaymentProvider(PaymentMethod, Protocol):
    """A way to pay that asks somebody else. Every method runs in a worker and may block.

    start and refund raise NotSent when nothing was sent; any other error means UNKNOWN. interval and
    patience: seconds between polls, and until the provider is asked by `query` instead.
    """

    interval: float
    patience: float

    def start(self, attempt: Attempt) -> None:
        """Ask for the money (negative: give it back), with attempt.id as the idempotency key."""
        ...

    def poll(self, attempt: Attempt) -> Outcome | None:
        """Return the outcome, None while it is under way."""
        ...

    def cancel(self, attempt: Attempt) -> None:
        """Ask to stop; the outcome still comes from poll or query."""
        ...

    def query(self, attempt: Attempt) -> Outcome:
        """Ask what became of an attempt; unknown where the provider cannot say, failed where it never came."""
        ...


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
        except Exception as error:  # noqa: BLE001  anything after the first byte: nobody knows
            self._outcome = Outcome(state="unknown", reason=f"{type(error).__name__}: {error}"[:300])
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


def slip_fields(found: Mapping[str, Any]) -> dict[str, str]:
    """Return of what a provider tells about a card the fields that may be kept; more than 12 digits never are."""
    texts = {name: str(found.get(name) or "") for name in SLIP}
    return {name: text for name, text in texts.items() if re.fullmatch(SLIP[name][1], text)
            and (name == "aid" or sum(char.isdigit() for char in text) <= 12)}  # fmt: skip


def slip_rows(details: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return (label, text) of a slip for the receipt."""
    return [(label, details[name]) for name, (label, _) in SLIP.items() if name in details]


def _moved(outcome: Outcome) -> int:
    """Return the money that an outcome moved (minor units)."""
    return outcome.amount if outcome.state in {"approved", "partial"} else 0


def checked(outcome: Any, attempt: Attempt) -> Outcome:
    """Refuse an answer that cannot be true: another type, another sign, more than was asked; keep its slip alone."""
    if not isinstance(outcome, Outcome):
        raise TypeError(f"the provider answered {type(outcome).__name__}")
    if outcome.state == "approved" and outcome.amount != attempt.amount:
        raise ValueError(f"approved {outcome.amount} of {attempt.amount}")
    low, high = sorted((0, attempt.amount))
    if outcome.state == "partial" and not low < outcome.amount < high:
        raise ValueError(f"approved {outcome.amount} of {attempt.amount} in part")
    return msgspec.structs.replace(outcome, details=slip_fields(outcome.details))


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

    def start(self, sale: str, method: str, amount: int, currency: str, original: Tender | None = None) -> Run:
        """Record the attempt durably, then let the worker begin. original: the payment that is given back."""
        if self.run is not None:
            raise UserError("a payment is under way", "wait for it or cancel it")
        provider = self.provider(method)
        with self._turn:
            self.run = Run(provider, self._opened(sale, method, amount, currency, original))
        self.run.begin()
        return self.run

    def _opened(
        self, sale: str, method: str, amount: int, currency: str, original: Tender | None, *, reversal: bool = False
    ) -> Attempt:
        """Record an attempt before its first byte goes out; what it gives back is taken off its original."""
        attempt = Attempt(id=str(uuid_utils.uuid7()), sale=sale, register=self._register, method=method,
                          amount=amount, currency=currency, refunds=original.id if original else "",
                          original=original.reference if original else "", reversal=reversal)  # fmt: skip
        fact = PaymentStarted(attempt=attempt.id, sale=sale, method=method, amount=amount, currency=currency,
                              refunds=attempt.refunds, reversal=reversal)  # fmt: skip
        guards = [Balance(REFUNDED, original.id, -amount, ceiling=original.amount)] if original else []
        try:
            self._pos.journal.append(fact, guards=guards, attempts=[(attempt.id, self._register, "sent", attempt)])
        except GuardRefused as refused:
            raise Refused("this payment was given back meanwhile", "look at what is left of it", "amount") from refused
        return attempt

    def record(self, attempt: Attempt, outcome: Outcome, reason: str = "", carts: Sequence[Any] = ()) -> None:
        """Record what became of an attempt, with the carts (register, slot, cart) that it changed.

        What a refund did not give back is there to be given back again; a reversal settles the payment it is about.
        """
        if all(known.id != attempt.id for known in self.unresolved()):
            raise UserError("it is known what became of this payment", "look at the sale again", "payment")
        facts, rows = [self.fact(attempt, outcome, reason)], [self.row(attempt, outcome)]
        kept = [] if outcome.state == "unknown" else [_moved(outcome) - attempt.amount]
        guards = [Balance(REFUNDED, attempt.refunds, -rest) for rest in kept if attempt.refunds and rest]
        if attempt.reversal and kept:
            facts, rows = self._reversed(attempt, outcome, facts)
        self._pos.journal.append(*facts, guards=guards, attempts=rows, carts=carts)

    def _reversed(self, attempt: Attempt, outcome: Outcome, facts: list[PaymentFact]) -> tuple[list[Any], list[Any]]:
        body = next(row[3] for row in self._pos.journal.raw.open_attempts() if row[0] == attempt.refunds)
        if outcome.state == "approved":
            first = msgspec.convert(body["attempt"], Attempt)
            facts = [*facts, self.fact(first, Outcome(state="cancelled", reference=attempt.original,
                                                      reason="given back: no sale was recorded for it"))]  # fmt: skip
        state = "" if outcome.state == "approved" else "refused"
        return facts, [self.forget(attempt.id), (attempt.refunds, self._register, state, body)]

    def fact(self, attempt: Attempt, outcome: Outcome, reason: str = "") -> PaymentFact:
        """Return the fact of an outcome."""
        extra = {"partial": True} if outcome.state == "partial" else {}
        moved = _moved(outcome) or attempt.amount
        return FACT_OF[outcome.state](
            attempt=attempt.id, sale=attempt.sale, method=attempt.method, amount=moved, currency=attempt.currency,
            reference=outcome.reference, details=outcome.details, reason=reason or outcome.reason, **extra,
        )  # fmt: skip

    def row(self, attempt: Attempt, outcome: Outcome) -> tuple[str, str, str, Any]:
        """Return the attempt's row after an outcome: kept while money moved or nobody knows."""
        keep = {"approved": "approved", "partial": "approved", "unknown": "unknown"}.get(outcome.state, "")
        body = {"attempt": msgspec.to_builtins(attempt), "outcome": msgspec.to_builtins(outcome)}
        return attempt.id, self._register, keep, body

    def unresolved(self) -> list[Attempt]:
        """Return the attempts of this register of which nobody knows the end."""
        with self._turn:
            busy, rows = self.run.attempt.id if self.run else "", self._pos.journal.raw.open_attempts()
        return [
            msgspec.convert(body.get("attempt", body), Attempt)
            for attempt, register, state, body in rows
            if register == self._register and state in {"sent", "unknown"} and attempt != busy
        ]

    def approved(self, sale: str) -> list[tuple[Attempt, Outcome]]:
        """Return the approved attempts kept for an open sale."""
        return [
            (msgspec.convert(body["attempt"], Attempt), msgspec.convert(body["outcome"], Outcome))
            for _, register, state, body in self._pos.journal.raw.open_attempts()
            if register == self._register and state == "approved" and body["attempt"]["sale"] == sale
        ]

    def orphans(self) -> list[tuple[Attempt, Outcome]]:
        """Return the approved payments that belong to no sale and to no cart: the money must go back.

        Completing a sale drops its payments and its cart together, so what is there before and after a look at the
        carts belongs to none.
        """
        raw = self._pos.journal.raw
        before = {row[0] for row in raw.open_attempts()}
        carts = {msgspec.json.decode(body)["id"] for body in raw.open_carts(self._register).values()}
        rows = [row for row in raw.open_attempts() if row[0] in before and row[1:3] == (self._register, "approved")]
        found = [(msgspec.convert(row[3]["attempt"], Attempt), msgspec.convert(row[3]["outcome"], Outcome))
                 for row in rows]  # fmt: skip
        busy = {attempt.refunds for attempt in self.unresolved()}
        return [(a, o) for a, o in found if a.sale not in carts and a.amount > 0 and a.id not in busy]

    def reconcile(self) -> None:
        """Ask the providers about every attempt of which nobody knows the end, and give orphans back (in a worker).

        What they know waits in `found` until the register books it, in its own thread.
        """
        for attempt, outcome in self.orphans():
            original = self.tender(attempt, outcome)
            self._opened(attempt.sale, attempt.method, -outcome.amount, attempt.currency, original, reversal=True)
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
            except Exception:  # the next round asks what came of it, and sends it again under the same id
                self._pos.log.exception("payment %s could not be given back yet", attempt.refunds)
                return
            outcome = self.ask(attempt)
        if outcome.state not in {"unknown", "failed"}:
            self.record(attempt, outcome)

    def ask(self, attempt: Attempt) -> Outcome:
        """Ask the provider what became of an attempt (blocks; call it in a worker)."""
        try:
            return checked(self.provider(attempt.method).query(attempt), attempt)
        except Exception as error:  # noqa: BLE001  whatever it was, nobody knows
            return Outcome(state="unknown", reason=f"{type(error).__name__}: {error}"[:300])

    def tender(self, attempt: Attempt, outcome: Outcome) -> Tender:
        """Return the tender that an approved attempt is on a sale."""
        method = self.methods.get(attempt.method)
        return Tender(id=attempt.id, method=attempt.method, title=method.title if method else attempt.method,
                      amount=outcome.amount, tendered=outcome.amount, attempt=attempt.id, reference=outcome.reference,
                      details=outcome.details,
                      refunds={attempt.refunds: -outcome.amount} if attempt.refunds else {})  # fmt: skip

    def forget(self, attempt: str, **keep: Any) -> tuple[str, str, str, Any]:
        """Return the row that drops an attempt (its sale is complete)."""
        return attempt, self._register, "", keep
