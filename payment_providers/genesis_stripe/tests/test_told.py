"""Webhooks of Stripe, the cart on the reader, and the command: real sockets, signatures over the bytes as they came."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import shlex
import socket
from pathlib import Path

import pytest

from genesis import Refused, UserError
from genesis_stripe import command
from genesis_stripe.plugin import plugin
from genesis_stripe.tests.fake_stripe import READER
from genesis_terminals.models import TerminalSettings

WHSEC = "whsec_counter"


@pytest.fixture
def hearing(till, monkeypatch):
    """A till that listens."""
    monkeypatch.setenv("GENESIS_TEST_STRIPE_WHSEC", WHSEC)
    with socket.create_server(("127.0.0.1", 0)) as line:
        port = line.getsockname()[1]
    till.app.settings.change("terminals", {"webhook_port": port})
    till.set(webhook_secret={"env": "GENESIS_TEST_STRIPE_WHSEC"})
    return till


def event(name="evt_1", what="payment_intent.amount_capturable_updated", about="pi_000001", **more):
    return json.dumps(
        {"id": name, "object": "event", "type": what, "data": {"object": {"id": about, **more}}}, indent=2
    )


def tell(till, body, *, age=0, secrets=(WHSEC,), header=None):
    at = int(till.app.clock.now().timestamp()) - age
    marks = [hmac.new(s.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest() for s in secrets]
    signature = ",".join([f"t={at}", *(f"v1={mark}" for mark in marks)]) if header is None else header
    line = http.client.HTTPConnection("127.0.0.1", till.app.settings.get(TerminalSettings).webhook_port, timeout=5)
    line.request("POST", "/x/stripe/events", body, {"Stripe-Signature": signature})
    status = line.getresponse().status
    line.close()
    return status


def heard(till):
    return [(fact.event, fact.what, fact.about) for fact in till.facts("terminals.told")]


def test_what_stripe_tells_wakes_the_question_and_the_payment_is_booked(hearing, fake):
    till = hearing
    till.provider.patience = 0.05
    fake.countdown, fake.dies = 4, "after"  # the reader was told to ask for the card, then the line is gone
    assert "unknown outcome" in str(till.sell("2"))
    fake.dead, fake.countdown = False, -1
    fake.do_get_payment_intents_one("pi_000001")  # the customer taps meanwhile
    till.app.jobs._due["payments"] = float("inf")
    assert tell(till, event()) == 200
    till.app.jobs.run_due()
    assert heard(till) == [("evt_1", "payment_intent.amount_capturable_updated", "pi_000001")]
    assert till.app.register.complete().sale.total == 333
    till.work()
    assert fake.charged() == till.charged()


def test_an_event_before_the_answer_twice_and_out_of_order_changes_nothing(hearing, fake):
    till = hearing
    order = [event("evt_2", "payment_intent.succeeded"), event("evt_1"), event("evt_2", "payment_intent.succeeded")]
    assert [tell(till, body) for body in order] == [200, 200, 200]
    assert till.sell("2").total == 333
    assert [tell(till, body) for body in reversed(order)] == [200, 200, 200]
    till.work()
    assert [name for name, _, _ in heard(till)] == ["evt_2", "evt_1"]
    assert fake.charged() == till.charged()


def test_what_an_event_says_of_money_is_not_believed(hearing, fake):
    till = hearing
    fake.script = ["declined"]
    assert isinstance(till.sell("2"), Refused)
    assert tell(till, event(status="succeeded", amount_received=99_999, currency="usd")) == 200
    till.work()
    assert (till.app.register.cart.tenders, fake.total("captured")) == ((), 0)


def test_only_stripe_is_heard_and_only_now(hearing):
    till, body = hearing, event()
    assert tell(till, body, age=301) == 400
    assert tell(till, body, age=-301) == 400  # a time of the future
    assert tell(till, body, secrets=("whsec_other",)) == 400
    for header in ("", "garbage", "t=,v1=", "t=99999999999999999999,v1=00", "v1=00", "t=²,v1=é"):
        assert tell(till, body, header=header.encode("latin-1", "replace").decode("latin-1")) == 400
    at = int(till.app.clock.now().timestamp())
    mark = hmac.new(WHSEC.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    same = json.dumps(json.loads(body))  # the same event in other bytes
    assert tell(till, same, header=f"t={at},v1={mark}") == 400
    assert tell(till, "[]") == 400
    assert heard(till) == []
    assert tell(till, body, age=299, secrets=("whsec_old", WHSEC)) == 200
    assert tell(till, event("evt_9", "customer.created")) == 200
    assert [name for name, _, _ in heard(till)] == ["evt_1"]


def test_without_a_secret_nobody_is_heard(hearing, monkeypatch):
    monkeypatch.setenv("GENESIS_TEST_STRIPE_WHSEC", "")
    hearing.set(show_cart=False)
    hearing.restart()
    assert tell(hearing, event(), secrets=("",)) == 400


# -- the cart on the reader ------------------------------------------------------------------------------------


def displayed(till, fake, count):
    """Wait until so many carts were shown (the display has a thread of its own)."""
    assert _display(till).wait(count)
    return fake.shown


def _display(till):
    return plugin._screens.of[till.app.pos]


def test_the_reader_shows_the_newest_cart(till, fake):
    till.set(show_cart=True)
    till.app.register.scan("1")
    displayed(till, fake, 1)
    till.app.register.scan("2", 2_000)
    shown = displayed(till, fake, 2)[-1]
    assert shown == {
        "currency": "eur", "total": 125 + 666, "tax": 0, "line_items": [
            {"description": "Apple", "amount": 125, "quantity": 1},
            {"description": "2 × Bread", "amount": 666, "quantity": 1}]}  # fmt: skip
    with till.app.pos.hooks.confirming(True):
        till.app.register.cancel("gone")
    displayed(till, fake, 3)
    assert fake.readers[READER]["action"] is None


def test_a_reader_that_does_not_answer_holds_nobody_up(till, fake):
    till.set(show_cart=True)
    fake.faults = [("set_reader_display", "silent", 0)]
    till.app.register.scan("1")
    till.app.register.scan("2")
    assert till.app.register.pay("cash").sale.total == 458


def test_the_screen_never_stops_a_payment(till, fake):
    till.set(show_cart=True)
    fake.script = ["never"]
    till.app.register.scan("2")
    displayed(till, fake, 1)
    run = till.app.register.pay("stripe").payment
    while (fake.readers[READER]["action"] or {}).get("type") != "process_payment_intent":
        run.outcome(0.01)
    display = _display(till)
    before = display.done
    display.show(None)
    displayed(till, fake, before + 1)
    assert fake.readers[READER]["action"]["status"] == "in_progress"
    fake.tap(fake.readers[READER], "pi_000001")
    assert till.settled().sale.total == 333


# -- the command -----------------------------------------------------------------------------------------------


def said(till, capsys, text):
    assert command.run(till.app.pos, shlex.split(text)[2:]) == 0
    return capsys.readouterr().out.splitlines()


def test_what_was_not_captured_is_listed(till, fake, capsys):
    sale = till.sell("2")
    shown = f"{sale.tenders[0].reference}  R1-00000001  2026-03-02T08:00  authorised  3.33 EUR  "
    assert said(till, capsys, "genesis stripe open") == [shown]
    till.work()
    assert said(till, capsys, "genesis stripe open --json") == []


def test_readers_are_listed_and_registered_and_a_token_is_given(till, fake, capsys):
    assert said(till, capsys, "genesis stripe readers") == ["tmr_counter  online  simulated_wisepos_e  Counter  tml_1"]
    made = said(till, capsys, "genesis stripe register simulated-wpe --location tml_2 --label Bar --json")
    assert json.loads(made[0])["label"] == "Bar"
    assert len(said(till, capsys, "genesis stripe readers --location tml_2")) == 1
    assert said(till, capsys, "genesis stripe token --location tml_2") == ["pst_test_tml_2"]


@pytest.mark.parametrize(("words", "paid"), [("", True), ("--decline", False)])
def test_a_card_is_simulated_in_test_mode(till, fake, capsys, words, paid):
    fake.script = ["never"]
    till.app.register.scan("2")
    run = till.app.register.pay("stripe").payment
    while not (fake.readers[READER]["action"] or {}).get("status"):
        run.outcome(0.01)
    said(till, capsys, f"genesis stripe simulate {words}")
    assert isinstance(till.settled(), Refused) is not paid


@pytest.mark.parametrize(
    ("text", "why"),
    [("register simulated-wpe", "at a location"), ("register no-such-code --location tml_1", "Stripe: unknown"),
     ("simulate", "nothing is asked for")],
)  # fmt: skip
def test_what_cannot_be_done_is_said(till, text, why):
    with pytest.raises(UserError, match=why):
        command.run(till.app.pos, text.split())


def test_with_a_key_for_money_no_card_is_simulated(till, monkeypatch):
    monkeypatch.setenv("GENESIS_TEST_LIVE", "sk_live_x")
    till.set(key={"env": "GENESIS_TEST_LIVE"}, address="")
    with pytest.raises(UserError, match="only be simulated"):
        command.run(till.app.pos, ["simulate"])


def test_every_example_of_the_help_and_the_readme_runs(till, fake, capsys):
    readme = (Path(command.__file__).parent / "README.md").read_text(encoding="utf-8")
    shown = [line for line in readme.splitlines() if line.startswith("genesis stripe ")]
    assert len(shown) == 7
    for example in (*command.STRIPE.examples, *shown):
        text = example
        fake.script, fake.readers[READER]["action"] = ["never"], None
        if "settled" in text:
            fake.script = []
            till.sell("2")
            reference = fake.do_post_payment_intents_cancel(list(fake.intents)[-1])["id"]
            till.work()
            text = text.replace("pi_000001", reference)
        if "stripe simulate" in text:
            till.app.register.scan("2")
            run = till.app.register.pay("stripe").payment
            while not (fake.readers[READER]["action"] or {}).get("status"):
                run.outcome(0.01)
        assert said(till, capsys, text) or text.split()[2] in {"open", "settled"}
        if "stripe simulate" in text:
            till.settled()
