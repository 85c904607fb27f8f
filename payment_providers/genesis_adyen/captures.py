"""Takes for good what a terminal authorised, once its sale is recorded."""

from __future__ import annotations

from typing import Any

from genesis import Entry, Fact, NotSent, SaleCompleted, Tender
from genesis_adyen.checkout import Checkout
from genesis_adyen.models import ME, AdyenCaptured, AdyenNotCaptured, AdyenSettled
from genesis_adyen.outcomes import psp_of
from genesis_terminals.captures import CAPTURED, REFUSED, SETTLED, Captures
from genesis_terminals.models import Told


def _failed(fact: Any) -> str:
    """Return the attempt whose capture did not come true, as the webhook tells."""
    mine = isinstance(fact, Told) and fact.plugin == ME and fact.what.startswith("CAPTURE") and fact.what != "CAPTURE"
    return str(fact.about) if mine else ""


PAYMENTS = Captures(
    ME, {"adyen.captured": CAPTURED, "adyen.not_captured": REFUSED, "adyen.settled": SETTLED},
    lambda attempt, reference, reason: AdyenSettled(attempt=attempt, reference=reference, reason=reason),
    held=lambda tender: tender.most > 0, failed={Told.kind: _failed},
)  # fmt: skip


def capture_sale(checkout: Checkout, entry: Entry) -> list[Fact]:
    """Capture what a sale took by card; raises where Adyen cannot be asked, so that it is tried again."""
    return [_capture(checkout, sale, tender) for sale, tender in PAYMENTS.taken(entry)]


def _capture(checkout: Checkout, sale: SaleCompleted, tender: Tender) -> Fact:
    about: dict[str, Any] = {"sale": sale.sale, "attempt": tender.attempt, "reference": tender.reference,
                             "currency": sale.currency, "amount": tender.tendered}  # fmt: skip
    psp = psp_of(tender.reference)
    if not psp:
        return AdyenNotCaptured(**about, reason="the terminal did not tell how Adyen calls this payment")
    refusal = ""
    for amount in dict.fromkeys(
        (tender.tendered, tender.amount)
    ):  # where no tip is let go, what was authorised is taken
        try:
            made = checkout.capture(tender.attempt, psp, amount, sale.currency)
        except NotSent as refused:
            if not checkout.refused(refused):
                raise
            refusal = refusal or str(refused)
            continue
        if made.get("paymentPspReference") != psp or made.get("amount") != {"value": amount, "currency": sale.currency}:
            return AdyenNotCaptured(**about, reason="Adyen captured something else")
        if amount != tender.tendered:
            return AdyenNotCaptured(**about, reason=f"{amount} of {tender.tendered} taken: {refusal}"[:200])
        return AdyenCaptured(**about)
    return AdyenNotCaptured(**about, reason=refusal)
