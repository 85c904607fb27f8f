"""Takes an import back: what it created goes, what it changed is as it was, what changed since is left and named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from genesis import Pos, UserError
from genesis.hooks import inventory
from genesis_catalog.models import PRODUCTS, Row

MARK = "#"  # stands between the name of a file and which import of it that was
LOADED, SAVED = "records.loaded", "record.saved"


class TakenBack(msgspec.Struct, kw_only=True):
    """What became of it. left: name -> why a product stays as it is."""

    source: str
    deleted: int = 0
    restored: int = 0
    left: dict[str, str] = {}


def undo(pos: Pos, source: str = "", progress: Callable[[int, int], bool] | None = None) -> TakenBack:
    """Take an import back, the last one where none is named; UserError where there is none to take back.

    progress(done, in all) may return False to stop: what is done stays so, and the rest can be taken back later.
    """
    pos.permissions.require("records.import", PRODUCTS.name)
    source, rows = _import(pos, source)
    before = _before(pos, rows)
    records = pos.records(PRODUCTS.name)
    stock = pos.hooks.first(inventory.opening)()
    if stock is not None:  # what there is of a product keeps it
        stock.take_back(source)
    result = TakenBack(source=source)
    for number, (product_id, row) in enumerate(rows.items(), 1):
        try:
            if records.rev(product_id) != row["rev"]:
                raise UserError("it was changed since", "change it by hand", "id")
            if product_id in before:
                records.save(before[product_id], rev=row["rev"], record_id=product_id)
                result.restored += 1
            else:
                records.delete(product_id, rev=row["rev"])
                result.deleted += 1
        except UserError as error:
            result.left[row["name"]] = str(error)
        if progress is not None and not progress(number, len(rows)):
            break
    return result


def _import(pos: Pos, source: str) -> tuple[str, dict[str, Row]]:
    """Return the import and the last row it wrote of each product."""
    rows: dict[str, Row] = {}
    named = source
    for entry in pos.journal.raw.scan():
        fact: Any = entry.fact if entry.kind == LOADED else None
        if fact is None or fact.record != PRODUCTS.name or MARK not in fact.source:
            continue
        if not named and fact.source != source:  # a later import than those before
            source, rows = fact.source, {}
        if fact.source == source:
            rows |= {row["id"]: row for row in fact.rows}
    if not rows:
        raise UserError("there is no import to take back", "look at the history of a product", "source")
    return source, rows


def _before(pos: Pos, rows: dict[str, Row]) -> dict[str, Row]:
    """Return what each product was before that import, without those that it created."""
    wanted = {product_id: row["rev"] - 1 for product_id, row in rows.items() if row["rev"] > 1}
    found: dict[str, Row] = {}
    for entry in pos.journal.raw.scan() if wanted else ():
        fact: Any = entry.fact if entry.kind in {LOADED, SAVED} else None
        if fact is None or fact.record != PRODUCTS.name:
            continue
        seen = fact.rows if entry.kind == LOADED else ({"id": fact.id, "rev": fact.rev, **fact.values},)
        found |= {row["id"]: row for row in seen if wanted.get(row["id"]) == row["rev"]}
    return {product_id: {name: value for name, value in row.items() if name not in {"id", "rev"}}
            for product_id, row in found.items()}  # fmt: skip
