"""Questions asked while a cart is rung up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genesis.hooks.marks import spec
from genesis.hooks.values import Block, Problem, SearchHit, Suggestion
from genesis.kernel.cart import Cart, Companion, Item, Line, Priced, Resolved
from genesis.kernel.facts import SaleCompleted, SaleLine

if TYPE_CHECKING:
    from genesis.kernel.pos import Pos


@spec("next", first=True)
def resolve_code(pos: Pos, cart: Cart | None, code: str) -> Resolved | None:
    """What does this code stand for: an item, a customer, or data to attach (coupon)?

    code: as scanned or typed, 1 to 4,096 characters. cart: None outside a sale.
    Return None where the code is not yours; raise Veto to refuse it with a reason.
    """


@spec("isolate")
def search_items(pos: Pos, text: str, category: str, limit: int) -> list[SearchHit] | None:
    """Which items match the typed text (all words, prefixes allowed) within a category ("" for all)?"""


@spec("abort")
def check_line(pos: Pos, cart: Cart, line: Line) -> dict[str, Any] | None:
    """May this line be added or changed? Raise Veto (age, recalled batch) or Confirm to ask.

    Return what of yours is kept with it from now on (a serial number that was asked for): it replaces your section of
    the line, and is in `line.sections` when you are asked about the line again.
    """


@spec("abort")
def comes_with(pos: Pos, cart: Cart, item: Item, line: Line | None) -> list[Companion] | None:
    """Which other items come with one unit of this one (a deposit, chosen extras, the parts of a kit)?

    Each becomes a line below it, which changes and goes with it. Asked when the item is added and when it is priced
    anew (line: its line, with those below it in the cart); raise Confirm with fields to ask the cashier which.
    """


@spec("isolate")
def suggest(pos: Pos, cart: Cart) -> list[Suggestion] | None:
    """What could be offered to the cashier for this cart?"""


@spec("abort")
def check_checkout(pos: Pos, cart: Cart, priced: Priced) -> list[Problem] | None:
    """What stands against completing this cart? A blocking problem refuses, others ask for a yes."""


@spec("abort")
def sale_section(pos: Pos, cart: Cart, priced: Priced, line: Line | None) -> dict[str, Any] | None:
    """What of yours must be kept inside the sale (line None) or one of its lines?

    The data goes under your plugin's id and is all that your projection will ever know of this sale
    besides the kernel's own fields.
    """


@spec("isolate")
def receipt_blocks(pos: Pos, sale: SaleCompleted) -> list[Block] | None:
    """Which blocks belong on the receipt? Asked once, before the sale is recorded; kept with the sale."""


@spec("abort")
def check_return(pos: Pos, sale: SaleCompleted, lines: tuple[SaleLine, ...]) -> dict[str, dict[str, Any]] | None:
    """May these lines (quantities as they would go back) be returned? Raise Veto or Confirm.

    Return what of yours is kept with them, by line id: it replaces your section, which is that of the sold line.
    """


@spec("isolate")
def cart_changed(pos: Pos, cart: Cart | None, priced: Priced | None, change: str) -> None:
    """The cart changed (customer display, second screen). change: "line", "customer", "tender", "done" ..."""
