"""The store that the window of the first start asks for: made with what was said, and its printer tried."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from genesis.cli import accounts
from genesis.cli.context import Context
from genesis.cli.store import DEMO, fill_demo, make_store
from genesis.plugin.app import App
from genesis.plugin.discovery import discover
from genesis.shell.trial import PRINTER, print_test

if TYPE_CHECKING:
    from genesis.shell.vm.first import Taxes, Wish

TAX = "tax"  # the plugin that the window asks about
WHY = "said at the first start"


class FirstStore:
    """Makes the store. asks_taxes, tries_printers: whether the plugins for it are installed."""

    def __init__(self, context: Context) -> None:
        self._context = context
        usable = {i: found.manifest for i, found in discover().items() if not found.fault}
        self.asks_taxes = TAX in usable and usable[TAX].default == "on"
        self.tries_printers = PRINTER in usable

    def make(self, wish: Wish) -> None:
        """Make the store, or leave nothing behind."""
        if wish.demo:
            make_store(self._context, {key: DEMO[key] for key in ("name", "currency")}, DEMO["register"], fill_demo)
        else:
            store = {"name": wish.name, "currency": wish.currency}
            make_store(self._context, store, wish.register, partial(_settle, wish))

    def print_test(self, address: str) -> None:
        """Print a test in the store that was made, and keep the printer."""
        with self._context.open(register=True) as app:
            print_test(app, address, WHY)


def _settle(wish: Wish, app: App) -> None:
    """Say what was said beside name and currency."""
    if wish.taxes.how == "none":
        app.switch(TAX, enabled=False, why=WHY)
    elif wish.taxes.how in {"inside", "added"}:
        app.settings.change(TAX, {"prices_include_tax": wish.taxes.how == "inside", "scope": wish.taxes.scope})
        for name, row in tax_classes(wish.taxes).items():
            app.pos.records("tax_class").save({"id": name, **row}, None)
    if wish.secret:
        accounts.set_password(app, secret=wish.secret)


def tax_classes(taxes: Taxes) -> dict[str, dict[str, Any]]:
    """Return id -> tax class with one tax for each rate; ids are made of the Latin letters of the names."""
    classes: dict[str, dict[str, Any]] = {}
    for name, percent in taxes.rates:
        letters = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")[:24].strip("-")
        ident = free = f"{letters or 'tax'}-{percent}"
        count = 2
        while free in classes:
            free, count = f"{ident}-{count}", count + 1
        title = f"{name} {percent} %"
        tax = {"tax": free, "title": title, "type": "percent", "rate": percent, "included": "store"}
        classes[free] = {"title": title, "taxes": [tax]}
    return classes
