"""Listens while the register is open, and compares card payments with the books of their providers."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import msgspec

from genesis import (
    CliCommand,
    Fact,
    Health,
    Job,
    Permission,
    Pos,
    Projection,
    Reaction,
    Report,
    Screen,
    hookimpl,
    many,
)
from genesis_terminals import pages
from genesis_terminals.command import PAYMENTS_COMMAND
from genesis_terminals.daily import MAY, compare_day, days, due
from genesis_terminals.ledger import COMPARISONS, PAYMENTS, Compared, DifferenceSettled
from genesis_terminals.models import TerminalSettings, Told
from genesis_terminals.signing import print_slip
from genesis_terminals.webhooks import Desk


class TerminalsPlugin:
    """The hook implementations."""

    def __init__(self) -> None:
        self._desks: WeakKeyDictionary[Pos, Desk] = WeakKeyDictionary()  # one a house
        self._faults: WeakKeyDictionary[Pos, str] = WeakKeyDictionary()  # why a day could not be compared

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """The port."""
        return TerminalSettings

    @hookimpl
    def facts(self) -> list[type[Fact]]:
        """Something was told; a day was compared, and a difference looked into."""
        return [Told, Compared, DifferenceSettled]

    @hookimpl
    def projections(self) -> list[Projection]:
        """What payments moved, and how they compared."""
        return [PAYMENTS, COMPARISONS]

    @hookimpl
    def reactions(self) -> list[Reaction]:
        """Print the slip that a customer has to sign."""
        return [Reaction(name="terminals_slip", kinds=("payment.approved",), run=print_slip, where="register",
                         retries=5)]  # fmt: skip

    @hookimpl
    def permissions(self) -> list[Permission]:
        """To compare."""
        return [Permission(id=MAY, title="Compare card payments with the books of their providers")]

    @hookimpl
    def jobs(self) -> list[Job]:
        """Compare yesterday, once its hour has come; every half an hour until the providers could be asked."""
        return [Job(id="terminals.compare", every=1800, run=self._daily, at_start=True)]

    def _daily(self, pos: Pos) -> None:
        day = due(pos)
        answers = compare_day(pos, day) if day else []
        faults = [answer.fault for answer in answers if answer.fault]
        self._faults[pos] = f"card payments of {day} are not compared yet: {faults[0]}" if faults else ""

    @hookimpl
    def screens(self) -> list[Screen]:
        """The days, and what differs."""
        return [
            Screen(id="compared", title="Card payments", icon="scale", page="genesis_terminals.pages:page",
                   place="admin", group="sales", permission="reports.read", order=62, badge=pages.badge)
        ]  # fmt: skip

    @hookimpl
    def reports(self, pos: Pos) -> list[Report]:
        """How days compared."""
        return pages.reports(pos)

    @hookimpl
    def cli_commands(self) -> list[CliCommand]:
        """`genesis payments`."""
        return [PAYMENTS_COMMAND]

    @hookimpl
    def startup(self, pos: Pos) -> None:
        """Listen, where a port is set."""
        desk = self._desks[pos] = Desk()
        desk.open(pos)

    @hookimpl
    def shutdown(self, pos: Pos) -> None:
        """Stop listening."""
        desk = self._desks.pop(pos, None)
        if desk is not None:
            desk.close()

    @hookimpl
    def health(self, pos: Pos) -> Health | None:
        """Whether the books are alike, and whether it listens."""
        for day, differ in days(pos).items():
            text = many(
                "{count} card payment of {day} differs from the provider's books: see the page Card payments",
                "{count} card payments of {day} differ from the provider's books: see the page Card payments",
                differ,
                day=day,
            )
            return Health(ok=False, text=text)
        if fault := self._faults.get(pos):
            return Health(ok=False, text=fault)
        desk = self._desks.get(pos)
        if desk is None or not (desk.port or desk.fault):
            return None
        return Health(ok=not desk.fault, text=desk.fault or f"listens on 127.0.0.1:{desk.port}")


plugin = TerminalsPlugin()
