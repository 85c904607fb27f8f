"""What a way to pay is: values and protocols between the register and who moves the money."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

import msgspec

from genesis.kernel.cart import Cart, Tender, whole
from genesis.kernel.errors import GenesisError
from genesis.kernel.guards import Guard
from genesis.kernel.slips import slip_fields

if TYPE_CHECKING:
    from genesis.kernel.pos import Pos

MOST_WORDS = 300  # characters of a reason
OutcomeState = Literal["approved", "partial", "declined", "cancelled", "unknown", "failed"]


class NotSent(GenesisError):
    """Raised by a provider when nothing was sent: the attempt failed safely, no money moved."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One try to move money. id is the idempotency key; amount in minor units, negative for a refund.

    refunds: id of the attempt that a refund gives back, original: the provider's reference of it. reversal: it gives
    back a payment whose sale was never recorded. tip: of the amount, what is a tip; asks: the device asks the customer
    for one, which comes on top.
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
    tip: int = 0
    asks: bool = False


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an attempt. details: whitelisted slip fields (brand, last4, auth ...), never card data.

    details["signature"] = "asked": the customer must sign, and the cashier says whether it is right before the sale is.

    amount: all the money that moved; tip: of it. most: up to how much can still be captured, 0 where it is taken.
    """

    state: OutcomeState
    amount: int = 0
    reference: str = ""
    details: dict[str, str] = {}
    reason: str = ""
    tip: int = 0
    most: int = 0

    def __post_init__(self) -> None:
        for name in ("amount", "tip", "most"):
            whole(getattr(self, name), name)


@runtime_checkable
class PaymentMethod(Protocol):
    """A way to pay that needs nobody else: cash, a voucher on paper, a stand-alone terminal.

    cash: it lies in the drawer, may give change, and cash rounding applies to it.
    """

    id: str
    title: str
    icon: str
    cash: bool


@runtime_checkable
class TippedMethod(PaymentMethod, Protocol):
    """A way to pay that takes tips.

    tips: "till" (said before it is charged), "reader" (the customer is asked), "after" (once it is authorised, before
    the sale is recorded), "".
    """

    tips: str


@runtime_checkable
class KeptMethod(PaymentMethod, Protocol):
    """A way to pay of which more than is due may be offered. keeps: what is too much stays where it was (on a card)."""

    keeps: bool


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


def moved_by(outcome: Outcome) -> int:
    """Return the money that an outcome moved (minor units)."""
    return outcome.amount if outcome.state in {"approved", "partial"} else 0


def checked(answer: Any, attempt: Attempt) -> Outcome:
    """Refuse an answer that cannot be true: another type, another sign, more than was asked; keep its slip alone."""
    if not isinstance(answer, Outcome):
        raise TypeError(f"the provider answered {type(answer).__name__}")
    try:
        told = msgspec.to_builtins(answer) | {"details": slip_fields(answer.details)}
        outcome: Outcome = msgspec.convert(told, Outcome)  # it is kept for ever, and must be read again
    except (msgspec.MsgspecError, TypeError) as error:
        raise TypeError(f"the provider answered what does not fit: {error}") from error
    goods, tip = attempt.amount - attempt.tip, attempt.tip if outcome.amount == attempt.amount else outcome.tip
    if outcome.state == "approved" and (outcome.amount - tip != goods or not _may_tip(attempt, tip)):
        raise ValueError(f"approved {outcome.amount} of {attempt.amount}")
    low, high = sorted((0, attempt.amount))
    if outcome.state == "partial":
        if not low < outcome.amount < high:
            raise ValueError(f"approved {outcome.amount} of {attempt.amount} in part")
        tip = max(outcome.amount - goods, 0) if goods > 0 else min(outcome.amount - goods, 0)  # the goods come first
    tip = tip if moved_by(outcome) else 0
    return msgspec.structs.replace(outcome, reason=outcome.reason[:MOST_WORDS], tip=tip)


def _may_tip(attempt: Attempt, tip: int) -> bool:
    """Tell whether a tip is what was asked for; a device that asks, or shows one, may be told another."""
    return tip == attempt.tip or (tip >= 0 and attempt.amount > 0 and (attempt.asks or attempt.tip > 0))
