"""Giving money back: which payments a return may give back, and what is left of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from genesis.kernel.cart import Cart, Priced, Tender
from genesis.kernel.copies import find_sale, sale_of
from genesis.kernel.errors import Refused
from genesis.kernel.facts import SaleCompleted
from genesis.kernel.givenback import REFUNDED, tip_of
from genesis.kernel.guards import Balance, Guard
from genesis.kernel.money import plain

if TYPE_CHECKING:
    from genesis.kernel.pos import Pos


class Original(msgspec.Struct, frozen=True):
    """A payment of a receipt that goods came back from. left, tip: of it and of its tip, what can still go back."""

    sale: SaleCompleted
    tender: Tender
    left: int
    tip: int = 0


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
                left, tip = (whole - pos.journal.balance(REFUNDED, key)
                             - sum(t.refunds.get(key, 0) for t in cart.tenders if not t.attempt)
                             for key, whole in parts_of(tender).items())  # fmt: skip
                found.append(Original(sale, tender, left, tip))
        earlier = (line.returns.number for line in sale.lines if line.returns)
        numbers += [number for number in dict.fromkeys(earlier) if number not in numbers]
    return found


def parts_of(tender: Tender) -> dict[str, int]:
    """Return what can go back of a payment: for its goods, and its tip."""
    return {tender.id: settled(tender), tip_of(tender.id): tender.tip}


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


def named_tips(found: list[Original], back: Tender, digits: int) -> dict[str, int]:
    """Spread the tip that a tender gives back over the tips that came the same way; never above them."""
    parts, tip = {}, -back.tip
    for one in found:
        part = min(one.tip, tip) if same_way(one.tender, back.method, cash=back.cash) else 0
        if part > 0:
            parts[tip_of(one.tender.id)] = part
            tip -= part
    if tip:
        most = plain(-back.tip - tip, digits)
        raise Refused(f"tip: {most} of it can go back by {back.title}", "give back that much", "tip")
    return parts


def beyond(cart: Cart, priced: Priced, tender: Tender) -> int:
    """Return what goes back with this tender without a payment it came by, less the goods without a receipt."""
    given = [t for t in (*cart.tenders, tender) if t.amount < 0]
    unnamed = sum(-settled(t) - t.tip - sum(t.refunds.values()) for t in given)
    rows = (row for row in priced.lines if row.line.qty < 0 and row.line.returns is None)
    return unnamed + sum(row.figures.gross for row in rows)


def promises(pos: Pos, cart: Cart) -> list[Guard]:
    """Return the guards that no payment is given back twice; a provider's stood in the append that started it."""
    parts = [(key, part) for t in cart.tenders if not t.attempt for key, part in t.refunds.items()]
    paid = {k: v for one in originals(pos, cart) for k, v in parts_of(one.tender).items()} if parts else {}
    return [Balance(REFUNDED, key, part, ceiling=paid.get(key, part)) for key, part in parts]
