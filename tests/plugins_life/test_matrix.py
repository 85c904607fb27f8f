"""The toggle matrix: take any installed plugin away and bring it back; no stored figure changes and all still adds up."""

from __future__ import annotations

import shutil
import tomllib
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from genesis import UserError
from genesis.demo.store import fill
from genesis.testkit.stores import Stores
from genesis.upkeep.doctor import examine
from tests.plugins_life.ledger import facts, sales, tables

ROOT = Path(__file__).parents[2]
GROUPS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
PLUGINS = sorted(name for group, points in GROUPS.items() if group.startswith("genesis.") for name in points)
# Without these no sale can be made: what refuses names them, and the plan said so before.
NEEDED = {
    "catalog": ("items have no price: nothing can be added",),
    "tax": ("no tax can be computed: taxable items cannot be sold",),
    "cash": ("it brings the last way to pay: no sale can be completed",),
}


# Taken away before, so that it is the last of its kind.
FIRST = {"cash": ("external_card", "giftcards", "store_credit", "tap")}


@pytest.fixture(scope="module")
def _full(tmp_path_factory):
    """The demo store with everything that is installed switched on, closed."""
    stores = Stores(tmp_path_factory.mktemp("full"))
    app = stores.new(*PLUGINS)
    fill(app)
    stores.close()
    return app.home.folder


@pytest.fixture
def full(_full, stores, tmp_path):
    shutil.copytree(_full, tmp_path / "full")
    shutil.copytree(_full.with_name(_full.name + ".keys"), tmp_path / "full.keys")
    return stores.open(tmp_path / "full", plugins=PLUGINS)


def codes(app):
    """Return the codes of a taxed product sold by the piece, and of the demo customer's card."""
    product = next(p for p in app.pos.records("catalog_product").search("", 200) if p["tax"] and not p["weighed"])
    customer = app.pos.records("customers_customer").search("", 1)[0]
    records = app.pos.records
    return (records("catalog_product").get(product["id"])["codes"][0]["code"],
            records("customers_customer").get(customer["id"])["cards"][0]["code"])  # fmt: skip


def sell(app, code, card="", *, discount=True):
    register = app.register
    line = register.scan(code, 3_000).line
    register.scan(code)
    if card:
        register.scan(card)
    if discount:
        register.discount(line, amount=5)
        register.discount(None, percent=Decimal("12.5"))
    return register.pay("cash", 10_000).sale


def without(sale, *, but=(), gone=()):
    """Return the figures of a sale as data, less the ids that are made for each and what `gone` keeps with it."""
    figures = msgspec.to_builtins(sale)
    for line in figures["lines"]:
        kept = {plugin: data for plugin, data in line.pop("sections", {}).items() if plugin not in gone}
        line.update({"sections": kept} if kept else {})
        for adjustment in line.get("adjustments", ()):
            del adjustment["ref"]
    names = {"lines", "taxes", "discounts", "net", "tax", "total", "rounding", "customer"} - set(but)
    return {name: figures.get(name) for name in names}


def dependants(app, plugin):
    """Return the plugin and whoever needs it, in the order in which they can be switched off."""
    found = [i for i in app.enabled if plugin in app.found[i].manifest.requires]
    return [one for other in found for one in dependants(app, other)] + [plugin]


@pytest.mark.parametrize("plugin", PLUGINS)
def test_taking_a_plugin_away_and_back_changes_no_stored_figure(plugin, full):
    app = full
    code, card = codes(app)
    first = sell(app, code, card)
    assert first.tax > 0
    assert first.customer
    paper = app.register.document(app.register.find_sale(first.number))
    before, rows = facts(app), tables(app)

    gone = [*FIRST.get(plugin, ()), *dependants(app, plugin)]
    for one in gone:
        plan = app.plan(one, "disable")
        for warning in NEEDED.get(one, ()):
            assert any(warning in effect for effect in plan.effects), one
        app.switch(one, enabled=False, why="matrix")
    assert plugin not in app.enabled
    assert facts(app).items() >= before.items()
    copy = app.register.reprint(first.number)
    assert [row for row in copy if row != ("bold", "COPY 1", "")] == paper
    _sells_or_names_what_is_missing(app, gone, code, first)
    _takes_back_what_was_sold(app, first)

    for one in reversed(gone):
        app.switch(one, enabled=True, why="matrix")
    assert set(app.enabled) == set(PLUGINS)
    app.projector.catch_up()
    assert facts(app).items() >= before.items()
    assert {k: v for k, v in tables(app).items() if k.startswith(("catalog_", "customers_", "tax_"))} == {
        k: v for k, v in rows.items() if k.startswith(("catalog_", "customers_", "tax_"))
    }
    again = sell(app, code, card)
    assert without(again) == without(first)
    assert app.register.document(app.register.find_sale(first.number)) == paper
    assert [f for f in examine(app) if not f.ok] == []


def _sells_or_names_what_is_missing(app, gone, code, first):
    lacking = next((one for one in NEEDED if one in gone), None)
    if lacking is None:
        sale = sell(app, code, discount="discounts" not in gone)
        known = {"customer"} | (
            {"lines", "discounts", "taxes", "net", "tax", "total"} if "discounts" in gone else set()
        )
        assert without(sale, but=known, gone=gone) == without(first, but=known, gone=gone)
        if "discounts" in gone:
            app.register.scan(code)
            with pytest.raises(UserError, match="discounts"):
                app.register.discount(None, percent=Decimal(10))
            app.register.cancel()
        return
    count = len(sales(app))
    with pytest.raises(UserError, match=rf"\b{lacking}\b"):
        sell(app, code, discount=False)
    assert len(sales(app)) == count
    if app.register.cart is not None and app.register.cart.lines:
        app.register.cancel()


def _takes_back_what_was_sold(app, first):
    register = app.register
    register.return_lines(first.number, {"1": 1_000})
    if not register.methods():
        with pytest.raises(UserError, match=r"(?i)cash"):
            register.pay("cash")
        register.cancel()
        return
    back = register.pay("cash").sale
    sold = first.lines[0]
    part = Decimal(sold.gross) / 3
    assert abs(-back.total - part) <= Decimal("0.5")
    register.return_lines(first.number, {"1": 2_000})
    rest = register.pay("cash").sale
    assert back.total + rest.total == -sold.gross
    assert back.tax + rest.tax == -sold.tax


def test_without_any_plugin_what_was_sold_is_reprinted_and_counted(full, stores):
    app = full
    code, card = codes(app)
    sale = sell(app, code, card)
    paper = app.register.document(app.register.find_sale(sale.number))
    expected = app.register.shifts.x_report()
    app.close()
    app = stores.open(app, plugins=PLUGINS, safe=True)
    assert app.register.shifts.x_report() == expected
    assert [row for row in app.register.reprint(sale.number) if row != ("bold", "COPY 1", "")] == paper
    assert app.register.return_lines(sale.number).priced.total == -sale.total
    with pytest.raises(UserError, match="paid by Cash, which is not available now: enable its plugin"):
        app.register.pay("cash")
