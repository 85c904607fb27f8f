"""What screens show of a register: goods, the cart, receipts, ways to pay.

Amounts are Money, quantities thousandths of the unit, unit prices ten-thousandths of the currency.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from genesis.kernel.money import QTY_SCALE, Money

Tone = Literal["", "info", "good", "warn", "bad", "off"]


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Base of what screens show."""


class Label(Value, frozen=True, kw_only=True):
    """A short text with a tone: a badge, a status, a notice. author: the plugin that says it."""

    text: str
    tone: Tone = ""
    icon: str = ""
    detail: str = ""
    author: str = ""


class Amount(Value, frozen=True, kw_only=True):
    """A named amount: a discount, a tax, a tender."""

    text: str
    amount: Money


class Category(Value, frozen=True, kw_only=True):
    """A group of items; tint names a colour pair of the theme."""

    id: str
    name: str
    tint: str = ""


class Tile(Value, frozen=True, kw_only=True):
    """An item that can be sold by touch.

    price: None where it is asked; price_to: up to there, where it stands for variants; per: the unit where it is sold
    by weight or measure.
    badge: short notice of a plugin ("3 left"); note: quiet figure (stock on hand).
    """

    item: str
    name: str
    price: int | None
    price_to: int | None = None
    per: str = ""
    icon: str = ""
    tint: str = ""
    badge: Label | None = None
    note: str = ""
    detail: str = ""
    enabled: bool = True


class Tiles(Value, frozen=True, kw_only=True):
    """One page of tiles and how many there are in all."""

    tiles: tuple[Tile, ...]
    total: int


class Line(Value, frozen=True, kw_only=True):
    """A line of the open cart. amount: with its own adjustments, which are named beside it.

    under: the line it came with, which it changes and goes with.
    """

    id: str
    item: str
    name: str
    qty: int
    unit: str
    price: int | None
    amount: Money
    adjustments: tuple[Amount, ...] = ()
    notes: tuple[str, ...] = ()
    returned: bool = False
    under: str = ""


class Customer(Value, frozen=True, kw_only=True):
    """The customer of the cart."""

    ref: str
    name: str
    detail: str = ""
    badge: str = ""


class LateTip(Value, frozen=True, kw_only=True):
    """A payment that is authorised and can still take a tip. amount: what it pays; tip: on it now; most: at most."""

    id: str
    title: str
    amount: Money
    tip: Money
    most: Money


class Sale(Value, frozen=True, kw_only=True):
    """The open cart as it is priced now. name: its short name, never a receipt number.

    discounts: of the whole cart, each named; due = total + rounding - tenders. problems: what makes it
    impossible to complete this cart, in plain words. late: a payment that a tip can be put on; signs: a signature is
    to be checked.
    """

    id: str
    name: str
    lines: tuple[Line, ...]
    subtotal: Money
    total: Money
    due: Money
    discounts: tuple[Amount, ...] = ()
    taxes: tuple[Amount, ...] = ()
    tenders: tuple[Amount, ...] = ()
    customer: Customer | None = None
    training: bool = False
    problems: tuple[str, ...] = ()
    late: LateTip | None = None
    signs: bool = False

    @property
    def own(self) -> tuple[Line, ...]:
        """The lines that can be chosen: what came with another is changed by that one."""
        return tuple(line for line in self.lines if not line.under)

    @property
    def pieces(self) -> int:
        """How many items are in the cart; a weighed line counts as one, what came with a line does not."""
        return sum(abs(line.qty) // QTY_SCALE if line.qty % QTY_SCALE == 0 else 1 for line in self.own)


class Method(Value, frozen=True, kw_only=True):
    """A way to pay. cash: an amount is received and change given; due: what is due by this method.

    asks: of foreign cash, how much of it is worth that. tips: a tip can be put on top; tip_back: one can go back.
    """

    id: str
    title: str
    icon: str
    due: Money
    detail: str = ""
    cash: bool = False
    asks: Money | None = None
    tips: bool = False
    tip_back: int = 0


class Held(Value, frozen=True, kw_only=True):
    """A held cart."""

    id: str
    name: str
    items: int
    total: Money
    at: datetime
    customer: str = ""


class Receipt(Value, frozen=True, kw_only=True):
    """A completed sale. rows: (style, left, right) as on paper; tendered and change are of the cash part."""

    sale: str
    number: str
    total: Money
    tendered: Money
    change: Money
    rows: tuple[tuple[str, str, str], ...] = ()


class Taken(Value, frozen=True, kw_only=True):
    """What became of a tender. receipt: of the sale it completed; waiting: the provider has not answered yet."""

    receipt: Receipt | None = None
    waiting: bool = False


class SoldLine(Value, frozen=True, kw_only=True):
    """A line of a receipt: what was sold, and how much of it can still come back."""

    id: str
    name: str
    qty: int
    returnable: int
    unit: str
    amount: Money


class SoldSale(Value, frozen=True, kw_only=True):
    """A receipt found for a return."""

    number: str
    at: datetime
    total: Money
    lines: tuple[SoldLine, ...]


class Medium(Value, frozen=True, kw_only=True):
    """A way to hand the receipt over: print, none, or what a plugin brings."""

    id: str
    title: str
    icon: str
    chosen: bool = False


class Unclear(Value, frozen=True, kw_only=True):
    """A payment of the open cart of which nobody knows whether it was taken."""

    id: str
    title: str
    amount: Money


class Store(Value, frozen=True, kw_only=True):
    """Where the shell stands: shown in headers, used for formats."""

    name: str
    register: str
    currency: str
    locale: str
