"""Giving money back: which payments a return may give back, and what is left of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from genesis.kernel.cart import Cart, Priced, Tender
from genesis.kernel.copies import find_sale, sale_of
from genesis.kernel.facts import SaleCompleted
from genesis.kernel.guards import Balance, Guard
from genesis.kernel.payment import REFUNDED

if TYPE_CHECKING:
    from genesis.kernel.pos import Pos


class Original(msgspec.Struct, frozen=True):
    """A payment of a receipt that goods came back from. left: minor units of it that can still go back."""

    sale: SaleCompleted
    tender: Tender
    left: int


def originals(pos: Pos, cart: Cart) -> list[Original]:
    """Return the payments of the receipts that a cart takes goods back from.

    Where such a receipt was an exchange, what it took back was worth its payments, so those count too.
    """
    numbers = list(dict.fromkeys(line.returns.number for line in cart.lines if line.returns))
    found = []
    for number in numbers:  # grows as exchanges name earlier receipts
        sale = sale_of(find_sale(pos, number))
        for tender in sale.tenders:
            if tender.amount > 0:
                here = sum(t.refunds.get(tender.id, 0) for t in cart.tenders if not t.attempt)
                left = settled(tender) - pos.journal.balance(REFUNDED, tender.id) - here
                found.append(Original(sale, tender, left))
        earlier = (line.returns.number for line in sale.lines if line.returns)
        numbers += [number for number in dict.fromkeys(earlier) if number not in numbers]
    return found


def settled(tender: Tender) -> int:
    """Return what a tender pays of the documents' total: cash without its rounding (minor units)."""
    return tender.amount - tender.rounding


def same_way(paid: Tender, method: str, *, cash: bool) -> bool:
    """Tell whether money that goes back by a method goes the way it came; all cash goes back as the store's."""
    return paid.method == method or (paid.cash and cash)


def named(found: list[Original], back: Tender) -> dict[str, int]:
    """Spread what a tender gives back over what is left of the payments it came by: tender id -> minor units."""
    parts, amount = {}, -settled(back)
    for one in found:
        part = min(one.left, amount) if same_way(one.tender, back.method, cash=back.cash) else 0
        if part > 0:
            parts[one.tender.id] = part
            amount -= part
    return parts


def beyond(cart: Cart, priced: Priced, tender: Tender) -> int:
    """Return what goes back with this tender without a payment it came by, less the goods without a receipt."""
    given = [t for t in (*cart.tenders, tender) if t.amount < 0]
    unnamed = sum(-settled(t) - sum(t.refunds.values()) for t in given)
    rows = (row for row in priced.lines if row.line.qty < 0 and row.line.returns is None)
    return unnamed + sum(row.figures.gross for row in rows)


def promises(pos: Pos, cart: Cart) -> list[Guard]:
    """Return the guards that no payment is given back twice; a provider's stood in the append that started it."""
    parts = [(key, part) for t in cart.tenders if not t.attempt for key, part in t.refunds.items()]
    paid = {one.tender.id: settled(one.tender) for one in originals(pos, cart)} if parts else {}
    return [Balance(REFUNDED, key, part, ceiling=paid.get(key, part)) for key, part in parts]
