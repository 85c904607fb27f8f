"""Follows batches with their dates, chooses what goes first, and refuses what may not be sold."""

from __future__ import annotations

from typing import Any

import msgspec

from genesis import (
    Adjustment,
    Allocation,
    Arrival,
    Basket,
    Cart,
    CliCommand,
    Fact,
    Figure,
    Kept,
    Line,
    PageColumn,
    PageFigure,
    PageFilter,
    Panel,
    Permission,
    Pos,
    Problem,
    Projection,
    Records,
    Report,
    Screen,
    hookimpl,
    quantity_text,
)
from genesis_batches import lists, markdown, service, till
from genesis_batches.choice import on_hand
from genesis_batches.command import BATCHES
from genesis_batches.ledger import LEDGER
from genesis_batches.models import BatchAssembled, BatchCorrected, BatchMarked, BatchReceived
from genesis_batches.settings import BatchSettings
from genesis_stock.figures import PRODUCTS_PAGE


class BatchesPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """How close to its expiry a batch is sold and listed."""
        return BatchSettings

    @hookimpl
    def permissions(self) -> list[Permission]:
        """To recall a batch, to mark goods down, and to sell what is refused."""
        return [
            Permission(id="batches.recall", title="Recall a batch, put it into quarantine and release it"),
            Permission(id="batches.markdown", title="Say how much cheaper goods become close to their expiry"),
            Permission(
                id=till.OVERRIDE, title="Sell from a batch that is expired, recalled or in quarantine", approvable=True
            ),
        ]

    @hookimpl
    def facts(self) -> list[type[Fact]]:
        """Batches received, assembled, marked and corrected."""
        return [BatchReceived, BatchAssembled, BatchMarked, BatchCorrected]

    @hookimpl
    def projections(self) -> list[Projection]:
        """The batches."""
        return [LEDGER]

    @hookimpl
    def records(self) -> list[Records]:
        """The table of markdowns."""
        return [markdown.RULES]

    @hookimpl
    def check_line(self, pos: Pos, cart: Cart, line: Line) -> dict[str, Any] | None:
        """Refuse what is expired or recalled."""
        return till.check_line(pos, cart, line)

    @hookimpl
    def check_checkout(self, pos: Pos, cart: Cart) -> list[Problem] | None:
        """Refuse what was recalled since it was scanned."""
        return till.problems(pos, cart)

    @hookimpl
    def allocate(self, pos: Pos, cart: Cart, line: Line) -> Allocation | None:
        """Say which batches a line takes or gives back."""
        return till.allocate(pos, cart, line)

    @hookimpl
    def receive(self, pos: Pos, arrival: Arrival) -> Kept | None:
        """Keep the batches of goods that come, and of what is made of others."""
        return service.arriving(pos, arrival)

    @hookimpl
    def actions(self) -> list[PageFilter | PageColumn | PageFigure]:
        """A filter, a column and a figure of the page of products: what expires, and when."""
        return [PageFilter(id="batches.dates", title="Dates", page=PRODUCTS_PAGE, permission="records.read",
                           choices=lambda _pos: lists.KINDS[:3], narrow=lists.items),
                PageColumn(id="batches.next", title="Next expiry", kind="badge", page=PRODUCTS_PAGE,
                           permission="records.read", cells=lists.next_expiries),
                PageFigure(id="batches.near", title="Short dated", page=PRODUCTS_PAGE, permission="records.read",
                           figure=lists.short_dated)]  # fmt: skip

    @hookimpl
    def adjustments(self, pos: Pos, basket: Basket) -> list[Adjustment] | None:
        """Mark down what is close to its expiry."""
        return markdown.adjustments(pos, basket)

    @hookimpl
    def panels(self, pos: Pos, slot: str, context: dict[str, Any]) -> list[Panel] | None:
        """Say in a product's drawer which batches there are, the next to go first."""
        if slot != "product.drawer":
            return None
        rows = [Panel(text=f"{one.code} {one.expiry}".rstrip(), detail=quantity_text(one.qty),
                      tone="bad" if one.why else "") for one in on_hand(pos, context["item"])]  # fmt: skip
        return rows or None

    @hookimpl
    def figures(self, pos: Pos) -> list[Figure]:
        """What is short dated, and what must leave the shelf."""
        return lists.cards(pos)

    @hookimpl
    def reports(self) -> list[Report]:
        """What was written off, by batch."""
        return [lists.WASTE]

    @hookimpl
    def screens(self) -> list[Screen]:
        """The batches, and the table of markdowns."""
        return [
            Screen(id="list", title="Batches", icon="calendar-clock", page="genesis_batches.pages:page", place="admin",
                   group="stock", permission="records.read", order=25, badge=_badge),
            Screen(id="markdowns", title="Markdowns", icon="percent", page="genesis_batches.rules_page:page",
                   place="admin", group="stock", permission="batches.markdown", order=26),
        ]  # fmt: skip

    @hookimpl
    def cli_commands(self) -> list[CliCommand]:
        """`genesis batches`."""
        return [BATCHES]


def _badge(pos: Pos) -> str:
    waiting = lists.count(pos, "near") + lists.count(pos, "expired")
    return str(waiting) if waiting else ""


plugin = BatchesPlugin()
