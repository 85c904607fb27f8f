"""What may be done with batches: take in with a date, correct, recall, quarantine, release."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
from sqlalchemy import select

from genesis import Appended, Arrival, Arrived, Balance, Free, Guard, Item, Kept, Pos, Unique, UserError, item_of
from genesis.hooks import cart as cart_hooks
from genesis_batches import choice, lists
from genesis_batches.lineage import LEDGER, NO_DATE, Link, all_made_of, assembling, sending, stopped_with, taking_apart
from genesis_batches.models import (
    EXPIRY,
    STATE,
    STATES,
    BatchCorrected,
    BatchMarked,
    BatchReceived,
    BatchRow,
    State,
    batch,
)
from genesis_stock import service as stock
from genesis_stock.models import StockRow, item as stock_item

LABEL = "catalog"


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one batch; qty in thousandths, cost of a unit in ten-thousandths where it is known."""

    item: str
    name: str
    batch: str
    qty: int
    expiry: str = ""
    cost: int | None = None


def scanned(pos: Pos, code: str) -> Delivered:
    """Return what a label says of item, batch and expiry (quantity 0); UserError where it is not known."""
    found = item_of(pos, code)
    said = found.sections.get(LABEL, {})
    return Delivered(item=found.ref, name=found.name, batch=said.get("batch", ""), expiry=said.get("expiry", ""), qty=0)


def named(pos: Pos, code: str, batch_code: str) -> Delivered:
    """Return what a label says, or the batch that is named beside it: its date is not that of the label then."""
    found = scanned(pos, code)
    chosen = checked_code(batch_code.strip() or found.batch)
    return msgspec.structs.replace(found, batch=chosen, expiry=found.expiry if found.batch in ("", chosen) else "")


def checked_code(text: str) -> str:
    """Return a batch code as it is kept; UserError names the field."""
    code = stock.checked_batch(text.strip())
    if not code:
        raise UserError("batch: it is missing", "scan the label, or write the batch as it does", "batch")
    return code


def checked_day(text: str) -> str:
    """Return an expiry as it is kept, "" for none; UserError names the field."""
    if not text.strip():
        return ""
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise UserError(f"expiry: {text[:20]!r} is no day", "write it as 2026-12-31", "expiry") from None


def receive(
    pos: Pos, rows: Sequence[Delivered], supplier: str = "", *, location: str | None = None, day: str = "",
    document: str = "",
) -> Appended:  # fmt: skip
    """Take goods in with their batches, in one append with the movement of the stock.

    A batch has one expiry: another one than that known of it is refused. Raises UserError by field.
    """
    pos.permissions.require("stock.change", "received")
    at = pos.settings(stock.StockSettings).location if location is None else location
    fixed = _fixed(rows)
    moved = [StockRow(item=r.item, name=r.name, qty=r.qty, batch=r.batch, cost=r.cost) for r in fixed]
    said = tuple(Arrived(item=r.item, name=r.name, qty=r.qty, batch=r.batch, expiry=r.expiry) for r in fixed)
    arrival = Arrival(day=day or stock.today(pos), location=at, rows=said, supplier=supplier, document=document)
    done = stock.change(pos, "received", moved, location=at, day=day, document=document, also=(arrival,))
    stock.shown(pos, done, LEDGER)
    return done


def arriving(pos: Pos, arrival: Arrival) -> Kept | None:
    """Return what is kept of goods that come (of the rows that name a batch or an expiry) or that become others."""
    if arrival.why in {"assembled", "apart"}:
        return assembling(pos, arrival) if arrival.why == "assembled" else taking_apart(pos, arrival)
    if arrival.why == "sent":
        return sending(pos, arrival)
    if arrival.why not in {"received", "opened"}:
        return None
    rows = [Delivered(item=r.item, name=r.name, qty=r.qty, batch=r.batch, expiry=r.expiry)
            for r in arrival.rows if r.qty > 0 and (r.batch or r.expiry)]  # fmt: skip
    if not rows:
        return None
    fixed = _fixed(rows)
    kept = tuple(BatchRow(item=r.item, name=r.name, batch=r.batch, qty=r.qty, expiry=r.expiry) for r in fixed)
    fact = BatchReceived(day=arrival.day, location=arrival.location, rows=kept,
                         supplier=arrival.supplier.strip()[:80], document=arrival.document)  # fmt: skip
    return Kept(facts=(fact,), guards=tuple(guard for row in fixed for guard in _dated(pos, row)))


def _fixed(rows: Sequence[Delivered]) -> list[Delivered]:
    """Return the rows as they are kept; raises UserError by field."""
    fixed = [msgspec.structs.replace(row, batch=checked_code(row.batch), expiry=checked_day(row.expiry))
             for row in rows]  # fmt: skip
    for row in fixed:
        if row.qty <= 0:
            raise UserError("quantity: what is received is more than zero", "correct it", "quantity")
    return fixed


def _dated(pos: Pos, row: Delivered) -> list[Guard]:
    """Return the guard that gives a batch its one expiry; without a date nothing is said."""
    key = f"{row.item} {row.batch}"
    known = pos.journal.holder(EXPIRY, key)
    if not row.expiry:
        return []
    if known and known not in (row.expiry, NO_DATE):
        what = f"expiry: batch {row.batch} of {row.name} is known to expire on {known}, not on {row.expiry}"
        raise UserError(what, "look at the label again, or correct the batch first", "expiry")
    freed: list[Guard] = [Free(EXPIRY, key, NO_DATE)] if known == NO_DATE else []
    return [*freed, Unique(EXPIRY, key, row.expiry)]


def mark(pos: Pos, item: str, code: str, state: State, reason: str) -> list[Link]:
    """Recall a batch, put it into quarantine or release it; it counts at once, for every register.

    What was made of it is stopped with it, in the same append; returns those batches. What is released is that batch
    alone, as what was made of it may have other parts that are not good; returns what of it is still stopped. A batch
    that is not known yet may be recalled: it is then refused when its label is scanned.
    """
    pos.permissions.require("batches.recall", state)
    if state not in STATES:
        raise UserError(f"state: {state!r} is not known", f"use {', '.join(STATES)}", "state")
    if not reason.strip():
        raise UserError("reason: it is needed", "say why", "reason")
    code = checked_code(code)
    name = name_of(pos, item, code)
    below, guards = (all_made_of(pos, item, code), list[Guard]()) if state == "ok" else stopped_with(pos, item, code)
    held = pos.journal.held(STATE, [f"{item} {code}", *(f"{one.item} {one.batch}" for one in below)])
    facts = []

    def move(of: str, called: str, batch_code: str, why: str) -> None:
        key = f"{of} {batch_code}"
        now = held.get(key, ("", 0))[1]
        guards.append(Balance(STATE, key, STATES.index(state) - now, floor=None, was=now))
        facts.append(BatchMarked(item=of, name=called, batch=batch_code, state=state, reason=why[:200],
                                 day=stock.today(pos)))  # fmt: skip

    move(item, name, code, reason.strip())
    others = {"ok": {"recalled", "quarantined"}, "quarantined": {"ok"}, "recalled": {"ok", "quarantined"}}[state]
    stopped = [one for one in below if STATES[held.get(f"{one.item} {one.batch}", ("", 0))[1]] in others]
    for one in stopped if state != "ok" else ():
        move(one.item, one.name, one.batch, f"made of batch {code} of {name}: {reason.strip()}")
    done = pos.journal.append(*facts, guards=guards)
    stock.shown(pos, done, LEDGER)
    return stopped


def correct(pos: Pos, item: str, code: str, expiry: str, supplier: str) -> Appended:
    """Put the expiry and the supplier of a batch right."""
    pos.permissions.require("stock.change", "corrected")
    code, expiry = checked_code(code), checked_day(expiry)
    key = f"{item} {code}"
    known = pos.journal.holder(EXPIRY, key)
    guards: list[Guard] = [Free(EXPIRY, key, known)] if known else []
    guards.append(Unique(EXPIRY, key, expiry or NO_DATE))
    fact = BatchCorrected(item=item, name=name_of(pos, item, code), batch=code, expiry=expiry,
                          supplier=supplier.strip()[:80])  # fmt: skip
    done = pos.journal.append(fact, guards=guards)
    stock.shown(pos, done, LEDGER)
    return done


def settle(pos: Pos) -> int:
    """Take what was sold from no batch out of the batches that would have gone first; returns how many items.

    Both sides of the movement are worth the same, so what stock is worth does not change.
    """
    pos.permissions.require("stock.change", "allocated")
    at = pos.settings(stock.StockSettings).location
    done = 0
    for row in lists.unallocated(pos):
        left, parts = -row.qty, []
        for one in choice.on_hand(pos, row.item):
            take = min(left, max(one.qty, 0))
            if take:
                parts.append(StockRow(item=row.item, name=row.name, qty=-take, batch=one.code, cost=row.cost or 0))
                left -= take
        if parts and row.location == at:
            back = StockRow(item=row.item, name=row.name, qty=-sum(part.qty for part in parts), cost=row.cost or 0)
            stock.change(pos, "adjusted", [back, *parts], location=at, reason="sold from no batch")
            done += 1
    return done


def name_of(pos: Pos, item: str, code: str) -> str:
    """Return what an item is called, from its batch, the stock or the catalogue; UserError where nobody knows it."""
    row = pos.db.one(select(batch.c.name).where(batch.c.item == item, batch.c.batch == code, batch.c.name != ""))
    row = row or pos.db.one(select(stock_item.c.name).where(stock_item.c.item == item))
    if row is not None:
        return str(row.name)
    found = pos.hooks.first(cart_hooks.resolve_code)(cart=None, code=item)
    if not isinstance(found, Item):
        raise UserError(f"item: {item[:60]!r} is not known", "name an item of the store", "item")
    return found.name
