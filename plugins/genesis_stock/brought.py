"""What items begin with where a list that was brought in says how many there are: once for each item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlalchemy import or_, select

from genesis import Free, Guard, Opened, Pos, Unique
from genesis_stock.models import OPENING, StockMoved, StockRow, item, move
from genesis_stock.service import LEDGER, movement, on_hand, shown

CHUNK = 250  # items of one fact
WHY = "opened"
T = TypeVar("T")


class Brought:
    """The stock with which items begin (`OpeningStock`)."""

    def __init__(self, pos: Pos) -> None:
        self._pos = pos

    def known(self, items: Sequence[str]) -> set[str]:
        """Return those that have some, or had: whatever moved otherwise than by a list that was taken back."""
        self._pos.permissions.require("stock.change", WHY)
        found = set(self._pos.journal.held(OPENING, items))
        for part in _parts(items):
            moved = select(move.c.item).where(move.c.item == item.c.item, move.c.why != WHY).exists()
            rows = self._pos.db.all(select(item.c.item).where(item.c.item.in_(part), or_(item.c.qty != 0, moved)))
            found |= {row[0] for row in rows}
        return found

    def record(self, rows: Sequence[Opened], document: str) -> None:
        """Record what items begin with; each of them only once, whoever else is bringing a list in."""
        for part in _parts(rows):
            guards: list[Guard] = [Unique(OPENING, row.item, document) for row in part]
            moved = [StockRow(item=row.item, name=row.name, qty=row.qty, cost=row.cost) for row in part]
            fact, moves = movement(self._pos, WHY, moved, document=document)  # a list of products names no pieces
            shown(self._pos, self._pos.journal.append(fact, guards=[*moves, *guards]), LEDGER)

    def recorded(self, document: str, after: int = 0) -> tuple[int, int]:
        """Return what stands in the journal."""
        rows = [row for fact in self._facts(document, after) for row in fact.rows]
        return sum(row.qty for row in rows), sum(row.qty * (row.cost or 0) for row in rows)

    def take_back(self, document: str) -> None:
        """Take back what is still there as it was recorded."""
        for fact in list(self._facts(document)):
            held = self._pos.journal.held(OPENING, [row.item for row in fact.rows])
            back = [row for row in fact.rows if row.qty > 0 and held.get(row.item, ("",))[0] == document
                    and on_hand(self._pos, row.item, fact.location) == row.qty]  # fmt: skip
            if back:
                rows = [StockRow(item=row.item, name=row.name, qty=-row.qty, cost=row.cost) for row in back]
                freed: list[Guard] = [Free(OPENING, row.item, document) for row in back]
                gone, moves = movement(self._pos, WHY, rows, location=fact.location, document=document)
                shown(self._pos, self._pos.journal.append(gone, guards=[*moves, *freed]), LEDGER)

    def _facts(self, document: str, after: int = 0) -> Iterator[StockMoved]:
        for entry in self._pos.journal.raw.scan(after):
            if entry.kind == StockMoved.kind:
                fact = entry.fact
                if isinstance(fact, StockMoved) and fact.why == WHY and fact.document == document:
                    yield fact


def _parts(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
