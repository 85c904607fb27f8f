"""Answers `payment_methods` with the reader, captures what sales took, and puts slips on receipts."""

from __future__ import annotations

from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from genesis import (
    Block,
    Cart,
    CliCommand,
    Discrepancy,
    Fact,
    Health,
    Job,
    Panel,
    PaymentMethod,
    Pos,
    Priced,
    Projection,
    Reaction,
    Route,
    SaleCompleted,
    hookimpl,
)
from genesis_stripe.books import booked
from genesis_stripe.capture import capture_sale
from genesis_stripe.command import STRIPE
from genesis_stripe.display import shown
from genesis_stripe.gateway import Gateway
from genesis_stripe.models import ME, StripeCaptured, StripeNotCaptured, StripeSettings, StripeSettled
from genesis_stripe.payments import PAYMENTS
from genesis_stripe.service import StripeTerminal
from genesis_stripe.webhook import heard
from genesis_terminals.captures import FOREVER
from genesis_terminals.compare import compare
from genesis_terminals.models import SIGNED
from genesis_terminals.newest import BUSY, CartScreens
from genesis_terminals.reach import Reach, look_again, offline
from genesis_terminals.slips import slip_blocks


class StripePlugin:
    """The hook implementations."""

    def __init__(self) -> None:
        self._gateways: WeakKeyDictionary[Pos, Gateway] = WeakKeyDictionary()  # one a house
        self._screens = CartScreens()

    def _gateway(self, pos: Pos) -> Gateway:
        return self._gateways.setdefault(pos, Gateway(pos))

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Reader, key, address."""
        return StripeSettings

    @hookimpl
    def facts(self) -> list[type[Fact]]:
        """Captured, not captured, and looked into."""
        return [StripeCaptured, StripeNotCaptured, StripeSettled]

    @hookimpl
    def projections(self) -> list[Projection]:
        """What sales took by card."""
        return [PAYMENTS.projection]

    @hookimpl
    def payment_methods(self, pos: Pos) -> list[PaymentMethod]:
        """The reader, where one is set."""
        return [StripeTerminal(self._gateway(pos))] if pos.settings(StripeSettings).reader else []

    @hookimpl
    def filter_methods(self, cart: Cart) -> set[str] | None:
        """No card is charged in training."""
        return {ME} if cart.mode != "normal" else None

    @hookimpl
    def reactions(self) -> list[Reaction]:
        """Capture what a sale took."""
        return [Reaction(name="stripe_capture", kinds=("sale.completed",), run=self._capture, retries=FOREVER,
                         where="register")]  # fmt: skip

    def _capture(self, pos: Any, entry: Any) -> list[Fact]:
        return capture_sale(self._gateway(pos), entry)

    @hookimpl
    def reconcile(self, pos: Pos, day: str) -> list[Discrepancy] | None:
        """What Stripe's balance tells otherwise, where a key is set."""
        return compare(pos, day, (ME,), lambda: booked(pos, day)) if pos.settings(StripeSettings).key else None

    @hookimpl
    def api_routes(self, pos: Pos) -> list[Route]:
        """What Stripe calls."""
        return [Route(method="POST", path="/events", permission=SIGNED, handler=partial(heard, pos))]

    @hookimpl
    def panels(self, pos: Pos, slot: str, context: dict[str, Any]) -> list[Panel] | None:
        """That nobody was there, when Stripe was last spoken to."""
        return offline(slot, "Stripe is offline", self._reach(pos))

    @hookimpl
    def jobs(self) -> list[Job]:
        """Look whether it is back."""
        return [look_again("stripe.back", self._reach, lambda pos: self._gateway(pos).reader())]

    def _reach(self, pos: Pos) -> Reach:
        return self._gateway(pos).reach

    @hookimpl
    def cart_changed(self, pos: Pos, cart: Cart | None, priced: Priced | None, change: str) -> None:
        """Show the cart on the reader, where the store wants it; while it is paid the reader has better to do."""
        rules = pos.settings(StripeSettings)
        if rules.show_cart and rules.reader and change not in BUSY:
            self._screens.show(pos, self._gateway(pos).display, shown(cart, priced))

    @hookimpl
    def shutdown(self, pos: Pos) -> None:
        """Let go of the reader's screen."""
        self._screens.close(pos)

    @hookimpl
    def cli_commands(self) -> list[CliCommand]:
        """`genesis stripe`."""
        return [STRIPE]

    @hookimpl
    def receipt_blocks(self, sale: SaleCompleted) -> list[Block] | None:
        """The slip of each payment."""
        return slip_blocks(sale, {ME}, lambda tender: f"Card {tender.reference}")

    @hookimpl
    def health(self, pos: Pos) -> Health | None:
        """Whether reader and key are set and sales got their money; nobody is asked over the network."""
        rules = pos.settings(StripeSettings)
        missing = [name for name in ("reader", "key") if not getattr(rules, name)]
        if missing:
            return Health(ok=False, text=f"no card can be taken: set stripe.{missing[0]}")
        return PAYMENTS.health(pos) or Health(ok=True, text=f"reader {rules.reader}")


plugin = StripePlugin()
