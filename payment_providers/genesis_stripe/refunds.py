"""Giving back: a refund of what was captured, or the end of what was only authorised; never more than there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genesis import Attempt, Outcome
from genesis_stripe.gateway import Gateway, key_is_kept

if TYPE_CHECKING:
    from stripe import PaymentIntent, Refund

OPEN = {"requires_capture", "requires_payment_method", "requires_confirmation", "requires_action"}

WHY = {
    "expired_or_canceled_card": "the card has expired or is closed",
    "lost_or_stolen_card": "the card was reported lost or stolen",
    "insufficient_funds": "the store's balance at Stripe does not cover it",
    "declined": "the card's bank refuses it",
}


class Refunds:
    """Attempts with a negative amount; attempt.original is the payment at Stripe that they give back."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def step(self, attempt: Attempt) -> Outcome | None:
        """Give back, or look what came of it; repeated under the same key it is done once."""
        intent = self._original(attempt)
        if attempt.reversal and intent.status in OPEN:
            intent = self._gateway.void(intent.id)
        if intent.status == "canceled":
            return _ended(attempt, intent)
        if intent.status == "requires_capture":  # its sale is recorded, only the capture is late
            intent = self._gateway.capture(intent.id, intent.amount_capturable or 0)
        if intent.status != "succeeded":
            return None
        return _outcome(attempt, self._gateway.refund(attempt))

    def query(self, attempt: Attempt) -> Outcome:
        """Find out what was given back; a refund that may still be on its way is asked for again, under its key."""
        intent = self._original(attempt)
        if intent.status == "canceled":
            return _ended(attempt, intent)
        known = self._gateway.refund_of(attempt)
        if known is None and (attempt.reversal or not key_is_kept(attempt.id)):
            return Outcome(state="failed", reason="Stripe never got it")
        found = _outcome(attempt, known) if known else self.step(attempt)
        return found or Outcome(state="unknown", reason=f"Stripe says: {intent.status}")

    def _original(self, attempt: Attempt) -> PaymentIntent:
        if not attempt.original.startswith("pi_"):
            raise ValueError("a refund must name the payment that it gives back")
        intent = self._gateway.intent(attempt.original)
        if intent.currency != attempt.currency.lower():
            raise ValueError(f"{intent.id} is in another currency")
        return intent


def _ended(attempt: Attempt, intent: PaymentIntent) -> Outcome:
    """Return what it means that a payment was ended: for a reversal all that was wanted, else nothing to give back."""
    if attempt.reversal:
        return Outcome(state="approved", amount=attempt.amount, reference=intent.id)
    return Outcome(state="declined", reason="that payment was never taken")


def _outcome(attempt: Attempt, refund: Refund) -> Outcome | None:
    if refund.currency != attempt.currency.lower() or refund.payment_intent != attempt.original:
        raise ValueError(f"{refund.id} is not the refund of this attempt")
    if refund.status in {"succeeded", "pending"}:
        return Outcome(state="approved", amount=-refund.amount, reference=refund.id)
    if refund.status in {"failed", "canceled"}:
        why = refund.failure_reason or refund.status or ""
        return Outcome(state="declined", reference=refund.id, reason=WHY.get(why, why))
    return None
