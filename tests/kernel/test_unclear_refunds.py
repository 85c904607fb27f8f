"""Money that may have gone back, and goods that came back elsewhere: the cart stays, and nothing goes back twice."""

from __future__ import annotations

import pytest

from genesis import Refused, UserError
from genesis.testkit.stores import as_plugin
from tests.kernel.test_refunds import by_card, given_back, goods, net, sold
from tests.probes.slow_card.plugin import CardPlugin


@pytest.fixture
def card():
    return CardPlugin()


@pytest.fixture
def app(both, card):
    return both.new("cash", extra=goods() | as_plugin(card, "slow_card"))


def unknown_refund(app, card):
    """Take a line back by card, of which the answer is lost; returns its sale."""
    sale = sold(app, "1", "2")
    app.register.return_lines(sale.number, {"1": 1_000})
    card.books.script = ["lost after charge"]
    with pytest.raises(Refused, match="unknown"):
        by_card(app)
    return sale


def test_a_cart_whose_refund_may_have_happened_stays_as_it_is_until_that_is_known(app, card):
    sale, register = unknown_refund(app, card), app.register
    for change in (lambda: register.void("1"), register.undo, lambda: register.scan("2"),
                   lambda: register.return_lines(sale.number), lambda: register.discount(None, amount=5)):  # fmt: skip
        with pytest.raises(UserError, match="an earlier refund of this sale is not known to have failed"):
            change()
    register.hold("later")  # the register sells on meanwhile
    sold(app, "2")
    register.recall("later")
    [attempt] = register.payments.unresolved()
    assert register.resolve_attempt(attempt, register.payments.ask(attempt)).sale.total == -125
    assert (net(card), given_back(app, sale)) == (458 - 125 + 333, [125])


def test_no_card_gets_money_back_for_goods_that_came_back_elsewhere_meanwhile(app, card):
    sale = sold(app, "1", "2")
    app.register.return_lines(sale.number, {"1": 1_000})
    app.register.hold("first")
    app.register.return_lines(sale.number, {"1": 1_000})
    by_card(app)
    app.register.recall("first")
    with pytest.raises(Refused, match="elsewhere meanwhile"):
        by_card(app)
    assert (net(card), given_back(app, sale)) == (333, [125])
    assert app.register.cart.tenders == ()  # so the line can be voided, as it says
    app.register.void(app.register.cart.lines[0].id)


def test_a_refund_for_goods_that_came_back_elsewhere_meanwhile_is_made_good_and_the_register_sells_on(app, card):
    sale, register = unknown_refund(app, card), app.register
    register.hold("unclear")
    register.return_lines(sale.number, {"1": 1_000})
    by_card(app)
    register.recall("unclear")
    [attempt] = register.payments.unresolved()
    with pytest.raises(Refused, match="elsewhere meanwhile: void the return line"):
        register.resolve_attempt(attempt, register.payments.ask(attempt))
    assert [(t.method, t.amount) for t in register.cart.tenders] == [("slow_card", -125)]
    for away in (register.cancel, register.hold):
        with pytest.raises(UserError, match="part of this sale is paid already"):
            away()
    register.void(register.cart.lines[0].id)
    assert register.priced.due == 125  # what the customer was given twice
    done = register.pay("cash").sale
    assert [(t.method, t.amount) for t in done.tenders] == [("slow_card", -125), ("cash", 125)]
    assert (net(card), given_back(app, sale)) == (458 - 250, [250])
    sold(app, "2")
