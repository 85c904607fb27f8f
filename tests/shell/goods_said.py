"""What stands on the screens of the tests and is no text of ours: goods, people, numbers, units, brands."""

from __future__ import annotations

import csv
from pathlib import Path

from genesis import demo
from tests.shell.memory import CATEGORIES, GOODS

OURS = ("Genesis", "kg", "L", "Esc", "Alt", "Enter", "SKU", "EUR")
SLOTS = (
    "Sale A", "Sale B", "Sale C", "Ana", "Register 1", "Main St. store", "María González", "MG", "Lena Kovač", "Gold",
    "points", "Buy 1 more for 3 for 2", "Online · synced", "Earns 21 points", "59 more to the next $1 voucher",
    "loyalty", "Tax 8%", "Cash", "Card", "Voucher", "Drawer opens", "Terminal", "Print", "E-mail", "None", "Total",
    "Discount on all", "Discount", "RuntimeError", "50 % is the most that may be taken off. Ask a manager", "offers",
    "The lines stay; search by name",
)  # fmt: skip
NOTES = tuple(goods[6].partition(":")[2] for goods in GOODS if goods[6])
MEMORY = (*OURS, *SLOTS, *NOTES, *CATEGORIES, *(goods[0] for goods in GOODS))
RULES = ("VAT 5 %", "VAT 20 %", "catalog (list)", "Test Store")


def demo_store() -> tuple[str, ...]:
    """Return what the demo store names: its products, groups and units."""
    with (Path(demo.__file__).parent / "products.csv").open(encoding="utf-8") as file:
        cells = {cell for row in csv.DictReader(file) for cell in row.values() if cell}
    return (*OURS, *RULES, *cells, *(part for cell in cells for part in cell.split("/")))
