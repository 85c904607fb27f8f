"""Questions about money: every cent of a sale has an author."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genesis.hooks.marks import spec
from genesis.kernel.cart import Adjustment, Basket, Cart, Item, Price, TaxAnswer, TaxDocument

if TYPE_CHECKING:
    from genesis.kernel.pos import Pos


@spec("abort", first=True)
def base_price(pos: Pos, cart: Cart, item: Item, qty: int) -> Price | None:
    """What does one unit of this item cost (ten-thousandths of the cart's currency)?

    Asked once when the line is scanned, again only on request. No answer refuses the line.
    """


@spec("abort")
def adjustments(pos: Pos, basket: Basket) -> list[Adjustment] | None:
    """Which changes of amounts apply at this stage (basket.stage)?

    Return them; the kernel applies and stores them with your id. An amount for the whole cart
    (line None) is split by largest remainder. No line goes below zero.
    """


@spec("abort", first=True)
def tax(pos: Pos, document: TaxDocument) -> TaxAnswer | None:
    """Which taxes does this document carry? Answer every line; the kernel checks that it adds up.

    No answer refuses the sale where any line has a tax class: no sale is made without its tax author.
    """


@spec("abort", first=True)
def round_cash(pos: Pos, currency: str, due: int) -> int | None:
    """What is `due` when the rest is settled in cash? Signed minor units; the difference is its own row."""
