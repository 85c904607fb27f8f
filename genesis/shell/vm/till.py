"""What the screens need from a register: the engine implements it, tests do so in memory.

Amounts are Money, quantities thousandths of the unit, unit prices ten-thousandths of the currency. Every method answers
at once, as it runs on the thread of the window; a payment that waits for a device is polled. Refusals are UserError,
questions are Confirm: the same call again with `confirmed=True` means yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from genesis.kernel.facts import Row
from genesis.kernel.money import Money
from genesis.shell.vm.shown import (
    Amount as Amount,
    Category as Category,
    Customer as Customer,
    Held as Held,
    Label as Label,
    LateTip as LateTip,
    Line as Line,
    Medium as Medium,
    Method as Method,
    Receipt as Receipt,
    Sale as Sale,
    SoldLine as SoldLine,
    SoldSale as SoldSale,
    Store as Store,
    Taken as Taken,
    Tile as Tile,
    Tiles as Tiles,
    Tone as Tone,
    Unclear as Unclear,
)


class Till(Protocol):
    """A register as the cashier's screens see it."""

    def answering(self, answers: Mapping[str, str]) -> AbstractContextManager[object]:
        """While this lasts, what was filled in for the fields of a Confirm is known to who asked."""
        ...

    def store(self) -> Store:
        """Return where this till stands."""
        ...

    def person(self) -> str:
        """Return the name of who is signed in, "" for nobody."""
        ...

    def offers(self, command: str) -> bool:
        """Tell whether a command of the screens can be done here (plugins and permissions allow it)."""
        ...

    def sale(self) -> Sale:
        """Return the open cart; an empty one where nothing was rung up."""
        ...

    def panels(self, slot: str) -> tuple[Label, ...]:
        """Return what plugins show in a slot: status.pill, cart.footer, payment.summary, payment.status."""
        ...

    def categories(self) -> tuple[Category, ...]:
        """Return the groups of the tile grid."""
        ...

    def tiles(self, category: str, offset: int, limit: int) -> Tiles:
        """Return a page of tiles of a category ("" for all)."""
        ...

    def search(self, text: str, limit: int) -> tuple[Tile, ...]:
        """Return the items that match typed text, best first."""
        ...

    def scan(self, code: str, qty: int | None = None, *, confirmed: bool = False) -> str:
        """Ring up (or attach) what a code stands for; returns the id of the line it made, "" for none.

        Raises UnknownCode where nothing knows it; the lines stay.
        """
        ...

    def add(self, item: str, qty: int | None = None, price: int | None = None, *, confirmed: bool = False) -> str:
        """Ring up an item by its ref, at a typed unit price where it has none; returns the line id.

        A negative quantity is a return without receipt.
        """
        ...

    def set_quantity(self, line: str, qty: int, *, confirmed: bool = False) -> None:
        """Change how much of a line is sold."""
        ...

    def set_price(self, line: str, e4: int, *, confirmed: bool = False) -> None:
        """Override the unit price of a line."""
        ...

    def reprice(self, line: str, *, confirmed: bool = False) -> None:
        """Ask the price of a line anew, and what comes with it."""
        ...

    def discount(self, line: str, percent: str, amount: str, reason: str, *, confirmed: bool = False) -> None:
        """Take a percentage or an amount (decimal text, the other one "") off a line, or the cart for line "".

        Where the store wants a reason, the refusal names the field `reason`.
        """
        ...

    def void(self, line: str) -> None:
        """Take a line off the cart."""
        ...

    def undo(self) -> None:
        """Take back the last change of the cart."""
        ...

    def note(self, line: str, text: str) -> None:
        """Write a note on a line; it stands on the receipt."""
        ...

    def why(self, line: str) -> tuple[Row, ...]:
        """Return how the amount of a line came about, as rows of a document."""
        ...

    def cancel(self) -> None:
        """Give the whole cart up."""
        ...

    def hold(self) -> Held:
        """Put the cart aside under its short name and open an empty one."""
        ...

    def split(self, lines: dict[str, int], *, confirmed: bool = False) -> Held:
        """Move lines (line id -> quantity) into a cart of their own, held under a name."""
        ...

    def held_count(self) -> int:
        """Return how many carts are held."""
        ...

    def held(self) -> tuple[Held, ...]:
        """Return the held carts, newest first."""
        ...

    def recall(self, held: str) -> None:
        """Make a held cart the open one; a cart with lines is held in its place."""
        ...

    def customers(self, text: str, limit: int) -> tuple[Customer, ...]:
        """Return customers that match typed text."""
        ...

    def attach(self, customer: str) -> None:
        """Attach a customer, or take the customer off for ""."""
        ...

    def find_receipt(self, number: str) -> SoldSale:
        """Return a receipt for a return; number as printed, its short form, or as scanned."""
        ...

    def return_lines(self, number: str, lines: dict[str, int], *, confirmed: bool = False) -> None:
        """Put lines of a receipt (line id -> positive quantity) into the cart as returns."""
        ...

    def methods(self, share: int = 0) -> tuple[Method, ...]:
        """Return the ways to pay the open cart, or a share of it (minor units)."""
        ...

    def media(self) -> tuple[Medium, ...]:
        """Return the ways to hand the receipt over; none where there is no choice."""
        ...

    def choose_medium(self, medium: str) -> None:
        """Choose how the receipt of this sale is handed over."""
        ...

    def tender(self, method: str, amount: Money, *, tip: int = 0, share: int = 0, confirmed: bool = False) -> Taken:
        """Take (or give back, negative) money; completes the sale when nothing is left to pay, which needs no method.

        Where nothing is due, method is the id of a payment (`late`) that a tip is put on.

        tip: minor units on top, of cash out of the change. share: of what is due only so much is paid, 0 for all.
        """
        ...

    def worth(self, method: str, amount: Money, share: int = 0) -> tuple[Money, Money]:
        """Return what foreign cash is worth here, and the change it would give; negative is still missing."""
        ...

    def settle(self) -> Taken:
        """Ask what became of a tender that is waited for; a decline is Refused."""
        ...

    def stop_waiting(self) -> None:
        """Ask the provider to give up; `settle` still tells the outcome."""
        ...

    def unclear(self) -> tuple[Unclear, ...]:
        """Return the payments of the open cart of which nobody knows the end."""
        ...

    def ask_payment(self, payment: str) -> object:
        """Ask the provider what became of a payment; it blocks, so in a worker. `book_payment` takes the answer."""
        ...

    def book_payment(self, payment: str, answer: object) -> Taken:
        """Book what the provider said; Refused where it does not know either."""
        ...

    def decide_payment(self, payment: str, reason: str, *, charged: bool) -> Taken:
        """Say what became of a payment that nobody can ask about."""
        ...

    def last_receipt(self) -> Receipt | None:
        """Return the last completed sale of this register."""
        ...

    def reprint(self) -> Receipt:
        """Record a copy of the last receipt and return it as it is printed."""
        ...

    def train(self) -> bool:
        """Begin or end training: what is rung up meanwhile is not real; returns whether it is on now."""
        ...

    def open_drawer(self) -> None:
        """Open the cash drawer without a sale."""
        ...
