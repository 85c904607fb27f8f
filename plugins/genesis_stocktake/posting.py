"""Ends a count: its differences are posted, in as many appends as they need, or it is given up.

Up to CHUNK differences and the end of the count are one append. More of them are posted part by part, by item and
batch: the first part signs the count off, so that nothing more is counted in it, each says how far it came, and the
last ends it. Guards let each part happen once. Where it stops between two, the count says so until the rest is posted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from genesis import Arrival, Balance, Fact, Guard, GuardRefused, Pos, UserError, many
from genesis.hooks import inventory
from genesis_stock import service as stock
from genesis_stock.models import BATCHES, SPACE, StockRow
from genesis_stocktake import lists
from genesis_stocktake.lists import Totals
from genesis_stocktake.models import CLOSED, OPEN, POSTED, SIGNED, STATE, TALLY, CountClosed, CountSigned, row as rows
from genesis_stocktake.service import LEDGER, one, opened, standing

CHUNK = 500  # differences of one append
WHY = "counted"  # the reason where none is given
Progress = Callable[[int, int], bool]


def post(pos: Pos, key: str, progress: Progress = lambda _done, _whole: True, *, reason: str = "") -> Totals:
    """Sign a count off and post its differences; what was not counted stays as it is.

    reason: why they differ, as far as it is known; it stands with each movement.
    progress(rows done, rows in all) may return False to stop: what is posted stays so, and a later call posts the
    rest. Raises UserError where something must be counted again, was counted this moment, or a strict item would fall
    below zero; it says how much is posted by then.
    """
    pos.permissions.require("stocktake.post")
    pos.journal.wait(pos.journal.raw.pos(), LEDGER)
    state, done = standing(pos, key), posted(pos, key)
    found, whole = one(pos, key), lists.totals(pos, key)
    _complete(pos, key, whole)
    try:
        _post(pos, found, whole, state, done, progress, reason.strip()[:200] or WHY)
    except GuardRefused as error:
        raise _late(pos, found, error, whole.rows) from error
    return whole


def _complete(pos: Pos, key: str, whole: Totals) -> None:
    if not whole.rows:
        raise UserError("nothing was counted", "count something, or give the count up", "count")
    if whole.again:
        named = ", ".join(f"{row.name} ({row.why})" for row in lists.to_recount(pos, key, 5))
        raise UserError(f"{whole.again} must be counted again: {named}", "count them again, then post", "count")


def _post(
    pos: Pos, found: Any, whole: Totals, state: int, done: int, progress: Progress, reason: str
) -> None:  # fmt: skip
    key = found.count
    rest = pos.db.all(lists.rows(pos, key).order_by(rows.c.item, rows.c.batch).offset(done))
    parts = list(_parts(rest))
    for n, (covered, moved) in enumerate(parts, 1):
        facts, more, after = list[Fact](), list[Guard](), SIGNED
        if n == len(parts):
            facts, more = _closing(pos, found)
            after = CLOSED
        elif state == OPEN:
            facts = [CountSigned(count=key, by=pos.actor.name, day=stock.today(pos))]
        guards: list[Guard] = [
            Balance(STATE, key, after - state, was=state), Balance(TALLY, key, 0, was=whole.facts),
            Balance(POSTED, key, covered, was=done), *more,
        ]  # fmt: skip
        if moved:
            appended = stock.change(pos, "counted", moved, location=found.location, reason=reason,
                                    document=found.title, also=(*facts, *guards))  # fmt: skip
        else:
            appended = pos.journal.append(*facts, guards=guards)
        state, done = after, done + covered
        stock.shown(pos, appended, LEDGER)
        if not progress(done, whole.rows) and n < len(parts):
            return


def _closing(pos: Pos, found: Any) -> tuple[list[Fact], list[Guard]]:
    """Return the end of a count, with what others say who keep more of its goods (serial numbers)."""
    arrival = Arrival(day=stock.today(pos), location=found.location, rows=(), document=found.count, why="counted")
    kept = list(pos.hooks.each(inventory.receive)(arrival=arrival))
    closed = CountClosed(count=found.count, state="posted", by=pos.actor.name, day=stock.today(pos))
    facts = [closed, *(fact for one in kept for fact in one.facts)]
    return facts, [guard for one in kept for guard in one.guards]


def _parts(rest: Sequence[Any]) -> Iterator[tuple[int, list[StockRow]]]:
    """Yield (how many rows, what moves): each part but the last with as many differences as one append takes."""
    covered, moved = 0, list[StockRow]()
    for row in rest:
        if row.diff and len(moved) == CHUNK:
            yield covered, moved
            covered, moved = 0, []
        covered += 1
        if row.diff:
            moved.append(StockRow(item=row.item, name=row.name, qty=row.diff, batch=row.batch))
    yield covered, moved


def give_up(pos: Pos, key: str) -> None:
    """End a count without changing the stock; not one that is posted in part."""
    pos.permissions.require("stocktake.post")
    pos.journal.wait(pos.journal.raw.pos(), LEDGER)
    found, whole = opened(pos, key), lists.totals(pos, key)
    fact = CountClosed(count=key, state="given up", by=pos.actor.name, day=stock.today(pos))
    guards: list[Guard] = [Balance(STATE, key, CLOSED, was=OPEN), Balance(TALLY, key, 0, was=whole.facts)]
    try:
        stock.shown(pos, pos.journal.append(fact, guards=guards), LEDGER)
    except GuardRefused as error:
        raise _late(pos, found, error, whole.rows) from error


def posted(pos: Pos, key: str) -> int:
    """Return how many rows of a count are posted."""
    return pos.journal.balance(POSTED, key)


def _late(pos: Pos, found: Any, error: GuardRefused, whole: int) -> UserError:
    """Say why a count was not closed: somebody closed it, counted in it, or a strict item has too little left."""
    opened(pos, found.count, SIGNED)
    done = posted(pos, found.count)
    so_far = many(
        "{count} of its {rows} rows is posted, the rest is not",
        "{count} of its {rows} rows are posted, the rest is not",
        done,
        rows=whole,
    )
    so_far = so_far if done else "nothing of it is posted"
    if error.guard.space in (SPACE, BATCHES):
        return UserError(f"{found.title}: an item that is never below zero would be ({error}); {so_far}",
                         "count that item again, then post", "count")  # fmt: skip
    if one(pos, found.count).state == "signed":
        return UserError(f"{found.title} is being posted by somebody else, or was counted again; {so_far}",
                         "look at it again, then post the rest", "count")  # fmt: skip
    return UserError(f"{found.title} was not closed: something was counted this moment", "look at it again", "count")
