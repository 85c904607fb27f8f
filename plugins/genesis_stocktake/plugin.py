"""Counts what is there while the shop sells, and posts the differences once."""

from __future__ import annotations

import msgspec

from genesis import CliCommand, Fact, Permission, Pos, Projection, Screen, hookimpl
from genesis_stocktake import lists
from genesis_stocktake.command import STOCKTAKE
from genesis_stocktake.ledger import LEDGER
from genesis_stocktake.models import CountClosed, CountListed, CountOpened, CountSigned, ItemCounted
from genesis_stocktake.settings import StocktakeSettings


class StocktakePlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """From which difference on an item is counted again."""
        return StocktakeSettings

    @hookimpl
    def permissions(self) -> list[Permission]:
        """To begin a count, to count, and to sign it off."""
        return [
            Permission(id="stocktake.open", title="Begin a count of the stock"),
            Permission(id="stocktake.count", title="Count goods in a count that is open"),
            Permission(id="stocktake.post", title="Sign a count off and post its differences, or give it up"),
        ]

    @hookimpl
    def facts(self) -> list[type[Fact]]:
        """Counts opened and closed, and what was counted."""
        return [CountListed, CountOpened, ItemCounted, CountSigned, CountClosed]

    @hookimpl
    def projections(self) -> list[Projection]:
        """The counts."""
        return [LEDGER]

    @hookimpl
    def screens(self) -> list[Screen]:
        """The counts, and what was counted in them."""
        return [Screen(id="counts", title="Stocktaking", icon="clipboard-check", page="genesis_stocktake.pages:page",
                       place="admin", group="stock", permission="stocktake.count", order=27, badge=_badge),
                Screen(id="rows", title="Counted goods", icon="list-checks", page="genesis_stocktake.rows_page:page",
                       place="admin", group="stock", permission="stocktake.count", order=28)]  # fmt: skip

    @hookimpl
    def cli_commands(self) -> list[CliCommand]:
        """`genesis stocktake`."""
        return [STOCKTAKE]


def _badge(pos: Pos) -> str:
    waiting = len(lists.open_counts(pos))
    return str(waiting) if waiting else ""


plugin = StocktakePlugin()
