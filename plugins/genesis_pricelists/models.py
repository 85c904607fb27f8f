"""A price of a list: of which item, for whom, from when to when."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text

from genesis import Records, UserError

METADATA = MetaData()
MOST_PRICE = 10**12  # ten-thousandths: a hundred million
ALWAYS = "9999-12-31"  # the last day of what has no end
Row = dict[str, Any]

# item: its ref; name: what it was called when the price was kept. buyers: the group of customers, "" for everybody,
# compared without case. first, last: days; "" and 9999-12-31 where it has no beginning and no end.
price = Table(
    "pricelists_price", METADATA,
    Column("id", Text, primary_key=True),
    Column("rev", Integer, nullable=False),
    Column("item", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("buyers", Text, nullable=False),
    Column("first", Text, nullable=False),
    Column("last", Text, nullable=False),
    Column("price_e4", BigInteger, nullable=False),
    Index("pricelists_price_item", "item", "buyers", "first"),
    sqlite_with_rowid=False,
)  # fmt: skip


def _day(row: Row, field: str, missing: str) -> str:
    text = str(row.get(field) or "").strip()
    if not text:
        return missing
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise UserError(f"{field}: {text[:40]!r} is no day", "write it as 2026-12-31", field) from error


def checked(row: Row) -> Row:
    """Return a price as it is kept; UserError names the field at fault."""
    e4, item = row.get("price_e4"), str(row.get("item") or "")
    if not item:
        raise UserError("item: it is missing", "say which item it is", "code")
    if type(e4) is not int or not 0 <= e4 <= MOST_PRICE:
        raise UserError("price: it is out of range", f"use at most {MOST_PRICE // 10_000}", "price")
    first, last = _day(row, "first", ""), _day(row, "last", ALWAYS)
    if last < first:
        raise UserError("last: the price ends before it begins", "give a later day, or none", "last")
    texts = {name: str(row.get(name) or "").strip() for name in ("name", "title", "buyers")}
    for name, most in (("name", 200), ("title", 60), ("buyers", 40)):
        if len(texts[name]) > most:
            raise UserError(f"{name}: it is too long", f"use at most {most} characters", name)
    return texts | {"item": item, "first": first, "last": last, "price_e4": e4}


def keys(row: Row) -> list[tuple[str, str]]:
    """Return what belongs to one price alone: of two that are alike in it nobody knew which holds."""
    return [("price of an item, for these buyers, from this day",
             f"{row['item']} {row['buyers'].casefold()} {row['first']}")]  # fmt: skip


PRICES = Records(name="pricelists_price", title="List price", table=price, unique=keys, check=checked, rank=25,
                 permission="pricelists.edit")  # fmt: skip
