"""Follows batches with their dates, chooses what goes first, and refuses what may not be sold."""

from __future__ import annotations

import msgspec

from genesis import Allocation, Cart, Fact, Line, Permission, Pos, Priced, Problem, Projection, hookimpl
from genesis_batches import till
from genesis_batches.ledger import LEDGER
from genesis_batches.models import BatchCorrected, BatchMarked, BatchReceived
from genesis_batches.settings import BatchSettings


class BatchesPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """How close to its expiry a batch is sold and listed."""
        return BatchSettings

    @hookimpl
    def permissions(self) -> list[Permission]:
        """To recall a batch, and to sell one that is refused."""
        return [
            Permission(id="batches.recall", title="Recall a batch, put it into quarantine and release it"),
            Permission(id=till.OVERRIDE, title="Sell from a batch that is expired, recalled or in quarantine"),
        ]

    @hookimpl
    def facts(self) -> list[type[Fact]]:
        """Batches received, marked and corrected."""
        return [BatchReceived, BatchMarked, BatchCorrected]

    @hookimpl
    def projections(self) -> list[Projection]:
        """The batches."""
        return [LEDGER]

    @hookimpl
    def check_line(self, pos: Pos, cart: Cart, line: Line) -> None:
        """Refuse what is expired or recalled."""
        till.check_line(pos, cart, line)

    @hookimpl
    def check_checkout(self, pos: Pos, cart: Cart, priced: Priced) -> list[Problem] | None:
        """Refuse what was recalled since it was scanned."""
        return till.problems(pos, cart)

    @hookimpl
    def allocate(self, pos: Pos, cart: Cart, line: Line) -> Allocation | None:
        """Say which batches a line takes or gives back."""
        return till.allocate(pos, cart, line)


plugin = BatchesPlugin()
