"""The tree of categories as pages show it: each with its path, and the tint and icon it has or takes from above."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select

from genesis import Categorised, Pos
from genesis_catalog.lookup import LEVELS, PREFIX
from genesis_catalog.models import category, product


class Group(NamedTuple):
    """A category. path: its name after those above it."""

    name: str
    path: str
    tint: str
    icon: str


def groups(pos: Pos) -> dict[str, Group]:
    """Return every category by its id, in the store's order."""
    rows = {row.id: row for row in pos.db.all(select(category).order_by(category.c.position, category.c.name))}

    def group(row: Any, depth: int = 0) -> Group:
        above = rows.get(row.parent)
        if above is None or depth >= LEVELS:
            return Group(row.name, row.name, row.tint, row.icon)
        over = group(above, depth + 1)
        return Group(row.name, f"{over.path} / {row.name}", row.tint or over.tint, row.icon or over.icon)

    return {key: group(row) for key, row in rows.items()}


def categorised(pos: Pos) -> Categorised:
    """Return the names of each category and of those above it, and how a query finds the category of an item."""
    rows = {row.id: row for row in pos.db.all(select(category.c.id, category.c.name, category.c.parent))}

    def names(key: str | None) -> tuple[str, ...]:
        found: list[str] = []
        while key in rows and len(found) <= LEVELS:
            found.insert(0, rows[key].name)
            key = rows[key].parent
        return tuple(found)

    return Categorised(paths={key: names(key) for key in rows}, of=_category_of)


def _category_of(ref: ColumnElement[Any]) -> ColumnElement[Any]:
    ours = and_(ref.startswith(PREFIX), product.c.id == func.substr(ref, len(PREFIX) + 1))
    return select(product.c.category).where(ours).scalar_subquery()
