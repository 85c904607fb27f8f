"""Tips at a terminal of Adyen: said at the till and confirmed there, or asked for by the terminal."""

from __future__ import annotations

import pytest


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
