"""Tops tags up and takes them, and says what the store owes on them."""

from __future__ import annotations

import msgspec

from genesis import (
    Allocation,
    Block,
    Cart,
    CliCommand,
    Fact,
    Figure,
    Item,
    Line,
    PaymentMethod,
    Permission,
    Pos,
    Projection,
    Reaction,
    Report,
    SaleCompleted,
    Screen,
    balances,
    hookimpl,
)
from genesis_tap import pages, service
from genesis_tap.command import TAP
from genesis_tap.counting import count_on
from genesis_tap.models import (
    METHOD,
    TAGS,
    TagBlocked,
    TagCounted,
    TagOpened,
    TagPrepared,
    TagReplaced,
    TagTurnedAway,
)


class TapPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """The key, and the limits of a tag."""
        return service.TapSettings

    @hookimpl
    def facts(self) -> list[type[Fact]]:
        """What the office does with tags, what was written on them, and which were turned away."""
        return [TagPrepared, TagBlocked, TagOpened, TagReplaced, TagCounted, TagTurnedAway]

    @hookimpl
    def projections(self) -> list[Projection]:
        """The tags."""
        return [TAGS]

    @hookimpl
    def reactions(self) -> list[Reaction]:
        """Write the next count onto a tag that paid."""
        return [Reaction(name="tap_count", kinds=("sale.completed",), run=count_on, where="register", retries=3)]

    @hookimpl
    def permissions(self) -> list[Permission]:
        """Three: to prepare, to block, to move."""
        return [
            Permission(id="tap.prepare", title="Prepare tags and see their texts"),
            Permission(id="tap.block", title="Block tags and open them again"),
            Permission(id="tap.move", title="Move what is on a tag to another one"),
        ]

    @hookimpl
    def resolve_code(self, pos: Pos, code: str) -> Item | None:
        """The top-up of the tag that is held to the reader."""
        return service.item(pos, code)

    @hookimpl
    def allocate(self, pos: Pos, cart: Cart, line: Line) -> Allocation | None:
        """Load the tag, in the append of the sale."""
        return service.load(pos, cart, line)

    @hookimpl
    def payment_methods(self) -> list[PaymentMethod]:
        """One: a tag."""
        return [service.Tap()]

    @hookimpl
    def receipt_blocks(self, pos: Pos, sale: SaleCompleted) -> list[Block] | None:
        """Print what is left on each tag that paid."""
        rows = balances.left_rows(
            pos, sale, space=service.SPACE, method=METHOD, title=lambda value: f"Tag … {value}: left"
        )
        return [Block(slot="footer", rows=tuple(rows), order=30)] if rows and sale.mode == "normal" else None

    @hookimpl
    def figures(self, pos: Pos) -> list[Figure]:
        """What the store owes on tags."""
        return [pages.liability(pos)]

    @hookimpl
    def reports(self) -> list[Report]:
        """The liability and the movements."""
        return list(pages.REPORTS)

    @hookimpl
    def screens(self) -> list[Screen]:
        """One: the tags."""
        return [Screen(id="tags", title="Tags", icon="nfc", page="genesis_tap.pages:page", place="admin",
                       group="sales", permission="reports.read", order=72)]  # fmt: skip

    @hookimpl
    def cli_commands(self) -> list[CliCommand]:
        """`genesis tap`."""
        return [TAP]


plugin = TapPlugin()
