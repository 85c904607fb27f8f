"""Answers `payment_methods` with the terminal, shows it the cart, and puts slips on receipts."""

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
    NotSent,
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
from genesis_adyen.books import booked
from genesis_adyen.captures import PAYMENTS, capture_sale
from genesis_adyen.checkout import Checkout
from genesis_adyen.command import ADYEN
from genesis_adyen.display import shown
from genesis_adyen.links import PaymentLink
from genesis_adyen.models import LINK, ME, AdyenCaptured, AdyenNotCaptured, AdyenSent, AdyenSettings, AdyenSettled
from genesis_adyen.outcomes import SEPARATOR
from genesis_adyen.service import AdyenTerminal
from genesis_adyen.terminal import Terminal
from genesis_adyen.webhook import heard
from genesis_adyen.wire import target
from genesis_terminals.captures import FOREVER
from genesis_terminals.compare import compare
from genesis_terminals.models import SIGNED
from genesis_terminals.newest import BUSY, CartScreens
from genesis_terminals.reach import SLOTS, look_again, offline
from genesis_terminals.slips import slip_blocks


class AdyenPlugin:
    """The hook implementations."""

    def __init__(self) -> None:
        self._checkouts: WeakKeyDictionary[Pos, Checkout] = WeakKeyDictionary()
        self._terminals: WeakKeyDictionary[Pos, Terminal] = WeakKeyDictionary()  # one a house
        self._links: WeakKeyDictionary[Pos, PaymentLink] = WeakKeyDictionary()
        self._screens = CartScreens()

    def _terminal(self, pos: Pos) -> Terminal:
        return self._terminals.setdefault(pos, Terminal(pos, self._checkout(pos)))

    def _checkout(self, pos: Pos) -> Checkout:
        return self._checkouts.setdefault(pos, Checkout(pos))

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Terminal, the way to it, keys."""
        return AdyenSettings

    @hookimpl
    def facts(self) -> list[type[Fact]]:
        """Which terminal got what, what was captured, and looked into."""
        return [AdyenSent, AdyenCaptured, AdyenNotCaptured, AdyenSettled]

    @hookimpl
    def projections(self) -> list[Projection]:
        """What sales took by pre-authorisation."""
        return [PAYMENTS.projection]

    @hookimpl
    def reactions(self) -> list[Reaction]:
        """Capture what a sale took."""
        return [Reaction(name="adyen_capture", kinds=("sale.completed",), run=self._capture, retries=FOREVER,
                         where="register")]  # fmt: skip

    def _capture(self, pos: Any, entry: Any) -> list[Fact]:
        return capture_sale(self._checkout(pos), entry)

    @hookimpl
    def reconcile(self, pos: Pos, day: str) -> list[Discrepancy] | None:
        """What Adyen's report tells otherwise, where the store set a key for it."""
        if not pos.settings(AdyenSettings).report_key:
            return None
        return compare(pos, day, (ME, LINK), lambda: booked(pos, day))

    @hookimpl
    def cli_commands(self) -> list[CliCommand]:
        """`genesis adyen`."""
        return [ADYEN]

    @hookimpl
    def payment_methods(self, pos: Pos) -> list[PaymentMethod]:
        """The terminal, where one is set, and links, where the store wants them."""
        rules = pos.settings(AdyenSettings)
        found: list[PaymentMethod] = [AdyenTerminal(self._terminal(pos))] if rules.terminal else []
        if rules.links:
            link = self._links[pos] = PaymentLink(pos, self._checkout(pos))
            found.append(link)
        return found

    @hookimpl
    def panels(self, pos: Pos, slot: str, context: dict[str, Any]) -> list[Panel] | None:
        """Where the customer of this cart pays; and who was not there, when last spoken to."""
        if slot in SLOTS:
            away = (offline(slot, "Card terminal offline", self._terminal(pos).reach),
                    offline(slot, "Adyen is offline", self._checkout(pos).reach))  # fmt: skip
            return [pill for pills in away for pill in pills or ()] or None
        link, cart = self._links.get(pos), context.get("cart")
        url = link.open.get(cart.id) if slot == "payment.summary" and link is not None and cart is not None else ""
        return [Panel(id="link", text=url, icon="link")] if url else None

    @hookimpl
    def jobs(self) -> list[Job]:
        """Look whether they are back."""
        terminal, cloud = self._terminal, self._checkout
        return [look_again("adyen.terminal", lambda pos: terminal(pos).reach, lambda pos: terminal(pos).look()),
                look_again("adyen.cloud", lambda pos: cloud(pos).reach, lambda pos: cloud(pos).there())]  # fmt: skip

    @hookimpl
    def api_routes(self, pos: Pos) -> list[Route]:
        """What Adyen calls."""
        return [Route(method="POST", path="/events", permission=SIGNED, handler=partial(heard, pos))]

    @hookimpl
    def filter_methods(self, cart: Cart) -> set[str] | None:
        """No card is charged in training."""
        return {ME, LINK} if cart.mode != "normal" else None

    @hookimpl
    def cart_changed(self, pos: Pos, cart: Cart | None, priced: Priced | None, change: str) -> None:
        """Show the cart on the terminal, where the store wants it; while it is paid the terminal has better to do."""
        rules = pos.settings(AdyenSettings)
        if rules.show_cart and rules.terminal and change not in BUSY:
            self._screens.show(pos, self._terminal(pos).show, shown(cart, priced))

    @hookimpl
    def shutdown(self, pos: Pos) -> None:
        """Let go of the terminal's screen."""
        self._screens.close(pos)

    @hookimpl
    def receipt_blocks(self, sale: SaleCompleted) -> list[Block] | None:
        """The slip of each payment."""
        return slip_blocks(
            sale, {ME, LINK}, lambda tender: f"{tender.title} {tender.reference.partition(SEPARATOR)[0]}"
        )

    @hookimpl
    def health(self, pos: Pos) -> Health | None:
        """Whether all that the chosen way needs is set; nobody is asked over the network."""
        rules = pos.settings(AdyenSettings)
        try:
            target(rules)
            if rules.pre_authorise:
                self._checkout(pos).ready()
        except NotSent as error:
            return Health(ok=False, text=f"no card can be taken: {error}")
        return PAYMENTS.health(pos) or Health(ok=True, text=f"terminal {rules.terminal} ({rules.way})")


plugin = AdyenPlugin()
