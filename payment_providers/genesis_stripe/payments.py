"""What sales took by card and what became of it."""

from __future__ import annotations

from genesis_stripe.models import ME, StripeSettled
from genesis_terminals.captures import CAPTURED, REFUSED, SETTLED, Captures

PAYMENTS = Captures(
    ME, {"stripe.captured": CAPTURED, "stripe.not_captured": REFUSED, "stripe.settled": SETTLED},
    lambda attempt, reference, reason: StripeSettled(attempt=attempt, reference=reference, reason=reason),
    held=lambda _tender: True,
)  # fmt: skip
