"""What plugins give besides answers to hooks: nothing unreadable is kept of it, and none of it ends a till."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec
import pytest

from genesis import (
    Balance,
    CustomerRef,
    Fact,
    Item,
    Job,
    Outcome,
    PluginFault,
    Reaction,
    Refused,
    SettingsError,
    Slip,
    StoreSettings,
)
from genesis.kernel.errors import JournalDamaged
from genesis.testkit.stores import as_plugin
from tests.plugins_life.givers import FOLLOWER, Gives, boom, house, info, leave, sound, tea
from tests.probes.follower.plugin import Follower


class Noticed(Fact, frozen=True, kw_only=True):
    """Something was noticed."""

    kind: ClassVar[str] = "given.noticed"
    text: str
    count: int = 0


# -- commands of the register ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ask",
    [
        lambda register: register.add(Item(ref="tea", name=5)),
        lambda register: register.add(Item(ref="tea", name="Tea", category=("Drinks", None))),
        lambda register: register.quantity("1", 1500.5),
        lambda register: register.quantity("1", True),
        lambda register: register.note("1", ["late"]),
        lambda register: register.override_price("1", 2.0),
        lambda register: register.customer(CustomerRef(ref="a", name=None)),
        lambda register: register.pay("cash", amount=4.2),
        lambda register: register.void(line_id=1),
    ],
)
def test_a_command_takes_what_it_says_it_takes_and_the_cart_can_be_read_again(ask, both):
    app = house(both)
    tea(app)
    before = app.register.cart
    with pytest.raises(TypeError, match=r"^(add|quantity|note|override_price|customer|pay|void): "):
        ask(app.register)
    assert app.register.cart is before
    app.register.note("1", "hot")
    assert app.register.pay("cash").sale.lines[0].note == "hot"
    assert sound(app)


# -- facts and their guards ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fact",
    [Noticed(text=5), Noticed(text="a", count=1.5), Noticed(text=None), Noticed(text=object()), Noticed(text="\ud800")],
    ids=["number", "float", "none", "object", "half a letter"],
)
def test_a_fact_that_could_not_be_read_again_is_refused_and_the_journal_stays(fact, both):
    app = house(both, facts=[Noticed])
    head = app.raw_journal.pos()
    with pytest.raises(Refused, match=r"given.noticed cannot be recorded, a value in it does not fit"):
        app.journal.append(Noticed(text="fine"), fact)
    assert app.raw_journal.pos() == head
    app.journal.append(Noticed(text="fine"))
    assert sound(app)


@pytest.mark.parametrize(
    "guard", [Balance("given", "a", 1.5), Balance(5, "a", 1), Balance("given", None, 1), "no guard"]
)
def test_a_promise_that_could_not_be_replayed_is_refused(guard, both):
    app = house(both, facts=[Noticed])
    head = app.raw_journal.pos()
    with pytest.raises(Refused, match="a promise cannot be recorded"):
        app.journal.append(Noticed(text="fine"), guards=[guard])
    assert app.raw_journal.pos() == head
    assert sound(app)


def test_an_up_caster_that_fails_is_named_and_holds_up_nobody_else(stores):
    class Later(Fact, frozen=True, kw_only=True):
        kind: ClassVar[str] = "given.noticed"
        version: ClassVar[int] = 2
        upcasts: ClassVar = {1: lambda values: {"words": values["nothing"]}}
        words: str

    app = house(stores, facts=[Noticed])
    app.journal.append(Noticed(text="old"))
    app.close()
    app = stores.open(app, plugins=("cash",), extra=as_plugin(Gives(facts=[Later]), "gives"))
    with pytest.raises(JournalDamaged, match=r"the up-caster of given\.noticed from version 1 failed: KeyError"):
        _ = [entry.fact for entry in app.raw_journal.scan()]
    tea(app)
    assert app.register.pay("cash").sale.total == 125
    assert sound(app)


# -- who takes money -----------------------------------------------------------------------------------------


class Provider:
    id, title, icon, cash = "wire", "Wire", "send", False
    interval, patience = 0.001, 0.05

    def __init__(self, answer):
        self.answer = answer

    def start(self, attempt):
        pass

    def poll(self, attempt):
        return self.answer(attempt)

    def cancel(self, attempt):
        pass

    def query(self, attempt):
        return self.answer(attempt)


@pytest.mark.parametrize(
    "answer",
    [
        lambda a: Outcome(state="approved", amount=a.amount, reference=5),
        lambda a: Outcome(state="approved", amount=a.amount, reference=None),
        lambda _a: Outcome(state="declined", reason=None),
        lambda _a: Outcome(state="perhaps"),
        lambda a: Outcome(state=["approved"], amount=a.amount),
        lambda a: Outcome(state="approved", amount=a.amount, details=7),
        leave,
    ],
    ids=["number for a reference", "no reference", "no reason", "state", "list", "details", "exit"],
)
def test_an_answer_of_a_provider_that_does_not_fit_is_unknown_and_never_kept(answer, both):
    """A number for a text would make a sale that nobody can read: not this register, not the next start."""
    app = house(both, payment_methods=[Provider(answer)])
    tea(app)
    app.register.pay("wire")
    with pytest.raises(Refused, match="unknown outcome"):
        app.register.settle(5)
    assert app.register.payments.run is None
    (attempt,) = app.register.payments.unresolved()
    app.register.payments.reconcile()
    app.register.decide(attempt.id, "the terminal says no", charged=False)
    app.register.pay("cash")
    assert sound(app)


def test_a_reason_without_end_is_kept_short(stores):
    provider = Provider(lambda _attempt: Outcome(state="declined", reason="no" * 5_000_000))
    app = house(stores, payment_methods=[provider])
    tea(app)
    app.register.pay("wire")
    with pytest.raises(Refused, match="was declined") as refused:
        app.register.settle(5)
    assert len(str(refused.value)) < 500
    assert app.register.payments.unresolved() == []


class Notes:
    id, title, icon, cash = "notes", "Notes", "file", False

    def __init__(self, slip=lambda: Slip(), guards=list):
        self._slip, self._guards = slip, guards

    def slip(self, pos, cart, amount):
        return self._slip()

    def guards(self, pos, tender):
        return self._guards()


@pytest.mark.parametrize(
    ("at", "act"),
    [
        ("slip", boom), ("slip", leave), ("slip", lambda: None), ("slip", lambda: Slip(reference=5)),
        ("slip", lambda: Slip(details={1: object()})), ("guards", boom), ("guards", leave), ("guards", lambda: None),
        ("guards", lambda: ["x", 5]), ("guards", lambda: [Balance("given", "a", "1")]),
    ],
)  # fmt: skip
def test_a_way_to_pay_that_fails_names_its_plugin_and_the_cart_stays(at, act, stores):
    app = house(stores, payment_methods=[Notes(**{at: act})])
    tea(app)
    with pytest.raises(PluginFault, match=f"plugin gives failed at {at}") as fault:
        app.register.pay("notes")
    assert "the sale is kept; see `genesis plugin info gives`" in fault.value.remedy
    assert app.register.cart.tenders == ()
    assert app.register.pay("cash").sale.total == 125
    assert sound(app)


# -- what follows the journal --------------------------------------------------------------------------------


def test_a_handler_that_leaves_stops_its_own_projection_alone(both):
    extra = as_plugin(Follower(handlers={"sale.completed": leave}), "probe", FOLLOWER)
    app = both.new("cash", extra=extra)
    tea(app)
    assert app.register.pay("cash").sale.total == 125
    row = next(r for r in app.projector.status() if r["name"] == "probe_last")
    assert (row["lag"] > 0, row["error"]) == (True, "SystemExit: 3")
    app.close()
    app = both.open(app, plugins=("cash",), extra=extra)
    app.switch("probe", enabled=False)
    assert sound(app)


def test_tables_whose_revision_leaves_put_their_plugin_out_alone(stores, tmp_path):
    folder = tmp_path / "probe"
    (folder / "migrations").mkdir(parents=True)
    (folder / "plugin.toml").write_text((FOLLOWER / "plugin.toml").read_text())
    body = "import sys\nrevision = '0001'\ndown_revision = None\n\n\ndef upgrade() -> None:\n    sys.exit(3)\n"
    (folder / "migrations" / "0001_start.py").write_text(body)
    app = stores.new("cash")
    extra = as_plugin(Follower(), "probe", folder)
    app.close()
    app = stores.open(app, plugins=("cash",), extra=extra)
    app.switch("probe", enabled=True)
    assert info(app, "probe").status == "error"
    assert "the tables of probe could not be brought to" in info(app, "probe").reason
    tea(app)
    assert app.register.pay("cash").sale.total == 125


def test_a_reaction_and_a_job_that_leave_are_tried_again_and_the_others_run(stores):
    did = []
    app = house(
        stores,
        reactions=[
            Reaction(name="gives_leaves", kinds=("sale.completed",), run=leave, retries=1),
            Reaction(name="gives_works", kinds=("sale.completed",), run=lambda _pos, entry: did.append(entry.kind)),
        ],
        jobs=[Job(id="leaves", every=60, run=leave, at_start=True),
              Job(id="works", every=60, run=lambda _pos: did.append("job"), at_start=True)],
    )  # fmt: skip
    tea(app)
    app.register.pay("cash")
    app.reactor.run_due()
    app.jobs.run_due()
    assert did == ["sale.completed", "job"]
    assert app.jobs.errors == {"leaves": "3"}


# -- settings ------------------------------------------------------------------------------------------------


class Needs(msgspec.Struct):
    a: int


class Raises(msgspec.Struct):
    a: int = 0

    def __post_init__(self):
        raise KeyError("x")


class Nowhere(msgspec.Struct):
    a: "NoSuchThing" = 0  # noqa: F821, UP037


class Wrong(msgspec.Struct):
    a: int = "text"


class Odd(msgspec.Struct):
    a: object = object()


class Renamed(msgspec.Struct, rename="camel"):
    a_b: int = 0


class Listed(msgspec.Struct, array_like=True):
    a: int = 0


@pytest.mark.parametrize("model", [Needs, Raises, Nowhere, Wrong, Odd, Renamed, Listed, StoreSettings])
def test_a_settings_class_that_cannot_be_kept_puts_its_plugin_out_and_not_the_settings_of_others(model, stores):
    gives = Gives()
    app = stores.new("cash", extra=as_plugin(gives, "gives"))
    gives.what["settings_model"] = model
    app.restart()
    assert info(app).status == "error"
    assert info(app).reason.startswith(f"settings_model: {model.__name__}: ")
    assert app.pos.settings(StoreSettings).currency == "EUR"
    for scope in app.settings.models.values():
        app.settings.get(scope)
    tea(app)
    assert app.register.pay("cash").sale.total == 125


class Together(msgspec.Struct, frozen=True):
    low: Annotated[int, msgspec.Meta(ge=0)] = 0
    high: int = 10

    def __post_init__(self):
        if self.low > self.high:
            raise ValueError("low lies above high")


def test_settings_that_do_not_go_together_are_refused_in_the_words_of_their_class(stores):
    app = house(stores, settings_model=Together)
    with pytest.raises(SettingsError, match="low lies above high"):
        app.settings.change("gives", {"low": 11})
    assert app.pos.settings(Together) == Together()
    app.settings.change("gives", {"low": 11, "high": 12})
