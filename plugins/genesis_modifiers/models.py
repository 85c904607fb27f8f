"""A group of choices: how many are taken, its options, and which categories it belongs to."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Column, Integer, MetaData, Table, Text

from genesis import Records, UserError, many, quantity, unit_price

METADATA = MetaData()
MOST = 40
Row = dict[str, Any]

# options: as typed, one a line; categories: ids, one a line.
group = Table(
    "modifiers_group", METADATA,
    Column("id", Text, primary_key=True),
    Column("rev", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("least", Integer, nullable=False),
    Column("most", Integer, nullable=False),
    Column("options", Text, nullable=False),
    Column("categories", Text, nullable=False),
    Column("position", Integer, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip
_OPTION = re.compile(
    r"(?P<first>\*\s*)?(?P<name>\S.*?)(?:\s+=\s+(?P<price>\S+))?(?:\s+:\s+(?:(?P<qty>[0-9.]+)\s*\*\s*)?(?P<code>\S.*))?"
)


class Option(NamedTuple):
    """An option. price: ten-thousandths, None where its product has one; first: it is proposed.

    code, qty: its product and how much of it (thousandths), "" for none.
    """

    name: str
    price: int | None
    code: str
    qty: int
    first: bool


@lru_cache(maxsize=500)
def options_of(text: str) -> tuple[Option, ...]:
    """Read options, one a line: `Oat milk = 0.50`, `* Whole milk`, `Double = 0.80 : 18*BEANS`; UserError by field."""
    found = tuple(_option(line.strip()) for line in text.splitlines() if line.strip())
    names = [option.name.casefold() for option in found]
    if not 0 < len(found) <= MOST:
        raise UserError(f"options: a group has 1 to {MOST}", "write one a line", "options")
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise UserError(f"options: {twice!r} stands there twice", "keep one", "options")
    return found


def _option(line: str) -> Option:
    found = _OPTION.fullmatch(line)
    if found is None or "," in found["name"] or len(found["name"]) > 60:
        raise UserError(f"options: {line[:60]!r} is no option", "write Name, Name = 0.50 or Name = 0.50 : 2*CODE",
                        "options")  # fmt: skip
    price = unit_price(found["price"], "options") if found["price"] else None if found["code"] else 0
    qty = quantity(found["qty"], "options") if found["qty"] else 1_000
    if qty < 0:
        raise UserError(f"options: the quantity of {found['name']!r} is below zero", "use 0.001 or more", "options")
    return Option(found["name"], price, found["code"] or "", qty, bool(found["first"]))


def _count(row: Row, field: str, otherwise: int) -> int:
    value = row.get(field)
    if value is None or value == "":
        return otherwise
    if type(value) is not int or not 0 <= value <= 1_000:
        raise UserError(f"{field}: it is out of range", "use a whole number from 0", field)
    return value


def checked(row: Row) -> Row:
    """Return a group as it is kept; UserError names the field at fault."""
    name, text = str(row.get("name") or "").strip(), str(row.get("options") or "").strip()
    if not name or "," in name or len(name) > 60:
        raise UserError("name: it is missing, too long, or has a comma", "use at most 60 characters", "name")
    options = options_of(text)
    least, most = _count(row, "least", 0), _count(row, "most", 1)
    if not 0 < most <= len(options):
        raise UserError(
            many(
                "most: it is out of range for {count} option",
                "most: it is out of range for {count} options",
                len(options),
            ),
            "use 1 up to their number",
            "most",
        )
    if least > most:
        raise UserError("least: it is more than the most", "lower it", "least")
    if sum(option.first for option in options) > most:
        raise UserError("options: more are proposed than may be taken", "take a * away", "options")
    return {"name": name, "least": least, "most": most, "options": text,
            "categories": str(row.get("categories") or ""), "position": _count(row, "position", 100)}  # fmt: skip


GROUPS = Records(name="modifiers_group", title="Group of choices", table=group, check=checked, rank=25,
                 unique=lambda row: [("modifiers_group", row["name"].casefold())],
                 permission="modifiers.edit")  # fmt: skip
