"""Cut lines at any byte and crashes at any point: the journal says what the cards paid, to the cent, every time."""

from __future__ import annotations

import random

import pytest

from genesis import Attempt, NotSent
from genesis_stripe.service import StripeTerminal

STEPS = [
    "POST /v1/payment_intents",
    "GET /v1/payment_intents/pi_",
    "GET /v1/terminal/readers",
    "process_payment_intent",
]


# -- bytes -----------------------------------------------------------------------------------------------------


def attempt(number, amount=333, **more):
    """Return an attempt of its own: a UUID of version 7 of today, made by hand."""
    return Attempt(id=f"01980000-0000-7000-8000-{number:012x}", sale=f"s{number}", register="R1", method="stripe",
                   amount=amount, currency="EUR", **more)  # fmt: skip


def ended(terminal, one):
    try:
        terminal.start(one)
    except NotSent:
        return "failed"
    for _ in range(50):
        found = terminal.poll(one)
        if found is not None:
            return found.state
    return terminal.query(one).state


def cuts(terminal, fake, step, numbers, stride, prepared):
    """Cut the line at each byte of a step's request and reply, and see to it that the card paid once."""
    fake.sizes.clear()
    one = prepared(next(numbers))
    assert ended(terminal, one) == "approved"
    longest = max(max(sizes) for sizes in fake.sizes) + 1
    for what in ("cut request", "cut reply"):
        for at in range(0, longest, stride):
            one = prepared(next(numbers))
            fake.faults = [(step, what, at)]
            assert ended(terminal, one) == "approved", (step, what, at)
            fake.faults.clear()
            yield one


@pytest.mark.parametrize("stride", [pytest.param(1, marks=pytest.mark.stress), 61])
@pytest.mark.parametrize("step", STEPS)
def test_a_line_that_is_cut_at_any_byte_charges_once(till, fake, monkeypatch, step, stride):
    monkeypatch.setattr("genesis_stripe.service.key_is_kept", lambda _id: True)
    terminal, numbers = StripeTerminal(till.provider._gateway), iter(range(1, 10**6))
    attempts = list(cuts(terminal, fake, step, numbers, stride, attempt))
    held = [row for row in fake.rows() if row["what"] == "authorised"]
    assert len(held) == len({row["attempt"] for row in held}) == len(fake.intents)
    assert {one.id for one in attempts} <= {row["attempt"] for row in held}
    assert {row["amount"] for row in held} == {333}


@pytest.mark.parametrize("stride", [pytest.param(1, marks=pytest.mark.stress), 61])
def test_a_line_that_is_cut_at_any_byte_refunds_once(till, fake, monkeypatch, stride):
    monkeypatch.setattr("genesis_stripe.refunds.key_is_kept", lambda _id: True)
    gateway = till.provider._gateway
    terminal, numbers = StripeTerminal(gateway), iter(range(1, 10**6))

    def sold(number):
        assert ended(terminal, attempt(number)) == "approved"
        reference = list(fake.intents)[-1]
        gateway.capture(reference, 333)
        return attempt(10**9 + number, -100, original=reference)

    back = list(cuts(terminal, fake, "POST /v1/refunds", numbers, stride, sold))
    given = [row for row in fake.rows() if row["what"] == "refunded"]
    assert len(given) == len({row["attempt"] for row in given}) == len(back) + 1
    assert {row["amount"] for row in given} == {100}


# -- crashes ---------------------------------------------------------------------------------------------------


PLANS = ("ok", "ok", "late", "declined", "never", "partial", "too late", "customer cancels")


@pytest.mark.parametrize(("seed", "many"), [(7, 12), pytest.param(11, 200, marks=pytest.mark.stress)])
def test_after_crashes_at_random_the_journal_is_the_ledger(till, fake, record_property, seed, many):
    dice = random.Random(seed)
    for _ in range(many):
        till.schedule(dice, PLANS, 14)
    till.tidy()
    till.check()
    assert till.facts("stripe.not_captured") == []
    sales = till.facts("sale.completed")
    record_property("covered", f"stripe: {many} crash schedules, {len(sales)} sales, {len(fake.rows())} moves of money")
    assert len(sales) > many // 8
