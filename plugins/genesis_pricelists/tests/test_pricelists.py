"""A price of a list holds for its days and its buyers, and for nobody else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from genesis import CustomerRef, Query, UserError
from genesis.testkit.clock import HandClock
from genesis_pricelists.models import PRICES
from genesis_pricelists.pages import page

PLUGINS = ("cash", "barcodes", "catalog", "discounts", "pricelists")
TRADE = CustomerRef(ref="customers:1", group="Trade", name="Ada")


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime(2026, 6, 15, 10, tzinfo=UTC))


@pytest.fixture
def app(store: Any, clock: HandClock) -> Any:
    app = store(*PLUGINS, clock=clock)
    for ident, e4 in (("tea", 40_000), ("oil", 12_345)):
        app.pos.records("catalog_product").save({"name": ident.title(), "sku": ident, "price_e4": e4}, record_id=ident)
    app.projector.catch_up()
    return app


def keep(app: Any, price: str, **more: str) -> str:
    """Set a price of tea as a person does on the page."""
    empty = dict.fromkeys(("buyers", "first", "last", "title"), "")
    shown: Any = page(app.pos)
    done = shown.new(app.pos).save(app.pos, {"code": "tea", "price": price} | empty | more)
    app.projector.catch_up()
    return str(done.open)


def line(app: Any, code: str = "tea", qty: int | None = None) -> Any:
    register = app.register
    register.scan(code, qty)
    return register.priced.lines[-1]


def test_it_holds_from_the_first_to_the_last_day_and_says_where_it_comes_from(app, clock):
    keep(app, "3.25", first="2026-06-15", last="2026-06-20", title="Tea week")
    found = []
    for day in (14, 15, 20, 21):
        clock.moment = datetime(2026, 6, day, 23, 59, tzinfo=UTC)
        found.append((line(app).figures.gross, line(app).line.source))
    assert [gross for gross, _ in found] == [400, 325, 325, 400]
    assert found[1][1] == "pricelists:Tea week"
    assert line(app, "oil").line.price == 12_345


def test_the_business_day_counts(app, clock):
    keep(app, "3.25", first="2026-06-15", last="2026-06-15")
    app.settings.change("store", {"cut_off_hour": 4})
    clock.moment = datetime(2026, 6, 16, 3, 59, tzinfo=UTC)
    assert line(app).figures.gross == 325
    clock.moment = datetime(2026, 6, 16, 4, 0, tzinfo=UTC)
    assert line(app).figures.gross == 400


def test_of_several_the_one_that_began_last_counts(app):
    keep(app, "3.50")
    keep(app, "3.00", first="2026-06-10", last="2026-06-30")
    keep(app, "2.50", first="2026-06-12", last="2026-06-13")
    assert line(app).figures.gross == 300


def test_a_group_pays_its_price_whenever_its_customer_comes_and_nobody_else_does(app):
    keep(app, "3.10", buyers="trade", title="Trade list")
    app.register.scan("tea", 3_000)
    app.register.scan("oil")
    assert app.register.priced.total == 1_200 + 123
    app.register.customer(TRADE)
    (off,) = app.register.priced.lines[0].figures.adjustments
    assert (off.amount, off.author, off.reason) == (-270, "pricelists", "Trade list")
    assert app.register.priced.total == 930 + 123
    app.register.customer(None)
    assert app.register.priced.total == 1_200 + 123
    app.register.customer(CustomerRef(ref="customers:2", group="Staff"))
    assert app.register.priced.total == 1_200 + 123


def test_it_never_raises_a_price_and_leaves_alone_what_a_person_set(app):
    keep(app, "4.50", buyers="Trade")
    app.register.customer(TRADE)
    assert line(app).figures.gross == 400
    keep(app, "3.00", buyers="Trade", first="2026-06-01")
    cart_line = line(app)
    assert cart_line.figures.gross == 300
    app.register.override_price(cart_line.line.id, 39_000, "damaged")
    assert app.register.priced.lines[-1].figures.gross == 390


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"code": "nothing"}, "code"), ({"price": "-1"}, "price"), ({"price": "1.23456"}, "price"),
        ({"first": "1 June"}, "first"), ({"first": "2026-06-02", "last": "2026-06-01"}, "last"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_by_its_field(app, said, field):
    with pytest.raises(UserError) as refused:
        keep(app, **({"price": "1"} | said))
    assert refused.value.field == field
    assert page(app.pos).rows(app.pos, Query()).total == 0


def test_two_for_the_same_buyers_from_the_same_day_are_refused(app):
    keep(app, "3.00", first="2026-06-01", buyers="Trade")
    with pytest.raises(UserError):
        keep(app, "2.00", first="2026-06-01", buyers="TRADE")
    keep(app, "2.00", first="2026-06-01")


def test_the_page_finds_changes_and_deletes_them(app):
    ident = keep(app, "3.25", last="2026-12-31", title="Tea week")
    shown = page(app.pos)
    assert [row.id for row in shown.rows(app.pos, Query(text="week")).rows] == [ident]
    form = shown.drawer(app.pos, ident)
    form.save(app.pos, {"price": "3.1999"})
    app.projector.catch_up()
    assert app.pos.records(PRICES.name).get(ident)["price_e4"] == 31_999
    assert line(app, qty=10_000).figures.gross == 3_200
