"""The register's commands on both databases: each act is checked after a restart where durability is claimed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from genesis import Actor, Refused, UnknownCode, UserError
from genesis.testkit.stores import as_plugin
from genesis.upkeep.doctor import examine, sale_faults
from tests.probes.price_list.plugin import PriceList


def goods():
    return as_plugin(PriceList(), "price_list")


@pytest.fixture
def app(both):
    return both.new("cash", "discounts", extra=goods())


def reopen(both, app, **options):
    app.close()
    return both.open(app, plugins=("cash", "discounts"), extra=goods(), **options)


def kinds(app, after=0):
    return [e.kind for e in app.raw_journal.read(after)]


def test_a_sale_is_whole_after_a_restart_and_can_be_found_by_its_number(both, app):
    app.register.scan("1", 2_500)
    app.register.scan("2")
    done = app.register.pay("cash", 1_000)
    again = reopen(both, app)
    sale = again.register.find_sale(done.sale.number).fact
    assert sale == done.sale
    assert not list(sale_faults(sale))
    assert (sale.total, sale.tenders[0].change) == (646, 354)  # 3.125 -> 3.13, + 3.33
    assert (sale.register, sale.epoch, sale.business_day, sale.offset) == ("R1", "R1", "2026-03-02", 60)
    assert [line.item for line in sale.lines] == ["price_list:1", "price_list:2"]
    assert again.register.cart is None


def test_receipt_numbers_are_gapless_over_restarts_and_refusals(both, app):
    numbers = []
    for _ in range(2):
        app.register.scan("1")
        numbers.append(app.register.pay("cash").sale.number)
        with pytest.raises(UserError):
            app.register.pay("cash")
        app = reopen(both, app)
    app.register.scan("1")
    numbers.append(app.register.pay("cash").sale.number)
    assert numbers == ["R1-00000001", "R1-00000002", "R1-00000003"]


def test_the_open_cart_is_there_after_a_restart_with_all_its_parts(both, app):
    register = app.register
    register.scan("1", 2_000)
    register.scan("C1")
    register.note(None, "gift")
    register.discount(None, percent=Decimal(10))
    register.pay("cash", 100)
    before = register.cart
    again = reopen(both, app).register
    assert again.cart == before
    assert again.priced.due == register.priced.due


def test_unknown_codes_leave_the_lines_and_the_next_scan_goes_on(app):
    app.register.scan("1")
    for code in ("nope", "\x00", "😀" * 10, "9" * 4_096):
        with pytest.raises(UnknownCode):
            app.register.scan(code)
    for code in ("", " \r\n", "x" * 5_000):
        with pytest.raises(UserError):
            app.register.scan(code)
    assert app.register.scan("2").priced.total == 125 + 333


def test_what_did_not_become_a_sale_is_in_the_journal(app):
    start = app.raw_journal.pos()
    register = app.register
    line = register.scan("1").line
    register.override_price(line, 5_000, reason="damaged")
    register.void(line)
    register.scan("2")
    register.cancel("changed his mind")
    register.open_drawer("change money")
    assert kinds(app, start) == ["price.overridden", "line.voided", "cart.cancelled", "drawer.opened"]
    override, void, cancel = (e.fact for e in app.raw_journal.read(start)[:3])
    assert (override.before, override.after, override.reason) == (12_500, 5_000, "damaged")
    assert (void.amount, void.name) == (50, "Apple")
    assert (cancel.total, cancel.lines) == (333, (("price_list:2", "Bread", 1_000),))


def test_hold_and_recall_survive_a_restart(both, app):
    app.register.scan("1")
    app.register.hold("lunch")
    app.register.scan("2")
    app.register.hold()
    with pytest.raises(UserError, match="cart is empty"):
        app.register.hold("lunch")
    app = reopen(both, app)
    assert sorted(app.register.held_carts) == ["Cart 1", "lunch"]
    assert app.register.recall("lunch").priced.total == 125
    with pytest.raises(UserError, match="open cart"):
        app.register.recall("Cart 1")
    app.register.pay("cash")
    assert app.register.recall().priced.total == 333


def test_the_same_command_id_is_answered_not_done_twice(both, app):
    register = app.register
    register.scan("1", command="a")
    assert len(register.scan("1", command="a").cart.lines) == 1
    sale = register.pay("cash", command="p").sale
    assert register.pay("cash", command="p").sale == sale
    again = reopen(both, app).register
    assert again.pay("cash", command="p").sale == sale
    assert again.cart is None


def test_paid_carts_do_not_change_until_the_payment_is_taken_back(app):
    register = app.register
    line = register.scan("1").line
    register.pay("cash", 50)
    for change in (lambda: register.scan("1"), lambda: register.void(line), register.hold,
                   register.cancel, lambda: register.quantity(line, 2_000)):  # fmt: skip
        with pytest.raises(UserError, match="paid already"):
            change()
    register.take_back(register.cart.tenders[0].id)
    assert register.quantity(line, 2_000).priced.due == 250


def test_a_cart_that_costs_nothing_is_completed_without_a_tender(app):
    line = app.register.scan("1").line
    app.register.override_price(line, 0)
    done = app.register.complete().sale
    assert (done.total, done.tenders) == (0, ())


def test_return_exchange_and_the_limits_of_both(both, app):
    register = app.register
    register.scan("2", 3_000)
    sale = register.pay("cash", 1_000).sale
    with pytest.raises(Refused, match="can come back"):
        register.return_lines(sale.number, {"1": 4_000})
    register.return_lines(sale.number, {"1": 1_000})
    register.scan("1", 2_000)
    back = register.pay("cash").sale
    assert (back.total, back.lines[0].gross, back.lines[1].gross) == (250 - 333, -333, 250)
    assert back.tenders[0].amount == -83
    register = reopen(both, app).register
    with pytest.raises(Refused, match="can come back"):
        register.return_lines(sale.number, {"1": 2_500})
    register.return_lines(sale.number)
    assert register.pay("cash").sale.total == -666
    with pytest.raises(Refused, match="returned before"):
        register.return_lines(sale.number)
    with pytest.raises(UserError, match="no receipt"):
        register.return_lines("R1-99999999")


def test_two_open_returns_of_one_line_cannot_both_be_recorded(app):
    register = app.register
    register.scan("1")
    sale = register.pay("cash").sale
    register.return_lines(sale.number)
    register.hold("first")
    register.return_lines(sale.number)
    register.pay("cash")
    register.recall("first")
    with pytest.raises(UserError, match="elsewhere meanwhile"):
        register.pay("cash")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_sequence_of_partial_returns_adds_up_to_what_was_paid_with_every_plugin_off(stores, data):
    app = stores.new("cash", "discounts", extra=goods())
    register = app.register
    for _ in range(data.draw(st.integers(1, 3))):
        register.scan(data.draw(st.sampled_from(["1", "2"])), data.draw(st.integers(1, 9_999)))
    if data.draw(st.booleans()):
        register.scan("C1")
    register.discount(None, percent=Decimal(data.draw(st.integers(1, 99))))
    sale = register.pay("cash").sale
    app.close()
    app = stores.open(app, plugins=("cash",))
    register = app.register
    totals = {line.line: [0] * 4 for line in sale.lines}
    left = {line.line: line.qty for line in sale.lines}
    while any(left.values()):
        line = data.draw(st.sampled_from([i for i, q in left.items() if q]))
        qty = data.draw(st.integers(1, left[line]))
        left[line] -= qty
        register.return_lines(sale.number, {line: qty})
        back = register.pay("cash") if register.priced.due else register.complete()
        assert not list(sale_faults(back.sale))
        row = back.sale.lines[0]
        parts = (row.gross, row.net, row.tax, sum(a.amount for a in row.adjustments))
        totals[line] = [t + p for t, p in zip(totals[line], parts, strict=True)]
    for line in sale.lines:
        expected = (line.gross, line.net, line.tax, sum(a.amount for a in line.adjustments))
        assert [-x for x in totals[line.line]] == list(expected)
    assert all(f.ok for f in examine(app, rebuild=False) if not f.check.startswith("plugin"))
    app.close()


def test_shifts_figures_and_the_signed_close(both, app):
    register = app.register
    with pytest.raises(UserError, match="no shift is open"):
        register.shifts.x_report()
    register.shifts.open(10_000)
    register.scan("1", 4_000)
    sale = register.pay("cash", 2_000).sale
    register.return_lines(sale.number, {"1": 1_000})
    register.pay("cash")
    register.shifts.move_cash("paid_in", 500, "change")
    register.shifts.move_cash("drop", 3_000, "safe")
    with pytest.raises(UserError, match="amount"):
        register.shifts.move_cash("paid_out", -1, "")
    report = {s.title: dict(s.rows) for s in register.shifts.x_report()}
    assert report["Cash"]["Expected"] == "78.75"  # 100.00 + 5.00 - 1.25 + 5.00 - 30.00
    assert (report["Sales"]["Receipts"], report["Sales"]["Returns"]) == ("2", "-1.25")
    closed = register.shifts.close(7_875)
    assert (closed.z, closed.expected, closed.counted) == (1, 7_875, 7_875)
    register = reopen(both, app).register
    register.scan("1")
    assert register.pay("cash").sale.shift != sale.shift


def test_counted_shifts_refuse_sales_until_one_is_open(app):
    app.settings.change("store", {"counted_shifts": True})
    app.register.scan("1")
    with pytest.raises(UserError, match="no shift is open"):
        app.register.pay("cash")
    app.register.shifts.open(0)
    assert app.register.pay("cash").sale.total == 125


def test_the_business_day_ends_at_the_stores_hour(both, clock):
    app = both.new("cash", extra=goods(), clock=clock)
    app.settings.change("store", {"cut_off_hour": 4})
    clock.forward(hours=-6)  # 03:00
    app.register.scan("1")
    assert app.register.pay("cash").sale.business_day == "2026-03-01"


def test_bad_quantities_prices_and_lines_are_refused_by_field(app):
    register = app.register
    line = register.scan("1").line
    for act, field in (
        (lambda: register.quantity(line, 0), "quantity"),
        (lambda: register.quantity(line, 10**12), "quantity"),
        (lambda: register.quantity("77", 1_000), "line"),
        (lambda: register.override_price(line, -1), "price"),
        (lambda: register.override_price(line, 10**16), "price"),
        (lambda: register.note(line, "x" * 501), "note"),
        (lambda: register.pay("gold"), "method"),
    ):
        with pytest.raises(UserError) as refused:
            act()
        assert refused.value.field == field
    assert register.priced.total == 125


@pytest.mark.parametrize("amount", [1.5, True, float("nan")])
def test_a_payment_that_could_not_be_read_again_is_not_kept_and_the_register_starts(both, app, amount):
    app.register.scan("2")
    with pytest.raises(TypeError, match="pay: Expected `int"):
        app.register.pay("cash", amount)
    assert app.register.cart.tenders == ()
    app.close()
    app = both.open(app, plugins=("cash",), extra=goods())
    assert (app.register.cart.tenders, app.register.priced.due) == ((), 333)


def test_labels_with_a_price_are_counted_whole_and_each_costs_what_it_says(app):
    register = app.register
    priced = register.scan("LABEL", 2_000).priced
    assert (priced.lines[0].line.qty, priced.total) == (700, 596)
    priced = register.scan("LABEL", -1_000).priced
    assert (priced.lines[1].line.qty, priced.total) == (-350, 298)
    with pytest.raises(UserError) as refused:
        register.scan("LABEL", 1_500)
    assert refused.value.field == "quantity"
    item = register.resolve("1")
    with pytest.raises(UserError, match="sign"):
        register.add(item, -1_000, extended_amount=100)
    line = priced.lines[0].line.id
    assert register.reprice(line).priced.lines[0].figures.base == 596


def test_an_entered_price_is_an_override_and_never_negative(both, app):
    register = app.register
    item = register.resolve("1")
    for bad in (-1, 10**16):
        with pytest.raises(UserError) as refused:
            register.add(item, unit_price=bad)
        assert refused.value.field == "price"
    assert register.add(item, unit_price=5_000).priced.total == 50
    app.pos.permissions.save_role("cashier", ("register.sell",))
    app.actor = Actor(id="ana", name="Ana", roles=("cashier",))
    with pytest.raises(Refused, match="another price"):
        register.add(item, unit_price=5_000)
    assert register.scan("1").priced.total == 175
