"""Lives of a till: it sells, is killed, starts again; after each death the store must be what it answered."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

from tests.torture import shim
from tests.torture.cashier import (
    GOODS,
    Deed,
    Register,
    Shop,
    any_deed,
    ask,
    cancel,
    give_back,
    hold,
    pay,
    pay_part,
    quantity,
    recall,
    scan,
    void,
)
from tests.torture.nursery import Child, Nursery

Stop = tuple[str, int]  # kind of step, how many come before it
Source = Callable[[Shop], Deed | None]  # what the cashier does next
STORE_LIFE = 40  # deaths after which a fresh store is taken, so that looking at it stays quick
DEEDS = 15  # at most so many in a life that is ended at random
FULL_LOOK = 15  # every so often the look compares the projections, too
APPLE, BREAD, CHEESE = GOODS

SHORT = [lambda s: scan(s, APPLE), lambda s: pay(s)]
EVERY_COMMAND: list[Callable[[Shop], Deed]] = [
    lambda s: scan(s, APPLE),
    lambda s: scan(s, CHEESE, "0.125"),
    lambda s: quantity(s, "3.5"),
    lambda s: hold(s, "lunch"),
    lambda s: scan(s, BREAD, "2"),
    lambda s: scan(s, APPLE),
    lambda s: void(s, s.cart.lines[0]),
    lambda s: pay(s),
    lambda s: recall(s, "lunch"),
    lambda s: pay_part(s, 100),
    lambda s: pay(s, 100),
    lambda s: give_back(s, s.number(len(s.receipts) - 1), s.receipts[-1].lines[0], 1000),
    lambda s: pay(s),
    lambda s: ask(s, f"reprint {s.number(0)}"),
    lambda s: ask(s, "x"),
]


def script(deeds: Sequence[Callable[[Shop], Deed]]) -> Source:
    """Return a source that first clears what an earlier death left, then does these once."""
    left = list(deeds)

    def following(shop: Shop) -> Deed | None:
        if len(left) == len(deeds):
            if shop.cart.lines:
                return pay(shop) if shop.cart.due or shop.cart.paid else cancel(shop)
            if shop.held:
                return recall(shop, shop.held[0][0])
        return left.pop(0)(shop) if left else None

    return following


def at_random(random: Random, most: int) -> Source:
    """Return a source of up to so many deeds of any kind."""
    left = iter(range(most))
    return lambda shop: None if next(left, None) is None else any_deed(shop, random)


class Life:
    """A till that is killed again and again; `tally` counts what happened."""

    def __init__(
        self, nursery: Nursery, new_shop: Callable[[], Path], random: Random, *, bugs: Sequence[str] = (),
        full_look: int = FULL_LOOK, compare: bool | list[str] = True,
    ) -> None:  # fmt: skip
        self._nursery, self._new_shop, self._random, self._bugs = nursery, new_shop, random, list(bugs)
        self._full_look, self._compare = full_look, compare
        self.tally: Counter[str] = Counter()
        self._deaths = 0
        self._start, self._pace = 0.1, 0.01  # seconds for the first answer and for the others, as seen so far
        self._begin()

    def _begin(self) -> None:
        self.folder, self.shop = self._new_shop(), Shop()

    def count(self, deeds: Sequence[Callable[[Shop], Deed]]) -> Counter[str]:
        """Let a till do these and end well; returns how many steps of each kind tracing found."""
        file = self.folder.with_name("counts.json")
        faults = self._run(script(deeds), {"count": str(file), "shim": {}})
        if faults:
            raise AssertionError(faults)
        self._begin()
        return Counter(json.loads(file.read_text()))

    def die_at(self, stop: Stop, source: Source) -> list[str]:
        """Let it end at a step; returns what was wrong after that."""
        kind, step = stop
        if kind in {"file", "torn"}:
            return self._run(source, {"shim": {"stop": [step, shim.KILL if kind == "file" else shim.TEAR_AND_KILL]}})
        return self._run(source, {"stop": list(stop)})

    def die_at_random(self) -> list[str]:
        """Kill it at some instant: while it starts, sells or ends; returns what was wrong after that."""
        source, after = at_random(self._random, DEEDS), self._random.choice([0, 0, *range(1, 12), DEEDS])
        return self._run(source, {"restless": True}, after)

    def _run(self, source: Source, order: dict[str, Any], after: int = -1) -> list[str]:
        """after: how many deeds come before the one during which it is killed."""
        child = Child(self._nursery, {"role": "till", "home": str(self.folder), "bugs": self._bugs} | order)
        register = Register(child, self.shop)
        done = 0
        while (deed := source(register.shop)) is not None:
            if done == after:
                self._doom(child, self._pace if done else self._start)
            began = time.monotonic()
            if not register.do(deed):
                break
            self._keep_pace(time.monotonic() - began, first=done == 0)
            done += 1
        if done == after:
            self._doom(child, self._start)
        code = register.leave()
        self.tally["killed" if code < 0 else "ended by itself"] += 1
        self.tally["commands answered"] += done
        self.tally["receipts acknowledged"] += len(register.acknowledged)
        faults = [] if code in {0, -9} else [f"it ended with {code}"]
        if child.errors and not child.errors.startswith("genesis: the last "):  # so many starts did not come up
            faults.append(f"on its standard error: {child.errors[:500]}")
        return faults + self._look(register)

    def _doom(self, child: Child, usual: float) -> None:
        child.doom = time.monotonic() + self._random.uniform(0, 1.3 * usual)

    def _keep_pace(self, seconds: float, *, first: bool) -> None:
        if first:
            self._start += (seconds - self._start) / 8
        else:
            self._pace += (seconds - self._pace) / 8

    def _look(self, register: Register) -> list[str]:
        self._deaths += 1
        last = self._deaths % STORE_LIFE == 0
        full = last or self._deaths % self._full_look == 0
        seen = self._nursery.ask({"role": "look", "home": str(self.folder), "full": full and self._compare})
        self.tally["projections compared"] += full
        faults = seen["faults"] + register.settle(seen)
        self.shop = register.shop
        if last:
            self._begin()
        return faults
