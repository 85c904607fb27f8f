"""Answers `payment_methods` with cash, the store's and foreign, and `round_cash` by the store's rule."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from genesis import Health, PaymentMethod, Pos, exponent, hookimpl, to_step
from genesis_cash.rules import Cash, CashSettings, ForeignNotes, elsewhere


class CashPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Rounding step and mode, rates of foreign cash."""
        return CashSettings

    @hookimpl
    def payment_methods(self, pos: Pos) -> list[PaymentMethod]:
        """Cash, and each foreign cash that has a rate into the store's currency."""
        return [Cash(), *(ForeignNotes(pos, currency) for currency in pos.settings(CashSettings).into(pos.currency))]

    @hookimpl
    def round_cash(self, pos: Pos, currency: str, due: int) -> int | None:
        """Round what is due in cash to the step; the sign is kept, so a refund mirrors its sale."""
        rule = pos.settings(CashSettings)
        step = Decimal(rule.rounding_step)
        minor = int(step.scaleb(exponent(currency)))
        if minor <= 1:
            return None
        return to_step(due, Decimal(minor), rule.rounding_mode) * minor

    @hookimpl
    def health(self, pos: Pos) -> Health | None:
        """Whether every rate is one into the store's currency."""
        wrong = elsewhere(pos.settings(CashSettings), pos.currency)
        return Health(ok=False, text=f"not taken, as it is no rate into {pos.currency}: {wrong[0]}") if wrong else None


plugin = CashPlugin()
