"""Answers `device_drivers` and prints every sale as a reaction of the register."""

from __future__ import annotations

import msgspec

from genesis import DeviceDriver, Entry, Fact, Pos, Reaction, hookimpl
from genesis_printer_escpos.models import PrinterSettings, PrintStarted, PrintUnknown
from genesis_printer_escpos.service import NetworkPrinter, print_receipt


class PrinterPlugin:
    """The hook implementations."""

    @hookimpl
    def settings_model(self) -> type[msgspec.Struct]:
        """Address, port, patience."""
        return PrinterSettings

    @hookimpl
    def facts(self) -> list[type[Fact]]:
        """What was sent, and what nobody confirmed."""
        return [PrintStarted, PrintUnknown]

    @hookimpl
    def device_drivers(self, pos: Pos) -> list[DeviceDriver]:
        """The printer, where it has an address."""
        place = pos.settings(PrinterSettings)
        return [NetworkPrinter(place.host, place.port, place.seconds)] if place.host else []

    @hookimpl
    def reactions(self) -> list[Reaction]:
        """Print what was sold."""
        return [Reaction(name="printer_escpos", kinds=("sale.completed",), run=_print, where="register")]


def _print(pos: Pos, entry: Entry) -> list[Fact]:
    return print_receipt(pos, entry, pos.settings(PrinterSettings).seconds + 1.0)


plugin = PrinterPlugin()
