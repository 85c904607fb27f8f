"""Which price of the lists holds now: for everybody when an item is rung up, for a group while its customer is there.

Of several prices that hold, the one that began last counts: what is set for a week goes before what is set for good.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, select

from genesis import Adjustment, Basket, Pos, business_today, exponent, extended
from genesis_pricelists.models import price

_HOLDING = (
    select(price.c.title, price.c.buyers, price.c.price_e4)
    .where(price.c.item == bindparam("item"), price.c.first <= bindparam("day"), price.c.last >= bindparam("day"))
    .order_by(price.c.first.desc(), price.c.id)
)
_ANY = select(price.c.id).where(price.c.buyers != "").limit(1)
ENTERED = ("entered", "override")  # prices that a person set: no list goes before that


class Holding(NamedTuple):
    """A price that holds now."""

    title: str
    e4: int


def holding(pos: Pos, item: str, buyers: str, day: str) -> Holding | None:
    """Return the price of an item for a group ("" for everybody), None where no list has one."""
    wanted = buyers.casefold()
    rows = pos.db.fast(_HOLDING, {"item": item, "day": day})
    return next((Holding(title, e4) for title, group, e4 in rows if group.casefold() == wanted), None)


def for_group(pos: Pos, basket: Basket) -> list[Adjustment] | None:
    """Lower the lines of a customer whose group has lower prices; whoever is attached later gets them too."""
    customer = basket.cart.customer
    if basket.stage != "line" or customer is None or not customer.group or not pos.db.fast(_ANY, {}):
        return None
    day, digits = business_today(pos), exponent(basket.cart.currency)
    found = []
    for line in basket.cart.lines:
        amount = basket.amounts.get(line.id, 0)
        if amount <= 0 or line.price is None or line.source in ENTERED:
            continue
        listed = holding(pos, line.item.ref, customer.group, day)
        off = amount - extended(line.qty, listed.e4, digits) if listed else 0
        if listed and off > 0:
            found.append(Adjustment(line=line.id, amount=-off, reason=listed.title or f"Price for {customer.group}"))
    return found or None
