"""A plugin that goes wrong at one hook in one way, and a witness whose answers must still count."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from genesis import (
    Action,
    Actor,
    Adjustment,
    Allocation,
    Availability,
    Block,
    Categorised,
    CliCommand,
    Companion,
    CustomerRef,
    Discrepancy,
    Exporter,
    FieldSpec,
    Figure,
    Health,
    Item,
    Job,
    Kept,
    Panel,
    Permission,
    Price,
    Problem,
    ReorderProposal,
    Report,
    ReportSection,
    Route,
    Screen,
    SearchHit,
    Suggestion,
    TaxAnswer,
    TaxedLine,
    Theme,
    hookimpl,
)
from genesis.plugin.manager import specs
from genesis.testkit.stores import Extra, as_plugin


class Trouble:
    """Implements every hook and answers None everywhere but at `hook`, where it does `act`."""

    hook = ""
    act: Callable[[], Any] = staticmethod(lambda: None)
    asked = 0

    def at(self, hook: str, act: Callable[[], Any]) -> None:
        """Misbehave there from now on."""
        self.hook, self.act, self.asked = hook, act, 0

    def calm(self) -> None:
        """Behave again."""
        self.at("", lambda: None)


def _impl(name: str) -> Callable[[Trouble], Any]:
    def answer(self: Trouble) -> Any:
        if self.hook != name:
            return None
        self.asked += 1
        return self.act()

    return hookimpl(answer)


for _name in specs():
    setattr(Trouble, _name, _impl(_name))


def trouble() -> tuple[Trouble, Extra]:
    """Return the troublemaker and what `stores.new(extra=...)` takes. It is asked before the other plugins."""
    code = Trouble()
    return code, as_plugin(code, "trouble")


def fail(error: BaseException) -> Callable[[], Any]:
    """Return an act that raises."""

    def act() -> Any:
        raise error

    return act


# -- answers of the wrong kind -------------------------------------------------------------------------------

NAN = float("nan")


class Alien(msgspec.Struct, frozen=True):
    """A struct that no hook answers with."""

    amount: int = 1


class Mute(Exception):
    def __str__(self) -> str:
        raise ValueError("no words")


SCALARS: dict[str, Callable[[], Any]] = {
    "float": lambda: 1.5,
    "nan": lambda: NAN,
    "text": lambda: "12.50",
    "negative": lambda: -1,
    "huge": lambda: 10**30,
    "bool": lambda: True,
    "generator": lambda: (n for n in range(3)),
    "alien": Alien,
    "list of aliens": lambda: [Alien()],
    "list of floats": lambda: [1.5],
    "map of objects": lambda: {"x": object()},
    "a class": lambda: Alien,
}
RAISED: dict[str, Callable[[], Any]] = {
    "an error": fail(ValueError("broken on purpose")),
    "an exit": fail(SystemExit(3)),
    "an assertion": fail(AssertionError("never")),
    "no end": fail(RecursionError("too deep")),
    "a cancelled task": fail(asyncio.CancelledError()),
    "an error without words": fail(Mute()),
}

_OPENING = type("Opening", (), dict.fromkeys(("known", "record", "recorded", "take_back"), lambda *_: None))()
_ITEM = Item(ref="trouble:1", name="Thing")
# Structs of the right type whose fields hold what they must not: a stored sale could not be read again.
HOLLOW: dict[str, Callable[[], Any]] = {
    "resolve_code": lambda: Item(ref="x", name=1.5),  # type: ignore[arg-type]
    "search_items": lambda: [SearchHit(item=_ITEM, price=1.5)],  # type: ignore[arg-type]
    "comes_with": lambda: [Companion(item=Item(ref="x", name=1.5))],  # type: ignore[arg-type]
    "suggest": lambda: [Suggestion(text=None)],  # type: ignore[arg-type]
    "check_checkout": lambda: [Problem(text=7, blocking=True)],  # type: ignore[arg-type]
    "sale_section": lambda: {"x": object()},
    "receipt_blocks": lambda: [Block(slot="footer", rows=(("text", 1.5, ""),))],  # type: ignore[arg-type]
    "base_price": lambda: Price(e4=10, source=None),  # type: ignore[arg-type]
    "adjustments": lambda: [Adjustment(amount=-1, reason=None)],  # type: ignore[arg-type]
    "tax": lambda: TaxAnswer(lines=(TaxedLine(id=1, net=1, tax=0, gross=1),)),  # type: ignore[arg-type]
    "round_cash": lambda: True,
    "payment_methods": lambda: [type("Odd", (), {"id": ["a"], "title": 1, "icon": "", "cash": False})()],
    "filter_methods": lambda: {1.5},
    "reconcile": lambda: [Discrepancy(method="m", reference="r", ours="1", theirs=2, text="")],  # type: ignore[arg-type]
    "availability": lambda: {"x": 3},
    "allocate": lambda: Allocation(section={}, guards=("no guard",)),  # type: ignore[arg-type]
    "categorised": lambda: {"a": ("A",)},
    "reserve": lambda: Allocation(section={}, guards=("no guard",)),  # type: ignore[arg-type]
    "receive": lambda: Kept(facts=("no fact",)),  # type: ignore[arg-type]
    "opening": lambda: type("Odd", (), {"known": lambda _self, _items: set()})(),  # it records nothing
    "product_fields": lambda: [FieldSpec(name=1, label="")],  # type: ignore[arg-type]
    "reorder_proposals": lambda: [ReorderProposal(item="a", supplier="", qty=1.5, because="")],  # type: ignore[arg-type]
    "reports": lambda: [Report(id="r", title="t", columns=("a",), run="rows")],  # type: ignore[arg-type]
    "exporters": lambda: [Exporter(id="e", title="", medium="", suffix="", write=None)],  # type: ignore[arg-type]
    "figures": lambda: [Figure(id="f", title="", value=1.5)],  # type: ignore[arg-type]
    "closing_sections": lambda: [ReportSection(title="t", rows=(("a", 1),))],  # type: ignore[arg-type]
    "health": lambda: Health(ok="yes", text=""),  # type: ignore[arg-type]
    "facts": lambda: [int],
    "projections": lambda: [Alien()],
    "reactions": lambda: [Alien()],
    "records": lambda: [Alien()],
    "permissions": lambda: [Permission(id=5, title="")],  # type: ignore[arg-type]
    "authenticate": lambda: Actor(id=7, name="Seven"),  # type: ignore[arg-type]
    "settings_model": Alien,
    "screens": lambda: [Screen(id=1, title="", icon="", build="", permission="")],  # type: ignore[arg-type]
    "actions": lambda: [Action(id="a", title="", run=5, permission="")],  # type: ignore[arg-type]
    "panels": lambda: [Panel(text=None)],  # type: ignore[arg-type]
    "cli_commands": lambda: [CliCommand(name=1, summary="", usage="", examples=(), run=print)],  # type: ignore[arg-type]
    "api_routes": lambda: [Route(method="GET", path=1, handler=print, permission="")],  # type: ignore[arg-type]
    "jobs": lambda: [Job(id="j", every="often", run=print)],  # type: ignore[arg-type]
    "device_drivers": lambda: [object()],
    "themes": lambda: [Theme(id="t", title="", folder="/")],  # type: ignore[arg-type]
    "personal_data": lambda: {"x": object()},
    "erase_personal_data": lambda: 5,
    # these must answer None
    **{
        name: (lambda: 0)
        for name in (
            "check_line",
            "check_return",
            "cart_changed",
            "check_payment",
            "check_refund",
            "check_change",
            "startup",
            "shutdown",
            "authorise",
        )
    },  # fmt: skip
}
ACTS = SCALARS | RAISED

# What some hooks may well answer: these acts are no fault there.
HARMLESS: dict[str, set[str]] = {
    "round_cash": {"negative", "huge"},
    "erase_personal_data": {"text"},
    "settings_model": {"a class"},
}


def witness_of(hook: str) -> Any:
    """Return an answer that fits the hook and cannot come from anybody else."""
    return {
        "resolve_code": CustomerRef(ref="witness:c", name="Witness"),
        "search_items": [SearchHit(item=_ITEM, price=5)],
        "comes_with": [Companion(item=_ITEM)],
        "suggest": [Suggestion(text="witness")],
        "check_checkout": [Problem(text="witness", blocking=False)],
        "sale_section": {"witness": 1},
        "receipt_blocks": [Block(slot="footer", rows=(("text", "witness", ""),))],
        "base_price": Price(e4=777, source="witness"),
        "adjustments": [Adjustment(amount=-1, reason="witness")],
        "tax": TaxAnswer(lines=(TaxedLine(id="1", net=125, tax=0, gross=125),)),
        "round_cash": 4711,
        "filter_methods": {"witness"},
        "reconcile": [Discrepancy(method="m", reference="w", ours=1, theirs=2, text="")],
        "availability": {"witness": Availability(on_hand=1, available=1)},
        "allocate": Allocation(section={"witness": 1}),
        "categorised": Categorised(paths={"w": ("Witness",)}, of=len),
        "reserve": Allocation(section={"witness": 1}),
        "receive": Kept(facts=()),
        "opening": _OPENING,
        "reorder_proposals": [ReorderProposal(item="w", supplier="", qty=1, because="w")],
        "figures": [Figure(id="w", title="", value="1")],
        "closing_sections": [ReportSection(title="witness", rows=())],
        "health": Health(ok=True, text="witness"),
        "authenticate": Actor(id="w", name="Witness"),
        "panels": [Panel(text="witness")],
        "personal_data": {"witness": 1},
        "erase_personal_data": "witness",
    }.get(hook)


class Witness(Trouble):
    """Answers one hook well."""


def witness() -> tuple[Witness, Extra]:
    """Return the witness; it is asked after the troublemaker."""
    code = Witness()
    return code, as_plugin(code, "another")
