"""What differs, as a document to be signed and as a table for a spreadsheet; values only for who may see costs."""

from __future__ import annotations

from pathlib import Path

from genesis import Pos, Row, as_csv, exponent, new_file, plain, quantity_text
from genesis_stock.figures import money
from genesis_stock.typed import sees_costs
from genesis_stocktake import lists, service
from genesis_stocktake.models import row as rows

ON_PAPER = 500  # differences of a document
COLUMNS = ("item", "name", "batch", "expected", "counted", "difference", "value", "recount")


def document(pos: Pos, key: str) -> tuple[Row, ...]:
    """Return what differs, the largest value first, and what all of it is worth."""
    found, whole, costs = service.one(pos, key), lists.totals(pos, key), sees_costs(pos)
    shown: list[Row] = [("title", found.title, ""), ("text", f"{found.location or 'Store'}, {found.state}", found.day),
                        ("rule", "", "")]  # fmt: skip
    for row in lists.largest(pos, key, ON_PAPER):
        shown.append(("bold", f"{row.name} {row.batch}".rstrip(), amount(pos, row.value) if costs else ""))
        seen = f"{quantity_text(row.expected)} expected, {quantity_text(row.counted)} counted"
        shown.append(("small", seen, quantity_text(row.diff)))
    if whole.differ > ON_PAPER:
        shown.append(("small", "Smaller differences, in the file", str(whole.differ - ON_PAPER)))
    shown.append(("rule", "", ""))
    shown.append(("text", "Items counted", str(whole.rows)))
    shown.append(("text", "Items that differ", str(whole.differ)))
    if costs:
        shown.append(("bold", "Value of the differences", amount(pos, whole.value)))
    return tuple(shown)


def write(pos: Pos, key: str, path: Path) -> int:
    """Write every row of a count as a new CSV file, by name; returns how many."""
    costs = sees_costs(pos)
    found = pos.db.all(lists.rows(pos, key).order_by(rows.c.name, rows.c.item, rows.c.batch))
    table = [(row.item, row.name, row.batch, plain(row.expected, 3), plain(row.counted, 3), plain(row.diff, 3),
              amount(pos, row.value) if costs else "", lists.counted(pos, row).why) for row in found]  # fmt: skip
    new_file(path, as_csv(COLUMNS, table))
    return len(table)


def amount(pos: Pos, value: int) -> str:
    """Return a value of the ledger as a plain number in the store's currency."""
    return plain(money(pos, value).minor, exponent(pos.currency))
