"""A bad line, a wrong answer, nobody there: a card is charged once, and what is unclear is known in the end."""

from __future__ import annotations

import pytest

from genesis import Refused, UserError
from genesis.hooks.platform import health
from genesis_stripe import gateway
from genesis_stripe.models import StripeNotCaptured
from genesis_stripe.payments import PAYMENTS

FAULTS = [("cut request", 0), ("cut request", 99), ("cut reply", 0), ("cut reply", 99), ("after 500", 0),
          ("before 503", 0), ("before 429", 0)]  # fmt: skip


@pytest.mark.parametrize("step", ["POST /v1/payment_intents", "GET /v1/terminal/readers", "process_payment_intent"])
def test_a_bad_line_charges_once_and_the_sale_goes_on(till, fake, step):
    for sales, (what, at) in enumerate(FAULTS, 1):
        fake.faults = [(step, what, at)]
        assert till.sell("2").total == 333
        till.work()
        assert fake.faults == []
        assert (fake.charged(), len(fake.intents)) == (till.charged(), sales)


def test_a_request_that_comes_twice_is_done_once(till, fake):
    for step in ("POST /v1/payment_intents", "process_payment_intent", "capture", "POST /v1/refunds", "cancel"):
        fake.faults = [(step, "twice", 0)]
        if step == "cancel":
            fake.script = ["declined"]
            assert isinstance(till.sell("2"), Refused)
        sale = till.card().sale if till.app.register.cart else till.sell("2")
        till.work()
        if "refunds" in step:
            till.returned(sale)
        assert fake.faults == []
        assert fake.charged() == till.charged()


def test_an_answer_that_comes_too_late_is_not_waited_for(till, fake, monkeypatch):
    monkeypatch.setattr(gateway, "READ", 0.1)
    till.restart()
    for step in ("POST /v1/payment_intents", "process_payment_intent"):
        fake.faults = [(step, "silent", 0)]
        assert till.sell("2").total == 333
    till.work()
    assert (fake.charged(), len(fake.intents)) == (till.charged(), 2)


@pytest.mark.parametrize("lie", [{"currency": "usd"}, {"amount_capturable": 334}, {"amount_capturable": 0}])
def test_an_answer_that_cannot_be_true_is_unknown_until_stripe_tells_the_truth(till, fake, lie):
    fake.script = ["never"]
    till.app.register.scan("2")
    run = till.app.register.pay("stripe").payment
    while not (fake.readers["tmr_counter"]["action"] or {}).get("status"):
        run.outcome(0.01)
    with fake._turn:
        fake.tap(fake.readers["tmr_counter"], "pi_000001")
        true = dict(fake.intents["pi_000001"])
        fake.intents["pi_000001"] |= lie
    assert "unknown outcome" in str(till.settled())
    fake.intents["pi_000001"] |= true
    till.work()
    assert till.app.register.complete().sale.total == 333
    till.work()
    assert fake.charged() == till.charged()


def test_a_bad_line_refunds_once(till, fake):
    for step in ("POST /v1/refunds", "GET /v1/payment_intents"):
        for what in ("cut request", "cut reply", "after 500"):
            sale = till.sell("2")
            till.work()
            fake.faults = [(step, what, 20)]
            assert till.returned(sale).sale.total == -333
            assert (fake.faults, sum(fake.charged().values())) == ([], 0)


def test_a_capture_is_tried_until_it_is_done(till, fake):
    for done, what in enumerate(("cut request", "cut reply", "after 500", "before 503")):
        till.sell("2")
        fake.faults = [("capture", what, 40)]
        till.work()
        assert len(till.facts("stripe.captured")) == done
        till.app.reactor.register._after.clear()  # the pause before the next try
        till.work()
        assert fake.charged() == till.charged()
        assert len(till.facts("stripe.captured")) == done + 1


def said_of_itself(till):
    return dict(till.app.hooks.authored(health)())["stripe"]


def test_a_capture_that_stripe_refuses_is_a_fact_for_a_person(till, fake):
    sale = till.sell("2")
    fake.do_post_payment_intents_cancel(sale.tenders[0].reference)  # somebody did so at Stripe
    till.work()
    (found,) = till.facts("stripe.")
    assert isinstance(found, StripeNotCaptured)
    assert (found.amount, found.reason) == (333, "canceled, 0 of 333 taken")
    said = said_of_itself(till)
    assert (said.ok, ": 1, see" in said.text) == (False, True)
    with pytest.raises(UserError, match="why: it is needed"):
        PAYMENTS.settle(till.app.pos, found.reference, " ")
    PAYMENTS.settle(till.app.pos, found.reference, "paid in cash")
    till.restart()
    assert PAYMENTS.open(till.app.pos) == []
    assert till.app.rebuild("stripe_payment", swap=False).different == ()
    with pytest.raises(UserError, match="no payment"):
        PAYMENTS.settle(till.app.pos, found.reference, "again")


def test_what_is_not_captured_is_listed_until_it_is_and_is_said_when_it_is_late(till, fake):
    till.sell("2")
    (row,) = PAYMENTS.open(till.app.pos)
    assert (row.state, row.amount, row.number) == ("authorised", 333, "R1-00000001")
    assert said_of_itself(till).ok
    till.app.clock.forward(hours=13)
    assert not said_of_itself(till).ok
    till.work()
    assert PAYMENTS.open(till.app.pos) == []
    assert said_of_itself(till).text == "reader tmr_counter"
    assert till.app.rebuild("stripe_payment", swap=False).different == ()


def test_nobody_there_is_a_payment_that_was_not_started(till, fake):
    fake.stop()
    assert till.pills() == []  # nobody has asked yet
    assert "could not be started (Stripe cannot be reached)" in str(till.sell("2"))
    assert till.app.raw_journal.open_attempts() == []
    assert till.pills() == ["Stripe is offline"]


def test_a_stripe_that_was_away_is_asked_whether_it_is_back(till, fake):
    back = till.job("stripe.back")
    till.provider._gateway.reach.lost = True
    fake.seen.clear()
    back.run(till.app.pos)
    assert (till.pills("payment.status"), len(fake.seen)) == ([], 1)
    back.run(till.app.pos)
    assert len(fake.seen) == 1  # and is left alone then


@pytest.mark.parametrize(
    ("change", "said"),
    [({"key": {"env": "GENESIS_NO_SUCH"}}, "stripe.key is not set"),
     ({"address": "http://192.0.2.1:80"}, "only a service on this machine")],
)  # fmt: skip
def test_what_is_not_set_is_said_before_anything_is_sent(till, fake, change, said):
    fake.seen.clear()
    till.set(**change)
    assert said in str(till.sell("2"))
    assert fake.seen == []


def test_a_wrong_key_is_refused_and_no_money_moves(till, fake, monkeypatch):
    monkeypatch.setenv("GENESIS_TEST_STRIPE_OTHER", "sk_test_other")
    till.set(key={"env": "GENESIS_TEST_STRIPE_OTHER"})
    assert "Invalid API Key" in str(till.sell("2"))


def test_an_answer_about_another_payment_decides_nothing(till, fake):
    fake.script = ["never"]
    till.app.register.scan("2")
    run = till.app.register.pay("stripe").payment
    while not fake.intents:
        run.outcome(0.01)
    fake.intents["pi_000001"]["metadata"]["attempt"] = "another"
    assert "unknown outcome" in str(till.settled())
