"""Shows the cart on the reader, from a thread of its own: the newest cart counts, and a failure is no matter."""

from __future__ import annotations

import threading
from typing import Any

from genesis import Cart, NotSent, Pos, Priced, quantity_text
from genesis_stripe.gateway import Gateway, refusal, unclear

LINES = 30  # the reader scrolls; more is not read


class CartDisplay:
    """The reader's screen while nothing is paid. show() returns at once; what is newer replaces what waits."""

    def __init__(self, pos: Pos, gateway: Gateway) -> None:
        self._pos, self._gateway = pos, gateway
        self._newest: tuple[dict[str, Any] | None] | None = None  # what waits; (None,): nothing is to be shown
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._open = True
        self.done = 0  # carts that were handed to the reader

    def show(self, cart: Cart | None, priced: Priced | None) -> None:
        """Show this cart soon; nothing where it is empty or money would go back."""
        with self._wake:
            self._newest = (shown(cart, priced),)
            if self._thread is None and self._open:
                self._thread = threading.Thread(target=self._work, name="stripe display", daemon=True)
                self._thread.start()
            self._wake.notify_all()

    def close(self) -> None:
        """End, without waiting for what was to be shown."""
        with self._wake:
            self._open = False
            self._wake.notify_all()
        if self._thread is not None:
            self._thread.join(1)

    def _work(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._newest is not None or not self._open)
                if not self._open or self._newest is None:
                    return
                (cart,), self._newest = self._newest, None
            try:
                self._gateway.display(cart)
            except Exception as error:  # the sale does not depend on it
                if not isinstance(error, NotSent) and not unclear(error) and not refusal(error):
                    self._pos.log.exception("the cart could not be shown on the reader")
            with self._wake:
                self.done += 1
                self._wake.notify_all()


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
