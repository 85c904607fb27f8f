"""Follows goods piece by piece: asks for serial numbers, promises that none is sold twice, and traces each."""

from __future__ import annotations

from typing import Any

from genesis import (
    Allocation,
    Arrival,
    Block,
    Cart,
    CliCommand,
    Fact,
    FieldSpec,
    Job,
    Kept,
    Line,
    Pos,
    Problem,
    Projection,
    SaleCompleted,
    SaleLine,
    Screen,
    hookimpl,
)
from genesis_serials import counting, service, till
from genesis_serials.command import SERIALS
from genesis_serials.ledger import LEDGER
from genesis_serials.models import SerialsMoved, SerialsReconciled, SerialsSeen


class SerialsPlugin:
    """The hook implementations."""

    @hookimpl
    def facts(self) -> list[type[Fact]]:
        """Pieces that came or went otherwise than by a sale."""
        return [SerialsMoved, SerialsSeen, SerialsReconciled]

    @hookimpl
    def projections(self) -> list[Projection]:
        """The pieces and what happened to them."""
        return [LEDGER]

    @hookimpl
    def product_fields(self) -> list[FieldSpec]:
        """From when on a product's pieces are followed."""
        return [FieldSpec(name=service.FOLLOWED, label="Serial numbers", kind="choice", choices=service.CHOICES,
                          half=True)]  # fmt: skip

    @hookimpl
    def check_line(self, pos: Pos, cart: Cart, line: Line) -> dict[str, Any] | None:
        """Ask for the serial numbers of a line."""
        return till.check_line(pos, cart, line)

    @hookimpl
    def check_checkout(self, cart: Cart) -> list[Problem] | None:
        """Refuse what was added without its serial number."""
        return till.problems(cart)

    @hookimpl
    def check_return(
        self, pos: Pos, sale: SaleCompleted, lines: tuple[SaleLine, ...]
    ) -> dict[str, dict[str, Any]] | None:
        """Ask which pieces come back."""
        return till.check_return(pos, sale, lines)

    @hookimpl
    def allocate(self, pos: Pos, cart: Cart, line: Line) -> Allocation | None:
        """Promise that each piece is sold once."""
        return till.allocate(pos, cart, line)

    @hookimpl
    def receive(self, pos: Pos, arrival: Arrival) -> Kept | None:
        """Ask for the serial numbers of goods that come, go or are counted."""
        if arrival.why in {"seen", "recounted"}:
            return counting.seen(pos, arrival, again=arrival.why == "recounted")
        return counting.posted(pos, arrival) if arrival.why == "counted" else service.arriving(pos, arrival)

    @hookimpl
    def receipt_blocks(self, sale: SaleCompleted) -> list[Block] | None:
        """Print the serial numbers."""
        return till.blocks(sale)

    @hookimpl
    def jobs(self) -> list[Job]:
        """Set the guards right after sales that were made while this plugin was off."""
        return [Job(id="serials.reconcile", every=86_400, run=_reconcile, at_start=True)]

    @hookimpl
    def screens(self) -> list[Screen]:
        """The pieces."""
        return [Screen(id="serials", title="Serial numbers", icon="scan-barcode", page="genesis_serials.pages:page",
                       place="admin", group="stock", permission="records.read", order=27)]  # fmt: skip

    @hookimpl
    def cli_commands(self) -> list[CliCommand]:
        """`genesis serials`."""
        return [SERIALS]


def _reconcile(pos: Pos) -> None:
    service.reconcile(pos)


plugin = SerialsPlugin()
