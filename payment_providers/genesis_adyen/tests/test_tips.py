"""Tips at a terminal of Adyen: said at the till and confirmed there, or asked for by the terminal."""

from __future__ import annotations

import pytest

from genesis import Refused


def parts(sale):
    return [(t.method, t.amount, t.tip, t.tendered) for t in sale.tenders]


@pytest.mark.parametrize(("chosen", "tip"), [(None, 67), (0, 0), (100, 100)])
def test_a_tip_said_at_the_till_can_be_changed_on_the_terminal(till, fake, chosen, tip):
    till.set(tips="till")
    fake.tip = chosen
    till.app.register.scan("2")
    sale = till.card(tip=67).sale
    assert parts(sale) == [("adyen", 333, tip, 333 + tip)]
    till.app.register.return_lines(sale.number)
    assert parts(till.card(tip=-tip).sale) == [("adyen", -333, -tip, -333 - tip)]
    assert fake.total("refunded") == 333 + tip
    assert fake.charged() == till.charged()


def test_the_terminal_asks(till, fake):
    till.set(tips="reader")
    fake.tip = 50
    assert parts(till.sell("2")) == [("adyen", 333, 50, 383)]
    assert fake.charged() == till.charged()


def test_a_tip_asked_for_is_told_again_when_the_answer_was_lost(till, fake):
    till.set(tips="reader")
    fake.tip = 50
    fake.faults = [("/", "cut reply", 0)]
    assert parts(till.sell("2")) == [("adyen", 333, 50, 383)]


def test_a_terminal_that_was_not_to_ask_adds_nothing(till, fake):
    fake.tip = 50
    assert parts(till.sell("2")) == [("adyen", 333, 0, 333)]


@pytest.fixture
def late(till, fake):
    till.set(tips="after", over_capture=20, pre_authorise=True, checkout_address=fake.address)
    fake.over = 20
    return till


@pytest.mark.parametrize("way", ["cloud"])
def test_a_tip_after_the_authorisation_waits_for_it_and_is_captured_with_the_sale(late, fake):
    late.app.register.scan("2")
    answer = late.card()
    assert (answer.sale, answer.priced.due) == (None, 0)
    [tender] = answer.cart.tenders
    with pytest.raises(Refused, match=r"at most 0\.66 on top"):
        late.app.register.tip(tender.id, 67)
    late.app.register.tip(tender.id, 60)
    sale = late.app.register.complete().sale
    late.work()
    assert parts(sale) == [("adyen", 333, 60, 393)]
    assert (fake.total("captured"), fake.charged()) == (393, late.charged())


@pytest.mark.parametrize("way", ["cloud"])
def test_without_a_tip_the_sale_is_completed_as_it_was_authorised(late, fake):
    late.app.register.scan("2")
    late.card()
    assert parts(late.app.register.complete().sale) == [("adyen", 333, 0, 333)]
    late.work()
    assert fake.charged() == late.charged()


@pytest.mark.parametrize("way", ["cloud"])
def test_where_the_bank_lets_no_tip_go_what_was_authorised_is_taken_and_it_is_said(late, fake):
    late.app.register.scan("2")
    [tender] = late.card().cart.tenders
    late.app.register.tip(tender.id, 60)
    late.app.register.complete()
    fake.over = 0
    late.work()
    assert fake.total("captured") == 333
    [fact] = late.facts("adyen.not_captured")
    assert fact.reason.startswith("333 of 393 taken")
