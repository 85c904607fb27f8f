"""What is proposed and why: quantities worked out by hand, or from the list of days by the book's own formulae."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta
from typing import Any

import pytest

from genesis import Actor, Item, Price, Refused, UserError, Veto, hookimpl
from genesis.hooks import inventory
from genesis.testkit.stores import as_plugin
from genesis_purchasing import reorder, service
from genesis_purchasing.reorder import Demand
from genesis_purchasing.service import Wanted
from genesis_purchasing.suppliers import offer_id
from genesis_stock import service as stock
from genesis_stock.models import StockRow

TEA, NUTS = "goods:tea", "goods:nuts"
Z95 = 1.6448536269514722  # the tables of the normal distribution


class Goods:
    """Two items at 5.00."""

    @hookimpl
    def resolve_code(self, code: str) -> Item | None:
        name = code.removeprefix("goods:")
        return Item(ref=f"goods:{name}", name=name.title()) if name in {"tea", "nuts"} else None

    @hookimpl
    def base_price(self, item: Item) -> Price:
        return Price(e4=50_000)


ON = ("stock", "receipts", "purchasing", "cash")
GOODS = as_plugin(Goods(), "catalog")


@pytest.fixture
def app(both: Any) -> Any:
    """A supplier who delivers in four days, and a thousand teas on hand since two months ago."""
    app = both.new(*ON, extra=GOODS)
    app.pos.records("purchasing_supplier").save({"name": "Leaf & Co", "lead_days": 4}, record_id="leaf")
    offer(app)
    return app


def offer(app: Any, item: str = TEA, supplier: str = "leaf", **more: Any) -> None:
    values = {"supplier": supplier, "item": item, "name": item.partition(":")[2].title(), "price_e4": 20_000} | more
    app.pos.records("purchasing_offer").save(values, record_id=offer_id(supplier, item))


def opened(app: Any, qty: int, item: str = TEA, days_ago: int = 100) -> None:
    day = (app.clock.now().date() - timedelta(days=days_ago)).isoformat()
    stock.change(app.pos, "opened", [StockRow(item=item, name=item[6:].title(), qty=qty, cost=1)], day=day)


def sell(app: Any, sold: list[int], code: str = "tea") -> None:
    """Sell so many pieces a day; the clock stands on the day after the last one."""
    for pieces in sold:
        if pieces:
            app.register.scan(code, pieces * 1_000)
            app.register.pay("cash")
        app.clock.forward(days=1)


def only(app: Any) -> reorder.Proposal:
    [found] = reorder.propose(app.pos)
    return found


def test_a_proposal_by_hand(app: Any) -> None:
    """Ten days, two a day: no spread. Order at 2 x 4 = 8, up to 8 + 2 x 7 = 22."""
    app.settings.change("purchasing", {"history_days": 10})
    opened(app, 29_000)
    sell(app, [2] * 10)  # 9 are left
    assert reorder.propose(app.pos) == []
    app.register.scan("tea", 1_000)
    app.register.pay("cash")  # 8 are left; what is sold today does not count as a day
    found = only(app)
    assert (found.position, found.reorder_at, found.up_to, found.qty) == (8_000, 8_000, 22_000, 14_000)
    assert found.why == (
        "Sold a day: 2 (give or take 0), from 10 days, 0 of them without a sale",
        "Leaf & Co delivers in 4 days",
        "Order at 8: 8 until it comes and 0 to be 95 % safe",
        "There are 8 and 0 on order",
        "Order up to 22, for 7 days more: 14",
        "Order 14",
    )
    [answer] = app.pos.hooks.each(inventory.reorder_proposals)(supplier="")[0]
    assert (answer.item, answer.supplier, answer.qty) == (TEA, "leaf", 14_000)
    assert answer.because == "\n".join(found.why)
    assert app.pos.hooks.each(inventory.reorder_proposals)(supplier="other") == [[]]


@pytest.mark.parametrize("seed", [1, 2])
def test_demand_is_that_of_a_plain_list_of_days_and_the_point_that_of_the_book(app: Any, seed: int) -> None:
    chance = random.Random(seed)
    app.pos.records("purchasing_supplier").save(
        {"name": "Leaf & Co", "lead_days": 4, "lead_spread": 1_500}, record_id="leaf"
    )
    app.settings.change("purchasing", {"history_days": 20})
    opened(app, 10_000_000)
    days = [chance.choice((0, 0, 1, 2, 5)) for _ in range(25)]
    sell(app, days)
    counted = days[-20:]  # zero days are days
    mean = sum(counted) / 20
    spread = math.sqrt(sum((n - mean) ** 2 for n in counted) / 19)
    found = reorder.demands(app.pos)[TEA]
    assert (found.days, found.sold) == (20, sum(n > 0 for n in counted))
    assert math.isclose(found.mean, 1_000 * mean)
    assert math.isclose(found.spread, 1_000 * spread)
    point = mean * 4 + Z95 * math.sqrt(4 * spread**2 + mean**2 * 1.5**2)
    left = round(point * 1_000) - 500
    stock.change(app.pos, "counted", [StockRow(item=TEA, name="Tea", qty=left - stock.on_hand(app.pos, TEA))])
    proposal = only(app)
    assert abs(proposal.reorder_at - 1_000 * point) <= 1
    assert abs(proposal.up_to - 1_000 * (point + 7 * mean)) <= 1
    assert proposal.qty == -(-(proposal.up_to - left) // 1_000) * 1_000


def test_what_came_back_counts_against_its_day_and_a_young_item_counts_from_its_first_one(app: Any) -> None:
    opened(app, 100_000, days_ago=0)
    sell(app, [3, 0, 5, 0, 1, 0, 0])
    found = reorder.demands(app.pos)[TEA]
    assert (found.days, found.sold) == (7, 3)
    assert math.isclose(found.mean, 9_000 / 7)
    number = app.register.last_sale().fact.number
    app.register.return_lines(number, {"1": 1_000})
    app.register.pay("cash")
    app.clock.forward(days=1)
    assert math.isclose(reorder.demands(app.pos)[TEA].mean, 8_000 / 8)


def test_nothing_is_proposed_before_a_week_is_known_nor_for_what_does_not_sell(app: Any) -> None:
    offer(app, NUTS)
    opened(app, 3_000, days_ago=0)
    opened(app, 0 + 1_000, item=NUTS)
    sell(app, [1, 1, 1, 0, 0, 0])
    assert reorder.propose(app.pos) == []
    app.clock.forward(days=1)
    assert [one.item for one in reorder.propose(app.pos)] == [TEA]


@pytest.mark.parametrize(
    ("wanted", "least", "pack", "most", "ordered"),
    [
        (14_000, 0, 1_000, None, 14_000),
        (14_000, 0, 6_000, None, 18_000),
        (14_000, 20_000, 6_000, None, 24_000),
        (13_001, 0, 1_000, None, 14_000),
        (14_000, 0, 6_000, 18_000, 18_000),
        (14_000, 0, 6_000, 17_999, 12_000),
        (14_000, 13_000, 6_000, 17_999, 0),  # the least would not be sold before it expires
        (14_000, 0, 6_000, 5_000, 0),
        (14_000, 0, 6_000, -3_000, 0),
        (500, 0, 250, None, 500),
    ],
)
def test_least_pack_and_shelf_life(wanted: int, least: int, pack: int, most: int | None, ordered: int) -> None:
    assert reorder.quantity(wanted, least, pack, most) == ordered


def test_levels_of_the_book() -> None:
    """d 10, sd 4, L 9, sL 2: 90 + z sqrt(9 x 16 + 100 x 4) = 90 + 1.644854 x 23.323808 = 128.3643."""
    at = reorder.levels(Demand(10_000, 4_000, 30, 30), 9, 2, reorder.z_of(95), 7)
    assert at == (128_365, 198_365)
    assert abs(reorder.z_of(95) - Z95) < 1e-9


def test_what_would_expire_is_not_ordered_and_that_is_said(app: Any) -> None:
    app.settings.change("purchasing", {"history_days": 10})
    opened(app, 28_000)
    sell(app, [2] * 10)  # 8 left, order point 8, up to 22
    offer(app, pack=6_000, shelf_days=9)  # 18 are sold in 9 days: 10 more at most
    assert only(app).qty == 6_000
    assert only(app).why[-3:] == (
        "It comes in packs of 6", "It keeps 9 days: 10 are sold until then", "Order 6",
    )  # fmt: skip
    offer(app, pack=12_000, shelf_days=9)
    assert only(app).qty == 0
    assert only(app).why[-1] == "Nothing is proposed: what could be ordered would expire"
    assert reorder.draft(app.pos) == []
    assert app.pos.hooks.each(inventory.reorder_proposals)(supplier="") == [[]]


def test_the_supplier_asked_first_then_the_cheapest_gets_the_order(app: Any) -> None:
    app.settings.change("purchasing", {"history_days": 10})
    app.pos.records("purchasing_supplier").save({"name": "Cheap", "minimum": 10_000}, record_id="cheap")
    opened(app, 20_000)
    sell(app, [2] * 10)
    offer(app, supplier="cheap", price_e4=19_999)
    assert only(app).supplier == "cheap"
    offer(app, supplier="cheap", price_e4=19_999, rank=2)
    assert only(app).supplier == "leaf"
    offer(app, supplier="cheap", price_e4=19_999)
    [group] = reorder.groups(app.pos)
    # The lead time is a day: order at 2, up to 16; none is left. 16 x 1.9999 is 31.9984.
    assert (group.name, group.total.minor, group.short) == ("Cheap", 3_200, True)


def test_proposals_become_drafts_once_and_what_is_on_order_is_not_proposed_again(app: Any, monkeypatch: Any) -> None:
    app.settings.change("purchasing", {"history_days": 10})
    opened(app, 28_000)
    sell(app, [2] * 10)
    raw = service.write
    first: list[str] = []

    def interrupted(*arguments: Any, **more: Any) -> str:
        monkeypatch.setattr(service, "write", raw)
        first.extend(reorder.draft(app.pos))
        return raw(*arguments, **more)

    monkeypatch.setattr(service, "write", interrupted)
    with pytest.raises(Refused):
        reorder.draft(app.pos)
    [ref] = first
    found = service.current(app.pos, ref)
    assert [(row.item, row.qty) for row in found.lines] == [(TEA, 14_000)]
    assert (found.state, found.note) == ("draft", "Proposed on 2026-03-12")
    assert reorder.propose(app.pos) == []
    service.end(app.pos, ref)
    assert only(app).qty == 14_000
    service.send(app.pos, service.draft(app.pos, "leaf", [Wanted(TEA, 1_000)]))
    assert reorder.propose(app.pos) == []  # 8 here and 1 on its way are more than 8


def test_the_job_writes_the_drafts_of_a_day_once_where_the_store_wants_them(app: Any) -> None:
    app.settings.change("purchasing", {"history_days": 10})
    opened(app, 28_000)
    sell(app, [2] * 10)
    app.pos.permissions.save_role("till", ("register.sell",))
    app.actor = Actor(id="kim", name="Kim", roles=("till",))
    reorder.daily(app.pos)
    assert [one.qty for one in reorder.propose(app.pos)] == [14_000]
    app.actor = Actor(id="owner", name="Owner", owner=True)
    app.settings.change("purchasing", {"draft_daily": True})
    app.actor = Actor(id="kim", name="Kim", roles=("till",))
    reorder.daily(app.pos)
    assert reorder.propose(app.pos) == []
    with pytest.raises(UserError, match="may not"):
        reorder.draft(app.pos)
    app.actor = Actor(id="owner", name="Owner", owner=True)
    app.pos.journal.wait(app.raw_journal.pos())
    from genesis_purchasing.models import order

    [row] = app.pos.db.all(order.select())
    service.end(app.pos, row.order)
    reorder.daily(app.pos)  # ended by a person: not today again
    assert [one.qty for one in reorder.propose(app.pos)] == [14_000]
    app.clock.forward(days=1)
    reorder.daily(app.pos)
    assert reorder.propose(app.pos) == []


def test_what_is_kept_for_held_carts_is_not_there_to_be_sold(app: Any) -> None:
    """As by hand: two a day without spread, so order at 8 and up to 22. Of 20 here 13 are in a held cart."""
    app.settings.change("purchasing", {"history_days": 10})
    app.settings.change("stock", {"reserve_held": True})
    opened(app, 40_000)
    sell(app, [2] * 10)
    assert reorder.propose(app.pos) == []
    app.register.scan("tea", 13_000)
    app.register.hold("Ann")
    found = only(app)
    assert (found.position, found.qty) == (7_000, 15_000)
    assert "Held carts keep 13" in found.why
    app.register.recall("Ann")
    assert reorder.propose(app.pos) == []


def test_the_day_before_the_window_does_not_count(app: Any) -> None:
    app.settings.change("purchasing", {"history_days": 7})
    opened(app, 100_000)
    sell(app, [9, 1, 1, 1, 1, 1, 1, 1])
    found = reorder.demands(app.pos)[TEA]
    assert (found.days, found.mean, found.spread) == (7, 1_000, 0)
    assert date.fromisoformat(stock.today(app.pos)) == date(2026, 3, 10)


class Retired:
    """The till does not sell tea any more."""

    @hookimpl(tryfirst=True)
    def resolve_code(self, code: str) -> Item | None:
        if code == TEA:
            raise Veto("Tea is retired", "sell another product", "code")
        return None


def test_what_is_not_sold_any_more_is_not_proposed(app: Any, stores: Any) -> None:
    app.settings.change("purchasing", {"history_days": 10})
    opened(app, 28_000)
    sell(app, [2] * 10)
    assert [one.item for one in reorder.propose(app.pos)] == [TEA]
    app = stores.open(app, plugins=ON, extra=GOODS | as_plugin(Retired(), "retired"), register=False)
    assert reorder.propose(app.pos) == []
