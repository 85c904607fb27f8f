"""Makes one product of two: the codes and the stock of the one that goes move to the one that is kept."""

from __future__ import annotations

from genesis import Fact, Guard, Item, Pos, UserError, Veto, item_of, quantity_text
from genesis_catalog.bulk import fields_of
from genesis_catalog.lookup import PREFIX
from genesis_catalog.models import PRODUCTS, Row, codes_checked, product_checked
from genesis_stock.models import StockMoved, StockRow
from genesis_stock.service import LEDGER, movement, on_hand, places, shown


def merge(pos: Pos, keep: str, gone: str) -> str:
    """Merge two products by their ids; returns what was done in words.

    Codes and SKU of the one that goes stand for the kept one from now on, its stock is moved to it, and it is retired:
    past sales and its history stay with it. All of it is one append. Doing it again moves only what came back since.
    UserError where they differ.
    """
    records = pos.records(PRODUCTS.name)
    kept, left = records.get(keep), records.get(gone)
    if kept is None or left is None or keep == gone:
        raise UserError("these are not two products", "look at the list again", "id")
    if kept["status"] != "active":
        raise UserError(f"{kept['name'][:60]} is not sold itself", "keep the other one", "id")
    if kept["unit"] != left["unit"]:
        raise UserError(f"{kept['name'][:60]} is sold by {kept['unit']}, the other one by {left['unit']}",
                        "give both the same unit first", "unit")  # fmt: skip
    after, rest = _rows(fields_of(kept), fields_of(left))
    moved = after["codes"] != kept["codes"] or left["status"] != "retired"
    facts: list[Fact] = []
    guards: list[Guard] = []
    if moved:
        records.ask(gone, fields_of(left), rest)
        records.ask(keep, fields_of(kept), _with_own_codes(fields_of(kept), after))
        source = f"Merged into {kept['name'][:80]}"
        fact, guards = records.loading([rest | {"id": gone}, after | {"id": keep}], source)
        facts.append(fact)
    total = 0
    for place, qty in _stock(pos, gone):
        move, own = _moved(pos, (keep, kept["name"]), (gone, left["name"]), place, qty)
        facts.append(move)
        guards += own
        total += qty
    if facts:
        done = pos.journal.append(*facts, guards=guards)
        shown(pos, done, PRODUCTS.name)
        shown(pos, done, LEDGER)
    stock = f", with {quantity_text(total)} in stock" if total else ""
    return f"{left['name']} is part of {kept['name']} now{stock}"


def _rows(kept: Row, left: Row) -> tuple[Row, Row]:
    """Return both products as they are afterwards."""
    codes = [*kept["codes"], *left["codes"]]
    if left["sku"] and left["sku"] != kept["sku"]:
        codes.append({"as_typed": left["sku"]})
    own = kept["sku"] or left["sku"]
    after = kept | {"codes": codes_checked([entry for entry in codes if entry["as_typed"] != own]), "sku": own}
    rest = left | {"codes": [], "sku": "", "status": "retired", "style": None, "options": None}
    return product_checked(after), product_checked(rest)


def _with_own_codes(kept: Row, after: Row) -> Row:
    """Return what plugins are asked about: the codes that come are still those of the other product."""
    return after | {"codes": kept["codes"], "sku": kept["sku"]}


def _stock(pos: Pos, product: str) -> list[tuple[str, int]]:
    """Return where there is some of a product, and how much."""
    held = ((place, on_hand(pos, f"{PREFIX}{product}", place)) for place in places(pos))
    return [(place, qty) for place, qty in held if qty]


def _moved(
    pos: Pos, keep: tuple[str, str], gone: tuple[str, str], place: str, qty: int
) -> tuple[StockMoved, list[Guard]]:
    rows = [StockRow(item=f"{PREFIX}{gone[0]}", name=gone[1], qty=-qty),
            StockRow(item=f"{PREFIX}{keep[0]}", name=keep[1], qty=qty)]  # fmt: skip
    return movement(pos, "assembled", rows, location=place, reason=f"Merged into {keep[1][:60]}")


def product_id(pos: Pos, typed: str) -> str:
    """Return the id of the product behind a code; UserError where there is none."""
    try:
        item: Item = item_of(pos, typed)
    except Veto as retired:
        if typed.startswith(PREFIX):
            return typed.removeprefix(PREFIX)
        raise UserError(str(retired), "name it as catalog:ID", "code") from retired
    return item.ref.removeprefix(PREFIX)
