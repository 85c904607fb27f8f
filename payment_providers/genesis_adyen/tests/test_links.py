"""Payment links and what Adyen tells of them: the journal says what customers paid, whatever the line or the crash."""

from __future__ import annotations

import http.client
import json
import random
import socket
from functools import partial

import Adyen
import pytest

from genesis import Confirm, Refused
from genesis.hooks.platform import panels
from genesis_adyen.models import PSP
from genesis_adyen.tests.fake_checkout import HMAC, KEY, MERCHANT, FakeCheckout, notification
from genesis_adyen.webhook import heard
from genesis_terminals.models import TerminalSettings
from genesis_terminals.webhooks import receive
from tests.probes.card_till import CardTill

SECRETS = {"api_key": ("GENESIS_TEST_ADYEN_KEY", KEY), "hmac_key": ("GENESIS_TEST_ADYEN_HMAC", HMAC)}


class LinkTill(CardTill):
    """A till to which Adyen's notifications come, late and twice."""

    def work(self) -> None:
        for body in (*self.fake.told, *reversed(self.fake.told)):
            receive(self.app.pos, "adyen", partial(heard, self.app.pos), {}, body)
        super().work()


@pytest.fixture
def fake(tmp_path):
    made = FakeCheckout(tmp_path)
    yield made
    made.stop()
    assert made.wrong == []


@pytest.fixture
def till(stores, fake, monkeypatch):
    for variable, value in SECRETS.values():
        monkeypatch.setenv(variable, value)
    secrets = {name: {"env": variable} for name, (variable, _) in SECRETS.items()}
    return LinkTill(stores, fake, "adyen_link", "adyen", links=True, merchant=MERCHANT, checkout_address=fake.address,
                    **secrets)  # fmt: skip


def waiting(till, fake):
    till.app.register.scan("2")
    run = till.app.register.pay("adyen_link").payment
    while not fake._looks:
        run.outcome(0.01)
    return run


def test_a_customer_pays_by_the_link_that_the_till_shows(till, fake):
    fake.script = ["never"]
    waiting(till, fake)
    cart = till.app.register.cart
    (shown,) = till.app.hooks.each(panels)(slot="payment.summary", context={"cart": cart, "priced": None})
    assert shown[0].text == "https://test.adyen.link/PL000000000001"
    fake.pay(fake.links["PL000000000001"])
    sale = till.settled().sale
    assert (sale.tenders[0].reference, fake.charged()) == ("PL000000000001", till.charged())
    assert till.app.hooks.each(panels)(slot="payment.summary", context={"cart": cart, "priced": None}) == []


def test_a_link_that_is_cancelled_can_never_be_paid(till, fake):
    fake.script = ["never"]
    waiting(till, fake).cancel()
    assert "was cancelled (the link was not paid in time)" in str(till.settled())
    assert fake.links["PL000000000001"]["status"] == "expired"


def test_a_link_that_was_paid_as_it_was_cancelled_is_paid(till, fake):
    fake.script = ["too late"]
    waiting(till, fake).cancel()
    assert till.settled().sale.total == 333
    assert fake.charged() == till.charged()


def test_a_link_that_nobody_pays_is_ended(till, fake):
    fake.script = ["never"]
    till.provider.patience = 0.05
    assert "was cancelled" in str(till.sell("2"))
    assert fake.held() == 0


def test_a_refund_goes_to_the_payment_that_adyen_named_and_never_above_it(till, fake):
    sale = till.sell("1", "2")
    assert "has not told yet how it calls this payment" in str(till.returned(sale, {"1": 1_000}))
    till.work()
    assert till.card().sale.total == -125
    assert till.returned(sale).sale.total == -333
    assert fake.charged() == till.charged()
    assert fake.total("refunded") == 458


def test_what_was_refunded_at_adyen_is_not_refunded_again(till, fake):
    sale = till.sell("2")
    till.work()
    fake._paid[till.app.raw_journal.holder(PSP, sale.tenders[0].attempt)]["left"] = 100
    assert "Insufficient balance" in str(till.returned(sale))
    assert fake.total("refunded") == 0


def test_a_cart_given_up_gives_the_money_back(till, fake):
    till.app.register.scan("2")
    till.card(200)
    with pytest.raises(Confirm):
        till.app.register.cancel("left")
    with till.app.pos.hooks.confirming(True):
        till.app.register.cancel("left")
    till.work()
    assert (fake.total("charged"), fake.total("voided")) == (200, 200)
    assert till.app.raw_journal.open_attempts() == []


FAULTS = [("cut request", 0), ("cut request", 99), ("cut reply", 0), ("cut reply", 99), ("after 500", 0),
          ("before 503", 0), ("before 429", 0)]  # fmt: skip


def test_a_bad_line_charges_once_and_refunds_once(till, fake):
    for what, at in FAULTS:
        fake.faults = [("POST /v72/paymentLinks", what, at), ("GET /v72/paymentLinks", what, at)]
        sale = till.sell("2")
        till.work()
        fake.faults += [("refunds", what, at)]
        assert till.returned(sale).sale.total == -333
        assert fake.faults == []
        assert fake.charged() == till.charged()
    assert (len(fake.links), sum(fake.charged().values())) == (len(FAULTS), 0)


def test_a_key_that_is_wrong_or_missing_is_said(till, fake, monkeypatch):
    monkeypatch.setenv("GENESIS_TEST_OTHER", "wrong")
    till.set(api_key={"env": "GENESIS_TEST_OTHER"})
    assert "Adyen refused it: HTTP Status Response - Unauthorized" in str(till.sell("2"))
    till.set(api_key={"env": "GENESIS_NO_SUCH"})
    assert "adyen.api_key is not set" in str(till.card())
    till.set(checkout_address="http://192.0.2.1", api_key={"env": "GENESIS_TEST_OTHER"})
    assert "only a service on this machine" in str(till.card())
    fake.stop()
    till.set(checkout_address=fake.address)
    assert "Adyen cannot be reached" in str(till.card())
    assert till.pills() == ["Adyen is offline"]
    till.job("adyen.cloud").run(till.app.pos)
    assert till.pills() == ["Adyen is offline"]


def test_a_service_that_was_away_is_asked_whether_it_is_back(till, fake):
    till.provider._checkout.reach.lost = True
    assert till.pills() == ["Adyen is offline"]
    till.job("adyen.cloud").run(till.app.pos)
    assert till.pills() == []


@pytest.mark.parametrize("lie", [{"reference": "another"}, {"amount": {"value": 1, "currency": "EUR"}},
                                 {"amount": {"value": 333, "currency": "USD"}}])  # fmt: skip
def test_a_link_of_another_payment_decides_nothing(till, fake, lie):
    fake.script = ["never"]
    run = waiting(till, fake)
    true = dict(fake.links["PL000000000001"])
    fake.links["PL000000000001"] |= lie
    assert run.outcome(5).state == "unknown"
    assert "unknown outcome" in str(till.settled())
    fake.links["PL000000000001"] |= true
    till.work()
    assert (till.app.register.payments.unresolved(), fake.held()) == ([], 0)


def test_what_was_paid_before_a_crash_is_booked_after_it(till, fake):
    till.app.register.scan("2")
    assert till.app.register.pay("adyen_link").payment.outcome(5) is not None
    till.restart()
    till.work()
    assert till.app.register.complete().sale.total == 333
    assert (fake.charged(), len(fake.links)) == (till.charged(), 1)


@pytest.mark.parametrize(("seed", "many"), [(4, 12), pytest.param(17, 200, marks=pytest.mark.stress)])
def test_after_crashes_at_random_the_journal_is_the_ledger(till, fake, record_property, seed, many):
    dice = random.Random(seed)
    for _ in range(many):
        till.schedule(dice, ("ok", "ok", "late", "never", "too late"), 9)
    till.tidy()
    till.check()
    sales = till.facts("sale.completed")
    record_property("covered", f"adyen (links): {many} crash schedules, {len(sales)} sales, {len(fake.rows())} moves")
    assert len(sales) > many // 8


# -- what Adyen tells ------------------------------------------------------------------------------------------


def item(psp="PSP1", code="AUTHORISATION", reference="x", success="true", merchant=MERCHANT, original=""):
    return {"eventCode": code, "pspReference": psp, "originalReference": original, "success": success,
            "merchantAccountCode": merchant, "merchantReference": reference,
            "amount": {"value": 333, "currency": "EUR"}}  # fmt: skip


@pytest.fixture
def hearing(till):
    with socket.create_server(("127.0.0.1", 0)) as line:
        port = line.getsockname()[1]
    till.app.settings.change("terminals", {"webhook_port": port})
    till.set(link_minutes=30)
    return till


def tell(till, body):
    line = http.client.HTTPConnection("127.0.0.1", till.app.settings.get(TerminalSettings).webhook_port, timeout=5)
    line.request("POST", "/x/adyen/events", body)
    answer = line.getresponse()
    found = answer.status, answer.read()
    line.close()
    return found


def test_events_are_facts_once_in_any_order_and_are_accepted(hearing):
    till = hearing
    both = notification(item("PSP1"), item("PSP2", "REFUND", success="false", original="PSP1"))
    for body in (both, notification(item("PSP2", "REFUND", success="false", original="PSP1")), both):
        assert tell(till, body) == (200, b"[accepted]")
    assert tell(till, notification(item("PSP9", "REPORT_AVAILABLE"))) == (200, b"[accepted]")
    assert [(f.event, f.what, f.about) for f in till.facts("terminals.told")] == [
        ("AUTHORISATION:PSP1:true", "AUTHORISATION", "PSP1"), ("REFUND:PSP2:false", "REFUND failed", "PSP2"),
    ]  # fmt: skip


def test_the_signature_is_that_of_adyens_own_library(till):
    one = item("PSP:1", reference="a:b\\c")
    body = json.loads(notification(one))["notificationItems"][0]["NotificationRequestItem"]
    theirs = Adyen.util.generate_notification_sig({k: v for k, v in one.items() if k != "additionalData"}, HMAC)
    assert body["additionalData"]["hmacSignature"] == theirs.decode()
    assert len(heard(till.app.pos, {}, notification(one))) == 1


def test_a_forged_item_or_one_of_another_store_is_refused_with_all_beside_it(hearing):
    till, good = hearing, item("PSP1")
    changed = json.loads(notification(good))
    changed["notificationItems"][0]["NotificationRequestItem"]["amount"]["value"] = 1
    unsigned = json.loads(notification(good))
    unsigned["notificationItems"][0]["NotificationRequestItem"].pop("additionalData")
    empty = json.loads(notification(good))
    empty["notificationItems"][0]["NotificationRequestItem"]["additionalData"] = {"hmacSignature": ""}
    second = json.loads(notification(good, item("PSP2")))
    second["notificationItems"][1]["NotificationRequestItem"]["success"] = "false"
    for body in (json.dumps(changed), json.dumps(unsigned), json.dumps(empty), json.dumps(second), "{}", "[", "é",
                 notification(item("PSP1", merchant="Other")), notification(good, key="55" * 32)):  # fmt: skip
        assert tell(till, body if isinstance(body, bytes) else body.encode())[0] == 400
    assert till.facts("terminals.told") == []


@pytest.mark.parametrize("key", ["", "zz", "4"])
def test_without_a_key_nobody_is_heard(hearing, monkeypatch, key):
    monkeypatch.setenv("GENESIS_TEST_ADYEN_HMAC", key)
    hearing.restart()
    assert tell(hearing, notification(item()))[0] == 400


def test_two_names_for_one_payment_are_both_told_and_the_first_is_kept(till, fake):
    sale = till.sell("2")
    attempt = sale.tenders[0].attempt
    till.work()
    first = till.app.raw_journal.holder(PSP, attempt)
    fake.notify("AUTHORISATION", "PSP-OTHER", attempt, {"value": 333, "currency": "EUR"})
    till.work()
    assert till.app.raw_journal.holder(PSP, attempt) == first
    assert [fact.about for fact in till.facts("terminals.told")] == [first, "PSP-OTHER"]


def test_what_an_event_says_of_money_is_not_believed(till, fake):
    fake.script = ["never"]
    till.provider.patience = 0.05
    assert isinstance(till.sell("2"), Refused)
    attempt = till.facts("payment.")[0].attempt
    fake.notify("AUTHORISATION", "PSP1", attempt, {"value": 333, "currency": "EUR"})
    till.work()
    assert till.app.register.cart.tenders == ()
