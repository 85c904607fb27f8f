"""Every tag with its balance and its movements, kept from the sales and from what the office did with it."""

from __future__ import annotations

from typing import ClassVar, Literal

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text

from genesis import Entry, Fact, Projection, SaleCompleted, ViewDb

METADATA = MetaData()
ME = "tap"
METHOD = "tap"
SUMS = ("balance", "loaded", "spent")  # what a movement adds to; the other columns are replaced


class TagPrepared(Fact, frozen=True, kw_only=True):
    """A tag got a number in the store. uid: the number that its maker gave it."""

    kind: ClassVar[str] = "tap.prepared"
    tag: str
    uid: str
    day: str


class TagBlocked(Fact, frozen=True, kw_only=True):
    """A tag is not taken any more until it is opened again."""

    kind: ClassVar[str] = "tap.blocked"
    tag: str
    reason: str
    day: str


class TagOpened(Fact, frozen=True, kw_only=True):
    """A blocked tag is taken again."""

    kind: ClassVar[str] = "tap.opened"
    tag: str
    day: str


class TagReplaced(Fact, frozen=True, kw_only=True):
    """All that was on a tag (minor units) went onto another one; the old one is never taken again."""

    kind: ClassVar[str] = "tap.replaced"
    tag: str
    heir: str
    amount: int
    currency: str
    reason: str
    day: str


class TagCounted(Fact, frozen=True, kw_only=True):
    """This count is known to stand on a tag: it was written there, or read in a payment. uid: the maker's number."""

    kind: ClassVar[str] = "tap.counted"
    tag: str
    count: int
    day: str


class TagTurnedAway(Fact, frozen=True, kw_only=True):
    """A tag that was to pay was refused. why: forged (not signed by the store), or copy (behind the count known)."""

    kind: ClassVar[str] = "tap.turned_away"
    tag: str
    uid: str
    count: int
    why: Literal["forged", "copy"]
    day: str


tag_table = Table(
    "tap_tag", METADATA,
    Column("tag", Text, primary_key=True),
    Column("balance", BigInteger, nullable=False),
    Column("loaded", BigInteger, nullable=False),
    Column("spent", BigInteger, nullable=False),
    Column("currency", Text),
    Column("uid", Text),
    Column("since", Text),
    Column("last", Text),
    Column("blocked", Text),
    Column("heir", Text),
)  # fmt: skip

move = Table(
    "tap_move", METADATA,
    Column("stream", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("tag", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
)  # fmt: skip

turned_away = Table(
    "tap_turned_away", METADATA,
    Column("stream", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("day", Text, nullable=False),
    Column("tag", Text, nullable=False),
    Column("uid", Text, nullable=False),
    Column("why", Text, nullable=False),
)  # fmt: skip

NOTHING = dict.fromkeys(SUMS, 0)


def _moved(db: ViewDb, entry: Entry, moves: list[tuple[str, str, int]], day: str, number: str, currency: str) -> None:
    """Note movements: (tag, what, minor units, negative where they left the tag)."""
    for n, (tag, what, amount) in enumerate(moves):
        db.upsert(move, [{"stream": entry.stream, "seq": entry.seq, "n": n, "tag": tag, "day": day, "number": number,
                          "what": what, "amount": amount, "currency": currency}])  # fmt: skip
        paid = what in {"Paid", "Given back"}
        db.add(tag_table, [{"tag": tag, "balance": amount, "loaded": 0 if paid else amount,
                            "spent": -amount if paid else 0, "currency": currency, "last": day}], SUMS)  # fmt: skip


def _sold(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if not isinstance(fact, SaleCompleted) or fact.mode != "normal":
        return
    parts = [line.sections[ME] for line in fact.lines if ME in line.sections]
    moves = [(part["tag"], "Topped up" if part["amount"] > 0 else "Taken off", part["amount"]) for part in parts]
    moves += [(t.reference, "Paid" if t.amount > 0 else "Given back", -t.amount)
              for t in fact.tenders if t.method == METHOD]  # fmt: skip
    _moved(db, entry, moves, fact.business_day, fact.number, fact.currency)


def _prepared(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if isinstance(fact, TagPrepared):
        db.add(tag_table, [{"tag": fact.tag, "uid": fact.uid, "since": fact.day, **NOTHING}], SUMS)


def _blocked(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if isinstance(fact, TagBlocked):
        db.add(tag_table, [{"tag": fact.tag, "blocked": fact.reason, **NOTHING}], SUMS)
    elif isinstance(fact, TagOpened):
        db.add(tag_table, [{"tag": fact.tag, "blocked": None, **NOTHING}], SUMS)


def _replaced(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if isinstance(fact, TagReplaced):
        moves = [(fact.tag, "Moved away", -fact.amount), (fact.heir, "Moved here", fact.amount)]
        _moved(db, entry, moves, fact.day, "", fact.currency)
        db.add(tag_table, [{"tag": fact.tag, "blocked": fact.reason, "heir": fact.heir, **NOTHING}], SUMS)


def _turned_away(db: ViewDb, entry: Entry) -> None:
    fact = entry.fact
    if isinstance(fact, TagTurnedAway):
        db.upsert(turned_away, [{"stream": entry.stream, "seq": entry.seq, "day": fact.day, "tag": fact.tag,
                                 "uid": fact.uid, "why": fact.why}])  # fmt: skip


TAGS = Projection(name="tap", tables=(tag_table, move, turned_away), handlers={
    "sale.completed": _sold, TagPrepared.kind: _prepared, TagBlocked.kind: _blocked, TagOpened.kind: _blocked,
    TagReplaced.kind: _replaced, TagTurnedAway.kind: _turned_away,
})  # fmt: skip
