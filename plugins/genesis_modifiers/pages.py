"""The page of groups of choices."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from genesis import Cell, Column, FieldSpec, ListPage, Pos, RecordPage
from genesis_modifiers.models import GROUPS, group, options_of
from genesis_modifiers.service import category_ids, category_paths, row_of

FIELDS = (
    FieldSpec(name="name", label="Name", required=True, help="What the till asks for: Milk, Extras"),
    FieldSpec(name="least", label="At least", kind="number", half=True, help="Empty: none is needed"),
    FieldSpec(name="most", label="At most", kind="number", half=True, help="Empty: one"),
    FieldSpec(name="options", label="Options", kind="lines", required=True,
              help="One a line: Oat milk = 0.50; with a product: Double = 0.80 : 18*CODE; * before the proposed one"),
    FieldSpec(name="categories", label="For categories", kind="lines", help="One a line, as Drinks/Coffee"),
    FieldSpec(name="position", label="Place", kind="number", half=True, help="The smallest is asked first"),
)  # fmt: skip


def page(pos: Pos) -> ListPage:
    """Return the page."""
    return RecordPage(
        records=GROUPS,
        columns=(
            Column(id="name", title="Group of choices", sort=True, wide=True),
            Column(id="rule", title="Taken"),
            Column(id="options", title="Options", wide=True),
        ),
        cells=_cells,
        fields=lambda _pos: FIELDS,
        order=group.c.position,
        sorts={"name": group.c.name},
        read=lambda row: _read(pos, row),
        write=lambda values, _before: row_of(values) | {"categories": category_ids(pos, values["categories"])},
        found=_found,
        icon="list-plus",
        hint="Group or option",
        empty="No choices yet",
    ).page()


def _found(_pos: Pos, base: Select[Any], text: str) -> Select[Any]:
    return base.where(*((group.c.name + " " + group.c.options).icontains(word, autoescape=True)
                        for word in text.split()))  # fmt: skip


def _cells(pos: Pos, row: Any) -> tuple[str | Cell, ...]:
    where = category_paths(pos, row.categories).replace("\n", ", ")
    return (
        Cell(text=row.name, small=where),
        f"{row.least}–{row.most}",
        ", ".join(option.name for option in options_of(row.options)),
    )


def _read(pos: Pos, row: dict[str, Any]) -> dict[str, str]:
    if not row:
        return {}
    numbers = {name: str(row[name]) for name in ("least", "most", "position")}
    return numbers | {"name": row["name"], "options": row["options"],
                      "categories": category_paths(pos, row["categories"])}  # fmt: skip
