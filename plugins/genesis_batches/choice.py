"""Chooses which batches a line takes: first expired, first out, and never one that may not be sold.

The order is that of the day on which a batch leaves the shelf (its expiry less the store's safety days), then of its
receipt, then of its code; batches without a date come last. Quantities come from the guards, which never lag.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import and_, bindparam, select

from genesis import Cart, Line, Pos
from genesis_batches.models import STATE, STATES, batch
from genesis_batches.settings import BatchSettings
from genesis_stock.models import BATCHES, SPACE, level
from genesis_stock.service import StockSettings, batch_key, key_of, today

LABEL = "catalog"  # whose section says what a label said
_LEVELS = (
    select(level.c.batch, batch.c.expiry, batch.c.received)
    .select_from(level.outerjoin(batch, and_(batch.c.item == level.c.item, batch.c.batch == level.c.batch)))
    .where(level.c.item == bindparam("item"), level.c.location.in_((bindparam("location"), bindparam("also"))),
           level.c.batch != "", level.c.qty != 0)
    .distinct()
)  # fmt: skip
_ONE = select(batch.c.expiry).where(batch.c.item == bindparam("item"), batch.c.batch == bindparam("batch"))


class Batch(NamedTuple):
    """A batch of an item as it can be sold now; why: it may not be sold, "" where it may."""

    code: str
    expiry: str
    received: str
    qty: int
    why: str


class Taken(NamedTuple):
    """What a line takes. parts: (batch, thousandths), batch "" for what no batch covers.

    blocked: batch -> why it may not be sold; dates: batch -> its expiry where it has one.
    """

    parts: tuple[tuple[str, int], ...]
    blocked: dict[str, str]
    dates: dict[str, str]


def last_day(pos: Pos, expiry: str) -> str:
    """Return the last day on which a batch with this expiry is sold."""
    safety = pos.settings(BatchSettings).safety_days
    return (date.fromisoformat(expiry) - timedelta(days=safety)).isoformat() if safety else expiry


def blocked(pos: Pos, state: str, expiry: str) -> str:
    """Return why a batch may not be sold today, "" where it may."""
    if state != "ok":
        return {"recalled": "recalled", "quarantined": "in quarantine"}[state]
    if not expiry or today(pos) <= last_day(pos, expiry):
        return ""
    return f"expired on {expiry}" if expiry < today(pos) else f"too close to its expiry on {expiry}"


def state_of(pos: Pos, item: str, code: str) -> str:
    """Return the state of a batch; it never lags behind a recall."""
    return STATES[pos.journal.balance(STATE, f"{item} {code}")]


def on_hand(pos: Pos, item: str, location: str | None = None) -> list[Batch]:
    """Return the batches of an item at a location, the one sold from by default: the next to leave the shelf first.

    Those without a date come last.
    """
    sold_from = pos.settings(StockSettings).location
    at = sold_from if location is None else location
    # what came before that location had a name names none
    rows = pos.db.fast(_LEVELS, {"item": item, "location": at, "also": "" if at == sold_from else at})
    if not rows:
        return []
    held = pos.journal.held(BATCHES, [batch_key(at, item, row[0]) for row in rows])
    states = pos.journal.held(STATE, [f"{item} {row[0]}" for row in rows])
    found = []
    for code, expiry, received in rows:
        state = STATES[states.get(f"{item} {code}", ("", 0))[1]]
        why = blocked(pos, state, expiry or "")
        qty = held.get(batch_key(at, item, code), ("", 0))[1]
        found.append(Batch(code, expiry or "", received or "", qty, why))
    return sorted(found, key=lambda one: (not one.expiry, one.expiry, one.received, one.code))


def plan(pos: Pos, cart: Cart, line: Line) -> Taken:
    """Return what a line takes after the lines before it in the cart."""
    ref = line.item.ref
    label = line.item.sections.get(LABEL, {})
    if label.get("batch"):
        return _named(pos, ref, label["batch"], label.get("expiry", ""), line.qty)
    printed = {"": label["expiry"]} if label.get("expiry") else {}
    if printed and (why := blocked(pos, "ok", printed[""])):
        return Taken((("", line.qty),), {"": why}, printed)  # the label gives no batch, but a date that has passed
    stock = on_hand(pos, ref)
    if not stock:
        return Taken((("", line.qty),), {}, printed)
    at = pos.settings(StockSettings).location
    loose = pos.journal.balance(SPACE, key_of(at, ref)) - sum(one.qty for one in stock)
    left = {one.code: max(one.qty, 0) for one in stock} | {"": max(loose, 0)}
    for other in _before(cart, line):
        named = other.item.sections.get(LABEL, {}).get("batch")
        for code, qty in ((named, other.qty),) if named else _choose(stock, left, other.qty).parts:
            left[code] = max(left.get(code, 0) - qty, 0)
    chosen = _choose(_wished(stock, label.get("expiry", "")), left, line.qty)
    return chosen._replace(dates=dict.fromkeys((code for code, _ in chosen.parts), printed[""])) if printed else chosen


def take(pos: Pos, item: str, qty: int, location: str) -> Taken:
    """Return what is taken of an item otherwise than by a sale (thousandths), from a location."""
    stock = on_hand(pos, item, location)
    loose = pos.journal.balance(SPACE, key_of(location, item)) - sum(one.qty for one in stock)
    return _choose(stock, {one.code: max(one.qty, 0) for one in stock} | {"": max(loose, 0)}, qty)


def _before(cart: Cart, line: Line) -> list[Line]:
    found = []
    for other in cart.lines:
        if other.id == line.id:
            break
        if other.item.ref == line.item.ref and other.qty > 0:
            found.append(other)
    return found


def _wished(stock: list[Batch], expiry: str) -> list[Batch]:
    """Put the batches first that have the date of the label."""
    return sorted(stock, key=lambda one: one.expiry != expiry) if expiry else stock


def _named(pos: Pos, ref: str, code: str, printed: str, qty: int) -> Taken:
    """Return the batch that the label names; of two dates the earlier one counts."""
    rows = pos.db.fast(_ONE, {"item": ref, "batch": code})
    known = rows[0][0] if rows else ""
    expiry = min(filter(None, (known, printed)), default="")
    why = blocked(pos, state_of(pos, ref, code), expiry)
    return Taken(((code, qty),), {code: why} if why else {}, {code: expiry} if expiry else {})


def _choose(stock: list[Batch], left: dict[str, int], qty: int) -> Taken:
    """Take what may be sold, then what is in no batch, then what may not be sold, and the rest from nowhere."""
    parts: dict[str, int] = {}
    wrong: dict[str, str] = {}
    sellable = [(one.code, "") for one in stock if not one.why]
    refused = [(one.code, one.why) for one in stock if one.why]
    for code, why in (*sellable, ("", ""), *refused):
        take = min(qty, left[code])
        if take > 0:
            parts[code] = parts.get(code, 0) + take
            qty -= take
            wrong |= {code: why} if why else {}
    if qty:
        parts[""] = parts.get("", 0) + qty
    return Taken(tuple(parts.items()), wrong, {one.code: one.expiry for one in stock if one.expiry})
