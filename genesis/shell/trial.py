"""Tries a receipt printer at the first start: a test is printed, and what did not print is not kept."""

from __future__ import annotations

from genesis.kernel.errors import UserError
from genesis.kernel.settings import StoreSettings
from genesis.plugin.app import App
from genesis.shell.paper import put
from genesis.shell.words import _

PRINTER = "printer_escpos"  # the plugin that drives receipt printers
SECONDS = 6.0


def print_test(app: App, address: str, why: str) -> None:
    """Print a test on a printer and keep it; raises UserError where it did not, and keeps nothing then."""
    was_on = PRINTER in app.enabled
    try:
        if not was_on:
            app.switch(PRINTER, enabled=True, why=why)
        app.settings.change(PRINTER, {"address": address.strip()})
        app.restart()
        _print(app)
    except UserError:
        if PRINTER in app.settings.models:
            app.settings.change(PRINTER, {"address": ""})
        if not was_on and PRINTER in app.enabled:
            app.switch(PRINTER, enabled=False, why=why)
        raise


def _print(app: App) -> None:
    """Print a few lines on the receipt printer, and wait until it answers behind them."""
    pos, name = app.pos, app.pos.settings(StoreSettings).name
    put(pos, "address", [("title", name, ""), ("centre", _("This printer works"), "")], SECONDS)
