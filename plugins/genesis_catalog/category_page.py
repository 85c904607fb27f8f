"""The page of categories: the tree that tiles, reports and rules go by."""

from __future__ import annotations

from typing import Any

from genesis import Cell, Column, FieldSpec, Pos, RecordPage, UserError
from genesis_catalog.groups import groups
from genesis_catalog.models import CATEGORIES, Row, category

TINTS = ("drinks", "bakery", "dairy", "produce", "meat", "snacks", "deli", "gifts")  # those of the themes
COLOURS = (("", "None"), *((tint, tint.capitalize()) for tint in TINTS))


def page(_pos: Pos) -> Any:
    """Return the page."""
    return RecordPage(
        records=CATEGORIES,
        columns=(
            Column(id="name", title="Category", sort=True, wide=True),
            Column(id="parent", title="Within"),
            Column(id="position", title="Place", kind="number", sort=True),
        ),
        cells=_cells,
        fields=_fields,
        order=category.c.position,
        sorts={"name": category.c.name, "position": category.c.position},
        write=_written,
        icon="folder",
        empty="No category yet",
    ).page()


def _cells(pos: Pos, row: Any) -> tuple[str | Cell, ...]:
    known = groups(pos)
    above = known[row.parent].path if row.parent in known else ""
    return (Cell(text=row.name, dot=row.tint), above, str(row.position))


def _fields(pos: Pos) -> tuple[FieldSpec, ...]:
    within = (("", "Nothing: it stands at the top"), *((key, one.path) for key, one in groups(pos).items()))
    return (
        FieldSpec(name="name", label="Name", required=True),
        FieldSpec(name="parent", label="Within", kind="choice", choices=within),
        FieldSpec(name="tint", label="Colour", kind="choice", choices=COLOURS, half=True),
        FieldSpec(name="position", label="Place", kind="number", half=True, help="The smallest first"),
        FieldSpec(name="icon", label="Icon", help="Name of a Lucide icon"),
    )


def _written(values: dict[str, str], _before: Row) -> Row:
    place = values["position"].strip()
    if place and not (place.isascii() and place.isdigit()):
        raise UserError("position: it is a whole number", "write it without point and sign", "position")
    return values | {"position": int(place) if place else None}
