"""Giving back: a refund of what was captured, or the end of what was only authorised; never more than there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genesis import Attempt, Outcome
from genesis_stripe.gateway import Gateway, key_is_kept, read, refusal, unclear

if TYPE_CHECKING:
    from stripe import PaymentIntent, Refund

OPEN = {"requires_capture", "requires_payment_method", "requires_confirmation", "requires_action"}

NO_CARD = "an Interac payment goes back only with its card at the reader"
GIVEN_UP = {"customer_canceled", "canceled", "action_canceled", "timeout", "terminal_reader_timeout"}

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
        self._shown: set[str] = set()  # attempts for which the reader asks for the card

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
        if _by_card(intent):
            return self._at_reader(attempt)
        return _outcome(attempt, self._gateway.refund(attempt))

    def query(self, attempt: Attempt) -> Outcome:
        """Find out what was given back; a refund that may still be on its way is asked for again, under its key."""
        intent = self._original(attempt)
        if intent.status == "canceled":
            return _ended(attempt, intent)
        known = self._gateway.refund_of(attempt)
        if known is None and _by_card(intent) and attempt.reversal:
            return Outcome(state="declined", reason=NO_CARD)
        if known is None and _by_card(intent):
            self.cancel(attempt)  # nothing can come of it any more, then it is asked again
            known = self._gateway.refund_of(attempt)
            return (_outcome(attempt, known) if known else None) or Outcome(state="failed", reason=NO_CARD)
        if known is None and (attempt.reversal or not key_is_kept(attempt.id)):
            return Outcome(state="failed", reason="Stripe never got it")
        found = _outcome(attempt, known) if known else self.step(attempt)
        return found or Outcome(state="unknown", reason=f"Stripe says: {intent.status}")

    def cancel(self, attempt: Attempt) -> None:
        """Let the reader stop asking for the card of a refund."""
        action: Any = self._gateway.reader().action
        if _refunds(action, attempt) and action.status == "in_progress":
            self._gateway.release()

    def _at_reader(self, attempt: Attempt) -> Outcome | None:
        """Ask for the card that an Interac refund needs, or look what came of it; the refund itself decides."""
        if attempt.reversal:
            return Outcome(state="declined", reason=NO_CARD)
        action: Any = self._gateway.reader().action
        mine = _refunds(action, attempt)
        known = self._gateway.refund_of(attempt)
        if known is not None:
            return _outcome(attempt, known)
        if mine and action.status != "failed":
            return None
        if mine:
            state: Any = "cancelled" if action.failure_code in GIVEN_UP else "declined"
            return Outcome(state=state, reason=action.failure_message or action.failure_code or "")
        if attempt.id in self._shown:
            return Outcome(state="cancelled", reason="the reader stopped it")
        try:
            self._gateway.refund_by_card(attempt)
        except Exception as error:
            if unclear(error) or not refusal(error):
                raise
            return Outcome(state="failed", reason=refusal(error))
        self._shown.add(attempt.id)
        return None

    def _original(self, attempt: Attempt) -> PaymentIntent:
        if not attempt.original.startswith("pi_"):
            raise ValueError("a refund must name the payment that it gives back")
        intent = self._gateway.intent(attempt.original)
        if intent.currency != attempt.currency.lower():
            raise ValueError(f"{intent.id} is in another currency")
        return intent


def _by_card(intent: PaymentIntent) -> bool:
    """Tell whether a payment can only go back with its card: https://docs.stripe.com/terminal/features/refunds."""
    return bool(read(intent, "latest_charge", "payment_method_details", "type") == "interac_present")


def _refunds(action: Any, attempt: Attempt) -> bool:
    """Tell whether a reader's action is this refund."""
    about = read(action, "refund_payment")
    return bool(read(action, "type") == "refund_payment" and read(about, "metadata", "attempt") == attempt.id)


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
