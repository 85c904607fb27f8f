"""Which goods are due to be counted: what moves the most value is counted the most often (ABC)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import accumulate
from typing import Literal, NamedTuple

from sqlalchemy import func, select

from genesis import Pos
from genesis_stock import service as stock
from genesis_stock.models import item as stock_item, level, move
from genesis_stocktake.models import count, row
from genesis_stocktake.settings import StocktakeSettings

AT_ONCE = 1_000  # items of a count of what is due: a few days' work, the most urgent first
YEAR = 365  # days of sales that the classes are made from
Class = Literal["A", "B", "C"]


class Due(NamedTuple):
    """An item to be counted. counted: day of its last posted count, "" for never; late: days beyond its interval."""

    item: str
    name: str
    kind: Class
    counted: str
    late: int


def classes(values: Mapping[str, int], a_percent: int, b_percent: int) -> dict[str, Class]:
    """Return the class of each item by the value it moved, the most valuable first.

    A are those that together make up a_percent of it, B those up to a_percent + b_percent, C the others; an item that
    reaches over a mark still belongs below it. What moved nothing is C.
    """
    ranked = sorted((item for item, value in values.items() if value > 0), key=lambda item: (-values[item], item))
    whole = sum(values[item] for item in ranked)
    before = accumulate((values[item] for item in ranked), initial=0)
    found: dict[str, Class] = dict.fromkeys(values, "C")
    for item, so_far in zip(ranked, before, strict=False):
        share = so_far * 100
        found[item] = "A" if share < whole * a_percent else "B" if share < whole * (a_percent + b_percent) else "C"
    return found


def due(pos: Pos, location: str | None = None, limit: int = 0) -> list[Due]:
    """Return what is due at a location (the one sold from by default): A before B before C, the latest first."""
    at = stock.place(pos, stock.places(pos)[0] if location is None else location)
    rules, today = pos.settings(StocktakeSettings), date.fromisoformat(stock.today(pos))
    every = {"A": rules.days_a, "B": rules.days_b, "C": rules.days_c}
    kept = select(stock_item.c.item, stock_item.c.name).where(
        stock_item.c.item.in_(select(level.c.item).where(level.c.location.in_((at, ""))))
    )
    names: dict[str, str] = dict(pos.db.all(kept))
    values = dict.fromkeys(names, 0) | {item: int(value) for item, value in _moved(pos, today) if item in names}
    last = _last_counts(pos, at)
    found = []
    for item, kind in classes(values, rules.share_a, rules.share_b).items():
        counted = last.get(item, "")
        late = (today - date.fromisoformat(counted)).days - every[kind] if counted else YEAR
        if every[kind] and late >= 0:
            found.append(Due(item, names[item], kind, counted, late))
    found.sort(key=lambda one: (one.kind, -one.late, one.name, one.item))
    return found[:limit] if limit else found


def _moved(pos: Pos, today: date) -> list[tuple[str, int]]:
    """Return (item, what its sales were worth at cost) of the last year."""
    since = (today - timedelta(days=YEAR)).isoformat()
    sold = select(move.c.item, -func.sum(move.c.value)).where(move.c.day >= since, move.c.why.in_(("sold", "returned")))
    return [(item, value) for item, value in pos.db.all(sold.group_by(move.c.item))]


def _last_counts(pos: Pos, at: str) -> dict[str, str]:
    """Return the day of the last posted count of each item at a location."""
    posted = select(row.c.item, func.max(count.c.closed)).join(count, count.c.count == row.c.count)
    wanted = posted.where(count.c.state == "posted", count.c.location == at).group_by(row.c.item)
    return dict(pos.db.all(wanted))
