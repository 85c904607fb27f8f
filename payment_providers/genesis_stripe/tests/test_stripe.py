"""Sales, refunds and captures at a Stripe with books of its own: what the journal says is what the cards paid."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import msgspec
import pytest

from genesis import Confirm, Refused, UserError
from genesis.cli.main import main
from genesis.kernel.facts import CartCancelled, PaymentApproved, PaymentStarted
from genesis.testkit.stores import as_plugin
from genesis_stripe import gateway
from genesis_stripe.models import StripeCaptured, StripeSettings
from tests.probes.price_list.plugin import PriceList


def test_a_sale_is_authorised_then_captured_once_it_is_recorded(till, fake):
    sale = till.sell("2")
    assert (fake.held(), fake.total("captured")) == (333, 0)
    till.work()
    assert (fake.held(), fake.total("captured")) == (0, 333)
    captured = till.facts("stripe.")
    assert captured == [StripeCaptured(sale=sale.sale, attempt=sale.tenders[0].attempt, amount=333, currency="EUR",
                                       reference=sale.tenders[0].reference)]  # fmt: skip
    assert fake.charged() == till.charged()
    till.restart()
    till.work()
    assert fake.total("captured") == 333  # once


def test_the_slip_is_on_the_receipt_and_nothing_else_of_the_card_is_kept(till):
    sale = till.sell("2")
    assert sale.tenders[0].details == {
        "brand": "Visa", "last4": "4242", "app": "Visa Debit", "aid": "A0000000031010", "auth": "123456",
        "entry": "contactless",
    }  # fmt: skip
    assert ("small", "  AID", "A0000000031010") in [tuple(row) for row in sale.document]
    kept = b"".join(row[0] for row in till.app.connections()[0].exec_driver_sql("select body from journal"))
    assert b"4242" in kept
    for never in (b"fp_4242", b"DOE/JANE", b"9F2608AABB", b"sk_test"):
        assert never not in kept


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ("declined", r"declined \(The card has insufficient funds"),
        ("customer cancels", r"cancelled \(The customer cancelled"),
        ("busy", r"could not be started \(Reader is currently busy"),
        ("offline", r"could not be started \(Reader is currently offline"),
    ],
)
def test_what_took_no_money_is_said_and_the_sale_is_paid_another_way(till, fake, plan, said):
    fake.script = [plan]
    refused = till.sell("2")
    assert isinstance(refused, Refused)
    assert re.search(said, str(refused))
    assert [intent["status"] for intent in fake.intents.values()] == ["canceled"]  # nothing can come of it any more
    assert till.card().sale.total == 333
    till.work()
    assert fake.charged() == till.charged() == {till.facts("sale.")[0].tenders[0].attempt: 333}


def test_a_card_that_takes_its_time_is_waited_for(till, fake):
    fake.script = ["late"]
    assert till.sell("2").total == 333
    assert len(fake.intents) == 1


def test_the_cashier_cancels_and_the_reader_stops(till, fake):
    fake.script = ["never"]
    till.app.register.scan("2")
    run = till.app.register.pay("stripe").payment
    while not (fake.readers["tmr_counter"]["action"] or {}).get("status"):
        run.outcome(0.01)
    run.cancel()
    assert "was cancelled" in str(till.settled())
    assert fake.readers["tmr_counter"]["action"] is None
    assert [intent["status"] for intent in fake.intents.values()] == ["canceled"]


def test_a_cancel_that_comes_too_late_is_a_paid_sale(till, fake):
    fake.script = ["too late"]
    till.app.register.scan("2")
    run = till.app.register.pay("stripe").payment
    while not (fake.readers["tmr_counter"]["action"] or {}).get("status"):
        run.outcome(0.01)
    run.cancel()
    assert till.settled().sale.total == 333
    till.work()
    assert fake.charged() == till.charged()


def test_a_customer_who_walks_off_is_ended_when_patience_is(till, fake):
    fake.script = ["never"]
    till.provider.patience = 0.05
    assert "was cancelled (no card was charged)" in str(till.sell("2"))
    assert (fake.held(), fake.readers["tmr_counter"]["action"]) == (0, None)


def test_part_of_the_money_is_part_of_the_sale(till, fake):
    fake.script = ["partial"]
    till.app.register.scan("2")
    answer = till.card()
    assert (answer.sale, answer.priced.due) == (None, 333 - 166)
    assert till.app.register.pay("cash").sale.total == 333
    till.work()
    assert fake.total("captured") == 166


def test_a_cart_given_up_lets_the_money_go_once_somebody_says_yes(till, fake):
    till.app.register.scan("2")
    till.card(200)
    with pytest.raises(Confirm, match=r"2\.00 was paid by Card"):
        till.app.register.cancel("changed their mind")
    with till.app.pos.hooks.confirming(True):
        till.app.register.cancel("changed their mind")
    assert isinstance(till.facts("cart.")[-1], CartCancelled)
    with pytest.raises(UserError, match="nothing to undo"):
        till.app.register.undo()
    till.work()
    till.work()
    assert (fake.held(), fake.total("voided"), fake.total("captured")) == (0, 200, 0)
    assert till.app.raw_journal.open_attempts() == []


def test_cash_in_a_cart_is_taken_back_before_the_cart_is_given_up(till):
    till.app.register.scan("2")
    till.card(200)
    till.app.register.pay("cash", 100)
    with pytest.raises(UserError, match="part of this sale is paid"):
        till.app.register.cancel("x")


# -- giving back -----------------------------------------------------------------------------------------------


def test_a_refund_goes_to_the_payment_and_never_above_it(till, fake):
    sale = till.sell("1", "2")
    till.work()
    first = till.returned(sale, {"1": 1_000}).sale
    assert first.tenders[0].refunds == {sale.tenders[0].attempt: 125}
    assert till.returned(sale).sale.total == -333
    assert fake.charged() == till.charged()
    assert sum(fake.charged().values()) == 0
    with pytest.raises(Refused):
        till.app.register.return_lines(sale.number)


def test_a_refund_before_the_capture_captures_first(till, fake):
    sale = till.sell("1", "2")
    till.returned(sale, {"1": 1_000})
    till.work()
    assert fake.charged() == till.charged()
    assert sum(fake.charged().values()) == 333
    assert len(till.facts("stripe.captured")) == 1


def test_a_refund_that_the_bank_declines_can_be_tried_again(till, fake):
    sale = till.sell("2")
    till.work()
    fake.script = ["declined"]
    assert "the card has expired or is closed" in str(till.returned(sale))
    assert till.card().sale.total == -333
    assert sum(fake.charged().values()) == 0


def test_a_payment_that_somebody_refunded_at_stripe_is_not_paid_out_again(till, fake):
    sale = till.sell("2")
    till.work()
    fake.do_post_refunds(sale.tenders[0].reference, 333)
    assert "greater than unrefunded" in str(till.returned(sale))
    assert fake.total("refunded") == 333


# -- after a crash ---------------------------------------------------------------------------------------------


def crashed(till, fake, plan="ok"):
    """The process dies while the card is being charged: nothing of the outcome was recorded."""
    fake.script = [plan]
    till.app.register.scan("2")
    run = till.app.register.pay("stripe").payment
    assert run.outcome(5) is not None
    till.restart()


def test_what_was_charged_before_a_crash_is_booked_after_it(till, fake):
    crashed(till, fake)
    till.work()
    cart = till.app.register.cart
    assert [(t.amount, t.details["last4"]) for t in cart.tenders] == [(333, "4242")]
    assert till.app.register.complete().sale.total == 333
    till.work()
    assert (fake.charged(), len(fake.intents)) == (till.charged(), 1)


def test_a_day_later_the_payment_is_found_without_its_key(till, fake, monkeypatch):
    crashed(till, fake)
    fake.forget_keys()
    monkeypatch.setattr(gateway, "KEY_LIFE", -1)
    till.work()
    assert [t.amount for t in till.app.register.cart.tenders] == [333]
    assert len(fake.intents) == 1


def test_an_attempt_that_never_arrived_took_nothing_however_late_it_is_asked(till, fake, monkeypatch):
    fake.dead = True
    till.provider.patience = 0.01
    till.sell("2")
    till.restart()
    monkeypatch.setattr(gateway, "KEY_LIFE", -1)
    till.work()
    assert [type(fact).__name__ for fact in till.facts("payment.")][-1] == "PaymentFailed"
    assert fake.intents == {}


def test_an_attempt_is_durable_before_the_first_byte_and_ended_at_the_next_start(till, fake):
    fake.dead = True  # not one byte of it is answered
    till.provider.patience = 0.01
    assert "unknown outcome" in str(till.sell("2"))
    assert isinstance(till.facts("payment.")[0], PaymentStarted)
    till.restart()
    till.work()
    assert till.app.register.payments.unresolved() == []
    assert till.card().sale.total == 333
    till.work()
    assert fake.charged() == till.charged()
    assert len([f for f in till.facts("payment.") if isinstance(f, PaymentApproved)]) == 1


def test_nothing_is_charged_in_training(till):
    till.app.register.scan("2")
    assert "stripe" in {m.id for m in till.app.register.methods()}
    till.app.register.cart = msgspec.structs.replace(till.app.register.cart, mode="training")
    assert "stripe" not in {m.id for m in till.app.register.methods()}


def test_every_command_of_the_readme_runs_and_the_reader_is_offered_then(stores, monkeypatch):
    text = (Path(gateway.__file__).parent / "README.md").read_text(encoding="utf-8")
    block = [line for line in text.partition("```sh\n")[2].partition("```")[0].splitlines() if line[:7] == "genesis"]
    app = stores.new("cash", "terminals", extra=as_plugin(PriceList(), "price_list"))
    app.close()
    for line in block:
        assert main([*shlex.split(line)[1:], "--home", str(app.home.folder)]) == 0, line
    monkeypatch.setenv("STRIPE_KEY", "sk_test_readme")
    app = stores.open(app)
    rules = app.pos.settings(StripeSettings)
    assert (rules.reader, rules.key, len(block)) == ("tmr_counter", "sk_test_readme", 2)
    assert "stripe" in app.methods
