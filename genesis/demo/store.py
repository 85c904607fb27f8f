"""Fills a store with the demo goods through the records of whatever plugins are on; it imports none of them."""

from __future__ import annotations

import csv
import io
import tempfile
import tomllib
from collections.abc import Iterable
from contextlib import redirect_stdout
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genesis.hooks import platform as specs
from genesis.hooks.given import available
from genesis.kernel.money import exponent, plain, quantity, unit_price

if TYPE_CHECKING:
    from genesis.plugin.app import App

Row = dict[str, Any]
DIGITS = 2  # decimals that the prices of the list are written in


def fill(app: App) -> int:
    """Put taxes, categories, products, scales, customers and suppliers into a store; returns how many records were new.

    What is there already (by its id) is left as it is, so filling again after a crash completes the rest.
    """
    shop = tomllib.loads(_text("store.toml"))
    products = list(csv.DictReader(_text("products.csv").splitlines()))
    digits = exponent(app.pos.currency)
    categories = _categories(shop["category"], (row["category"] for row in products))
    _set_scales(app, shop["scale"], digits)
    _settle(app, shop["setting"])
    count = _keep(app, "tax_class", shop["tax_class"])
    count += _keep(app, "catalog_category", categories.values())
    taxed = "tax_class" in app.records
    count += _keep(app, "catalog_product", (_product(row, categories, digits, taxed=taxed) for row in products))
    customers = ({**row, "cards": [{"code": code} for code in row["cards"]]} for row in shop["customer"])
    count += _keep(app, "customers_customer", customers)
    suppliers = ({name: value for name, value in row.items() if name != "sells"} for row in shop["supplier"])
    count += _keep(app, "purchasing_supplier", suppliers)
    count += _keep(app, "purchasing_offer", _offers(shop["supplier"], products, digits))
    _stock(app, products, digits)
    return count


def _text(name: str) -> str:
    return (files("genesis.demo") / name).read_text(encoding="utf-8")


def _keep(app: App, name: str, rows: Iterable[Row]) -> int:
    """Keep those rows that are new, where a plugin keeps such records."""
    if name not in app.records:
        return 0
    records = app.pos.records(name)
    check = records.records.check or dict
    fresh = [check({k: v for k, v in row.items() if k != "id"}) | {"id": row["id"]}
             for row in rows if not records.rev(row["id"])]  # fmt: skip
    return records.load(fresh, source="demo").rows if fresh else 0


def _set_scales(app: App, rules: list[Row], digits: int) -> None:
    """Tell the store how the demo labels are printed, unless it has rules of its own."""
    model = app.settings.models.get("barcodes")
    if model is not None and not getattr(app.settings.get(model), "rules", True):
        fitted = [rule | ({"decimals": digits} if rule["kind"] == "price" else {}) for rule in rules]
        app.settings.change("barcodes", {"rules": fitted})


def _settle(app: App, settings: dict[str, Row]) -> None:
    """Say for the demo store what plugins leave to the store, unless it has said something itself."""
    for plugin, values in settings.items():
        model = app.settings.models.get(plugin)
        now = None if model is None else app.settings.get(model)
        unsaid = {name: value for name, value in values.items() if getattr(now, name, value) is None}
        if unsaid:
            app.settings.change(plugin, unsaid)


def _stock(app: App, products: list[dict[str, str]], digits: int) -> None:
    """Open a stock through the commands that a shop would use, where plugins bring them; what came in is left."""
    brought, _ = app.hooks.collect(specs.cli_commands, app.enabled, pos=app.pos)
    commands = {command.name: command for _, found in brought for command in found or ()}
    opening = commands.get("stock")
    first = f"catalog:demo-{products[0]['sku']}"
    if opening is None:
        return
    opened = bool(available(app.pos, [first]))
    lines = ["code,qty,cost"]
    for number, row in enumerate(products):
        lines.append(f"catalog:demo-{row['sku']},{number * 37 % 61 + 3},{plain(_cost(row, digits), 4)}")
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()):
        path = Path(folder) / "opening.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        if not opened:
            opening.run(app.pos, ["--open", str(path), "--yes"])
        if "batches" in commands:
            known = _delivered(app) if opened else set()
            for words in _deliveries(app, products):
                if words[3] not in known:
                    commands["batches"].run(app.pos, words)


def _delivered(app: App) -> set[str]:
    """Return the batches that came in so far, sold out or not."""
    facts = (entry.values() for entry in app.raw_journal.scan() if entry.kind == "batch.received")
    return {row["batch"] for values in facts for row in values["rows"]}


def _cost(row: dict[str, str], digits: int) -> int:
    """Return what one costs the store (ten-thousandths): six tenths of its price."""
    cost: int = unit_price(row["price"]) * 6 * 10**DIGITS // 10**digits // 10
    return cost


def _offers(suppliers: list[Row], products: list[dict[str, str]], digits: int) -> Iterable[Row]:
    """Yield what each supplier sells."""
    for supplier in suppliers:
        for row in products:
            if row["category"].partition("/")[0] in supplier["sells"]:
                item = f"catalog:demo-{row['sku']}"
                yield {"id": f"{supplier['id']} {item}", "supplier": supplier["id"], "item": item, "name": row["name"],
                       "code": f"H-{row['sku']}", "pack": 6_000, "price_e4": _cost(row, digits)}  # fmt: skip


def _deliveries(app: App, products: list[dict[str, str]]) -> Iterable[list[str]]:
    """Yield what `genesis batches` is told of two deliveries of milk and the like: the older one is short dated."""
    now = app.pos.clock.now().date()
    dairy = [row for row in products if row["category"].startswith("Dairy/") and not row["weighed"]]
    for row in dairy[:6]:
        for batch, days, qty in (("A", 3, 6), ("B", 21, 24)):
            expiry = (now + timedelta(days=days)).isoformat()
            yield ["receive", f"catalog:demo-{row['sku']}", "--batch", f"D{row['sku']}{batch}", "--expiry", expiry,
                   "--qty", str(qty), "--supplier", "Hillside Dairy"]  # fmt: skip


def _categories(tops: list[Row], paths: Iterable[str]) -> dict[str, Row]:
    """Return path -> category: the listed ones with their looks, those below them by name."""
    found: dict[str, Row] = {}
    for position, top in enumerate(tops):
        looks = {"tint": top["tint"], "icon": top["icon"], "position": position}
        found[top["path"]] = {"id": _id(top["path"]), "name": top["path"], "parent": ""} | looks
    for path in paths:
        above, slash, name = path.partition("/")
        if slash:
            looks = {"tint": found[above]["tint"], "icon": "", "position": len(found)}
            found.setdefault(path, {"id": _id(path), "name": name, "parent": _id(above)} | looks)
    return found


def _id(path: str) -> str:
    return "demo-" + "-".join(path.lower().replace("&", "and").replace("/", " ").split())


def _product(row: dict[str, str], categories: dict[str, Row], digits: int, *, taxed: bool) -> Row:
    """Return a product; its price is moved to the decimals of the store's currency (3.40 becomes 340 yen)."""
    price = unit_price(row["price"]) * 10**DIGITS // 10**digits
    codes = [code.partition("*") for code in row["codes"].split("|")]
    return {
        "id": f"demo-{row['sku']}", "name": row["name"], "sku": row["sku"], "unit": row["unit"], "price_e4": price,
        "tax": row["tax"] if taxed else None, "weighed": row["weighed"] == "yes", "icon": row["icon"],
        "category": categories[row["category"]]["id"],
        "codes": [{"code": code, "pack": quantity(pack or "1")} for code, _, pack in codes],
    }  # fmt: skip
