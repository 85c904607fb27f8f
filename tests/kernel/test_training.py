"""A sale of training moves nothing real: no balance, no goods, no card, no drawer, no figure of the shift."""

from __future__ import annotations

import msgspec
import pytest

from genesis import Actor, Refused, UserError
from genesis.testkit.stores import as_plugin
from genesis_giftcards import service as giftcards
from tests.probes.price_list.plugin import PriceList
from tests.probes.slow_card.plugin import CardPlugin

OWN = {"sale", "command", "returned", "refunded"}  # guards that are about the sale of training itself


@pytest.fixture
def app(both):
    extra = as_plugin(PriceList(), "price_list") | as_plugin(CardPlugin(), "slow_card")
    return both.new("cash", "giftcards", "external_card", extra=extra)


def gift(app, cents):
    app.register.add(app.register.resolve(giftcards.NEW), unit_price=cents * 100)


def training(app):
    app.register.cart = msgspec.structs.replace(app.register.cart, mode="training")


def spaces(app):
    """Return the guard spaces that the last sale touched."""
    entry = app.register.last
    return {guard[1] for guard in msgspec.json.decode(entry.guards)}


def facts(app):
    return [e.kind for e in app.raw_journal.scan()]


def test_a_gift_card_sold_in_training_was_never_sold(app):
    gift(app, 2_000)
    training(app)
    sale = app.register.pay("cash").sale
    code = sale.lines[0].sections["giftcards"]["code"]
    assert app.raw_journal.balance(giftcards.SPACE, code) == 0
    assert spaces(app) <= OWN
    assert "drawer.opened" not in facts(app)
    with pytest.raises(Refused, match="never sold here"):
        app.register.resolve(code)
    assert dict(app.register.shifts.x_report()[0].rows)["Receipts"] == "0"


def test_a_real_gift_card_keeps_its_balance_in_training(app):
    gift(app, 2_000)
    code = app.register.pay("cash").sale.lines[0].sections["giftcards"]["code"]
    app.register.scan("2")
    training(app)
    with app.hooks.confirming(True, {"giftcard": code}):
        assert app.register.pay("giftcard").sale.mode == "training"
    assert app.raw_journal.balance(giftcards.SPACE, code) == 2_000
    assert spaces(app) <= OWN


def test_no_provider_is_asked_in_training_and_receipts_do_not_cross(app):
    app.register.scan("2")
    training(app)
    assert "slow_card" not in [m.id for m in app.register.methods()]
    with pytest.raises(UserError, match="no payment method"):
        app.register.pay("slow_card")
    number = app.register.pay("cash").sale.number
    with pytest.raises(Refused, match="not both of training"):
        app.register.return_lines(number)
    app.register.scan("2")
    training(app)
    app.register.return_lines(number)
    app.register.void("1")
    assert app.register.pay("cash").sale.total == -333


def test_training_lasts_over_restarts_and_ends_only_when_somebody_ends_it(both):
    extra = as_plugin(PriceList(), "price_list")
    app = both.new("cash", extra=extra)
    app.register.scan("1")
    with pytest.raises(UserError, match="there is an open cart"):
        app.register.train(on=True)
    app.register.hold("real")
    app.register.train(on=True)
    app.close()
    again = both.open(app, plugins=("cash",), extra=extra)
    assert again.register.scan("1").cart.mode == "training"
    assert again.register.pay("cash").sale.mode == "training"
    with pytest.raises(UserError, match="'real' and this till are not both in training") as refused:
        again.register.recall("real")
    assert refused.value.field == "name"
    again.register.train(on=False)
    assert again.register.recall("real").cart.mode == "normal"
    assert again.register.pay("cash").sale.mode == "normal"
    assert [e.fact.on for e in again.raw_journal.scan() if e.kind == "training.switched"] == [True, False]


def test_who_may_not_train_does_not(app):
    app.pos.permissions.save_role("clerk", ("register.sell",))
    app.actor = Actor(id="ana", name="Ana", roles=("clerk",))
    with pytest.raises(Refused):
        app.register.train(on=True)
    assert app.register.mode == "normal"
