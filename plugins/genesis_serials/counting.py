"""Serial numbers in a count of the stock: which pieces are seen, and what is put right when the count is posted.

A count names each piece of goods that are followed from their receipt on. When it is posted, pieces that should be at
its location and were not seen are not here any more, and pieces that were seen are. What came or went after its item
was counted stays as it is.
"""

from __future__ import annotations

from typing import Literal

from sqlalchemy import func, select

from genesis import Arrival, Balance, Guard, Kept, Pos, Refused
from genesis_serials.models import SEEN, SerialRow, SerialsMoved, SerialsSeen, seen as table, serial as serials
from genesis_serials.service import LEDGER, Pieces, becomes, pieces_of, states_of, wanted


def seen(pos: Pos, arrival: Arrival, *, again: bool) -> Kept | None:
    """Ask for the pieces that were seen in a count, and return what is kept of them; a piece is seen once.

    again: they take the place of those that were seen before.
    """
    goods = wanted(pos, arrival)
    if not goods:
        return None
    pos.journal.wait(pos.journal.raw.pos(), LEDGER)
    rows, guards = list[SerialRow](), list[Guard]()
    for one, pieces in zip(goods, pieces_of(pos, goods), strict=True):
        before = _before(pos, arrival.document, one)
        twice = before.intersection(pieces)
        if twice and not again:
            raise Refused(
                f"serial number {min(twice)} of {one.name} was counted already", "scan another piece", one.field
            )
        rows.append(SerialRow(item=one.item, name=one.name, serials=tuple(pieces)))
        gone = before.difference(pieces) if again else set[str]()
        guards += [Balance(SEEN, f"{arrival.document} {one.item} {piece}", int(piece in pieces) - int(piece in before),
                           was=int(piece in before)) for piece in sorted({*pieces, *gone})]  # fmt: skip
    fact = SerialsSeen(document=arrival.document, location=arrival.location, rows=tuple(rows), again=again)
    return Kept(facts=(fact,), guards=tuple(guards))


def _before(pos: Pos, document: str, goods: Pieces) -> set[str]:
    mine = select(table.c.serial).where(table.c.document == document, table.c.item == goods.item, table.c.serial != "")
    return {piece for (piece,) in pos.db.all(mine)}


def posted(pos: Pos, arrival: Arrival) -> Kept | None:
    """Return what a count that is posted says of pieces: those that are missing, and those that were found."""
    pos.journal.wait(pos.journal.raw.pos(), LEDGER)
    counted = select(table.c.item, func.max(table.c.name), func.max(table.c.at)).where(
        table.c.document == arrival.document
    )
    facts, guards = list[SerialsMoved](), list[Guard]()
    missing, found = list[SerialRow](), list[SerialRow]()
    for item, name, at in pos.db.all(counted.group_by(table.c.item).order_by(table.c.item)):
        there = _before(pos, arrival.document, Pieces(item, name, 0, "", ()))
        known = select(serials).where(serials.c.item == item)
        rows = {row.serial: row for row in pos.db.all(known)}
        later = {one for one, row in rows.items() if row.since > at}
        here = {one for one, row in rows.items() if row.state == "here" and row.location in ("", arrival.location)}
        states = states_of(pos, item, here - there - later)
        guards += becomes(item, {one: state for one, state in states.items() if state == "here"}, "gone")
        missing += _row(item, name, {one for one, state in states.items() if state == "here"})
        states = states_of(pos, item, there - later)
        new = {one: state for one, state in states.items() if state != "here"}
        guards += becomes(item, new, "here")
        found += _row(item, name, new)
    kinds: tuple[tuple[Literal["missing", "found"], list[SerialRow]], ...] = (("missing", missing), ("found", found))
    facts += [SerialsMoved(why=why, day=arrival.day, rows=tuple(some), told="counted", location=arrival.location)
              for why, some in kinds if some]  # fmt: skip
    return Kept(facts=tuple(facts), guards=tuple(guards)) if facts else None


def _row(item: str, name: str, pieces: object) -> list[SerialRow]:
    named = tuple(sorted(pieces))  # type: ignore[call-overload]
    return [SerialRow(item=item, name=name, serials=named)] if named else []
