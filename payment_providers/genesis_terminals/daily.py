"""Asks the providers for what differs, records it, and keeps what nobody has looked into yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select

from genesis import Discrepancy, Pos, StoreSettings, UserError, business_today
from genesis.hooks.payment import reconcile
from genesis_terminals.ledger import MOST, SOLD, Compared, Difference, DifferenceSettled, compared, difference, payment
from genesis_terminals.models import TerminalSettings

MAY = "terminals.compare"  # permission


class Answer(NamedTuple):
    """What came of comparing one method. fault: why nothing was compared, "" where it was."""

    method: str
    fact: Compared | None
    fault: str


def compare_day(pos: Pos, day: str = "") -> list[Answer]:
    """Compare a business day (ISO date; "" for yesterday) with the books of every provider; each result is a fact.

    Blocks while the providers are asked; whoever calls it looks at the permission first.
    """
    day = checked(pos, day)
    answers: list[Answer] = []
    for plugin, found in pos.hooks.authored(reconcile)(day=day):
        faults = [one for one in found if one.what == "not_read"]
        if faults:
            answers += [Answer(one.method, None, one.text) for one in faults]
            continue
        answers += [_recorded(pos, day, method, found) for method in _methods(pos, plugin, day, found)]
    return answers


def checked(pos: Pos, day: str) -> str:
    """Return a business day that is over or under way; UserError where it is no date, or still to come."""
    day = day or business_today(pos, 1)
    try:
        date.fromisoformat(day)
    except ValueError as error:
        raise UserError(f"day: {day!r} is no date", "write it as 2026-03-02", "day") from error
    if day > business_today(pos):
        raise UserError(f"day: {day} is still to come", "name a day that was", "day")
    return day


def _methods(pos: Pos, plugin: str, day: str, found: Sequence[Discrepancy]) -> list[str]:
    """Return the ways to pay of a plugin that have something to compare: they are named like it, or begin so."""
    used = {row.method for row in pos.db.all(select(payment.c.method).where(payment.c.day == day).distinct())}
    mine = {name for name in used if name == plugin or name.startswith(f"{plugin}_")}
    return sorted(mine | {one.method for one in found}) or [plugin]


def _recorded(pos: Pos, day: str, method: str, found: Sequence[Discrepancy]) -> Answer:
    sold = (payment.c.day == day, payment.c.method == method, payment.c.state == SOLD)
    count, ours = pos.db.all(select(func.count(), func.coalesce(func.sum(payment.c.amount), 0)).where(*sold))[0]
    mine = {one.reference: one for one in found if one.method == method}
    far = sum(one.theirs - one.ours for one in mine.values())
    differences = tuple(
        Difference(reference=one.reference, what=one.what, ours=one.ours, theirs=one.theirs, currency=one.currency,
                   receipt=one.receipt, text=one.text) for one in mine.values() if one.what != "not_read"
    )  # fmt: skip
    fact = Compared(day=day, method=method, payments=count, ours=int(ours), theirs=int(ours) + far,
                    currency=pos.settings(StoreSettings).currency, differences=differences[:MOST],
                    more=max(len(differences) - MOST, 0))  # fmt: skip
    pos.journal.append(fact)
    return Answer(method, fact, "")


def due(pos: Pos) -> str:
    """Return the business day that should be compared now: yesterday, once its hour has come; "" for none."""
    hour, day = pos.settings(TerminalSettings).compare_hour, business_today(pos, 1)
    if hour < 0 or pos.clock.now().hour < hour:
        return ""
    done = {row.method for row in pos.db.all(select(compared.c.method).where(compared.c.day == day))}
    used = {row.method for row in pos.db.all(select(payment.c.method).where(payment.c.day == day).distinct())}
    return day if used - done else ""


def unsettled(pos: Pos) -> list[Any]:
    """Return the differences that nobody has looked into, the oldest first."""
    rows = select(difference).where(difference.c.settled == "")
    return pos.db.all(rows.order_by(difference.c.day, difference.c.method, difference.c.reference))


def days(pos: Pos) -> Counter[str]:
    """Return business day -> differences that nobody has looked into."""
    return Counter(row.day for row in unsettled(pos))


def settle(pos: Pos, day: str, reference: str, reason: str) -> None:
    """Note what came of a difference; UserError where there is none, or no reason."""
    pos.permissions.require(MAY)
    found = next((row for row in unsettled(pos) if (row.day, row.reference) == (day, reference)), None)
    if found is None:
        raise UserError(f"reference: no difference {reference!r} of {day} is open",
                        "see `genesis payments differences`", "reference")  # fmt: skip
    if not reason.strip():
        raise UserError("why: it is needed", "say what came of it", "why")
    pos.journal.append(DifferenceSettled(day=day, method=found.method, reference=reference,
                                         reason=reason.strip()[:200]))  # fmt: skip
