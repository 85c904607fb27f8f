"""Answers `product_fields` with the deposit of a product, and `comes_with` with its line below the goods."""

from __future__ import annotations

import msgspec

from genesis import Cart, Companion, FieldSpec, Item, Pos, hookimpl, item_of

ME, CODE = "deposits", "item"


class DepositsPlugin:
    """The hook implementations."""

    @hookimpl
    def product_fields(self) -> list[FieldSpec]:
        """The deposit that one unit of a product carries: another product, by its code."""
        return [FieldSpec(name=CODE, label="Deposit (code)", half=True)]

    @hookimpl
    def comes_with(self, pos: Pos, cart: Cart, item: Item) -> list[Companion] | None:
        """The deposit, at its own price; a code nobody knows refuses the goods, as they would go out without it."""
        code = str(item.sections.get(ME, {}).get(CODE) or "")
        if not code:
            return None
        name = item.name[:60]
        deposit = item_of(pos, code, f"it is the deposit of {name}: correct that, or add the deposit")
        return [Companion(item=msgspec.structs.replace(deposit, face_value=True))]


plugin = DepositsPlugin()
