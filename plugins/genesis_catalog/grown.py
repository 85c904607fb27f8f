"""The tree of categories as an import lets it grow: those a file needs are made when the first of its rows is kept."""

from __future__ import annotations

from collections.abc import Iterable

import uuid_utils
from sqlalchemy import select

from genesis import Pos, UserError
from genesis_catalog.lookup import LEVELS
from genesis_catalog.models import Row, category, category_checked

_CATEGORIES = select(category.c.id, category.c.parent, category.c.name)


class Categories:
    """The tree of categories by name; those a file needs are made when the first of its rows is kept."""

    def __init__(self, pos: Pos) -> None:
        self._records = pos.records("catalog_category")
        self._known = {(row[1], row[2].casefold()): row[0] for row in pos.db.fast(_CATEGORIES, {})}
        self._new: list[Row] = []
        self._planned: set[str] = set()

    def find(self, path: Iterable[str]) -> tuple[str, list[Row]]:
        """Return the id at the end of a path of names, and the categories on it that do not exist yet."""
        parent = ""
        missing: list[Row] = []
        for level, name in enumerate(path, 1):
            if level > LEVELS:
                raise UserError(f"category: it has more than {LEVELS} levels", "use fewer", "category")
            known = None if missing else self._known.get((parent, name.casefold()))
            if known is None:
                known = str(uuid_utils.uuid7())
                missing.append(category_checked({"name": name, "parent": parent}) | {"id": known})
            parent = known
        return parent, missing

    def plan(self, missing: list[Row]) -> None:
        """Remember categories whose first row is accepted."""
        for row in missing:
            self._known[row["parent"], row["name"].casefold()] = row["id"]
        self._new += missing
        self._planned.update(row["id"] for row in missing)

    def is_kept(self, category_id: str) -> bool:
        """Tell whether a category exists already, not only in the plan."""
        return category_id not in self._planned

    def keep(self) -> int:
        """Keep what was planned; returns how many."""
        count = len(self._new)
        if count:
            self._records.load(self._new)
            self._new = []
            self._planned.clear()
        return count
