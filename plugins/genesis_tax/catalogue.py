"""Finds what a quoted line's `code` costs and how it is taxed today, by asking the plugins that the till asks."""

from __future__ import annotations

from decimal import Decimal

from genesis import Cart, Item, Pos, UserError, business_today, exponent
from genesis.hooks import cart as cart_hooks, pricing as price_hooks
from genesis_tax.basket import CatalogueEntry
from genesis_tax.service import levies


def find(pos: Pos, code: str) -> CatalogueEntry | None:
    """Return the price of one scan of this code and its taxes of the business day; None where it is no item."""
    item = pos.hooks.first(cart_hooks.resolve_code)(cart=None, code=code)
    if not isinstance(item, Item):
        return None
    found = () if item.tax is None else levies(pos, item.tax, business_today(pos))
    units = item.pack if item.quantity is None else item.quantity
    return CatalogueEntry(_price(pos, item, units), pos.currency, tuple(levy.tax for levy in found), units)


def _price(pos: Pos, item: Item, units: int) -> Decimal:
    if item.amount is not None:
        return Decimal(item.amount).scaleb(-exponent(pos.currency))
    cart = Cart(id="quote", name="quote", currency=pos.currency, register="", opened="", actor=pos.actor.id)
    price = pos.hooks.first(price_hooks.base_price)(cart=cart, item=item, qty=units)
    if price is None:
        raise UserError(f"{item.name} has no price", "set its price, or give unit_price", "price")
    return Decimal(price.e4 * units).scaleb(-7)  # four decimals of the price, three of the quantity
