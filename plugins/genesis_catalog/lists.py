"""Lists that come in and go out on the page of products: what an import comes to is agreed to before it is written."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from sqlalchemy import select

from genesis import Act, Confirm, Done, Pos, UserError, exponent, many, price_text, quantity_text
from genesis_catalog import layouts, more
from genesis_catalog.csvfile import head
from genesis_catalog.groups import Group, groups
from genesis_catalog.importer import Result, run
from genesis_catalog.models import PRODUCTS, Row, product
from genesis_catalog.totals import shown, worth
from genesis_catalog.undo import undo

COLUMNS = ("name", "sku", "brand", "category", "unit", "price", "tax", "status", "codes", "style", "options")


def bring_in(pos: Pos, act: Act) -> Done:
    """Import a list, or only say what would happen; its totals are asked about before anything is written."""
    path = Path(act.values["file"]).expanduser()
    if act.values.get("forget"):
        layouts.forget(pos, head(path).titles)
    names = _named(act.values.get("columns", ""))

    def read(**more: Any) -> Result:
        return run(pos, path, names=names, progress=lambda _rows, done, size: act.progress(done, size), **more)

    first = read(dry_run=True)
    if act.values.get("dry") or first.cancelled or not (first.created or first.changed or first.units):
        return Done(text="Import", document=_said(pos, first))
    question = Confirm(f"Import {path.name[:60]}?", _question(pos, first))
    if act.agreed != str(question):
        raise question
    result = read(agreed=first.totals)

    def take_back(pos: Pos) -> None:
        undo(pos, result.source)

    return Done(text="Import", document=_said(pos, result), undo=take_back if result.chunks else None)


def _named(lines: str) -> dict[str, str]:
    """Read what columns are, one a line (Artikel=name); UserError where a line is no such thing."""
    found = {}
    for line in filter(None, (one.strip() for one in lines.splitlines())):
        title, sign, field = (part.strip() for part in line.rpartition("="))
        if not sign or not title or not field:
            raise UserError(f"columns: {line[:60]!r} says nothing", "write it as Artikel=name", "columns")
        found[title] = field
    return found


def _question(pos: Pos, result: Result) -> str:
    new, changed, same, codes = result.created, result.changed, result.unchanged, result.codes
    counts = f"{new} new, {changed} changed, {same} as they are, {result.refused} refused; codes: {codes}"
    if result.units is not None:
        units, value = quantity_text(result.units), worth(pos, result.value or 0)
        counts = (f"{new} new, {changed} changed, {same} as they are, {result.refused} refused; codes: {codes}; "
                  f"stock: {units}, worth {value}")  # fmt: skip
    if result.mended:
        return many(
            "{count} row has characters that cannot be printed, which are left out; {counts}",
            "{count} rows have characters that cannot be printed, which are left out; {counts}",
            result.mended,
            counts=counts,
        )
    return counts


def _said(pos: Pos, result: Result) -> tuple[Any, ...]:
    """Return what became of a list, or would, as a document."""
    rows = [("title", "Only tried" if result.dry_run else "Import", "")]
    rows += [("bold", f"DIFFERS: {said}", "") for said in result.differing]
    counts = [("Rows", str(result.rows)), *shown(pos, result.totals), ("As they are", str(result.unchanged)),
              ("Refused", str(result.refused))]  # fmt: skip
    rows += [("text", what, text) for what, text in counts]
    if result.mended:
        rows.append(("text", "Mended", str(result.mended)))
    if result.begun:
        rows.append(("text", "Stock was there already", str(result.begun)))
    rows.append(("rule", "", ""))
    rows += [("small", f"{title} = {field}, as it was named before", "") for title, field in result.remembered.items()]
    if result.cancelled:
        rows.append(("bold", f"Stopped: kept up to row {result.last_row}", ""))
    for title, told in (("Refused", result.problems), ("Mended", result.notes)):
        rows += [("bold", title, "Rows")] if told else []
        rows += [("small", one.reason, str(one.row)) for one in told[:200]]
    return tuple(rows)


def write_out(pos: Pos, act: Act) -> Done:
    """Write all products as CSV that `genesis import` reads again."""
    path = Path(act.values["file"]).expanduser()
    known, extra = groups(pos), list(more.values(pos, None))
    records = pos.records(PRODUCTS.name)
    total = records.count()
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow((*COLUMNS, *extra))
            for number, row in enumerate(pos.db.all(select(product.c.id).order_by(product.c.name, product.c.id))):
                if not act.progress(number, total):
                    raise UserError("the export was stopped", f"{path} is not complete", "file")
                kept = records.get(row.id)
                if kept is not None:
                    told = more.values(pos, kept["more"])
                    writer.writerow((*_line(pos, kept, known.get(kept["category"])), *(told[name] for name in extra)))
    except FileExistsError as error:
        raise UserError(f"{path} is there already", "give another name", "file") from error
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror})", "give another place", "file") from error
    return Done(text=many("{count} product written to", "{count} products written to", total), file=path)


def _line(pos: Pos, row: Row, group: Group | None) -> list[str]:
    packs = ((entry["as_typed"], entry["pack"]) for entry in row["codes"])
    codes = "|".join(typed if pack == 1_000 else f"{typed}*{quantity_text(pack)}" for typed, pack in packs)
    path = group.path.replace(" / ", "/") if group else ""
    price = "" if row["price_e4"] is None else price_text(row["price_e4"], exponent(pos.currency))
    return [row["name"], row["sku"], row["brand"], path, row["unit"], price, row["tax"] or "", row["status"], codes,
            row["style"] or "", row["options"] or ""]  # fmt: skip
