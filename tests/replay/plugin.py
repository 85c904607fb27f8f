"""A plugin that gives the discounts a real receipt had, so that its figures can be compared to the cent."""

from __future__ import annotations

from genesis import Adjustment, Basket, Pos, hookimpl

ID = "replay"


class Replay:
    """Each item carries what was taken off its line: {"loyalty", "match", "coupon"} in minor units."""

    @hookimpl
    def adjustments(self, pos: Pos, basket: Basket) -> list[Adjustment] | None:
        """Card prices belong to the line; coupons come after them."""
        taken = {line.id: line.item.sections[ID] for line in basket.cart.lines if ID in line.item.sections}
        if basket.stage == "line":
            return [Adjustment(line=i, amount=-off["loyalty"], reason="Loyalty") for i, off in taken.items()]
        if basket.stage == "coupon":
            return self._coupons(basket, taken)
        return None

    def _coupons(self, basket: Basket, taken: dict[str, dict[str, int]]) -> list[Adjustment]:
        """The shop's match, then the coupon; what a coupon is worth beyond its line pays for the rest of the cart."""
        given: list[Adjustment] = []
        beyond = 0
        for i, off in taken.items():
            left = basket.amounts[i] - off["match"]
            here = min(left, off["coupon"])
            beyond += off["coupon"] - here
            given.append(Adjustment(line=i, amount=-off["match"], reason="Coupon match"))
            given.append(Adjustment(line=i, amount=-here, reason="Coupon"))
        return [*given, Adjustment(amount=-beyond, reason="Coupon")]
