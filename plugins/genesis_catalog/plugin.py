"""Answers what a code stands for, what it costs and what can be found, from the products of the store."""

from __future__ import annotations

from typing import Any

from genesis import (
    Cart,
    Categorised,
    Change,
    CliCommand,
    Item,
    Line,
    Permission,
    Pos,
    Price,
    Projection,
    Records,
    Screen,
    SearchHit,
    UserError,
    hookimpl,
)
from genesis_catalog import changes, lookup
from genesis_catalog.codes import SECTION, resolve
from genesis_catalog.command import IMPORT
from genesis_catalog.groups import categorised
from genesis_catalog.history import CHANGES
from genesis_catalog.layouts import LAYOUTS
from genesis_catalog.models import CATEGORIES, PRODUCTS, UNITS


class CatalogPlugin:
    """The hook implementations."""

    @hookimpl
    def records(self) -> list[Records]:
        """Return categories, units, products, and what is known of the columns of lists."""
        return [CATEGORIES, UNITS, PRODUCTS, LAYOUTS]

    @hookimpl
    def projections(self) -> list[Projection]:
        """Where the changes of products stand."""
        return [CHANGES]

    @hookimpl
    def permissions(self) -> list[Permission]:
        """One: to change the catalogue (importing is `records.import` of the kernel)."""
        return [Permission(id="catalog.edit", title="Change products, categories and units")]

    @hookimpl
    def check_change(self, pos: Pos, change: Change) -> None:
        """Refuse a code that another product has, a category in use, a tree that runs in a circle ..."""
        changes.check(pos, change)

    @hookimpl
    def resolve_code(self, pos: Pos, code: str) -> Item | None:
        """Look for the code, what its label says, the SKU, or the ref of an item ("catalog:<id>")."""
        return resolve(pos, code)

    @hookimpl
    def search_items(self, pos: Pos, text: str, category: str, limit: int) -> list[SearchHit]:
        """Search by words and codes as they are typed; without any, list a category by name."""
        return lookup.search(pos, text, category, limit)

    @hookimpl
    def categorised(self, pos: Pos) -> Categorised:
        """Say in which categories products stand."""
        return categorised(pos)

    @hookimpl
    def base_price(self, pos: Pos, cart: Cart, item: Item) -> Price | None:
        """Return the list price; prices are in the store's currency alone."""
        e4 = lookup.price_of(pos, item.ref)
        if e4 is None:
            return None
        if cart.currency != pos.currency:
            raise UserError(f"{item.name} has no price in {cart.currency}", "enter one", "price")
        return Price(e4=e4)

    @hookimpl
    def sale_section(self, line: Line | None) -> dict[str, Any] | None:
        """Keep what the label said of batch, expiry and serial number."""
        return line.item.sections.get(SECTION) if line is not None else None

    @hookimpl
    def screens(self) -> list[Screen]:
        """The products, and the tree they stand in."""
        return [
            Screen(id="products", title="Products", icon="package", page="genesis_catalog.pages:page", place="admin",
                   group="catalog", permission="records.read", order=10),
            Screen(id="categories", title="Categories", icon="folder-tree", page="genesis_catalog.category_page:page",
                   place="admin", group="catalog", permission="catalog.edit", order=12),
        ]  # fmt: skip

    @hookimpl
    def cli_commands(self) -> list[CliCommand]:
        """One: `genesis import`."""
        return [IMPORT]


plugin = CatalogPlugin()
