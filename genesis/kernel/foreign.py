"""Cash of other currencies: what it is worth here, by a rate that a person typed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Protocol, runtime_checkable

from genesis.kernel.money import exponent, round_div
from genesis.kernel.providers import PaymentMethod


@runtime_checkable
class ForeignCash(PaymentMethod, Protocol):
    """Cash of another currency than the store's. rate: what one unit of it is worth in the store's, exactly.

    It only comes in: change and refunds are cash of the store's currency.
    """

    currency: str

    @property
    def rate(self) -> Decimal:
        """The rate of now; UserError where there is none any more."""
        ...


def _ratio(currency: str, rate: Decimal, store: str) -> Fraction:
    return Fraction(rate) * Fraction(10) ** (exponent(store) - exponent(currency))


def worth(minor: int, currency: str, rate: Decimal, store: str) -> int:
    """Return what foreign cash is worth in minor units of the store's currency, rounded down.

    Down, as the till never pays more than it took (note 0032).
    """
    return round_div(minor * _ratio(currency, rate, store), "down")


def least(due: int, currency: str, rate: Decimal, store: str) -> int:
    """Return the least foreign cash (its minor units) that is worth what is due."""
    return round_div(due / _ratio(currency, rate, store), "up")
