"""What is asked of the batches: which are close to their expiry, where one came from and went to, what was wasted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union

from genesis import Cell, Figure, Pos, Report, quantity_text
from genesis_batches.choice import blocked
from genesis_batches.models import batch, receipt, sale
from genesis_batches.settings import BatchSettings
from genesis_stock.figures import money, place_of
from genesis_stock.models import item as stock_item, level, move
from genesis_stock.service import today
from genesis_stock.typed import sees_costs

KINDS = (
    ("near", "Short dated"), ("expired", "Expired"), ("blocked", "Recalled or in quarantine"),
    ("undated", "Without a date"), ("all", "Used up too"),
)  # fmt: skip


class Known(NamedTuple):
    """A batch with what is on hand of it everywhere (thousandths); why: it may not be sold, "" where it may."""

    item: str
    batch: str
    name: str
    expiry: str
    supplier: str
    received: str
    state: str
    reason: str
    qty: int
    why: str


def _limits(pos: Pos) -> tuple[str, str]:
    """Return the first expiry that is still sold, and the last one that is short dated."""
    rules = pos.settings(BatchSettings)
    now = date.fromisoformat(today(pos))
    near = max(rules.near_days, rules.safety_days)
    return (now + timedelta(days=rules.safety_days)).isoformat(), (now + timedelta(days=near)).isoformat()


def days_left(pos: Pos, expiry: str) -> int | None:
    """Return how many days a batch that is short dated is still sold; None for all others."""
    sold_from, near = _limits(pos)
    if not sold_from <= expiry <= near:
        return None
    return (date.fromisoformat(expiry) - date.fromisoformat(sold_from)).days


def select_batches(pos: Pos, kind: str = "", text: str = "") -> Select[Any]:
    """Return a select of batches, with a date or without, of one kind or all of which there is any."""
    ours = select(batch.c.item, batch.c.batch)
    every = union(ours, select(level.c.item, level.c.batch).where(level.c.batch != "")).subquery()
    summed = select(level.c.item, level.c.batch, func.sum(level.c.qty).label("qty")).group_by(
        level.c.item, level.c.batch
    )
    there = summed.subquery()
    qty = func.coalesce(there.c.qty, 0)
    expiry, state = func.coalesce(batch.c.expiry, ""), func.coalesce(batch.c.state, "ok")
    name = func.coalesce(func.nullif(batch.c.name, ""), stock_item.c.name, every.c.item)
    chosen = select(
        every.c.item, every.c.batch, name.label("name"), expiry.label("expiry"),
        func.coalesce(batch.c.supplier, "").label("supplier"), func.coalesce(batch.c.received, "").label("received"),
        state.label("state"), func.coalesce(batch.c.reason, "").label("reason"), qty.label("qty"),
    ).select_from(
        every.outerjoin(batch, and_(batch.c.item == every.c.item, batch.c.batch == every.c.batch))
        .outerjoin(there, and_(there.c.item == every.c.item, there.c.batch == every.c.batch))
        .outerjoin(stock_item, stock_item.c.item == every.c.item)
    )  # fmt: skip
    sold_from, near = _limits(pos)
    wanted: dict[str, ColumnElement[bool]] = {
        "": or_(qty != 0, state != "ok"),
        "near": and_(qty > 0, state == "ok", expiry >= sold_from, expiry <= near),
        "expired": and_(qty > 0, expiry != "", expiry < sold_from),
        "blocked": state != "ok",
        "undated": and_(qty > 0, expiry == ""),
    }
    if kind in wanted:
        chosen = chosen.where(wanted[kind])
    for word in text.split():
        chosen = chosen.where(
            or_(name.icontains(word, autoescape=True), every.c.batch.icontains(word, autoescape=True))
        )
    return chosen


def items(pos: Pos, kind: str) -> Select[Any]:
    """Return a select of the items that have batches of a kind."""
    return select(select_batches(pos, kind).subquery().c.item)


def next_expiries(pos: Pos, refs: Sequence[str]) -> dict[str, Cell]:
    """Return the first expiry among what there is of each of these items that may be sold but for its date."""
    asked = (
        select(level.c.item, func.min(batch.c.expiry))
        .join(batch, and_(batch.c.item == level.c.item, batch.c.batch == level.c.batch))
        .where(level.c.item.in_(refs), level.c.qty > 0, batch.c.expiry != "", batch.c.state == "ok")
        .group_by(level.c.item)
    )
    sold_from, near = _limits(pos)
    return {
        item: Cell(text=expiry, tone="bad" if expiry < sold_from else "warn" if expiry <= near else "")
        for item, expiry in pos.db.all(asked)
    }


def known(pos: Pos, row: Any) -> Known:
    """Return a selected row with whether it may be sold today."""
    said = dict(row._mapping) | {"qty": int(row.qty)}  # noqa: SLF001  PostgreSQL's sums are no whole numbers
    return Known(**said, why=blocked(pos, row.state, row.expiry))


def count(pos: Pos, kind: str) -> int:
    """Return how many batches are of a kind."""
    return int(pos.db.all(select(func.count()).select_from(select_batches(pos, kind).subquery()))[0][0])


def one(pos: Pos, item: str, code: str) -> Known | None:
    """Return a batch; None where nothing is known of it."""
    every = select_batches(pos, "all").subquery()
    row = pos.db.one(select(every).where(every.c.item == item, every.c.batch == code))
    return None if row is None else known(pos, row)


def receipts(pos: Pos, item: str, code: str) -> list[Any]:
    """Return where a batch came from: day, qty, location, supplier, document; the oldest first."""
    found = select(receipt).where(receipt.c.item == item, receipt.c.batch == code)
    return pos.db.all(found.order_by(receipt.c.day, receipt.c.stream, receipt.c.seq, receipt.c.n))


def sales(pos: Pos, item: str, code: str) -> list[Any]:
    """Return where a batch went: day, receipt number, customer, qty (negative: came back); the oldest first."""
    found = select(sale).where(sale.c.item == item, sale.c.batch == code)
    return pos.db.all(found.order_by(sale.c.day, sale.c.stream, sale.c.seq, sale.c.n))


def unallocated(pos: Pos) -> list[Any]:
    """Return (item, location, qty, name, cost) of what was sold from no batch though the item has batches."""
    at = place_of(pos, level.c.location)
    qty = func.sum(level.c.qty)
    has = select(level.c.item).where(level.c.batch != "", level.c.qty > 0)
    found = select(level.c.item, at.label("location"), qty.label("qty"), stock_item.c.name, stock_item.c.cost).join(
        stock_item, stock_item.c.item == level.c.item
    )
    none = found.where(level.c.batch == "", level.c.item.in_(has))
    return pos.db.all(none.group_by(level.c.item, at, stock_item.c.name, stock_item.c.cost)
                      .having(qty < 0).order_by(level.c.item))  # fmt: skip


def cards(pos: Pos) -> list[Figure]:
    """Return the figures: what is short dated, what must leave the shelf."""
    expired, stopped = count(pos, "expired"), count(pos, "blocked")
    off = Figure(id="batches.expired", title="Off the shelf", value=str(expired), go="batches.list",
                 note=f"{stopped} recalled or in quarantine", tone="bad" if expired or stopped else "good")  # fmt: skip
    return [short_dated(pos), off]


def short_dated(pos: Pos) -> Figure:
    """Return how many batches are short dated."""
    near = count(pos, "near")
    return Figure(id="batches.near", title="Short dated", value=str(near), note="batches", go="batches.list",
                  tone="warn" if near else "good")  # fmt: skip


def wasted(pos: Pos, parameters: dict[str, str]) -> list[tuple[Any, ...]]:
    """Return what was written off: by item, batch and reason. Parameters since and until are days, "" for any.

    Values are there for whoever may see what goods cost.
    """
    asked = (
        select(stock_item.c.name, move.c.batch, move.c.reason, func.sum(move.c.qty).label("qty"),
               func.sum(move.c.value).label("value"))
        .select_from(move.join(stock_item, stock_item.c.item == move.c.item))
        .where(move.c.why == "wasted", move.c.day >= parameters.get("since", ""))
        .group_by(move.c.item, stock_item.c.name, move.c.batch, move.c.reason)
        .order_by(stock_item.c.name, move.c.batch, move.c.reason)
    )  # fmt: skip
    if parameters.get("until"):
        asked = asked.where(move.c.day <= parameters["until"])
    costs = sees_costs(pos)
    return [(r.name, r.batch, r.reason, quantity_text(-int(r.qty)), str(money(pos, -int(r.value))) if costs else "")
            for r in pos.db.all(asked)]  # fmt: skip


WASTE = Report(id="batches.waste", title="Waste by batch", run=wasted,
               columns=("Item", "Batch", "Reason", "Quantity", "Value"))  # fmt: skip
