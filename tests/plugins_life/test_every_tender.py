"""Whatever was paid with: part of it comes back, is exchanged, and finds another way where its own is not there."""

from __future__ import annotations

import pytest

from genesis import Actor, Refused, UserError
from tests.plugins_life.ways import ADA, PROVIDERS, SECRETS, WAYS, refused

KIM = Actor(id="kim", name="Kim", roles=("cashier",))
OWNER = Actor(id="owner", name="Owner", owner=True)
SELLS = ("register.sell", "register.return", "till.open")


@pytest.fixture
def way(stores, tmp_path, monkeypatch, request):
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    kind, method, plugin = WAYS[request.param]
    made = kind(stores, tmp_path, method, plugin)
    made.app.pos.permissions.save_role("cashier", SELLS)
    made.app.actor = KIM
    made.before = made.took()
    yield made
    if made.fake is not None:
        made.fake.stop()


def sold(way, *cents):
    way.ring(*cents)
    return way.pay().sale


def returned(way, sale, lines=None):
    way.app.register.return_lines(sale.number, lines)
    if way.customer:
        way.app.register.scan(ADA)


def took(way):
    return way.took() - way.before


@pytest.mark.parametrize("way", WAYS, indirect=True)
def test_part_comes_back_and_an_exchange_settles_the_difference(way):
    sale = sold(way, 1_000, 250, 333)
    assert (sale.total, took(way)) == (1_583, 1_583)
    returned(way, sale, {"2": 1_000})
    part = way.pay().sale
    assert (part.total, part.tenders[0].method, took(way)) == (-250, way.back(), 1_333)
    returned(way, sale, {"1": 1_000})  # for something cheaper: the difference goes back the way it came
    way.ring(400)
    exchange = way.pay().sale
    assert (exchange.total, exchange.tenders[0].refunds, took(way)) == (-600, {sale.tenders[0].id: 600}, 733)
    returned(way, exchange, {"2": 1_000})  # what was exchanged for comes back: the first payment pays that too
    assert (way.pay().sale.total, took(way)) == (-400, 333)
    returned(way, sale, {"3": 1_000})  # for something dearer: only the difference is paid
    way.ring(500)
    assert (way.pay().sale.total, took(way)) == (167, 500)
    with pytest.raises(UserError):
        way.app.register.return_lines(sale.number, {"3": 1_000})  # it came back already


@pytest.mark.parametrize("way", [name for name in WAYS if "cash" not in name], indirect=True)
def test_with_its_plugin_off_it_is_said_and_only_who_may_gives_it_back_in_cash(way):
    sale = sold(way, 900, 100)
    way.without(way.plugin)
    way.app.actor = KIM
    way.app.register.return_lines(sale.number, {"2": 1_000})
    with pytest.raises(UserError, match=f"paid by {sale.tenders[0].title}, which is not available now") as said:
        way.app.register.pay(way.method)
    assert said.value.remedy == "enable its plugin, or give it back another way if you may: cash"
    with pytest.raises(Refused, match="Kim may not: Give money back another way"):
        way.app.register.pay("cash")
    assert way.app.register.cart.tenders == ()
    way.app.actor = OWNER
    back = way.app.register.pay("cash").sale
    assert (back.total, back.tenders[0].method, back.tenders[0].refunds) == (-100, "cash", {})
    way.without()
    way.app.actor = KIM
    returned(way, sale, {"1": 1_000})  # on again: what is left goes back the way it came
    assert way.pay().sale.total == -900


@pytest.mark.parametrize("way", ["cash", "foreign cash"], indirect=True)
def test_with_cash_off_it_is_said_and_who_may_gives_it_back_otherwise(way):
    sale = sold(way, 900, 100)
    way.without("cash")
    way.app.actor = KIM
    returned(way, sale, {"2": 1_000})
    with pytest.raises(UserError, match=r"not (available now|given back)"):
        way.app.register.pay(way.method)
    with way.app.hooks.confirming(True, {"reference": "SLIP 1"}):
        with pytest.raises(Refused, match="Kim may not: Give money back another way"):
            way.app.register.pay("external_card")
        way.app.actor = OWNER
        assert way.app.register.pay("external_card").sale.total == -100


@pytest.mark.parametrize("way", PROVIDERS, indirect=True)
def test_with_its_provider_down_nothing_is_lost_and_another_way_needs_permission(way):
    sale = sold(way, 900, 100)
    returned(way, sale, {"2": 1_000})
    with way.down():
        said = refused(way)
        assert "the refund could not be started" in said.what
        assert "cannot be reached" in said.what
        assert said.remedy == "try it again, or give it back another way if you may"
        with pytest.raises(Refused, match="Kim may not: Give money back another way"):
            way.app.register.pay("cash")
        way.app.actor = OWNER
        assert way.app.register.pay("cash").sale.total == -100
    assert way.app.register.payments.unresolved() == []
    assert took(way) == 1_000  # the card keeps it, the customer has cash


@pytest.mark.parametrize("way", ["stripe", "adyen"], indirect=True)
def test_a_card_that_is_no_more_is_said_and_who_may_gives_cash(way):
    sale = sold(way, 900, 100)
    returned(way, sale, {"2": 1_000})
    way.fake.script = ["declined"]
    said = refused(way)
    assert said.what.startswith("the refund was declined (")
    assert said.remedy == "try it again, or give it back another way if you may"
    if way.method == "stripe":
        assert "the card has expired or is closed" in said.what
    with pytest.raises(Refused, match="Kim may not: Give money back another way"):
        way.app.register.pay("cash")
    way.app.actor = OWNER
    assert way.app.register.pay("cash").sale.total == -100
    assert took(way) == 1_000


@pytest.mark.parametrize("way", PROVIDERS, indirect=True)
def test_a_refund_whose_answer_was_lost_is_not_given_back_twice(way):
    sale = sold(way, 900, 100)
    returned(way, sale, {"2": 1_000})
    way.fake.faults = [("/", "cut reply", 0)]
    way.pay()
    assert took(way) == 900
    assert way.fake.faults == []
