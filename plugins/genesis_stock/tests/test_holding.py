"""What stands in a held cart is kept for it, until it comes back or its time has passed; whatever crashes between."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from genesis import Availability, GuardRefused, Refused
from genesis.kernel.facts import CartHeld, DrawerOpened
from genesis_stock import holding, pages, service
from genesis_stock.models import HELD, RESERVED, held
from genesis_stock.tests.goods import GOODS, ON, TEA, row, strict

KEY = f"/{TEA}"


@pytest.fixture
def app(both: Any) -> Any:
    """Five of tea, never below zero, kept for held carts."""
    return fill(both.new(*ON, extra=GOODS))


def fill(app: Any) -> Any:
    service.change(app.pos, "received", [row(TEA, 5_000)])
    strict(app)
    app.settings.change("stock", {"reserve_held": True})
    return app


def put_aside(app: Any, qty: int, name: str) -> str:
    """Hold a cart with so much tea; returns its id."""
    app.register.scan("tea", qty)
    key: str = app.register.cart.id
    app.register.hold(name)
    return key


def kept(app: Any) -> int:
    """What the guards keep, which must be what the table says."""
    rows = app.pos.db.all(select(held))
    assert {f"{r.cart} {r.key}": r.qty for r in rows} == {
        f"{r.cart} {r.key}": app.pos.journal.balance(HELD, f"{r.cart} {r.key}") for r in rows
    }
    found: int = app.pos.journal.balance(RESERVED, KEY)
    assert found == sum(r.qty for r in rows)
    return found


def test_a_held_cart_keeps_its_goods_and_gives_them_back_when_it_returns(app: Any) -> None:
    put_aside(app, 3_000, "kim")
    shown = service.availability(app.pos, [TEA])[TEA]
    assert (shown.on_hand, shown.allocated, shown.available, shown.note) == (5_000, 3_000, 2_000, "2, 3 on hold")
    assert pages.drawer(app.pos, TEA).small == "5 on hand, 3 allocated, 2 available"
    assert service.on_hand(app.pos, TEA) == 5_000
    app.register.scan("tea", 3_000)
    with pytest.raises(Refused, match="3 of Tea are kept for held carts"):
        app.register.pay("cash")
    app.register.quantity("1", 2_000)
    app.register.pay("cash")
    assert service.availability(app.pos, [TEA])[TEA].note == "All held"
    app.register.recall("kim")
    assert (kept(app), app.register.cart.sections) == (0, {})
    app.register.pay("cash")
    assert service.on_hand(app.pos, TEA) == 0


def test_a_cancelled_cart_keeps_nothing_and_one_held_twice_keeps_it_once(app: Any) -> None:
    put_aside(app, 3_000, "kim")
    app.register.recall("kim")
    app.register.hold("again")
    assert kept(app) == 3_000
    app.register.recall("again")
    app.register.cancel()
    assert kept(app) == 0


def test_a_split_off_cart_keeps_its_part(app: Any) -> None:
    app.register.scan("tea", 4_000)
    app.register.split({"1": 1_000}, "kim")
    assert kept(app) == 1_000
    app.register.pay("cash")
    app.register.recall("kim")
    app.register.pay("cash")
    assert (kept(app), service.on_hand(app.pos, TEA)) == (0, 1_000)


def test_no_more_is_kept_than_there_is(app: Any) -> None:
    put_aside(app, 3_000, "kim")
    put_aside(app, 4_000, "lou")
    assert kept(app) == 5_000
    app.register.recall("lou")
    with pytest.raises(Refused, match="3 of Tea are kept"):
        app.register.pay("cash")
    app.register.quantity("1", 2_000)
    app.register.pay("cash")


def test_what_is_kept_too_long_is_for_everybody_again_and_the_cart_stays(app: Any) -> None:
    put_aside(app, 3_000, "kim")
    app.clock.forward(hours=23)
    assert holding.expire(app.pos) == 0
    app.clock.forward(hours=2)
    assert holding.expire(app.pos) == 1
    assert (kept(app), holding.expire(app.pos)) == (0, 0)
    app.register.scan("tea", 5_000)
    app.register.pay("cash")
    app.register.recall("kim")
    with pytest.raises(Refused):
        app.register.pay("cash")


def test_an_item_that_may_go_below_zero_is_kept_and_sold_all_the_same(app: Any) -> None:
    app.pos.records("stock_rule").save({"policy": "allow"}, record_id=TEA)
    put_aside(app, 3_000, "kim")
    app.register.scan("tea", 4_000)
    app.register.pay("cash")
    shown = service.availability(app.pos, [TEA])[TEA]
    assert (shown.on_hand, shown.allocated, shown.available, shown.tone) == (1_000, 3_000, -2_000, "bad")


def test_where_the_store_keeps_nothing_holding_is_no_fact(app: Any) -> None:
    app.settings.change("stock", {"reserve_held": False})
    before = app.raw_journal.pos()
    put_aside(app, 3_000, "kim")
    assert app.raw_journal.pos() == before
    shown = Availability(on_hand=5_000, available=5_000, note="5", share=500)
    assert service.availability(app.pos, [TEA]) == {TEA: shown}
    app.register.recall("kim")
    assert app.raw_journal.pos() == before


def test_after_a_restart_and_a_time_off_nothing_is_lost_or_kept_for_ever(app: Any, both: Any) -> None:
    put_aside(app, 2_000, "kim")
    put_aside(app, 1_000, "lou")
    app.close()
    app = both.open(app, plugins=ON, extra=GOODS)
    assert kept(app) == 3_000
    app.switch("stock", enabled=False)
    app.register.recall("kim")
    app.register.pay("cash")
    app.switch("stock", enabled=True)
    service.reconcile(app.pos)
    assert (kept(app), service.on_hand(app.pos, TEA)) == (3_000, 3_000)  # nobody was there to give it back
    app.clock.forward(hours=25)
    assert holding.expire(app.pos) == 2
    assert kept(app) == 0
    app.register.recall("lou")
    app.register.pay("cash")
    assert service.on_hand(app.pos, TEA) == 2_000
    for name in ("stock_held", "stock_ledger"):
        assert app.rebuild(name, swap=False).different == ()


@pytest.mark.parametrize("committed", [True, False])
def test_a_crash_at_the_append_leaves_cart_and_promise_together(
    app: Any, both: Any, monkeypatch: Any, committed: bool
) -> None:
    app.register.scan("tea", 3_000)
    raw = app.pos.journal.append

    def dies(*facts: Any, **more: Any) -> Any:
        if any(isinstance(fact, CartHeld) for fact in facts):
            if committed:
                raw(*facts, **more)
            raise SystemExit
        return raw(*facts, **more)

    monkeypatch.setattr(app.pos.journal, "append", dies)
    with pytest.raises(SystemExit):
        app.register.hold("kim")
    monkeypatch.undo()
    app.close()
    app = both.open(app, plugins=ON, extra=GOODS)
    assert ("kim" in app.register.held_carts, app.register.cart is None) == (committed, committed)
    assert kept(app) == (3_000 if committed else 0)


def test_a_sale_and_a_hold_that_both_read_before_are_not_both_done(app: Any, both: Any) -> None:
    """The last five: one register plans to sell them while the other puts them aside; its append is refused."""
    other = both.open(app, plugins=ON, extra=GOODS, register=False, projector="none")
    app.register.scan("tea", 5_000)
    cart = app.register.cart
    plan = holding.reserve(other.pos, cart, held=True)
    assert plan is not None
    app.register.pay("cash")
    fact = CartHeld(sale=cart.id, register="R2", name="x", held=True, sections={"stock": plan.section})
    with pytest.raises(GuardRefused, match="changed meanwhile"):
        other.journal.append(fact, guards=plan.guards)
    assert holding.reserve(other.pos, cart, held=True) is None


def test_a_sale_that_read_before_a_hold_is_refused_after_it(app: Any, both: Any) -> None:
    other = both.open(app, plugins=ON, extra=GOODS, register=False, projector="none")
    app.register.scan("tea", 5_000)
    plan = service.allocate(other.pos, app.register.cart.lines[0])
    assert plan is not None
    app.register.hold("kim")
    with pytest.raises(GuardRefused, match="changed meanwhile"):
        other.journal.append(DrawerOpened(register="R2"), guards=plan.guards)
