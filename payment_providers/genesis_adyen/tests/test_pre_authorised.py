"""Authorised first: captured when the sale is recorded, let go when it is given up, and nothing held is forgotten."""

from __future__ import annotations

import random
from functools import partial

import pytest

from genesis import Refused, UserError
from genesis.hooks.platform import health
from genesis_adyen.captures import PAYMENTS
from genesis_adyen.models import AdyenCaptured, AdyenNotCaptured
from genesis_adyen.tests.fake_checkout import HMAC, FakeCheckout
from genesis_adyen.tests.test_adyen_crashes import PLANS
from genesis_adyen.webhook import heard
from genesis_terminals.webhooks import receive

pytestmark = pytest.mark.parametrize("way", ["cloud"])


@pytest.fixture(autouse=True)
def _first_authorised(till, fake):
    till.set(pre_authorise=True, checkout_address=fake.address)


def said(till):
    return next(found for found in till.app.hooks.each(health)() if "terminal V400m" in found.text or not found.ok)


def test_the_money_is_held_until_the_sale_is_recorded_then_captured_once(till, fake):
    sale = till.sell("2")
    assert (fake.held(), fake.charged()) == (333, {sale.tenders[0].attempt: 0})
    assert [row.amount for row in PAYMENTS.open(till.app.pos)] == [333]
    till.work()
    till.restart()
    till.work()
    assert (fake.held(), fake.charged()) == (0, till.charged())
    (captured,) = till.facts("adyen.captured")
    assert captured == AdyenCaptured(sale=sale.sale, attempt=sale.tenders[0].attempt, amount=333, currency="EUR",
                                     reference=sale.tenders[0].reference)  # fmt: skip
    assert PAYMENTS.open(till.app.pos) == []
    assert till.returned(sale).sale.total == -333
    assert sum(fake.charged().values()) == 0


def test_a_cart_that_is_given_up_lets_the_card_go(till, fake):
    for code in "12":
        till.app.register.scan(code)
    till.card(200)
    assert fake.held() == 200
    with till.app.pos.hooks.confirming(True):
        till.app.register.cancel("left")
    till.tidy()
    assert (fake.held(), sum(fake.charged().values())) == (0, 0)
    assert [row["what"] for row in fake.rows()] == ["authorised", "let go"]
    till.check()


def test_what_is_not_captured_yet_does_not_go_back_before_it_is(till, fake):
    sale = till.sell("1", "2")
    refused = till.returned(sale, {"1": 1_000})
    assert isinstance(refused, Refused)
    assert refused.remedy.startswith("try it again")
    till.work()
    assert till.card().sale.total == -125
    till.check()


def test_a_part_that_was_authorised_is_captured_as_that_part(till, fake):
    fake.script = ["partial"]
    till.app.register.scan("2")
    till.card()
    till.app.register.pay("cash")
    till.work()
    till.check()
    assert fake.total("captured") == 166


def test_the_line_to_the_captures_is_bad_and_it_is_taken_once(till, fake):
    for what in ("cut request", "cut reply", "after 500", "before 503"):
        till.sell("2")
        fake.faults = [("captures", what, 9)]
        till.work()
        till.app.reactor.register._after.clear()
        till.work()
        assert fake.faults == []
    till.check()
    assert fake.total("captured") == 4 * 333


def test_a_capture_that_adyen_refuses_is_listed_until_somebody_looked_into_it(till, fake):
    sale = till.sell("2")
    next(iter(fake._paid.values()))["held"] = False  # somebody let it go at Adyen
    till.work()
    (found,) = till.facts("adyen.not")
    assert isinstance(found, AdyenNotCaptured)
    assert (found.amount, found.reason) == (333, "Adyen refused it: Original pspReference required")
    assert "were not captured: 1, see `genesis adyen open`" in said(till).text
    with pytest.raises(UserError, match="why: it is needed"):
        PAYMENTS.settle(till.app.pos, sale.tenders[0].reference, "")
    PAYMENTS.settle(till.app.pos, sale.tenders[0].reference, "paid in cash")
    assert said(till).ok
    assert till.app.rebuild("adyen_payment", swap=False).different == ()


def test_a_capture_that_fails_afterwards_is_told_by_the_webhook_and_listed(till, fake, tmp_path, monkeypatch):
    monkeypatch.setenv("GENESIS_TEST_ADYEN_HMAC", HMAC)
    till.set(hmac_key={"env": "GENESIS_TEST_ADYEN_HMAC"})
    sale = till.sell("2")
    till.work()
    other = FakeCheckout(tmp_path)  # it spells notifications as Adyen does
    for about in (sale.tenders[0].attempt, "not-of-a-sale"):
        body = other.notify("CAPTURE_FAILED", f"CAP-{about}", about, {"value": 333, "currency": "EUR"})
        receive(till.app.pos, "adyen", partial(heard, till.app.pos), {}, body)
    other.stop()
    till.work()
    assert [row.state for row in PAYMENTS.open(till.app.pos)] == ["failed"]
    assert not said(till).ok
    assert till.app.rebuild("adyen_payment", swap=False).different == ()


def test_without_what_captures_need_no_card_is_authorised(till, fake):
    till.set(environment="live", address="")
    assert "adyen.live_prefix is not set" in str(till.sell("2"))
    assert "no card can be taken" in said(till).text
    assert fake.rows() == []


@pytest.mark.parametrize(("seed", "many"), [(5, 10), pytest.param(17, 60, marks=pytest.mark.stress)])
def test_after_crashes_at_random_the_journal_is_the_ledger(till, fake, record_property, seed, many):
    dice = random.Random(seed)
    for _ in range(many):
        till.schedule(dice, PLANS, 6)
    till.tidy()
    till.check()
    assert till.facts("adyen.not") == []
    sales = till.facts("sale.completed")
    record_property("covered", f"adyen pre-authorised: {many} crash schedules, {len(fake.rows())} moves of money")
    assert len(sales) > many // 8
