"""Tips at a Stripe with books of its own: said at the till, chosen on the reader, written after the authorisation."""

from __future__ import annotations

import pytest

from genesis import Refused
from genesis_stripe.models import StripeNotCaptured


def parts(sale):
    return [(t.method, t.amount, t.tip, t.tendered) for t in sale.tenders]


def test_a_tip_said_at_the_till_is_authorised_captured_and_given_back_with_it(till, fake):
    till.set(tips="till")
    till.app.register.scan("2")
    sale = till.card(tip=67).sale
    till.work()
    assert parts(sale) == [("stripe", 333, 67, 400)]
    assert fake.total("captured") == 400
    till.app.register.return_lines(sale.number)
    assert parts(till.card(tip=-67).sale) == [("stripe", -333, -67, -400)]
    assert fake.total("refunded") == 400
    assert fake.charged() == till.charged()


@pytest.mark.parametrize("tip", [0, 50])
def test_the_customer_chooses_on_the_reader(till, fake, tip):
    till.set(tips="reader")
    fake.tip = tip
    sale = till.sell("2")
    till.work()
    assert parts(sale) == [("stripe", 333, tip, 333 + tip)]
    assert fake.total("captured") == 333 + tip
    assert fake.charged() == till.charged()


def test_a_tip_chosen_on_the_reader_is_found_when_the_answers_were_lost(till, fake):
    till.set(tips="reader")
    fake.tip = 50
    fake.faults = [("process_payment_intent", "cut reply", 0), ("/v1/payment_intents/", "cut reply", 1)]
    assert parts(till.sell("2")) == [("stripe", 333, 50, 383)]


def test_a_charge_without_a_sale_goes_back_with_its_tip(till, fake):
    till.set(tips="reader")
    fake.tip = 50
    for _ in range(2):
        till.app.register.scan("2")
    till.card(333)
    with till.app.hooks.confirming(True):
        till.app.register.cancel("left")
    till.work()
    assert (fake.held(), fake.total("voided"), fake.charged()) == (0, 383, {})


def test_a_tip_after_the_authorisation_as_far_as_the_card_allows(till, fake):
    till.set(over_capture=20)
    fake.over = True
    for _ in range(2):
        till.app.register.scan("2")
    [tender] = till.card(300).cart.tenders
    with pytest.raises(Refused, match=r"at most 0\.60 on top"):
        till.app.register.tip(tender.id, 61)
    till.app.register.tip(tender.id, 60)
    sale = till.app.register.pay("cash").sale
    till.work()
    assert parts(sale)[0] == ("stripe", 300, 60, 360)
    assert fake.total("captured") == 360
    assert fake.charged() == till.charged()


def test_where_the_bank_lets_go_less_after_all_what_was_authorised_is_taken_and_it_is_said(till, fake):
    till.set(over_capture=20)
    fake.over = True
    for _ in range(2):
        till.app.register.scan("2")
    [tender] = till.card(300).cart.tenders
    till.app.register.tip(tender.id, 60)
    till.app.register.pay("cash")
    fake.over = False
    till.work()
    assert fake.total("captured") == 300
    [fact] = till.facts("stripe.")
    assert isinstance(fact, StripeNotCaptured)
    assert fact.reason == "succeeded, 300 of 360 taken"


def test_without_the_agreement_no_tip_is_put_on_an_authorised_card(till, fake):
    for _ in range(2):
        till.app.register.scan("2")
    [tender] = till.card(300).cart.tenders
    assert tender.most == 0


def test_a_tip_typed_after_the_authorisation_is_waited_for(till, fake):
    till.set(tips="after", over_capture=20)
    fake.over = True
    till.app.register.scan("2")
    answer = till.card()
    assert (answer.sale, answer.priced.due) == (None, 0)
    till.app.register.tip(answer.cart.tenders[0].id, 60)
    assert parts(till.app.register.complete().sale) == [("stripe", 333, 60, 393)]
    till.work()
    assert fake.charged() == till.charged()
    fake.over = False  # a card that allows nothing on top: nothing to wait for
    assert till.sell("2").total == 333
