"""Takes for good what was authorised, once its sale is recorded."""

from __future__ import annotations

from genesis import Entry, Fact, SaleCompleted, Tender
from genesis_stripe.gateway import Gateway, refusal
from genesis_stripe.models import ME, StripeCaptured, StripeNotCaptured


def capture_sale(gateway: Gateway, entry: Entry) -> list[Fact]:
    """Capture what a sale took by card; raises where Stripe cannot be asked, so that it is tried again."""
    sale = entry.fact
    if not isinstance(sale, SaleCompleted):
        return []
    taken = [tender for tender in sale.tenders if tender.method == ME and tender.amount > 0 and tender.reference]
    return [_capture(gateway, sale, tender) for tender in taken]


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
