"""Money goes back the way it came, never twice and never more; what no sale was recorded for goes back by itself."""

from __future__ import annotations

import pytest
import uuid_utils

from genesis import Actor, Attempt, Balance, Confirm, Job, Refused, UserError, slip_fields
from genesis.kernel.facts import DrawerOpened
from genesis.kernel.givenback import REFUNDED
from genesis.kernel.jobs import JobRunner
from genesis.testkit.stores import as_plugin
from tests.probes.price_list.plugin import PriceList
from tests.probes.slow_card.plugin import CardPlugin

KIM = Actor(id="kim", name="Kim", roles=("cashier",))
SELLS = ("register.sell", "register.return", "register.return_without_receipt", "till.open")


def goods():
    return as_plugin(PriceList(), "price_list")


@pytest.fixture
def card():
    return CardPlugin()


@pytest.fixture
def app(both, card):
    app = both.new("cash", extra=goods() | as_plugin(card, "slow_card"))
    app.pos.permissions.save_role("cashier", SELLS)
    return app


def by_card(app, amount=None):
    answer, found = app.register.pay("slow_card", amount), None
    while found is None:
        found = app.register.settle(1)
    return answer.payment.attempt, found


def sold(app, *codes, card=None):
    """Sell codes, `card` cents of it by card (all for None), the rest in cash; returns the sale."""
    for code in codes:
        app.register.scan(code)
    _, answer = by_card(app, card)
    return answer.sale or app.register.pay("cash").sale


def facts(app, kind="payment."):
    return [e.fact for e in app.raw_journal.scan() if e.kind.startswith(kind)]


def given_back(app, sale):
    return [app.raw_journal.balance(REFUNDED, tender.id) for tender in sale.tenders]


def net(card):
    """Return what the provider took in all, by its own books."""
    return sum(card.books.charged.values())


def test_a_refund_names_the_payment_it_gives_back_and_comes_first(app, card):
    sale = sold(app, "2")
    app.register.return_lines(sale.number)
    assert [m.id for m in app.register.methods()] == ["slow_card", "cash"]
    attempt, answer = by_card(app)
    assert (attempt.amount, attempt.refunds) == (-333, sale.tenders[0].id)
    assert attempt.original == sale.tenders[0].reference != ""
    assert answer.sale.tenders[0].refunds == {sale.tenders[0].id: 333}
    assert facts(app)[-2].refunds == sale.tenders[0].id
    assert (net(card), given_back(app, sale)) == (0, [333])


def test_of_two_ways_each_gets_back_what_it_gave_and_not_a_cent_more(app, card):
    sale = sold(app, "1", "2", card=200)  # 4.58, of it 2.58 in cash
    app.register.return_lines(sale.number, {"1": 1_000})
    with pytest.raises(Refused, match=r"^amount: 2\.00 of what Card took"):
        by_card(app, -201)
    app.register.return_lines(sale.number, {"2": 1_000})
    _, answer = by_card(app)
    assert answer.priced.due == -258
    with pytest.raises(Refused, match="nothing of what Card took"):
        by_card(app)
    assert app.register.pay("cash").sale.tenders[1].refunds == {sale.tenders[1].id: 258}
    assert (net(card), given_back(app, sale)) == (0, [200, 258])


def test_partial_returns_never_give_back_more_than_the_payment(app, card):
    app.register.scan("2", 3_000)
    _, answer = by_card(app)
    for left in (666, 333, 0):
        app.register.return_lines(answer.sale.number, {"1": 1_000})
        by_card(app)
        assert net(card) == left
    assert given_back(app, answer.sale) == [999]


def test_what_was_declined_can_be_given_back_again_what_is_unknown_cannot(app, card):
    sale = sold(app, "2")
    app.register.return_lines(sale.number)
    card.books.script = ["declined", "offline", "lost after charge"]
    for word, kept in (("declined", 0), ("could not be started", 0), ("unknown", 333)):
        with pytest.raises(Refused, match=word):
            by_card(app)
        assert given_back(app, sale) == [kept]
    with pytest.raises(UserError, match="refund of this sale is not known to have failed"):
        app.register.pay("cash")
    [attempt] = app.register.payments.unresolved()
    assert app.register.resolve_attempt(attempt, app.register.payments.ask(attempt)).sale is not None
    assert (net(card), given_back(app, sale)) == (0, [333])
    with pytest.raises(UserError, match="known what became"):
        app.register.resolve_attempt(attempt, app.register.payments.ask(attempt))


def test_another_way_needs_permission_and_the_refusal_says_how_it_was_paid(app):
    sale = sold(app, "1", "2", card=200)
    app.actor = KIM
    app.register.return_lines(sale.number)
    with pytest.raises(Refused, match=r"paid otherwise \(2\.00 by Card\): Kim may not.*\n?.*give it back so"):
        app.register.pay("cash")
    assert app.register.cart.tenders == ()
    by_card(app)
    assert app.register.pay("cash").sale.total == -458
    assert [f.permission for f in facts(app, "permission.")] == ["register.refund_other"]


def test_goods_without_a_receipt_are_paid_out_in_cash_by_who_may_take_them(app):
    app.actor = KIM
    app.register.scan("2", -1_000)
    assert app.register.pay("cash").sale.total == -333


def test_the_provider_gone_is_said_and_somebody_who_may_gives_cash(both, app, card):
    sale = sold(app, "2")
    app.close()
    again = both.open(app, plugins=("cash",), extra=goods())
    again.register.return_lines(sale.number)
    with pytest.raises(UserError, match="paid by Card, which is not available now: enable its plugin"):
        again.register.pay("slow_card")
    again.actor = KIM
    with pytest.raises(Refused, match="Kim may not: Give money back another way"):
        again.register.pay("cash")
    again.actor = Actor(id="owner", name="Owner", owner=True)
    done = again.register.pay("cash").sale
    assert (done.tenders[0].amount, done.tenders[0].refunds) == (-333, {})
    assert net(card) == 333  # the card keeps it: the customer got cash


def test_goods_that_were_paid_by_goods_go_back_to_the_first_payment(app, card):
    first = sold(app, "1")
    app.register.return_lines(first.number)
    app.register.scan("2")
    exchange = app.register.pay("cash").sale  # 1.25 of its 3.33 came by card before
    app.actor = KIM
    app.register.return_lines(exchange.number, {"2": 1_000})
    by_card(app)
    assert app.register.pay("cash").sale.tenders[1].refunds == {exchange.tenders[0].id: 208}
    assert net(card) == 0


def test_a_payment_given_back_elsewhere_meanwhile_is_not_given_back_again(app, card):
    sale = sold(app, "1", "2", card=200)
    app.register.return_lines(sale.number)
    app.register.pay("cash", None)  # the owner may: 2.58 of it names the cash, 2.00 nothing
    again = sold(app, "1", "2", card=200)
    app.register.return_lines(again.number)
    elsewhere = [Balance(REFUNDED, again.tenders[0].id, 150, ceiling=200)]
    app.journal.append(DrawerOpened(register="R2"), guards=elsewhere)
    attempt, _ = by_card(app)
    assert attempt.amount == -50
    app.register.pay("cash")
    assert given_back(app, again) == [200, 258]


# -- payments that belong to no sale -------------------------------------------------------------------------


def lost(app, card):
    """Charge a card, lose the answer, and sell for cash instead: returns the attempt."""
    card.books.script = ["lost after charge"]
    app.register.scan("2")
    with pytest.raises(Refused, match="unknown"):
        by_card(app)
    [attempt] = app.register.payments.unresolved()
    app.register.pay("cash")
    app.register.payments.reconcile()  # the provider knows: it was charged
    app.register.scan("1")  # and the register books it
    assert net(card) == 333
    return attempt


def test_what_was_charged_for_no_sale_goes_back_once_and_is_recorded(app, card):
    attempt = lost(app, card)
    for _ in range(3):
        app.register.payments.reconcile()
    assert net(card) == 0
    assert len(card.books.charged) == 2
    started, approved, cancelled = facts(app)[-3:]
    assert (started.kind, started.amount, started.refunds, started.reversal) == (
        "payment.started", -333, attempt.id, True)  # fmt: skip
    assert (approved.kind, approved.attempt, approved.amount) == ("payment.approved", started.attempt, -333)
    assert (cancelled.kind, cancelled.attempt) == ("payment.cancelled", attempt.id)
    assert not app.raw_journal.open_attempts()
    assert app.register.cart.tenders == ()


@pytest.mark.parametrize("plan", ["offline", "lost before charge", "lost after charge"])
def test_a_reversal_survives_faults_and_the_process_under_one_id(both, app, card, plan):
    lost(app, card)
    card.books.script = [plan]
    app.register.payments.reconcile()
    before = len(facts(app))
    app.close()
    again = both.open(app, plugins=("cash",), extra=goods() | as_plugin(card, "slow_card"))
    again.register.payments.reconcile()
    again.register.payments.reconcile()
    assert net(card) == 0
    assert len(card.books.charged) == 2
    assert [f.kind for f in facts(again)[before:]] == ["payment.approved", "payment.cancelled"]
    assert [f.kind for f in facts(again)].count("payment.started") == 2


def test_a_reversal_that_is_declined_waits_for_a_person_and_is_on_the_report(app, card):
    attempt = lost(app, card)
    card.books.script = ["declined"]
    app.register.payments.reconcile()
    known = len(facts(app))
    app.register.payments.reconcile()
    assert len(facts(app)) == known
    assert net(card) == 333
    [section] = [s for s in app.register.shifts.x_report() if s.title.startswith("Not known")]
    assert section.rows == ((f"slow_card {attempt.id[-6:]}: to be given back by hand", "3.33"),)


def test_payments_of_open_and_held_carts_are_no_orphans(app, card):
    app.register.scan("2")
    app.register.scan("2")
    card.books.script = ["lost after charge"]
    with pytest.raises(Refused, match="unknown"):
        by_card(app, 333)
    app.register.hold("later")
    app.register.payments.reconcile()
    app.register.scan("1")
    app.register.pay("cash")
    app.register.payments.reconcile()
    app.register.recall("later")
    app.register.payments.reconcile()
    assert app.register.pay("cash").sale.total == 666
    app.register.payments.reconcile()
    assert net(card) == 333


def test_the_house_reconciles_by_itself_at_start(stores, card):
    extra = goods() | as_plugin(card, "slow_card")
    app = stores.new("cash", extra=extra)
    lost(app, card)
    app.close()
    again = stores.open(app, plugins=("cash",), extra=extra)
    again.jobs.run_due()  # what its worker does as soon as the house is open
    assert net(card) == 0
    assert not again.raw_journal.open_attempts()


# -- somebody decides ----------------------------------------------------------------------------------------


def unclear(app, card):
    card.books.script = ["lost before charge"]
    app.register.scan("2")
    with pytest.raises(Refused, match="unknown"):
        by_card(app)
    [attempt] = app.register.payments.unresolved()
    return attempt


def test_somebody_who_may_says_that_it_was_charged_and_the_sale_is_complete(app, card):
    attempt = unclear(app, card)
    sale = app.register.decide(attempt.id, "the slip says so", charged=True).sale
    assert (sale.total, sale.tenders[0].attempt) == (333, attempt.id)
    assert facts(app)[-1].reason == "decided by owner: the slip says so"
    with pytest.raises(UserError, match="known what became"):
        app.register.decide(attempt.id, "again", charged=False)


def test_what_was_not_charged_is_paid_another_way(app, card):
    attempt = unclear(app, card)
    assert app.register.decide(attempt.id, "declined on the terminal", charged=False).sale is None
    assert app.register.pay("cash").sale.tenders[0].method == "cash"
    assert not app.raw_journal.open_attempts()


def test_deciding_needs_a_reason_and_a_permission_and_is_there_after_a_restart(both, app, card):
    attempt = unclear(app, card)
    with pytest.raises(UserError) as told:
        app.register.decide(attempt.id, " ", charged=True)
    assert told.value.field == "reason"
    app.actor = KIM
    with pytest.raises(Refused, match="Kim may not: Say what became of a payment"):
        app.register.decide(attempt.id, "I saw it", charged=True)
    app.close()
    again = both.open(app, plugins=("cash",), extra=goods() | as_plugin(card, "slow_card"))
    assert again.register.decide(attempt.id, "the slip says so", charged=True).sale.total == 333


# -- carts given up, and what is kept of a card ------------------------------------------------------------


def test_a_cart_that_a_card_paid_in_part_is_given_up_after_a_yes_and_the_money_goes_back(app, card):
    app.register.scan("2")
    by_card(app, 200)
    with pytest.raises(Confirm, match=r"2\.00 was paid by Card"):
        app.register.cancel("left")
    assert app.register.cart.tenders
    with app.pos.hooks.confirming(True):
        app.register.cancel("left")
    assert app.register.cart is None
    assert net(card) == 200
    app.register.payments.reconcile()
    assert (net(card), app.raw_journal.open_attempts()) == (0, [])


def test_a_cart_with_cash_in_it_is_not_given_up(app, card):
    app.register.scan("2")
    by_card(app, 200)
    app.register.pay("cash", 100)
    with app.pos.hooks.confirming(True), pytest.raises(UserError, match="part of this sale is paid"):
        app.register.cancel("left")


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({"brand": "Visa", "last4": "4242", "auth": "A1"}, {"brand": "Visa", "last4": "4242", "auth": "A1"}),
        ({"last4": "4242424242424242", "brand": "4242424242424242"}, {}),
        (
            {"pan": "x", "track2": "y", "aid": "A0000000031010", "entry": "chip"},
            {"aid": "A0000000031010", "entry": "chip"},
        ),
        ({"auth": "4242424242424", "last4": 4242, "app": None}, {"last4": "4242"}),
    ],
)
def test_of_a_card_only_the_slip_is_kept(told, kept):
    assert slip_fields(told) == kept


def test_a_job_that_is_wanted_soon_runs_without_its_pause(app):
    ran = []
    jobs = JobRunner(app.pos, [Job(id="ask", every=3_600, run=ran.append)])
    jobs.run_due()
    assert ran == []
    jobs.soon("ask")
    jobs.run_due()
    jobs.run_due()
    assert ran == [app.pos]


@pytest.mark.parametrize("many", [30, pytest.param(3_000, marks=pytest.mark.stress)])
def test_all_that_was_left_unclear_is_settled_in_one_go_and_the_question_grows_with_it_alone(app, card, many):
    payments, reads = app.register.payments, []
    look = app.raw_journal.open_attempts
    for number in range(many):
        attempt = Attempt(id=str(uuid_utils.uuid7()), sale=f"s{number}", register="R1", method="slow_card",
                          amount=500 + number, currency="EUR")  # fmt: skip
        payments._opened(attempt, None)
        if number % 2:
            card.books.charged[attempt.id] = attempt.amount
    app.raw_journal.open_attempts = lambda *one: reads.append(len(found := look(*one))) or found
    payments.reconcile()
    app.register._book_found()
    assert sum(reads) < 10 * many  # each is looked at by itself, not all of them for each
    ended = [e.kind for e in app.raw_journal.scan() if e.kind in {"payment.approved", "payment.failed"}]
    assert ended.count("payment.approved") == ended.count("payment.failed") == many // 2
    payments.reconcile()  # no sale was recorded for those that were charged
    assert sum(card.books.charged.values()) == 0
    assert look() == []
