"""Reads a basket given as JSON so strictly that nothing in it is ever guessed; each fault names its field."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, Literal, cast, get_args

import msgspec

from genesis import UserError, decimal, exponent, quantity, rate, round_div
from genesis_tax.discounts import Discount
from genesis_tax.engine import Scope
from genesis_tax.formula import MILLI, Line, Mode, Tax, TaxType

MOST_LINES, MOST_TAXES, MOST_DISCOUNTS = 1_000, 50, 100
_STEPS = Decimal("0.000001"), Decimal(1000)
_TAX_KEYS = ("type", "rate", "amount", "included", "affects_next", "affected_by_previous")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}", re.ASCII)  # a key that stands in a path as it is
_LINE_KEYS = ("qty", "unit_price", "code", "discount_percent", "discount_amount", "taxes")


class JsonNumber:
    """A number as it stood in the JSON text; amounts are strings, so it is only ever refused."""


class CatalogueEntry(msgspec.Struct, frozen=True):
    """What the catalogue says about a code: the price of one, its currency, and its taxes of the day.

    units: thousandths of the unit that one is (a pack of 6, a label of 1.086 kg), for taxes per unit.
    """

    unit_price: Decimal
    currency: str
    taxes: tuple[Tax, ...] = ()
    units: int = MILLI


Resolve = Callable[[str], CatalogueEntry | None]


class Rounding(msgspec.Struct, frozen=True):
    """To which multiple, and how, something is rounded."""

    step: Decimal
    mode: Mode


class BasketLine(msgspec.Struct, frozen=True):
    """A line to be taxed, and what its own discounts took off in steps: (field, amount)."""

    line: Line
    off: tuple[tuple[str, int], ...]


class Basket(msgspec.Struct, frozen=True):
    """A basket as read: everything exact, defaults filled in."""

    scope: Scope
    rounding: Rounding
    lines: tuple[BasketLine, ...]
    discounts: tuple[Discount, ...]
    cash: Rounding | None


def refusal(field: str, reason: str, remedy: str) -> UserError:
    """Return the error for one field of the input."""
    return UserError(f"{field}: {reason}", remedy, field)


class _Fields:
    """One JSON object: every key is known, every value is of its kind."""

    def __init__(self, value: object, path: str, known: Collection[str]) -> None:
        self._path = path
        if not isinstance(value, dict):
            raise refusal(path or "basket", f"an object belongs here, not {_kind(value)}", "write {...}")
        for key in value:
            if key not in known:
                name = key if _WORD.fullmatch(key) else _shown(key)
                raise refusal(self.field(name), "unknown key", f"known here: {', '.join(known)}")
        self._value = cast("dict[str, Any]", value)

    def __contains__(self, key: str) -> bool:
        return key in self._value

    def field(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def get(self, key: str) -> object:
        if key not in self._value:
            raise refusal(self.field(key), "missing", "give it")
        return self._value[key]

    def text(self, key: str, default: str | None = None) -> str:
        value = self.get(key) if default is None or key in self else default
        if not isinstance(value, str):
            raise refusal(self.field(key), f"a string belongs here, not {_kind(value)}", 'write it in quotes: "12.50"')
        return value

    def decimal(self, key: str, default: str | None = None, low: int | None = None) -> Decimal:
        value = decimal(self.text(key, default), self.field(key))
        if low is not None and value < low:
            raise refusal(self.field(key), f"{self.text(key)} is below {low}", f"give at least {low}")
        return value

    def percent(self, key: str, default: str | None = None) -> Decimal:
        value = decimal(self.text(key, default), self.field(key), places=6)
        if not 0 <= value <= 100:
            raise refusal(self.field(key), f"{self.text(key)} % is out of range", "give 0 to 100")
        return value

    def choice(self, key: str, options: Collection[str], default: str | None = None) -> str:
        remedy = f"choose {', '.join(options)}"
        if default is None and key not in self:
            raise refusal(self.field(key), "missing", remedy)
        value = self.text(key, default)
        if value not in options:
            raise refusal(self.field(key), f"{_shown(value)} is not known", remedy)
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._value.get(key, default)
        if not isinstance(value, bool):
            raise refusal(self.field(key), f"true or false belongs here, not {_kind(value)}", "write true or false")
        return value

    def items(self, key: str, most: int) -> list[tuple[str, object]]:
        """Return (path, value) of each element."""
        value = self.get(key)
        if not isinstance(value, list):
            raise refusal(self.field(key), f"a list belongs here, not {_kind(value)}", "write [...]")
        if len(value) > most:
            raise refusal(self.field(key), f"{len(value)} of them, at most {most} are read", "split the basket")
        return [(f"{self.field(key)}[{number}]", element) for number, element in enumerate(value)]


def read_basket(document: object, resolve: Resolve | None = None) -> Basket:
    """Return the basket; resolve: how a line's `code` is found, None where there is no store.

    Raises UserError whose field is the path of the fault, such as `lines[2].qty`.
    """
    top = _Fields(document, "", ("currency", "tax", "lines", "discounts", "cash_rounding"))
    currency, minor_unit = _currency(top)
    tax = _Fields(top.get("tax") if "tax" in top else {}, "tax", ("scope", "mode", "step"))
    rounding = _rounding(tax, minor_unit)
    look_up = partial(_look_up, currency=currency, resolve=resolve)
    lines = tuple(_line(value, path, rounding, look_up) for path, value in top.items("lines", MOST_LINES))
    scopes = get_args(Scope)
    scope = tax.choice("scope", scopes) if "scope" in tax or any(line.line.taxes for line in lines) else "line"
    discounts = top.items("discounts", MOST_DISCOUNTS) if "discounts" in top else []
    return Basket(
        scope=cast("Scope", scope),
        rounding=rounding,
        lines=lines,
        discounts=tuple(_discount(value, path, rounding.step) for path, value in discounts),
        cash=_cash(top.get("cash_rounding"), rounding.step) if "cash_rounding" in top else None,
    )


def _kind(value: object) -> str:
    """Name what stands in the JSON text."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float, JsonNumber)):
        return "a number"
    kinds: tuple[tuple[type, str], ...] = ((str, "a string"), (list, "a list"), (dict, "an object"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "something else")


def _shown(text: object) -> str:
    """Return a piece of input as one short line."""
    return repr(str(text)[:40])


def _currency(top: _Fields) -> tuple[str, str]:
    """Return the currency and its minor unit as a decimal."""
    currency = top.text("currency")
    try:
        digits = exponent(currency[:40])
    except UserError as error:
        raise refusal("currency", error.what, error.remedy) from None
    return currency, format(Decimal(1).scaleb(-digits), "f")


def _rounding(fields: _Fields, default_step: str | None) -> Rounding:
    step = fields.decimal("step", default_step)
    low, high = _STEPS
    if not low <= step <= high:
        raise refusal(fields.field("step"), f"{step:f} is out of range", f"give {low:f} to {high:f}")
    return Rounding(step, cast("Mode", fields.choice("mode", get_args(Mode), "half_up")))


def _cash(value: object, step: Decimal) -> Rounding:
    fields = _Fields(value, "cash_rounding", ("step", "mode"))
    cash = _rounding(fields, None)
    if cash.step % step and step % cash.step:
        field = fields.field("step")
        raise refusal(field, f"{cash.step:f} does not fit the step {step:f} of the results", "give a multiple of it")
    return cash


def _line(value: object, path: str, rounding: Rounding, look_up: Callable[[_Fields], CatalogueEntry]) -> BasketLine:
    fields = _Fields(value, path, _LINE_KEYS)
    qty = quantity(fields.text("qty"), fields.field("qty"))
    entry = look_up(fields) if "code" in fields else None
    price = entry.unit_price if entry and "unit_price" not in fields else fields.decimal("unit_price", low=0)
    taxes = entry.taxes if entry else ()
    if "taxes" in fields:
        taxes = tuple(_tax(element, where) for where, element in fields.items("taxes", MOST_TAXES))
    full = Fraction(qty, MILLI) * Fraction(price) / Fraction(rounding.step)
    percent = Fraction(fields.percent("discount_percent", "0"))
    amount = Fraction(fields.decimal("discount_amount", "0", low=0)) / Fraction(rounding.step)
    left = full * (1 - percent / 100)
    if amount > abs(left):
        field = fields.field("discount_amount")
        raise refusal(field, "more than the line costs", "give at most what is left of the line")
    final = left - amount if qty > 0 else left + amount  # a return line mirrors the sale
    sums = [round_div(exact, rounding.mode) for exact in (full, left, final)]
    off = (("discount_percent", sums[0] - sums[1]), ("discount_amount", sums[1] - sums[2]))
    units = qty if entry is None else Fraction(qty * entry.units, MILLI)
    return BasketLine(Line(final, units, taxes), off)


def _look_up(fields: _Fields, currency: str, resolve: Resolve | None) -> CatalogueEntry:
    code, field = fields.text("code"), fields.field("code")
    if not 1 <= len(code) <= 4_096:
        raise refusal(field, "a code has 1 to 4096 characters", "correct it, or give unit_price")
    if resolve is None:
        raise refusal(field, f"{_shown(code)} needs a store", "name its folder with --home, or give unit_price")
    try:
        entry = resolve(code)
    except UserError as error:
        raise refusal(field, error.what, error.remedy) from error
    if entry is None:
        raise refusal(field, f"{_shown(code)} is not in the catalogue", "correct it, or give unit_price")
    if entry.currency != currency:
        raise refusal(field, f"priced in {entry.currency}, not {currency}", f"quote in {entry.currency}")
    return entry


def _tax(value: object, path: str) -> Tax:
    """Read a tax; its type says which of rate and amount counts, the other one may stand there for nothing."""
    fields = _Fields(value, path, _TAX_KEYS)
    kind = cast("TaxType", fields.choice("type", get_args(TaxType)))
    fixed = kind == "fixed"
    percent = rate(fields.text("rate", "0" if fixed else None), fields.field("rate"))
    amount = fields.decimal("amount", None if fixed else "0")
    if kind == "division" and percent >= 100:
        raise refusal(fields.field("rate"), f"{percent:f} % leaves no price", "a division is below 100")
    return Tax(
        type=kind,
        rate=Decimal(0) if fixed else percent,
        amount=amount if fixed else Decimal(0),
        included=fields.flag("included", default=False),
        affects_next=fields.flag("affects_next", default=False),
        affected_by_previous=fields.flag("affected_by_previous", default=True),
    )


def _discount(value: object, path: str, step: Decimal) -> Discount:
    fields = _Fields(value, path, ("percent", "amount", "on"))
    on = cast('Literal["net", "gross"]', fields.choice("on", ("net", "gross")))
    if ("percent" in fields) == ("amount" in fields):
        raise refusal(path, "one of percent and amount belongs here", "give exactly one of them")
    if "percent" in fields:
        return Discount(on, percent=fields.percent("percent"))
    steps = Fraction(fields.decimal("amount")) / Fraction(step)
    if steps.denominator != 1:
        raise refusal(fields.field("amount"), f"not a multiple of the step {step:f}", "give a multiple of it")
    return Discount(on, amount=int(steps))
