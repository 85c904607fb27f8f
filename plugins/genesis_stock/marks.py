"""From when on an item is low, too much or idle: its own mark, else that of its innermost category that has one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, literal, null, select

from genesis import Pos
from genesis.hooks import inventory
from genesis_stock.categories import innermost
from genesis_stock.models import item, mark, rule

_MARKS = select(mark.c.category, mark.c.low, mark.c.over, mark.c.idle)
Values = dict[str, int]  # id of a category ("": every other item) -> its mark


class Marks(NamedTuple):
    """The marks of each row of items joined with rules, as parts of a query: quantities, and the first day not idle."""

    low: ColumnElement[Any]
    over: ColumnElement[Any]
    since: ColumnElement[Any]


def columns(pos: Pos, idle_days: int, today: str) -> Marks:
    """Return the marks of items; idle_days: where neither item nor category says another number of days."""

    def since(days: int) -> str:
        return (date.fromisoformat(today) - timedelta(days=days)).isoformat()

    own = [days for (days,) in pos.db.all(select(rule.c.idle).where(rule.c.idle.is_not(None)).distinct())]
    known = case(*((rule.c.idle == days, since(days)) for days in own)) if own else null()
    low, over, idle, of = _of_categories(pos)
    return Marks(
        func.coalesce(rule.c.low, _cases(of, low, lambda qty: qty)),
        func.coalesce(rule.c.over, _cases(of, over, lambda qty: qty)),
        func.coalesce(known, _cases(of, idle, since), since(idle_days)),
    )


def of_items(pos: Pos, refs: Collection[str]) -> dict[str, tuple[int | None, int | None]]:
    """Return (low, over) of those of these items that are kept in stock, by item or category; none without marks."""
    if not pos.db.fast(_MARKS, {}):
        return {}
    found = columns(pos, 1, "2000-01-01")
    joined = select(item.c.item, found.low, found.over).select_from(item.outerjoin(rule, rule.c.id == item.c.item))
    return {ref: (low, over) for ref, low, over in pos.db.all(joined.where(item.c.item.in_(refs)))}


def _of_categories(pos: Pos) -> tuple[Values, Values, Values, ColumnElement[Any]]:
    """Return low, over and idle by category, and what is the category of an item in a query."""
    said = {category.casefold(): marks for category, *marks in pos.db.fast(_MARKS, {})}
    groups = pos.hooks.first(inventory.categorised)() if said else None
    paths = {"": (), **(groups.paths if groups is not None else {})}
    found: tuple[Values, Values, Values] = ({}, {}, {})
    for n, values in enumerate(found):
        of_this = {category: marks[n] for category, marks in said.items()}
        for group, path in paths.items():
            value = innermost(path, of_this.get)
            if value is not None:
                values[group] = value
    return *found, groups.of(item.c.item) if groups is not None else literal("")


def _cases(of: ColumnElement[Any], values: Values, shown: Callable[[int], Any]) -> ColumnElement[Any]:
    """Return the mark of each item by its category, as few comparisons as there are marks."""
    whole = values.get("")
    rest = literal(shown(whole)) if whole is not None else null()
    by_value: dict[int, list[str]] = {}
    for group, value in values.items():
        if group and value != whole:
            by_value.setdefault(value, []).append(group)
    return (
        case(*((of.in_(groups), shown(value)) for value, groups in by_value.items()), else_=rest) if by_value else rest
    )
