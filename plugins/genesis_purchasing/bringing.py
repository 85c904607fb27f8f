"""`genesis suppliers import`: suppliers and their articles from a CSV file, all of it or nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NamedTuple

import uuid_utils

from genesis import CliCommand, Money, Pos, UserError, decimal, item_of, many, reading_csv, unit_price
from genesis_purchasing.suppliers import OFFERS, SUPPLIERS, Row, every, offer_checked, offer_id, supplier_checked
from genesis_stock.typed import milli

OWN = ("terms", "contact", "email", "phone")
COLUMNS = ("supplier", *OWN, "lead_days", "minimum", "code", "theirs", "price", "pack", "least", "shelf_days", "rank")


class Plan(NamedTuple):
    """What is to be written, by id, and why rows are refused."""

    suppliers: dict[str, Row]
    offers: dict[str, Row]
    problems: list[str]


def run(pos: Pos, arguments: list[str]) -> int:
    """Import a file; exit code 1 where a row was refused (nothing is written then)."""
    parser = COMMAND.parser()
    parser.add_argument("what", choices=("import",))
    parser.add_argument("file", type=Path)
    parser.add_argument("--dry-run", action="store_true")
    asked = parser.parse_args(arguments)
    pos.permissions.require("records.import", SUPPLIERS.name)
    plan = planned(pos, asked.file)
    for problem in plan.problems:
        sys.stderr.write(f"Refused: {problem}\n")
    if plan.problems:
        sys.stderr.write(
            many("{count} row was refused", "{count} rows were refused", len(plan.problems))
            + ": nothing was recorded\n"
        )
        return 1
    for name, rows in ((SUPPLIERS.name, plan.suppliers), (OFFERS.name, plan.offers)):
        records = pos.records(name)
        before = {one: records.get(one) for one in rows}
        differing = {one: row for one, row in rows.items() if not _same(before[one], row)}
        for one, row in differing.items():
            records.ask(one, before[one], row)
        new = sum(before[one] is None for one in differing)
        called, changed, same = name.rpartition("_")[2], len(differing) - new, len(rows) - len(differing)
        sys.stdout.write(f"{called}s: {new} new, {changed} changed, {same} as they are\n")
        if not asked.dry_run and differing:
            records.load([row | {"id": one} for one, row in differing.items()], source=asked.file.name)
    return 0


def _same(kept: Row | None, row: Row) -> bool:
    return kept is not None and all((kept[name] or "") == (value or "") for name, value in row.items())


def planned(pos: Pos, path: Path) -> Plan:
    """Read and check every row; UserError for the file itself."""
    plan = Plan({}, {}, [])
    known = {name.casefold(): one for one, name in every(pos)}
    with reading_csv(path) as reader:
        titles = [title.strip().casefold() for title in reader.fieldnames or ()]
        unknown = sorted(set(titles) - set(COLUMNS))
        if "supplier" not in titles or unknown:
            what = f"a column {unknown[0]!r} that is not known" if unknown else "no column supplier"
            raise UserError(f"{path.name}: {what}", f"columns: {', '.join(COLUMNS)}", "file")
        reader.fieldnames = titles
        for line in reader:
            cells = {name: (cell or "").strip() for name, cell in line.items() if name and isinstance(cell, str)}
            try:
                _row(pos, cells, known, plan)
            except UserError as wrong:
                plan.problems.append(f"line {reader.line_num}: {wrong.what}")
    return plan


def _row(pos: Pos, cells: dict[str, str], known: dict[str, str], plan: Plan) -> None:
    """Take a row in: a supplier (an empty cell leaves a value as it is) and, with a code, an article of theirs."""
    name = cells.get("supplier", "")
    one = known.get(name.casefold()) or str(uuid_utils.uuid7())
    before = plan.suppliers.get(one) or pos.records(SUPPLIERS.name).get(one) or {}
    said: dict[str, Any] = {field: cells[field] for field in OWN if cells.get(field)}
    if cells.get("lead_days"):
        said["lead_days"] = int(decimal(cells["lead_days"], "lead_days", 0))
    if cells.get("minimum"):
        said["minimum"] = Money.parse(cells["minimum"], pos.currency, "minimum").minor
    own = supplier_checked({**before, "name": before.get("name") or name, **said})
    if cells.get("code"):
        found = item_of(pos, cells["code"])
        key = offer_id(one, found.ref)
        if key in plan.offers:
            raise UserError(f"code: {cells['code'][:60]} stands there twice for {name[:60]}", "keep one", "code")
        offer = {**(pos.records(OFFERS.name).get(key) or {}), "supplier": one, "item": found.ref, "name": found.name}
        if cells.get("theirs"):
            offer["code"] = cells["theirs"]
        if cells.get("price"):
            offer["price_e4"] = unit_price(cells["price"], "price")
        offer |= {field: milli(cells[field], field) for field in ("pack", "least") if cells.get(field)}
        offer |= {field: int(decimal(cells[field], field, 0)) for field in ("shelf_days", "rank") if cells.get(field)}
        plan.offers[key] = offer_checked(offer)
    plan.suppliers[one] = own
    known[own["name"].casefold()] = one


COMMAND = CliCommand(
    name="suppliers",
    summary="Import suppliers and their articles from a CSV file",
    usage="import FILE [--dry-run]",
    details=f"Columns: {', '.join(COLUMNS)}. A row names a supplier and, with a code, an article. Nothing is written "
    "where a row does not fit; the same file again changes nothing.",
    examples=("genesis suppliers import suppliers.csv --dry-run", "genesis suppliers import suppliers.csv"),
    run=run,
)
