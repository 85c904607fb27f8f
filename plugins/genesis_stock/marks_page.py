"""The page of stock alerts: from when on the items of a category are low, too much or idle."""

from __future__ import annotations

from typing import Any

import msgspec

from genesis import Column, FieldSpec, ListPage, Pos, RecordPage, quantity_text
from genesis_stock.models import MARKS, mark
from genesis_stock.pages import MARK_FIELDS, mark_texts

CATEGORY = FieldSpec(name="category", label="Category", help="Its name as on the product; empty for everything")
FIELDS = (CATEGORY, *(msgspec.structs.replace(field, help="") for field in MARK_FIELDS))


def page(_pos: Pos) -> ListPage:
    """Return the page."""
    return RecordPage(
        records=MARKS,
        columns=(
            Column(id="category", title="Category", wide=True, sort=True),
            Column(id="low", title="Low at", kind="number"),
            Column(id="over", title="Too much at", kind="number"),
            Column(id="idle", title="Days without movement", kind="number"),
        ),
        cells=_cells,
        fields=lambda _pos: FIELDS,
        order=mark.c.category,
        sorts={"category": mark.c.category},
        read=lambda row: {"category": str(row.get("category") or ""), **mark_texts(row)},
        name="category",
        icon="bell",
        empty="No category has marks of its own",
    ).page()


def _cells(_pos: Pos, row: Any) -> tuple[str, ...]:
    marks = ("" if qty is None else quantity_text(qty) for qty in (row.low, row.over))
    return (row.category or "Everything", *marks, "" if row.idle is None else str(row.idle))
