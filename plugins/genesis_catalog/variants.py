"""Styles: products that differ in size, colour ...; choosing one at the till, making those that are missing."""

from __future__ import annotations

import itertools
import re
from typing import Any, NamedTuple

import uuid_utils
from sqlalchemy import bindparam, select

from genesis import Availability, Confirm, FieldSpec, Item, Pos, UserError, available, many, quantity_text, taken
from genesis_catalog.lookup import PREFIX, STYLE, by_id, item_of
from genesis_catalog.models import PRODUCTS, Row, options_of, options_text, product, product_checked

MOST = 200  # made in one step: one fact
_SOLD = (
    select(product.c.id, product.c.options)
    .where(product.c.style == bindparam("style"), product.c.status == "active")
    .order_by(product.c.num)
)
_ALL = select(product.c.id, product.c.options).where(product.c.style == bindparam("style")).order_by(product.c.num)


class Variant(NamedTuple):
    """A product of a style: axis -> value."""

    id: str
    options: dict[str, str]


def choose(pos: Pos, style: str) -> Item | None:
    """Return the variant that was chosen, None where nothing of the style is sold; raises Confirm for each axis.

    What is chosen last shows how many there are of each; UserError for one that is sold out.
    """
    left = [Variant(row[0], options_of(row[1])) for row in pos.db.fast(_SOLD, {"style": style})]
    if not left:
        return None
    have = available(pos, (f"{PREFIX}{one.id}" for one in left))
    for axis in dict.fromkeys(axis for one in left for axis in one.options):
        values = dict.fromkeys(one.options.get(axis, "–") for one in left)
        if len(values) > 1:
            field = _field(style, axis, {value: _count(value, axis, left, have) for value in values})
            if field.name not in pos.hooks.answers:
                raise Confirm(f"{style[:60]}: which one?", fields=(field,))
            value = taken(field, pos.hooks.answers[field.name])[0]
            left = [one for one in left if one.options.get(axis, "–") == value]
    found = have.get(f"{PREFIX}{left[0].id}")
    if found is not None and found.tone == "off":
        raise UserError(f"{style[:60]} {', '.join(left[0].options.values())} is sold out", "choose another one", "item")
    kept = by_id(pos, left[0].id)
    return None if kept is None else item_of(kept)


def _count(value: str, axis: str, left: list[Variant], have: dict[str, Availability]) -> int | None:
    """Return how much is left of the variants with a value, None where nobody counts one of them."""
    found = [have.get(f"{PREFIX}{one.id}") for one in left if one.options.get(axis, "–") == value]
    return None if None in found else sum(one.available for one in found if one is not None)


def _field(style: str, axis: str, counts: dict[str, int | None]) -> FieldSpec:
    return FieldSpec(
        name=f"{PREFIX}{STYLE}{style}/{axis}", label=axis, kind="options", least=1, most=1,
        choices=tuple(
            (value, value if count is None else f"{value}: {quantity_text(count)} left" if count > 0
             else f"{value}: sold out") for value, count in counts.items()
        ),
    )  # fmt: skip


# -- making them -------------------------------------------------------------------------------------------


def axes_of(text: str) -> dict[str, list[str]]:
    """Read axes, one a line: "Size: S, M, L"; UserError by field."""
    found: dict[str, list[str]] = {}
    for line in filter(None, (one.strip() for one in text.splitlines())):
        axis, sign, values = line.partition(":")
        named = list(dict.fromkeys(value.strip() for value in values.split(",") if value.strip()))
        if not sign or not axis.strip() or not named or axis.strip() in found:
            raise UserError(f"axes: {line[:60]!r} is none", "write one a line, as Size: S, M, L", "axes")
        found[axis.strip()] = named
    if not found:
        raise UserError("axes: there are none", "write one a line, as Size: S, M, L", "axes")
    return found


def make(pos: Pos, style: str, axes: dict[str, list[str]], pattern: str, values: Row) -> list[str]:
    """Make the variants of a style that are missing, all of them or none; returns their names.

    pattern: of their SKUs, with the names of axes in braces (TS-{Size}-{Colour}). values: what else they are given;
    what is left out they take from a variant that is there. UserError by field.
    """
    pos.permissions.require("catalog.edit", PRODUCTS.name)
    rows = [Variant(row[0], options_of(row[1])) for row in pos.db.fast(_ALL, {"style": style})]
    records = pos.records(PRODUCTS.name)
    like: Row = (records.get(rows[0].id) if rows else None) or {}
    there = {frozenset(one.options.items()) for one in rows}
    combined = [dict(zip(axes, chosen, strict=True)) for chosen in itertools.product(*axes.values())]
    missing = [options for options in combined if frozenset(options.items()) not in there]
    if len(missing) > MOST:
        raise UserError(
            many("axes: this is {count} variant", "axes: these are {count} variants", len(missing)),
            f"make at most {MOST} in one step",
            "axes",
        )
    own = {name: like[name] for name in ("brand", "category", "unit", "price_e4", "tax", "weighed", "icon", "more")
           if name in like}  # fmt: skip
    made = []
    for options in missing:
        row = own | values | {"name": " ".join((style, *options.values())), "sku": _sku(pattern, options),
                              "style": style, "options": options_text(options)}  # fmt: skip
        made.append(product_checked(row) | {"id": str(uuid_utils.uuid7())})
    _all_new(made)
    for row in made:
        records.ask(row["id"], None, {name: value for name, value in row.items() if name != "id"})
    if made:
        records.load(made, source=f"Variants of {style}")
    return [row["name"] for row in made]


def _all_new(made: list[Row]) -> None:
    skus = [row["sku"] for row in made]
    twice = next((sku for sku in skus if skus.count(sku) > 1), "")
    if twice:
        raise UserError(f"sku: two variants would be {twice}", "name every axis in the pattern", "sku")


def _sku(pattern: str, options: dict[str, str]) -> str:
    known = {axis.casefold(): value for axis, value in options.items()}

    def filled(match: re.Match[str]) -> str:
        value = known.get(match[1].strip().casefold())
        if value is None:
            raise UserError(f"sku: there is no axis {match[1]!r}", f"use {', '.join(options)}", "sku")
        return re.sub(r"\s+", "-", value)

    found = re.sub(r"\{([^{}]*)\}", filled, pattern.strip())
    if not found:
        raise UserError("sku: it is missing", "write a pattern, as TS-{Size}", "sku")
    return found


def style_of(row: Any) -> str:
    """Return the style of a kept product, "" for none."""
    return str((row or {}).get("style") or "")


def of_style(pos: Pos, style: str) -> tuple[str, ...]:
    """Return the ids of all products of a style."""
    return tuple(row[0] for row in pos.db.fast(_ALL, {"style": style}))
