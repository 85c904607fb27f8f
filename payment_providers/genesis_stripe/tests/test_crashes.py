"""Cut lines at any byte and crashes at any point: the journal says what the cards paid, to the cent, every time."""

from __future__ import annotations

import random

import pytest

from genesis import Attempt, NotSent, Refused, UserError
from genesis_stripe.service import StripeTerminal

STEPS = [
    "POST /v1/payment_intents",
    "GET /v1/payment_intents/pi_",
    "GET /v1/terminal/readers",
    "process_payment_intent",
]


class Died(BaseException):
    """The process is gone."""


def mortal(till, after):
    """Let the process die at the append after so many, before it or right behind it."""
    journal, left = till.app.raw_journal, [after]
    append = journal.append

    def dying(*arguments, **values):
        left[0] -= 1
        if left[0] == 0 and after % 2:
            raise Died
        done = append(*arguments, **values) if left[0] >= 0 else None
        if left[0] <= 0:
            raise Died
        return done

    journal.append = dying


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
    terminal, numbers = StripeTerminal(till.app.methods["stripe"]._gateway), iter(range(1, 10**6))
    attempts = list(cuts(terminal, fake, step, numbers, stride, attempt))
    held = [row for row in fake.rows() if row["what"] == "authorised"]
    assert len(held) == len({row["attempt"] for row in held}) == len(fake.intents)
    assert {one.id for one in attempts} <= {row["attempt"] for row in held}
    assert {row["amount"] for row in held} == {333}


@pytest.mark.parametrize("stride", [pytest.param(1, marks=pytest.mark.stress), 61])
def test_a_line_that_is_cut_at_any_byte_refunds_once(till, fake, monkeypatch, stride):
    monkeypatch.setattr("genesis_stripe.refunds.key_is_kept", lambda _id: True)
    gateway = till.app.methods["stripe"]._gateway
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


def schedule(till, fake, dice):
    """One sale, refund or cart given up, and somewhere in it a crash; then the shop goes on."""
    fake.script = [dice.choice(("ok", "ok", "late", "declined", "never", "partial", "too late", "customer cancels"))]
    till.app.methods["stripe"].patience = dice.choice((0.01, 0.05))
    fate = dice.randrange(4)
    if fate == 0:
        fake.countdown, fake.dies = dice.randrange(1, 14), dice.choice(("before", "after"))
    elif fate == 1:
        mortal(till, dice.randrange(1, 7))
    elif fate == 2:
        what = dice.choice(("cut request", "cut reply", "after 500", "before 503"))
        fake.faults = [("/v1/", what, dice.randrange(900)) for _ in range(dice.randrange(1, 4))]
    try:
        act(till, dice)
    except (Died, Refused, UserError):
        pass
    if till.app.register.payments.run is not None:  # its worker lives as long as its process
        fake.dead = True
        till.app.register.payments.run.outcome(10)
    fake.countdown, fake.script = -1, []
    fake.faults.clear()
    till.restart()
    for _ in range(3):
        till.app.reactor.register._after.clear()
        till.work()


def act(till, dice):
    register = till.app.register
    sales = [f for f in till.facts("sale.completed") if f.total > 0]
    if register.cart is not None and register.cart.lines:
        kind = dice.choice(("pay", "pay", "give up"))
    else:
        kind = dice.choice(("sell", "sell", "return")) if sales else "sell"
    if kind == "give up":
        with till.app.pos.hooks.confirming(True):
            register.cancel("left")
    elif kind == "return":
        sale = dice.choice(sales)
        register.return_lines(sale.number, {dice.choice(sale.lines).line: 1_000})
    elif kind == "sell":
        for code in dice.choices("123", k=dice.randrange(1, 4)):
            register.scan(code)
    if kind != "give up" and register.cart is not None:
        if register.priced is not None and register.priced.due == 0:
            register.complete()
        else:
            till.card()
    till.work()


def tidy(till, fake):
    """Close the day: what is open is paid in cash or given up, then nothing may be left of it."""
    register = till.app.register
    with till.app.pos.hooks.confirming(True):
        if register.cart is not None and register.cart.lines:
            paid = sum(tender.amount for tender in register.cart.tenders)
            register.complete() if register.priced.due == 0 else register.pay("cash") if paid else register.cancel(
                "end"
            )
    for _ in range(3):
        till.work()


def check(till, fake):
    """Compare the two ledgers: what sales say that cards paid, and what cards paid."""
    journal = till.charged()
    assert {a: m for a, m in fake.charged().items() if a in journal} == journal
    strangers = {a: m for a, m in fake.charged().items() if a not in journal}
    assert strangers == {}, "a card paid for no sale"
    assert fake.held() == 0, "money is held for no sale"
    assert till.app.raw_journal.open_attempts() == []
    assert till.app.register.payments.unresolved() == []
    assert till.facts("stripe.not_captured") == []


@pytest.mark.parametrize(("seed", "many"), [(7, 12), pytest.param(11, 200, marks=pytest.mark.stress)])
def test_after_crashes_at_random_the_journal_is_the_ledger(till, fake, record_property, seed, many):
    dice = random.Random(seed)
    for _ in range(many):
        schedule(till, fake, dice)
    tidy(till, fake)
    check(till, fake)
    sales = till.facts("sale.completed")
    record_property("covered", f"stripe: {many} crash schedules, {len(sales)} sales, {len(fake.rows())} moves of money")
    assert len(sales) > many // 8
