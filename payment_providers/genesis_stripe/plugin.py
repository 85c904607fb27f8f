"""Answers `payment_methods` with the reader, captures what sales took, and puts slips on receipts."""

from __future__ import annotations

from typing import Any

import msgspec

from genesis import (
    Block,
    Cart,
    Fact,
    Health,
    PaymentMethod,
    Pos,
    Reaction,
    Row,
    SaleCompleted,
    exponent,
    hookimpl,
    plain,
    slip_rows,
)
from genesis_stripe.capture import capture_sale
from genesis_stripe.gateway import Gateway
from genesis_stripe.models import ME, StripeCaptured, StripeNotCaptured, StripeSettings
from genesis_stripe.service import StripeTerminal

FOREVER = 1_000_000  # what was sold must be captured, however long Stripe cannot be reached


class StripePlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Reader, key, address."""
        return StripeSettings

    @hookimpl
    def facts(self) -> list[type[Fact]]:
        """Captured, and not."""
        return [StripeCaptured, StripeNotCaptured]

    @hookimpl
    def payment_methods(self, pos: Pos) -> list[PaymentMethod]:
        """The reader, where one is set."""
        return [StripeTerminal(Gateway(pos))] if pos.settings(StripeSettings).reader else []

    @hookimpl
    def filter_methods(self, cart: Cart) -> set[str] | None:
        """No card is charged in training."""
        return {ME} if cart.mode != "normal" else None

    @hookimpl
    def reactions(self) -> list[Reaction]:
        """Capture what a sale took."""
        return [Reaction(name="stripe_capture", kinds=("sale.completed",), run=_capture, retries=FOREVER,
                         where="register")]  # fmt: skip

    @hookimpl
    def receipt_blocks(self, sale: SaleCompleted) -> list[Block] | None:
        """The slip of each payment."""
        rows: list[Row] = []
        for tender in sale.tenders:
            if tender.method == ME:
                rows.append(("small", f"Card {tender.reference}", plain(tender.amount, exponent(sale.currency))))
                rows += [("small", f"  {label}", text) for label, text in slip_rows(tender.details)]
        return [Block(slot="footer", rows=tuple(rows), order=20)] if rows else None

    @hookimpl
    def health(self, pos: Pos) -> Health | None:
        """Whether reader and key are set; nobody is asked over the network."""
        rules = pos.settings(StripeSettings)
        missing = [name for name in ("reader", "key") if not getattr(rules, name)]
        if missing:
            return Health(ok=False, text=f"no card can be taken: set stripe.{missing[0]}")
        return Health(ok=True, text=f"reader {rules.reader}")


def _capture(pos: Any, entry: Any) -> list[Fact]:
    return capture_sale(Gateway(pos), entry)


plugin = StripePlugin()
