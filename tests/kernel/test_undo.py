"""Taking back the last change of a cart: exactly, recorded, and only what one may do by hand."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from genesis import Actor, Refused, UserError
from genesis.testkit.stores import as_plugin
from tests.probes.price_list.plugin import PriceList


@pytest.fixture
def app(both):
    return both.new("cash", "discounts", extra=as_plugin(PriceList(), "price_list"))


def cart(app):
    """What is in the cart, without the ids of commands."""
    now = app.register.cart
    return (now.lines, now.discounts, now.customer, app.register.priced.total)


DEEDS = {
    "add": lambda register, _line: register.scan("2"),
    "quantity": lambda register, line: register.quantity(line, 4_000),
    "price": lambda register, line: register.override_price(line, 50_000, "damaged"),
    "discount": lambda register, line: register.discount(line, percent=Decimal(10)),
    "on all": lambda register, _line: register.discount(None, amount=20),
    "void": lambda register, line: register.void(line),
    "note": lambda register, line: register.note(line, "gift"),
    "customer": lambda register, _line: register.scan("C1"),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_each_change_is_taken_back_exactly_and_done_again_by_the_next_undo(app, deed):
    line = app.register.scan("1", 2_000).line
    before = cart(app)
    DEEDS[deed](app.register, line)
    after = cart(app)
    assert after != before
    app.register.undo()
    assert cart(app) == before
    app.register.undo()
    assert cart(app) == after


@given(st.lists(st.sampled_from(sorted(DEEDS)), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_history_an_undo_gives_the_cart_before(app, deeds):
    line = app.register.scan("1", 2_000).line
    for deed in deeds[:-1]:
        with suppress(UserError):
            DEEDS[deed](app.register, line)
    before = cart(app)
    try:
        DEEDS[deeds[-1]](app.register, line)
    except UserError:  # a line that is gone is not changed
        assert "void" in deeds[:-1]
    else:
        app.register.undo()
        assert cart(app) == before
    with suppress(UserError):  # it may be empty
        app.register.cancel()


def test_an_undo_is_recorded_with_both_totals_and_what_it_undoes_stays_recorded(app):
    app.register.scan("1", 2_000)
    app.register.void("1")
    app.register.undo()
    facts = [e.fact for e in app.raw_journal.read(0) if e.kind in {"line.voided", "change.undone"}]
    assert [fact.kind for fact in facts] == ["line.voided", "change.undone"]
    assert (facts[1].before, facts[1].after) == (0, 250)
    assert facts[1].sale == app.register.cart.id


def test_the_cart_after_an_undo_is_there_after_a_restart_and_new_lines_get_new_ids(both, app):
    app.register.scan("1")
    app.register.scan("2")
    app.register.undo()
    app.register.scan("2")
    assert [line.id for line in app.register.cart.lines] == ["1", "3"]
    app.register.undo()
    app.close()
    again = both.open(app, plugins=("cash", "discounts"), extra=as_plugin(PriceList(), "price_list"))
    assert [line.id for line in again.register.cart.lines] == ["1"]
    with pytest.raises(UserError, match="nothing to undo"):  # the change was made before the restart
        again.register.undo()


def test_the_same_undo_twice_is_done_once(app):
    app.register.scan("1")
    app.register.scan("2")
    app.register.undo(command="u1")
    app.register.undo(command="u1")
    assert [line.id for line in app.register.cart.lines] == ["1"]


def test_taking_goods_off_by_undo_needs_what_a_void_needs(app):
    app.pos.permissions.save_role("till", ("register.sell",))
    app.actor = Actor(id="kim", name="Kim", roles=("till",))
    app.register.scan("1")
    app.register.quantity("1", 3_000)
    for _ in range(2):
        with pytest.raises(Refused):
            app.register.undo()
    assert [line.qty for line in app.register.cart.lines] == [3_000]
    app.register.quantity("1", 2_000)
    app.register.undo()  # more goods need nobody
    assert [line.qty for line in app.register.cart.lines] == [3_000]


def test_what_was_held_paid_or_given_up_is_not_undone(app):
    app.register.scan("1")
    app.register.hold("a")
    with pytest.raises(UserError, match="nothing to undo"):
        app.register.undo()
    app.register.recall("a")
    with pytest.raises(UserError, match="nothing to undo"):
        app.register.undo()
    app.register.scan("2")
    app.register.pay("cash", 100)
    with pytest.raises(UserError, match="paid already"):
        app.register.undo()


def test_what_is_kept_with_the_sale_stays_and_the_change_before_it_is_taken_back(app):
    line = app.register.scan("1", 2_000).line
    before = cart(app)
    app.register.quantity(line, 5_000)
    after = cart(app)
    app.register.keep("receipts", "medium", "email")
    app.register.keep("receipts", "medium", "none")
    for expected in (before, after):
        app.register.undo()
        assert cart(app) == expected
        assert app.register.cart.sections["receipts"] == {"medium": "none"}


def test_the_first_line_of_a_sale_is_taken_back_after_something_was_kept_with_it(app):
    app.register.scan("1")
    app.register.keep("receipts", "medium", "none")
    app.register.undo()
    assert app.register.cart.lines == ()


def test_a_cancelled_cart_comes_back_as_a_new_one_and_it_is_told(both, app):
    app.register.scan("1", 2_000)
    app.register.discount("1", percent=Decimal(10))
    app.register.scan("C1")
    before, gone = cart(app), app.register.cart
    app.register.cancel()
    app.register.undo(command="u1")
    app.register.undo(command="u1")
    assert cart(app) == before
    assert app.register.cart.id != gone.id
    kinds = [e.fact for e in app.raw_journal.read(0) if e.kind in {"cart.cancelled", "change.undone"}]
    assert [(f.kind, f.sale) for f in kinds] == [("cart.cancelled", gone.id), ("change.undone", app.register.cart.id)]
    assert (kinds[1].of, kinds[1].before, kinds[1].after) == (gone.id, 0, before[-1])
    app.register.scan("2")
    assert [line.id for line in app.register.cart.lines] == ["1", "2"]
    app.close()
    again = both.open(app, plugins=("cash", "discounts"), extra=as_plugin(PriceList(), "price_list"))
    sale = again.register.pay("cash").sale
    assert (sale.sale, len(sale.lines)) == (kinds[1].sale, 2)


def test_only_what_was_cancelled_directly_before_comes_back(app):
    app.register.scan("2")
    held = app.register.hold().text
    app.register.scan("1")
    app.register.cancel()
    app.register.recall(held)
    for step in (lambda: None, app.register.hold):
        step()
        with pytest.raises(UserError, match="nothing to undo"):
            app.register.undo()


def test_a_cart_that_money_was_in_does_not_come_back(app):
    app.register.scan("1")
    app.register.pay("cash", 50)
    with pytest.raises(UserError):
        app.register.cancel()
    app.register.pay("cash")
    with pytest.raises(UserError, match="nothing to undo"):
        app.register.undo()


def test_bringing_a_cart_back_needs_what_ringing_it_up_again_would(app):
    app.pos.permissions.save_role("till", ("register.sell", "register.cancel", "register.void_line"))
    deeds = {
        "register.override_price": lambda: app.register.override_price("1", 10_000),
        "register.discount": lambda: app.register.discount("1", percent=Decimal(10)),
        "register.return_without_receipt": lambda: app.register.quantity("1", -1_000),
    }
    owner, kim = app.actor, Actor(id="kim", name="Kim", roles=("till",))
    for deed in deeds.values():
        app.actor = owner
        app.register.scan("1")
        deed()
        app.actor = kim
        app.register.cancel()
        with pytest.raises(Refused):
            app.register.undo()
        assert app.register.cart is None
    app.register.scan("1")
    app.register.cancel()
    app.register.undo()
    assert [line.qty for line in app.register.cart.lines] == [1_000]
