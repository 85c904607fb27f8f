"""Keeps goods for held carts, where the store wants it: from the moment a cart is put aside until it comes back.

The promise stands in the append that puts the cart aside, so no crash comes between the two. It ends with the append
that brings the cart back, or when its time has passed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from genesis import Allocation, Balance, Cart, CartHeld, Entry, Guard, GuardRefused, Pos, Projection, ViewDb
from genesis_stock.models import HELD, RESERVED, SPACE, StockReleased, held as table
from genesis_stock.service import StockSettings, in_parts, key_of, policy_of, reserved

ME = "stock"


def reserve(pos: Pos, cart: Cart, *, held: bool) -> Allocation | None:
    """Return what is kept for a cart that is put aside, or given back for one that comes back."""
    if held:
        return _keep(pos, cart) if pos.settings(StockSettings).reserve_held else None
    kept = _kept(pos, cart)
    if not kept:
        return None
    return Allocation(
        section={}, guards=tuple(guard for key, qty in kept.items() for guard in _back(cart.id, key, qty))
    )


def _keep(pos: Pos, cart: Cart) -> Allocation | None:
    """Keep what the cart wants; of a strict item as much of it as there is and nobody else keeps."""
    wanted: dict[str, int] = {}
    for line in cart.lines:
        if line.qty > 0 and line.returns is None and not in_parts(line):
            wanted[line.item.ref] = wanted.get(line.item.ref, 0) + line.qty
    rules = pos.settings(StockSettings)
    rows: list[tuple[str, str, int]] = []
    guards: list[Guard] = []
    for ref, asked in wanted.items():
        policy, key, qty = policy_of(pos, ref), key_of(rules.location, ref), asked
        if policy == "strict":
            there, others = pos.journal.balance(SPACE, key), reserved(pos, key)
            qty = min(asked, max(there - others, 0))
            guards += [Balance(SPACE, key, 0, floor=None, was=there), Balance(RESERVED, key, 0, floor=None, was=others)]
        if policy != "off" and qty:
            rows.append((key, ref, qty))
            guards += [Balance(RESERVED, key, qty), Balance(HELD, f"{cart.id} {key}", qty)]
    if not rows:
        return None
    until = (pos.clock.now() + timedelta(hours=rules.reserve_hours)).isoformat()
    return Allocation(section={"held": rows, "until": until}, guards=tuple(guards))


def _kept(pos: Pos, cart: Cart) -> dict[str, int]:
    """Return what is kept for a cart now, by key: what it says itself, and what the table says of an earlier time."""
    said = [key for key, _, _ in cart.sections.get(ME, {}).get("held", ())]
    said += [key for (key,) in pos.db.all(select(table.c.key).where(table.c.cart == cart.id))]
    return _amounts(pos, cart.id, said)


def _amounts(pos: Pos, cart: str, keys: list[str]) -> dict[str, int]:
    found = pos.journal.held(HELD, [f"{cart} {key}" for key in keys])
    return {key: found[f"{cart} {key}"][1] for key in dict.fromkeys(keys) if found.get(f"{cart} {key}", ("", 0))[1]}


def _back(cart: str, key: str, qty: int) -> list[Guard]:
    return [Balance(HELD, f"{cart} {key}", -qty, was=qty), Balance(RESERVED, key, -qty)]


def kept_for_carts(pos: Pos) -> dict[str, int]:
    """Return how much of each item is kept for held carts (thousandths)."""
    if not pos.settings(StockSettings).reserve_held:
        return {}
    sums = select(table.c.item, func.sum(table.c.qty)).group_by(table.c.item)
    return {ref: int(qty) for ref, qty in pos.db.all(sums)}


def expire(pos: Pos) -> int:
    """Give back what is kept for carts whose time has passed; returns for how many. The carts stay where they are."""
    late = select(table.c.cart, table.c.key).where(table.c.until < pos.clock.now().isoformat())
    carts: dict[str, list[str]] = {}
    for cart, key in pos.db.all(late):
        carts.setdefault(cart, []).append(key)
    done = 0
    for cart, keys in carts.items():
        amounts = _amounts(pos, cart, keys)
        fact = StockReleased(cart=cart, rows=tuple((key, amounts.get(key, 0)) for key in keys))
        try:
            pos.journal.append(fact, guards=[one for key, qty in amounts.items() for one in _back(cart, key, qty)])
            done += 1
        except GuardRefused:  # it came back this moment
            continue
    return done


# -- what is kept ------------------------------------------------------------------------------------------


def moved(db: ViewDb, entry: Entry) -> None:
    """A cart was put aside, or came back."""
    fact = entry.fact
    if not isinstance(fact, CartHeld) or ME not in fact.sections:
        return
    said: dict[str, Any] = fact.sections[ME]
    if fact.held:
        db.upsert(table, [{"cart": fact.sale, "key": key, "item": ref, "qty": qty, "until": said["until"]}
                          for key, ref, qty in said["held"]])  # fmt: skip
    else:
        db.delete(table, [{"cart": fact.sale}])


def released(db: ViewDb, entry: Entry) -> None:
    """The time of a cart had passed."""
    fact = entry.fact
    if isinstance(fact, StockReleased):
        db.delete(table, [{"cart": fact.cart, "key": key} for key, _ in fact.rows])


LEDGER = Projection(name="stock_held", tables=(table,), rank=41,
                    handlers={"cart.held": moved, "stock.released": released})  # fmt: skip
