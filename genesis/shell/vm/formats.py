"""How amounts, quantities and times are written for the people at this till."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal, get_currency_symbol

from genesis.kernel.money import PRICE_SCALE, QTY_SCALE, Money, exponent
from genesis.shell.words import _, many, mirrored

MINUS = "\u2212"
LTR, RTL = "\u200e", "\u200f"  # marks that order a line and are not seen
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
PIECES = frozenset({"", "pcs", "each"})


class Formats:
    """Formats of one locale and currency; every answer is kept, as a till writes the same amounts all day."""

    def __init__(self, locale: str, currency: str) -> None:
        try:
            self._locale = Locale.parse(locale.replace("-", "_"))
        except (ValueError, UnknownLocaleError):
            self._locale = Locale.parse("en_US")
        self.currency = currency
        self._mirrored = self._locale.character_order == "right-to-left"
        self.money = lru_cache(4096)(self._money)
        self.plain = lru_cache(4096)(self._plain)
        self.price = lru_cache(4096)(self._price)

    @property
    def symbol(self) -> str:
        """The sign of the currency."""
        return str(get_currency_symbol(self.currency, self._locale))

    @property
    def point(self) -> str:
        """The decimal point that people write here."""
        return str(self._locale.number_symbols.get("latn", {}).get("decimal", "."))

    def _money(self, amount: Money) -> str:
        text = format_currency(_decimal(amount), amount.currency, locale=self._locale)
        return self._run(str(text).replace("-", MINUS))

    def _run(self, text: str) -> str:
        """Keep figure and sign together in a line that reads from right to left."""
        return f"{LTR}{text.replace(RTL, '')}{LTR}" if self._mirrored else text

    def text(self, value: str | Money) -> str:
        """Write what a page says: its text as it is, a day as people write it, money with the sign of the currency."""
        if not isinstance(value, str):
            return self.money(value)
        return self.day(value) if _DAY.fullmatch(value) else value

    def figure(self, value: str | Money) -> str:
        """Write what stands in a column of figures: a number with the point and the minus of this language."""
        if not isinstance(value, str) or not _NUMBER.fullmatch(value):
            return self.text(value)
        return self._run(value.replace("-", MINUS).replace(".", self.point))

    def day(self, iso: str) -> str:
        """Write a day; what is none stays as it is."""
        try:
            return self._run(str(format_date(date.fromisoformat(iso), "medium", locale=self._locale)))
        except ValueError:
            return iso

    def _plain(self, amount: Money) -> str:
        digits = exponent(amount.currency)
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return str(format_decimal(_decimal(amount), pattern, self._locale)).replace("-", MINUS)

    def whole(self, amount: Money) -> str:
        """Write an amount without decimals where it has none: presets."""
        value = _decimal(amount)
        if value != value.to_integral_value():
            return self.money(amount)
        pattern = self._locale.currency_formats["standard"].pattern.split(";")[0].replace(".00", "")
        return self._run(str(format_currency(value, amount.currency, pattern, self._locale, currency_digits=False)))

    def typed(self, text: str, currency: str = "") -> str:
        """Write an amount while it is typed: "25" as money, "25." and "25.5" digit by digit."""
        whole, point, part = text.partition(".")
        amount = Money.parse(whole or "0", currency or self.currency)
        if not point:
            return self.money(amount)
        shown = self.whole(amount)
        end = max(i for i, char in enumerate(shown) if char.isdigit()) + 1
        return f"{shown[:end]}{self.point}{part}{shown[end:]}"

    def _price(self, e4: int, per: str = "") -> str:
        value = Decimal(e4) / PRICE_SCALE
        digits = exponent(self.currency)
        exact = value == value.quantize(Decimal(1).scaleb(-digits))
        shown = value if exact else value.normalize()
        text = str(
            format_currency(
                shown, self.currency, locale=self._locale, currency_digits=exact, decimal_quantization=exact
            )
        )
        return self._run(f"{text}/{per}" if per and per not in PIECES else text)

    def quantity(self, milli: int) -> str:
        """Write a quantity: whole pieces plainly, parts with three decimals."""
        if milli % QTY_SCALE == 0:
            return str(milli // QTY_SCALE).replace("-", MINUS)
        return str(format_decimal(Decimal(milli) / QTY_SCALE, "0.000", self._locale)).replace("-", MINUS)

    def measured(self, milli: int, unit: str) -> str:
        """Write a quantity with its unit: "1.240 kg", "3"."""
        return self.quantity(milli) if unit in PIECES else self._run(f"{self.quantity(milli)} {unit}")

    def number(self, count: int) -> str:
        """Return a count with its separators."""
        return str(format_decimal(count, locale=self._locale))

    def clock(self, at: datetime) -> str:
        """Write the time of day."""
        return str(format_time(at, "HH:mm", locale=self._locale))

    def moment(self, at: datetime) -> str:
        """Write a day and time."""
        return str(format_datetime(at, "d MMM, HH:mm", locale=self._locale))

    def items(self, count: int) -> str:
        """Write how many items."""
        return many("{count} item", "{count} items", count, self.number(count))

    def each(self, e4: int, unit: str) -> str:
        """Write a unit price as a line shows it."""
        return self.price(e4, unit) if unit not in PIECES else _("{price} each").format(price=self.price(e4))


def _decimal(amount: Money) -> Decimal:
    return Decimal(amount.minor).scaleb(-exponent(amount.currency))


def joined(*parts: str) -> str:
    """Join what is there with a middle dot; from right to left where the language of the screens does."""
    dot = f" {RTL}·{RTL} " if mirrored() else " · "
    return dot.join(part for part in parts if part)
