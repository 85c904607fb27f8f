"""A message that was sent and has not come to the terminal yet: nobody says that it failed, and it moves money once.

The line is lost while the message is on its way, or the till dies, and what the till asks then overtakes it.
"""

from __future__ import annotations

import pytest

from genesis import UserError


@pytest.fixture
def way():
    return "local"


@pytest.fixture
def lost(till, fake):
    """The next message of a category is lost on its way; as long as the till knows, it may come for an hour."""

    def lose(category):
        till.arrives, till.provider.patience = 3_600.0, 0.01
        till.provider._terminal.arrives = till.arrives
        fake.faults = [(category, "on the way", 0)]

    return lose


def ends(till):
    return [type(fact).__name__ for fact in till.facts("payment.")]


@pytest.mark.parametrize("dies", [True, False])
def test_a_payment_that_comes_late_is_in_its_sale(till, fake, lost, dies):
    lost("Payment")
    assert "unknown outcome" in str(till.sell("2"))
    till.quiet()
    if dies:
        till.restart()
    till.work()  # "never got it" is said, and decides nothing yet
    assert ends(till) == ["PaymentStarted", "PaymentUnknown"]
    with pytest.raises(UserError, match="not known to have failed"):
        till.app.register.cancel("left")
    fake.deliver()
    till.work()
    assert till.app.register.complete().sale.total == 333
    till.check()


@pytest.mark.parametrize("dies", [True, False])
def test_a_refund_that_comes_late_is_given_once(till, fake, lost, dies):
    sale = till.sell("2")
    lost("Reversal")
    assert "unknown outcome" in str(till.returned(sale))
    till.quiet()
    if dies:
        till.restart()
    till.work()
    with pytest.raises(UserError, match="not known to have failed"):
        till.app.register.pay("cash")
    fake.deliver()
    till.work()
    assert till.app.register.complete().sale.total == -333
    assert fake.charged() == till.charged()


@pytest.mark.parametrize("dies", [True, False])
def test_a_reversal_that_comes_late_is_sent_once(till, fake, lost, dies):
    till.app.register.scan("2")
    till.card(200)
    lost("Reversal")
    with till.app.pos.hooks.confirming(True):
        till.app.register.cancel("left")
    till.work()
    till.quiet()
    if dies:
        till.restart()
    till.work()
    fake.deliver()
    till.work()
    till.check()
    assert (fake.total("charged"), fake.total("voided")) == (200, 200)


def test_what_never_comes_has_failed_once_nothing_can_be_on_its_way(till, fake, lost):
    lost("Payment")
    till.sell("2")
    till.quiet()
    till.provider._terminal.arrives = 0.0
    till.work()
    assert ends(till)[-1] == "PaymentFailed"
    assert till.card().sale.total == 333
    till.check()
