"""Spells a cart as the terminal shows it."""

from __future__ import annotations

from genesis import Cart, Priced, exponent, plain, quantity_text

LINES = 8  # a terminal's screen is small: the last ones
WIDTH = 32


def shown(cart: Cart | None, priced: Priced | None) -> list[str] | None:
    """Return the lines of a cart and its total; None for one without goods, or in which money goes back."""
    if cart is None or priced is None or not priced.lines or priced.total < 0:
        return None
    digits = exponent(cart.currency)
    rows = []
    for row in priced.lines[-LINES:]:
        many = "" if row.line.qty == 1_000 else f"{quantity_text(row.line.qty)} × "
        rows.append(_row(f"{many}{row.line.item.name}", plain(row.figures.gross, digits)))
    return [*rows, _row("Total", f"{plain(priced.total, digits)} {cart.currency}")]


def _row(name: str, amount: str) -> str:
    return f"{name[: WIDTH - len(amount) - 1]:<{WIDTH - len(amount) - 1}} {amount}"
