"""What comes with an item: a bottle's deposit, chosen extras, the parts of a kit; each is a line of its own below it.

So stock, batches, taxes and age limits see what is really handed over, and none of them knows why it is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from genesis.hooks import cart as specs
from genesis.kernel.cart import Cart, Companion, Item, Line
from genesis.kernel.errors import UserError
from genesis.kernel.money import round_ratio

if TYPE_CHECKING:
    from genesis.kernel.facts import SaleLine
    from genesis.kernel.pos import Pos

DEEPEST = 5
MOST = 100


def companions(pos: Pos, cart: Cart, item: Item, line: Line | None = None, depth: int = 1) -> list[Companion]:
    """Return all that comes with one unit of an item, what comes with that too; line: where it is asked anew."""
    found: list[Companion] = []
    name = item.name[:60]
    for each in pos.hooks.each(specs.comes_with)(cart=cart, item=item, line=line):
        for one in each:
            if depth > DEEPEST or one.item.ref == item.ref:
                raise UserError(f"{name} comes with itself", "correct what comes with it", "item")
            found.append(one)
            below = companions(pos, cart, one.item, line, depth + 1)
            found += [msgspec.structs.replace(two, qty=scaled(two.qty, one.qty, 1_000)) for two in below]
    if len(found) > MOST:
        raise UserError(f"{name} comes with more than 100 others", "correct what comes with it", "item")
    return found


def scaled(qty: int, of: int, per: int) -> int:
    """Return `qty` for each `per` times `of`, in thousandths, half away from zero."""
    return round_ratio(qty * of, per)


def below(cart: Cart, line_id: str) -> list[Line]:
    """Return the lines that came with a line."""
    return [line for line in cart.lines if line.under == line_id]


def brought_back(sold: dict[str, SaleLine], left: dict[str, int], wanted: dict[str, int]) -> dict[str, int]:
    """Return what goes back (line id -> thousandths) when these lines do: what came with them goes back with them.

    Parts of a line take their share, rounded so that after the last of it nothing is left.
    """
    alone = next((sold[i] for i in wanted if i in sold and sold[i].under in sold and sold[i].under not in wanted), None)
    if alone is not None:
        name = sold[alone.under].name
        raise UserError(f"{alone.name} came with {name} and goes back with it", f"choose {name}", "line")
    whole = {}
    for line_id, qty in wanted.items():
        if line_id not in sold or not sold[line_id].under:
            whole[line_id] = qty
            rest = left.get(line_id, 0) - qty
            for sub in sold.values():
                if sub.under == line_id:
                    stays = scaled(sub.qty, rest, sold[line_id].qty)
                    whole[sub.line] = left[sub.line] - stays
    return {line_id: qty for line_id, qty in whole.items() if qty or line_id in wanted}
