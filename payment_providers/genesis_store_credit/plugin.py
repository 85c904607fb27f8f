"""Brings store credit and purchases on account, the line that pays an account, and what is owed."""

from __future__ import annotations

from typing import Any

from genesis import (
    Allocation,
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
    Report,
    Screen,
    SearchHit,
    exponent,
    hookimpl,
    plain,
)
from genesis_store_credit import pages, service
from genesis_store_credit.command import CREDIT as CREDIT_COMMAND
from genesis_store_credit.models import ACCOUNTS, ME, SETTLE, LimitSet


class StoreCreditPlugin:
    """The hook implementations."""

    @hookimpl
    def facts(self) -> list[type[Fact]]:
        """A limit was set."""
        return [LimitSet]

    @hookimpl
    def projections(self) -> list[Projection]:
        """The accounts."""
        return [ACCOUNTS]

    @hookimpl
    def permissions(self) -> list[Permission]:
        """One: to set limits."""
        return [Permission(id="store_credit.limit", title="Set how much a customer may owe")]

    @hookimpl
    def payment_methods(self) -> list[PaymentMethod]:
        """Two: credit and account."""
        return [service.StoreCredit(), service.OnAccount()]

    @hookimpl
    def resolve_code(self, code: str) -> Item | None:
        """The line that pays an account."""
        return service.item(code)

    @hookimpl
    def search_items(self, text: str, category: str) -> list[SearchHit] | None:
        """The tile that pays an account; its amount is asked."""
        found = service.item(SETTLE)
        words = text.casefold().split()
        if category or found is None or not words or not all(word in "payment on account" for word in words):
            return None
        return [SearchHit(item=found, price=None, rank=9, icon="notebook")]

    @hookimpl
    def allocate(self, pos: Pos, cart: Cart, line: Line) -> Allocation | None:
        """Lower what is owed, in the append of the sale."""
        return service.settle(pos, cart, line)

    @hookimpl
    def figures(self, pos: Pos) -> list[Figure]:
        """What is owed on both sides."""
        return pages.figures(pos)

    @hookimpl
    def reports(self) -> list[Report]:
        """The liability and the statements."""
        return list(pages.REPORTS)

    @hookimpl
    def personal_data(self, pos: Pos, person: str) -> dict[str, Any] | None:
        """Return the person's statement."""
        rows = pages.statement(pos, f"customers:{person}")
        moves = [{"day": m.day, "receipt": m.number, "what": m.what, "currency": m.currency,
                  "credit": plain(m.credit, exponent(m.currency)), "owed": plain(m.owed, exponent(m.currency))}
                 for m in rows]  # fmt: skip
        return {ME: moves} if moves else None

    @hookimpl
    def erase_personal_data(self, pos: Pos, person: str) -> None:
        """Nobody is forgotten to whom money is owed, or who owes it."""
        service.check_settled(pos, f"customers:{person}")

    @hookimpl
    def screens(self) -> list[Screen]:
        """One: the accounts."""
        return [Screen(id="accounts", title="Customer accounts", icon="wallet", page="genesis_store_credit.pages:page",
                       place="admin", group="sales", permission="reports.read", order=75)]  # fmt: skip

    @hookimpl
    def cli_commands(self) -> list[CliCommand]:
        """`genesis credit`."""
        return [CREDIT_COMMAND]


plugin = StoreCreditPlugin()
