"""Random histories of sales, refunds, switches and kills: what was stored stays, and every table equals its rebuild."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from genesis import UserError
from genesis.testkit.stores import as_plugin
from genesis.upkeep.doctor import examine
from tests.plugins_life.ledger import facts, kill, sales, tables
from tests.probes.follower.plugin import Follower
from tests.probes.price_list.plugin import PriceList
from tests.probes.stock_ledger import plugin as stock

PROBES = Path(__file__).parent.parent / "probes"
INSTALLED = ("cash", "discounts", "tax", "customers")
SWITCHED = ("discounts", "probe_stock", "probe", "customers", "tax", "price_list", "cash")

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("sell"), st.sampled_from("12"), st.integers(1, 5_000), st.integers(0, 100)),
        st.tuples(st.just("scan"), st.sampled_from("123")),
        st.tuples(st.just("give back"), st.integers(0, 5), st.integers(1, 3_000)),
        st.tuples(st.just("switch"), st.sampled_from(SWITCHED)),
        st.tuples(st.just("kill"), st.booleans()),
        st.tuples(st.just("open drawer"), st.sampled_from(["change", "look"])),
        st.tuples(st.just("customer"), st.integers(0, 2)),
    ),
    min_size=6,
    max_size=18,
)


def extra():
    return (
        as_plugin(PriceList(), "price_list")
        | as_plugin(stock.StockLedger(), "probe_stock", PROBES / "stock_ledger")
        | as_plugin(Follower(since="enabled"), "probe", PROBES / "follower")
    )


class History:
    """One store and what is known to have happened in it."""

    def __init__(self, stores):
        self.stores = stores
        self.app = stores.new(*INSTALLED, extra=extra())
        taxes = [{"tax": "vat", "title": "VAT", "type": "percent", "rate": "20"}]
        self.app.pos.records("tax_class").save({"title": "Standard", "taxes": taxes}, record_id="std")
        for ref in ("1", "2", "3"):
            stock.receive(self.app.pos, f"price_list:{ref}", 10**8)
        self.known = {}
        self.numbers = []
        self.stepped = {"sell": self.sell, "scan": self.scan, "give back": self.give_back, "switch": self.switch,
                        "kill": self.kill, "open drawer": self.open_drawer, "customer": self.customer}  # fmt: skip

    def step(self, what, *values):
        try:
            self.stepped[what](*values)
        except UserError:
            pass  # a refusal is an answer; what counts is what it left behind
        now = facts(self.app)
        assert now.items() >= self.known.items(), "a stored fact changed"
        self.known = now

    def sell(self, code, qty, percent):
        register = self.app.register
        if register.cart is not None and register.cart.lines:
            register.cancel()
        register.scan(code, qty)
        if percent:
            try:
                register.discount(None, percent=Decimal(percent))
            except UserError:
                assert "discounts" not in self.app.enabled
        done = register.pay("cash") if register.priced.due else register.complete()
        self.numbers.append(done.sale.number)

    def scan(self, code):
        self.app.register.scan(code)

    def give_back(self, which, qty):
        register = self.app.register
        if not self.numbers or (register.cart is not None and register.cart.lines):
            return
        register.return_lines(self.numbers[which % len(self.numbers)], {"1": qty})
        try:
            done = register.pay("cash") if register.priced.due else register.complete()
        except UserError:
            register.cancel()
            raise
        self.numbers.append(done.sale.number)

    def switch(self, plugin):
        self.app.switch(plugin, enabled=plugin not in self.app.enabled, why="history")

    def kill(self, behind):
        """Kill the process; behind: what was recorded last was followed by nobody."""
        cart = self.app.register.cart
        if behind:
            self.app.raw_journal.on_append = []
            self.app.register.open_drawer("just before")
            self.known = facts(self.app)
        kill(self.app)
        self.app = self.stores.open(self.app, plugins=INSTALLED, extra=extra())
        assert self.app.register.cart == cart

    def open_drawer(self, reason):
        self.app.register.open_drawer(reason)

    def customer(self, which):
        records = self.app.pos.records("customers_customer")
        records.save({"name": f"Person {which}", "cards": [{"code": f"K{which}"}]}, record_id=f"p{which}")
        self.app.register.scan(f"K{which}")

    def all_on(self):
        for plugin in SWITCHED:
            if plugin not in self.app.enabled:
                self.app.switch(plugin, enabled=True)
        self.app.projector.catch_up()


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_whatever_happens_what_is_stored_stays_and_tables_equal_their_rebuild(stores, steps):
    judge(stores, steps)


@pytest.mark.stress
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_many_histories_on_both_databases(both, steps):
    judge(both, steps)


def judge(stores, steps):
    history = History(stores)
    for step in steps:
        history.step(*step)
    history.all_on()
    app = history.app
    assert [sale.number for sale in sales(app)] == history.numbers
    assert [f for f in examine(app, rebuild=False) if not f.ok] == []
    live = tables(app)
    assert set(live) >= {"probe_stock_item", "probe_last", "tax_class", "customers_customer"}
    for name in ("probe_stock", "probe_last", "customers_customer", "kernel_sales"):
        assert app.rebuild(name, swap=True).different == ()
    assert tables(app) == live
    sold = sum(line.qty for sale in sales(app) for line in sale.lines if line.item == "price_list:1")
    on_hand = {row[0]: row[1] for row in live["probe_stock_item"]}
    assert on_hand.get("price_list:1") == 10**8 - sold
    app.close()
