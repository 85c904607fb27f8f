"""What should be ordered, and why, line by line; what a person can check with a pencil.

The order point is d*L + z*sqrt(L*sd^2 + d^2*sL^2): what is sold while a delivery is awaited, and what makes up for days
that sell more and deliveries that come late. d, sd: mean and standard deviation of what is sold a day, days without a
sale counted; L, sL: those of the supplier's lead time; z: from the store's service level.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Float, cast, func, select

from genesis import Guard, Money, Once, Pos, ReorderProposal, Veto, exponent, extended, many, quantity_text
from genesis.hooks import cart
from genesis_purchasing import lists, service
from genesis_purchasing.models import MOST_LINES
from genesis_purchasing.settings import PurchasingSettings
from genesis_purchasing.suppliers import offer, supplier
from genesis_stock.holding import kept_for_carts
from genesis_stock.models import item as stock_item, move
from genesis_stock.service import today

LEAST_DAYS = 7  # of history; before that nobody can say what sells
DAILY = "purchase proposals"  # guard space: "<supplier> <day>", for the drafts that the job writes
SEEN = "purchase proposal"  # guard space: supplier -> how many drafts were made of proposals


class Demand(NamedTuple):
    """What is sold of an item a day, in thousandths: mean, standard deviation, days looked at, days with a sale."""

    mean: float
    spread: float
    days: int
    sold: int


class Levels(NamedTuple):
    """Thousandths at which is ordered, and up to which."""

    reorder_at: int
    up_to: int


class Proposal(NamedTuple):
    """What to order of an item; qty 0: it is short, but what could be ordered would expire. why: line by line."""

    item: str
    name: str
    supplier: str
    qty: int
    price_e4: int
    position: int
    reorder_at: int
    up_to: int
    why: tuple[str, ...]


class Group(NamedTuple):
    """What to order from one supplier; short: the total is below its minimum."""

    supplier: str
    name: str
    total: Money
    minimum: Money
    proposals: tuple[Proposal, ...]

    @property
    def short(self) -> bool:
        """Whether the supplier would not take this order."""
        return self.total.minor < self.minimum.minor


def levels(demand: Demand, lead: float, lead_spread: float, z: float, review: int) -> Levels:
    """Return the order point and the level up to which is ordered; both rounded up to a thousandth."""
    safety = z * math.sqrt(lead * demand.spread**2 + demand.mean**2 * lead_spread**2)
    point = demand.mean * lead + safety
    return Levels(_up(point), _up(point + demand.mean * review))


def _up(value: float) -> int:
    """Round up; what is a whole number but for the last bits of a float is that number."""
    return math.ceil(round(value, 6))


def z_of(percent: int) -> float:
    """Return how many standard deviations cover this share of a normal distribution."""
    from statistics import NormalDist

    return NormalDist().inv_cdf(percent / 100)


def demands(pos: Pos) -> dict[str, Demand]:
    """Return what each item sells a day, from the stock ledger: whole days, the last one yesterday.

    What came back counts against the day it came back on. An item that is younger than the history counts from its
    first movement.
    """
    now = date.fromisoformat(today(pos))
    history = pos.settings(PurchasingSettings).history_days
    first = (now - timedelta(days=history)).isoformat()
    sold = -func.sum(move.c.qty)
    days = (
        select(move.c.item, sold.label("qty"))
        .where(move.c.why.in_(("sold", "returned")), move.c.day >= first, move.c.day < now.isoformat())
        .group_by(move.c.item, move.c.day)
    ).subquery()
    qty = cast(days.c.qty, Float)
    began = select(func.min(move.c.day)).where(move.c.item == days.c.item).correlate(days).scalar_subquery()
    rows = pos.db.all(select(days.c.item, func.count(), func.sum(days.c.qty), func.sum(qty * qty), began)
                      .group_by(days.c.item))  # fmt: skip
    found = {}
    for item, with_sale, total, squares, start in rows:
        count = (now - max(date.fromisoformat(start), now - timedelta(days=history))).days
        mean = int(total) / count
        variance = (float(squares) - mean * int(total)) / (count - 1) if count > 1 else 0.0
        found[item] = Demand(mean, math.sqrt(max(variance, 0.0)), count, with_sale)
    return found


def quantity(wanted: int, least: int, pack: int, most: int | None) -> int:
    """Return what is ordered: at least the least, whole packs; never more than what sells before it expires."""
    packs = -(-max(wanted, least) // pack) * pack
    if most is None or packs <= most:
        return packs
    fewer = max(most, 0) // pack * pack
    return fewer if fewer >= least else 0


def propose(pos: Pos, only: str = "") -> list[Proposal]:
    """Return what should be ordered (from this supplier, "" for all), by supplier and name."""
    pos.journal.wait(pos.journal.raw.pos(), *PROJECTIONS)
    rules = pos.settings(PurchasingSettings)
    z = z_of(rules.service_percent)
    known = demands(pos)
    coming = lists.on_order(pos)
    here = {ref: int(qty) for ref, qty in pos.db.all(select(stock_item.c.item, stock_item.c.qty))}
    kept = kept_for_carts(pos)
    found = []
    for row in _offers(pos):
        demand = known.get(row.item)
        if demand is None or demand.mean <= 0 or demand.days < LEAST_DAYS or (only and row.supplier != only):
            continue
        at = levels(demand, row.lead_days, row.lead_spread / 1_000, z, rules.review_days)
        stock = (here.get(row.item, 0), coming.get(row.item, 0), kept.get(row.item, 0))
        position = stock[0] + stock[1] - stock[2]
        if position <= at.reorder_at and _is_sold(pos, row.item):
            most = _up(demand.mean * row.shelf_days) - position if row.shelf_days else None
            qty = quantity(at.up_to - position, row.least, row.pack, most)
            why = _why(row, demand, at, stock, (qty, most), rules)
            found.append(Proposal(row.item, row.name, row.supplier, qty, row.price_e4, position, at.reorder_at,
                                  at.up_to, why))  # fmt: skip
    return found


def _is_sold(pos: Pos, item: str) -> bool:
    """Return whether the till would still sell an item: what is retired is not ordered."""
    try:
        return pos.hooks.first(cart.resolve_code)(cart=None, code=item) is not None
    except Veto:
        return False


PROJECTIONS = ("stock_ledger", "stock_held", "purchasing_order", "purchasing_offer", "purchasing_supplier")


def _offers(pos: Pos) -> Iterable[Any]:
    """Yield one offer for each item: of the supplier that is asked first, then the cheapest, then by its id."""
    wanted = (
        select(offer, supplier.c.name.label("supplier_name"), supplier.c.lead_days, supplier.c.lead_spread)
        .select_from(offer.join(supplier, supplier.c.id == offer.c.supplier))
        .order_by(offer.c.rank, offer.c.price_e4, offer.c.supplier)
    )
    first: dict[str, Any] = {}
    for row in pos.db.all(wanted):
        first.setdefault(row.item, row)
    return sorted(first.values(), key=lambda row: (row.supplier_name, row.supplier, row.name, row.item))


def _shown(milli: float) -> str:
    return quantity_text(round(milli))


def _why(
    row: Any, demand: Demand, at: Levels, stock: tuple[int, int, int], ordered: tuple[int, int | None],
    rules: PurchasingSettings,
) -> tuple[str, ...]:  # fmt: skip
    """Say how the quantity came about."""
    (here, coming, kept), (qty, most) = stock, ordered
    position = here + coming - kept
    lead = many("{supplier} delivers in {count} day", "{supplier} delivers in {count} days", row.lead_days,
                supplier=row.supplier_name)  # fmt: skip
    awaited = demand.mean * row.lead_days
    safety = f"{_shown(at.reorder_at - awaited)} to be {rules.service_percent} % safe"
    sold = f"Sold a day: {_shown(demand.mean)} (give or take {_shown(demand.spread)})"
    lines = [
        many("{sold}, from {count} day, {none} of it without a sale",
             "{sold}, from {count} days, {none} of them without a sale",
             demand.days, sold=sold, none=demand.days - demand.sold),
        f"{lead} (give or take {_shown(row.lead_spread)})" if row.lead_spread else lead,
        f"Order at {_shown(at.reorder_at)}: {_shown(awaited)} until it comes and {safety}",
        f"There are {_shown(here)} and {_shown(coming)} on order",
        *([f"Held carts keep {_shown(kept)}"] if kept else ()),
        many("Order up to {most}, for {count} day more: {qty}", "Order up to {most}, for {count} days more: {qty}",
             rules.review_days, most=_shown(at.up_to), qty=_shown(at.up_to - position)),
    ]  # fmt: skip
    if row.least > at.up_to - position:
        lines.append(f"At least {_shown(row.least)} are sold")
    if row.pack != 1_000:
        lines.append(f"It comes in packs of {_shown(row.pack)}")
    if most is not None and quantity(at.up_to - position, row.least, row.pack, None) > most:
        keeps = many("It keeps {count} day", "It keeps {count} days", row.shelf_days)
        lines.append(f"{keeps}: {_shown(max(most, 0))} are sold until then")
    lines.append(f"Order {_shown(qty)}" if qty else "Nothing is proposed: what could be ordered would expire")
    return tuple(lines)


def groups(pos: Pos, only: str = "") -> list[Group]:
    """Return the proposals by supplier, with what they come to."""
    by: dict[str, list[Proposal]] = {}
    for one in propose(pos, only):
        by.setdefault(one.supplier, []).append(one)
    digits, found = exponent(pos.currency), []
    for ref, proposals in by.items():
        known = service.supplier_of(pos, ref)
        total = sum(extended(one.qty, one.price_e4, digits) for one in proposals)
        found.append(Group(ref, known["name"], Money(total, pos.currency), Money(known["minimum"], pos.currency),
                           tuple(proposals)))  # fmt: skip
    return found


def answers(pos: Pos, only: str) -> list[ReorderProposal]:
    """Return the proposals as the hook gives them."""
    return [ReorderProposal(item=one.item, supplier=one.supplier, qty=one.qty, because="\n".join(one.why))
            for one in propose(pos, only) if one.qty]  # fmt: skip


def draft(pos: Pos, only: str = "", items: Iterable[str] = ()) -> list[str]:
    """Make drafts of what is proposed (of these items, all where none are named); returns their ids.

    Of two who do so at the same instant the second one is refused.
    """
    pos.permissions.require(service.MAY_ORDER, "draft")
    return _draft(pos, only, frozenset(items))


def _draft(pos: Pos, only: str, items: frozenset[str], *, daily: bool = False) -> list[str]:
    seen = {ref: pos.journal.balance(SEEN, ref) for (ref,) in pos.db.all(select(supplier.c.id))}
    day, made = today(pos), []
    for group in groups(pos, only):
        wanted = [service.Wanted(one.item, one.qty) for one in group.proposals
                  if one.qty and (not items or one.item in items)]  # fmt: skip
        key = f"{group.supplier} {day}"
        if not wanted or (daily and pos.journal.holder(DAILY, key)):
            continue
        count = seen.get(group.supplier, 0)
        for start in range(0, len(wanted), MOST_LINES):
            guards: list[Guard] = [service.counted(SEEN, group.supplier, count)]
            guards += [Once(DAILY, key)] if daily and not start else []
            made.append(service.write(pos, group.supplier, wanted[start : start + MOST_LINES], f"Proposed on {day}",
                                      guards=guards))  # fmt: skip
            count += 1
    return made


def daily(pos: Pos) -> None:
    """Write the drafts of the day, where the store wants them; a person sends them."""
    if pos.settings(PurchasingSettings).draft_daily:
        _draft(pos, "", frozenset(), daily=True)
