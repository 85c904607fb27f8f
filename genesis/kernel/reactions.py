"""Reactions: things done in the world once per fact (mail, print, a fact that answers a fact)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from sqlalchemy import select

from genesis.db import tables as t
from genesis.db.statements import Compiled
from genesis.kernel.errors import RAISED, Closing
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
    appended exactly once, with their cause. None says that the entry does not concern it, which costs nothing and may
    be asked again later; an empty list, that it is done with it. A run that raises is tried again after a growing
    time, `pause` seconds at most, then given up after `retries`.

    where="register": it belongs to a register (print, open the drawer). It runs in the register's own process, over
    facts of its own stream only, with a cursor and a worker of its own, whoever runs the projections and however far
    they are.
    """

    name: str
    kinds: tuple[str, ...]
    run: Callable[[Any, Any], Sequence[Fact] | None]
    retries: int = 8
    pause: float = 60.0
    where: Literal["node", "register"] = "node"


BATCH = 200


class Reactor:
    """Runs reactions of one kind: a node's while `leads` says so, or (given its stream) those of a register.

    Cursors of entries that concern nobody are kept in memory and written once a batch: an append costs no second
    one.
    """

    def __init__(
        self, pos: Pos, reactions: Sequence[Reaction], *, stream: str = "", leads: Callable[[], bool] = lambda: True
    ) -> None:
        where = "register" if stream else "node"
        self._pos, self._stream, self._leads = pos, stream, leads
        self._reactions = [reaction for reaction in reactions if reaction.where == where]
        self._passed: dict[str, tuple[int, int]] = {}  # cursor -> (where it stands on disk, how far it really is)
        self._stop = threading.Event()
        self._workers: list[tuple[threading.Thread, threading.Event]] = []
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
            if self._cursor(reaction) not in known:
                journal.set_reaction(self._cursor(reaction), journal.pos())

    def _cursor(self, reaction: Reaction) -> str:
        return f"{reaction.name}@{self._stream}" if self._stream else reaction.name

    def start(self) -> None:
        """Run in a worker; those of a register in one each, as a dead printer must not hold up the display."""
        for group in ([r] for r in self._reactions) if self._stream else filter(None, [self._reactions]):
            wake = threading.Event()
            wake.set()
            thread = threading.Thread(target=self._loop, args=(group, wake), name="reactions", daemon=True)
            self._workers.append((thread, wake))
            thread.start()

    def notify(self, _pos: int = 0) -> None:
        """The projections moved (a register's: its journal did)."""
        for _, wake in self._workers:
            wake.set()

    def run_due(self, reactions: Sequence[Reaction] | None = None) -> bool:
        """Handle what is waiting for these (all); True when something was done."""
        journal = self._pos.journal.raw
        cursors = {row[0]: row[1] for row in journal.rows(self._load, {})}
        done = False
        for reaction in self._reactions if reactions is None else reactions:
            if time.monotonic() >= self._after.get(reaction.name, 0):
                cursor = self._cursor(reaction)
                done |= self._follow(reaction, cursor, cursors.get(cursor, journal.pos()))
        return done

    def _follow(self, reaction: Reaction, cursor: str, stored: int) -> bool:
        journal = self._pos.journal.raw
        known, passed = self._passed.get(cursor, (stored, stored))
        entries = journal.read(passed if known == stored else stored, limit=BATCH)
        for entry in entries:
            if self._stop.is_set():
                return False
            if entry.kind in reaction.kinds and self._stream in {"", entry.ref.stream}:
                handled = self._handle(reaction, entry)
                if handled is None:
                    return False
                stored = entry.pos if handled else stored
            self._passed[cursor] = (stored, entry.pos)
        if len(entries) == BATCH:
            journal.set_reaction(cursor, entries[-1].pos)
        return bool(entries)

    def _handle(self, reaction: Reaction, entry: Entry) -> bool | None:
        """Handle one entry; whether its cursor was kept, None when the reaction must wait before it goes on."""
        journal, cursor = self._pos.journal, self._cursor(reaction)
        try:
            if not self._stream:
                journal.wait(entry.pos)
            facts = reaction.run(self._pos, entry)
        except Closing:
            return None
        except RAISED as error:  # tried again, then given up
            return self._failed(reaction, entry, error)
        self._tries.pop(reaction.name, None)
        self.errors.pop(reaction.name, None)
        if facts is None:
            return False
        if facts:
            try:
                once = Once("reaction", f"{reaction.name}:{entry.ref}")
                journal.append(*facts, guards=[once], cause=entry.ref, reaction=(cursor, entry.pos))
            except GuardRefused:  # done before a crash
                journal.raw.set_reaction(cursor, entry.pos)
        else:
            journal.raw.set_reaction(cursor, entry.pos)
        return True

    def _failed(self, reaction: Reaction, entry: Entry, error: BaseException) -> bool | None:
        tries = self._tries[reaction.name] = self._tries.get(reaction.name, 0) + 1
        self.errors[reaction.name] = f"{entry.ref}: {error}"
        self._pos.log.warning("reaction %s failed at %s: %s", reaction.name, entry.ref, error)
        if tries < reaction.retries:
            self._after[reaction.name] = time.monotonic() + min(reaction.pause, 0.25 * 2 ** min(tries, 16))
            return None
        self._tries.pop(reaction.name, None)
        self._pos.journal.raw.set_reaction(self._cursor(reaction), entry.pos)
        return True

    def _loop(self, reactions: Sequence[Reaction], wake: threading.Event) -> None:
        while not self._stop.is_set():
            wake.wait(1.0)
            wake.clear()
            try:
                while not self._stop.is_set() and self._leads() and self.run_due(reactions):
                    pass
            except Exception:  # the database may be closing or busy; the cursor has not moved
                self._pos.log.exception("reactions stopped for a moment")

    def stop(self) -> None:
        """End after the entries that are under way."""
        self._stop.set()
        self.notify()
        until = time.monotonic() + 10
        for thread, _ in self._workers:
            thread.join(max(0.0, until - time.monotonic()))


class Reactors:
    """The reactions of a process: the node's, and those of its register where it is one (stream: the register's)."""

    def __init__(self, pos: Pos, reactions: Sequence[Reaction], stream: str, leads: Callable[[], bool]) -> None:
        self.node = Reactor(pos, reactions, leads=leads)
        self.register = Reactor(pos, reactions if stream else [], stream=stream or "-")
        self._all = (self.node, self.register)

    @property
    def errors(self) -> dict[str, str]:
        """What is being tried again, by name."""
        return self.node.errors | self.register.errors

    def begin(self) -> None:
        """Give every new reaction its cursor at now."""
        for reactor in self._all:
            reactor.begin()

    def start(self) -> None:
        """Run each in a worker of its own: a slow mail does not hold up a receipt."""
        for reactor in self._all:
            reactor.start()

    def run_due(self) -> bool:
        """Handle what is waiting; True when something was done."""
        node, register = self.node.run_due(), self.register.run_due()
        return node or register

    def stop(self) -> None:
        """End after the entries that are under way."""
        for reactor in self._all:
            reactor.stop()
