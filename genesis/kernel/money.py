"""Money, quantities and rates as exact numbers, because a float at a till is a lie in waiting."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Literal, get_args

import iso4217
import msgspec

from genesis.kernel.errors import UserError

Mode = Literal["half_up", "half_even", "up", "down"]
MODES: tuple[str, ...] = get_args(Mode)
PRICE_SCALE = 10_000  # a unit price has four decimals
QTY_SCALE = 1_000  # a quantity has three decimals
_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?", re.ASCII)
_DIGITS = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
Exact = int | Decimal | Fraction


@cache
def exponent(currency: str) -> int:
    """Return the number of decimals ISO 4217 gives the currency.

    Raises UserError for a code that ISO 4217 does not list or that has no minor unit (XAU ...).
    """
    try:
        digits = iso4217.Currency(currency).exponent
    except ValueError:
        digits = None
    if digits is None:
        raise UserError(f"{currency!r} is not a currency with amounts", "use an ISO 4217 code such as EUR or USD")
    return int(digits)


def decimal(text: object, field: str = "amount", places: int = 9) -> Decimal:
    """Read `-?digits[.digits]` exactly; anything else (exponents, blanks, other digits) is refused by field."""
    if not isinstance(text, str) or not _AMOUNT.fullmatch(text):
        shown = str(text)[:40]
        if isinstance(text, str) and _DIGITS.fullmatch(text):
            raise UserError(f"{field}: {shown!r} has too many digits", "use at most 15 before a point, 9 after", field)
        raise UserError(
            f"{field}: {shown!r} is not a decimal number", "write digits with a point, such as 12.50", field
        )
    value = Decimal(text)
    if -int(value.as_tuple().exponent) > places and value != value.quantize(Decimal(1).scaleb(-places)):
        raise UserError(f"{field}: {text} has more than {places} decimals", f"use at most {places} decimals", field)
    return value


def round_div(value: Fraction, mode: Mode = "half_up") -> int:
    """Round an exact value to an integer.

    half_up: ties away from zero; half_even: ties to the even neighbour; up: away from zero; down: toward zero.
    """
    return round_ratio(value.numerator, value.denominator, mode)


def round_ratio(num: int, den: int, mode: Mode = "half_up") -> int:
    """Round num / den (den positive) to an integer, as `round_div` does."""
    if mode != "half_up" and mode not in MODES:  # an exact value too: a plugin learns of it at its first sale
        raise ValueError(f"{mode!r} is no way to round: use one of {', '.join(MODES)}")
    whole, rest = divmod(abs(num), den)
    if rest:
        twice = 2 * rest
        if (
            mode == "up"
            or (mode == "half_up" and twice >= den)
            or (mode == "half_even" and (twice > den or (twice == den and whole % 2)))
        ):
            whole += 1
    return -whole if num < 0 else whole


def to_step(value: Exact, step: Decimal, mode: Mode = "half_up") -> int:
    """Return how many steps the value is, rounded (a step of 0.05 makes 1.98 into 40 steps)."""
    return round_div(Fraction(value) / Fraction(step), mode)


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Split an amount by weights with the largest remainder; the parts sum to the total exactly.

    All-zero weights split equally. Ties go to the earlier part. Negative weights count by their size.
    Source of the rule: [4300, 1400, 2300] of 299 gives [161, 52, 86].
    """
    if not weights:
        if total:
            raise ValueError("nothing to split over")
        return []
    sizes = [abs(w) for w in weights]
    whole = sum(sizes)
    if whole == 0:
        sizes, whole = [1] * len(sizes), len(sizes)
    sign, size = (-1, -total) if total < 0 else (1, total)
    parts = [divmod(size * w, whole) for w in sizes]
    left = size - sum(q for q, _ in parts)
    order = sorted(range(len(parts)), key=lambda i: (-parts[i][1], i))
    out = [q for q, _ in parts]
    for i in order[:left]:
        out[i] += 1
    return [sign * q for q in out]


class Money(msgspec.Struct, frozen=True, order=True):
    """An amount in minor units of one currency; arithmetic across currencies and with floats raises TypeError."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are an int, not {type(self.minor).__name__}")
        exponent(self.currency)

    @classmethod
    def parse(cls, text: str, currency: str, field: str = "amount") -> Money:
        """Read "12.34" as money; more decimals than the currency has are refused by field."""
        digits = exponent(currency)
        return cls(int(decimal(text, field, digits).scaleb(digits)), currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def _same(self, other: object) -> int:
        if not isinstance(other, Money) or other.currency != self.currency:
            raise TypeError(f"{other!r} cannot be combined with {self.currency}")
        return other.minor

    def __str__(self) -> str:
        return plain(self.minor, exponent(self.currency))


def plain(units: int, decimals: int) -> str:
    """Write scaled units as a plain decimal string: -5 with 2 decimals is "-0.05"."""
    if decimals <= 0:
        return str(units * 10**-decimals)
    sign = "-" if units < 0 else ""
    whole, rest = divmod(abs(units), 10**decimals)
    return f"{sign}{whole}.{rest:0{decimals}d}"


def quantity_text(milli: int) -> str:
    """Write thousandths without needless zeros."""
    return plain(milli, 3).rstrip("0").rstrip(".")


def price_text(e4: int, digits: int) -> str:
    """Write a unit price with the currency's decimals, more only where it has them."""
    text = plain(e4, 4)
    while text[-1] == "0" and len(text.partition(".")[2]) > digits:
        text = text[:-1]
    return text.rstrip(".")


def quantity(text: str, field: str = "quantity") -> int:
    """Read a quantity of up to three decimals as thousandths; at most 1,000,000 either way, never zero."""
    milli = int(decimal(text, field, 3) * QTY_SCALE)
    if milli == 0 or abs(milli) > 1_000_000 * QTY_SCALE:
        raise UserError(f"{field}: {text} is out of range", "use a quantity from 0.001 to 1000000", field)
    return milli


def unit_price(text: str, field: str = "price") -> int:
    """Read a unit price of up to four decimals as ten-thousandths; never negative."""
    e4 = int(decimal(text, field, 4) * PRICE_SCALE)
    if e4 < 0:
        raise UserError(f"{field}: a price cannot be negative", "use a return for money that goes back", field)
    return e4


def rate(text: str, field: str = "rate") -> Decimal:
    """Read a rate in percent exactly, -100 to 10000 with up to 6 decimals."""
    value = decimal(text, field, 6)
    if not -100 <= value <= 10_000:
        raise UserError(f"{field}: {text} % is out of range", "use -100 to 10000", field)
    return value


def extended(milli: int, price_e4: int, digits: int, mode: Mode = "half_up") -> int:
    """Return quantity x unit price in minor units, rounded once (thousandths x ten-thousandths)."""
    return round_ratio(milli * price_e4 * 10**digits, QTY_SCALE * PRICE_SCALE, mode)
