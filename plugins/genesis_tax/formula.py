"""Solves the taxes of one line exactly, so that what is rounded later is rounded once.

B is the price before tax. Taxes apply in the order given; the base of a tax is B plus every earlier tax that
`affects_next`, unless the tax is not `affected_by_previous`. Then
  percent   rate % of its base;
  fixed     amount x quantity, so with the sign of the quantity;
  division  rate % of the price with this tax in it: net 90 at 10 gives 10.00. Divisions that stand side by side
            (consecutive, on the same base, alike `included`) are in that price together, as Brazil's are: net 32.33
            at 5, 3, 0.65, 9 and 15 gives 48.00 with 2.40 + 1.44 + 0.31 + 4.32 + 7.20.
A later tax is computed from the exact earlier one, not from its rounded figure.

The amount of a line holds some of its taxes: a `price` its included ones, a `net` none, a `gross` all. What it holds
is one linear equation, B + sum(held taxes) = amount. An excluded tax takes part in it where it raises the base of an
included one: a price of 120 under a fixed 1 on top that affects an included 21 % gives B = 99, taxes 1 and 21.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import compress
from typing import Literal, NamedTuple

import msgspec

from genesis import UserError

MILLI = 1_000  # quantities are thousandths
Mode = Literal["half_up", "half_even", "up", "down"]
TaxType = Literal["percent", "fixed", "division"]
Holds = Literal["price", "net", "gross"]


class Tax(msgspec.Struct, frozen=True, cache_hash=True):
    """One tax of a line: `rate` in percent for percent and division, `amount` in money per unit for fixed.

    name: which tax it is, where two that are alike otherwise must be told apart.
    """

    type: TaxType
    rate: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    included: bool = False
    affects_next: bool = False
    affected_by_previous: bool = True
    name: str = ""

    @property
    def value(self) -> Decimal:
        """The figure that names the tax: its rate, or its amount per unit."""
        return self.amount if self.type == "fixed" else self.rate


class Line(msgspec.Struct, frozen=True):
    """What a line costs after its discounts: an exact amount in steps, a quantity in thousandths, taxes in order."""

    amount: int | Fraction
    qty: int | Fraction
    taxes: tuple[Tax, ...] = ()
    holds: Holds = "price"


class Term(NamedTuple):
    """A linear part of a price: so much per B (or per amount), and so much per thousandth of the quantity."""

    slope: Fraction
    per_milli: Fraction

    def plus(self, other: Term) -> Term:
        """Add two parts."""
        return Term(self.slope + other.slope, self.per_milli + other.per_milli)


class Formula(NamedTuple):
    """Each tax of a line as a term of the line's amount, whether the amount holds it, and which tax it is.

    keys: (tax, how many equal ones stand before it): a tax that stands twice on a line is two taxes.
    """

    terms: tuple[Term, ...]
    held: tuple[bool, ...]
    keys: tuple[tuple[Tax, int], ...]

    def shares(self, amount: int | Fraction, qty: int | Fraction) -> list[Fraction]:
        """Return the exact taxes of a line with this amount and quantity."""
        return [term.slope * amount + term.per_milli * qty for term in self.terms]

    def net(self, amount: int | Fraction, qty: int | Fraction) -> Fraction:
        """Return the exact price before tax of a line with this amount and quantity."""
        return Fraction(amount - sum(compress(self.shares(amount, qty), self.held)))


@lru_cache(maxsize=1024)
def solve(taxes: tuple[Tax, ...], holds: Holds, step: Decimal) -> Formula:
    """Return the taxes of a line as functions of its amount (in steps) and quantity (in thousandths).

    Raises UserError where there is no answer: divisions of 100 % or more, held taxes of -100 % or less.
    """
    of_net = _terms(taxes, step)
    held = tuple(holds == "gross" or (holds == "price" and tax.included) for tax in taxes)
    whole = _sum([_ONE, *compress(of_net, held)])  # amount = whole.slope x B + whole.per_milli x quantity
    if whole.slope <= 0:
        raise UserError("the taxes take the whole price", "use rates that together stay above -100")
    terms = tuple(
        Term(term.slope / whole.slope, term.per_milli - term.slope * whole.per_milli / whole.slope) for term in of_net
    )
    keys = tuple((tax, taxes[:at].count(tax)) for at, tax in enumerate(taxes))
    return Formula(terms, held, keys)


_ONE = Term(Fraction(1), Fraction(0))


def _sum(terms: Iterable[Term]) -> Term:
    total = Term(Fraction(0), Fraction(0))
    for term in terms:
        total = total.plus(term)
    return total


def _terms(taxes: tuple[Tax, ...], step: Decimal) -> list[Term]:
    """Return each tax as a term of B."""
    terms: list[Term] = []
    raised = _ONE  # B and the earlier taxes that affect later ones
    while len(terms) < len(taxes):
        beside = _side_by_side(taxes, len(terms), raised)
        together = sum((Fraction(tax.rate) for tax in beside), Fraction(0)) / 100
        for tax in beside:
            base = raised if tax.affected_by_previous else _ONE
            terms.append(_term(tax, base, together, step))
        raised = _sum([raised, *compress(terms[-len(beside) :], (tax.affects_next for tax in beside))])
    return terms


def _term(tax: Tax, base: Term, together: Fraction, step: Decimal) -> Term:
    """Return one tax as a term of B; together: the rates of all divisions side by side with it."""
    if tax.type == "fixed":
        return Term(Fraction(0), Fraction(tax.amount) / Fraction(step) / MILLI)
    factor = Fraction(tax.rate) / 100
    if tax.type == "division":
        if together >= 1:
            raise UserError("a division of 100 % or more leaves no price", "use rates that together stay below 100")
        factor /= 1 - together
    return Term(factor * base.slope, factor * base.per_milli)


def _side_by_side(taxes: tuple[Tax, ...], at: int, raised: Term) -> tuple[Tax, ...]:
    """Return the tax at this place; for a division also those after it that are in the same price."""
    first, end, affects = taxes[at], at + 1, taxes[at].affects_next
    while first.type == "division" and end < len(taxes):
        tax = taxes[end]
        same_base = raised == _ONE or tax.affected_by_previous == first.affected_by_previous
        if tax.type != "division" or tax.included != first.included or not same_base:
            break
        if affects and tax.affected_by_previous:
            break
        affects = affects or tax.affects_next
        end += 1
    return taxes[at:end]
