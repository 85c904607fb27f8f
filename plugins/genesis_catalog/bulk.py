"""What is done to many products at once: prices, categories, whole styles, what is not sold any more."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from genesis import Act, Done, FieldSpec, PageAction, Pos, UserError, decimal, exponent, many, round_div, unit_price
from genesis_catalog import variants
from genesis_catalog.groups import groups
from genesis_catalog.models import PRODUCTS, Row

Choices = tuple[tuple[str, str], ...]


def categories(pos: Pos) -> Choices:
    """Return the categories to choose from, by their paths."""
    return tuple((key, group.path) for key, group in groups(pos).items())


def actions(pos: Pos, taxes: Choices) -> tuple[PageAction, ...]:
    """Return the actions on chosen products, and those on styles."""
    edit = "catalog.edit"
    percent = FieldSpec(name="percent", label="Change in percent", kind="number", required=True, suffix="%",
                        help="-10 makes them cheaper by a tenth")  # fmt: skip
    place = FieldSpec(name="category", label="Category", kind="choice", choices=categories(pos))
    price = FieldSpec(name="price", label="Price", kind="number", half=True)
    style = (
        FieldSpec(name="style", label="Style", required=True, help="Those it has already stay as they are"),
        FieldSpec(name="axes", label="Sizes, colours ...", kind="lines", required=True,
                  help="One axis a line, as Size: S, M, L"),
        FieldSpec(name="sku", label="SKU", required=True, help="With the axes in braces: TS-{Size}-{Colour}"),
        price,
        FieldSpec(name="tax", label="Tax class", kind="choice", choices=taxes, half=True),
        place,
    )  # fmt: skip
    return (
        PageAction(id="variants", title="Make variants", icon="shirt", permission=edit, run=make_variants, ask=style),
        PageAction(id="style", title="Whole style", icon="shirt", permission=edit, on="row", run=change_style,
                   ask=(price, place), shown=_has_style),
        PageAction(id="prices", title="Prices", icon="percent", permission=edit, on="rows", run=change_prices,
                   ask=(percent,)),
        PageAction(id="move", title="Category", icon="folder", permission=edit, on="rows", run=move,
                   ask=(FieldSpec(name="category", label="Category", kind="choice", choices=categories(pos),
                                  required=True),)),
        PageAction(id="stop", title="Stop selling", icon="ban", permission=edit, on="rows", run=stop_selling),
        PageAction(id="retire", title="Retire", icon="archive", permission=edit, on="rows", run=retire),
        PageAction(id="delete", title="Delete", icon="trash-2", permission=edit, on="row", run=delete, danger=True,
                   sure="The product is taken out of the catalogue. Sales of it stay as they are."),
    )  # fmt: skip


def fields_of(kept: Row | None) -> Row:
    """Return a kept product as it is saved: without its id and revision."""
    return {name: value for name, value in (kept or {}).items() if name not in {"id", "rev"}}


def each(pos: Pos, rows: tuple[str, ...], change: Any) -> tuple[int, list[tuple[str, Row]]]:
    """Change products one by one; returns how many, and how they were before."""
    records = pos.records(PRODUCTS.name)
    before = []
    for product_id in rows:
        kept = records.get(product_id)
        if kept is not None:
            row = fields_of(kept)
            after = change(dict(row))
            if after != row:
                records.save(after, rev=kept["rev"], record_id=product_id)
                before.append((product_id, row))
    return len(before), before


def _back(before: list[tuple[str, Row]]) -> Any:
    def undo(pos: Pos) -> None:
        for product_id, row in before:
            pos.records(PRODUCTS.name).save(row, record_id=product_id)

    return undo


def change_prices(pos: Pos, act: Act) -> Done:
    """Change prices by a percentage, rounded to whole cents; those asked at the till stay so."""
    share = decimal(act.values["percent"], "percent", 4)
    if share <= -100 or share > 1_000:
        raise UserError("percent: it is out of range", "use more than -100, at most 1000", "percent")

    def change(row: Row) -> Row:
        if row["price_e4"] is not None:
            cent = 10 ** (4 - exponent(pos.currency))
            changed = Fraction(row["price_e4"]) * (1 + Fraction(share) / 100)
            row["price_e4"] = round_div(changed / cent) * cent
        return row

    count, before = each(pos, act.rows, change)
    return Done(text=many("{count} price changed", "{count} prices changed", count), undo=_back(before))


def move(pos: Pos, act: Act) -> Done:
    """Put products into another category."""
    count, before = each(pos, act.rows, lambda row: row | {"category": act.values["category"]})
    return Done(text=many("{count} product moved", "{count} products moved", count), undo=_back(before))


def stop_selling(pos: Pos, act: Act) -> Done:
    """Set products to not sold."""
    count, before = each(pos, act.rows, lambda row: row | {"status": "inactive"})
    told = many("{count} product is not sold any more", "{count} products are not sold any more", count)
    return Done(text=told, undo=_back(before))


def retire(pos: Pos, act: Act) -> Done:
    """Set products to retired: they will not come back; their codes stay theirs."""
    count, before = each(pos, act.rows, lambda row: row | {"status": "retired"})
    told = many("{count} product is retired", "{count} products are retired", count)
    return Done(text=told, undo=_back(before))


def delete(pos: Pos, act: Act) -> Done:
    """Take a product out of the catalogue."""
    records = pos.records(PRODUCTS.name)
    row = fields_of(records.get(act.rows[0]))
    records.delete(act.rows[0])
    return Done(text=f"{row.get('name', '')} was deleted", undo=_back([(act.rows[0], row)]))


def _has_style(pos: Pos, product_id: str) -> bool:
    return bool(product_id) and bool(variants.style_of(pos.records(PRODUCTS.name).get(product_id)))


def make_variants(pos: Pos, act: Act) -> Done:
    """Make the variants of a style that are missing."""
    told = act.values
    values: Row = {name: told[name] for name in ("tax", "category") if told.get(name)}
    if told.get("price", "").strip():
        values["price_e4"] = unit_price(told["price"].strip(), "price")
    made = variants.make(pos, told["style"].strip(), variants.axes_of(told["axes"]), told["sku"], values)
    return Done(text=many("{count} variant made", "{count} variants made", len(made)))


def change_style(pos: Pos, act: Act) -> Done:
    """Change all variants of the style that a product belongs to."""
    style = variants.style_of(pos.records(PRODUCTS.name).get(act.rows[0]))
    if not style:
        raise UserError("this product belongs to no style", "name one in its form", "style")
    values: Row = {"category": act.values["category"]} if act.values.get("category") else {}
    if act.values.get("price", "").strip():
        values["price_e4"] = unit_price(act.values["price"].strip(), "price")
    count, before = each(pos, variants.of_style(pos, style), lambda row: row | values)
    told = many("{count} variant of {style} changed", "{count} variants of {style} changed", count, style=style)
    return Done(text=told, undo=_back(before))
