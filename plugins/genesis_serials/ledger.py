"""Keeps from facts which piece is where, and what happened to it.

A sale made while this plugin was off names a piece only where a label said it, or where it came back whole.
"""

from __future__ import annotations

from typing import Any

from genesis import Entry, Projection, SaleCompleted, SaleLine, ViewDb
from genesis_serials.models import COME, LABEL, ME, SerialsMoved, SerialsSeen, event, seen, serial


def _keep(
    db: ViewDb, entry: Entry, moves: list[dict[str, Any]], state: str, name: str, location: str = ""
) -> None:  # fmt: skip
    """Write down what happened to pieces of one item; they are in this state now, and at this location."""
    if moves:
        first = moves[0]["n"]
        db.upsert(event, [{"stream": entry.stream, "seq": entry.seq} | one | {"n": first + i}
                          for i, one in enumerate(moves)])  # fmt: skip
        db.upsert(serial, [{"item": one["item"], "serial": one["serial"], "name": name, "state": state,
                            "day": one["day"], "since": entry.pos, "location": location} for one in moves])  # fmt: skip


def moved(db: ViewDb, entry: Entry) -> None:
    """Pieces came or went otherwise than by a sale."""
    fact = entry.fact
    if not isinstance(fact, SerialsMoved):
        return
    state, n = ("here" if fact.why in COME else "moving" if fact.why == "sent" else "gone"), 0
    for row in fact.rows:
        said = {"item": row.item, "day": fact.day, "why": fact.why, "told": fact.told, "document": fact.document,
                "customer": "", "n": n}  # fmt: skip
        _keep(
            db,
            entry,
            [said | {"serial": one} for one in row.serials],
            state,
            row.name,
            fact.location if state == "here" else "",
        )
        n += len(row.serials)


def named(line: SaleLine) -> list[str]:
    """Return the pieces that a line sold or took back; none where it does not name as many as it moved.

    What a return carries along of its sale counts only where all of it came back: the quantities say so.
    """
    label = line.sections.get(LABEL, {}).get("serial", "")
    found = [str(one) for one in line.sections.get(ME, {}).get("serials", ())] or ([label] if label else [])
    return found if len(found) * 1_000 == abs(line.qty) else []


def sold(db: ViewDb, entry: Entry) -> None:
    """A sale took pieces, or brought some back."""
    fact = entry.fact
    if not isinstance(fact, SaleCompleted) or fact.mode != "normal":
        return
    n = 0
    for line in fact.lines:
        why, state = ("sold", "sold") if line.qty > 0 else ("returned", "here")
        said = {"item": line.item, "day": fact.business_day, "why": why, "told": "", "document": fact.number,
                "customer": fact.customer, "n": n}  # fmt: skip
        pieces, at = named(line), line.sections.get("stock", {}).get("location", "") if state == "here" else ""
        _keep(db, entry, [said | {"serial": one} for one in pieces], state, line.name, at)
        n += len(pieces)


def counted(db: ViewDb, entry: Entry) -> None:
    """Pieces were seen in a count; a row without a number says that the item was counted, whatever was there."""
    fact = entry.fact
    if not isinstance(fact, SerialsSeen):
        return
    for row in fact.rows:
        if fact.again:
            db.delete(seen, [{"document": fact.document, "item": row.item}])
        db.upsert(seen, [{"document": fact.document, "item": row.item, "serial": one, "name": row.name,
                          "location": fact.location, "at": entry.pos} for one in ("", *row.serials)])  # fmt: skip


LEDGER = Projection(
    name="serials_serial", tables=(serial, event, seen), rank=44, version=2,
    handlers={"serials.moved": moved, "serials.seen": counted, "sale.completed": sold},
)  # fmt: skip
