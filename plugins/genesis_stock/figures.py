"""What is asked of the ledger: value on any day, the stock card of an item, and what needs attention."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from genesis import Figure, Money, Pos, Report, exponent, quantity_text, round_ratio
from genesis_stock.ledger import TRANSIT
from genesis_stock.marks import columns
from genesis_stock.models import item, level, move, rule
from genesis_stock.service import StockSettings, today
from genesis_stock.typed import sees_costs

PRODUCTS_PAGE = "catalog.products"
E7 = 10_000_000  # what a value is counted in


def money(pos: Pos, value: int) -> Money:
    """Return a value of the ledger, rounded to the store's currency."""
    return Money(round_ratio(value * 10 ** exponent(pos.currency), E7), pos.currency)


def worth(pos: Pos, day: str = "") -> int:
    """Return what all stock was worth at the end of a day (ten-millionths), by the days movements count on."""
    if not day:
        return int(pos.db.all(select(func.coalesce(func.sum(item.c.value), 0)))[0][0])
    return int(pos.db.all(select(func.coalesce(func.sum(move.c.value), 0)).where(move.c.day <= day))[0][0])


def last_days(pos: Pos, count: int = 14) -> list[int]:
    """Return what all stock was worth at the end of each of the last days, today's end last."""
    now = date.fromisoformat(today(pos))
    days = [(now - timedelta(days=back)).isoformat() for back in range(count)]
    moved = select(move.c.day, func.sum(move.c.value)).where(move.c.day >= days[-1]).group_by(move.c.day)
    changed = {day: int(value) for day, value in pos.db.all(moved)}
    values = [worth(pos)]
    for day in days[:-1]:
        values.append(values[-1] - changed.get(day, 0))
    return values[::-1]


def was_on_hand(pos: Pos, ref: str, day: str) -> int:
    """Return what was on hand of an item at the end of a day, everywhere (thousandths)."""
    wanted = select(func.coalesce(func.sum(move.c.qty), 0)).where(move.c.item == ref, move.c.day <= day)
    return int(pos.db.all(wanted)[0][0])


class CardRow(NamedTuple):
    """A row of a stock card; left: on hand after it."""

    day: str
    why: str
    qty: int
    left: int
    location: str
    batch: str
    reason: str


def card(pos: Pos, ref: str, limit: int = 50) -> list[CardRow]:
    """Return the last movements of an item, the newest first."""
    recent = select(move).where(move.c.item == ref).order_by(move.c.day.desc(), move.c.stream, move.c.seq.desc(),
                                                             move.c.n.desc()).limit(limit)  # fmt: skip
    rows: list[CardRow] = []
    left = int(pos.db.all(select(func.coalesce(func.sum(move.c.qty), 0)).where(move.c.item == ref))[0][0])
    for row in pos.db.all(recent):
        rows.append(CardRow(row.day, row.why, row.qty, left, row.location, row.batch, row.reason))
        left -= row.qty
    return rows


KINDS = (("out", "Out of stock"), ("low", "Low"), ("over", "Too much"), ("idle", "Without movement"))
ALERTS = tuple(kind for kind, _ in KINDS)


def alerts(pos: Pos, kind: str) -> Select[Any]:
    """Return a select of the items that are out, low, over or idle by the store's rules."""
    marks = columns(pos, pos.settings(StockSettings).idle_days, today(pos))
    joined = select(item).select_from(item.outerjoin(rule, rule.c.id == item.c.item))
    on = or_(rule.c.policy.is_(None), rule.c.policy != "off")
    if kind == "out":
        return joined.where(on, item.c.qty <= 0)
    if kind == "low":
        return joined.where(on, item.c.qty > 0, item.c.qty <= marks.low)
    if kind == "over":
        return joined.where(on, item.c.qty >= marks.over)
    return joined.where(on, item.c.qty > 0, item.c.last < marks.since)


def items(pos: Pos, kind: str) -> Select[Any]:
    """Return a select of the items an alert is about."""
    return alerts(pos, kind).with_only_columns(item.c.item)


def count(pos: Pos, kind: str) -> int:
    """Return how many items an alert is about."""
    return int(pos.db.all(select(func.count()).select_from(alerts(pos, kind).subquery()))[0][0])


def cards(pos: Pos) -> list[Figure]:
    """Return the figures of stock: its value, and what needs attention."""
    return [value(pos), low(pos)] if sees_costs(pos) else [low(pos)]


def value(pos: Pos) -> Figure:
    """Return what the stock is worth, for who may see costs."""
    return Figure(id="stock.value", title="Stock value", value=money(pos, worth(pos)), tone="good", go="stock.items",
                  series=tuple(one // E7 for one in last_days(pos)))  # fmt: skip


def low(pos: Pos) -> Figure:
    """Return how many items need attention."""
    out, few = count(pos, "out"), count(pos, "low")
    return Figure(id="stock.low", title="Low stock", value=str(few), note=f"{out} out of stock", go="stock.items",
                  tone="bad" if out else "warn" if few else "good")  # fmt: skip


def place_of(pos: Pos, location: ColumnElement[str]) -> ColumnElement[str]:
    """Return an expression of the place that a row is about: one that names none is of the location sold from.

    Goods came before that location had a name, or were sold while this plugin was off.
    """
    sold_from = pos.settings(StockSettings).location
    return case((location == "", sold_from), else_=location) if sold_from else location


def levels(pos: Pos, ref: str) -> list[Any]:
    """Return (location, batch, quantity) of an item where there is any."""
    at, qty = place_of(pos, level.c.location), func.sum(level.c.qty)
    wanted = select(at.label("location"), level.c.batch, qty.label("qty")).where(level.c.item == ref)
    rows = pos.db.all(wanted.group_by(at, level.c.batch).having(qty != 0).order_by(at, level.c.batch))
    return [(row.location, row.batch, int(row.qty)) for row in rows]


def called(location: str) -> str:
    """Return a location as a person reads it: the store has no name, and what is in transit is on its way."""
    return "On its way" if location.startswith(TRANSIT) else location or "Store"


def attention(pos: Pos, _parameters: dict[str, str]) -> list[tuple[str, ...]]:
    """Return what needs attention now: why, which item, how much of it is there."""
    titles = {"out": "Out of stock", "low": "Low", "over": "Too much", "idle": "Without movement"}
    return [(titles[kind], row.name, quantity_text(row.qty))
            for kind in ALERTS for row in pos.db.all(alerts(pos, kind).order_by(item.c.name, item.c.item))]  # fmt: skip


ATTENTION = Report(id="stock.attention", title="Stock that needs attention", run=attention,
                   columns=("Why", "Item", "On hand"))  # fmt: skip


def valued(pos: Pos, parameters: dict[str, str]) -> list[tuple[str, ...]]:
    """Return what was on hand of each item and what it was worth at the end of a day, "" for now; all of it last.

    Values are there for whoever may see what goods cost.
    """
    sums = select(item.c.name, func.sum(move.c.qty).label("qty"), func.sum(move.c.value).label("value"))
    found = sums.join(item, item.c.item == move.c.item).group_by(move.c.item, item.c.name)
    if parameters.get("until"):
        found = found.where(move.c.day <= parameters["until"])
    rows = [row for row in pos.db.all(found.order_by(item.c.name, move.c.item)) if row.qty or row.value]
    costs = sees_costs(pos)

    def shown(value: int) -> str:
        return str(money(pos, value)) if costs else ""

    lines = [(row.name, quantity_text(int(row.qty)), shown(int(row.value))) for row in rows]
    return [*lines, ("Total", "", shown(sum(int(row.value) for row in rows)))]


VALUE = Report(id="stock.value", title="Stock value on a day", run=valued, columns=("Item", "On hand", "Value"))
