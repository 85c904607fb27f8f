"""What the till asks about batches: may this line be sold, what does it take, and where does a return go."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from genesis import Allocation, Balance, Cart, Confirm, Guard, Line, Pos, Problem, Refused
from genesis_batches.choice import LABEL, Taken, blocked, plan, state_of
from genesis_batches.models import ME, STATE, batch
from genesis_stock.models import BATCHES
from genesis_stock.service import StockSettings, batch_key, policy_of

OVERRIDE = "batches.override"
MEND = "void this line, or have the sale completed by whoever may override it"
APPROVED = "approved"  # of a line: what somebody approved of it, why each batch is blocked, and who did
_EXPIRY = select(batch.c.expiry).where(batch.c.item == bindparam("item"), batch.c.batch == bindparam("batch"))


def check_line(pos: Pos, cart: Cart, line: Line) -> dict[str, Any] | None:
    """Refuse a line that would take what may not be sold; ask whoever may do it all the same.

    What somebody approves is kept with the line, so that it is not asked again when it is paid.
    """
    if line.qty <= 0 or line.returns is not None:
        return None
    taken = plan(pos, cart, line)
    if not taken.blocked:
        return None
    told = _told(line, taken)
    if not pos.permissions.reason(pos.actor, OVERRIDE):
        raise Confirm(f"{told}. Sell it all the same?", "it is recorded with your name", "batch")
    pos.permissions.require(OVERRIDE, ", ".join(sorted(taken.blocked)), why=told)
    return {APPROVED: taken.blocked, "by": pos.permissions.by(OVERRIDE)}


def _approved(line: Line, taken: Taken) -> bool:
    """Whether somebody has approved this line with all that is wrong with it now."""
    approved = line.sections.get(ME, {}).get(APPROVED, {})
    return all(approved.get(code) == why for code, why in taken.blocked.items())


def problems(pos: Pos, cart: Cart) -> list[Problem] | None:
    """Say before money is taken what may not be sold: it may have been recalled since it was scanned.

    Whoever may override it is asked once more; for others it is refused.
    """
    barred = bool(pos.permissions.reason(pos.actor, OVERRIDE))
    sold = [line for line in cart.lines if line.qty > 0 and line.returns is None]
    found = [(line, taken) for line in sold if not _approved(line, taken := plan(pos, cart, line))]
    remedy = MEND if barred else "void this line, or sell it all the same: it is recorded with your name"
    return [Problem(text=_told(line, taken), remedy=remedy, blocking=barred) for line, taken in found] or None


def _told(line: Line, taken: Taken) -> str:
    told = [f"batch {code} is {why}" if code else f"it is {why}" for code, why in sorted(taken.blocked.items())]
    return f"{line.item.name}: {', '.join(told)}"


def allocate(pos: Pos, cart: Cart, line: Line) -> Allocation | None:
    """Return the batches a line takes or gives back, and the guards that make it true.

    A batch is promised like its item (strict: never below zero), and not to have been recalled meanwhile.
    """
    if cart.mode != "normal":
        return None
    if line.returns is not None or line.qty < 0:
        return _back(pos, line)
    taken = plan(pos, cart, line)
    if not taken.blocked and all(not code for code, _ in taken.parts):
        return None
    approved = _approved(line, taken)
    if not approved and pos.permissions.reason(pos.actor, OVERRIDE):  # recalled while a card was being charged
        raise Refused(_told(line, taken), MEND, "batch")
    guards = _moved(pos, line.item.ref, taken.parts)
    guards += [Balance(STATE, f"{line.item.ref} {code}", 0, floor=None, was=0)
               for code, _ in taken.parts if code and code not in taken.blocked]  # fmt: skip
    section: dict[str, Any] = {"taken": [[code, qty] for code, qty in taken.parts]}
    if taken.blocked:
        section |= {"blocked": taken.blocked, "by": line.sections[ME]["by"] if approved else pos.actor.id}
    return Allocation(section=section, guards=tuple(guards))


def _moved(pos: Pos, ref: str, parts: tuple[tuple[str, int], ...]) -> list[Guard]:
    """Return the balance of each batch; what is taken may be promised not to go below zero."""
    policy = policy_of(pos, ref)
    if policy == "off":
        return []
    at = pos.settings(StockSettings).location
    return [
        Balance(BATCHES, batch_key(at, ref, code), -qty, floor=0 if qty > 0 and policy == "strict" else None)
        for code, qty in parts
        if code
    ]


def _back(pos: Pos, line: Line) -> Allocation | None:
    """Return goods to the batches they came from; an expired batch that comes back goes into quarantine."""
    ref = line.item.ref
    parts = _returned(line)
    if all(not code for code, _ in parts) and not line.sections.get(ME):
        return None
    guards = _moved(pos, ref, parts)
    expired = []
    for code, _ in parts:
        rows = pos.db.fast(_EXPIRY, {"item": ref, "batch": code}) if code else []
        if rows and state_of(pos, ref, code) == "ok" and blocked(pos, "ok", rows[0][0]):
            expired.append(code)
            guards.append(Balance(STATE, f"{ref} {code}", 2, floor=None, was=0))
    section = {"taken": [[code, qty] for code, qty in parts], "blocked": {}, "quarantine": expired}
    return Allocation(section=section, guards=tuple(guards))


def _returned(line: Line) -> tuple[tuple[str, int], ...]:
    """Return the parts of a sold line that come back: each return goes on where the one before it stopped."""
    label = line.item.sections.get(LABEL, {}) or line.sections.get(LABEL, {})
    taken = line.sections.get(ME, {}).get("taken") if line.returns is not None else None
    if line.returns is None or not taken or sum(qty for _, qty in taken) != line.returns.sold:
        return ((label.get("batch", ""), line.qty),)
    start, end, at = line.returns.before, line.returns.before - line.qty, 0
    parts = []
    for code, qty in taken:
        part = min(end, at + qty) - max(start, at)
        if part > 0:
            parts.append((code, -part))
        at += qty
    return tuple(parts)
