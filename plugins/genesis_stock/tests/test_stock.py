"""The ledger against independent arithmetic, promises against races, and everything again after a rebuild."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from genesis import Act, Balance, Item, Money, Query, Refused, UserError, Veto
from genesis.hooks.tables import report_of, report_table
from genesis.kernel.facts import DrawerOpened
from genesis_stock import figures, pages, service, transfers
from genesis_stock.models import SPACE, StockRow, StockSent
from genesis_stock.tests.goods import GOODS, NUTS, ON, TEA, row, strict


@pytest.fixture
def app(store: Any) -> Any:
    return store(*ON, extra=GOODS)


def take_in(app: Any, qty: int, cost: int | None = None, item: str = TEA, **more: Any) -> None:
    service.change(app.pos, "received", [row(item, qty, cost)], **more)


def sell(app: Any, qty: int, code: str = "tea") -> Any:
    app.register.scan(code, qty)
    return app.register.pay("cash").sale


def ledger(app: Any, item: str = TEA) -> tuple[int, Fraction]:
    """On hand, and the value in currency, as the ledger keeps them."""
    from sqlalchemy import select

    from genesis_stock.models import item as items

    found = app.pos.db.one(select(items).where(items.c.item == item))
    return found.qty, Fraction(found.value, 10**7)


def test_an_item_is_kept_from_its_first_receipt_on(app: Any) -> None:
    sell(app, 1000)
    assert service.availability(app.pos, [TEA]) == {}
    take_in(app, 10_000, 20_000)
    assert service.availability(app.pos, [TEA])[TEA].note == "10"
    sale = sell(app, 3000)
    assert sale.lines[0].sections["stock"] == {"location": ""}
    assert (service.on_hand(app.pos, TEA), ledger(app)) == (7000, (7000, Fraction(14)))


def test_the_published_example_of_a_moving_average(app: Any) -> None:
    """10 at 2.00 and 10 at 3.00 are 20 at 2.50; selling 5 leaves 15 worth 37.50."""
    take_in(app, 10_000, 20_000)
    take_in(app, 10_000, 30_000)
    assert ledger(app) == (20_000, Fraction(50))
    sell(app, 5000)
    assert ledger(app) == (15_000, Fraction("37.5"))


def test_a_return_comes_back_at_what_it_was_issued_at(app: Any) -> None:
    take_in(app, 10_000, 20_000)
    number = sell(app, 4000).number
    take_in(app, 10_000, 40_000)
    before = ledger(app)[1]
    app.register.return_lines(number, {"1": 3000})
    app.register.pay("cash")
    assert ledger(app) == (19_000, before + 6)
    assert service.on_hand(app.pos, TEA) == 19_000


def test_a_return_of_a_whole_sale_brings_back_to_the_last_digit_what_it_took(app: Any) -> None:
    take_in(app, 1_000_000, 10_000)
    take_in(app, 2_000_000, 15_000)  # a thousandth is worth 13.33...
    number = sell(app, 1_000_000).number
    app.register.return_lines(number)
    app.register.pay("cash")
    assert ledger(app) == (3_000_000, Fraction(4000))


def test_nothing_on_hand_is_worth_nothing_whatever_it_went_back_at(app: Any) -> None:
    """Half is sold at the average of 2.50; what is left goes back to the supplier at the 3.00 it was received at."""
    take_in(app, 10_000, 20_000)
    take_in(app, 10_000, 30_000)
    sell(app, 10_000)
    service.change(app.pos, "supplier", [row(TEA, -9000, 30_000)])
    assert ledger(app) == (1000, Fraction(0))  # 25.00 less 27.00, and never less than nothing
    service.change(app.pos, "supplier", [row(TEA, -1000, 30_000)])
    assert ledger(app) == (0, Fraction(0))
    take_in(app, 10_000, 20_000)
    assert ledger(app) == (10_000, Fraction(20))  # empty stock takes the cost of the next receipt
    assert Fraction(figures.worth(app.pos, "2999-01-01"), 10**7) == 20


def test_a_return_into_negative_stock_fills_the_gap_first(app: Any) -> None:
    take_in(app, 1000, 20_000)
    sell(app, 1000)
    number = sell(app, 2000).number  # issued at 2.00, though nothing was there
    take_in(app, 1000, 50_000)
    assert ledger(app) == (-1000, Fraction(-5))
    app.register.return_lines(number, {"1": 1000})
    app.register.pay("cash")
    assert ledger(app) == (0, Fraction(0))
    app.register.return_lines(number, {"1": 1000})
    app.register.pay("cash")
    assert ledger(app) == (1000, Fraction(2))
    assert app.rebuild("stock_ledger", swap=False).different == ()


def test_a_receipt_into_negative_stock_books_the_difference(app: Any) -> None:
    take_in(app, 1000, 20_000)
    sell(app, 5000)  # four more than there were, issued at the last cost
    assert ledger(app) == (-4000, Fraction(-8))
    take_in(app, 10_000, 30_000)
    assert ledger(app) == (6000, Fraction(18))
    total = figures.worth(app.pos, "2999-01-01")
    assert Fraction(total, 10**7) == 18  # the movements add up to it too


def test_empty_stock_takes_the_cost_of_the_next_receipt(app: Any) -> None:
    take_in(app, 2000, 20_000)
    sell(app, 2000)
    assert ledger(app) == (0, Fraction(0))
    take_in(app, 3000, 45_000)
    assert ledger(app) == (3000, Fraction("13.5"))


def test_a_strict_item_is_never_sold_below_zero_and_the_cart_stays(app: Any) -> None:
    take_in(app, 2000)
    strict(app)
    sell(app, 1000)
    app.register.scan("tea", 2000)
    with pytest.raises(Refused, match="cannot move by -2000"):
        app.register.pay("cash")
    app.register.quantity("1", 1000)
    app.register.pay("cash")
    shown = service.availability(app.pos, [TEA])[TEA]
    assert (shown.available, shown.note, shown.tone) == (0, "Sold out", "off")


def test_a_return_of_a_strict_item_can_be_sold_again(app: Any) -> None:
    take_in(app, 1000)
    strict(app)
    number = sell(app, 1000).number
    app.register.return_lines(number)
    app.register.pay("cash")
    assert sell(app, 1000).total == 500


def test_goods_in_transit_belong_to_nobody_until_they_arrive(app: Any) -> None:
    app.settings.change("stock", {"locations": ["depot"]})
    take_in(app, 10_000, 20_000)
    transfer = transfers.send(app.pos, "depot", [row(TEA, 4000)])
    assert (service.on_hand(app.pos, TEA), service.on_hand(app.pos, TEA, "depot")) == (6000, 0)
    assert ledger(app) == (10_000, Fraction(20))
    sent = next(e.fact for e in app.raw_journal.scan() if e.kind == "stock.sent")
    assert isinstance(sent, StockSent)
    transfers.arrive(app.pos, sent, [row(TEA, 3000)])
    with pytest.raises(Refused):
        transfers.arrive(app.pos, sent, [row(TEA, 2000)])
    transfers.arrive(app.pos, sent, [row(TEA, 1000)])
    assert service.on_hand(app.pos, TEA, "depot") == 4000
    assert [(at, qty) for at, _, qty in figures.levels(app.pos, TEA)] == [("", 6000), ("depot", 4000)]
    assert transfer == sent.transfer


def test_a_movement_counts_on_the_day_it_is_given(app: Any) -> None:
    take_in(app, 10_000, 20_000, day="2026-02-01")
    take_in(app, 10_000, 30_000, day="2026-03-01")
    sell(app, 5000)
    assert [figures.was_on_hand(app.pos, TEA, day) for day in ("2026-01-31", "2026-02-28", "2026-03-01", "2026-03-02")] == [
        0, 10_000, 20_000, 15_000,
    ]  # fmt: skip
    assert figures.money(app.pos, figures.worth(app.pos, "2026-02-28")) == Money(2000, "EUR")
    assert figures.money(app.pos, figures.worth(app.pos)) == Money(3750, "EUR")


@pytest.mark.parametrize(
    ("why", "rows", "more", "field"),
    [
        ("received", [], {}, "item"),
        ("received", [row(TEA, 0)], {}, "quantity"),
        ("received", [row(TEA, 10**13)], {}, "quantity"),
        ("received", [row(TEA, 1000, -1)], {}, "cost"),
        ("received", [row(TEA, 1000)], {"day": "2026-03-03"}, "day"),
        ("received", [row(TEA, 1000)], {"location": "moon"}, "location"),
        ("received", [row(TEA, 1000, batch="B 1")], {}, "batch"),
        ("received", [row(TEA, 1000, batch="B" * 41)], {}, "batch"),
        ("adjusted", [row(TEA, 1000)], {}, "reason"),
        ("wasted", [row(TEA, -1000)], {"reason": " "}, "reason"),
        ("stolen", [row(TEA, -1000)], {}, "why"),
    ],
)
def test_what_cannot_be_is_refused_by_field_and_nothing_is_recorded(
    app: Any, why: str, rows: list[StockRow], more: dict[str, Any], field: str
) -> None:
    before = app.raw_journal.pos()
    with pytest.raises(UserError) as wrong:
        service.change(app.pos, why, rows, **more)
    assert wrong.value.field == field
    assert app.raw_journal.pos() == before


def test_sales_made_while_it_was_off_are_caught_up_and_the_promises_set_right(app: Any) -> None:
    take_in(app, 10_000, 20_000)
    strict(app)
    app.switch("stock", enabled=False)
    assert sell(app, 4000).lines[0].sections == {}
    app.switch("stock", enabled=True)
    assert ledger(app) == (6000, Fraction(12))
    assert service.on_hand(app.pos, TEA) == 10_000  # a sale without the plugin promised nothing
    assert service.reconcile(app.pos) == 1
    assert service.on_hand(app.pos, TEA) == 6000
    assert service.reconcile(app.pos) == 0
    assert app.rebuild("stock_ledger", swap=False).different == ()


@pytest.mark.parametrize("moment", ["db.all", "journal.held", "journal.wait"])
@pytest.mark.parametrize("wrong", [0, 4000])
def test_a_sale_while_the_guards_are_compared_with_the_ledger_is_never_given_back(
    app: Any, stores: Any, monkeypatch: pytest.MonkeyPatch, moment: str, wrong: int
) -> None:
    take_in(app, 10_000)
    app.journal.append(DrawerOpened(register="R9"), guards=[Balance(SPACE, service.key_of("", TEA), wrong)])
    other = stores.open(app, plugins=ON, extra=GOODS, register=False)
    whose, _, name = moment.partition(".")
    part = getattr(other.pos, whose)
    real = getattr(part, name)
    sold: list[Any] = []

    def interrupted(*args: Any, **named: Any) -> Any:
        answer = real(*args, **named)
        if not sold:
            sold.append(sell(app, 1000))
        return answer

    monkeypatch.setattr(part, name, interrupted)
    service.reconcile(other.pos)
    assert sold
    assert service.on_hand(app.pos, TEA) == 9000


def test_a_product_in_stock_is_not_deleted(app: Any) -> None:
    from genesis import Change

    service.change(app.pos, "received", [StockRow(item="catalog:p1", name="Tea", qty=1000)])
    plugin = app.hooks
    from genesis.hooks import platform

    gone = Change(record="catalog_product", action="delete", id="p1", before={}, after=None)
    with pytest.raises(Veto, match="in stock"):
        plugin.each(platform.check_change)(change=gone)
    app.settings.change("stock", {"locations": ["depot"]})
    transfers.send(app.pos, "depot", [StockRow(item="catalog:p1", name="Tea", qty=1000)])
    with pytest.raises(Veto, match="1 of this product are in stock"):  # on its way, so none is at the till
        plugin.each(platform.check_change)(change=gone)


def test_goods_stay_where_they_are_when_the_location_gets_a_name(app: Any) -> None:
    take_in(app, 5000)
    strict(app)
    app.settings.change("stock", {"location": "shop", "locations": ["depot"]})
    app.reactor.run_due()
    assert (service.on_hand(app.pos, TEA), figures.levels(app.pos, TEA)) == (5000, [("shop", "", 5000)])
    sell(app, 2000)
    assert figures.levels(app.pos, TEA) == [("shop", "", 3000)]
    app.switch("stock", enabled=False)
    sell(app, 1000)  # says no location
    app.switch("stock", enabled=True)
    service.reconcile(app.pos)
    assert (service.on_hand(app.pos, TEA), figures.levels(app.pos, TEA)) == (2000, [("shop", "", 2000)])


def test_what_needs_attention_is_counted_listed_and_mailed(app: Any) -> None:
    take_in(app, 3000)
    take_in(app, 50_000, item=NUTS)
    strict(app, low="5", over="100")
    strict(app, NUTS, low="5", over="40")
    assert {kind: figures.count(app.pos, kind) for kind in figures.ALERTS} == {"out": 0, "low": 1, "over": 1, "idle": 0}
    assert service.availability(app.pos, [TEA])[TEA].note == "3 left"
    sell(app, 3000)
    app.clock.forward(days=120)
    assert {kind: figures.count(app.pos, kind) for kind in figures.ALERTS} == {"out": 1, "low": 0, "over": 1, "idle": 1}
    rows = report_table(app.pos, report_of(app.pos, "stock.attention"))
    assert rows == [("Out of stock", "Tea", "0"), ("Too much", "Nuts", "50"), ("Without movement", "Nuts", "50")]
    assert [r.id for r in pages.find(app.pos, Query(filters={"alert": "out"})).rows] == [TEA]


def test_the_page_receives_adjusts_and_writes_off(app: Any) -> None:
    take_in(app, 10_000, 20_000)
    pages.receive(app.pos, Act(rows=(TEA,), values={"qty": "5", "cost": "3.50", "batch": "B1"}))
    pages.waste(app.pos, Act(rows=(TEA,), values={"qty": "2", "reason": "broken"}))
    pages.adjust(app.pos, Act(rows=(TEA,), values={"qty": "-1.5", "reason": "count"}))
    assert service.on_hand(app.pos, TEA) == 11_500
    card = figures.card(app.pos, TEA)
    assert [(r.why, r.qty, r.left) for r in card] == [
        ("adjusted", -1500, 11_500), ("wasted", -2000, 13_000), ("received", 5000, 15_000), ("received", 10_000, 10_000),
    ]  # fmt: skip
    with pytest.raises(UserError, match="more than zero"):
        pages.waste(app.pos, Act(rows=(TEA,), values={"qty": "-2", "reason": "x"}))
    saved = pages.drawer(app.pos, TEA).save
    assert saved is not None
    saved(app.pos, {"policy": "strict", "low": "2.5"})
    assert service.rules_of(app.pos, [TEA])[TEA] == ("strict", 2500, None)


def test_costs_are_hidden_from_who_may_not_see_them(app: Any) -> None:
    from genesis import Actor

    take_in(app, 1000, 20_000)
    assert [c.id for c in pages.page(app.pos).columns] == ["name", "qty", "last", "value"]
    app.actor = Actor(id="kim", name="Kim")
    assert [c.id for c in pages.page(app.pos).columns] == ["name", "qty", "last"]
    assert [card.id for card in figures.cards(app.pos)] == ["stock.low"]


def test_an_opening_stock_is_taken_whole_or_not_at_all(app: Any, tmp_path: Any, capsys: Any) -> None:
    from genesis_stock.opening import run

    bad, good = tmp_path / "bad.csv", tmp_path / "good.csv"
    bad.write_text("code,qty,cost,batch\ntea,5,2.00,\nmilk,1,1,\nnuts,-1,1,\nnuts,1e9,1,\nnuts,1,1,B 7\n")
    assert run(app.pos, ["--open", str(bad)]) == 1
    told = capsys.readouterr()
    assert told.err.count("Refused") == 4
    assert "line 3: code: 'milk' is not known" in told.err
    assert service.availability(app.pos, [TEA, NUTS]) == {}
    good.write_text("code,qty,cost,batch\ntea,5,2.00,\nnuts,1.25,8,B7\n")
    assert run(app.pos, ["--open", str(good), "--dry-run"]) == 0
    assert service.availability(app.pos, [TEA]) == {}
    assert run(app.pos, ["--open", str(good)]) == 1  # nobody is there to agree to the totals
    assert "agree to these totals with --yes" in capsys.readouterr().err
    assert service.availability(app.pos, [TEA]) == {}
    assert run(app.pos, ["--open", str(good), "--yes"]) == 0
    assert "worth 20.00" in capsys.readouterr().out
    assert (service.on_hand(app.pos, TEA), service.on_hand(app.pos, NUTS)) == (5000, 1250)


Step = st.one_of(
    st.tuples(st.just("in"), st.integers(1, 20_000), st.integers(0, 100_000)),
    st.tuples(st.just("sell"), st.integers(1, 20_000), st.just(0)),
    st.tuples(st.just("waste"), st.integers(1, 5_000), st.just(0)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(Step, max_size=12))
def test_any_history_equals_exact_arithmetic_and_its_own_rebuild(app: Any, steps: list[tuple[str, int, int]]) -> None:
    """An independent model in fractions; the ledger may differ by half a ten-millionth for each issue."""
    ref = f"goods:{app.raw_journal.pos()}"  # an item of its own for each example
    service.change(app.pos, "opened", [row(ref, 5000, 10_000)])
    qty, value, last = 5000, Fraction(5), Fraction(1)
    issues = 0
    for kind, amount, cost in steps:
        if kind == "in":
            service.change(app.pos, "received", [row(ref, amount, cost)])
            last = Fraction(cost, 10_000)
            value = Fraction(amount + qty, 1000) * last if qty < 0 else value + Fraction(amount, 1000) * last
            qty += amount
            continue
        issues += 1
        if kind == "sell":
            app.register.add(Item(ref=ref, name="Thing"), amount)
            app.register.pay("cash")
        else:
            service.change(app.pos, "wasted", [row(ref, -amount)], reason="r")
        have = min(amount, max(qty, 0))
        value -= (value * have / qty if qty > 0 else 0) + Fraction(amount - have, 1000) * last
        qty -= amount
    found = ledger(app, ref)
    assert found[0] == qty == service.on_hand(app.pos, ref)
    assert abs(found[1] - value) <= Fraction(issues + 1, 10**7)
    assert app.rebuild("stock_ledger", swap=False).different == ()


def test_the_report_says_what_all_was_worth_at_the_end_of_a_day(app: Any) -> None:
    take_in(app, 3_000, 20_000, day="2026-02-20")
    take_in(app, 1_000, 40_000, day="2026-02-22")
    service.change(app.pos, "received", [row(NUTS, 2_000, 10_000)])
    found = {day: report_table(app.pos, report_of(app.pos, "stock.value"), "", day)
             for day in ("2026-02-19", "2026-02-20", "2026-02-25", "")}  # fmt: skip
    assert found == {
        "2026-02-19": [("Total", "", "0.00")],
        "2026-02-20": [("Tea", "3", "6.00"), ("Total", "", "6.00")],
        "2026-02-25": [("Tea", "4", "10.00"), ("Total", "", "10.00")],
        "": [("Nuts", "2", "2.00"), ("Tea", "4", "10.00"), ("Total", "", "12.00")],
    }
