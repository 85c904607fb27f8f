"""Answers `device_drivers`, prints every sale as a reaction of the register, and lists what may not be on paper."""

from __future__ import annotations

import msgspec

from genesis import DeviceDriver, Fact, Pos, Projection, Reaction, Screen, hookimpl
from genesis_printer_escpos import page
from genesis_printer_escpos.models import (
    WAITING,
    PrinterSettings,
    PrintMissed,
    PrintSeen,
    PrintStarted,
    PrintUnknown,
)
from genesis_printer_escpos.service import EscposPrinter
from genesis_printer_escpos.spool import KINDS, print_entry
from genesis_receipts.plugin import ReceiptSettings

PAUSE = 5.0  # seconds: who changes the paper waits for the receipt


class PrinterPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Address, line, patience."""
        return PrinterSettings

    @hookimpl
    def facts(self) -> list[type[Fact]]:
        """What was sent, what nobody confirmed, what was never sent, and who saw to it."""
        return [PrintStarted, PrintUnknown, PrintMissed, PrintSeen]

    @hookimpl
    def projections(self) -> list[Projection]:
        """The receipts that may not be on paper."""
        return [WAITING]

    @hookimpl
    def device_drivers(self, pos: Pos) -> list[DeviceDriver]:
        """The printer, where it has an address."""
        settings = pos.settings(PrinterSettings)
        return [EscposPrinter(settings, lambda: _probe(pos))] if settings.address else []

    @hookimpl
    def reactions(self) -> list[Reaction]:
        """Print what was sold, and copies that somebody asked for."""
        return [Reaction(name="printer_escpos", kinds=KINDS, run=print_entry, where="register", retries=100_000,
                         pause=PAUSE)]  # fmt: skip

    @hookimpl
    def screens(self) -> list[Screen]:
        """One: the receipts that may not be on paper."""
        return [Screen(id="unprinted", title="Not printed", icon="printer", page="genesis_printer_escpos.page:page",
                       place="admin", group="sales", permission=page.PERMISSION, order=70, badge=_badge)]  # fmt: skip


def _badge(pos: Pos) -> str:
    return str(page.count(pos) or "")


def _probe(pos: Pos) -> bytes:
    from genesis_receipts.escpos import probe

    return probe(pos.settings(ReceiptSettings).code_page)


plugin = PrinterPlugin()
