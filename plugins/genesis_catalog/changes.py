"""Refuses changes that would leave the catalogue contradicting itself, in words that name both sides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import bindparam, select

from genesis import Change, Pos, Veto, many
from genesis_catalog.lookup import LEVELS
from genesis_catalog.models import (
    CODE,
    STANDARD_UNITS,
    VARIANT,
    Row,
    category,
    category_keys,
    product,
    product_keys,
    unit,
)

_CATEGORY = select(category.c.name, category.c.parent).where(category.c.id == bindparam("id"))
_CHILD = select(category.c.name).where(category.c.parent == bindparam("id")).order_by(category.c.id).limit(1)
_PARENTS = select(category.c.id, category.c.parent)
_IN_CATEGORY = select(product.c.name).where(product.c.category == bindparam("id")).order_by(product.c.id).limit(1)
_BY_UNIT = select(product.c.name).where(product.c.unit == bindparam("id")).order_by(product.c.id).limit(1)
_UNIT = select(unit.c.id).where(unit.c.id == bindparam("id"))
_NAMED = select(product.c.name).where(product.c.id == bindparam("id"))
_NOTHING: frozenset[str] = frozenset()
_looked_up = ContextVar("catalog_looked_up", default=(_NOTHING, _NOTHING))  # codes and SKUs that are free; categories


@contextmanager
def looked_up(pos: Pos, free: Iterable[str]) -> Iterator[None]:
    """Look up at once what many rows ask: categories, codes and SKUs that are free (the append has the last word)."""
    categories = frozenset(row[0] for row in pos.db.fast(_PARENTS, {}))
    token = _looked_up.set((frozenset(free), categories))
    try:
        yield
    finally:
        _looked_up.reset(token)


def check(pos: Pos, change: Change) -> None:
    """Ask what this kind of record must be asked; raises Veto."""
    asked = {"catalog_product": _product, "catalog_category": _category, "catalog_unit": _unit}.get(change.record)
    if asked is not None:
        asked(pos, change)


def holder_of(pos: Pos, space: str, key: str, product_id: str) -> str:
    """Return the name of another product that has this code or SKU already, "" where there is none; never lags."""
    owner = pos.journal.holder(space, key).removeprefix("catalog_product:")
    if not owner or owner == product_id:
        return ""
    rows = pos.db.fast(_NAMED, {"id": owner})
    return str(rows[0][0]) if rows else owner


def _product(pos: Pos, change: Change) -> None:
    row = change.after
    if row is None:
        return
    free, categories = _looked_up.get()
    for space, key in product_keys(row):
        if space == CODE and key in free:
            continue
        other = holder_of(pos, space, key, change.id)
        if other:
            if space == VARIANT:
                raise Veto(f"{row['style']} has this variant already: {other}", "choose other options", "options")
            raise Veto(f"{_shown(row, key)} of {row['name']} belongs to {other}",
                       "give it another one, or take it off the other product first", "codes")  # fmt: skip
    group = row["category"]
    if group and group not in categories and not pos.db.fast(_CATEGORY, {"id": group}):
        raise Veto(f"category: there is no category {row['category']!r}", "create it first", "category")
    if row["unit"] not in STANDARD_UNITS and not pos.db.fast(_UNIT, {"id": row["unit"]}):
        known = ", ".join(STANDARD_UNITS)
        raise Veto(f"unit: there is no unit {row['unit']!r}", f"use {known}, or create it first", "unit")


def _shown(row: Row, key: str) -> str:
    return next((f"code {e['as_typed']}" for e in row["codes"] if e["code"] == key), f"SKU {row['sku']}")


def _category(pos: Pos, change: Change) -> None:
    if change.after is None:
        for statement, what in ((_CHILD, "category"), (_IN_CATEGORY, "product")):
            rows = pos.db.fast(statement, {"id": change.id})
            if rows:
                raise Veto(f"the {what} {rows[0][0]} is in this category", "move it to another one first", "category")
        return
    keys = category_keys(change.after)
    if any(pos.journal.holder(*key) not in {"", f"catalog_category:{change.id}"} for key in keys):
        raise Veto(f"name: there is a category {change.after['name']} here already", "choose another name", "name")
    parents = dict(map(tuple, pos.db.fast(_PARENTS, {})))
    parent = change.after["parent"]
    if parent and parent not in parents:
        raise Veto(f"parent: there is no category {parent!r}", "create it first", "parent")
    above: list[str] = []
    while parent and parent not in above:
        above.append(parent)
        parent = parents.get(parent, "")
    if change.id in above:
        raise Veto("parent: a category cannot be within itself", "choose another one", "parent")
    depth = len(above) + _height(parents, change.id)
    if depth > LEVELS:
        raise Veto(
            many("parent: that would be {count} level", "parent: that would be {count} levels", depth),
            f"use at most {LEVELS}",
            "parent",
        )


def _height(parents: dict[str, str], top: str) -> int:
    """Return how many levels a category is with everything below it."""
    level, height = [top], 0
    while level and height <= len(parents):
        height += 1
        level = [one for one, parent in parents.items() if parent in level]
    return height


def _unit(pos: Pos, change: Change) -> None:
    if change.action == "create" and change.id in STANDARD_UNITS:
        raise Veto(f"id: {change.id} is a unit already", "choose another symbol", "id")
    if change.action == "delete":
        rows = pos.db.fast(_BY_UNIT, {"id": change.id})
        if rows:
            raise Veto(f"{rows[0][0]} is sold by this unit", "give it another unit first", "unit")
