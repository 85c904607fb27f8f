"""Dividing a cart in two: which lines, parts of lines and discounts go along; nothing is lost and nothing twice."""

from __future__ import annotations

import msgspec
import uuid_utils

from genesis.kernel.cart import Cart, Line, ManualDiscount
from genesis.kernel.companions import below, scaled
from genesis.kernel.errors import UserError


def parted(cart: Cart, wanted: dict[str, int]) -> tuple[Cart, Cart]:
    """Return what stays of a cart and what goes: line id -> thousandths; what came with a line goes with it.

    Prices stay as they were fixed. A percentage on the cart stays on both; an amount cannot be on two.
    """
    if any(d.line is None and d.amount is not None for d in cart.discounts):
        raise UserError("an amount is taken off the whole cart: it cannot be divided",
                        "take that discount off first, or give it on a line", "discount")  # fmt: skip
    stays, goes = {line.id: line for line in cart.lines}, dict[str, Line]()
    for line_id, qty in wanted.items():
        line = cart.line(line_id)
        if line is None or line.under:
            what = f"{line.item.name} comes with the line above it" if line else f"there is no line {line_id!r} here"
            raise UserError(what, "name a line of its own", "line")
        for one in (line, *below(cart, line_id)):
            moved = qty if one is line else scaled(one.qty, qty, line.qty)
            _move(one, moved, stays, goes)
    if not stays or not goes:
        raise UserError("nothing would stay in one of the carts", "hold the whole cart instead", "line")
    discounts = [_placed(d, stays, goes) for d in cart.discounts]
    kept = msgspec.structs.replace(cart, lines=tuple(stays.values()),
                                   discounts=tuple(one for one, _ in discounts if one))  # fmt: skip
    other = msgspec.structs.replace(
        cart, lines=tuple(goes[line.id] for line in cart.lines if line.id in goes), sections={}, note="", commands=(),
        discounts=tuple(two for _, two in discounts if two),
    )  # fmt: skip
    return kept, other


def _move(line: Line, qty: int, stays: dict[str, Line], goes: dict[str, Line]) -> None:
    if qty == line.qty:
        goes[line.id] = stays.pop(line.id)
        return
    if line.fixed is not None or line.extended is not None:
        raise UserError(f"{line.item.name} moves whole: it has one amount", "move the whole line", "quantity")
    if not 0 <= qty < line.qty or (
        qty % 1_000 and line.item.unit == "pcs" and line.qty % 1_000 == 0 and not line.under
    ):
        raise UserError(f"quantity: {line.item.name} has no such part", "use less than there is", "quantity")
    stays[line.id] = msgspec.structs.replace(line, qty=line.qty - qty)
    if qty:
        goes[line.id] = msgspec.structs.replace(line, qty=qty)


def _placed(
    discount: ManualDiscount, stays: dict[str, Line], goes: dict[str, Line]
) -> tuple[ManualDiscount | None, ManualDiscount | None]:
    """Return a discount as it is on both carts: a percentage on each that has its line, an amount with the whole."""
    here, there = (discount.line is None or discount.line in lines for lines in (stays, goes))
    if here and there and discount.amount is not None:
        raise UserError("an amount is taken off a line of which a part would go", "move the whole line", "discount")
    again = msgspec.structs.replace(discount, id=str(uuid_utils.uuid7())) if here else discount
    return discount if here else None, again if there else None
