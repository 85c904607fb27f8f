"""Questions about goods; who answers owns the stock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genesis.hooks.marks import spec
from genesis.hooks.values import (
    Allocation,
    Arrival,
    Availability,
    Categorised,
    FieldSpec,
    Kept,
    OpeningStock,
    ReorderProposal,
)
from genesis.kernel.cart import Cart, Line

if TYPE_CHECKING:
    from genesis.kernel.pos import Pos


@spec("next")
def availability(pos: Pos, items: tuple[str, ...]) -> dict[str, Availability] | None:
    """How much of these items (refs) can be sold now? Each answers for what it keeps and leaves the rest out.

    Of two answers about one item that of the plugin which builds on the other (`requires`) counts. Ask through
    `genesis.available`.
    """


@spec("abort")
def allocate(pos: Pos, cart: Cart, line: Line) -> Allocation | None:
    """Which batches, serials or stock does this line take, and which guards make that true?

    Each answers for what it keeps (stock for the quantity, batches for which of it). Asked when the sale is about to be
    recorded; the guards go into its append and refuse it whole. A line that takes goods back (negative quantity, with
    a receipt: `line.returns`) is asked about too: what it gives back.
    """


@spec("abort")
def reserve(pos: Pos, cart: Cart, held: bool) -> Allocation | None:
    """A cart is put aside (held) or comes back: which of its goods do you keep for it, under which guards?

    The guards go into the append that puts it aside or brings it back; asked again where one of them finds that
    something changed meanwhile. The section replaces yours of the cart, and is in `cart.sections` when it comes back.
    """


@spec("abort", first=True)
def opening(pos: Pos) -> OpeningStock | None:
    """Who keeps the stock with which items begin, for a list that says how many there are?

    Nothing is recorded before the object that is returned is told to.
    """


@spec("abort")
def receive(pos: Pos, arrival: Arrival) -> Kept | None:
    """Goods are about to come in, or to go otherwise than by a sale: what do you keep of them, under which guards?

    Asked before that is recorded; the facts stand in its append, and the guards refuse it whole. The movement of the
    stock is not yours to record. Raises UserError for what cannot be kept, Confirm with fields to ask for more (each
    serial number). Goods that go (`arrival.why`) have quantities below zero.
    """


@spec("next", first=True)
def categorised(pos: Pos) -> Categorised | None:
    """In which categories do the items stand? Who keeps the products answers; others ask for many items at once."""


@spec("collect")
def product_fields(pos: Pos) -> list[FieldSpec] | None:
    """Which extra fields does a product have because of you?"""


@spec("isolate")
def reorder_proposals(pos: Pos, supplier: str) -> list[ReorderProposal] | None:
    """What should be ordered (from this supplier, "" for all), and why?"""
