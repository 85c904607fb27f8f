"""Money kept by a balance guard (gift cards, tags, credit of customers): what plugins that keep some have alike.

What is there is the guard's own sum, `pos.journal.balance(space, key)`; a table beside it is for lists alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, func, select

from genesis.kernel.cart import Cart, Line, Tender
from genesis.kernel.errors import Refused, UserError
from genesis.kernel.facts import Row, SaleCompleted
from genesis.kernel.guards import Balance
from genesis.kernel.money import Money, exponent, extended, plain

if TYPE_CHECKING:
    from genesis.kernel.pos import Pos


def put_on(
    pos: Pos, cart: Cart, line: Line, *, space: str, key: str, most: int | None, needs: str,
    full: Callable[[str], str],
) -> int:  # fmt: skip
    """Return the amount (minor units) that a line puts onto a balance; refused for nothing, or above the most.

    needs: what is said where there is no amount; full: where it is too much, given the most there may be.
    """
    digits = exponent(cart.currency)
    amount = line.extended if line.extended is not None else extended(line.qty, line.price or 0, digits)
    if amount <= 0:
        raise UserError(needs, "enter its price", "price")
    if most is not None and pos.journal.balance(space, key) + amount > most:
        raise Refused(full(plain(most, digits)), "load less", "price")
    return amount


def used(cart: Cart, method: str, key: str) -> int:
    """Return what tenders of the open cart take from a balance already (minor units)."""
    return sum(tender.amount for tender in cart.tenders if tender.method == method and tender.reference == key)


def enough(
    pos: Pos, cart: Cart, amount: int, *, space: str, method: str, key: str, field: str,
    says: Callable[[str], str],
) -> None:  # fmt: skip
    """Refuse an amount that a balance does not hold; what it does not hold stays due.

    says: what is said, given the amount that is there.
    """
    holds = max(pos.journal.balance(space, key) - used(cart, method, key), 0)
    if amount > holds:
        raise UserError(says(plain(holds, exponent(cart.currency))), "take that much, the rest another way", field)


def spent_from(pos: Pos, tender: Tender, *, space: str, currency: str) -> Balance:
    """Return the promise that a tender's money is on its balance; refused in words where it was spent meanwhile.

    Money that goes back (a negative tender) goes onto the balance.
    """
    holds = pos.journal.balance(space, tender.reference)
    if tender.amount > holds:
        what = f"only {plain(holds, exponent(currency))} of it is left, the rest was spent meanwhile"
        raise Refused(what, "take this payment back and pay the rest another way", "tender")
    return Balance(space, tender.reference, -tender.amount)


def taken_off(pos: Pos, amount: int, *, space: str, key: str, currency: str, says: Callable[[str], str]) -> Balance:
    """Return the promise that what a line once put onto a balance comes off it again, as its money goes back.

    Refused in words where it was spent: what it paid for stays sold. says: what is said, given what is there.
    """
    holds = pos.journal.balance(space, key)
    if amount > holds:
        raise Refused(says(plain(holds, exponent(currency))),
                      "the rest of it was spent: void this return line", "receipt")  # fmt: skip
    return Balance(space, key, -amount)


def left_rows(pos: Pos, sale: SaleCompleted, *, space: str, method: str, title: Callable[[str], str]) -> list[Row]:
    """Return the rows of a receipt that say what is left on each balance that paid; title: given its end.

    The receipt is made before the guards move, so what it pays is taken off here.
    """
    rows: list[Row] = []
    for key in dict.fromkeys(tender.reference for tender in sale.tenders if tender.method == method):
        paid = sum(tender.amount for tender in sale.tenders if tender.method == method and tender.reference == key)
        left = pos.journal.balance(space, key) - paid
        rows.append(("small", title(key[-4:]), plain(left, exponent(sale.currency))))
    return rows


def owed(pos: Pos, column: ColumnElement[Any]) -> tuple[Money, int]:
    """Return what is owed on all balances of a table, and on how many there is something."""
    minor, count = pos.db.all(select(func.coalesce(func.sum(column), 0), func.count()).where(column > 0))[0]
    return Money(int(minor), pos.currency), count


def movement(day: str, number: str, what: str, amounts: dict[str, int], currency: str) -> tuple[dict[str, Any], str]:
    """Return a movement as a command prints it: an object, and a line with every amount under the one above."""
    digits = exponent(currency)
    told = {name: plain(minor, digits) for name, minor in amounts.items()}
    shown = {"day": day, "receipt": number, "what": what, **told, "currency": currency}
    return shown, f"{day}  {number:<14} {columns(list(told.values()))} {currency}  {what}"


def columns(texts: Sequence[str]) -> str:
    """Write amounts under those of other rows."""
    return " ".join(f"{text:>12}" for text in texts)
