"""Cash rounding and change, with figures worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from genesis import Item, Price, SettingsError, UserError, hookimpl
from genesis.testkit.stores import as_plugin


class Goods:
    """Untaxed goods at 1.98 each."""

    @hookimpl
    def resolve_code(self, code):
        return Item(ref="goods:1", name="Thing") if code == "1" else None

    @hookimpl
    def base_price(self):
        return Price(e4=19_800)


@pytest.fixture
def app(store):
    return store("cash", extra=as_plugin(Goods(), "goods"))


@pytest.mark.parametrize(
    ("step", "mode", "due", "rounded"),
    [
        ("0.05", "half_up", 198, 200),
        ("0.05", "down", 198, 195),
        ("0.05", "down", -198, -195),
        ("0.05", "up", 196, 200),
        ("0.50", "half_up", 25, 50),
        ("0.50", "half_up", -25, -50),
        ("0.50", "half_even", 25, 0),
        ("0.10", "half_even", 15, 20),
        ("1", "half_up", 1049, 1000),
        ("0", "half_up", 198, 198),
        ("0.01", "up", 198, 198),
    ],
)
def test_rounding_by_the_stores_rule(app, step, mode, due, rounded):
    app.settings.change("cash", {"rounding_step": step, "rounding_mode": mode})
    from genesis.hooks import pricing

    answer = app.hooks.first(pricing.round_cash)(currency="EUR", due=due)
    assert (due if answer is None else answer) == rounded


def test_the_difference_is_a_row_of_its_own_and_a_full_return_gives_back_what_was_paid(app):
    app.settings.change("cash", {"rounding_step": "0.05"})
    register = app.register
    register.scan("1")
    sale = register.pay("cash", 500).sale
    assert (sale.total, sale.rounding) == (198, 2)
    assert [(t.amount, t.tendered, t.change) for t in sale.tenders] == [(200, 500, 300)]
    register.return_lines(sale.number)
    back = register.pay("cash").sale
    assert (back.total, back.rounding, back.tenders[0].amount) == (-198, -2, -200)


def test_less_than_due_is_a_part_payment_and_more_gives_change(app):
    register = app.register
    register.scan("1")
    part = register.pay("cash", 100)
    assert part.sale is None
    assert part.priced.due == 98
    done = register.pay("cash", 100)
    assert [(t.amount, t.change) for t in done.sale.tenders] == [(100, 0), (98, 2)]


@pytest.mark.parametrize("amount", [0, -5, 10**13])
def test_amounts_that_cannot_be_are_refused_and_the_cart_stays(app, amount):
    register = app.register
    register.scan("1")
    with pytest.raises(UserError) as refused:
        register.pay("cash", amount)
    assert refused.value.field == "amount"
    assert register.cart is not None
    assert not register.cart.tenders


@pytest.mark.parametrize("step", ["x", "-0.05", "1e3", "", "٠.٠٥"])
def test_a_step_that_is_no_number_is_refused_by_name(app, step):
    with pytest.raises(SettingsError) as refused:
        app.settings.change("cash", {"rounding_step": step})
    assert "rounding_step" in refused.value.problems


@given(due=st.integers(-(10**9), 10**9), step=st.sampled_from([5, 10, 50, 100]))
def test_rounded_amounts_are_coins_nearest_to_what_is_due(due, step):
    from decimal import Decimal

    from genesis import to_step

    rounded = to_step(due, Decimal(step)) * step
    assert rounded % step == 0
    assert abs(rounded - due) * 2 <= step
    assert to_step(-due, Decimal(step)) * step == -rounded
