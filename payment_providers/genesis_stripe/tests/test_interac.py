"""Interac: charged at once, and given back only with the card at the reader."""

from __future__ import annotations

import pytest

from genesis import Refused


@pytest.fixture
def till(stores, fake, monkeypatch):
    from genesis_stripe.tests.conftest import SECRET
    from genesis_stripe.tests.fake_stripe import KEY, READER
    from tests.probes.card_till import CardTill

    monkeypatch.setenv(SECRET, KEY)
    fake.interac = True
    till = CardTill(stores, fake, "stripe", currency="CAD", reader=READER, key={"env": SECRET}, address=fake.address)
    till.set(interac=True)
    return till


def test_a_refund_asks_for_the_card_and_is_given_once(till, fake):
    sale = till.sell("2")
    assert (sale.tenders[0].details["brand"], fake.held()) == ("Visa", 0)
    till.work()
    assert till.returned(sale).sale.total == -333
    assert fake.charged() == till.charged()
    assert "POST /v1/refunds" not in fake.seen


@pytest.mark.parametrize(
    ("plan", "said"),
    [("declined", "was declined (It is another card.)"), ("customer cancels", "was cancelled"),
     ("offline", "could not be started (Reader is currently offline")],
)  # fmt: skip
def test_what_gave_nothing_back_is_said_and_it_is_tried_again(till, fake, plan, said):
    sale = till.sell("2")
    fake.script = [plan]
    assert said in str(till.returned(sale))
    assert fake.total("refunded") == 0
    assert till.card().sale.total == -333
    assert fake.charged() == till.charged()


def test_the_cashier_stops_a_refund_for_which_no_card_comes(till, fake):
    sale = till.sell("2")
    fake.script = ["never"]
    till.app.register.return_lines(sale.number)
    run = till.app.register.pay("stripe").payment
    while fake.readers["tmr_counter"]["action"]["type"] != "refund_payment":
        run.outcome(0.01)
    run.cancel()
    assert "was cancelled" in str(till.settled())
    assert fake.total("refunded") == 0


@pytest.mark.parametrize("plan", ["ok", "never"])
def test_after_a_crash_the_refund_itself_decides(till, fake, plan):
    sale = till.sell("2")
    fake.script = [plan]
    till.provider.patience = 0.02
    till.app.register.return_lines(sale.number)
    till.app.register.pay("stripe").payment.outcome(5)
    till.restart()
    till.work()
    register = till.app.register
    if register.priced.due:
        assert plan == "never"
        assert till.card().sale.total == -333
    else:
        assert register.complete().sale.total == -333
    assert fake.charged() == till.charged()


def test_a_charge_without_a_sale_is_left_to_a_person(till, fake):
    till.app.register.scan("2")
    till.card(200)
    with till.app.pos.hooks.confirming(True):
        till.app.register.cancel("left")
    till.work()
    assert fake.total("refunded") == 0
    [row] = till.app.raw_journal.open_attempts()
    assert row[2] == "refused"
    assert "goes back only with its card" in till.facts("payment.declined")[-1].reason


def test_where_it_is_not_wanted_only_other_cards_are_taken(till, fake):
    till.set(interac=False)
    sale = till.sell("2")
    till.work()
    assert fake.intents[sale.tenders[0].reference]["payment_method_types"] == ["card_present"]
    assert not isinstance(till.returned(sale), Refused)
