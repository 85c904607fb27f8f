"""What may be done with stock: take in, adjust, send, count on; and what a sale promises."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from typing import Annotated, Literal, NamedTuple, TypeVar

import msgspec
from msgspec import Meta
from sqlalchemy import bindparam, func, select

from genesis import (
    Allocation,
    Appended,
    Arrival,
    Arrived,
    Availability,
    Balance,
    Fact,
    GenesisError,
    Guard,
    GuardRefused,
    Kept,
    Line,
    NotReady,
    Pos,
    Refused,
    UserError,
    quantity_text,
)
from genesis.hooks import inventory
from genesis_stock.marks import of_items
from genesis_stock.models import (
    ASKED,
    BATCHES,
    RESERVED,
    SPACE,
    WHY,
    StockMoved,
    StockReconciled,
    StockRow,
    level,
    move,
    rule,
)

_KEPT = (
    select(level.c.item, rule.c.policy)
    .select_from(level.outerjoin(rule, rule.c.id == level.c.item))
    .where(level.c.item == bindparam("item"))
    .limit(1)
)
T = TypeVar("T")
LEDGER = "stock_ledger"
KITS = "kits"  # whose section of a product says that it is sold as its parts
CHUNK = 500  # guards of one append
TRIES = 20  # how often the guards are compared with the ledger where each time a sale came between


class StockSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where this store keeps its goods, and what happens when there are none."""

    location: Annotated[str, Meta(title="Location that is sold from", max_length=40)] = ""
    locations: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=40)], ...], Meta(title="Other locations", max_length=100)
    ] = ()
    policy: Annotated[
        Literal["allow", "strict"],
        Meta(title="Without a rule of its own", description="allow: sold below zero, with an alert; strict: refused"),
    ] = "allow"
    reserve_held: Annotated[
        bool, Meta(title="Keep goods for held carts", description="a strict item that is kept is sold to nobody else")
    ] = False
    reserve_hours: Annotated[int, Meta(title="Hours for which they are kept", ge=1, le=8760)] = 24
    idle_days: Annotated[int, Meta(title="Days without movement that are reported", ge=1, le=3650)] = 90


def key_of(location: str, item: str) -> str:
    """Return the key of a balance."""
    return f"{location}/{item}"


def batch_key(location: str, item: str, batch: str) -> str:
    """Return the key of the balance of a batch; a batch code has no blank."""
    return key_of(location, f"{item} {batch}")


def on_hand(pos: Pos, item: str, location: str | None = None) -> int:
    """Return what is on hand (thousandths) at a location, the one sold from by default; it never lags."""
    at = pos.settings(StockSettings).location if location is None else location
    return pos.journal.balance(SPACE, key_of(at, item))


class Rule(NamedTuple):
    """What holds for an item. policy: allow, strict or off; low, over: marks in thousandths, None for none."""

    policy: str
    low: int | None = None
    over: int | None = None


def rules_of(pos: Pos, items: Collection[str]) -> dict[str, Rule]:
    """Return the rule of each item: its own, or the store's; marks that it does not set are those of its category."""
    known = pos.db.all(select(rule.c.id, rule.c.policy, rule.c.low, rule.c.over).where(rule.c.id.in_(items)))
    general = Rule(pos.settings(StockSettings).policy)
    found = dict.fromkeys(items, general) | {row[0]: Rule(*row[1:]) for row in known}
    for ref, (low, over) in of_items(pos, items).items():
        found[ref] = found[ref]._replace(low=low, over=over)
    return found


def policy_of(pos: Pos, item: str) -> str:
    """Return allow, strict or off; off too where the item was never received, so that nothing is kept of it."""
    kept = pos.db.fast(_KEPT, {"item": item})
    return str(kept[0][1] or pos.settings(StockSettings).policy) if kept else "off"


# -- at the till -------------------------------------------------------------------------------------------


def allocate(pos: Pos, line: Line) -> Allocation | None:
    """Return what a line takes: the location, and the promise that it is there (strict) or that it is counted."""
    policy = policy_of(pos, line.item.ref)
    if policy == "off":
        return None
    if in_parts(line):
        return Allocation(section={"apart": True})
    at, key = pos.settings(StockSettings).location, key_of(pos.settings(StockSettings).location, line.item.ref)
    guards: list[Guard] = [Balance(SPACE, key, -line.qty, floor=0 if policy == "strict" else None)]
    if policy == "strict" and line.qty > 0 and pos.settings(StockSettings).reserve_held:
        kept = reserved(pos, key)
        if kept and line.qty <= pos.journal.balance(SPACE, key) < line.qty + kept:
            raise Refused(f"{quantity_text(kept)} of {line.item.name} are kept for held carts",
                          "recall that cart, or sell fewer", "quantity")  # fmt: skip
        guards = [Balance(SPACE, key, -line.qty, floor=kept), Balance(RESERVED, key, 0, floor=None, was=kept)]
    return Allocation(section={"location": at}, guards=tuple(guards))


def reserved(pos: Pos, key: str) -> int:
    """Return how much is kept for held carts (thousandths); none where the store does not keep it."""
    return pos.journal.balance(RESERVED, key) if pos.settings(StockSettings).reserve_held else 0


def in_parts(line: Line) -> bool:
    """Return whether the parts of a kit are taken and not the kit: as its product says, or as it was sold."""
    kit, sold = line.item.sections.get(KITS, {}), line.sections.get("stock", {})
    return bool(sold.get("apart")) if line.returns else kit.get("sold") == "parts"


def availability(pos: Pos, items: Sequence[str]) -> dict[str, Availability]:
    """Return what can be sold now, from the guards themselves: this never lags behind a sale."""
    at = pos.settings(StockSettings).location
    keys = [key_of(at, item) for item in items]
    held = pos.journal.held(SPACE, keys)
    kept = pos.journal.held(RESERVED, keys) if pos.settings(StockSettings).reserve_held else {}
    rules = rules_of(pos, items)
    return {
        item: _shown(held[key_of(at, item)][1], kept.get(key_of(at, item), ("", 0))[1], rules[item])
        for item in items
        if key_of(at, item) in held and rules[item].policy != "off"
    }


def _shown(there: int, kept: int, known: Rule) -> Availability:
    qty = there - kept
    low = known.low is not None and qty <= known.low
    share = fullness(qty, known)
    if qty <= 0 and known.policy == "strict":
        return Availability(on_hand=there, available=0, allocated=kept, tone="off", share=share,
                            note="All held" if there > 0 else "Sold out")  # fmt: skip
    return Availability(on_hand=there, available=qty, allocated=kept, note=_note(qty, kept, low=low and qty > 0),
                        tone="bad" if qty <= 0 else "warn" if low else "", share=share)  # fmt: skip


def fullness(qty: int, known: Rule) -> int:
    """Return how full the shelf is by an item's marks, 0 to 1000; full is four times what is low, or ten pieces."""
    full = max(known.over or 0, 4 * (known.low or 0), 10_000)
    return min(max(qty, 0) * 1000 // full, 1000)


def _note(qty: int, kept: int, *, low: bool) -> str:
    text = quantity_text(qty)
    if kept:
        return f"{text}, {quantity_text(kept)} on hold"
    return f"{text} left" if low else text


# -- in the back office ------------------------------------------------------------------------------------


def places(pos: Pos) -> list[str]:
    """Return every location of the store, the one sold from first."""
    rules = pos.settings(StockSettings)
    return list(dict.fromkeys([rules.location, *rules.locations]))


def place(pos: Pos, location: str) -> str:
    """Return a location that exists; UserError names the field."""
    if location not in places(pos):
        raise UserError(f"there is no location {location!r}", "add it in the settings of Stock", "location")
    return location


def today(pos: Pos) -> str:
    """Return the store's date."""
    return pos.clock.now().date().isoformat()


def change(
    pos: Pos, why: str, rows: Sequence[StockRow], *, location: str | None = None, reason: str = "", day: str = "",
    document: str = "", also: Sequence[Fact | Guard | Arrival] = (),
) -> Appended:  # fmt: skip
    """Record a movement: rows with signed quantities. Strict items are not taken below zero.

    day: when it counts, at most today. also: facts and guards that are recorded with it, or none of it is; an
    Arrival says more of goods that come or go, to whoever keeps it (hook `receive`). Raises UserError by field, Refused
    by a guard, Confirm where somebody asks for more; nothing is recorded then.
    """

    def moving(goods: Sequence[StockRow]) -> tuple[StockMoved, list[Guard]]:
        return movement(pos, why, goods, location=location, reason=reason, day=day, document=document)

    fact, moves = moving(rows)
    said = next((one for one in also if isinstance(one, Arrival)), None)
    kept = _kept_by_others(pos, fact, said) if why in ASKED else []
    for one in kept:
        if one.rows:
            fact, moves = moving(as_told(fact.rows, one.rows))
    facts = [*(one for one in also if isinstance(one, Fact)), *(more for one in kept for more in one.facts)]
    guards = [*(one for one in also if not isinstance(one, Fact | Arrival)), *(g for one in kept for g in one.guards)]
    done = pos.journal.append(fact, *facts, guards=[*moves, *guards])
    shown(pos, done, LEDGER)
    return done


def movement(
    pos: Pos, why: str, rows: Sequence[StockRow], *, location: str | None = None, reason: str = "", day: str = "",
    document: str = "",
) -> tuple[StockMoved, list[Guard]]:  # fmt: skip
    """Return the fact of a movement and its guards, to be appended with others of one deed; raises as `change` does."""
    pos.permissions.require("stock.change", why)
    if why not in WHY:
        raise UserError(f"why: {why!r} is not known", f"use {', '.join(WHY)}", "why")
    if why in {"adjusted", "wasted"} and not reason.strip():
        raise UserError("reason: a change by hand needs one", "say why", "reason")
    at = place(pos, pos.settings(StockSettings).location if location is None else location)
    when = day or today(pos)
    if when > today(pos):
        raise UserError("day: it lies in the future", "use today or a day before", "day")
    check_rows(rows)
    fact = StockMoved(location=at, why=why, day=when, rows=tuple(rows), reason=reason.strip(), document=document)
    return fact, promises(pos, ((at, row, row.qty) for row in rows))


def _kept_by_others(pos: Pos, fact: StockMoved, arrival: Arrival | None) -> list[Kept]:
    """Ask who keeps more of goods that come or go (batches, serial numbers) what they keep of it."""
    if arrival is None:
        rows = tuple(Arrived(item=row.item, name=row.name, qty=row.qty, batch=row.batch) for row in fact.rows)
        arrival = Arrival(day=fact.day, location=fact.location, rows=rows, document=fact.document or fact.reason,
                          why=fact.why)  # fmt: skip
    return list(pos.hooks.each(inventory.receive)(arrival=arrival))


def as_told(rows: Sequence[StockRow], told: Sequence[Arrived]) -> list[StockRow]:
    """Return the rows in place of others; GenesisError where they are not the same goods."""
    costs = {row.item: row.cost for row in rows}
    new = [StockRow(item=r.item, name=r.name, qty=r.qty, batch=r.batch, cost=costs.get(r.item)) for r in told]
    if _sums_of(new) != _sums_of(rows):
        raise GenesisError("a plugin answered `receive` with other quantities than it was asked about")
    return new


def _sums_of(rows: Sequence[StockRow]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.item] = sums.get(row.item, 0) + row.qty
    return sums


def shown(pos: Pos, done: Appended, projection: str) -> None:
    """Wait until what was recorded is shown. It counts even where the tables lag: nobody may be told to repeat it."""
    with suppress(NotReady):
        pos.journal.wait(done.pos, projection)


def check_rows(rows: Sequence[StockRow], *, positive: bool = False) -> None:
    """Refuse rows that move nothing, or more than can be; UserError names the field."""
    if not rows:
        raise UserError("nothing moves", "name at least one item", "item")
    for row in rows:
        if not row.qty or abs(row.qty) > 10**12 or (positive and row.qty < 0):
            raise UserError(f"quantity: that of {row.name} is out of range", "use a quantity that can be", "quantity")
        if row.cost is not None and not 0 <= row.cost <= 10**12:
            raise UserError(f"cost: that of {row.name} is out of range", "use zero or more", "cost")
        checked_batch(row.batch)


def checked_batch(code: str) -> str:
    """Return a batch code, "" for none; UserError names the field."""
    if len(code) > 40 or not code.isprintable() or " " in code:
        raise UserError("batch: it has at most 40 characters and no blanks", "write it as the label does", "batch")
    return code


def promises(pos: Pos, deltas: Iterable[tuple[str, StockRow, int]]) -> list[Guard]:
    """Return the balances of each movement; below zero only where the rule allows it."""
    moved = list(deltas)
    rules = rules_of(pos, {row.item for _, row, _ in moved})
    return [
        guard
        for at, row, qty in moved
        for guard in balances(at, row, qty, 0 if qty < 0 and rules[row.item].policy == "strict" else None)
    ]


def balances(at: str, row: StockRow, qty: int, floor: int | None) -> list[Guard]:
    """Return the balance of an item at a location, and that of its batch where one is named."""
    found: list[Guard] = [Balance(SPACE, key_of(at, row.item), qty, floor=floor)]
    if row.batch:
        found.append(Balance(BATCHES, batch_key(at, row.item, row.batch), qty, floor=floor))
    return found


def reconcile(pos: Pos) -> int:
    """Set the guards to what the ledger says where they differ: sales made while this plugin was off moved none.

    Returns how many differed. Sales that go on meanwhile are not disturbed: each balance moves only if it still is
    what was compared; where a sale came between, it is compared again. Raises GuardRefused when one always did.
    """
    return until_equal(lambda: _differing(pos), lambda part: _set(pos, part))


def until_equal(differing: Callable[[], list[T]], put: Callable[[list[T]], object]) -> int:
    """Put right what differs, in parts; where a guard refuses one it is compared again. Returns how many differed."""
    done = 0
    for left in reversed(range(TRIES)):
        try:
            wrong = differing()
            for start in range(0, len(wrong), CHUNK):
                put(wrong[start : start + CHUNK])
                done += len(wrong[start : start + CHUNK])
        except GuardRefused:
            if not left:
                raise
        else:
            break
    return done


def _differing(pos: Pos) -> list[tuple[str, str, int, int]]:
    """Return (space, key, what is missing, what it is) of the balances that are not what the ledger says.

    The balances are read first: a sale between makes the ledger the newer of the two, and the guard refuses. The other
    way round the sale would be missing in the ledger alone, and be given back.
    """
    held = {space: pos.journal.held(space, sums) for space, sums in _sums(pos).items()}
    pos.journal.wait(pos.journal.raw.pos(), LEDGER, timeout=60)
    found = []
    for space, sums in _sums(pos).items():
        now = {key: held[space][key][1] if key in held[space] else 0 for key in sums}
        found += [(space, key, qty - now[key], now[key]) for key, qty in sums.items() if qty != now[key]]
    return found


def _sums(pos: Pos) -> dict[str, dict[str, int]]:
    """Return what the ledger says of each key of both guard spaces."""
    at = pos.settings(StockSettings).location
    moved = select(move.c.item, move.c.location, move.c.batch, func.sum(move.c.qty))
    sums: dict[str, dict[str, int]] = {SPACE: {}, BATCHES: {}}
    for item, location, batch, qty in pos.db.all(moved.group_by(move.c.item, move.c.location, move.c.batch)):
        place = location or at  # what names no location was sold from the default one
        keys = [(SPACE, key_of(place, item))] + ([(BATCHES, batch_key(place, item, batch))] if batch else [])
        for space, key in keys:
            sums[space][key] = sums[space].get(key, 0) + int(qty)
    return sums


def _set(pos: Pos, rows: Sequence[tuple[str, str, int, int]]) -> None:
    moves = {space: tuple((key, delta) for of, key, delta, _ in rows if of == space) for space in (SPACE, BATCHES)}
    guards = [Balance(space, key, delta, floor=None, was=was) for space, key, delta, was in rows]
    pos.journal.append(StockReconciled(rows=moves[SPACE], batches=moves[BATCHES]), guards=guards)
