"""`genesis stock`: what is on hand, and an opening stock from a CSV file, agreed to by its totals, recorded once."""

from __future__ import annotations

import csv
import hashlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from genesis import (
    Arrival,
    Arrived,
    CliCommand,
    Confirm,
    Once,
    Pos,
    UserError,
    agreed,
    item_of,
    many,
    plain,
    print_rows,
    quantity_text,
    reading_csv,
    unit_price,
)
from genesis.hooks import inventory
from genesis_stock import figures, service
from genesis_stock.models import FILE, StockRow, item
from genesis_stock.typed import milli, sees_costs

CHUNK = 250  # rows of one append
SHOWN = 50  # refusals that are said
EXAMPLES = ("genesis stock", "genesis stock --json", "genesis stock --open opening.csv --dry-run",
            "genesis stock --open opening.csv --yes")  # fmt: skip


class Opening(NamedTuple):
    """A row of the file. line: where it stands; goods: with batch, expiry and pieces; cost: ten-thousandths."""

    line: int
    goods: Arrived
    cost: int | None

    @property
    def value(self) -> int:
        """What it is worth, in ten-millionths."""
        return self.goods.qty * (self.cost or 0)


def run(pos: Pos, arguments: list[str]) -> int:
    """Do what was asked; exit code 1 where rows were refused or nobody agreed (nothing is recorded then)."""
    parser = STOCK.parser()
    parser.add_argument("--open", default="")
    for flag in ("--json", "--dry-run", "--yes"):
        parser.add_argument(flag, action="store_true")
    asked = parser.parse_args(arguments)
    if asked.open:
        return _open(pos, Path(asked.open), dry_run=asked.dry_run, yes=asked.yes)
    pos.permissions.require("records.read")
    costs = sees_costs(pos)
    for row in pos.db.all(select(item).order_by(item.c.name, item.c.item)):
        shown = {"item": row.item, "name": row.name, "on_hand": plain(row.qty, 3)}
        if costs:
            shown["value"] = str(figures.money(pos, row.value))
        text = f"{row.name}: " + ", ".join([shown["on_hand"], *([shown["value"]] if costs else [])])
        print_rows([(shown, text)], as_json=asked.json)
    return 0


def _open(pos: Pos, path: Path, *, dry_run: bool, yes: bool) -> int:
    rows, problems = read(pos, path)
    for problem in problems[:SHOWN]:
        sys.stderr.write(f"Refused: {problem}\n")
    units, value = sum(row.goods.qty for row in rows), sum(row.value for row in rows)
    items = len({row.goods.item for row in rows})
    worth = figures.money(pos, value)
    sys.stdout.write(
        many("{count} row", "{count} rows", len(rows))
        + f", items: {items}, stock: {quantity_text(units)}, worth {worth}\n"
    )
    if problems:
        sys.stderr.write(
            many("{count} row was refused", "{count} rows were refused", len(problems)) + ": nothing was recorded\n"
        )
        return 1
    if not dry_run:
        if not (yes or agreed("Open the stock with this?")):
            return 1
        written = record(pos, path, rows)
        sys.stdout.write(many("{count} row recorded", "{count} rows recorded", written) + "\n")
        if written < len(rows):
            sys.stdout.write(
                many(
                    "{count} row of this file was recorded before and stays as it is",
                    "{count} rows of this file were recorded before and stay as they are",
                    len(rows) - written,
                )
                + "\n"
            )
    return 0


def record(pos: Pos, path: Path, rows: Sequence[Opening]) -> int:
    """Record what items begin with, in parts; returns how many rows. What was recorded of the same file stays once.

    So a file that was stopped between two parts is opened again, and the rest of it is recorded.
    """
    with path.open("rb") as file:
        name = hashlib.file_digest(file, "sha256").hexdigest()
    written = 0
    for part in _parts(rows):
        key = f"{name} {part[0].line}"
        if not pos.journal.holder(FILE, key):
            moved = [StockRow(item=row.goods.item, name=row.goods.name, qty=row.goods.qty, batch=row.goods.batch,
                              cost=row.cost) for row in part]  # fmt: skip
            service.change(pos, "opened", moved, document=path.name, also=(Once(FILE, key), _arrival(pos, path, part)))
            written += len(part)
    return written


def _arrival(pos: Pos, path: Path, part: Sequence[Opening]) -> Arrival:
    return Arrival(day=service.today(pos), location=service.places(pos)[0], rows=tuple(row.goods for row in part),
                   document=path.name, why="opened")  # fmt: skip


def read(pos: Pos, path: Path) -> tuple[list[Opening], list[str]]:
    """Return the rows of an opening stock and, for each that does not fit, why; UserError for the file itself."""
    pos.permissions.require("stock.change", "opened")
    with reading_csv(path) as reader:
        missing = {"code", "qty"} - set(reader.fieldnames or ())
        if missing:
            raise UserError(f"{path.name} has no column {min(missing)}",
                            "columns: code, qty, cost, batch, expiry, serials", "file")  # fmt: skip
        rows, problems = _rows(pos, reader)
    for part in _parts(rows):
        if _refused(pos, path, part):  # the others see one row at a time only where one of them does not fit
            problems += [f"line {row.line}: {why}" for row in part if (why := _refused(pos, path, [row]))]
            problems += [] if problems else [f"line {part[0].line}: {_refused(pos, path, part)}"]
    return rows, problems


def _refused(pos: Pos, path: Path, part: Sequence[Opening]) -> str:
    """Return why others who keep more of goods would refuse them, "" where they take them."""
    try:
        with pos.hooks.confirming(pos.hooks.confirmed, {}):
            list(pos.hooks.each(inventory.receive)(arrival=_arrival(pos, path, part)))
    except Confirm as asked:
        return f"{asked.what} ({', '.join(field.label for field in asked.fields)}; column serials)"
    except UserError as wrong:
        return wrong.what
    return ""


def _parts(rows: Sequence[Opening]) -> Iterator[Sequence[Opening]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]


def _rows(pos: Pos, reader: csv.DictReader[str]) -> tuple[list[Opening], list[str]]:
    rows, problems, pieces = [], [], set[tuple[str, str]]()
    for line in reader:
        try:
            row = _row(pos, line, reader.line_num)
            named = {(row.goods.item, one) for one in row.goods.serials}
            if twice := pieces & named:
                raise UserError(f"serials: {min(twice)[1]} stands in the file twice", "name each piece once", "serials")
            pieces |= named
            rows.append(row)
        except UserError as wrong:
            problems.append(f"line {reader.line_num}: {wrong.what}")
    return rows, problems


def _row(pos: Pos, line: dict[str, str | None], number: int) -> Opening:
    def said(column: str) -> str:
        return (line.get(column) or "").strip()

    found = item_of(pos, said("code"), "import the product first")
    qty = milli(said("qty"), "qty")
    if qty <= 0:
        raise UserError("qty: it must be more than zero", "leave the row out", "qty")
    goods = Arrived(item=found.ref, name=found.name, qty=qty, batch=service.checked_batch(said("batch")),
                    expiry=said("expiry"), serials=tuple(said("serials").split()))  # fmt: skip
    return Opening(number, goods, unit_price(said("cost"), "cost") if said("cost") else None)


STOCK = CliCommand(name="stock", summary="Show stock, or open it from a file",
                   usage="[--json] [--open FILE.csv [--dry-run | --yes]]", examples=EXAMPLES, run=run)  # fmt: skip
