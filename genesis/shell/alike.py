"""Which line of the cart one more of an item belongs to."""

from __future__ import annotations

from genesis.hooks import pricing as price_specs
from genesis.kernel.cart import Cart, Item, Line
from genesis.kernel.companions import below, companions
from genesis.kernel.pos import Pos


def same(pos: Pos, cart: Cart | None, item: Item) -> Line | None:
    """Return the open line of the same item and price, with the same below it and nothing by hand; None for none."""
    if cart is None or item.weighed or item.quantity is not None or item.amount is not None:
        return None
    discounted = {discount.line for discount in cart.discounts}
    alike = [x for x in cart.lines if x.item == item and x.qty > 0 and x.price is not None and not x.note]
    alike = [x for x in alike if x.id not in discounted and x.source not in {"override", "entered"} and not x.under]
    if alike and any(x.under for x in cart.lines):  # one with other extras is another line
        wanted = [(one.item.ref, one.qty) for one in companions(pos, cart, item)]
        alike = [x for x in alike if [(sub.item.ref, sub.per_unit) for sub in below(cart, x.id)] == wanted]
    if not alike:
        return None
    now = pos.hooks.first(price_specs.base_price)(cart=cart, item=item, qty=alike[-1].qty + item.pack)
    return alike[-1] if now is not None and now.e4 == alike[-1].price else None
