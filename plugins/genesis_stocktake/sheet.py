"""Count sheets: what to look for, with room for what is there; and the filled-in sheet read back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import false, select

from genesis import Confirm, Item, Pos, Row, UserError, as_csv, item_of, many, new_file, reading_csv
from genesis.hooks import inventory
from genesis_stock.models import item as stock_item, level
from genesis_stock.typed import milli
from genesis_stocktake import lists, service
from genesis_stocktake.models import listed
from genesis_stocktake.service import Seen

COLUMNS = ("item", "name", "batch", "counted", "serials")
MOST = 1_000_000  # rows of a sheet that is read
ON_PAPER = 5_000  # rows of a sheet that is printed
NAMED_AT_ONCE = 500  # categories asked for in one query
Progress = Callable[[int, int], bool]


class Wanted(NamedTuple):
    """A line of a sheet."""

    item: str
    name: str
    batch: str


def wanted(pos: Pos, key: str) -> list[Wanted]:
    """Return what a count is of, by name: its list or its category, else all that is kept at its location.

    Each batch stands by itself. Where nobody keeps categories, a count of one lists what was counted in it so far.
    """
    found = service.one(pos, key)
    at = select(level.c.item, stock_item.c.name, level.c.batch).join(stock_item, stock_item.c.item == level.c.item)
    every = at.where(level.c.location.in_((found.location, "")))
    if found.category:
        groups = pos.hooks.first(inventory.categorised)()
        if groups is None:
            return [Wanted(one.item, one.name, one.batch) for one in lists.rows_of(pos, key)]
        ids = [group for group, path in groups.paths.items() if found.category in path]
        every = every.where(groups.of(level.c.item).in_(ids) if ids else false())
    if found.listed:
        every = every.where(level.c.item.in_(select(listed.c.item).where(listed.c.count == key)))
    kept = pos.db.all(every.where((level.c.qty != 0) | (level.c.batch == "")).distinct())
    return sorted((Wanted(*row) for row in kept), key=lambda one: (one.name, one.item, one.batch))


def document(pos: Pos, key: str) -> tuple[Row, ...]:
    """Return a sheet to be printed: it never says what is expected. UserError where it is too long for paper."""
    found, rows = service.one(pos, key), wanted(pos, key)
    if len(rows) > ON_PAPER:
        raise UserError(many("{title} has {count} row, more than {most} are not printed",
                             "{title} has {count} rows, more than {most} are not printed",
                             len(rows), title=found.title, most=ON_PAPER),
                        "write the sheet as a file, or count by category", "count")  # fmt: skip
    shown: list[Row] = [("title", found.title, ""), ("text", found.location or "Store", found.day), ("rule", "", "")]
    shown += [("text", f"{one.name} {one.batch}".rstrip(), "________") for one in rows]
    return (*shown, ("rule", "", ""), ("text", "Counted by", "________________"))


def write(pos: Pos, key: str, path: Path) -> int:
    """Write a sheet as a new CSV file with an empty column for what is counted; returns how many rows."""
    rows = wanted(pos, key)
    new_file(path, as_csv(COLUMNS, [(*one, "", "") for one in rows]))
    return len(rows)


def read(pos: Pos, key: str, path: Path, progress: Progress = lambda _done, _whole: True) -> int:
    """Count what a filled-in sheet says; returns how many rows did. Rows without a count are left out.

    It has the columns `counted` and `item` (as on the sheet) or `code`, and if you like `batch` and `serials`. It is
    checked whole before anything is counted. Each row replaces what was counted of it before: a sheet read twice counts
    once, and one that was stopped (progress returned False, a crash) is simply read again.
    """
    pos.permissions.require("stocktake.count")
    found = service.opened(pos, key)
    known = {one.item: one.name for one in wanted(pos, key)}
    seen = _seen(pos, found, known, path)
    parts = [seen[start : start + service.CHUNK] for start in range(0, len(seen), service.CHUNK)]
    for part in parts:
        _complete(pos, found, part)
    for n, part in enumerate(parts):
        if not progress(n * service.CHUNK, len(seen)):
            return n * service.CHUNK
        service.enter_many(pos, key, part, again=True)
    return len(seen)


def _complete(pos: Pos, found: Any, part: list[Seen]) -> None:
    """Refuse goods of which somebody would ask for more than the sheet says."""
    try:
        service.told(pos, found, part, again=True)
    except Confirm as asked:
        what = f"{asked.what} ({', '.join(field.label for field in asked.fields)})"
        raise UserError(what, "write them into the column serials", "serials") from asked


def _seen(pos: Pos, found: Any, known: dict[str, str], path: Path) -> list[Seen]:
    """Return what a sheet says; UserError names its row."""
    said: dict[tuple[str, str], tuple[int, Seen]] = {}
    with reading_csv(path) as table:
        if "counted" not in (table.fieldnames or ()):
            raise UserError(f"file: {path.name} has no column counted", "write a sheet, and fill that in", "file")
        for number, row in enumerate(table, 2):
            if number > MOST + 1:
                raise UserError(f"file: it has more than {MOST} rows", "count it in parts", "file")
            if (row.get("counted") or "").strip():
                one = _row(pos, found, known, number, row)
                first, _ = said.setdefault((one.item, one.batch), (number, one))
                if first != number:
                    name = f"{one.name} {one.batch}".rstrip()
                    raise UserError(
                        f"row {number}: {name} stands in row {first} too", "make one row of both", "counted"
                    )
    return [one for _, one in said.values()]


def _row(pos: Pos, found: Any, known: dict[str, str], number: int, row: dict[str, Any]) -> Seen:
    try:
        ref, code = (row.get("item") or "").strip(), (row.get("code") or "").strip()
        item = Item(ref=ref, name=known[ref]) if ref in known else item_of(pos, code or ref, service.PUT_ASIDE)
        if ref not in known:
            service.in_category(found, item)
        qty = milli(row["counted"].strip(), "counted")
        if qty < 0:
            raise UserError("counted: it is below zero", "write what is there", "counted")
        label = (row.get("batch") or "").strip() or item.sections.get("catalog", {}).get("batch", "")
        return Seen(item.ref, item.name, label, qty, tuple((row.get("serials") or "").split()))
    except UserError as error:
        raise UserError(f"row {number}: {error.what}", error.remedy, error.field) from error
