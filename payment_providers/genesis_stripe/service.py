"""The way to pay: one payment at Stripe an attempt, shown to the reader, and its own status decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genesis import Attempt, NotSent, Outcome, slip_fields
from genesis_stripe.gateway import Gateway, key_is_kept, read, refusal, unclear
from genesis_stripe.models import ME
from genesis_stripe.refunds import GIVEN_UP, Refunds

if TYPE_CHECKING:
    from stripe import PaymentIntent

WAITS = {"requires_payment_method", "requires_confirmation", "requires_action"}  # nothing was taken
READ_BY = {"contact_emv": "chip", "contactless_emv": "contactless", "contactless_magstripe_mode": "contactless",
           "magnetic_stripe_track2": "magnetic stripe", "magnetic_stripe_fallback": "magnetic stripe"}  # fmt: skip


class StripeTerminal:
    """A reader of Stripe Terminal. Every step may be repeated: the attempt's id is the key at Stripe."""

    id = ME
    title = "Card"
    icon = "credit-card"
    cash = False
    interval = 1.0
    patience = 120.0

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._refunds = Refunds(gateway)
        self._intents: dict[str, str] = {}  # attempt -> its payment at Stripe
        self._shown: set[str] = set()  # attempts that the reader took
        self._stopped: set[str] = set()  # attempts that somebody asked to stop

    @property
    def tips(self) -> str:
        """Where a tip is said, "" for nowhere."""
        return self._gateway.rules.tips.replace("off", "")

    def start(self, attempt: Attempt) -> None:
        """Make the payment and show it to the reader; NotSent where it surely took nothing."""
        try:
            found = self._refunds.step(attempt) if attempt.amount < 0 else self._step(attempt)
        except Exception as error:
            if reason := refusal(error):
                raise NotSent(reason) from error
            if not unclear(error):
                raise
            return  # poll asks again under the same key
        if found is not None and found.state == "failed":
            raise NotSent(found.reason)

    def poll(self, attempt: Attempt) -> Outcome | None:
        """Look at the payment; what could not be asked is asked again."""
        try:
            found = self._refunds.step(attempt) if attempt.amount < 0 else self._step(attempt)
        except Exception as error:
            if not unclear(error) and not refusal(error):
                raise
            return None
        if found is not None:
            self._intents.pop(attempt.id, None)
            self._shown.discard(attempt.id)
            self._stopped.discard(attempt.id)
        return found

    def cancel(self, attempt: Attempt) -> None:
        """Let the reader stop; the payment's own status tells whether that came too late."""
        if attempt.amount < 0:
            self._refunds.cancel(attempt)
        else:
            self._stopped.add(attempt.id)
            self._stop_reader(self._intents.get(attempt.id, ""))

    def query(self, attempt: Attempt) -> Outcome:
        """Find out how an attempt ended; one that still waits for a card is ended, so that nothing can come of it."""
        if attempt.amount < 0:
            return self._refunds.query(attempt)
        intent = self._intent(attempt) if key_is_kept(attempt.id) else self._gateway.look_for(attempt)
        if intent is None:
            return Outcome(state="failed", reason="Stripe never got it")
        found = outcome_of(attempt, intent, self._gateway.rules.over_capture)
        if found is None and intent.status in WAITS:
            self._stop_reader(intent.id)
            found = self._ended(attempt, intent.id, "cancelled", "no card was charged")
        return found or Outcome(state="unknown", reason=f"Stripe says: {intent.status}")

    def _step(self, attempt: Attempt) -> Outcome | None:
        intent = self._intent(attempt)
        found = outcome_of(attempt, intent, self._gateway.rules.over_capture)
        if found is None and intent.status in WAITS:
            found = self._at_reader(attempt, intent.id)
        return found

    def _intent(self, attempt: Attempt) -> PaymentIntent:
        known = self._intents.get(attempt.id)
        intent = self._gateway.intent(known) if known else self._gateway.create(attempt)
        self._intents[attempt.id] = intent.id
        if not known and intent.status in WAITS:  # what is answered to a repeated key is as it was then
            intent = self._gateway.intent(intent.id)
        return intent

    def _at_reader(self, attempt: Attempt, intent: str) -> Outcome | None:
        """Show a payment to the reader, or look what the reader says of it."""
        action: Any = self._gateway.reader().action
        mine = _shows(action, intent)
        if mine:
            self._shown.add(attempt.id)
        if mine and action.status == "failed":
            code = action.failure_code or "declined"
            state = "cancelled" if code in GIVEN_UP else "declined"
            return self._ended(attempt, intent, state, action.failure_message or code)
        if attempt.id in self._stopped:
            if mine and action.status == "in_progress":
                self._stop_reader(intent)
                return None
            return self._ended(attempt, intent, "cancelled", "it was cancelled at the till")
        if mine:
            return None
        if attempt.id in self._shown:
            return self._ended(attempt, intent, "cancelled", "the reader stopped it")
        return self._show(attempt, intent)

    def _show(self, attempt: Attempt, intent: str) -> Outcome | None:
        try:
            self._gateway.present(intent, attempt.amount if attempt.asks else 0)
        except Exception as error:
            reason = refusal(error)
            if not reason or reason == "Stripe cannot be reached":
                raise
            return self._ended(attempt, intent, "failed", reason)
        self._shown.add(attempt.id)
        return None

    def _stop_reader(self, intent: str) -> None:
        """Let the reader stop where it shows this payment; it may not be reachable, the payment is ended anyway."""
        try:
            action: Any = self._gateway.reader().action
            if _shows(action, intent) and action.status == "in_progress":
                self._gateway.release()
        except Exception as error:
            if not unclear(error) and not refusal(error):
                raise

    def _ended(self, attempt: Attempt, intent: str, state: Any, reason: str) -> Outcome | None:
        """End a payment at Stripe and say so; if it took the money meanwhile, that is the outcome."""
        found = self._gateway.void(intent)
        if found.status == "canceled":
            return Outcome(state=state, reference=intent, reason=reason)
        return outcome_of(attempt, found, self._gateway.rules.over_capture)


def _shows(action: Any, intent: str) -> bool:
    """Tell whether a reader's action is about this payment."""
    return (
        action is not None
        and action.type == "process_payment_intent"
        and action.process_payment_intent.payment_intent == intent
    )


def outcome_of(attempt: Attempt, intent: PaymentIntent, over: int = 0) -> Outcome | None:
    """Return what a payment's status means; None while nothing is decided. ValueError for a payment of another.

    over: percent of the authorisation that may be captured on top of it.
    """
    if read(intent, "metadata", "attempt") != attempt.id or intent.currency != attempt.currency.lower():
        raise ValueError(f"{intent.id} is not the payment of this attempt")
    if intent.status == "canceled":
        return Outcome(state="cancelled", reference=intent.id, reason=intent.cancellation_reason or "")
    if intent.status not in {"requires_capture", "succeeded"}:
        return None
    held = intent.status == "requires_capture"
    amount = (intent.amount_capturable if held else intent.amount_received) or 0
    tip = (read(intent, "amount_details", "tip", "amount") or 0) if attempt.asks else attempt.tip
    state: Any = "approved" if amount - tip == attempt.amount - attempt.tip else "partial"
    return Outcome(state=state, amount=amount, reference=intent.id, details=_slip(intent), tip=tip,
                   most=amount + amount * over // 100 if held and over and _more(intent) else 0)  # fmt: skip


def _more(intent: PaymentIntent) -> bool:
    """Tell whether more may be captured than was authorised."""
    card = read(intent, "latest_charge", "payment_method_details", "card_present")
    return bool(read(card, "overcapture_supported"))


def _slip(intent: PaymentIntent) -> dict[str, str]:
    how = read(intent, "latest_charge", "payment_method_details")
    card = read(how, "card_present") or read(how, "interac_present")
    return slip_fields({
        "brand": (read(card, "brand") or "").replace("_", " ").title(), "last4": read(card, "last4"),
        "entry": READ_BY.get(read(card, "read_method")),
        "app": read(card, "receipt", "application_preferred_name"), "aid": read(card, "receipt", "dedicated_file_name"),
        "auth": read(card, "receipt", "authorization_code"),
    })  # fmt: skip
