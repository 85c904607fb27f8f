"""Answers what an item costs while a list has a price for it, and lowers what a group of customers pays less for."""

from __future__ import annotations

from genesis import Adjustment, Basket, Cart, Item, Permission, Pos, Price, Records, Screen, business_today, hookimpl
from genesis_pricelists import service
from genesis_pricelists.models import PRICES


class PriceListsPlugin:
    """The hook implementations."""

    @hookimpl
    def records(self) -> list[Records]:
        """The prices."""
        return [PRICES]

    @hookimpl
    def permissions(self) -> list[Permission]:
        """One: to set them."""
        return [Permission(id="pricelists.edit", title="Set prices for a time or for a group of customers")]

    @hookimpl(tryfirst=True)
    def base_price(self, pos: Pos, cart: Cart, item: Item) -> Price | None:
        """Return the price that holds today for everybody; the catalogue's otherwise."""
        found = service.holding(pos, item.ref, "", business_today(pos)) if cart.currency == pos.currency else None
        return Price(e4=found.e4, source=found.title or "price list") if found else None

    @hookimpl
    def adjustments(self, pos: Pos, basket: Basket) -> list[Adjustment] | None:
        """Lower the price for the customer's group."""
        return service.for_group(pos, basket)

    @hookimpl
    def screens(self) -> list[Screen]:
        """The prices."""
        return [Screen(id="prices", title="Price lists", icon="tags", page="genesis_pricelists.pages:page",
                       place="admin", group="catalog", permission="pricelists.edit", order=14)]  # fmt: skip


plugin = PriceListsPlugin()
