"""Answers `device_drivers` with the display, and tells it what the cart and the sale come to."""

from __future__ import annotations

import msgspec

from genesis import Cart, DeviceDriver, Entry, Fact, Pos, Priced, Reaction, SaleCompleted, StoreSettings, hookimpl
from genesis_customer_display.lines import of_cart, of_sale, words_of
from genesis_customer_display.models import CustomerDisplaySettings
from genesis_customer_display.service import SerialDisplay

SECONDS = 2.0  # what was not shown by then is past


class CustomerDisplayPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Port, dialect and welcome."""
        return CustomerDisplaySettings

    @hookimpl
    def device_drivers(self, pos: Pos) -> list[DeviceDriver]:
        """The display, where it has a port."""
        rules = pos.settings(CustomerDisplaySettings)
        return [SerialDisplay(rules, lambda: _shown(pos, *pos.open_cart()))] if rules.port else []

    @hookimpl
    def cart_changed(self, pos: Pos, cart: Cart | None, priced: Priced | None, change: str) -> None:
        """Show the last line and the total; nobody waits for it."""
        if not pos.devices.of("display") or change == "done":  # the reaction shows how it ended
            return
        lines, sale = _shown(pos, cart, priced)
        pos.devices.ask("display", lambda display: display.show(lines, sale), SECONDS)

    @hookimpl
    def reactions(self) -> list[Reaction]:
        """Show the change of what was sold here."""
        return [Reaction(name="customer_display", kinds=("sale.completed",), run=_finish, where="register", retries=1)]


def _shown(pos: Pos, cart: Cart | None, priced: Priced | None) -> tuple[tuple[str, str], str]:
    """Return the two lines for a cart, and whose figures they are."""
    if cart is None or priced is None or not (cart.lines or cart.tenders):
        return (pos.settings(CustomerDisplaySettings).welcome, ""), ""
    return of_cart(cart, priced, words_of(pos.settings(StoreSettings).language)), cart.id


def _finish(pos: Pos, entry: Entry) -> list[Fact]:
    sale = entry.fact
    if isinstance(sale, SaleCompleted) and pos.devices.of("display"):
        lines = of_sale(sale, words_of(pos.settings(StoreSettings).language))
        pos.devices.ask("display", lambda display: display.finish(lines, sale.sale), SECONDS)
    return []


plugin = CustomerDisplayPlugin()
