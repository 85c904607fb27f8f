"""The values of a sale being rung up: what a cashier has put together, before it becomes a fact.

Amounts are minor units of the cart's currency, quantities thousandths, unit prices ten-thousandths.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import msgspec

Sections = dict[str, Any]  # plugin id -> that plugin's own JSON data
Stage = Literal["line", "combination", "cart", "coupon", "loyalty"]
STAGES: tuple[Stage, ...] = ("line", "combination", "cart", "coupon", "loyalty")
SaleMode = Literal["normal", "training"]
LineKind = Literal["item", "return"]


def whole(value: object, name: str) -> None:
    """Refuse anything but a plain int: a plugin's 1.5, "3" or True must not become money."""
    if type(value) is not int:
        raise TypeError(f"{name} must be an int, not {type(value).__name__}")


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a code stands for: a snapshot that the sale keeps for ever.

    ref: "<plugin>:<id>" of the record behind it. tax: tax class id, None where the item is not taxed.
    pack: thousandths of the unit that one scan adds. quantity / amount: carried inside the code
    (weight-embedded: thousandths; price-embedded: minor units of the store's currency). face_value: money that
    is owed (a gift card, a debt that is paid): no discount reaches it.
    """

    ref: str
    name: str
    sku: str = ""
    gtin: str = ""
    category: tuple[str, ...] = ()
    unit: str = "pcs"
    tax: str | None = None
    pack: int = 1_000
    weighed: bool = False
    quantity: int | None = None
    amount: int | None = None
    face_value: bool = False
    sections: Sections = {}

    def __post_init__(self) -> None:
        whole(self.pack, "pack")
        if self.quantity is not None:
            whole(self.quantity, "quantity")
        if self.amount is not None:
            whole(self.amount, "amount")


class CustomerRef(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A customer at the till. Only `ref`, `person` and `group` enter facts; the rest is for the screen."""

    ref: str
    person: str = ""
    group: str = ""
    name: str = ""
    detail: str = ""


class Attach(msgspec.Struct, frozen=True, kw_only=True):
    """A code that adds data to the cart's section of `plugin` (a coupon, a voucher)."""

    plugin: str
    key: str
    data: Any
    title: str = ""


Resolved = Item | CustomerRef | Attach


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """A unit price in ten-thousandths, with where it came from ("list", "happy hour" ...)."""

    e4: int
    source: str = "list"

    def __post_init__(self) -> None:
        whole(self.e4, "price")
        if self.e4 < 0:
            raise ValueError("a price cannot be negative")


class Companion(msgspec.Struct, frozen=True, kw_only=True):
    """An item that comes with another one. qty: thousandths for each 1.000 of that; price: None for its own."""

    item: Item
    qty: int = 1_000
    price: Price | None = None

    def __post_init__(self) -> None:
        whole(self.qty, "qty")
        if self.qty <= 0:
            raise ValueError("what comes with an item has a quantity above zero")


class Adjustment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A change of an amount, with its author and reason, so that every cent has a source.

    line: line id, or None for the whole cart (the kernel splits it by largest remainder).
    amount: signed minor units, negative lowers. ref: id of the manual discount it answers.
    author and stage are filled in by the kernel.
    """

    amount: int
    reason: str
    line: str | None = None
    ref: str = ""
    author: str = ""
    stage: Stage = "line"

    def __post_init__(self) -> None:
        whole(self.amount, "amount")


class ManualDiscount(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A discount asked for by a person; a pricing plugin turns it into adjustments.

    line: line id or None for the cart; exactly one of percent and amount is set, both positive. actor: who gave it;
    approver: who approved that, where the actor may not.
    """

    id: str
    line: str | None = None
    percent: Decimal | None = None
    amount: int | None = None
    reason: str = ""
    actor: str = ""
    approver: str = ""


class ReturnOf(msgspec.Struct, frozen=True, kw_only=True):
    """Link of a return line to the line that was sold.

    sold: thousandths sold; before: of them given back before this return (its figures follow from both).
    """

    sale: str
    number: str
    line: str
    sold: int
    before: int


class LineTax(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One tax of one line, as computed and stored."""

    id: str
    title: str
    type: str
    rate: str
    included: bool
    base: int
    amount: int

    def __post_init__(self) -> None:
        whole(self.base, "base")
        whole(self.amount, "amount")


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of an open cart. Its price was fixed when it was scanned.

    Exactly one of price (unit price, ten-thousandths) and extended (amount entered whole) is set.
    A return line carries its stored figures in `fixed` and is never priced again. under: the line it came with
    (per_unit: thousandths of it for each 1.000 of that): it changes and goes with that line, never alone.
    """

    id: str
    item: Item
    qty: int
    price: int | None = None
    extended: int | None = None
    source: str = ""
    note: str = ""
    approver: str = ""
    sections: Sections = {}
    returns: ReturnOf | None = None
    fixed: LineFigures | None = None
    under: str = ""
    per_unit: int = 0


class LineFigures(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The money of one line: base + adjustments = amount before tax rules; net + tax = gross."""

    base: int
    net: int
    tax: int
    gross: int
    adjustments: tuple[Adjustment, ...] = ()
    taxes: tuple[LineTax, ...] = ()


class Tender(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Money that came in (or went out, negative). amount = tendered - change - tip is what it pays.

    guarded: its method must be there when the sale is recorded, to promise that it can be paid. refunds: where money
    goes back, which payments it came by: their tender id -> minor units. currency, given, rate: of foreign cash, what
    was given of it (its minor units), and what one unit was worth; tendered is its worth, change the store's cash.
    most: up to how much can be tendered by it until it is taken for good (a tip after the authorisation); 0: no more.
    """

    id: str
    method: str
    title: str
    amount: int
    tendered: int
    change: int = 0
    rounding: int = 0
    cash: bool = False
    attempt: str = ""
    guarded: bool = False
    reference: str = ""
    details: dict[str, str] = {}
    refunds: dict[str, int] = {}
    currency: str = ""
    given: int = 0
    rate: str = ""
    tip: int = 0
    most: int = 0


class Cart(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The open or held cart of one register. `id` becomes the sale id; `name` is its short name."""

    id: str
    name: str
    currency: str
    register: str
    opened: str
    actor: str
    approver: str = ""
    mode: SaleMode = "normal"
    lines: tuple[Line, ...] = ()
    customer: CustomerRef | None = None
    discounts: tuple[ManualDiscount, ...] = ()
    tenders: tuple[Tender, ...] = ()
    sections: Sections = {}
    note: str = ""
    next_line: int = 1
    commands: tuple[str, ...] = ()

    def line(self, line_id: str) -> Line | None:
        """Return the line with this id."""
        return next((line for line in self.lines if line.id == line_id), None)


class Basket(msgspec.Struct, frozen=True, kw_only=True):
    """What an `adjustments` implementation sees: the cart and each line's amount after the stages before.

    Return lines are not in `amounts`: their figures are fixed.
    """

    cart: Cart
    amounts: dict[str, int]
    stage: Stage


class TaxLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a document to be taxed: amount in minor units after all adjustments.

    rest: what rounding quantity x price left out, for documents that are rounded as a whole; 0 where it was adjusted.
    """

    id: str
    amount: int
    qty: int
    tax: str | None
    item: str
    rest: Fraction = Fraction(0)


class TaxDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What the `tax` hook is asked about: the whole document, and the local day its rates are taken from."""

    currency: str
    day: str
    lines: tuple[TaxLine, ...]
    customer: CustomerRef | None = None


class TaxedLine(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for one line; net + tax = gross and the taxes add up to tax."""

    id: str
    net: int
    tax: int
    gross: int
    taxes: tuple[LineTax, ...] = ()

    def __post_init__(self) -> None:
        for name in ("net", "tax", "gross"):
            whole(getattr(self, name), name)


class TaxAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of the `tax` hook: one TaxedLine for every line asked about."""

    lines: tuple[TaxedLine, ...]


class PricedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line with its money and its trace."""

    line: Line
    figures: LineFigures


class TaxSum(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the tax summary of a document."""

    id: str
    title: str
    type: str
    rate: str
    included: bool
    base: int
    amount: int


class Priced(msgspec.Struct, frozen=True, kw_only=True):
    """A cart with all its money. due = total + rounding - paid is asked from the tender method."""

    lines: tuple[PricedLine, ...]
    taxes: tuple[TaxSum, ...]
    discounts: tuple[tuple[str, int], ...]
    base: int
    net: int
    tax: int
    total: int
    paid: int
    rounding: int = 0
    unanswered: tuple[str, ...] = ()
    author: str = ""

    @property
    def due(self) -> int:
        """What is still to be paid, before any cash rounding of the rest."""
        return self.total + self.rounding - self.paid
