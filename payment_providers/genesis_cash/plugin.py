"""Answers `payment_methods` with cash and `round_cash` by the store's rule."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from genesis import PaymentMethod, Pos, exponent, hookimpl, to_step


class CashSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the cash part of a sale is rounded; without a step nothing is rounded."""

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


class Cash:
    """Money in the drawer."""

    id = "cash"
    title = "Cash"
    icon = "banknote"
    cash = True


class CashPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Rounding step and mode."""
        return CashSettings

    @hookimpl
    def payment_methods(self) -> list[PaymentMethod]:
        """One: cash."""
        return [Cash()]

    @hookimpl
    def round_cash(self, pos: Pos, currency: str, due: int) -> int | None:
        """Round what is due in cash to the step; the sign is kept, so a refund mirrors its sale."""
        rule = pos.settings(CashSettings)
        step = Decimal(rule.rounding_step)
        minor = int(step.scaleb(exponent(currency)))
        if minor <= 1:
            return None
        return to_step(due, Decimal(minor), rule.rounding_mode) * minor


plugin = CashPlugin()
