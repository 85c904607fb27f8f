"""A business day beside Stripe's balance: alike, missing on either side, other amounts, nobody there."""

from __future__ import annotations

import json

import pytest

from genesis.cli.main import main
from genesis_terminals.daily import compare_day, days, settle
from genesis_terminals.plugin import plugin

DAY = "2026-03-02"


@pytest.fixture
def till(till, fake):
    fake.now = lambda: till.app.pos.clock.now().timestamp()
    return till


def differences(till, day=DAY):
    (answer,) = compare_day(till.app.pos, day)
    assert answer.fact is not None, answer.fault
    return answer.fact, {(one.what, one.ours, one.theirs, one.receipt != "") for one in answer.fact.differences}


def reference(sale):
    return sale.tenders[0].reference


def test_sales_refunds_and_what_was_given_up_are_alike(till, fake):
    sale = till.sell("1", "2")
    till.sell("2")
    till.returned(sale, {"1": 1_000})
    till.app.register.scan("2")
    till.card(200)
    with till.app.pos.hooks.confirming(True):
        till.app.register.cancel("left")
    till.work()
    fake._balance("payout", -600, None)
    fact, found = differences(till)
    assert (fact.payments, fact.ours, fact.theirs, found) == (3, 666, 666, set())


def test_what_one_side_lacks_or_tells_otherwise_is_found(till, fake):
    till.sell("1")
    other, lost = till.sell("2"), till.sell("2")
    till.work()
    fake.balance = [row for row in fake.balance if row["source"]["payment_intent"] != reference(lost)]
    next(row for row in fake.balance if row["source"]["payment_intent"] == reference(other))["source"][
        "amount_captured"
    ] = 332
    stray = {"object": "charge", "amount_captured": 500, "currency": "eur", "payment_intent": "pi_x",
             "metadata": {}, "payment_method_details": {"type": "card_present"}}  # fmt: skip
    fake._balance("charge", 500, stray)
    fake._balance("charge", 800, stray | {"payment_method_details": {"type": "card"}, "payment_intent": "pi_web"})
    fact, found = differences(till)
    assert found == {("not_there", 333, 0, True), ("amount", 333, 332, True), ("not_here", 0, 500, False)}
    assert (fact.payments, fact.ours, fact.theirs) == (3, 791, 791 - 333 - 1 + 500)


def test_a_payment_that_is_held_as_failed_and_was_taken_is_found(till, fake):
    sale = till.sell("2")
    till.work()
    fake.script = ["declined"]
    till.sell("1")
    failed = till.facts("payment.declined")[-1]
    row = dict(fake.balance[-1]["source"]) | {"metadata": {"attempt": failed.attempt}, "payment_intent": "pi_late"}
    fake._balance("charge", 125, row | {"amount_captured": 125})
    _, found = differences(till)
    assert sale.total == 333
    assert found == {("not_here", 0, 125, False)}


def test_what_was_captured_late_is_on_the_day_of_its_sale(till, fake):
    till.sell("2")
    till.app.pos.clock.forward(hours=20)
    till.work()
    assert differences(till)[1] == set()
    assert differences(till, "2026-03-03")[1] == set()


def test_more_than_a_page_is_read(till, fake):
    sale = till.sell("2")
    till.work()
    for number in range(150):
        fake._balance("charge", 1, dict(fake.balance[0]["source"]) | {
            "amount_captured": 1, "metadata": {}, "payment_intent": f"pi_{number}x"})  # fmt: skip
    fact, _ = differences(till)
    assert (len(fact.differences), fact.theirs) == (150, 333 + 150)
    assert sale.total == 333


def test_a_difference_is_a_notice_until_somebody_looked_into_it_or_the_books_are_alike(till, fake):
    sale = till.sell("2")
    differences(till)  # not captured yet
    app = till.app
    assert days(app.pos) == {DAY: 1}
    assert "differs from the provider's books" in plugin.health(app.pos).text
    settle(app.pos, DAY, reference(sale), "it is captured tonight")
    assert plugin.health(app.pos) is None
    differences(till)
    assert days(app.pos) == {}  # the same difference was looked into
    till.work()
    assert differences(till)[1] == set()


def test_stripe_cannot_be_asked(till, fake):
    till.sell("2")
    fake.faults = [("balance_transactions", "before 503", 0)]
    (answer,) = compare_day(till.app.pos, DAY)
    assert answer.fact is None
    assert "Stripe cannot be asked now" in answer.fault
    fake.stop()
    assert compare_day(till.app.pos, DAY)[0].fault == "Stripe cannot be reached"
    assert till.facts("terminals.compared") == []


def test_the_command_compares_and_tells(till, fake, capsys):
    till.sell("2")
    till.work()
    till.sell("1")
    till.app.close()
    home = ["--home", str(till.app.home.folder)]
    assert main(["payments", "reconcile", "--day", DAY, "--json", *home]) == 1
    head, one = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (head["state"], head["payments"], head["ours"], head["theirs"]) == ("differs", 2, "4.58", "3.33")
    assert (one["what"], one["ours"], one["theirs"]) == ("not with the provider", "1.25", "0.00")
    assert main(["payments", "settled", one["reference"], "--day", DAY, "--why", "tonight", *home]) == 0
    assert main(["payments", "differences", *home]) == 0
    assert capsys.readouterr().out == ""
    assert main(["payments", "reconcile", "--day", "2999-01-01", *home]) == 1
    assert "still to come" in capsys.readouterr().err
