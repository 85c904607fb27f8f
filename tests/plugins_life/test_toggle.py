"""Switching plugins on a live store: at once, never during a payment, seen by every process, the cart kept."""

from __future__ import annotations

import threading

import pytest

from genesis import PluginFault, Refused, UserError
from genesis.kernel.providers import Outcome
from genesis.testkit.stores import as_plugin
from tests.plugins_life.trouble import fail, trouble
from tests.probes.price_list.plugin import PriceList
from tests.probes.slow_card.plugin import CardPlugin


def goods():
    return as_plugin(PriceList(), "price_list")


def vat(app):
    taxes = [{"tax": "vat", "title": "VAT", "type": "percent", "rate": "20"}]
    app.pos.records("tax_class").save({"title": "Standard", "taxes": taxes}, record_id="std")


def test_a_soft_restart_keeps_the_cart_and_old_facades_are_dropped(stores):
    app = stores.new("cash", "discounts", extra=goods())
    app.register.scan("1", 2_000)
    app.register.scan("C1")
    app.register.scan("COUPON")
    app.register.note(None, "gift")
    app.register.pay("cash", 50)
    old, pos, cart, due = app.register, app.pos, app.register.cart, app.register.priced.due
    app.switch("discounts", enabled=False)
    assert app.register is not old
    assert app.pos is not pos
    assert (app.register.cart, app.register.priced.due) == (cart, due)
    app.switch("discounts", enabled=True)
    assert (app.register.cart, app.register.priced.due) == (cart, due)
    assert app.register.pay("cash").sale.total == 180  # (2 x 1.25 - 0.50) less a tenth


def test_lines_stay_when_the_plugin_goes_that_they_came_from(stores):
    app = stores.new("cash", extra=goods())
    app.register.scan("1")
    plan = app.plan("price_list", "disable")
    assert "1 line of the open cart came from it; it stays as it is" in plan.effects
    assert "items have no price: nothing can be added" in plan.effects
    app.switch("price_list", enabled=False)
    with pytest.raises(UserError, match="price_list"):
        app.register.scan("1")
    assert app.register.pay("cash").sale.total == 125


def test_a_plan_changes_nothing(store):
    app = store("cash", "discounts", extra=goods())
    before = app.raw_journal.pos()
    for row in app.plugins():
        app.plan(row.id, "disable")
        app.plan(row.id, "enable")
    assert app.raw_journal.pos() == before
    assert app.plan("discounts", "disable").effects == ("nothing else depends on it",)
    assert "it brings the last way to pay: no sale can be completed" in app.plan("cash", "disable").effects
    assert any("tax" in effect for effect in app.plan("price_list", "disable").effects)
    with pytest.raises(UserError, match="there is no plugin 'x'"):
        app.plan("x", "disable")


def test_no_switch_while_a_payment_is_in_flight_and_none_from_elsewhere_is_followed(both):
    card = CardPlugin()
    app = both.new("cash", "discounts", extra=goods() | as_plugin(card, "slow_card"))
    office = both.open(app, plugins=("cash", "discounts"), extra=goods() | as_plugin(card, "slow_card"),
                       register=False, projector="none")  # fmt: skip
    card.books.script = ["never"]
    app.register.scan("2")
    run = app.register.pay("slow_card").payment
    with pytest.raises(Refused, match="a payment is under way"):
        app.switch("discounts", enabled=False)
    with pytest.raises(Refused, match="1 payment of it is not finished"):
        office.switch("slow_card", enabled=False)
    assert "1 payment of it is not finished: resolve it first" in office.plan("slow_card", "disable").refusals
    office.switch("discounts", enabled=False)
    assert not app.outdated()  # the register waits with that
    run.cancel()
    with pytest.raises(Refused, match="cancelled"):
        app.register.settle(5)
    assert app.outdated()
    app.restart()
    assert not app.outdated()
    assert "discounts" not in app.enabled
    assert app.register.pay("cash").sale.total == 333


def test_an_unknown_payment_keeps_its_plugin_until_it_is_resolved(stores):
    card = CardPlugin()
    app = stores.new("cash", extra=goods() | as_plugin(card, "slow_card"))
    card.books.script = ["lost after charge"]
    app.register.scan("2")
    app.register.pay("slow_card")
    with pytest.raises(Refused, match="unknown"):
        app.register.settle(5)
    with pytest.raises(Refused, match="1 payment of it is not finished"):
        app.switch("slow_card", enabled=False)
    [attempt] = app.register.payments.unresolved()
    app.register.resolve_attempt(attempt, app.register.payments.ask(attempt))
    app.switch("slow_card", enabled=False)
    assert app.register.last_sale().fact.tenders[0].method == "slow_card"


def test_what_a_provider_took_is_kept_though_the_cart_cannot_be_priced(stores):
    code, extra = trouble()
    card = CardPlugin()
    extra |= goods() | as_plugin(card, "slow_card")
    app = stores.new("cash", extra=extra)
    card.books.script = ["ok"]
    app.register.scan("3")
    app.register.pay("slow_card", 500).payment.outcome(5)
    app.close()  # the answer was never booked
    code.at("adjustments", fail(ValueError("broken on purpose")))
    app = stores.open(app, plugins=("cash",), extra=extra)
    [attempt] = app.register.payments.unresolved()
    with pytest.raises(PluginFault):
        app.register.resolve_attempt(attempt, Outcome(state="approved", amount=500, reference="r"))
    assert [t.amount for t in app.register.cart.tenders] == [500]
    app.close()
    code.calm()
    app = stores.open(app, plugins=("cash",), extra=extra)
    assert app.register.priced.due == 499
    assert [t.amount for t in app.register.pay("cash").sale.tenders] == [500, 499]


def test_a_switch_in_another_process_reaches_the_register(stores):
    app = stores.new("cash", "discounts", extra=goods(), projector="thread")
    app.register.scan("1")
    cart = app.register.cart
    other = stores.open(app, plugins=("cash", "discounts"), extra=goods(), register=False)
    assert not app.outdated()
    other.switch("discounts", enabled=False)
    assert app.outdated()
    app.restart()
    assert "discounts" not in app.enabled
    assert app.register.cart == cart
    assert not any(t.name.startswith("projector") and not t.is_alive() for t in threading.enumerate())


def test_a_cart_with_taxed_lines_opens_though_the_views_were_deleted(stores):
    app = stores.new("cash", "tax", extra=goods())
    vat(app)
    app.switch("price_list", enabled=False)
    app.switch("price_list", enabled=True)
    app.register.scan("2")
    cart, due = app.register.cart, app.register.priced.due
    app.close()
    for file in app.home.folder.glob("views.db*"):
        file.unlink()
    app = stores.open(app, plugins=("cash", "tax"), extra=goods())
    assert (app.register.cart, app.register.priced.due) == (cart, due)
    assert app.register.pay("cash").sale.total == 333


def test_only_who_may_switches_and_the_refusal_is_a_fact(store):
    from genesis import Actor

    app = store("cash", "discounts")
    app.actor = Actor(id="kim", name="Kim")
    with pytest.raises(Refused, match="Kim may not: Switch plugins on and off"):
        app.switch("discounts", enabled=False)
    assert "discounts" in app.enabled
    last = app.raw_journal.read(app.raw_journal.pos() - 1)[0]
    assert (last.kind, last.fact.permission, last.fact.resource) == (
        "permission.refused",
        "plugins.toggle",
        "discounts",
    )
    assert last.actor == "kim"
