"""How cash is rounded, and which foreign cash is worth how much here."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from genesis import Pos, SettingsError, UserError, exponent

RATE = re.compile(r"1 ([A-Z]{3}) = ([0-9]{1,9}(?:\.[0-9]{1,9})?) ([A-Z]{3})", re.ASCII)


class CashSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the cash part of a sale is rounded, and the rates of foreign cash; nothing is taken without one."""

    rounding_step: Annotated[
        str,
        Meta(
            title="Smallest coin",
            description='In the store\'s currency, such as 0.05; "0" keeps every amount exact',
            pattern=r"^[0-9]{1,6}(\.[0-9]{1,6})?$",
        ),
    ] = "0"
    rounding_mode: Annotated[
        Literal["half_up", "half_even", "up", "down"],
        Meta(title="Rounding", description="half_up rounds ties away from zero"),
    ] = "half_up"
    rates: Annotated[
        str,
        Meta(
            title="Foreign cash",
            description="One rate a line, such as 1 USD = 0.92 EUR: what is given is worth that, change is the store's",
            max_length=600,
        ),
    ] = ""

    def __post_init__(self) -> None:
        """Refuse what is no rate, by its line."""
        found: set[str] = set()
        for line in filter(None, map(str.strip, self.rates.splitlines())):
            wrong = _fault(line, found)
            if wrong:
                raise SettingsError({"rates": f"{line[:40]}: {wrong}"})

    def into(self, store: str) -> dict[str, Decimal]:
        """Return what one unit of each currency is worth in the store's."""
        rows = (match for line in self.rates.splitlines() if (match := RATE.fullmatch(line.strip())))
        return {match[1]: Decimal(match[2]) for match in rows if match[3] == store}


def _fault(line: str, found: set[str]) -> str:
    match = RATE.fullmatch(line)
    if match is None:
        return "write it as 1 USD = 0.92 EUR"
    currency, rate, store = match.groups()
    try:
        exponent(currency), exponent(store)
    except UserError as error:
        return str(error)
    if not Decimal(rate):
        return "a rate is more than zero"
    if currency == store or currency in found:
        return f"{currency} needs one rate into the store's currency"
    found.add(currency)
    return ""


def elsewhere(rules: CashSettings, store: str) -> list[str]:
    """Return the lines that are no rate into the store's currency."""
    return [line.strip() for line in rules.rates.splitlines() if line.strip() and not line.strip().endswith(store)]


class Cash:
    """Money in the drawer."""

    id = "cash"
    title = "Cash"
    icon = "banknote"
    cash = True


class ForeignNotes:
    """Cash of another currency, at the rate of now."""

    icon = "banknote"
    cash = True

    def __init__(self, pos: Pos, currency: str) -> None:
        self._pos, self.currency = pos, currency
        self.id, self.title = f"cash_{currency.lower()}", f"Cash {currency}"

    @property
    def rate(self) -> Decimal:
        """What one unit is worth in the store's currency; UserError where its rate was taken away."""
        rate = self._pos.settings(CashSettings).into(self._pos.currency).get(self.currency)
        if rate is None:
            raise UserError(f"{self.currency} has no rate any more", "set one in cash.rates", "rates")
        return rate
