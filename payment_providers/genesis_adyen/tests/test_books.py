"""A day beside Adyen's Payment accounting report: alike, missing on either side, no report yet, a wrong key."""

from __future__ import annotations

import json

import pytest

from genesis_adyen.tests.fake_report import KEY
from genesis_terminals.daily import compare_day
from genesis_terminals.plugin import plugin

DAY = "2026-03-02"


@pytest.fixture
def way():
    return "cloud"


@pytest.fixture
def till(till, fake, monkeypatch):
    monkeypatch.setenv("GENESIS_TEST_REPORT_KEY", KEY)
    till.set(report_key={"env": "GENESIS_TEST_REPORT_KEY"}, reports_address=fake.address)
    return till


def differences(till):
    answers = compare_day(till.app.pos, DAY)
    assert [answer.fault for answer in answers] == [""]
    fact = answers[0].fact
    return fact, [(one.what, one.ours, one.theirs) for one in fact.differences]


@pytest.mark.parametrize("held", [False, True])
def test_sales_refunds_and_what_was_given_up_are_alike(till, fake, held):
    if held:
        till.set(pre_authorise=True, checkout_address=fake.address)
    sale = till.sell("1", "2")
    till.work()
    till.returned(sale, {"1": 1_000})
    till.app.register.scan("2")
    till.card(200)
    with till.app.pos.hooks.confirming(True):
        till.app.register.cancel("left")
    till.work()
    fact, found = differences(till)
    assert (fact.payments, fact.ours, fact.theirs, found) == (2, 333, 333, [])


def test_what_one_side_lacks_or_tells_otherwise_is_found(till, fake):
    till.sell("1")
    till.sell("2")
    till.sell("1", "2")
    rows = fake.rows()
    rows[1]["amount"], rows[2]["payment"], rows[2]["psp"] = 300, "of another till", "PSPX"
    fake.ledger.write_text("".join(json.dumps(row) + "\n" for row in rows))
    fact, found = differences(till)
    assert sorted(found) == [("amount", 333, 300), ("not_here", 0, 458), ("not_there", 458, 0)]
    assert (fact.ours, fact.theirs) == (916, 883)


def test_no_report_yet_a_wrong_key_and_nobody_there_are_said(till, fake, monkeypatch):
    till.sell("2")
    fake.ledger.write_text("")
    assert "no report of 2026-03-02 yet" in compare_day(till.app.pos, DAY)[0].fault
    till.set(report_key={"env": "GENESIS_TEST_ADYEN_KEY"})
    assert "refused the key of the report user" in compare_day(till.app.pos, DAY)[0].fault
    till.set(reports_address="http://192.0.2.1")
    assert "only a service on this machine" in compare_day(till.app.pos, DAY)[0].fault
    till.set(reports_address="http://127.0.0.1:9")
    assert "cannot be reached now" in compare_day(till.app.pos, DAY)[0].fault
    till.set(report_key={"env": "GENESIS_NO_SUCH"})
    assert compare_day(till.app.pos, DAY) == []
    assert till.facts("terminals.compared") == []


def test_yesterday_is_compared_by_itself_once_its_hour_has_come(till, fake):
    till.sell("2")
    pos, clock = till.app.pos, till.app.pos.clock
    clock.forward(days=1)
    plugin._daily(pos)  # nine o'clock: Adyen is at it
    assert till.facts("terminals.compared") == []
    clock.forward(hours=2)
    fake.faults = [("reports", "before 503", 0)]
    plugin._daily(pos)
    assert "card payments of 2026-03-02 are not compared yet: Adyen's reports" in plugin.health(pos).text
    plugin._daily(pos)
    plugin._daily(pos)
    assert [(fact.day, fact.method, fact.ours) for fact in till.facts("terminals.compared")] == [(DAY, "adyen", 333)]
    assert plugin.health(pos) is None
