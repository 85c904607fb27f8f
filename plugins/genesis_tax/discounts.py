"""Takes discounts off a whole document and tells every line its part, so that each cent off has a place.

Discounts apply in the order given, each to the figures that the one before left:
  on gross  the total becomes exactly total - discount. Every line's gross gives way by its part, and net and tax
            follow from that gross: it holds all the taxes of the line, excluded ones too.
  on net    every line's net gives way by its part, before tax; all taxes are then computed on top of that net.
A percent is rounded once, on what is left: 10 % off 12.35 leaves round(11.115) = 11.12, so 1.23 is off. Parts are
proportional to the line's gross (net), by largest remainder: 2.99 over 43.00, 14.00 and 23.00 is 1.61, 0.52 and 0.86.
A return line's part has the sign of the line, so 10 % off takes 10 % off every line. Nothing is turned round: a
discount lies between nothing and the whole, and so does each part.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from genesis import UserError, round_div
from genesis_tax.engine import Document, Scope, compute, spread
from genesis_tax.formula import Line, Mode


class Discount(msgspec.Struct, frozen=True):
    """A discount on the document: a percentage from 0 to 100, or else an amount in steps."""

    on: Literal["net", "gross"]
    percent: Decimal | None = None
    amount: int = 0


class Discounted(msgspec.Struct, frozen=True):
    """The document after its discounts, and what each discount took from each line, in steps."""

    document: Document
    parts: tuple[tuple[int, ...], ...]


def price(lines: Sequence[Line], discounts: Sequence[Discount], scope: Scope, mode: Mode, step: Decimal) -> Discounted:
    """Return the document with its discounts taken off.

    Raises UserError with field `discounts[N].amount` for an amount that is not between nothing and the whole.
    """
    document = compute(lines, scope, mode, step)
    taken = []
    for number, discount in enumerate(discounts):
        weights = [getattr(figures, discount.on) for figures in document.lines]
        parts = _parts(discount, number, weights, mode)
        lines = [
            Line(weight - part, line.qty, line.taxes, discount.on)
            for line, weight, part in zip(lines, weights, parts, strict=True)
        ]
        document = compute(lines, scope, mode, step)
        taken.append(tuple(parts))
    return Discounted(document, tuple(taken))


def _parts(discount: Discount, number: int, weights: Sequence[int], mode: Mode) -> list[int]:
    whole = sum(weights)
    if discount.percent is not None:
        off = whole - round_div(whole * (1 - Fraction(discount.percent) / 100), mode)
    else:
        off = discount.amount
        if not min(0, whole) <= off <= max(0, whole):
            field = f"discounts[{number}].amount"
            raise UserError(f"{field}: more than there is to take it from", "give at most the whole amount", field)
    if not whole:
        return [0] * len(weights)
    return spread(off, [Fraction(off * weight, whole) for weight in weights])
