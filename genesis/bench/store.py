"""The store that is measured: made when a row first needs it, with every plugin that is on by default."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from genesis.bench.raw import Raw
from genesis.kernel.errors import GenesisError
from genesis.kernel.register import Register
from genesis.plugin.app import App
from genesis.plugin.discovery import discover
from genesis.plugin.home import Home, create_home, open_home
from genesis.plugin.order import arrange
from genesis.plugin.state import record

WORDS = ("Butter", "Whole", "Dark", "Fresh", "Garden", "Organic", "Sweet", "Green", "Old", "Farm")
KINDS = ("croissant", "milk", "bread", "apple", "cheese", "tea", "coffee", "salad", "juice", "biscuit", "soap", "rice")


def ean13(number: int) -> str:
    """Return a code under GS1's demonstration prefix 952 with its check digit."""
    body = f"952{number:09d}"
    total = sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(body))
    return body + str(-total % 10)


def products(count: int, start: int = 0) -> Iterator[dict[str, Any]]:
    """Yield product rows as the catalogue keeps them."""
    for n in range(start, start + count):
        gtin = ean13(n)
        name = f"{WORDS[n % 10]} {KINDS[n // 10 % 12]} {n // 120}"
        yield {
            "id": f"p{n:08d}", "name": name, "sku": f"S{n:07d}", "brand": "", "category": "", "unit": "pcs",
            "price_e4": 9_900 + n % 997 * 100, "tax": "standard", "weighed": False, "image": "", "icon": "",
            "status": "active", "codes": [{"code": f"0{gtin}", "pack": 1_000, "as_typed": gtin}],
        }  # fmt: skip


def searches(size: int) -> list[str]:
    """Return what is typed to search for products: three letters, a word, a word and two letters."""
    names = [row["name"].split() for row in products(200, size // 2)]
    return [typed for first, second, *_ in names for typed in (first[:3], second, f"{first} {second[:2]}")]


def register_of(app: App) -> Register:
    """Return the register of an open app."""
    if app.register is None:
        raise GenesisError("the store to measure is not open as a register")
    return app.register


class Bench:
    """A folder, its stores, and how far they are."""

    def __init__(self, folder: Path, size: int, say: Callable[[str], Any]) -> None:
        self.folder, self.size, self.say = folder, size, say
        self.imported = 0.0
        self._open: list[App] = []

    @cached_property
    def raw(self) -> Raw:
        """The plain connection that limits are taken with."""
        return Raw(self.folder)

    def new_home(self, name: str, database: str = "sqlite", plugins: Collection[str] = ()) -> Home:
        """Make a store with the plugins that `genesis init` would enable, or with these alone."""
        home = create_home(self.folder / name, "R1", database)
        with App(home, register=True) as app:
            app.settings.change("store", {"name": "Bench", "currency": "EUR"})
            usable = {i: f.manifest for i, f in discover().items() if not f.fault
                      and (i in plugins if plugins else f.manifest.default == "on")}  # fmt: skip
            for plugin in arrange(usable, usable)[0]:
                record(app, plugin, enabled=True, why="bench", since={})
            app.restart()
            if app.errors or app.blocked:
                raise GenesisError(f"the store to measure could not be made: {app.errors | app.blocked}")
            if "tax" not in usable:
                return home
            app.settings.change("tax", {"scope": "line"})
            app.pos.records("tax_class").save(
                {"title": "Standard", "taxes": [{"tax": "vat", "title": "VAT", "type": "percent", "rate": "20",
                                                 "included": "yes", "valid_from": "2000-01-01"}]},
                record_id="standard",
            )  # fmt: skip
        return home

    @cached_property
    def home(self) -> Home:
        """The store with all products."""
        home = self.new_home("store")
        with App(home) as app:
            self.say(f"importing {self.size} products")
            began = time.perf_counter()
            app.pos.records("catalog_product").load(products(self.size), source="bench")
            self.imported = self.size / (time.perf_counter() - began)
        return home

    @cached_property
    def app(self) -> App:
        """The big store's register, open."""
        return self.open(self.home, register=True, projector="inline")

    def open(self, home: Home, **options: Any) -> App:
        """Open a store; it is closed with the bench."""
        app = App(open_home(home.folder), **options)
        self._open.append(app)
        return app

    def let_go(self) -> None:
        """Close every store; the next one that asks for the register opens it again."""
        for app in self._open:
            app.close()
        self._open.clear()
        self.__dict__.pop("app", None)

    def close(self) -> None:
        """Close everything."""
        self.let_go()
        self.raw.close()
