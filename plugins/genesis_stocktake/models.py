"""The facts of counts, and the tables that remember them.

Quantities are thousandths of the item's unit; costs are ten-thousandths of the store's currency for one unit.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text

from genesis import Fact

METADATA = MetaData()
STATE = "stocktake"  # guard space: "<count>" -> one of OPEN, CLOSED, SIGNED
OPEN, CLOSED, SIGNED = 0, 1, 2
TALLY = "stocktake tally"  # guard space: "<count>" -> how many facts counted something in it
POSTED = "stocktake posted"  # guard space: "<count>" -> how many of its rows, by item and batch, are posted
COUNTED = "stocktake item"  # guard space: "<location>/<item> <batch>" belongs to the last count it was counted in


class CountOpened(Fact, frozen=True, kw_only=True):
    """A count began. category: only goods of it, "" for all; blind: who counts is not told what is expected.

    listed: how many items are counted, where it is a list; they stand in `count.listed` before it. items: (item, name)
    of a short list of earlier times.
    """

    kind: ClassVar[str] = "count.opened"
    count: str
    title: str
    location: str
    category: str
    blind: bool
    day: str
    items: tuple[tuple[str, str], ...] = ()
    listed: int = 0


class CountListed(Fact, frozen=True, kw_only=True):
    """A part of the list of a count that is about to begin: (item, name)."""

    kind: ClassVar[str] = "count.listed"
    count: str
    items: tuple[tuple[str, str], ...]


class ItemCounted(Fact, frozen=True, kw_only=True):
    """So much was seen. expected: what the stock had at that instant; again: it replaces what was counted before."""

    kind: ClassVar[str] = "count.counted"
    count: str
    item: str
    name: str
    batch: str
    qty: int
    expected: int
    cost: int | None
    by: str
    again: bool = False


class CountSigned(Fact, frozen=True, kw_only=True):
    """A count with too many differences for one append was signed off: they are posted part by part from now on."""

    kind: ClassVar[str] = "count.signed"
    count: str
    by: str
    day: str


class CountClosed(Fact, frozen=True, kw_only=True):
    """A count ended: the last of its differences were posted in the same append, or it was given up."""

    kind: ClassVar[str] = "count.closed"
    count: str
    state: Literal["posted", "given up"]
    by: str
    day: str


count = Table(
    "stocktake_count", METADATA,
    Column("count", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("blind", Boolean, nullable=False),
    Column("day", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("closed", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("listed", Integer, nullable=False, server_default="0"),
    Index("stocktake_count_state", "state"),
    sqlite_with_rowid=False,
)  # fmt: skip

row = Table(
    "stocktake_row", METADATA,
    Column("count", Text, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("batch", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("expected", BigInteger, nullable=False),
    Column("counted", BigInteger, nullable=False),
    Column("cost", BigInteger),
    Column("moved", Boolean, nullable=False),
    Column("recounts", Integer, nullable=False),
    Column("facts", Integer, nullable=False),
    Column("by", Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

# What a count is of, where it is a list.
listed = Table(
    "stocktake_listed", METADATA,
    Column("count", Text, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("name", Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip
