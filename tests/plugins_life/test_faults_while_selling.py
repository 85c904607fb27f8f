"""Whatever a plugin does while somebody sells: what is recorded stays, the cart survives, the next sale goes on."""

from __future__ import annotations

import pytest

from genesis import (
    Adjustment,
    Allocation,
    Attach,
    Block,
    CustomerRef,
    Item,
    LineTax,
    Once,
    PluginFault,
    Price,
    TaxAnswer,
    TaxedLine,
    UserError,
    Veto,
    hookimpl,
)
from genesis.plugin.manager import specs
from genesis.testkit.stores import Stores, as_plugin
from genesis.upkeep.doctor import examine
from tests.plugins_life.trouble import HOLLOW, fail, trouble
from tests.probes.price_list.plugin import PriceList

HUGE = 10**30
# Answers of the right shape with values that no till can mean.
EXTREME = {
    "resolve_code": [
        lambda: Item(ref="t:1", name="T", pack=-1_000), lambda: Item(ref="t:1", name="T", pack=HUGE),
        lambda: Item(ref="t:1", name="T", quantity=HUGE), lambda: Item(ref="t:1", name="T", amount=-HUGE),
        lambda: Item(ref="t:1", name="T" * 10_000_000), lambda: Item(ref="t:1", name="T", unit="u" * 10_000),
        lambda: Attach(plugin="t", key="k", data="x" * 10_000_000), lambda: CustomerRef(ref="c" * 10_000_000),
    ],
    "base_price": [lambda: Price(e4=HUGE), lambda: Price(e4=10**15)],
    "adjustments": [
        lambda: [Adjustment(amount=HUGE, reason="x")], lambda: [Adjustment(line="77", amount=-1, reason="x")],
        lambda: [Adjustment(line="1", amount=10**13, reason="x")],
    ],
    "tax": [
        lambda: TaxAnswer(lines=()),
        lambda: TaxAnswer(lines=tuple(TaxedLine(id="1", net=0, tax=0, gross=0) for _ in range(2))),
        lambda: TaxAnswer(lines=(TaxedLine(id="1", net=HUGE, tax=0, gross=HUGE),)),
        lambda: TaxAnswer(lines=(TaxedLine(id="1", net=1, tax=1, gross=3),)),
        lambda: TaxAnswer(lines=(TaxedLine(id="1", net=333, tax=0, gross=333, taxes=(
            LineTax(id="x", title="x", type="percent", rate="1", included=False, base=1, amount=1),)),)),
    ],
    "round_cash": [lambda: HUGE],
    "sale_section": [lambda: {"x": "y" * 3_000_000}],
    "receipt_blocks": [lambda: [Block(slot="header", rows=(("text", "x" * 3_000_000, ""),))]],
    "allocate": [lambda: Allocation(section={"x": "y" * 3_000_000}),
                 lambda: Allocation(section={}, guards=(Once("sale", "x"), Once("sale", "x")))],
}  # fmt: skip
# Hooks that the kernel asks between a scan and the receipt of a sale, and of its return.
PATH = ("resolve_code", "check_line", "base_price", "adjustments", "tax", "cart_changed", "authorise", "filter_methods",
        "check_checkout", "round_cash", "check_payment", "sale_section", "allocate", "receipt_blocks", "check_return",
        "check_refund")  # fmt: skip
FAILS = (fail(ValueError("broken on purpose")), fail(SystemExit(3)))


@pytest.fixture(scope="module")
def maker(tmp_path_factory):
    stores = Stores(tmp_path_factory.mktemp("selling"))
    yield stores
    stores.close()


def house(maker):
    code, extra = trouble()
    extra |= as_plugin(PriceList(), "price_list")
    return maker.new("cash", extra=extra), code, extra


def steps(register):
    """Yield the acts of one sale and its return; each is done when the next one is asked for."""
    yield lambda: register.scan("2", 3_000)
    yield lambda: register.scan("C1")
    yield lambda: register.pay("cash", 2_000)
    yield lambda: register.return_lines(register.last_sale().fact.number, {"1": 1_000})
    yield lambda: register.pay("cash")


def shown(cart):
    return (cart.lines, cart.tenders, cart.customer) if cart else ((), (), None)


def receipts(app):
    return [e.fact.number for e in app.raw_journal.scan() if e.kind == "sale.completed"]


@pytest.fixture(scope="module")
def one_house(maker):
    return house(maker)


@pytest.mark.parametrize("hook", PATH)
def test_a_sale_goes_through_a_fault_at_any_of_its_hooks(hook, one_house):
    """Each step is tried with the fault first: either it works all the same, or nothing has changed and it is refused."""
    app, code, _ = one_house
    policy = specs()[hook].policy
    refused = worked = 0
    for act in (*FAILS, HOLLOW[hook], *EXTREME.get(hook, ())):
        before = len(receipts(app))
        for step in steps(app.register):
            cart, sold = shown(app.register.cart), len(receipts(app))
            code.at(hook, act)
            try:
                step()
                worked += bool(code.asked)
            except UserError as error:
                refused += 1
                assert policy == "abort" or not isinstance(error, PluginFault), error
                assert shown(app.register.cart) == cart, error
                assert len(receipts(app)) == sold, error
                code.calm()
                step()
            code.calm()
            for line in app.register.cart.lines if app.register.cart else ():
                if line.item.ref == "t:1":
                    app.register.void(line.id)
            app.hooks.health["trouble"].__init__("trouble")
        assert len(receipts(app)) == before + 2
        assert shown(app.register.cart) == ((), (), None)
    assert worked + refused
    assert not (policy == "abort" and worked and act in FAILS)
    assert [f for f in examine(app, rebuild=False) if not f.ok] == []
    cart = app.register.scan("1").cart
    app.restart()  # whatever was answered, the cart can be read again
    assert app.register.cart == cart
    assert app.register.priced.total == 125
    app.register.cancel()


def test_after_all_of_these_faults_the_store_opens_and_every_table_equals_its_rebuild(maker, one_house):
    app, _, extra = one_house
    app.register.scan("1")
    sold = app.register.pay("cash").text
    numbers = receipts(app)  # of this one, and of those before it in this process
    assert numbers[-1] == sold
    app.close()
    app = maker.open(app, plugins=("cash",), extra=extra)
    assert receipts(app) == numbers
    assert [f for f in examine(app) if not f.ok] == []


@pytest.mark.parametrize("hook", ["adjustments", "tax", "check_line", "authorise", "cart_changed", "resolve_code"])
def test_the_register_opens_with_its_cart_though_a_plugin_fails_at_it(hook, maker):
    app, code, extra = house(maker)
    app.register.scan("2")
    app.register.scan("1")
    cart = app.register.cart
    code.at(hook, fail(ValueError("broken on purpose")))
    app.restart()
    assert app.register.cart == cart
    app.close()
    app = maker.open(app, plugins=("cash",), extra=extra)
    assert app.register.cart == cart
    app.switch("trouble", enabled=False)
    assert app.register.cart == cart
    assert app.register.pay("cash").sale.total == 125 + 333
    app.close()


def test_a_held_cart_that_cannot_be_priced_stays_held(maker):
    app, code, _ = house(maker)
    app.register.scan("2")
    app.register.hold("lunch")
    code.at("adjustments", fail(ValueError("broken on purpose")))
    with pytest.raises(PluginFault):
        app.register.recall("lunch")
    assert app.register.cart is None
    code.calm()
    app.restart()
    assert app.register.recall("lunch").priced.total == 333
    app.close()


def test_a_suspended_plugin_refuses_the_sale_until_it_is_switched_off(maker):
    app, code, _ = house(maker)
    code.at("check_checkout", fail(ValueError("broken on purpose")))
    app.register.scan("1")
    for _ in range(7):
        with pytest.raises(PluginFault, match="trouble"):
            app.register.pay("cash")
    code.calm()  # it would answer well by now, but it is not asked
    with pytest.raises(PluginFault, match="suspended: 5 faults within 60 s"):
        app.register.pay("cash")
    assert [e.fact.plugin for e in app.raw_journal.scan() if e.kind == "plugin.suspended"] == ["trouble"]
    app.switch("trouble", enabled=False, why="it fails")
    assert app.register.pay("cash").sale.total == 125
    app.close()


def test_a_plugin_cannot_keep_its_own_removal_from_the_owner_by_failing(maker):
    app, code, _ = house(maker)
    code.at("authorise", fail(ValueError("broken on purpose")))
    with pytest.raises(PluginFault):
        app.register.scan("1")
    app.switch("trouble", enabled=False)
    assert app.register.scan("1").priced.total == 125
    app.close()


def test_nobody_can_refuse_a_sale_that_is_recorded(maker):
    app, code, _ = house(maker)
    code.at("cart_changed", fail(Veto("I do not like it")))
    app.register.scan("1")
    assert app.register.pay("cash").sale.number == "R1-00000001"
    code.at("shutdown", fail(Veto("I stay")))
    app.restart()
    assert app.register.scan("1").priced.total == 125
    app.close()


def test_what_a_plugin_changes_afterwards_in_its_answer_changes_nothing(maker):
    app, code, _ = house(maker)
    answer = [Adjustment(amount=-10, reason="off")]
    code.at("adjustments", lambda: answer)
    app.register.scan("2")
    total = app.register.priced.total
    answer.append(Adjustment(amount=-200, reason="more"))
    assert (total, app.register.priced.total) == (333 - 5 * 10, 333 - 5 * 10)  # asked at each of the five stages
    app.register.cancel()
    section = {"kept": [1]}
    code.at("sale_section", lambda: section)
    app.register.scan("1")
    sale = app.register.pay("cash").sale
    section["kept"].append(2)
    assert sale.sections["trouble"] == {"kept": [1]}
    assert app.register.last_sale().fact.sections["trouble"] == {"kept": [1]}
    app.close()


class Scribbler:
    """Writes on what it is given."""

    @hookimpl
    def adjustments(self, basket):
        for line in basket.amounts:
            basket.amounts[line] = 0

    @hookimpl
    def check_change(self, change):
        change.after["title"] = "scribbled"


def test_a_plugin_that_scribbles_on_what_it_is_given_changes_nothing(maker):
    app = maker.new("cash", "tax", extra=as_plugin(Scribbler(), "scribbler"))
    app.register.add(Item(ref="t:1", name="Tea"), unit_price=12_500)
    assert app.register.priced.total == 125
    records = app.pos.records("tax_class")
    made = records.save({"title": "Standard", "taxes": []}, record_id="std")
    assert records.get(made)["title"] == "Standard"
    app.close()
