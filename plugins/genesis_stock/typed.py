"""What people type and scan where goods are handled, read in one way; and whether they may see what goods cost."""

from __future__ import annotations

from genesis import Pos, decimal


def milli(text: str, field: str) -> int:
    """Read a quantity of up to three decimals as thousandths, zero and negative ones too; UserError by field."""
    return int(decimal(text, field, 3) * 1_000)


def sees_costs(pos: Pos) -> bool:
    """Return whether whoever acts may see what goods cost."""
    return not pos.permissions.reason(pos.actor, "stock.costs")
