"""More than is due, by every way to pay and in both directions: change comes of cash alone."""

from __future__ import annotations

import pytest

from genesis import Confirm, UserError
from genesis.testkit.stores import as_plugin
from genesis_giftcards import service as giftcards
from genesis_store_credit import service as credit
from tests.probes.price_list.plugin import PriceList
from tests.probes.slow_card.plugin import CardPlugin

ON = ("cash", "external_card", "giftcards", "store_credit", "customers")
ADA = "customers:ada"
TAKES = {"cash": 1, "cash_usd": 1}  # change of a cent too much (of foreign cash as near as its rate comes)
NEVER = ("external_card", "giftcard", "store_credit", "on_account", "slow_card")


@pytest.fixture
def app(store):
    app = store(*ON, extra=as_plugin(PriceList(), "price_list") | as_plugin(CardPlugin(), "slow_card"))
    app.settings.change("cash", {"rates": "1 USD = 1 EUR"})
    app.restart()
    app.pos.records("customers_customer").save({"name": "Ada Lovelace"}, record_id="ada")
    credit.set_limit(app.pos, "Ada", "100")
    return app


def card_with(app, cents):
    app.register.add(app.register.resolve(giftcards.NEW), unit_price=cents * 100)
    return app.register.pay("cash").sale.lines[0].sections["giftcards"]["code"]


def pay(app, method, amount, code=""):
    with app.hooks.confirming(True, {"giftcard": code, "reference": "slip 1"}):
        return app.register.pay(method, amount)


def rung(app, qty=1_000):
    app.register.scan("2", qty)  # 2.99 for a customer
    app.register.scan(ADA)


def test_the_table_names_every_way_to_pay(app):
    assert set(app.register.payments.methods) == {*TAKES, *NEVER}


@pytest.mark.parametrize("method", [*TAKES, *NEVER])
def test_more_than_is_due_comes_in_as_cash_alone(app, method):
    code = card_with(app, 5_000)
    rung(app)
    if method in TAKES:
        [tender] = pay(app, method, 300).sale.tenders
        assert (tender.amount, tender.change) == (299, TAKES[method])
        return
    with pytest.raises(UserError, match=r"takes at most 2\.99") as refused:
        pay(app, method, 300, code)
    assert (refused.value.field, app.register.cart.tenders) == ("amount", ())


def test_a_gift_card_keeps_what_is_too_much_where_the_store_says_so(app):
    code = card_with(app, 5_000)
    app.settings.change("giftcards", {"over": "keep"})
    rung(app)
    [tender] = pay(app, "giftcard", 5_000, code).sale.tenders
    assert (tender.amount, tender.tendered, tender.change) == (299, 299, 0)
    assert app.raw_journal.balance(giftcards.SPACE, code) == 4_701


@pytest.mark.parametrize("method", [*TAKES, *NEVER])
@pytest.mark.parametrize("amount", [-301, 1])
def test_never_more_goes_back_than_is_due_and_nothing_comes_in_on_a_refund(app, method, amount):
    rung(app, -1_000)
    with pytest.raises(UserError) as refused:
        pay(app, method, amount)
    assert not isinstance(refused.value, Confirm)
    assert app.register.cart.tenders == ()
    assert app.register.payments.run is None
