"""Reactions: things done in the world once per fact (mail, print, a fact that answers a fact)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import select

from genesis.db import tables as t
from genesis.db.statements import Compiled
from genesis.kernel.facts import Fact
from genesis.kernel.guardbook import GuardRefused
from genesis.kernel.guards import Once

if TYPE_CHECKING:
    from genesis.kernel.entries import Entry
    from genesis.kernel.pos import Pos


class Reaction(msgspec.Struct, frozen=True, kw_only=True):
    """What to do for every fact of these kinds, from when it is first enabled on.

    run(pos, entry) may block (it runs in a worker, after the projections reached the fact) and may be called
    again for the same entry after a crash: use `entry.ref` as the key of what it does. Facts it returns are
    appended exactly once, with their cause. A run that raises is tried again, then given up after `retries`.
    """

    name: str
    kinds: tuple[str, ...]
    run: Callable[[Any, Any], Sequence[Fact] | None]
    retries: int = 8


class Reactor:
    """Runs the reactions of a node, in the process that holds the lease of the projections."""

    def __init__(self, pos: Pos, reactions: Sequence[Reaction]) -> None:
        self._pos, self._reactions = pos, list(reactions)
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._tries: dict[str, int] = {}
        self._after: dict[str, float] = {}
        self.errors: dict[str, str] = {}
        journal = pos.journal.raw
        self._load = Compiled(select(t.reaction_cursors), journal.database.engine.dialect)

    def begin(self) -> None:
        """Give every new reaction its cursor at now."""
        journal = self._pos.journal.raw
        known = {row[0] for row in journal.rows(self._load, {})}
        for reaction in self._reactions:
            if reaction.name not in known:
                journal.set_reaction(reaction.name, journal.pos())

    def start(self) -> None:
        """Run in a worker of its own, where there is anything to do."""
        if self._reactions:
            self._thread = threading.Thread(target=self._loop, name="reactions", daemon=True)
            self._thread.start()

    def notify(self) -> None:
        """The projections moved."""
        self._wake.set()

    def run_due(self) -> bool:
        """Handle what is waiting; True when something was done."""
        journal = self._pos.journal.raw
        cursors = {row[0]: row[1] for row in journal.rows(self._load, {})}
        done = False
        for reaction in self._reactions:
            if time.monotonic() < self._after.get(reaction.name, 0):
                continue
            for entry in journal.read(cursors.get(reaction.name, journal.pos()), limit=200):
                if self._stop.is_set() or not self._handle(reaction, entry):
                    break
                done = True
        return done

    def _handle(self, reaction: Reaction, entry: Entry) -> bool:
        """Handle one entry; False when the reaction must wait before it goes on."""
        journal = self._pos.journal
        if entry.kind not in reaction.kinds:
            journal.raw.set_reaction(reaction.name, entry.pos)
            return True
        try:
            journal.wait(entry.pos)
            facts = list(reaction.run(self._pos, entry) or ())
        except Exception as error:  # noqa: BLE001  tried again, then given up
            return self._failed(reaction, entry, error)
        self._tries.pop(reaction.name, None)
        self.errors.pop(reaction.name, None)
        if facts:
            try:
                once = Once("reaction", f"{reaction.name}:{entry.ref}")
                journal.append(*facts, guards=[once], cause=entry.ref, reaction=(reaction.name, entry.pos))
            except GuardRefused:  # done before a crash
                journal.raw.set_reaction(reaction.name, entry.pos)
        else:
            journal.raw.set_reaction(reaction.name, entry.pos)
        return True

    def _failed(self, reaction: Reaction, entry: Entry, error: Exception) -> bool:
        tries = self._tries[reaction.name] = self._tries.get(reaction.name, 0) + 1
        self.errors[reaction.name] = f"{entry.ref}: {error}"
        self._pos.log.warning("reaction %s failed at %s: %s", reaction.name, entry.ref, error)
        if tries < reaction.retries:
            self._after[reaction.name] = time.monotonic() + min(60.0, 0.25 * 2**tries)
            return False
        self._tries.pop(reaction.name, None)
        self._pos.journal.raw.set_reaction(reaction.name, entry.pos)
        return True

    def _loop(self) -> None:
        while not self._stop.is_set():
            self._wake.wait(1.0)
            self._wake.clear()
            try:
                while not self._stop.is_set() and self.run_due():
                    pass
            except Exception:  # the database may be closing or busy; the cursor has not moved
                self._pos.log.exception("reactions stopped for a moment")

    def stop(self) -> None:
        """End after the entry that is under way."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(10)
