"""Takes for good what was authorised, once its sale is recorded."""

from __future__ import annotations

from genesis import Entry, Fact, SaleCompleted, Tender
from genesis_stripe.gateway import Gateway, refusal
from genesis_stripe.models import StripeCaptured, StripeNotCaptured
from genesis_stripe.payments import PAYMENTS


def capture_sale(gateway: Gateway, entry: Entry) -> list[Fact]:
    """Capture what a sale took by card; raises where Stripe cannot be asked, so that it is tried again."""
    return [_capture(gateway, sale, tender) for sale, tender in PAYMENTS.taken(entry)]


def _capture(gateway: Gateway, sale: SaleCompleted, tender: Tender) -> Fact:
    about = {"sale": sale.sale, "attempt": tender.attempt, "reference": tender.reference, "currency": sale.currency}
    try:
        intent = gateway.capture(tender.reference, tender.tendered)
    except Exception as error:
        import stripe

        if not isinstance(error, stripe.InvalidRequestError) or not refusal(error):
            raise
        return StripeNotCaptured(**about, amount=tender.tendered, reason=refusal(error))
    if intent.status == "succeeded" and intent.amount_received == tender.tendered:
        return StripeCaptured(**about, amount=tender.tendered)
    if intent.status in {"processing", "requires_capture"}:
        raise RuntimeError(f"{intent.id} is still {intent.status}")
    reason = f"{intent.status}, {intent.amount_received} of {tender.tendered} taken"
    return StripeNotCaptured(**about, amount=tender.tendered, reason=reason)
