"""The page of price lists."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from genesis import (
    Cell,
    Column,
    FieldSpec,
    ListPage,
    Pos,
    RecordPage,
    business_today,
    exponent,
    item_of,
    price_text,
    unit_price,
)
from genesis_pricelists.models import ALWAYS, PRICES, price

FIELDS = (
    FieldSpec(name="code", label="Item", required=True, help="Its code or SKU"),
    FieldSpec(name="price", label="Price", kind="number", required=True, half=True),
    FieldSpec(name="buyers", label="For the group", half=True, help="Empty: everybody"),
    FieldSpec(name="first", label="From", kind="date", half=True),
    FieldSpec(name="last", label="To the end of", kind="date", half=True),
    FieldSpec(name="title", label="Called", help="Stands on the receipt where it lowers a price"),
)


def page(_pos: Pos) -> ListPage:
    """Return the page."""
    return RecordPage(
        records=PRICES,
        columns=(
            Column(id="name", title="Item", sort=True, wide=True),
            Column(id="buyers", title="For"),
            Column(id="first", title="From", sort=True),
            Column(id="last", title="To"),
            Column(id="price", title="Price", kind="money", sort=True),
        ),
        cells=_cells,
        fields=lambda _pos: FIELDS,
        order=price.c.name,
        sorts={"name": price.c.name, "first": price.c.first, "price": price.c.price_e4},
        read=lambda row: _read(_pos, row),
        write=lambda values, before: _written(_pos, values, before),
        found=_found,
        icon="tag",
        hint="Item or name of the list",
        empty="No list has a price yet",
    ).page()


def _found(_pos: Pos, base: Select[Any], text: str) -> Select[Any]:
    words = text.split()
    return base.where(*((price.c.name + " " + price.c.title).icontains(word, autoescape=True) for word in words))


def _cells(pos: Pos, row: Any) -> tuple[str | Cell, ...]:
    day = business_today(pos)
    over, holds = row.last < day, row.first <= day <= row.last
    return (
        Cell(text=row.name, small=row.title),
        row.buyers or "Everybody",
        row.first or "–",
        Cell(text="–" if row.last == ALWAYS else row.last, tone="off" if over else "good" if holds else "info"),
        price_text(row.price_e4, exponent(pos.currency)),
    )


def _read(pos: Pos, row: dict[str, Any]) -> dict[str, str]:
    if not row:
        return {}
    return {"code": row["item"], "price": price_text(row["price_e4"], exponent(pos.currency)), "title": row["title"],
            "buyers": row["buyers"], "first": row["first"],
            "last": "" if row["last"] == ALWAYS else row["last"]}  # fmt: skip


def _written(pos: Pos, said: dict[str, str], before: dict[str, Any]) -> dict[str, Any]:
    found = {"item": before["item"], "name": before["name"]} if before.get("item") == said["code"] else None
    if found is None:
        item = item_of(pos, said["code"])
        found = {"item": item.ref, "name": item.name}
    named = {name: said[name] for name in ("title", "buyers", "first", "last")}
    return found | named | {"price_e4": unit_price(said["price"].strip(), "price")}
