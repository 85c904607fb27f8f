"""What may be done with counts: open, count, count again, post, give up."""

from __future__ import annotations

from typing import Any, NamedTuple

import uuid_utils
from sqlalchemy import func, select

from genesis import Appended, Balance, Free, Guard, GuardRefused, Item, Pos, Unique, UserError, item_of
from genesis_stock import service as stock
from genesis_stock.models import BATCHES, SPACE, StockRow, item as stock_item, level
from genesis_stocktake.models import (
    COUNTED,
    STATE,
    TALLY,
    CountClosed,
    CountOpened,
    ItemCounted,
    count as counts,
    listed,
    row as rows,
)
from genesis_stocktake.settings import StocktakeSettings

LEDGER = "stocktake_count"
LIMIT = 1_000  # items of one count: it is posted in one append
PUT_ASIDE = "put it aside and add it to the catalogue"  # what to do with a code that is not known
TRIES = 20  # how often a count is repeated where each time a sale came between
E7 = 10_000_000


class Counted(NamedTuple):
    """A row of a count. diff in thousandths, value in ten-millionths of currency; why: it must be counted again."""

    item: str
    batch: str
    name: str
    expected: int
    counted: int
    diff: int
    value: int
    recounts: int
    by: str
    why: str


def start(
    pos: Pos, title: str, location: str | None = None, category: str = "", *, blind: bool = False,
    items: tuple[tuple[str, str], ...] = (),
) -> str:  # fmt: skip
    """Open a count of everything at a location, of one category, or of a list (item, name); returns its id."""
    pos.permissions.require("stocktake.open")
    if not title.strip():
        raise UserError("title: a count needs a name", "say what is counted", "title")
    if len(items) > LIMIT:
        raise UserError(f"a count has at most {LIMIT} items", "count them in several", "items")
    at = stock.place(pos, stock.places(pos)[0] if location is None else location)
    key = str(uuid_utils.uuid7())
    fact = CountOpened(count=key, title=title.strip()[:80], location=at, category=category.strip(), blind=blind,
                       day=stock.today(pos), items=items)  # fmt: skip
    stock.shown(pos, pos.journal.append(fact, guards=[Balance(STATE, key, 0, was=0)]), LEDGER)
    return key


def one(pos: Pos, key: str) -> Any:
    """Return a count; UserError where there is none."""
    found = pos.db.one(select(counts).where(counts.c.count == key))
    if found is None:
        raise UserError("count: it is not known", "choose one of the list", "count")
    return found


def opened(pos: Pos, key: str) -> Any:
    """Return a count that is open; UserError where it is not."""
    found = one(pos, key)
    if found.state != "open" or pos.journal.balance(STATE, key):
        raise UserError(f"{found.title} is closed", "open a new count", "count")
    return found


def enter(pos: Pos, key: str, code: str, qty: int, batch: str = "", *, again: bool = False) -> Appended:
    """Count something: qty thousandths more, or (again) so much in all. The stock of that instant is kept with it.

    Sales and deliveries beside it do not disturb: it is recorded only where the stock still is what was read.
    """
    found, item = opened(pos, key), item_of(pos, code, PUT_ASIDE)
    if found.category and found.category not in item.category:
        raise UserError(f"{item.name} is not in {found.category}, which is counted", "put it aside", "code")
    return enter_item(pos, key, item, qty, batch, again=again)


def enter_item(pos: Pos, key: str, item: Item, qty: int, batch: str = "", *, again: bool = False) -> Appended:
    """Count something whose item is known."""
    pos.permissions.require("stocktake.count")
    found = opened(pos, key)
    if found.listed and not pos.db.all(select(listed.c.item).where(listed.c.count == key, listed.c.item == item.ref)):
        raise UserError(f"{item.name} is not on the list of {found.title}", "put it aside", "code")
    if not 0 <= qty <= 10**12:
        raise UserError("quantity: it is out of range", "use zero or more", "quantity")
    label = stock.checked_batch(batch.strip() or item.sections.get("catalog", {}).get("batch", ""))
    for left in reversed(range(TRIES)):
        try:
            return _enter(pos, found, item, label, qty, again=again)
        except GuardRefused:
            opened(pos, key)
            _free_for(pos, found, item, label)
            if not left:
                raise
    raise AssertionError  # the last try returned or raised


def _enter(pos: Pos, found: Any, item: Item, batch: str, qty: int, *, again: bool) -> Appended:
    pos.journal.wait(pos.journal.raw.pos(), LEDGER)
    known = pos.db.one(select(rows).where(rows.c.count == found.count, rows.c.item == item.ref, rows.c.batch == batch))
    size = pos.db.all(select(func.count()).select_from(rows).where(rows.c.count == found.count))[0][0]
    if known is None and size >= LIMIT:
        raise UserError(f"{found.title} has {LIMIT} items, more are not counted in one",
                        "post it and open another one, for example for each category", "count")  # fmt: skip
    expected, unmoved = _expected(pos, found.location, item.ref, batch)
    cost = pos.db.one(select(stock_item.c.cost).where(stock_item.c.item == item.ref))
    fact = ItemCounted(count=found.count, item=item.ref, name=item.name, batch=batch, qty=qty, expected=expected,
                       cost=cost.cost if cost else None, by=pos.actor.name, again=again)  # fmt: skip
    mine: list[Guard] = [
        Balance(STATE, found.count, 0, was=0),
        Balance(TALLY, found.count, 1),
        Unique(COUNTED, stock.batch_key(found.location, item.ref, batch), found.count),
    ]
    done = pos.journal.append(fact, guards=[*mine, *unmoved])
    stock.shown(pos, done, LEDGER)
    return done


def _expected(pos: Pos, at: str, item: str, batch: str) -> tuple[int, list[Guard]]:
    """Return what the stock has of a batch (or of no batch), and the guards that say that it still has."""
    whole = stock.key_of(at, item)
    now = pos.journal.balance(SPACE, whole)
    guards: list[Guard] = [Balance(SPACE, whole, 0, floor=None, was=now)]
    if batch:
        key = stock.batch_key(at, item, batch)
        now = pos.journal.balance(BATCHES, key)
        return now, [*guards, Balance(BATCHES, key, 0, floor=None, was=now)]
    pos.journal.wait(pos.journal.raw.pos(), stock.LEDGER)
    named = select(level.c.batch).where(level.c.item == item, level.c.location.in_((at, "")), level.c.batch != "")
    keys = {stock.batch_key(at, item, code) for (code,) in pos.db.all(named)}
    held = pos.journal.held(BATCHES, keys)
    guards += [Balance(BATCHES, key, 0, floor=None, was=qty) for key, (_, qty) in held.items()]
    return now - sum(qty for _, qty in held.values()), guards


def _free_for(pos: Pos, found: Any, item: Item, batch: str) -> None:
    other = pos.journal.holder(COUNTED, stock.batch_key(found.location, item.ref, batch))
    if other and other != found.count:
        raise UserError(f"{item.name} is being counted in {one(pos, other).title}",
                        "count it there, or post or give up that count first", "code")  # fmt: skip


def rows_of(pos: Pos, key: str) -> list[Counted]:
    """Return what was counted, by name, with what differs and what must be counted again."""
    found = pos.db.all(select(rows).where(rows.c.count == key).order_by(rows.c.name, rows.c.item, rows.c.batch))
    return [_judged(pos, row) for row in found]


def _judged(pos: Pos, row: Any) -> Counted:
    rules, diff = pos.settings(StocktakeSettings), row.counted - row.expected
    value = diff * (row.cost or 0)
    why = ""
    if row.moved:
        why = "it was sold or received while it was counted"
    elif not row.recounts and rules.recount_units and abs(diff) > rules.recount_units * 1_000:
        why = f"more than {rules.recount_units} differ"
    elif not row.recounts and rules.recount_value and abs(value) > rules.recount_value * E7:
        why = f"the difference is worth more than {rules.recount_value}"
    return Counted(row.item, row.batch, row.name, row.expected, row.counted, diff, value, row.recounts, row.by, why)


def post(pos: Pos, key: str) -> list[Counted]:
    """Sign a count off: its differences and its end are one append. What was not counted stays as it is."""
    pos.permissions.require("stocktake.post")
    found, entered, guards = _closing(pos, key)
    if not entered:
        raise UserError("nothing was counted", "count something, or give the count up", "count")
    wanting = [row for row in entered if row.why]
    if wanting:
        named = ", ".join(f"{row.name} ({row.why})" for row in wanting[:5])
        raise UserError(f"{len(wanting)} must be counted again: {named}", "count them again, then post", "count")
    moved = [StockRow(item=row.item, name=row.name, qty=row.diff, batch=row.batch) for row in entered if row.diff]
    fact = CountClosed(count=key, state="posted", by=pos.actor.name, day=stock.today(pos))
    try:
        if moved:
            done = stock.change(pos, "counted", moved, location=found.location, reason="counted",
                                document=found.title, also=(fact, *guards))  # fmt: skip
        else:
            done = pos.journal.append(fact, guards=guards)
    except GuardRefused as error:
        raise _late(pos, found, error) from error
    stock.shown(pos, done, LEDGER)
    return entered


def give_up(pos: Pos, key: str) -> None:
    """End a count without changing the stock."""
    pos.permissions.require("stocktake.post")
    found, _, guards = _closing(pos, key)
    fact = CountClosed(count=key, state="given up", by=pos.actor.name, day=stock.today(pos))
    try:
        stock.shown(pos, pos.journal.append(fact, guards=guards), LEDGER)
    except GuardRefused as error:
        raise _late(pos, found, error) from error


def _closing(pos: Pos, key: str) -> tuple[Any, list[Counted], list[Guard]]:
    """Return a count, its rows, and the guards that close it once and with all that was counted in it."""
    pos.journal.wait(pos.journal.raw.pos(), LEDGER)
    found, entered = opened(pos, key), rows_of(pos, key)
    facts = pos.db.all(select(func.coalesce(func.sum(rows.c.facts), 0)).where(rows.c.count == key))[0][0]
    guards: list[Guard] = [Balance(STATE, key, 1, was=0), Balance(TALLY, key, 0, was=int(facts))]
    guards += [Free(COUNTED, stock.batch_key(found.location, row.item, row.batch), key) for row in entered]
    return found, entered, guards


def _late(pos: Pos, found: Any, error: GuardRefused) -> UserError:
    """Say why a count was not closed: somebody closed it, counted in it, or a strict item has too little left."""
    opened(pos, found.count)
    if error.guard.space in (SPACE, BATCHES):
        short = f"{found.title} was not posted: an item that is never below zero would be ({error})"
        return UserError(short, "count that item again", "count")
    return UserError(f"{found.title} was not closed: something was counted this moment", "look at it again", "count")
