"""A plugin that goes wrong at any hook: the spec's policy is kept, the admin is told, others still answer."""

from __future__ import annotations

import inspect
import time

import pytest

from genesis import Arrival, Arrived, Item, PluginFault, UserError, Veto
from genesis.kernel.cart import Basket, TaxDocument, TaxLine
from genesis.kernel.records import Change
from genesis.plugin import guard
from genesis.plugin.manager import specs
from genesis.testkit.stores import Stores
from tests.plugins_life.trouble import ACTS, HARMLESS, HOLLOW, RAISED, fail, trouble, witness, witness_of


class Paper:
    id, title, icon, cash = "paper", "Paper", "file", False


ASKED = [name for name, spec in specs().items() if spec.policy != "collect"]
AT_START = [name for name, spec in specs().items() if spec.policy == "collect"]


@pytest.fixture(scope="module")
def _house(tmp_path_factory):
    """A store with a troublemaker and a witness, a recorded sale and an open cart; one for all these tests."""
    stores = Stores(tmp_path_factory.mktemp("faults"))
    code, extra = trouble()
    other, more = witness()
    app = stores.new("cash", extra=extra | more)
    app.register.add(Item(ref="t:1", name="Tea"), unit_price=12_500)
    sale = app.register.pay("cash").sale
    app.register.add(Item(ref="t:1", name="Tea"), unit_price=12_500)
    yield app, code, other, sale
    stores.close()


@pytest.fixture
def house(_house):
    """The house with nothing wrong in it."""
    app, code, other, _ = _house
    code.calm()
    other.calm()
    if "trouble" not in app.enabled:
        app.restart()
    unbroken(app)
    return _house


def values(spec, app, sale):
    """Return an argument for every parameter of a spec but pos."""
    cart, priced = app.register.cart, app.register.priced
    line = cart.lines[0]
    known = {
        "cart": cart, "priced": priced, "line": line, "code": "1", "text": "tea", "category": "", "limit": 5,
        "sale": sale, "lines": sale.lines, "change": Change(record="r", action="create", id="1", before=None, after={}),
        "item": line.item, "qty": line.qty, "currency": "EUR", "due": 100, "method": "cash", "amount": 100,
        "basket": Basket(cart=cart, amounts={"1": 125}, stage="line"),
        "document": TaxDocument(currency="EUR", day="2026-03-02",
                                lines=(TaxLine(id="1", amount=125, qty=1_000, tax=None, item="t:1"),)),
        "arrival": Arrival(day="2026-03-02", location="", rows=(Arrived(item="t:1", name="Tea", qty=1_000),)),
        "day": "2026-03-02", "items": ("a",), "supplier": "", "shift": "s", "actor": app.actor,
        "permission": "register.sell", "resource": "", "claim": "a", "secret": "b", "slot": "tile.badge",
        "context": {}, "person": "p", "held": True,
    }  # fmt: skip
    if spec.__name__ == "cart_changed":
        known["change"] = "line"
    return {name: known[name] for name in inspect.signature(spec).parameters if name != "pos"}


def acts_at(hook):
    return {**{k: v for k, v in ACTS.items() if k not in HARMLESS.get(hook, ())}, "hollow": HOLLOW[hook]}


def info(app, plugin="trouble"):
    return next(row for row in app.plugins() if row.id == plugin)


def unbroken(app):
    """Forget the faults so far, so that the next act is judged alone."""
    app.hooks.health["trouble"].__init__("trouble")


def asked(app, spec, given):
    """Ask the way the kernel does; returns what came back."""
    return (app.hooks.first if spec.first else app.hooks.each)(spec)(**given)


@pytest.mark.parametrize("hook", ASKED)
def test_a_fault_keeps_to_the_policy_of_its_hook(hook, house):
    app, code, other, sale = house
    spec = specs()[hook]
    given = values(spec, app, sale)
    other.at(hook, lambda: witness_of(hook))
    good = asked(app, spec, given)
    assert other.asked
    for name, act in acts_at(hook).items():
        code.at(hook, act)
        if spec.policy == "abort":
            with pytest.raises(PluginFault, match=f"plugin trouble failed at {hook}") as fault:
                asked(app, spec, given)
            assert (fault.value.plugin, fault.value.hook) == ("trouble", hook)
            assert "genesis plugin info trouble" in fault.value.remedy
        else:
            assert asked(app, spec, given) == good, name
        assert code.asked, name
        seen = info(app)
        assert (seen.faults, seen.status) == (1, "enabled"), name
        assert seen.last_fault.startswith(f"{hook}: "), name
        unbroken(app)
    assert info(app, "another").faults == 0


@pytest.mark.parametrize("hook", ASKED)
def test_five_faults_in_a_minute_suspend_with_a_fact_and_never_in_silence(hook, house):
    app, code, other, sale = house
    spec = specs()[hook]
    given = values(spec, app, sale)
    other.at(hook, lambda: witness_of(hook))
    good = asked(app, spec, given)
    code.at(hook, fail(ValueError("again")))
    for _ in range(guard.FAULTS):
        try:
            asked(app, spec, given)
        except PluginFault:
            assert spec.policy == "abort"
    calls = code.asked
    fact = [e.fact for e in app.raw_journal.scan() if e.kind == "plugin.suspended"][-1]
    assert (fact.plugin, fact.hook, fact.cause) == ("trouble", hook, "ValueError: again")
    assert (info(app).status, info(app).faults) == ("suspended", 5)
    assert "5 faults within 60 s" in info(app).reason
    if spec.policy == "abort":
        with pytest.raises(PluginFault, match="suspended"):
            asked(app, spec, given)
    else:
        assert asked(app, spec, given) == good
    assert code.asked == calls == 5


def test_faults_far_apart_do_not_suspend(house, monkeypatch):
    app, code, _, _ = house
    spec = specs()["suggest"]
    now = time.monotonic()
    code.at("suggest", fail(ValueError("now and then")))
    for n in range(12):
        monkeypatch.setattr(guard.time, "monotonic", lambda at=now + n * 15.1: at)
        asked(app, spec, {"cart": app.register.cart})
    assert (info(app).status, info(app).faults) == ("enabled", 12)


@pytest.mark.parametrize("hook", ASKED)
def test_a_slow_answer_counts_and_still_holds(hook, house, monkeypatch):
    app, code, _, sale = house
    spec = specs()[hook]
    clock = [0.0]
    monkeypatch.setattr(guard.time, "perf_counter", lambda: clock[0])

    def slowly():
        clock[0] += guard.SLOW + 0.001
        return witness_of(hook)

    code.at(hook, slowly)
    answer = asked(app, spec, values(spec, app, sale))
    expected = witness_of(hook)
    assert answer == (expected if spec.first else [expected] if expected is not None else [])
    assert (info(app).slow, info(app).faults) == (1, 0)


@pytest.mark.parametrize("hook", ASKED)
def test_a_veto_passes_where_it_can_refuse_and_counts_as_no_fault(hook, house):
    app, code, _, sale = house
    spec = specs()[hook]
    code.at(hook, fail(Veto("not today")))
    with pytest.raises(Veto, match="not today"):
        asked(app, spec, values(spec, app, sale))
    assert info(app).faults == 0


@pytest.mark.parametrize("hook", AT_START)
def test_a_fault_at_start_puts_that_plugin_out_and_the_others_start(hook, house):
    app, code, _, _ = house
    cart = app.register.cart
    for name, act in acts_at(hook).items():
        code.at(hook, act)
        answers, faults = app.hooks.collect(specs()[hook], ["another", "trouble", "cash"], pos=app.pos)
        assert "trouble" not in dict(answers), name
        assert list(faults) == ["trouble"], name
        assert faults["trouble"].startswith(f"{hook}: "), name
    code.at(hook, HOLLOW[hook])
    app.restart()
    seen = info(app)
    assert (seen.status, seen.hooks) == ("error", ())
    assert hook in seen.reason
    assert info(app, "another").status == info(app, "cash").status == "enabled"
    assert app.register.cart == cart
    assert app.register.priced.due == 125


def test_what_a_plugin_brought_is_gone_when_it_fails_at_the_last_step_of_the_start(house):
    app, code, _, _ = house

    def bring():
        code.at("startup", fail(ValueError("no")))
        return [Paper()]

    code.at("payment_methods", bring)
    app.restart()
    assert info(app).status == "error"
    assert set(app.methods) == {"cash"}
    with pytest.raises(UserError, match="no payment method 'paper'"):
        app.register.pay("paper")


def test_after_a_restart_a_suspended_plugin_has_a_new_chance(house):
    app, code, _, _ = house
    code.at("suggest", fail(ValueError("again")))
    for _ in range(guard.FAULTS):
        app.hooks.each(specs()["suggest"])(cart=app.register.cart)
    assert info(app).status == "suspended"
    app.restart()
    assert info(app).status == "enabled"


def test_the_acts_cover_every_hook_of_the_contract():
    assert set(HOLLOW) == set(specs())
    assert set(RAISED) <= set(ACTS)
