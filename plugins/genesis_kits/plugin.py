"""Answers `product_fields` with recipes, `comes_with` with the parts of a kit, `availability` with their least."""

from __future__ import annotations

from typing import Any

from genesis import (
    Act,
    Arrival,
    Availability,
    Cart,
    Change,
    CliCommand,
    Companion,
    Done,
    FieldSpec,
    Item,
    Kept,
    PageAction,
    Panel,
    Pos,
    decimal,
    hookimpl,
)
from genesis_catalog.lookup import PREFIX
from genesis_kits import command, service
from genesis_kits.recipe import ASSEMBLED, MADE_OF, PARTS, SOLD

COUNT = FieldSpec(name="count", label="How many", kind="number", required=True)


class KitsPlugin:
    """The hook implementations."""

    @hookimpl
    def product_fields(self) -> list[FieldSpec]:
        """What a product is made of, and how it is sold."""
        sold = ((PARTS, "As its parts"), (ASSEMBLED, "Assembled beforehand"))
        return [
            FieldSpec(name=MADE_OF, label="Made of", kind="lines", help="One part a line: 2*CODE, or 2*CODE = 1.50"),
            FieldSpec(name=SOLD, label="The kit is sold", kind="choice", choices=sold, half=True),
        ]

    @hookimpl
    def check_change(self, pos: Pos, change: Change) -> None:
        """Refuse a recipe that cannot be read, or with itself inside."""
        if change.record == "catalog_product":
            service.check_product(pos, change)

    @hookimpl
    def comes_with(self, pos: Pos, cart: Cart, item: Item) -> list[Companion] | None:
        """The parts of a kit that is sold as its parts."""
        return service.parts_below(pos, item)

    @hookimpl
    def availability(self, pos: Pos, items: tuple[str, ...]) -> dict[str, Availability] | None:
        """As many kits as the least of the parts allows."""
        return service.availability(pos, items) or None

    @hookimpl
    def receive(self, pos: Pos, arrival: Arrival) -> Kept | None:
        """Refuse a delivery of what only exists as its parts."""
        service.check_arriving(pos, [row.item for row in arrival.rows if row.qty > 0])
        return None

    @hookimpl
    def panels(self, pos: Pos, slot: str, context: dict[str, Any]) -> list[Panel] | None:
        """Say on a product's page what it is made of, and what is left of that."""
        return service.told(pos, context["item"]) if slot == "product.drawer" else None

    @hookimpl
    def actions(self, pos: Pos) -> list[PageAction]:
        """Assemble and take apart, on the page of products."""
        return [
            PageAction(id="kits.assemble", page="catalog.products", title="Assemble", icon="package-plus", on="row",
                       ask=(COUNT,), run=_assemble, permission="stock.change", shown=_shown),
            PageAction(id="kits.apart", page="catalog.products", title="Take apart", icon="package-open", on="row",
                       ask=(COUNT,), run=_take_apart, permission="stock.change", shown=_shown),
        ]  # fmt: skip

    @hookimpl
    def cli_commands(self) -> list[CliCommand]:
        """`genesis kits`."""
        return [command.KITS]


def _shown(pos: Pos, row: str) -> bool:
    return service.is_assembled(pos, row)


def _assemble(pos: Pos, act: Act) -> Done:
    count = int(decimal(act.values["count"], "count", 0))
    name = service.assemble(pos, f"{PREFIX}{act.rows[0]}", count)
    return Done(text=f"{count} of {name} assembled", open=act.rows[0])


def _take_apart(pos: Pos, act: Act) -> Done:
    count = int(decimal(act.values["count"], "count", 0))
    name = service.assemble(pos, f"{PREFIX}{act.rows[0]}", count, apart=True)
    return Done(text=f"{count} of {name} taken apart", open=act.rows[0])


plugin = KitsPlugin()
