"""What may be done with counts while they are open: begin one, count in it, count again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import uuid_utils
from sqlalchemy import func, or_, select

from genesis import (
    Appended,
    Arrival,
    Arrived,
    Balance,
    Fact,
    Free,
    Guard,
    GuardRefused,
    Item,
    Kept,
    Pos,
    Unique,
    UserError,
    item_of,
)
from genesis.hooks import inventory
from genesis_stock import service as stock
from genesis_stock.models import BATCHES, SPACE, item as stock_item, level
from genesis_stocktake.models import (
    CLOSED,
    COUNTED,
    OPEN,
    POSTED,
    SIGNED,
    STATE,
    TALLY,
    CountListed,
    CountOpened,
    ItemCounted,
    count as counts,
    listed,
    row as rows,
)

LEDGER = "stocktake_count"
CHUNK = 250  # rows of one append
PUT_ASIDE = "put it aside and add it to the catalogue"  # what to do with a code that is not known
TRIES = 20  # how often a count is repeated where each time a sale came between


class Seen(NamedTuple):
    """So much was seen of an item, or of a batch of it, in thousandths; its pieces, where they are named already."""

    item: str
    name: str
    batch: str
    qty: int
    serials: tuple[str, ...] = ()


def start(
    pos: Pos, title: str, location: str | None = None, category: str = "", *, blind: bool = False,
    items: Sequence[tuple[str, str]] = (),
) -> str:  # fmt: skip
    """Open a count of everything at a location, of one category, or of a list (item, name); returns its id.

    A long list is recorded in parts before the count itself: what a crash leaves of it belongs to no count.
    """
    pos.permissions.require("stocktake.open")
    if not title.strip():
        raise UserError("title: a count needs a name", "say what is counted", "title")
    at = stock.place(pos, stock.places(pos)[0] if location is None else location)
    key = str(uuid_utils.uuid7())
    for first in range(0, len(items), CHUNK):
        pos.journal.append(CountListed(count=key, items=tuple(items[first : first + CHUNK])))
    fact = CountOpened(count=key, title=title.strip()[:80], location=at, category=category.strip(), blind=blind,
                       day=stock.today(pos), listed=len(items))  # fmt: skip
    stock.shown(pos, pos.journal.append(fact, guards=[Balance(STATE, key, 0, was=OPEN)]), LEDGER)
    return key


def one(pos: Pos, key: str) -> Any:
    """Return a count; UserError where there is none."""
    found = pos.db.one(select(counts).where(counts.c.count == key))
    if found is None:
        raise UserError("count: it is not known", "choose one of the list", "count")
    return found


def opened(pos: Pos, key: str, *states: int) -> Any:
    """Return a count that is open, or in one of these states too; UserError where it is not."""
    found, state = one(pos, key), pos.journal.balance(STATE, key)
    if state == CLOSED or found.state in {"posted", "given up"}:
        raise UserError(f"{found.title} is closed", "open a new count", "count")
    if state not in (OPEN, *states):
        raise UserError(f"{found.title} is signed off, and posted in part", "post the rest of it", "count")
    return found


def standing(pos: Pos, key: str) -> int:
    """Return OPEN or SIGNED, for the guard that it still is so; UserError where the count is closed, which is final."""
    state = pos.journal.balance(STATE, key)
    opened(pos, key, SIGNED)
    return state


def enter(pos: Pos, key: str, code: str, qty: int, batch: str = "", *, again: bool = False) -> Appended:
    """Count something: qty thousandths more, or (again) so much in all. The stock of that instant is kept with it.

    Sales and deliveries beside it do not disturb: it is recorded only where the stock still is what was read.
    """
    found, item = opened(pos, key, SIGNED), item_of(pos, code, PUT_ASIDE)
    in_category(found, item)
    return enter_item(pos, key, item, qty, batch, again=again)


def in_category(found: Any, item: Item) -> None:
    """Refuse an item that is not in the category which is counted."""
    if found.category and found.category not in item.category:
        raise UserError(f"{item.name} is not in {found.category}, which is counted", "put it aside", "code")


def enter_item(pos: Pos, key: str, item: Item, qty: int, batch: str = "", *, again: bool = False) -> Appended:
    """Count something whose item is known."""
    label = item.sections.get("catalog", {})
    piece = (label["serial"],) if label.get("serial") else ()
    seen = Seen(item.ref, item.name, batch.strip() or label.get("batch", ""), qty, piece)
    return enter_many(pos, key, [seen], again=again)


def enter_many(pos: Pos, key: str, seen: Sequence[Seen], *, again: bool = False) -> Appended:
    """Count several things at once, all of them or none; at most CHUNK, each item and batch once.

    Raises Confirm where somebody asks for more of them (each serial number).
    """
    pos.permissions.require("stocktake.count")
    found = opened(pos, key, SIGNED)
    for one in seen:
        if not 0 <= one.qty <= 10**12:
            raise UserError("quantity: it is out of range", "use zero or more", "quantity")
        stock.checked_batch(one.batch)
    _on_list(pos, found, seen)
    for left in reversed(range(TRIES)):
        try:
            return _enter(pos, found, seen, again=again)
        except GuardRefused:
            if not left:
                raise
    raise AssertionError  # the last try returned or raised


def _on_list(pos: Pos, found: Any, seen: Sequence[Seen]) -> None:
    if found.listed:
        wanted = {one.item for one in seen}
        kept = select(listed.c.item).where(listed.c.count == found.count, listed.c.item.in_(wanted))
        known = {item for (item,) in pos.db.all(kept)}
        for one in seen:
            if one.item not in known:
                raise UserError(f"{one.name} is not on the list of {found.title}", "put it aside", "code")


def _enter(pos: Pos, found: Any, seen: Sequence[Seen], *, again: bool) -> Appended:
    pos.journal.wait(pos.journal.raw.pos(), LEDGER)
    state = standing(pos, found.count)
    mine = [Balance(STATE, found.count, 0, was=state), Balance(TALLY, found.count, len(seen)),
            *_taken(pos, found, seen)]  # fmt: skip
    if state == SIGNED:
        mine.append(_not_posted(pos, found, seen, again=again))
    expected, unmoved = _expected(pos, found.location, seen)
    known = select(stock_item.c.item, stock_item.c.cost).where(stock_item.c.item.in_({one.item for one in seen}))
    costs: dict[str, int | None] = dict(pos.db.all(known))
    kept = told(pos, found, seen, again=again)
    facts: list[Fact] = [
        ItemCounted(count=found.count, item=one.item, name=one.name, batch=one.batch, qty=one.qty, expected=had,
                    cost=costs.get(one.item), by=pos.actor.name, again=again)
        for one, had in zip(seen, expected, strict=True)
    ]  # fmt: skip
    facts += [more for one in kept for more in one.facts]
    done = pos.journal.append(*facts, guards=[*mine, *unmoved, *(guard for one in kept for guard in one.guards)])
    stock.shown(pos, done, LEDGER)
    return done


def told(pos: Pos, found: Any, seen: Sequence[Seen], *, again: bool) -> list[Kept]:
    """Ask who keeps more of goods (serial numbers) what they keep of those that were seen."""
    rows = tuple(Arrived(item=one.item, name=one.name, qty=one.qty, batch=one.batch, serials=one.serials)
                 for one in seen)  # fmt: skip
    arrival = Arrival(day=stock.today(pos), location=found.location, rows=rows, document=found.count,
                      why="recounted" if again else "seen")  # fmt: skip
    return list(pos.hooks.each(inventory.receive)(arrival=arrival))


def _not_posted(pos: Pos, found: Any, seen: Sequence[Seen], *, again: bool) -> Guard:
    """Return the guard that what is counted again is not posted yet; UserError where it is, or was never counted.

    Rows are posted by item and batch, so a row is posted where as many as that come before it.
    """
    done = pos.journal.balance(POSTED, found.count)
    for one in seen:
        mine = rows.c.count == found.count
        before = or_(rows.c.item < one.item, (rows.c.item == one.item) & (rows.c.batch < one.batch))
        same = select(rows.c.item).where(mine, rows.c.item == one.item, rows.c.batch == one.batch)
        place = pos.db.all(select(func.count()).select_from(rows).where(mine, before))[0][0]
        if not again or place < done or not pos.db.all(same):
            raise UserError(f"{found.title} is signed off, and posted in part",
                            f"post the rest of it, then count {one.name} in a new count", "count")  # fmt: skip
    return Balance(POSTED, found.count, 0, was=done)


def _expected(pos: Pos, at: str, seen: Sequence[Seen]) -> tuple[list[int], list[Guard]]:
    """Return what the stock has of each batch (or of no batch), and the guards that say that it still has."""
    refs = {one.item for one in seen}
    whole = pos.journal.held(SPACE, [stock.key_of(at, item) for item in refs])
    pos.journal.wait(pos.journal.raw.pos(), stock.LEDGER)
    named = select(level.c.item, level.c.batch).where(level.c.item.in_(refs), level.c.location.in_((at, "")),
                                                      level.c.batch != "")  # fmt: skip
    keys = {item: set[str]() for item in refs}
    for item, batch in [*pos.db.all(named), *((one.item, one.batch) for one in seen if one.batch)]:
        keys[item].add(stock.batch_key(at, item, batch))
    held = pos.journal.held(BATCHES, {key for some in keys.values() for key in some})
    expected, guards = [], dict[tuple[str, str], Guard]()

    def now(space: str, key: str) -> int:
        qty = (whole if space == SPACE else held).get(key, ("", 0))[1]
        guards[space, key] = Balance(space, key, 0, floor=None, was=qty)
        return qty

    for one in seen:
        everything = now(SPACE, stock.key_of(at, one.item))
        if one.batch:
            expected.append(now(BATCHES, stock.batch_key(at, one.item, one.batch)))
        else:
            expected.append(everything - sum(now(BATCHES, key) for key in sorted(keys[one.item])))
    return expected, list(guards.values())


def _taken(pos: Pos, found: Any, seen: Sequence[Seen]) -> list[Guard]:
    """Return the guards that each row belongs to this count; UserError where it is counted in another open one."""
    keys = {stock.batch_key(found.location, one.item, one.batch): one for one in seen}
    held = {key: owner for key, (owner, _) in pos.journal.held(COUNTED, keys).items() if owner != found.count}
    states = pos.journal.held(STATE, set(held.values()))
    for key, owner in held.items():
        if states.get(owner, ("", OPEN))[1] != CLOSED:
            raise UserError(f"{keys[key].name} is being counted in {one(pos, owner).title}",
                            "count it there, or post or give up that count first", "code")  # fmt: skip
    freed: list[Guard] = [Free(COUNTED, key, owner) for key, owner in held.items()]
    return [*freed, *(Unique(COUNTED, key, found.count) for key in keys)]
