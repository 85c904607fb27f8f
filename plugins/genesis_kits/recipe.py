"""What a kit is made of, as a person writes it: a row of text for each part."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from genesis import UserError, quantity, unit_price

ME, MADE_OF, SOLD = "kits", "made_of", "sold"
PARTS, ASSEMBLED = "parts", "assembled"
MOST = 100
_ROW = re.compile(r"(?:(?P<qty>[0-9.]+)\s*\*\s*)?(?P<code>\S.*?)(?:\s+=\s+(?P<price>\S+))?")


class Part(NamedTuple):
    """A part by its code. qty: thousandths of what the code stands for; price: ten-thousandths for one, 0 for none."""

    code: str
    qty: int
    price: int


class Recipe(NamedTuple):
    """What one kit is made of. sold: as its "parts", or "assembled" beforehand."""

    sold: str
    parts: tuple[Part, ...]


def recipe_of(sections: Mapping[str, Any]) -> Recipe | None:
    """Return the recipe among what plugins keep of a product, None where it is no kit; UserError by field."""
    kept = sections.get(ME) or {}
    text, sold = str(kept.get(MADE_OF) or ""), str(kept.get(SOLD) or "")
    if not text and not sold:
        return None
    if not text:
        raise UserError("a kit is made of something", "name its parts, or say that it is no kit", f"{ME}.{MADE_OF}")
    if sold not in {PARTS, ASSEMBLED}:
        raise UserError("it is not said how the kit is sold", "as its parts, or assembled beforehand", f"{ME}.{SOLD}")
    rows = [row.strip() for row in re.split(r"[\n|]", text)]
    parts = tuple(_part(row) for row in rows if row)
    if not 0 < len(parts) <= MOST:
        raise UserError(f"a kit has 1 to {MOST} parts", "write one a line", f"{ME}.{MADE_OF}")
    return Recipe(sold, parts)


def _part(row: str) -> Part:
    field = f"{ME}.{MADE_OF}"
    found = _ROW.fullmatch(row)
    if found is None:
        raise UserError(f"{row[:60]!r} is no part", "write it as 2*CODE or 2*CODE = 1.50", field)
    qty = quantity(found["qty"], field) if found["qty"] else 1_000
    if not 0 < qty <= 10**9:
        raise UserError(f"the quantity of {found['code'][:60]!r} is out of range", "use 0.001 to 1000000", field)
    return Part(found["code"], qty, unit_price(found["price"], field) if found["price"] else 0)
