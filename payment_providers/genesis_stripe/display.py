"""Spells a cart as the reader shows it."""

from __future__ import annotations

from typing import Any

from genesis import Cart, Priced, quantity_text

LINES = 30  # the reader scrolls; more is not read


def shown(cart: Cart | None, priced: Priced | None) -> dict[str, Any] | None:
    """Return a cart as the reader shows it; None for one without goods, or in which money goes back."""
    if cart is None or priced is None or not priced.lines or priced.total < 0:
        return None
    lines: list[dict[str, Any]] = [
        {"description": _named(row.line.item.name, row.line.qty), "amount": row.figures.gross,
         "quantity": 1}
        for row in priced.lines[-LINES:]
    ]  # fmt: skip
    if any(line["amount"] < 0 for line in lines):
        return None
    added = sum(tax.amount for tax in priced.taxes if not tax.included)
    return {"currency": cart.currency.lower(), "line_items": lines, "total": priced.total, "tax": added}


def _named(name: str, qty: int) -> str:
    return name[:80] if qty == 1_000 else f"{quantity_text(qty)} × {name}"[:80]
