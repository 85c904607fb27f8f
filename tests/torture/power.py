"""A till that sells while everything it does to the disk is logged, and the power cuts that could have come."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.torture.cashier import Register, Shop, same
from tests.torture.disks import POLICIES, Disk
from tests.torture.kills import Source
from tests.torture.nursery import Child, Nursery
from tests.torture.shim import read_log


class Moment(NamedTuple):
    """The shop after an answer: how many bytes had been said by then, and whether a power cut may take it back."""

    said: int
    shop: Shop
    durable: bool


class Sold(NamedTuple):
    """What a till did: where, the store as it was before, the log, the shop after each answer."""

    folder: Path
    before: Path
    log: Path
    moments: list[Moment]


def sell(nursery: Nursery, new_shop: Callable[[], Path], source: Source, bugs: Sequence[str] = ()) -> Sold:
    """Let a till sell until the source ends, and keep the store as it was before."""
    folder = new_shop()
    before, log = folder.with_name("before"), folder.with_name("log")
    for old in (before, before.with_name("before.keys")):
        shutil.rmtree(old, ignore_errors=True)
    log.unlink(missing_ok=True)
    shutil.copytree(folder, before)
    shutil.copytree(folder.with_name(folder.name + ".keys"), before.with_name("before.keys"))
    order = {"role": "till", "home": str(folder), "bugs": list(bugs), "restless": True, "shim": {"log": str(log)}}
    register = Register(Child(nursery, order), Shop())
    moments = [Moment(0, Shop(), durable=True)]
    while (deed := source(register.shop)) is not None and register.do(deed):
        moments.append(Moment(register.child.said, register.shop, deed.durable))
    code = register.leave()
    if code or register.wrong or register.child.errors:  # it ends with 1 if anything was refused
        raise AssertionError(f"the till ended with {code}: {register.wrong + register.refused} {register.child.errors}")
    return Sold(folder, before, log, moments)


class Cuts:
    """Power cuts at sampled places of a log; `tally` counts what was found after them."""

    def __init__(self, nursery: Nursery, sold: Sold, random: Random) -> None:
        self._nursery, self._sold, self._random = nursery, sold, random
        self.tally = Counter(disks=0, lost=0, broken=0)
        self.faults: list[str] = []

    def make(self, places: int, full_look: int, policies: Sequence[str] = POLICIES) -> Iterator[None]:
        """Cut at so many places, a disk for each policy; one look in so many compares the projections."""
        steps = list(read_log(self._sold.log))
        disk, done = Disk(self._sold.folder, self._sold.before), 0
        for place in sorted(self._random.sample(range(len(steps) + 1), min(places, len(steps) + 1))):
            disk.take(steps[done:place])
            done = place
            for policy in policies:
                self.tally["disks"] += 1
                found = self._look(disk, policy, full=self.tally["disks"] % full_look == 0)
                self.tally["broken"] += bool(found)
                self.faults += [f"cut after step {place} of {len(steps)}, {policy} kept: {fault}" for fault in found]
                yield

    def _look(self, disk: Disk, policy: str, *, full: bool) -> list[str]:
        folder = self._sold.before
        disk.write(folder, policy, self._random)
        shown = {line[9:] for line in disk.said.decode(errors="replace").splitlines() if line.startswith("Receipt: ")}
        try:
            seen = self._nursery.ask({"role": "look", "home": str(folder), "full": full})
        except AssertionError as error:
            self.tally["unreadable"] += 1
            return [str(error)[-300:]]
        lost = shown - {receipt["number"] for receipt in seen["receipts"]}
        self.tally["lost"] += bool(lost)
        faults = list(seen["faults"])
        if lost:
            faults.append(f"acknowledged and lost: {sorted(lost)}")
        elif not any(same(moment.shop.seen(), seen) for moment in self._possible(len(disk.said))):
            faults.append(f"the store remembers {seen['carts']}, which no answer after the last durable one fits")
        return faults

    def _possible(self, said: int) -> list[Moment]:
        """The moments since the last durable answer, and the one that was under way."""
        moments = self._sold.moments
        answered = sum(moment.said <= said for moment in moments)
        first = max(i for i in range(answered) if moments[i].durable)
        return moments[first : answered + 1]
