"""The facts of batches, and the tables that know each batch, where it came from and to whom it went.

Quantities are thousandths of the item's unit; days are ISO dates, "" where none is known. How much of a batch is on
hand is the stock ledger's to say, not kept here again.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec
from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text

from genesis import Fact

METADATA = MetaData()
ME = "batches"
State = Literal["ok", "recalled", "quarantined"]
STATES: tuple[State, ...] = ("ok", "recalled", "quarantined")  # a balance of the guard space: where it stands
STATE = "batch"  # guard space: "<item> <batch>" -> index in STATES
MADE = "batch made into"  # guard space: "<item> <batch>" -> how many other batches were made of it
NEW = "batch assembled"  # guard space: "<item> <batch>" is used once for what was assembled
EXPIRY = "expiry of batch"  # guard space: "<item> <batch>" belongs to its expiry


class BatchRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of one batch."""

    item: str
    name: str
    batch: str
    qty: int
    expiry: str = ""


class BatchReceived(Fact, frozen=True, kw_only=True):
    """Goods came in with their batches; the movement is in the `stock.moved` beside it."""

    kind: ClassVar[str] = "batch.received"
    day: str
    location: str
    rows: tuple[BatchRow, ...]
    supplier: str = ""
    document: str = ""


class BatchAssembled(Fact, frozen=True, kw_only=True):
    """A batch was made of others; the movement is in the `stock.moved` beside it. parts: all of it that has a batch."""

    kind: ClassVar[str] = "batch.assembled"
    day: str
    location: str
    made: BatchRow
    parts: tuple[BatchRow, ...]


class BatchMarked(Fact, frozen=True, kw_only=True):
    """A batch was recalled, quarantined, or released again."""

    kind: ClassVar[str] = "batch.marked"
    item: str
    name: str
    batch: str
    state: State
    reason: str
    day: str


class BatchCorrected(Fact, frozen=True, kw_only=True):
    """What is known of a batch was put right."""

    kind: ClassVar[str] = "batch.corrected"
    item: str
    name: str
    batch: str
    expiry: str
    supplier: str


batch = Table(
    "batches_batch", METADATA,
    Column("item", Text, primary_key=True),
    Column("batch", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("expiry", Text, nullable=False),
    Column("supplier", Text, nullable=False),
    Column("received", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Index("batches_batch_expiry", "expiry"),
    sqlite_with_rowid=False,
)  # fmt: skip

receipt = Table(
    "batches_receipt", METADATA,
    Column("stream", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("item", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("qty", BigInteger, nullable=False),
    Column("location", Text, nullable=False),
    Column("supplier", Text, nullable=False),
    Column("document", Text, nullable=False),
    Index("batches_receipt_batch", "item", "batch"),
)  # fmt: skip

sale = Table(
    "batches_sale", METADATA,
    Column("stream", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("item", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("qty", BigInteger, nullable=False),
    Column("blocked", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Index("batches_sale_batch", "item", "batch"),
)  # fmt: skip

# Of which batches a batch was made.
origin = Table(
    "batches_origin", METADATA,
    Column("stream", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("item", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("part_item", Text, nullable=False),
    Column("part_batch", Text, nullable=False),
    Column("part_name", Text, nullable=False),
    Column("part_qty", BigInteger, nullable=False),
    Index("batches_origin_batch", "item", "batch"),
    Index("batches_origin_part", "part_item", "part_batch"),
)  # fmt: skip
