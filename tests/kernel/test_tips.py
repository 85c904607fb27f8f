"""Tips: money beyond the goods, that is no revenue, goes back with what it came with, and stands on every report."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from genesis import Attempt, Confirm, Outcome, Refused, UserError, hookimpl
from genesis.kernel.providers import checked
from genesis.testkit.stores import as_plugin
from genesis.upkeep.doctor import sale_faults
from genesis_till import service
from tests.probes.price_list.plugin import PriceList
from tests.probes.slow_card.plugin import Books, SlowCard


class TippedCard(SlowCard):
    """The card of the probes, that takes tips said at the till, or asks for them."""

    tips = "till"
    asked_for = 0  # what the customer chooses on it
    most = 0

    def start(self, attempt):
        super().start(attempt)
        if attempt.asks:
            self.books.charged[attempt.id] += self.asked_for

    def query(self, attempt):
        found = super().query(attempt)
        if found.state != "partial" or not attempt.asks:
            return Outcome(**{**_fields(found), "most": self.most})
        return Outcome(**{**_fields(found), "state": "approved", "tip": found.amount - attempt.amount})


def _fields(found):
    return {name: getattr(found, name) for name in found.__struct_fields__}


class TippedPlugin:
    def __init__(self):
        self.books = Books()
        self.method = TippedCard(self.books)

    @hookimpl
    def payment_methods(self):
        return [self.method]


@pytest.fixture
def card():
    return TippedPlugin()


@pytest.fixture
def app(both, card):
    return both.new("cash", "till", extra=as_plugin(PriceList(), "price_list") | as_plugin(card, "slow_card"))


def by_card(app, amount=None, **more):
    app.register.pay("slow_card", amount, **more)
    found = None
    while found is None:
        found = app.register.settle(1)
    return found


def net(card):
    return sum(card.books.charged.values())


def rows(app, title):
    return dict(next((part.rows for part in app.register.shifts.x_report() if part.title == title), ()))


def test_a_tip_on_a_card_is_charged_with_it_and_changes_no_sum_of_the_sale(app, card):
    app.register.scan("2")  # 3.33
    sale = by_card(app, tip=67).sale
    [tender] = sale.tenders
    assert (sale.total, tender.amount, tender.tip, tender.tendered, net(card)) == (333, 333, 67, 400, 400)
    assert not list(sale_faults(sale))
    assert ("text", "Tip", "0.67") in sale.document
    assert rows(app, "Tips") == {"slow_card (1)": "0.67", "owner (1)": "0.67"}
    assert rows(app, "Tenders") == {"slow_card (1)": "3.33"}


def test_change_is_kept_as_a_tip_and_lies_in_the_drawer_until_it_is_paid_out(app):
    app.register.scan("2")
    sale = app.register.pay("cash", 500, tip=167).sale
    assert [(t.amount, t.tip, t.change, t.tendered) for t in sale.tenders] == [(333, 167, 0, 500)]
    assert service.expected(app.pos) == 500
    with app.hooks.confirming(True, {"amount": "1.68"}), pytest.raises(UserError, match="more than the tips"):
        service.pay_out_tips(app.pos)
    with app.hooks.confirming(True, {"amount": "1.67"}):
        service.pay_out_tips(app.pos)
    assert service.expected(app.pos) == 333
    assert rows(app, "Tips")["Tips paid out"] == "-1.67"


@pytest.mark.parametrize(
    ("method", "amount", "tip"),
    [("cash", 400, 68), ("cash", None, 1), ("cash", 100, 1), ("cash", 500, -1), ("slow_card", None, -1),
     ("slow_card", None, 10**13)],
)  # fmt: skip
def test_a_tip_that_cannot_be_is_refused_by_name_and_nothing_moves(app, card, method, amount, tip):
    app.register.scan("2")
    with pytest.raises(UserError) as refused:
        app.register.pay(method, amount, tip=tip)
    assert refused.value.field == "tip"
    assert (app.register.cart.tenders, net(card)) == ((), 0)


def test_a_tip_kept_of_the_change_leaves_coins_that_there_are(app):
    app.settings.change("cash", {"rounding_step": "0.05"})
    app.register.scan("2")
    with pytest.raises(UserError, match=r"tip: at most the change of 1\.65"):
        app.register.pay("cash", 500, tip=3)
    assert app.register.pay("cash", 500, tip=15).sale.tenders[0].change == 150


def test_the_customer_chooses_on_the_reader(app, card):
    card.method.tips, card.method.asked_for = "reader", 50
    with pytest.raises(UserError, match="takes none here"):
        app.register.scan("2")
        app.register.pay("slow_card", tip=5)
    sale = by_card(app).sale
    assert [(t.amount, t.tip, t.tendered) for t in sale.tenders] == [(333, 50, 383)]
    assert net(card) == 383


def test_of_part_of_the_money_the_goods_come_first():
    attempt = Attempt(id="a", sale="s", register="R1", method="m", amount=1200, tip=200, currency="EUR")
    for moved, tip in ((1100, 100), (1000, 0), (400, 0)):
        assert checked(Outcome(state="partial", amount=moved), attempt).tip == tip
    for wrong in (Outcome(state="approved", amount=1150), Outcome(state="approved", amount=900, tip=-100)):
        with pytest.raises(ValueError, match="approved"):
            checked(wrong, attempt)
    assert checked(Outcome(state="approved", amount=1000), attempt).tip == 0  # declined on the device


def test_a_tip_goes_back_with_the_goods_by_its_own_way_and_never_above_it(app, card):
    app.register.scan("2", 3_000)  # 9.99
    sale = by_card(app, tip=200).sale
    app.register.return_lines(sale.number, {"1": 1_000})
    with pytest.raises(Refused, match=r"tip: 2\.00 of it can go back"):
        by_card(app, tip=-201)
    with pytest.raises(Refused, match=r"tip: 0\.00 of it can go back"):
        app.register.pay("cash", tip=-1)
    back = by_card(app, tip=-150).sale
    assert [(t.amount, t.tip, t.tendered) for t in back.tenders] == [(-333, -150, -483)]
    assert back.tenders[0].refunds == {sale.tenders[0].id: 333, f"{sale.tenders[0].id}/tip": 150}
    app.register.return_lines(sale.number)
    card.books.script = ["declined"]
    with pytest.raises(Refused, match="declined"):
        by_card(app, tip=-50)
    with pytest.raises(Refused, match=r"tip: 0\.50 of it"):
        by_card(app, tip=-51)
    by_card(app, tip=-50)
    assert net(card) == 0


def test_what_was_charged_for_no_sale_goes_back_with_its_tip(app, card):
    card.books.script = ["lost after charge"]
    app.register.scan("2")
    with pytest.raises(Refused, match="unknown"):
        by_card(app, tip=67)
    app.register.pay("cash")
    for _ in range(3):
        app.register.payments.reconcile()
        app.register._book_found()
    assert (net(card), app.raw_journal.open_attempts()) == (0, [])


def test_a_tip_after_the_authorisation_goes_as_far_as_can_be_captured(both, app, card):
    card.method.most = 250
    app.register.scan("2")
    [tender] = by_card(app, 200).cart.tenders
    with pytest.raises(Refused, match=r"Card can take at most 0\.50 on top"):
        app.register.tip(tender.id, 51)
    app.register.tip(tender.id, 50)
    app.close()
    again = both.open(app, plugins=("cash", "till"),
                      extra=as_plugin(PriceList(), "price_list") | as_plugin(card, "slow_card"))  # fmt: skip
    sale = again.register.pay("cash").sale
    assert [(t.method, t.amount, t.tip, t.tendered) for t in sale.tenders] == [
        ("slow_card", 200, 50, 250), ("cash", 133, 0, 133)]  # fmt: skip
    assert not list(sale_faults(sale))


def test_what_is_taken_for_good_takes_no_tip_any_more(app):
    app.register.scan("2")
    [tender] = by_card(app, 200).cart.tenders
    with pytest.raises(UserError, match="taken as it is"):
        app.register.tip(tender.id, 1)


def test_given_up_money_asks_first(app, card):
    app.register.scan("2")
    by_card(app, 200, tip=20)
    with pytest.raises(Confirm, match=r"2\.20 was paid by Card"):
        app.register.cancel()


DEEDS = st.tuples(st.sampled_from(["cash", "slow_card", "back"]), st.integers(1, 3), st.integers(0, 400))


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(DEEDS, min_size=2, max_size=6))
def test_drawer_and_provider_hold_sales_and_tips_to_the_cent(both, deeds):
    card = TippedPlugin()
    app = both.new("cash", "till", extra=as_plugin(PriceList(), "price_list") | as_plugin(card, "slow_card"))
    taken, tips, sold = {"cash": 0, "slow_card": 0}, 0, []
    for way, qty, tip in deeds:
        if way == "back" and sold:
            sale, method, given_tip = sold.pop()
            app.register.return_lines(sale.number)
            part, price = -min(tip, given_tip), -sale.total
        else:
            app.register.scan("2", qty * 1_000)
            method, part, price = "slow_card" if way == "back" else way, tip, 333 * qty
        if method == "cash":
            done = app.register.pay("cash", price + part if price > 0 else None, tip=part)
        else:
            done = by_card(app, tip=part)
        if price > 0:
            sold.append((done.sale, method, part))
        assert not list(sale_faults(done.sale))
        taken[method] += price + part
        tips += part
    assert (service.expected(app.pos), net(card)) == (taken["cash"], taken["slow_card"])
    figures = app.register.shifts.close().figures
    assert sum(v[1] for k, v in figures.items() if k.startswith("tip:")) == tips
    assert figures["documents"][1] == sum(taken.values()) - tips
    app.close()
