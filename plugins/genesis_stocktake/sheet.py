"""Count sheets: what to look for, with room for what is there; and the filled-in sheet read back."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select

from genesis import Item, Pos, Row, UserError, item_of, new_file
from genesis_stock.models import item as stock_item, level
from genesis_stock.typed import milli
from genesis_stocktake import service
from genesis_stocktake.models import listed

COLUMNS = ("item", "name", "batch", "counted")
MOST = 20_000  # rows of a sheet that is read


class Wanted(NamedTuple):
    """A line of a sheet."""

    item: str
    name: str
    batch: str


def wanted(pos: Pos, key: str) -> list[Wanted]:
    """Return what a count is of, by name: its list, else all that is kept at its location, each batch by itself.

    A count of a category lists what was counted in it so far: stock does not know categories.
    """
    found = service.one(pos, key)
    if found.category:
        return [Wanted(one.item, one.name, one.batch) for one in service.rows_of(pos, key)]
    at = select(level.c.item, stock_item.c.name, level.c.batch).join(stock_item, stock_item.c.item == level.c.item)
    every = at.where(level.c.location.in_((found.location, "")))
    chosen = select(listed.c.item).where(listed.c.count == key)
    if found.listed:
        every = every.where(level.c.item.in_(chosen))
    kept = pos.db.all(every.where((level.c.qty != 0) | (level.c.batch == "")).distinct())
    return sorted((Wanted(*row) for row in kept), key=lambda one: (one.name, one.item, one.batch))


def document(pos: Pos, key: str) -> tuple[Row, ...]:
    """Return a sheet to be printed: it never says what is expected."""
    found = service.one(pos, key)
    shown: list[Row] = [("title", found.title, ""), ("text", found.location or "Store", found.day), ("rule", "", "")]
    shown += [("text", f"{one.name} {one.batch}".rstrip(), "________") for one in wanted(pos, key)]
    return (*shown, ("rule", "", ""), ("text", "Counted by", "________________"))


def write(pos: Pos, key: str, path: Path) -> int:
    """Write a sheet as a new CSV file with an empty column for what is counted; returns how many rows."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    rows = wanted(pos, key)
    table.writerows((one.item, one.name, one.batch, "") for one in rows)
    new_file(path, out.getvalue().encode())
    return len(rows)


def read(pos: Pos, key: str, path: Path) -> int:
    """Count what a filled-in sheet says; returns how many rows did. Rows without a count are left out.

    It has the columns `counted` and `item` (as on the sheet) or `code`, and if you like `batch`. It is checked whole
    before anything is counted. Each row replaces what was counted of it before: a sheet read twice counts once.
    """
    pos.permissions.require("stocktake.count")
    service.opened(pos, key)
    known = {one.item: one.name for one in wanted(pos, key)}
    said = [
        _row(pos, known, number, row) for number, row in enumerate(_rows(path), 2) if (row.get("counted") or "").strip()
    ]
    for item, qty, batch in said:
        service.enter_item(pos, key, item, qty, batch, again=True)
    return len(said)


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            if "counted" not in (table.fieldnames or ()):
                raise UserError(f"file: {path.name} has no column counted", "write a sheet, and fill that in", "file")
            rows = [row for _, row in zip(range(MOST + 1), table, strict=False)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"file: {path} cannot be read ({error})", "give a CSV file in UTF-8", "file") from error
    if len(rows) > MOST:
        raise UserError(f"file: it has more than {MOST} rows", "count it in parts", "file")
    return rows


def _row(pos: Pos, known: dict[str, str], number: int, row: dict[str, Any]) -> tuple[Item, int, str]:
    try:
        ref, code = (row.get("item") or "").strip(), (row.get("code") or "").strip()
        item = Item(ref=ref, name=known[ref]) if ref in known else item_of(pos, code or ref, service.PUT_ASIDE)
        qty = milli(row["counted"].strip(), "counted")
        if qty < 0:
            raise UserError("counted: it is below zero", "write what is there", "counted")
        return item, qty, (row.get("batch") or "").strip()
    except UserError as error:
        raise UserError(f"row {number}: {error.what}", error.remedy, error.field) from error
