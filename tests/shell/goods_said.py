"""What stands on the screens of the tests and is no text of ours: goods, people, numbers, units, brands."""

from __future__ import annotations

import csv
from pathlib import Path

from genesis import demo
from genesis.hooks import cart, inventory, payment, platform, pricing, reporting
from genesis.plugin.discovery import discover
from tests.shell.wares import CATEGORIES, GOODS

OURS = ("Genesis", "kg", "L", "Esc", "Alt", "Enter", "Tab", "SKU", "EUR")
SLOTS = (
    "Sale A", "Sale B", "Sale C", "Ana", "Register 1", "Main St. store", "María González", "MG", "Lena Kovač", "Gold",
    "points", "Buy 1 more for 3 for 2", "Online · synced", "Earns 21 points", "59 more to the next $1 voucher",
    "loyalty", "Tax 8%", "Cash", "Card", "Voucher", "Drawer opens", "Terminal", "Print", "E-mail", "None", "Total",
    "Discount on all", "Discount", "RuntimeError", "50 % is the most that may be taken off. Ask a manager", "offers",
    "The lines stay; search by name",
)  # fmt: skip
NOTES = tuple(goods[6].partition(":")[2] for goods in GOODS if goods[6])
MEMORY = ("Cash CAD", "CA$", "Kim", "Mia", "Olga", *OURS, *SLOTS, *NOTES, *CATEGORIES, *(goods[0] for goods in GOODS))
RULES = ("VAT 5 %", "VAT 20 %", "catalog (list)", "Test Store")


PEOPLE = (
    "María González", "Arthur Okafor", "Chiara Lindqvist", "Yusuf Demir", "arthur@example.com", "maria@example.com",
    "yusuf@example.com", "Gold", "Silver", "Staff", "owner", "Meadow Dairy", "Quay Roasters", "Alpine Dairy",
    "Harbour Roasters", "Hillside Dairy", "14 days, 2 % discount", "30 days net", "Drinks, spring", "PO", "DN",
    "Food and drink", "Standard rate", "Standard",
    *(f"D150{n}{letter}" for n in range(1, 7) for letter in "AB"), "Filter co", "Cappuc",
    " opened",  # why stock moved: words of data
)  # fmt: skip


def office() -> tuple[str, ...]:
    """Return what else stands on the pages of the back office: people, ids of plugins, hooks and settings."""
    ids = (*discover(), *hooks_of(), "scanner", "store", "till-window")
    return tuple(sorted({*PEOPLE, *ids}, key=len, reverse=True))


def hooks_of() -> list[str]:
    """Return the names of all hooks."""
    areas = (cart, inventory, payment, platform, pricing, reporting)
    return [name for area in areas for name, spec in vars(area).items() if hasattr(spec, "policy")]


def demo_store() -> tuple[str, ...]:
    """Return what the demo store names: its products, groups and units."""
    with (Path(demo.__file__).parent / "products.csv").open(encoding="utf-8") as file:
        cells = {cell for row in csv.DictReader(file) for cell in row.values() if cell}
    return (*OURS, *RULES, *cells, *(part for cell in cells for part in cell.split("/")))
