"""What is asked of the counts: their rows with what differs, judged by the database, and what of it may be seen."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Select, and_, case, false, func, literal, or_, select

from genesis import Pos
from genesis_stocktake.models import count, row
from genesis_stocktake.settings import StocktakeSettings

E7 = 10_000_000
DIFF = row.c.counted - row.c.expected
VALUE = DIFF * func.coalesce(row.c.cost, 0)


class Counted(NamedTuple):
    """A row of a count (`of`). diff in thousandths, value in ten-millionths; why: it must be counted again."""

    of: str
    item: str
    batch: str
    name: str
    expected: int
    counted: int
    recounts: int
    by: str
    diff: int
    value: int
    why: str


class Totals(NamedTuple):
    """A count in figures: its rows, those that differ, those to be counted again, and what the differences are worth.

    facts: how many counted something in it.
    """

    rows: int
    differ: int
    again: int
    value: int
    facts: int


def open_counts(pos: Pos) -> list[Any]:
    """Return the counts that are open, or signed off and not posted whole, the newest first."""
    return pos.db.all(select(count).where(count.c.state.in_(("open", "signed"))).order_by(count.c.count.desc()))


def hidden(pos: Pos, found: Any) -> bool:
    """Return whether what is expected is kept from who looks: the count is blind, open, and not theirs to sign off."""
    return bool(found.blind and found.state == "open" and pos.permissions.reason(pos.actor, "stocktake.post"))


def again(pos: Pos) -> Any:
    """Return, as a part of a query, why a row must be counted again: moved, units, value, or "" where it need not."""
    rules, never = pos.settings(StocktakeSettings), row.c.recounts == 0
    units = func.abs(DIFF) > rules.recount_units * 1_000 if rules.recount_units else false()
    value = func.abs(VALUE) > rules.recount_value * E7 if rules.recount_value else false()
    return case((row.c.moved, "moved"), (and_(never, units), "units"), (and_(never, value), "value"), else_="")


def rows(pos: Pos, key: str = "", *, expected: bool = True) -> Select[Any]:
    """Return a select of the rows of a count, "" for those of all, in the order of `Counted`.

    expected: also what is expected of a blind count that who acts may not see; such rows are left out without.
    """
    shown = select(row.c.count.label("of"), row.c.item, row.c.batch, row.c.name, row.c.expected, row.c.counted,
                   row.c.recounts, row.c.by, DIFF.label("diff"), VALUE.label("value"),
                   again(pos).label("why"))  # fmt: skip
    if key:
        shown = shown.where(row.c.count == key)
    if not expected and pos.permissions.reason(pos.actor, "stocktake.post"):
        seen = select(count.c.count).where(or_(count.c.blind.is_(False), count.c.state != "open"))
        shown = shown.where(row.c.count.in_(seen))
    return shown


def counted(pos: Pos, found: Any) -> Counted:
    """Return a row of `rows`, with why it must be counted again as a person reads it."""
    rules = pos.settings(StocktakeSettings)
    told = {"moved": "it was sold or received while it was counted",
            "units": f"more than {rules.recount_units} differ",
            "value": f"the difference is worth more than {rules.recount_value}"}  # fmt: skip
    return Counted._make((*found[:-1], told.get(found.why, "")))


def rows_of(pos: Pos, key: str) -> list[Counted]:
    """Return what was counted, by name, with what differs and what must be counted again."""
    found = pos.db.all(rows(pos, key).order_by(row.c.name, row.c.item, row.c.batch))
    return [counted(pos, one) for one in found]


def largest(pos: Pos, key: str, most: int) -> list[Counted]:
    """Return the rows that differ, the largest value first."""
    found = rows(pos, key).where(DIFF != 0).order_by(func.abs(VALUE).desc(), row.c.name, row.c.item, row.c.batch)
    return [counted(pos, one) for one in pos.db.all(found.limit(most))]


def to_recount(pos: Pos, key: str, most: int) -> list[Counted]:
    """Return the first rows that must be counted again, by name."""
    found = rows(pos, key).where(again(pos) != "").order_by(row.c.name, row.c.item, row.c.batch)
    return [counted(pos, one) for one in pos.db.all(found.limit(most))]


def totals(pos: Pos, key: str) -> Totals:
    """Return a count in figures."""

    def how_many(what: Any) -> Any:
        return func.coalesce(func.sum(case((what, 1), else_=0)), 0)

    sums = select(func.count(), how_many(DIFF != 0), how_many(again(pos) != literal("")),
                  func.coalesce(func.sum(VALUE), 0), func.coalesce(func.sum(row.c.facts), 0))  # fmt: skip
    return Totals(*(int(one) for one in pos.db.all(sums.where(row.c.count == key))[0]))
