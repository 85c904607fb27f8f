"""Follows every movement of goods, and answers what can be sold, what it cost and what needs attention."""

from __future__ import annotations

from typing import Any

import msgspec

from genesis import (
    Allocation,
    Availability,
    Cart,
    Change,
    CliCommand,
    Entry,
    Fact,
    Figure,
    Job,
    Line,
    OpeningStock,
    PageFigure,
    PageFilter,
    Panel,
    Permission,
    Pos,
    Projection,
    Reaction,
    Records,
    Report,
    Screen,
    Veto,
    hookimpl,
    quantity_text,
)
from genesis_stock import figures, holding, service, transfers
from genesis_stock.brought import Brought
from genesis_stock.ledger import LEDGER
from genesis_stock.models import MARKS, RULES, StockArrived, StockMoved, StockReconciled, StockReleased, StockSent
from genesis_stock.opening import STOCK
from genesis_stock.transfers_command import TRANSFERS

CATALOGUE = "catalog_product"  # whose records are products, wherever they are kept


class StockPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Locations and the policy of items without a rule."""
        return service.StockSettings

    @hookimpl
    def permissions(self) -> list[Permission]:
        """To change stock, to send it, to set rules, to see costs."""
        return [
            Permission(id="stock.change", title="Take goods in, adjust and write off"),
            Permission(id="stock.transfer", title="Send goods to another location and take them in"),
            Permission(id="stock.rules", title="Say when an item is low, and whether it may be sold below zero"),
            Permission(id="stock.costs", title="See what goods cost"),
        ]

    @hookimpl
    def facts(self) -> list[type[Fact]]:
        """Movements that are not sales."""
        return [StockMoved, StockSent, StockArrived, StockReconciled, StockReleased]

    @hookimpl
    def projections(self) -> list[Projection]:
        """The ledger, what is kept for held carts, and the transfers."""
        return [LEDGER, holding.LEDGER, transfers.LEDGER]

    @hookimpl
    def records(self) -> list[Records]:
        """The rules of items, and the marks of categories."""
        return [RULES, MARKS]

    @hookimpl
    def allocate(self, pos: Pos, cart: Cart, line: Line) -> Allocation | None:
        """Promise what a line takes."""
        return service.allocate(pos, line)

    @hookimpl
    def reserve(self, pos: Pos, cart: Cart, held: bool) -> Allocation | None:
        """Keep the goods of held carts."""
        return holding.reserve(pos, cart, held=held)

    @hookimpl
    def availability(self, pos: Pos, items: tuple[str, ...]) -> dict[str, Availability]:
        """What can be sold now."""
        return service.availability(pos, items)

    @hookimpl
    def opening(self, pos: Pos) -> OpeningStock:
        """Keep what items begin with."""
        return Brought(pos)

    @hookimpl
    def check_change(self, pos: Pos, change: Change) -> None:
        """Refuse to delete a product of which there still is some."""
        if change.record == CATALOGUE and change.action == "delete":
            ref = f"catalog:{change.id}"
            everywhere = figures.was_on_hand(pos, ref, service.today(pos))  # other locations, and what is on its way
            left = service.on_hand(pos, ref) or everywhere
            if left:
                raise Veto(f"{quantity_text(left)} of this product are in stock", "sell or write them off first", "id")

    @hookimpl
    def panels(self, pos: Pos, slot: str, context: dict[str, Any]) -> list[Panel] | None:
        """Say in a product's drawer what is on hand and where."""
        if slot != "product.drawer":
            return None
        ref = context["item"]
        rows = [Panel(text=" ".join(filter(None, (figures.called(at), batch))), detail=quantity_text(qty))
                for at, batch, qty in figures.levels(pos, ref)]  # fmt: skip
        if kept := service.reserved(pos, service.key_of(pos.settings(service.StockSettings).location, ref)):
            rows.append(Panel(text="Held in carts", detail=quantity_text(kept)))
        return rows or None

    @hookimpl
    def actions(self) -> list[PageFilter | PageFigure]:
        """A filter and figures of the page of products: what the stock is worth, what needs attention."""
        return [PageFilter(id="stock.alert", title="Stock", page=figures.PRODUCTS_PAGE, permission="records.read",
                           choices=lambda _pos: figures.KINDS,
                           narrow=figures.items),
                PageFigure(id="stock.value", title="Stock value", page=figures.PRODUCTS_PAGE, permission="stock.costs",
                           figure=figures.value),
                PageFigure(id="stock.low", title="Low stock", page=figures.PRODUCTS_PAGE, permission="records.read",
                           figure=figures.low)]  # fmt: skip

    @hookimpl
    def figures(self, pos: Pos) -> list[Figure]:
        """Value and low stock."""
        return figures.cards(pos)

    @hookimpl
    def reports(self) -> list[Report]:
        """What is out, low, too much, or does not move; what all of it was worth on a day."""
        return [figures.ATTENTION, figures.VALUE]

    @hookimpl
    def jobs(self) -> list[Job]:
        """Set the guards right after sales that were made while this plugin was off; end what is kept too long."""
        return [Job(id="stock.reconcile", every=3600, run=_reconcile, at_start=True),
                Job(id="stock.expire", every=60, run=_expire, at_start=True)]  # fmt: skip

    @hookimpl
    def reactions(self) -> list[Reaction]:
        """Set the guards right at once where the location that is sold from gets another name."""
        return [Reaction(name="stock_named", kinds=("setting.changed",), run=_named)]

    @hookimpl
    def screens(self) -> list[Screen]:
        """The items in stock, transfers, and the marks of categories."""
        return [Screen(id="items", title="Inventory", icon="boxes", page="genesis_stock.pages:page", place="admin",
                       group="stock", permission="records.read", order=20, badge=_badge),
                Screen(id="transfers", title="Transfers", icon="truck", page="genesis_stock.transfers_page:page",
                       place="admin", group="stock", permission="stock.transfer", order=21, badge=_on_the_way),
                Screen(id="marks", title="Stock alerts", icon="bell", page="genesis_stock.marks_page:page",
                       place="admin", group="stock", permission="stock.rules", order=22)]  # fmt: skip

    @hookimpl
    def cli_commands(self) -> list[CliCommand]:
        """`genesis stock` and `genesis transfers`."""
        return [STOCK, TRANSFERS]


def _badge(pos: Pos) -> str:
    waiting = figures.count(pos, "out") + figures.count(pos, "low")
    return str(waiting) if waiting else ""


def _on_the_way(pos: Pos) -> str:
    waiting = transfers.count(pos)
    return str(waiting) if waiting else ""


def _named(pos: Pos, entry: Entry) -> list[Fact] | None:
    changed: Any = entry.fact
    if (changed.scope, changed.key) != ("stock", "location"):
        return None
    service.reconcile(pos)
    return []


def _expire(pos: Pos) -> None:
    holding.expire(pos)


def _reconcile(pos: Pos) -> None:
    service.reconcile(pos)


plugin = StockPlugin()
