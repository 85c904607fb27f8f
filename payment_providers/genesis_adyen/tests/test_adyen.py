"""Payments at a terminal with books of its own, through the cloud and over a sealed line: the journal is its ledger."""

from __future__ import annotations

import shlex
import threading
from pathlib import Path

import msgspec
import pytest

from genesis import Confirm, Refused
from genesis.cli.main import main
from genesis_adyen import terminal
from genesis_adyen.models import AdyenSettings
from genesis_adyen.tests.conftest import SECRETS, certificate, serving
from genesis_adyen.tests.fake_terminal import POI, FakeTerminal


def asking(till, fake):
    """Begin a payment and wait until the terminal asks for the card."""
    till.app.register.scan("2")
    run = till.app.register.pay("adyen").payment
    while not fake.waits():
        run.outcome(0.01)
    return run


def test_a_sale_is_charged_once_and_its_slip_is_on_the_receipt(till, fake):
    sale = till.sell("2")
    assert sale.tenders[0].details == {
        "brand": "Mastercard", "last4": "0010", "app": "mc en gbr", "aid": "A0000000041010", "auth": "123456",
        "entry": "contactless",
    }  # fmt: skip
    assert ("small", "  Number", "0010") in [tuple(row) for row in sale.document]
    till.work()
    assert fake.charged() == till.charged() == {sale.tenders[0].attempt: 333}
    kept = b"".join(row[0] for row in till.app.connections()[0].exec_driver_sql("select body from journal"))
    for never in (b"541333", b"ExpiryDate", b"Yv6zs123", b"AQE-test", b"p@ssw0rd"):
        assert never not in kept


@pytest.mark.parametrize(
    ("plan", "said"),
    [("declined", "was declined (Refusal)"), ("customer cancels", "was cancelled (Cancel)"),
     ("busy", "could not be started (Busy)"), ("unreachable", "was declined (UnreachableHost)")],
)  # fmt: skip
def test_what_took_no_money_is_said_and_the_sale_is_paid_another_way(till, fake, plan, said):
    fake.script = [plan]
    assert said in str(till.sell("2"))
    assert till.card().sale.total == 333
    assert fake.charged() == till.charged()


@pytest.mark.parametrize("amount", [1, 7, 19, 29, 57, 113, 115, 333, 1_999])
def test_amounts_are_exact_to_the_cent(till, fake, amount):
    for _ in range(7):
        till.app.register.scan("2")
    assert till.card(amount).cart.tenders[0].amount == amount
    assert fake.total("charged") == amount


def test_the_cashier_cancels_and_the_terminal_stops(till, fake):
    fake.script = ["never"]
    asking(till, fake).cancel()
    assert "was cancelled (Aborted)" in str(till.settled())
    assert not fake.waits()


def test_an_abort_that_overtakes_its_payment_is_repeated(till, fake):
    fake.script = ["never"]
    fake.faults = [("/", "cut reply", 9_999)]  # the payment itself
    run = asking(till, fake)
    fake.faults = [("/", "before 503", 0)]  # the abort is lost
    run.cancel()
    assert "was cancelled (Aborted)" in str(till.settled())


def test_a_cancel_that_comes_too_late_is_a_paid_sale(till, fake):
    fake.script = ["too late"]
    asking(till, fake).cancel()
    assert till.settled().sale.total == 333
    assert fake.charged() == till.charged()


def test_a_customer_who_walks_off_is_ended_when_patience_is(till, fake):
    fake.script = ["never"]
    till.provider.patience = 0.05
    assert "was cancelled (Aborted)" in str(till.sell("2"))
    assert [type(fact).__name__ for fact in till.facts("payment.")][-1] == "PaymentCancelled"
    assert till.card().sale.total == 333


def test_part_of_the_money_is_part_of_the_sale(till, fake):
    fake.script = ["partial"]
    till.app.register.scan("2")
    assert till.card().priced.due == 333 - 166
    assert till.app.register.pay("cash").sale.total == 333


# -- giving back -----------------------------------------------------------------------------------------------


def test_a_refund_goes_to_the_payment_and_never_above_it(till, fake):
    sale = till.sell("1", "2")
    assert till.returned(sale, {"1": 1_000}).sale.total == -125
    assert till.returned(sale).sale.total == -333
    assert (fake.total("charged"), fake.total("refunded")) == (458, 458)
    assert fake.charged() == till.charged()


def test_a_refund_that_is_declined_can_be_tried_again(till, fake):
    sale = till.sell("2")
    fake.script = ["declined"]
    assert "declined" in str(till.returned(sale))
    assert till.card().sale.total == -333
    assert fake.total("refunded") == 333


def test_a_payment_that_was_given_back_at_adyen_is_not_given_back_again(till, fake):
    sale = till.sell("2")
    fake._paid[sale.tenders[0].reference.partition("@")[0]]["left"] = 100
    assert "Insufficient balance" in str(till.returned(sale))
    assert fake.total("refunded") == 0


def test_a_cart_given_up_gives_the_money_back_once_somebody_says_yes(till, fake):
    till.app.register.scan("2")
    till.card(200)
    with pytest.raises(Confirm, match=r"2\.00 was paid by Card"):
        till.app.register.cancel("left")
    with till.app.pos.hooks.confirming(True):
        till.app.register.cancel("left")
    till.work()
    assert (fake.total("charged"), fake.total("voided")) == (200, 200)
    assert till.app.raw_journal.open_attempts() == []


# -- when the line is bad, or the answer is ---------------------------------------------------------------------

FAULTS = [("cut request", 0), ("cut request", 150), ("cut reply", 0), ("cut reply", 99), ("after 500", 0),
          ("before 503", 0)]  # fmt: skip


def test_a_bad_line_charges_once_at_most_and_it_is_known_what_came_of_it(till, fake):
    for what, at in FAULTS:
        fake.faults = [("/", what, at)]
        answer = till.sell("2")
        assert fake.faults == []
        if isinstance(answer, Refused):  # it never came to the terminal
            assert "could not be started (the terminal never got it)" in str(answer)
            assert till.card().sale.total
        assert fake.charged() == till.charged()
    assert len(till.charged()) == len(FAULTS)


def test_a_bad_line_refunds_once(till, fake):
    for what, at in FAULTS:
        sale = till.sell("2")
        fake.faults = [("/", what, at)]
        answer = till.returned(sale)
        if isinstance(answer, Refused):
            assert till.card().sale.total == -333
        assert sum(fake.charged().values()) == 0
        assert fake.charged() == till.charged()


def test_an_answer_that_comes_too_late_is_not_waited_for(till, fake):
    till.provider._terminal.longest = 0.3
    fake.faults = [("/", "silent", 0)]
    assert till.sell("2").total == 333
    assert fake.charged() == till.charged()


def test_a_status_whose_answer_is_lost_is_asked_for_again(till, fake):
    fake.faults = [("/", "cut reply", 9), ("/", "cut reply", 9), ("/", "after 500", 9)]
    assert till.sell("2").total == 333
    assert fake.charged() == till.charged()


@pytest.mark.parametrize("lie", ["currency", "amount", "payment"])
def test_an_answer_that_cannot_be_true_is_unknown_until_the_terminal_tells_the_truth(till, fake, lie):
    fake.lies = [lie]
    assert "unknown outcome" in str(till.sell("2"))
    till.work()
    assert till.app.register.complete().sale.total == 333
    assert fake.charged() == till.charged()


@pytest.mark.parametrize("lie", ["service", "garbage", "seal", "clear"])
def test_an_answer_to_another_question_or_a_forged_one_is_not_taken(till, fake, way, lie):
    fake.lies = [lie]
    sale = till.sell("2")
    assert sale.total == 333  # by the terminal's own word, asked for after it
    assert len([name for name in fake.seen if name.startswith("POST")]) == (
        1 if way == "cloud" and lie in {"seal", "clear"} else 2
    )
    assert fake.charged() == till.charged()


def test_what_is_still_on_its_way_to_the_terminal_is_not_said_to_have_failed(till, fake, monkeypatch):
    gate, pay = threading.Event(), terminal.Terminal.pay
    monkeypatch.setattr(terminal.Terminal, "pay", lambda self, attempt: gate.wait(10) and pay(self, attempt))
    till.provider.patience = 0.01
    assert "unknown outcome" in str(till.sell("2"))
    till.work()
    assert len(till.app.register.payments.unresolved()) == 1
    gate.set()
    for worker in threading.enumerate():
        if worker.name == f"terminal {till.facts('payment.')[0].attempt}":
            worker.join(10)
    till.work()
    assert till.app.register.complete().sale.total == 333
    assert fake.charged() == till.charged()


def test_nobody_there_is_a_payment_that_was_not_started(till, fake):
    fake.stop()
    assert till.pills() == []  # nobody has asked yet
    assert "could not be started (the terminal cannot be reached" in str(till.sell("2"))
    assert till.app.raw_journal.open_attempts() == []
    assert till.pills() == till.pills("payment.status") == ["Card terminal offline"]
    till.job("adyen.terminal").run(till.app.pos)
    assert till.pills() == ["Card terminal offline"]


def test_a_terminal_that_was_away_is_asked_whether_it_is_back_and_a_refusal_is_an_answer(till, fake):
    till.sell("2")
    till.provider._terminal.reach.lost = True
    assert till.pills() == ["Card terminal offline"]
    till.job("adyen.terminal").run(till.app.pos)
    assert till.pills() == []
    till.provider._terminal.reach.lost = True
    fake.script = ["declined"]
    till.sell("2")
    assert till.pills() == []


def test_what_is_not_set_is_said_before_anything_is_sent(till, fake, way):
    needed = ("api_key", "merchant") if way == "cloud" else ("authority", "key_id", "passphrase", "address")
    before = till.app.settings.get(AdyenSettings)
    till.app.register.scan("2")
    for name in needed:
        secret = name in SECRETS
        till.set(**{name: {"env": "GENESIS_NO_SUCH"} if secret else ""})
        assert f"adyen.{name} is not set" in str(till.card())
        till.set(**{name: {"env": SECRETS[name][0]} if secret else getattr(before, name)})
    assert fake.seen == []
    assert till.card().sale.total == 333


def test_only_this_machine_stands_in_for_the_cloud_and_terminals_speak_https(till, fake, way):
    till.set(address="http://192.0.2.1:8080")
    said = "only a service on this machine" if way == "cloud" else "spoken to by https"
    assert said in str(till.sell("2"))


# -- after a crash ---------------------------------------------------------------------------------------------


def crashed(till):
    run = till.app.register.pay("adyen").payment
    assert run.outcome(5) is not None
    till.restart()
    till.work()


def test_what_was_charged_before_a_crash_is_booked_after_it(till, fake):
    till.app.register.scan("2")
    crashed(till)
    assert [(t.amount, t.details["last4"]) for t in till.app.register.cart.tenders] == [(333, "0010")]
    assert till.app.register.complete().sale.total == 333
    assert fake.charged() == till.charged()


def died(*_):
    raise OSError("the process is gone")


def test_what_was_not_sent_before_a_crash_took_nothing_and_nobody_is_asked(till, fake, monkeypatch):
    monkeypatch.setattr(terminal.Terminal, "begin", died)
    assert "unknown outcome" in str(till.sell("2"))
    fake.seen.clear()
    till.restart()
    till.work()
    assert (fake.charged(), fake.seen) == ({}, [])
    assert [type(fact).__name__ for fact in till.facts("payment.")][-1] == "PaymentFailed"


def test_a_payment_still_at_the_terminal_after_a_crash_is_stopped_there(till, fake):
    fake.script = ["never"]
    asking(till, fake)
    till.provider.patience = 0
    till.restart()
    till.work()
    assert (till.app.register.payments.unresolved(), fake.charged()) == ([], {})


def test_another_terminal_is_not_asked_about_it(till, fake):
    till.app.register.scan("2")
    run = till.app.register.pay("adyen").payment
    assert run.outcome(5) is not None
    till.restart()
    till.app.settings.change("adyen", {"terminal": "V400m-999999999"})
    till.work()
    assert len(till.app.register.payments.unresolved()) == 1
    till.set(terminal=POI)
    till.work()
    assert [t.amount for t in till.app.register.cart.tenders] == [333]


def test_a_terminal_that_forgot_after_a_day_decides_nothing(till, fake, monkeypatch):
    till.app.register.scan("2")
    till.app.register.pay("adyen").payment.outcome(5)
    fake.forget()
    monkeypatch.setattr(terminal, "REMEMBERED", -1)
    till.restart()
    till.work()
    assert len(till.app.register.payments.unresolved()) == 1


# -- who is trusted --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["local"])
@pytest.mark.parametrize("made", ["another terminal", "another authority"])
def test_another_terminal_or_anybody_else_on_the_line_is_sent_nothing(till, fake, tmp_path, root, made):
    if made == "another terminal":
        file = certificate(tmp_path, "V400m-000000001.test.terminal.adyen.com", root)[2]
    else:
        file = certificate(tmp_path, f"{POI}.test.terminal.adyen.com")[2]
    other = FakeTerminal(tmp_path, serving(file))
    till.set(address=other.address)
    assert "could not be started" in str(till.sell("2"))
    assert other.seen == []
    other.stop()


# -- its screen ------------------------------------------------------------------------------------------------


def test_the_terminal_shows_the_newest_cart_and_holds_nobody_up(till, fake):
    from genesis_adyen.plugin import plugin

    till.set(show_cart=True)
    till.app.register.scan("1")
    display = plugin._screens.of[till.app.pos]
    assert display.wait(1)
    till.app.register.scan("2", 2_000)
    assert display.wait(2)
    assert fake.shown[-1] == ["Apple                       1.25", "2 × Bread                   6.66",
                              "Total                   7.91 EUR"]  # fmt: skip
    fake.faults = [("/", "silent", 0)]
    till.app.register.scan("1")
    assert till.app.register.pay("cash").sale.total == 916


def test_nothing_is_charged_in_training(till):
    till.app.register.scan("2")
    till.app.register.cart = msgspec.structs.replace(till.app.register.cart, mode="training")
    assert "adyen" not in {m.id for m in till.app.register.methods()}


@pytest.mark.parametrize("way", ["cloud"])
def test_every_command_of_the_readme_runs_and_the_terminal_is_offered_then(stores, way, monkeypatch):
    text = (Path(terminal.__file__).parent / "README.md").read_text(encoding="utf-8")
    block = text.partition("```sh\n")[2].partition("```")[0].splitlines()
    app = stores.new("cash", "terminals")
    app.close()
    for line in block:
        assert main([*shlex.split(line)[1:], "--home", str(app.home.folder)]) == 0, line
    monkeypatch.setenv("ADYEN_KEY", "AQE")
    monkeypatch.setenv("ADYEN_PASSPHRASE", "secret")
    app = stores.open(app)
    rules = app.pos.settings(AdyenSettings)
    assert (rules.way, rules.api_key, rules.passphrase, len(block)) == ("local", "AQE", "secret", 6)
    assert rules.links
    assert rules.pre_authorise
    assert {"adyen", "adyen_link"} <= set(app.methods)
