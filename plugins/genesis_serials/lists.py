"""What is asked of the serial numbers: which pieces are here, and the trace of one."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Select, func, or_, select

from genesis import Pos, UserError
from genesis_serials.models import event, serial

KINDS = (("here", "Here"), ("moving", "On its way"), ("sold", "Sold"), ("gone", "Gone"))


class Event(NamedTuple):
    """What happened to a piece. told: from whom it came or why it went; document: receipt or delivery note."""

    day: str
    why: str
    told: str
    document: str
    customer: str


def select_serials(kind: str = "", text: str = "") -> Select[Any]:
    """Return a select of pieces in a state, "" for any; text: words of the item or the beginning of the number."""
    chosen = select(serial)
    if kind:
        chosen = chosen.where(serial.c.state == kind)
    for word in text.split():
        chosen = chosen.where(
            or_(serial.c.name.icontains(word, autoescape=True), serial.c.serial.icontains(word, autoescape=True))
        )
    return chosen


def count(pos: Pos, kind: str) -> int:
    """Return how many pieces are in a state."""
    return int(pos.db.all(select(func.count()).select_from(serial).where(serial.c.state == kind))[0][0])


def one(pos: Pos, item: str, number: str) -> Any:
    """Return a piece; UserError where nothing is known of it."""
    found = pos.db.one(select(serial).where(serial.c.item == item, serial.c.serial == number))
    if found is None:
        raise UserError(f"serial number {number[:40]!r} is not known", "read it again from the piece", "serial")
    return found


def every(pos: Pos, number: str) -> list[Any]:
    """Return the pieces of all items that have a number."""
    return pos.db.all(select(serial).where(serial.c.serial == number).order_by(serial.c.name, serial.c.item))


def trace(pos: Pos, item: str, number: str) -> list[Event]:
    """Return what happened to a piece, the oldest first."""
    found = select(event).where(event.c.item == item, event.c.serial == number)
    rows = pos.db.all(found.order_by(event.c.day, event.c.stream, event.c.seq, event.c.n))
    return [Event(row.day, row.why, row.told, row.document, row.customer) for row in rows]
