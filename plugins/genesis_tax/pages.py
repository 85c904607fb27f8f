"""The page of tax classes: what each kind of goods is taxed with, and from when to when."""

from __future__ import annotations

from typing import Any

from genesis import Column, FieldSpec, Pos, RecordPage, UserError, many
from genesis_tax.models import ALWAYS_FROM, ALWAYS_TO, CLASSES, RECORDS, Row

PARTS = ("tax", "title", "rate", "included", "valid_from", "valid_to")
INSIDE = {"included": "yes", "added": "no", "as the store": "store"}
HOW = "One a line: id; name; rate; included, added or as the store; from; to (vat; VAT; 20 %; included; 2026-01-01)"
RATES = (("% of the price", "division", "rate"), ("%", "percent", "rate"), ("each", "fixed", "amount"))
CLASS = next(one for one in RECORDS if one.name == "tax_class")


def page(_pos: Pos) -> Any:
    """Return the page."""
    return RecordPage(
        records=CLASS,
        columns=(
            Column(id="title", title="Tax class", sort=True, wide=True),
            Column(id="id", title="Code", sort=True),
        ),
        cells=lambda _pos, row: (row.title, row.id),
        fields=lambda _pos: FIELDS,
        order=CLASSES.c.title,
        sorts={"title": CLASSES.c.title, "id": CLASSES.c.id},
        read=lambda row: {"title": row.get("title", ""), "taxes": "\n".join(map(line_of, row.get("taxes") or ()))},
        write=_written,
        name="title",
        icon="percent",
        ids=True,
        empty="No tax class yet: products that are taxed cannot be sold before there is one",
    ).page()


FIELDS = (
    FieldSpec(name="title", label="Name", required=True),
    FieldSpec(name="taxes", label="Taxes", kind="lines", help=HOW),
)


def line_of(row: Row) -> str:
    """Write a tax of a class as one line."""
    rate = f"{row['rate']} %" if row["type"] == "percent" else f"{row['rate']} % of the price"
    rate = f"{row['amount']} each" if row["type"] == "fixed" else rate
    inside = next(word for word, kept in INSIDE.items() if kept == row["included"])
    first = "" if row["valid_from"] == ALWAYS_FROM else row["valid_from"]
    last = "" if row["valid_to"] == ALWAYS_TO else row["valid_to"]
    return "; ".join((row["tax"], row["title"], rate, inside, first, last)).rstrip("; ")


def tax_of_line(number: int, line: str) -> Row:
    """Read a line; UserError names it."""
    said = [part.strip() for part in line.split(";")]
    if not 3 <= len(said) <= len(PARTS):
        raise UserError(
            many(
                "taxes: line {number} has {count} part",
                "taxes: line {number} has {count} parts",
                len(said),
                number=number,
            ),
            HOW,
            "taxes",
        )
    row: Row = dict(zip(PARTS, said, strict=False))
    inside = row.get("included") or "as the store"
    if inside not in INSIDE:
        raise UserError(f"taxes: line {number}: {inside!r} is not known", f"use {', '.join(INSIDE)}", "taxes")
    rate = row.pop("rate")
    for ending, kind, field in RATES:
        if rate.endswith(ending):
            return row | {"type": kind, field: rate.removesuffix(ending).strip(), "included": INSIDE[inside]}
    remedy = "write 20 %, 10 % of the price, or 0.25 each"
    raise UserError(f"taxes: line {number}: {rate!r} is no rate", remedy, "taxes")


def _written(values: dict[str, str], before: Row) -> Row:
    """Return the class; what a line does not say of a tax stays as it was."""
    kept = {(row["tax"], row["valid_from"]): row for row in before.get("taxes", ())}
    taxes = []
    for number, line in enumerate(filter(None, (text.strip() for text in values["taxes"].splitlines())), 1):
        row = tax_of_line(number, line)
        known = kept.get((row["tax"], row.get("valid_from") or ALWAYS_FROM), {})
        flags = {name: known[name] for name in ("affects_next", "affected_by_previous") if name in known}
        taxes.append(flags | row)
    return {"title": values["title"], "taxes": taxes}
