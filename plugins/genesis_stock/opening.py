"""`genesis stock`: what is on hand, and the opening stock from a CSV file, all of it or nothing."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from sqlalchemy import select

from genesis import CliCommand, Pos, UserError, item_of, plain, print_rows, reading_csv, unit_price
from genesis_stock import figures, service
from genesis_stock.models import StockRow, item
from genesis_stock.typed import milli, sees_costs

CHUNK = 500
EXAMPLES = ("genesis stock", "genesis stock --json", "genesis stock --open opening.csv --dry-run")


def run(pos: Pos, arguments: list[str]) -> int:
    """Do what was asked; exit code 1 where rows were refused (nothing is recorded then)."""
    parser = STOCK.parser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--open", default="")
    parser.add_argument("--dry-run", action="store_true")
    asked = parser.parse_args(arguments)
    if asked.open:
        return _open(pos, Path(asked.open), dry_run=asked.dry_run)
    pos.permissions.require("records.read")
    costs = sees_costs(pos)
    for row in pos.db.all(select(item).order_by(item.c.name, item.c.item)):
        shown = {"item": row.item, "name": row.name, "on_hand": plain(row.qty, 3)}
        if costs:
            shown["value"] = str(figures.money(pos, row.value))
        text = f"{row.name}: " + ", ".join([shown["on_hand"], *([shown["value"]] if costs else [])])
        print_rows([(shown, text)], as_json=asked.json)
    return 0


def _open(pos: Pos, path: Path, *, dry_run: bool) -> int:
    rows, problems = read(pos, path)
    for problem in problems:
        sys.stderr.write(f"Refused: {problem}\n")
    value = sum(row.qty * (row.cost or 0) for row in rows)
    sys.stdout.write(f"{len(rows)} rows, worth {figures.money(pos, value)}\n")
    if problems:
        sys.stderr.write(f"{len(problems)} rows were refused: nothing was recorded\n")
        return 1
    if not dry_run:
        for start in range(0, len(rows), CHUNK):
            service.change(pos, "opened", rows[start : start + CHUNK], document=path.name)
    return 0


def read(pos: Pos, path: Path) -> tuple[list[StockRow], list[str]]:
    """Return the rows of an opening stock and, for each that does not fit, why; UserError for the file itself."""
    with reading_csv(path) as reader:
        missing = {"code", "qty"} - set(reader.fieldnames or ())
        if missing:
            raise UserError(f"{path.name} has no column {min(missing)}", "columns: code, qty, cost, batch", "file")
        return _rows(pos, reader)


def _rows(pos: Pos, reader: csv.DictReader[str]) -> tuple[list[StockRow], list[str]]:
    rows, problems = [], []
    for line in reader:
        try:
            rows.append(_row(pos, line))
        except UserError as wrong:
            problems.append(f"line {reader.line_num}: {wrong.what}")
    return rows, problems


def _row(pos: Pos, line: dict[str, str | None]) -> StockRow:
    code = (line.get("code") or "").strip()
    found = item_of(pos, code, "import the product first")
    qty = milli((line.get("qty") or "").strip(), "qty")
    if qty <= 0:
        raise UserError("qty: it must be more than zero", "leave the row out", "qty")
    cost = (line.get("cost") or "").strip()
    return StockRow(item=found.ref, name=found.name, qty=qty, cost=unit_price(cost, "cost") if cost else None,
                    batch=service.checked_batch((line.get("batch") or "").strip()))  # fmt: skip


STOCK = CliCommand(name="stock", summary="Show stock, or open it from a file",
                   usage="[--json] [--open FILE.csv] [--dry-run]", examples=EXAMPLES, run=run)  # fmt: skip
