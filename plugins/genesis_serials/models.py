"""The facts of serial numbers, and the tables that know each piece and what happened to it.

A serial number belongs to one item. Days are ISO dates.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec
from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text

from genesis import Fact

METADATA = MetaData()
ME = "serials"
LABEL = "catalog"  # whose section says what a label said
STATES = ("", "here", "sold", "gone", "moving")  # a balance of the guard space: where a piece is; "": never heard of
STATE = "serial"  # guard space: "<item> <serial>" -> index in STATES
SEEN = "serial seen"  # guard space: "<count> <item> <serial>" -> 1 where it was seen in that count
Why = Literal["received", "opened", "named", "assembled", "apart", "arrived", "found",
              "supplier", "wasted", "missing", "used", "adjusted", "sent"]  # fmt: skip
COME = {"received", "opened", "named", "assembled", "apart", "arrived", "found"}  # the others go


class SerialRow(msgspec.Struct, frozen=True, kw_only=True):
    """Pieces of one item."""

    item: str
    name: str
    serials: tuple[str, ...]


class SerialsMoved(Fact, frozen=True, kw_only=True):
    """Pieces came or went otherwise than by a sale; named and missing ones moved no stock.

    told: from whom they came, or why they went. location: where they came, or from where they went.
    """

    kind: ClassVar[str] = "serials.moved"
    why: Why
    day: str
    rows: tuple[SerialRow, ...]
    told: str = ""
    document: str = ""
    location: str = ""


class SerialsSeen(Fact, frozen=True, kw_only=True):
    """Pieces were seen in a count (`document`). again: in place of those of the same items that were seen before."""

    kind: ClassVar[str] = "serials.seen"
    document: str
    location: str
    rows: tuple[SerialRow, ...]
    again: bool


class SerialsReconciled(Fact, frozen=True, kw_only=True):
    """The guards were set to what the tables say, after sales that were made while this plugin was off.

    rows: "<item> <serial>" and how far its state moved.
    """

    kind: ClassVar[str] = "serials.reconciled"
    rows: tuple[tuple[str, int], ...]


serial = Table(
    "serials_serial", METADATA,
    Column("item", Text, primary_key=True),
    Column("serial", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("since", BigInteger, nullable=False, server_default="0"),
    Column("location", Text, nullable=False, server_default=""),
    Index("serials_serial_serial", "serial"),
    sqlite_with_rowid=False,
)  # fmt: skip

event = Table(
    "serials_event", METADATA,
    Column("stream", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("item", Text, nullable=False),
    Column("serial", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("told", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Index("serials_event_serial", "item", "serial"),
)  # fmt: skip

# Pieces that were seen in a count, and where. at, as since of a piece: a position in this node's order of facts.
seen = Table(
    "serials_seen", METADATA,
    Column("document", Text, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("serial", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip
