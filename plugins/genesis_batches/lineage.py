"""Batches that are made of others: which parts are taken, what the new batch is called, and what is made of what.

What is assembled is a batch of its own, named by its day, which expires with the first of its parts. What is taken
apart goes back to the batches it was made of.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import func, select

from genesis import Arrival, Arrived, Balance, Guard, Kept, Once, Pos, Unique, UserError, split
from genesis_batches import choice
from genesis_batches.models import EXPIRY, MADE, NEW, STATE, BatchAssembled, BatchRow, batch, origin

LEDGER = "batches_batch"
NO_DATE = "no date"  # who holds the expiry of a batch that has none


class Link(NamedTuple):
    """A batch that others are made of, or that is made of others. qty: thousandths of the part that went into it."""

    item: str
    batch: str
    name: str
    day: str
    qty: int


def parts_of(pos: Pos, item: str, code: str) -> list[Link]:
    """Return the batches that a batch was made of, by name."""
    sums = func.min(origin.c.day), func.sum(origin.c.part_qty)
    found = select(origin.c.part_item, origin.c.part_batch, func.max(origin.c.part_name).label("name"), *sums)
    mine = found.where(origin.c.item == item, origin.c.batch == code).group_by(origin.c.part_item, origin.c.part_batch)
    return [
        Link._make((*row[:4], int(row[4]))) for row in pos.db.all(mine.order_by("name", *mine.selected_columns[:2]))
    ]


def made_of(pos: Pos, item: str, code: str) -> list[Link]:
    """Return the batches that were made of a batch, the oldest first."""
    sums = func.min(origin.c.day).label("day"), func.sum(origin.c.part_qty)
    found = select(origin.c.item, origin.c.batch, func.max(origin.c.name).label("name"), *sums)
    mine = found.where(origin.c.part_item == item, origin.c.part_batch == code)
    rows = pos.db.all(mine.group_by(origin.c.item, origin.c.batch).order_by("day", origin.c.item, origin.c.batch))
    return [Link._make((*row[:4], int(row[4]))) for row in rows]


def all_made_of(pos: Pos, item: str, code: str) -> list[Link]:
    """Return the batches that were made of a batch, of those, and so on; each once."""
    found: dict[tuple[str, str], Link] = {}
    todo = [(item, code)]
    while todo:
        for one in made_of(pos, *todo.pop()):
            if (one.item, one.batch) not in found and (one.item, one.batch) != (item, code):
                found[one.item, one.batch] = one
                todo.append((one.item, one.batch))
    return list(found.values())


def all_parts_of(pos: Pos, item: str, code: str) -> list[Link]:
    """Return the batches that a batch was made of, what those were made of, and so on; each once."""
    found: dict[tuple[str, str], Link] = {}
    todo = [(item, code)]
    while todo:
        for one in parts_of(pos, *todo.pop()):
            if (one.item, one.batch) not in found:
                found[one.item, one.batch] = one
                todo.append((one.item, one.batch))
    return list(found.values())


# -- what is assembled and taken apart ---------------------------------------------------------------------


def assembling(pos: Pos, arrival: Arrival) -> Kept | None:
    """Return which batches the parts are taken from, and the batch of what is made of them; None without batches.

    Raises UserError where a part may not be used: expired, recalled or in quarantine.
    """
    gone = _taken(pos, arrival)
    parts = tuple(BatchRow(item=row.item, name=row.name, batch=row.batch, qty=-row.qty, expiry=_expiry(pos, row))
                  for row in gone if row.batch)  # fmt: skip
    if not parts:
        return None
    guards: list[Guard] = [guard for row in parts for guard in _used(row)]
    first = min((one.expiry for one in parts if one.expiry), default="")
    facts, come = [], []
    for row in arrival.rows:
        if row.qty > 0:
            code = row.batch or _new(pos, row.item, arrival.day)
            made = BatchRow(item=row.item, name=row.name, batch=code, qty=row.qty, expiry=first)
            key = f"{made.item} {made.batch}"
            guards += [Once(NEW, key), Unique(EXPIRY, key, made.expiry or NO_DATE)]
            facts.append(BatchAssembled(day=arrival.day, location=arrival.location, made=made, parts=parts))
            come.append(Arrived(item=row.item, name=row.name, qty=row.qty, batch=made.batch))
    return Kept(facts=tuple(facts), guards=tuple(guards), rows=(*gone, *come))


def taking_apart(pos: Pos, arrival: Arrival) -> Kept | None:
    """Return which batches are taken apart, and to which their parts go back; None without batches."""
    gone = _taken(pos, arrival)
    if not any(row.batch for row in gone):
        return None
    made = [(part, -row.qty) for row in gone if row.batch for part in parts_of(pos, row.item, row.batch)]
    come = []
    for row in arrival.rows:
        if row.qty > 0:
            known = [part for part, _ in made if part.item == row.item]
            shares = split(row.qty, [part.qty for part in known]) if known else []
            come += [Arrived(item=row.item, name=row.name, qty=share, batch=part.batch)
                     for part, share in zip(known, shares, strict=True) if share]  # fmt: skip
            come += [] if known else [row]
    return Kept(rows=(*gone, *come))


def sending(pos: Pos, arrival: Arrival) -> Kept | None:
    """Return which batches are sent to another location, whatever their state; None where there are none."""
    gone = _taken(pos, arrival)
    return Kept(rows=tuple(gone)) if any(row.batch for row in gone) else None


def _taken(pos: Pos, arrival: Arrival) -> list[Arrived]:
    """Return what goes, by batch: what expires first goes first, and what may not be sold is not used."""
    found = []
    for row in arrival.rows:
        if row.qty < 0 and row.batch:
            found.append(row)
        elif row.qty < 0:
            taken = choice.take(pos, row.item, -row.qty, arrival.location)
            if taken.blocked and arrival.why == "assembled":
                told = ", ".join(f"batch {code} is {why}" for code, why in sorted(taken.blocked.items()))
                raise UserError(f"{row.name}: {told}", "use other goods", "batch")
            found += [Arrived(item=row.item, name=row.name, qty=-qty, batch=code) for code, qty in taken.parts]
    return found


def _expiry(pos: Pos, row: Arrived) -> str:
    known = pos.journal.holder(EXPIRY, f"{row.item} {row.batch}")
    return "" if known == NO_DATE else known


def _used(row: BatchRow) -> list[Guard]:
    """Return the guards that a part is not recalled meanwhile, and that a recall knows what was made of it."""
    key = f"{row.item} {row.batch}"
    return [Balance(STATE, key, 0, floor=None, was=0), Balance(MADE, key, 1)]


def _new(pos: Pos, item: str, day: str) -> str:
    """Return a code for what is assembled on a day: the day and a number."""
    begun = select(func.count()).select_from(batch).where(batch.c.item == item, batch.c.batch.like(f"{day}-%"))
    number = int(pos.db.all(begun)[0][0]) + 1
    while pos.journal.holder(NEW, f"{item} {day}-{number}"):
        number += 1
    return f"{day}-{number}"


def stopped_with(pos: Pos, item: str, code: str) -> tuple[list[Link], list[Guard]]:
    """Return the batches that were made of a batch and so on, and the guards that there are no more of them by now."""
    keys = [f"{item} {code}"]
    while True:  # the guards are read first: what is made between is then refused, not missed
        counts = pos.journal.held(MADE, keys)
        pos.journal.wait(pos.journal.raw.pos(), LEDGER)
        below = all_made_of(pos, item, code)
        wanted = [f"{item} {code}", *(f"{one.item} {one.batch}" for one in below)]
        if set(wanted) <= set(keys):
            return below, [Balance(MADE, key, 0, was=counts.get(key, ("", 0))[1]) for key in wanted]
        keys = wanted
