"""Keeps the counts and what was counted in them from facts."""

from __future__ import annotations

from typing import Any

from genesis import Entry, Projection, ViewDb
from genesis_stocktake.models import CountClosed, CountListed, CountOpened, CountSigned, ItemCounted, count, listed, row


def _known(db: ViewDb, key: str) -> dict[str, Any]:
    """Return the row of a count as it is, or as it begins."""
    for found in db.find(count, [{"count": key}]):
        return found
    empty = dict.fromkeys(("title", "location", "category", "day", "closed", "by"), "")
    return {"count": key, "blind": False, "state": "open", "listed": 0} | empty


def opened(db: ViewDb, entry: Entry) -> None:
    """A count began."""
    fact = entry.fact
    if isinstance(fact, CountOpened):
        said = {"title": fact.title, "location": fact.location, "category": fact.category, "blind": fact.blind}
        db.upsert(count, [_known(db, fact.count) | said | {"day": fact.day, "listed": fact.listed or len(fact.items)}])
        _list(db, fact)


def noted(db: ViewDb, entry: Entry) -> None:
    """A part of the list of a count that is about to begin."""
    if isinstance(entry.fact, CountListed):
        _list(db, entry.fact)


def _list(db: ViewDb, fact: CountOpened | CountListed) -> None:
    db.upsert(listed, [{"count": fact.count, "item": item, "name": name} for item, name in fact.items])


def counted(db: ViewDb, entry: Entry) -> None:
    """Something was seen: it adds up, and a recount replaces. Where the stock moved between, nothing is guessed."""
    fact = entry.fact
    if not isinstance(fact, ItemCounted):
        return
    seen = {"count": fact.count, "item": fact.item, "batch": fact.batch}
    fresh = {
        **seen, "name": fact.name, "expected": fact.expected,
        "counted": fact.qty, "cost": fact.cost, "moved": False, "recounts": 0, "facts": 1, "by": fact.by,
    }  # fmt: skip
    for found in db.find(row, [seen]):
        fresh["facts"] = found["facts"] + 1
        fresh["recounts"] = found["recounts"] + fact.again
        if not fact.again:
            fresh |= {"counted": found["counted"] + fact.qty, "expected": found["expected"]}
            fresh["moved"] = bool(found["moved"]) or found["expected"] != fact.expected
    db.upsert(row, [fresh])


def signed(db: ViewDb, entry: Entry) -> None:
    """A count was signed off, and is posted part by part."""
    fact = entry.fact
    if isinstance(fact, CountSigned):
        db.upsert(count, [_known(db, fact.count) | {"state": "signed", "by": fact.by}])


def closed(db: ViewDb, entry: Entry) -> None:
    """A count was posted or given up."""
    fact = entry.fact
    if isinstance(fact, CountClosed):
        db.upsert(count, [_known(db, fact.count) | {"state": fact.state, "closed": fact.day, "by": fact.by}])


LEDGER = Projection(
    name="stocktake_count", tables=(count, row, listed), rank=43, version=3,
    handlers={"count.opened": opened, "count.listed": noted, "count.counted": counted, "count.signed": signed,
              "count.closed": closed},
)  # fmt: skip
