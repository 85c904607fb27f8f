"""Answers `adjustments` for the discounts on the cart, and refuses those beyond the store's limits."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Annotated

import msgspec
from msgspec import Meta

from genesis import Adjustment, Basket, ManualDiscount, Permission, Pos, Veto, exponent, hookimpl, plain, round_div

EXCEED = "discounts.exceed"
Percent = Annotated[str, Meta(pattern=r"^[0-9]{1,3}(\.[0-9]{1,4})?$")]


class DiscountSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a cashier may give without the permission to go beyond."""

    most_percent: Annotated[Percent, Meta(title="Most percent", description="Of a line or the cart")] = "100"
    reason_needed: Annotated[bool, Meta(title="A reason must be given")] = False
    reasons: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=60)], ...], Meta(title="Reasons to choose from")
    ] = ()


class DiscountsPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Limits and reasons."""
        return DiscountSettings

    @hookimpl
    def permissions(self) -> list[Permission]:
        """One: to go beyond the limit."""
        return [Permission(id=EXCEED, title="Give more discount than the store allows", approvable=True)]

    @hookimpl
    def adjustments(self, pos: Pos, basket: Basket) -> list[Adjustment] | None:
        """Turn the line discounts (stage line) and the cart discounts (stage cart) into adjustments."""
        if basket.stage not in {"line", "cart"} or not basket.cart.discounts:
            return None
        left = dict(basket.amounts)
        answers = []
        for discount in basket.cart.discounts:
            if (discount.line is not None) == (basket.stage == "line"):
                base = left.get(discount.line, 0) if discount.line is not None else sum(left.values())
                amount = _amount(discount, base)
                _check(pos, discount, amount, base, basket.cart.currency)
                if discount.line is not None:
                    left[discount.line] = base - amount
                answers.append(
                    Adjustment(line=discount.line, amount=-amount, reason=_reason(discount), ref=discount.id)
                )
        return answers


def _amount(discount: ManualDiscount, base: int) -> int:
    """Return the discount in minor units with the sign of the base; a percentage rounds what is left, once."""
    if discount.percent is not None:
        return base - round_div(Fraction(base) * (1 - Fraction(discount.percent) / 100))
    size = min(discount.amount or 0, abs(base))
    return -size if base < 0 else size


def _reason(discount: ManualDiscount) -> str:
    what = f"{discount.percent.normalize():f} %" if discount.percent is not None else "Discount"
    return f"{discount.reason} {what}".strip() if discount.percent is not None else discount.reason or what


def _check(pos: Pos, discount: ManualDiscount, amount: int, base: int, currency: str) -> None:
    rules = pos.settings(DiscountSettings)
    if rules.reason_needed and not discount.reason:
        raise Veto("discount: a reason must be given", "add the reason", "reason")
    if rules.reasons and discount.reason not in rules.reasons:
        choice = ", ".join(rules.reasons)
        raise Veto("discount: this reason is not on the store's list", f"use one of: {choice}", "reason")
    most = Decimal(rules.most_percent)
    allowed = round_div(abs(Fraction(base)) * Fraction(most) / 100)
    giver = pos.permissions.actor_of(discount.approver or discount.actor)  # somebody else may have the till by now
    if abs(amount) > allowed and pos.permissions.reason(giver, EXCEED):
        why = f"discount: at most {most} % ({plain(allowed, exponent(currency))}) may be given here"
        pos.permissions.require(EXCEED, _reason(discount), why=why)


plugin = DiscountsPlugin()
