"""What people type and scan where goods are handled, read in one way; and whether they may see what goods cost."""

from __future__ import annotations

from genesis import Item, Pos, UserError, decimal
from genesis.hooks import cart


def item_of(pos: Pos, code: str, fix: str = "add it to the catalogue first") -> Item:
    """Return what a code stands for; UserError where nobody knows it, with what to do then."""
    found = pos.hooks.first(cart.resolve_code)(cart=None, code=code.strip()) if code.strip() else None
    if not isinstance(found, Item):
        raise UserError(f"code: {code[:60]!r} is not known", fix, "code")
    return found


def milli(text: str, field: str) -> int:
    """Read a quantity of up to three decimals as thousandths, zero and negative ones too; UserError by field."""
    return int(decimal(text, field, 3) * 1_000)


def sees_costs(pos: Pos) -> bool:
    """Return whether whoever acts may see what goods cost."""
    return not pos.permissions.reason(pos.actor, "stock.costs")
