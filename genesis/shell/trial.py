"""Tries a receipt printer at the first start: a test is printed, and what did not print is not kept."""

from __future__ import annotations

import re

from genesis.hooks.reporting import exporters
from genesis.kernel.errors import UserError
from genesis.kernel.settings import StoreSettings
from genesis.plugin.app import App
from genesis.shell.words import _

PRINTER = "printer_escpos"  # the plugin that drives printers in the network
PORT = 9_100  # where they listen
SECONDS = 6.0


def print_test(app: App, address: str, why: str) -> None:
    """Print a test on a network printer and keep it; raises UserError where it did not, and keeps nothing then."""
    host, port = place(address)
    was_on = PRINTER in app.enabled
    try:
        if not was_on:
            app.switch(PRINTER, enabled=True, why=why)
        app.settings.change(PRINTER, {"host": host, "port": port})
        app.restart()
        _print(app)
    except UserError:
        if PRINTER in app.settings.models:
            app.settings.change(PRINTER, {"host": ""})
        if not was_on and PRINTER in app.enabled:
            app.switch(PRINTER, enabled=False, why=why)
        raise


def place(address: str) -> tuple[str, int]:
    """Read HOST or HOST:PORT (IPv6 in brackets); UserError where it is neither."""
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.%\w]+)\]|([\w.-]+))(?::([0-9]{1,5}))?", address.strip(), re.ASCII)
    port = int(found[3] or PORT) if found else 0
    if found is None or not 1 <= port <= 65_535:
        raise UserError("this is no address of a printer", "write it like 192.0.2.10 or 192.0.2.10:9100", "address")
    return found[1] or found[2], port


def _print(app: App) -> None:
    """Print a few lines on the receipt printer, and wait until it answers behind them."""
    pos, name = app.pos, app.pos.settings(StoreSettings).name
    written = [one for found in pos.hooks.each(exporters)() for one in found if one.medium == "escpos"]
    if not written:
        raise UserError("no enabled plugin writes receipts for printers", "enable Receipts", "address")
    data = written[0].write([("title", name, ""), ("centre", _("This printer works"), "")])
    for run in (lambda printer: printer.status(), lambda printer: printer.write(data)):
        done = pos.devices.ask("receipt_printer", run, SECONDS).wait()
        wrong = done.error or ("" if getattr(done.value, "ok", True) else done.value.text)
        if wrong:
            raise UserError(f"the test was not printed: {wrong}", "check cable, power and address", "address")
