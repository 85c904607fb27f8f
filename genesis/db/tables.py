"""The kernel's own tables: the journal database (sacred) and the views database (can be rebuilt)."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

JOURNAL = MetaData()
VIEWS = MetaData()

# pos: this node's gapless arrival order. (stream, seq): the fact's name everywhere.
journal = Table(
    "journal", JOURNAL,
    Column("pos", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("stream", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("at", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("actor", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("guards", Text, nullable=False),
    Column("codec", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("prev", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    UniqueConstraint("stream", "seq", name="journal_stream_seq"),
)  # fmt: skip

# The last fact of each stream; numbers: receipt numbers given. The row of the stream "" is the node itself, so that an
# append writes one page for both: seq is the last position given, numbers counts changes of `state`.
heads = Table(
    "heads", JOURNAL,
    Column("stream", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("at", Text, nullable=False),
    Column("numbers", BigInteger, nullable=False),
)  # fmt: skip

guards = Table(
    "guards", JOURNAL,
    Column("space", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

state = Table(
    "state", JOURNAL,
    Column("space", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

# With a row id a cart of twenty lines stays on its page; without one it would spill over at each change.
carts = Table(
    "carts", JOURNAL,
    Column("register", Text, primary_key=True),
    Column("slot", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)  # fmt: skip

attempts = Table(
    "attempts", JOURNAL,
    Column("attempt", Text, primary_key=True),
    Column("register", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)  # fmt: skip

reaction_cursors = Table(
    "reaction_cursors", JOURNAL, Column("reaction", Text, primary_key=True), Column("pos", BigInteger, nullable=False)
)

# One row a projection; `hash` is the journal's hash at `pos`, so that another journal is noticed; `open` tells
# whether its plugin was enabled there.
cursors = Table(
    "cursors", VIEWS,
    Column("projection", Text, primary_key=True),
    Column("pos", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("open", Integer, nullable=False),
    Column("error", Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

# The kernel's own projections: where each receipt is, and the running figures of each shift.
sale = Table(
    "kernel_sale", VIEWS,
    Column("sale", Text, primary_key=True),
    Column("number", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("at", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("shift", Text, nullable=False),
    Column("register", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("copies", Integer, nullable=False),
    Index("kernel_sale_number", "number"),
    Index("kernel_sale_day", "day"),
)  # fmt: skip

shift = Table(
    "kernel_shift", VIEWS,
    Column("shift", Text, primary_key=True),
    Column("register", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("opened", Text, nullable=False),
    Column("closed", Text, nullable=False),
)  # fmt: skip

# key: sales, returns, gross, net, tax, rounding, discounts, cash, tender:<method>, tax:<id> ...
till = Table(
    "kernel_till", VIEWS,
    Column("shift", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip
