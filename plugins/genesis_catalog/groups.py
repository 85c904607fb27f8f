"""The tree of categories as pages show it: each with its path, and the tint and icon it has or takes from above."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import select

from genesis import Pos
from genesis_catalog.lookup import LEVELS
from genesis_catalog.models import category


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
