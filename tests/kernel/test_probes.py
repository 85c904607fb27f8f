"""Four throw-away plugins prove that the contract carries what later plugins need, without touching the kernel."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from sqlalchemy import select

from genesis import Confirm, GuardRefused, Refused, UserError, Veto, available
from genesis.hooks import inventory, platform, reporting
from genesis.kernel.facts import PaymentStarted
from genesis.plugin.manager import specs
from genesis.testkit.stores import as_plugin
from tests.probes.label_printer.plugin import LabelPlugin
from tests.probes.price_list.plugin import PriceList
from tests.probes.slow_card.plugin import CardPlugin
from tests.probes.stock_ledger import plugin as stock

PROBES = Path(__file__).parent.parent / "probes"


def goods():
    return as_plugin(PriceList(), "price_list")


def with_stock():
    return goods() | as_plugin(stock.StockLedger(), "probe_stock", PROBES / "stock_ledger")


def test_probes_use_nothing_but_the_public_api():
    for path in PROBES.rglob("plugin.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("genesis"):
                assert node.module == "genesis", path


def test_every_hook_of_the_contract_is_implemented_somewhere(request):
    root = request.config.rootpath
    names = {
        node.name
        for folder in ("plugins", "payment_providers", "hardware_drivers", "themes", "tests/probes")
        for path in (root / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and any(getattr(d, "id", "") == "hookimpl" for d in node.decorator_list)
    }
    assert set(specs()) - names == set()


def test_stock_is_the_sum_of_its_movements_and_never_oversold(both):
    app = both.new("cash", extra=with_stock())
    register = app.register
    stock.receive(app.pos, "price_list:1", 5_000)
    register.scan("1", 3_000)
    sale = register.pay("cash").sale
    assert sale.lines[0].sections["probe_stock"] == {"from": "shelf"}
    register.scan("1", 3_000)
    with pytest.raises(GuardRefused):
        register.pay("cash")
    assert register.cart is not None
    register.quantity(register.cart.lines[0].id, 2_000)
    register.pay("cash")
    register.return_lines(sale.number, {"1": 1_000})
    register.pay("cash")
    on_hand = app.db.one(select(stock.item).where(stock.item.c.item == "price_list:1")).on_hand
    moves = app.db.all(select(stock.move.c.qty))
    # a return line carries no allocation (its goods come back by the fact), so only the ledger moves
    assert on_hand == sum(q for (q,) in moves) == 1_000
    assert not app.rebuild("probe_stock", swap=False).different


def test_stock_answers_its_questions(store):
    app = store("cash", extra=with_stock())
    stock.receive(app.pos, "price_list:1", 1_500)
    pos = app.pos
    assert available(pos, ("price_list:1", "x"))["price_list:1"].available == 1_500
    assert [p.item for p in pos.hooks.each(inventory.reorder_proposals)(supplier="")[0]] == ["price_list:1"]
    assert pos.hooks.each(reporting.figures)(day="2026-03-02")[0][0].value == "1"
    app.register.shifts.ensure()
    assert ("price_list:1", "1.500") in app.register.shifts.x_report()[-1].rows


def test_a_reaction_answers_a_fact_with_a_fact_once(both):
    app = both.new("cash", extra=with_stock())
    stock.receive(app.pos, "price_list:1", 3_000)
    app.register.scan("1")
    entry = app.register.pay("cash").entry

    def lows(of):
        return [e for e in of.raw_journal.scan() if e.kind == "probe_stock.low"]

    app.reactor.run_due()
    app.reactor.run_due()
    assert [e.cause for e in lows(app)] == [str(entry.ref)]
    app.raw_journal.set_reaction("probe_stock_low", entry.pos - 1)  # as after a crash between append and cursor
    app.reactor.run_due()
    assert len(lows(app)) == 1


# -- cards ---------------------------------------------------------------------------------------------------


def card_store(maker, plugin):
    return maker.new("cash", extra=goods() | as_plugin(plugin, "slow_card"))


def settle(register):
    found = None
    while found is None:
        found = register.settle(1)
    return found


def kinds(app):
    return [e.kind for e in app.raw_journal.scan() if e.kind.startswith("payment.")]


@pytest.mark.parametrize("plan", ["ok", "late"])
def test_a_card_sale_is_durable_before_it_is_sent_and_completes(both, plan):
    card = CardPlugin()
    app = card_store(both, card)
    card.books.script = [plan]
    app.register.scan("3")
    started = app.register.pay("slow_card")
    assert isinstance(app.raw_journal.read(app.raw_journal.pos() - 1)[0].fact, PaymentStarted)
    sale = settle(app.register).sale
    assert sale.tenders[0].attempt == started.payment.attempt.id
    assert sale.tenders[0].details == {"last4": "4242"}
    assert card.books.charged == {started.payment.attempt.id: 999}
    assert kinds(app) == ["payment.started", "payment.approved"]
    assert not app.raw_journal.open_attempts()


@pytest.mark.parametrize(
    ("plan", "word", "kind"),
    [("offline", "could not be started", "payment.failed"), ("declined", "declined", "payment.declined"),
     ("lost before charge", "unknown", "payment.unknown"), ("garbage", "unknown", "payment.unknown")],
)  # fmt: skip
def test_what_went_wrong_is_said_and_nothing_unclear_is_guessed(both, plan, word, kind):
    card = CardPlugin()
    app = card_store(both, card)
    card.books.script = [plan]
    app.register.scan("3")
    app.register.pay("slow_card")
    with pytest.raises(Refused, match=word):
        settle(app.register)
    assert kinds(app)[-1] == kind
    assert app.register.priced.due == 999


def test_an_unknown_payment_is_resolved_by_asking_and_never_charged_twice(both):
    card = CardPlugin()
    app = card_store(both, card)
    card.books.script = ["lost after charge"]
    app.register.scan("3")
    app.register.pay("slow_card")
    with pytest.raises(Refused, match="unknown"):
        settle(app.register)
    with pytest.raises(UserError, match="not known to have failed"):
        app.register.pay("slow_card")
    [attempt] = app.register.payments.unresolved()
    sale = app.register.resolve_attempt(attempt, app.register.payments.ask(attempt)).sale
    assert sale.tenders[0].attempt == attempt.id
    assert list(card.books.charged.values()) == [999]


def test_a_partial_approval_leaves_the_rest_due(both):
    card = CardPlugin()
    app = card_store(both, card)
    card.books.script = ["partial"]
    app.register.scan("3")
    app.register.pay("slow_card")
    assert settle(app.register).priced.due == 500
    assert [t.amount for t in app.register.pay("cash").sale.tenders] == [499, 500]


def test_an_approved_payment_survives_the_process_before_its_sale_is_complete(stores):
    card = CardPlugin()
    extra = goods() | as_plugin(card, "slow_card")
    app = stores.new("cash", extra=extra)
    card.books.script = ["ok"]
    app.register.scan("3")
    app.register.scan("3")
    run = app.register.pay("slow_card", 999).payment
    run.outcome(5)
    app.close()  # the reply was never booked: the attempt stands as sent
    again = stores.open(app, plugins=("cash",), extra=extra)
    [attempt] = again.register.payments.unresolved()
    again.register.resolve_attempt(attempt, again.register.payments.ask(attempt))
    assert again.register.priced.due == 999
    again.close()  # approved and saved, not complete
    third = stores.open(again, plugins=("cash",), extra=extra)
    assert third.register.priced.due == 999
    assert len(third.register.pay("cash").sale.tenders) == 2


def test_a_payment_can_be_cancelled_and_the_cart_is_free_again(both):
    card = CardPlugin()
    app = card_store(both, card)
    card.books.script = ["never"]
    app.register.scan("3")
    app.register.pay("slow_card").payment.cancel()
    with pytest.raises(Refused, match="cancelled"):
        settle(app.register)
    app.register.void(app.register.cart.lines[0].id)
    assert app.register.cart.lines == ()


def test_providers_and_methods_obey_their_checks(store):
    app = store("cash", extra=goods() | as_plugin(CardPlugin(), "slow_card"))
    app.register.scan("1", 500)
    with pytest.raises(Veto, match=r"cards from 1\.00"):
        app.register.pay("slow_card")
    app.register.note(None, "cash only")
    with pytest.raises(UserError, match="no payment method"):
        app.register.pay("slow_card")
    app.register.note(None, "stop")
    with pytest.raises(Refused, match="the note says stop"):
        app.register.pay("cash")


# -- devices and the rest ------------------------------------------------------------------------------------


def test_a_hanging_printer_does_not_hold_a_sale(store):
    labels = LabelPlugin()
    app = store("cash", extra=goods() | as_plugin(labels, "label_printer"))
    for _ in range(150):
        app.register.scan("1")
        app.register.pay("cash")
    assert labels.printer.printed == []
    assert app.pos.devices.all()[0].dropped > 0  # its queue is bounded and says so
    assert app.register.last_sale().fact.number.endswith("-00000150")
    task = app.pos.devices.ask("label_printer", lambda printer: printer.write(b""), seconds=0)
    assert not task.wait().ok


def test_the_price_list_prices_taxes_and_keeps_its_sections(both):
    prices = PriceList()
    app = both.new("cash", extra=as_plugin(prices, "price_list"))
    register = app.register
    register.scan("2", 3_000)
    register.scan("C1")
    register.scan("COUPON")
    priced = register.priced
    # 3 x 3.33 = 9.99; coupon -0.50 = 9.49; gold: floor(-949/10) = -95 -> 8.54; tax inside at 20 %: 1.42
    assert (priced.base, priced.total, priced.tax) == (999, 854, 142)
    assert priced.discounts == (("Coupon", -50), ("Gold -10 %", -95))
    sale = register.pay("cash").sale
    assert sale.sections["price_list"] == {"coupon": {"off": 50}, "points": 8}
    assert sale.lines[0].sections["price_list"] == {"shelf": "A1"}
    assert sale.customer == "price_list:c1"
    assert ("centre", "Thank you", "") in sale.document
    assert prices.seen[-1] == "done"


def test_vetoes_pass_with_their_reason_and_the_cart_stays(store):
    app = store("cash", extra=goods())
    register = app.register
    register.scan("3")
    with pytest.raises(Veto, match="five bottles"):
        register.quantity(register.cart.lines[0].id, 6_000)
    sale = register.pay("cash").sale
    with pytest.raises(Veto, match="not taken back"):
        register.return_lines(sale.number)
    assert register.cart is None


def test_a_question_is_asked_once_and_a_yes_lets_it_pass_but_not_a_veto(store):
    app = store("cash", extra=goods())
    register, hooks = app.register, app.pos.hooks
    line = register.scan("3").line
    with pytest.raises(Confirm, match="of age"):
        register.quantity(line, 3_000)
    with hooks.confirming(yes=True):
        assert register.quantity(line, 3_000).priced.total == 2_997
        with pytest.raises(Veto, match="five bottles"):
            register.quantity(line, 6_000)
    register.note(None, "careful")
    with pytest.raises(Confirm, match="careful"):
        register.pay("cash")
    with hooks.confirming(yes=True):
        assert register.pay("cash").sale.total == 2_997


def test_settings_of_a_plugin_take_effect_at_once(store):
    app = store("cash", extra=goods())
    app.settings.change("price_list", {"factor": 3})
    assert app.register.scan("1").priced.total == 375
    assert app.hooks.each(platform.health)()[0].text == "3 prices"


def test_unknown_payments_are_asked_again_and_booked_on_the_cart_they_belong_to(both):
    card = CardPlugin()
    app = card_store(both, card)
    card.books.script = ["lost after charge"]
    app.register.scan("3")
    app.register.scan("1")
    app.register.pay("slow_card", 500)
    with pytest.raises(Refused, match="unknown"):
        settle(app.register)
    with pytest.raises(UserError, match="not known to have failed"):
        app.register.cancel()
    app.register.hold("later")
    app.register.payments.reconcile()
    app.register.scan("1")
    assert [t.amount for t in app.register.held_carts["later"].tenders] == [500]
    assert kinds(app) == ["payment.started", "payment.unknown", "payment.approved"]
    app.register.pay("cash")
    app.register.recall("later")
    sale = app.register.pay("cash").sale
    assert [t.amount for t in sale.tenders] == [500, 999 + 125 - 500]
    assert not app.raw_journal.open_attempts()
