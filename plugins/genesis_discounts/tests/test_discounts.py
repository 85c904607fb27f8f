"""Discounts at the till, against figures worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from genesis import Item, Price, Refused, UserError, Veto, hookimpl
from genesis.testkit.stores import as_plugin


class Goods:
    """Untaxed goods whose code is their price in cents."""

    @hookimpl
    def resolve_code(self, code):
        return Item(ref=f"goods:{code}", name=f"Thing at {code}") if code.isascii() and code.isdigit() else None

    @hookimpl
    def base_price(self, item):
        return Price(e4=int(item.ref.partition(":")[2]) * 100)


@pytest.fixture
def app(store):
    return store("discounts", "cash", extra=as_plugin(Goods(), "goods"))


def test_a_percentage_of_a_line_is_rounded_once(app):
    register = app.register
    line = register.scan("1234", 3000).line
    priced = register.discount(line, percent=Decimal(5)).priced
    assert priced.lines[0].figures.base == 3702
    assert priced.total == 3517  # 5 % of 37.02 is 1.851, rounded to 1.85
    assert priced.discounts == (("5 %", -185),)


def test_what_is_left_is_rounded_not_what_is_taken_off(app):
    line = app.register.scan("1235").line
    assert app.register.discount(line, percent=Decimal(10)).priced.total == 1112  # 11.115, half away from zero


def test_a_cart_discount_is_split_by_largest_remainder(app):
    register = app.register
    for code in ("4300", "1400", "2300"):
        register.scan(code)
    priced = register.discount(None, amount=299, reason="Friend").priced
    assert [p.figures.adjustments[0].amount for p in priced.lines] == [-161, -52, -86]
    assert [p.figures.adjustments[0].author for p in priced.lines] == ["discounts"] * 3
    assert priced.total == 8000 - 299


def test_line_discounts_come_before_those_of_the_cart_and_follow_each_other(app):
    register = app.register
    first = register.scan("1000").line
    register.scan("1000")
    register.discount(None, percent=Decimal(10))
    register.discount(first, percent=Decimal(50))
    priced = register.discount(first, amount=100).priced
    # line: 10.00 - 50 % - 1.00 = 4.00; other 10.00; cart 10 % of 14.00 = 1.40
    assert priced.total == 1260


def test_a_discount_never_makes_a_line_negative(app):
    register = app.register
    line = register.scan("150").line
    assert register.discount(line, amount=500).priced.total == 0
    done = register.pay("cash")
    assert done.sale.total == 0


@pytest.mark.parametrize(
    "wanted", [{"percent": Decimal(0)}, {"percent": Decimal("100.01")}, {"percent": Decimal(-5)}, {"amount": 0}, {}]
)
def test_a_discount_that_cannot_be_is_refused_and_the_cart_stays(app, wanted):
    register = app.register
    register.scan("1000")
    with pytest.raises(UserError) as refused:
        register.discount(None, **wanted)
    assert refused.value.field == "discount"
    assert register.priced.total == 1000


def test_limits_and_reasons_of_the_store(app):
    register = app.register
    app.settings.change("discounts", {"most_percent": "10", "reasons": ["Damaged"]})
    line = register.scan("1000").line
    with pytest.raises(Veto) as refused:
        register.discount(line, percent=Decimal(5))
    assert refused.value.field == "reason"
    assert register.discount(line, percent=Decimal(50), reason="Damaged").priced.total == 500  # the owner may exceed


def test_without_the_plugin_a_discount_is_refused_by_name(store):
    register = store("cash", extra=as_plugin(Goods(), "goods")).register
    register.scan("1000")
    with pytest.raises(Refused, match="genesis_discounts"):
        register.discount(None, percent=Decimal(10))
    assert register.priced.total == 1000


def test_an_open_cart_keeps_its_discount_when_the_plugin_goes_and_cannot_be_paid_silently(app):
    register = app.register
    register.scan("1000")
    register.discount(None, percent=Decimal(10))
    app.switch("discounts", enabled=False)
    with pytest.raises(Refused, match="genesis_discounts"):
        app.register.pay("cash")
    app.switch("discounts", enabled=True)
    assert app.register.pay("cash").sale.total == 900


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    prices=st.lists(st.integers(1, 99_999), min_size=1, max_size=6),
    percent=st.integers(1, 100),
    amount=st.integers(1, 50_000),
)
def test_nothing_is_lost_or_made_by_splitting(app, prices, percent, amount):
    register = app.register
    if register.cart is not None:
        register.cancel()
    for price in prices:
        register.scan(str(price))
    register.discount(None, percent=Decimal(percent))
    priced = register.discount(None, amount=amount).priced
    given_away = sum(a.amount for p in priced.lines for a in p.figures.adjustments)
    assert priced.total == sum(prices) + given_away
    assert all(p.figures.gross >= 0 for p in priced.lines)
    assert sum(total for _, total in priced.discounts) == given_away
