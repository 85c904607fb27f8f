"""Foreign cash: worth by a typed rate, change and refunds in the store's, each currency's cash by itself."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from genesis import Actor, Item, Price, Query, Refused, UserError, hookimpl, worth
from genesis.testkit.stores import as_plugin
from genesis_till import reports, service


class Goods:
    """A code is its price in minor units."""

    @hookimpl
    def resolve_code(self, code):
        return Item(ref=f"goods:{code}", name=f"Thing {code}") if code.isdigit() else None

    @hookimpl
    def base_price(self, item):
        return Price(e4=int(item.ref.partition(":")[2]) * 100)


def opened(stores, rates="1 USD = 0.92 EUR", **more):
    """Return a store that takes foreign cash."""
    app = stores.new("cash", "till", extra=as_plugin(Goods(), "goods"))
    app.settings.change("cash", {"rates": rates, **more})
    app.restart()
    return app


@pytest.fixture
def app(both):
    return opened(both)


def told(app, run, **answers):
    with app.hooks.confirming(True, answers):
        return run(app.pos)


def test_what_is_given_is_worth_its_rate_and_change_is_the_stores(app):
    app.register.scan("1000")
    sale = app.register.pay("cash_usd", 2000).sale
    [tender] = sale.tenders
    assert (tender.tendered, tender.change, tender.amount) == (1840, 840, 1000)
    assert (tender.currency, tender.given, tender.rate, tender.cash) == ("USD", 2000, "0.92", True)
    shown = [(left, right) for _, left, right in sale.document]
    assert ("Cash 20.00 USD", "18.40") in shown
    assert ("  1 USD = 0.92 EUR", "") in shown
    assert ("Change", "8.40") in shown


def test_part_by_foreign_cash_the_rest_another_way_and_none_gives_the_least_that_covers(app):
    app.register.scan("1000")
    assert app.register.pay("cash_usd", 500).priced.due == 540
    sale = app.register.pay("cash_usd").sale
    assert [(t.given, t.tendered, t.change) for t in sale.tenders] == [(500, 460, 0), (587, 540, 0)]


@pytest.mark.parametrize(
    ("due", "given", "change", "rounding"),
    [("1002", 1100, 10, 0), ("1002", 1088, 0, -2), ("1003", 1100, 10, -1), ("1000", 1090, 0, 2)],
)
def test_change_is_paid_in_coins_of_the_store(stores, due, given, change, rounding):
    app = opened(stores, rounding_step="0.05")
    app.register.scan(due)
    sale = app.register.pay("cash_usd", given).sale
    [tender] = sale.tenders
    assert (tender.change, sale.rounding) == (change, rounding)
    assert sale.total + sale.rounding == tender.amount == tender.tendered - tender.change


@pytest.mark.parametrize("given", [0, -100, 1, 10**13])
def test_an_amount_that_cannot_be_is_refused_and_nothing_is_booked(app, given):
    app.settings.change("cash", {"rates": "1 USD = 0.001 EUR"})
    app.register.scan("1000")
    with pytest.raises(UserError) as refused:
        app.register.pay("cash_usd", given)
    assert refused.value.field == "amount"
    assert not app.register.cart.tenders


def test_a_rate_taken_away_stops_its_cash_and_no_other(app):
    app.register.scan("1000")
    app.settings.change("cash", {"rates": ""})
    with pytest.raises(UserError, match="USD has no rate any more"):
        app.register.pay("cash_usd", 2000)
    assert app.register.pay("cash").sale is not None


def test_it_goes_back_as_cash_of_the_store_and_as_its_own_way(app):
    app.register.scan("1000")
    sale = app.register.pay("cash_usd", 2000).sale
    app.pos.permissions.save_role("cashier", ("register.sell", "register.return", "till.open"))
    app.register.return_lines(sale.number)
    assert [m.id for m in app.register.methods()] == ["cash"]
    with pytest.raises(UserError, match="Cash USD is not given back"):
        app.register.pay("cash_usd", -1000)
    app.actor = Actor(id="kim", name="Kim", roles=("cashier",))  # may not give back another way
    back = app.register.pay("cash").sale
    assert back.tenders[0].refunds == {sale.tenders[0].id: 1000}
    assert (back.tenders[0].currency, back.total) == ("", -1000)


def close(app, counted, **foreign):
    return told(app, service.close_shift, counted=counted, left="", **foreign)


def test_each_currency_is_expected_counted_and_over_or_short_by_itself(app):
    told(app, service.open_shift, float="100.00", **{"float USD": "50.00"})
    app.register.scan("1000")
    app.register.pay("cash_usd", 2000)
    app.register.scan("300")
    app.register.pay("cash")
    told(app, lambda pos: service.move(pos, "drop", ""), amount="30.00", currency="USD", reason="safe")
    assert (service.expected(app.pos), service.expected(app.pos, "USD")) == (10_000 - 840 + 300, 5000 + 2000 - 3000)
    [usd] = [part for part in app.register.shifts.x_report() if part.title == "Cash USD"]
    assert dict(usd.rows) == {"Float": "50.00", "Cash sales and refunds": "20.00", "Paid in": "0.00",
                                   "Paid out": "0.00", "Drops": "-30.00", "Expected": "40.00"}  # fmt: skip
    with pytest.raises(UserError, match="USD was in the drawer and is not counted"):
        close(app, "94.60")
    fact = close(app, "94.60", **{"counted USD": "39.00", "left USD": "20.00"})
    count = fact.foreign["USD"]
    assert (fact.over_short, count.expected, count.counted, count.over_short, count.left) == (0, 4000, 3900, -100, 2000)
    rows = [row[1:] for row in reports.z_rows(app.pos, fact, "2026-01-01T00:00")]
    assert ("Over or short", "-1.00") in rows
    assert app.pos.shifts.last()["floats"] == {"USD": 2000}
    [row] = reports.find(app.pos, Query()).rows
    assert "USD -1.00" in row.cells[1].small


def test_a_large_difference_of_foreign_cash_counts_by_its_worth(app):
    app.settings.change("till", {"most_difference": "5"})
    app.pos.permissions.save_role("cashier", ("register.sell", "till.close"))
    app.register.scan("1000")
    app.register.pay("cash_usd", 2000)
    app.actor = Actor(id="kim", name="Kim", roles=("cashier",))
    with pytest.raises(Refused, match="more than you may"):
        close(app, "-8.40", **{"counted USD": "14.55"})  # 5.45 USD are worth 5.01
    assert close(app, "-8.40", **{"counted USD": "14.56"}).foreign["USD"].over_short == -544


@given(
    minor=st.integers(0, 10**9), rate=st.decimals("0.000000001", "99999", places=9),
    foreign=st.sampled_from(["USD", "JPY", "KWD"]), store=st.sampled_from(["EUR", "JPY", "KWD"]),
)  # fmt: skip
def test_worth_is_never_more_than_the_rate_and_less_by_under_one_minor_unit(minor, rate, foreign, store):
    digits = {"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3}
    exact = Fraction(minor, 10 ** digits[foreign]) * Fraction(rate) * 10 ** digits[store]
    got = worth(minor, foreign, Decimal(rate), store)
    assert got <= exact < got + 1


WAYS = st.sampled_from(["cash", "cash_usd", "cash_jpy", "back"])


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(st.tuples(WAYS, st.integers(3, 9_000), st.integers(0, 9_000)), min_size=2, max_size=6))
def test_whatever_is_sold_drawers_hold_what_went_through_them(both, deeds):
    app = opened(both, "1 USD = 0.92 EUR\n1 JPY = 0.0061 EUR", rounding_step="0.05")
    held, sold = {"": 0, "USD": 0, "JPY": 0}, []
    for way, price, more in deeds:
        if way == "back" and sold:
            app.register.return_lines(sold.pop())
            answer = app.register.pay("cash")
        else:
            app.register.scan(str(price))
            covers = {"cash": price + 2, "cash_usd": 2 * price, "cash_jpy": 200 * price}
            chosen = "cash" if way == "back" else way
            answer = app.register.pay(chosen, covers[chosen] + more)
            sold.append(answer.sale.number)
        sale = answer.sale
        assert sale.total + sale.rounding == sum(t.amount for t in sale.tenders)
        for tender in sale.tenders:
            held[""] += (0 if tender.currency else tender.tendered) - tender.change
            held[tender.currency or ""] += tender.given
    fact = app.register.shifts.close()
    assert (fact.expected, {c: x.expected for c, x in fact.foreign.items()}) == (
        held[""], {c: held[c] for c in ("JPY", "USD") if held[c]})  # fmt: skip
    app.close()
