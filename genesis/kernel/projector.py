"""Runs the projections: one process at a time, live ones first, each alone in its faults."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, select, update

from genesis.db import tables as t
from genesis.db.engine import Database, StatementRefused, StorageError, Writer
from genesis.db.statements import Compiled, kept, upsert
from genesis.kernel.entries import Entry
from genesis.kernel.errors import RAISED, Closing, NotReady
from genesis.kernel.journal import Journal
from genesis.kernel.projections import Projection, ReadDb, ViewDb, owned

if TYPE_CHECKING:
    from genesis.db.locks import Hold

BATCH_BYTES = 64 * 1024
SLICE = 50
LONG = 0.005  # seconds that one projection may hold up the others
REST = 1.0  # seconds after which one that did may go with them again
LOOSE = 16 * 1024  # bytes of facts that are applied before a commit waits for the disk
FAR_BEHIND = 200
PATIENCE = 2.0  # seconds a projection may be behind without anybody minding
HOLD = 1.0  # seconds an answer waits for one that is late
FRESH = 0.05  # seconds an answer of `require` holds
ALL = select(t.cursors)
TOGGLES = {"plugin.enabled", "plugin.disabled"}
SKIP = "skip"  # state space: "<projection>" -> list of "stream:seq" an admin left out


class Cursor:
    """Where one projection stands."""

    __slots__ = ("error", "hash", "open", "pos", "version")

    def __init__(self, pos: int, digest: bytes, version: int, opened: int, error: str) -> None:
        self.pos, self.hash, self.version, self.open, self.error = pos, digest, version, opened, error


class Projector:
    """Applies facts to the tables of every enabled projection.

    strict: SQLite's authorizer refuses a handler any table that is not its own (tests, `plugin check`).
    """

    def __init__(
        self, views: Database, journal: Journal, projections: Sequence[Projection], lease: Hold, *, strict: bool = False
    ) -> None:
        self.views, self.journal, self.lease = views, journal, lease
        self.projections = {p.name: p for p in sorted(projections, key=lambda p: (p.rank, p.name))}
        self._writer = Writer(views, sync="NORMAL")
        self._loose = 0
        self._reader = ReadDb(views)
        self.db = ViewDb(self._writer)
        self._mutex = threading.RLock()
        self._retry: dict[str, tuple[float, float]] = {}
        self._behind: dict[str, tuple[float, int]] = {}
        self._slow: dict[str, float] = {}  # until when they go by themselves
        self._fresh: dict[tuple[str, ...], float] = {}
        self._moved = threading.Condition()
        self._moves = 0
        self._ending = False
        self._strict = strict and views.sqlite
        dialect = self._writer.connection.dialect
        one = t.cursors.c.projection == bindparam("p")
        step = update(t.cursors).values(pos=bindparam("to"), hash=bindparam("at"))

        def made(key: str, make: Callable[[], Any]) -> Compiled:
            return kept(t.cursors, key, dialect, make)

        self._load = made("load", lambda: ALL)
        self._save = made("save", lambda: upsert(t.cursors, dialect))
        self._drop = made("drop", lambda: delete(t.cursors).where(one))
        self._move = made("move", lambda: step.values(open=bindparam("on")).where(one))
        self._move_all = made("move_all", lambda: step.where(t.cursors.c.pos == bindparam("start")))

    # -- cursors -------------------------------------------------------------------------------------------

    def cursors(self) -> dict[str, Cursor]:
        """Return where every known projection stands now (never waits for a batch under way)."""
        rows = self._reader.fast(ALL, {})
        return {row[0]: Cursor(row[1], bytes(row[2]), row[3], row[4], row[5]) for row in rows}

    def stale(self) -> list[str]:
        """Return the projections that must be rebuilt: other version, or their journal is not this one."""
        found = []
        for name, cursor in self.cursors().items():
            known = self.projections.get(name)
            if known and (cursor.version != known.version or self.journal.hash_at(cursor.pos) != cursor.hash):
                found.append(name)
        return found

    def ensure(self) -> None:
        """Give every projection its row; a new one begins at the start of the journal."""
        with self._mutex, self._writer.transaction():
            known = {row[0] for row in self._writer.run(self._load, {}).fetchall()}
            for name, projection in self.projections.items():
                if name not in known:
                    self.put(name, 0, self.journal.hash_at(0), projection.version, 0)

    def put(self, name: str, pos: int, digest: bytes, version: int, opened: int, error: str = "") -> None:
        """Set a cursor (inside a transaction)."""
        self._writer.run(self._save, {"projection": name, "pos": pos, "hash": digest, "version": version,
                                      "open": opened, "error": error})  # fmt: skip

    # -- applying ------------------------------------------------------------------------------------------

    def catch_up(self, seconds: float = 60.0) -> bool:
        """Apply what there is until nothing moves; False when time ran out."""
        end = time.monotonic() + seconds
        while self.step():
            if time.monotonic() > end:
                return False
        return True

    def advance_to(self, name: str, pos: int) -> None:
        """Apply exactly the facts up to a position to one projection; NotReady where it fails."""
        with self._mutex:
            cursor = self.cursors()[name]
            while cursor.pos < pos and not cursor.error and self._advance([name], cursor.pos, pos):
                cursor = self.cursors()[name]
        self.wait(pos, name, timeout=0)

    def step(self) -> bool:
        """Apply one batch: the live ones first, then one slice of those behind. False when there is no work."""
        with self._mutex, self.journal.moment():
            head, cursors = self.journal.pos(), self.cursors()
            live, behind = self._lanes(cursors, head)
            front = cursors[live[0]].pos if live else head
            moved = front < head and self._advance(live, front)
            if not moved and behind:
                moved = self._advance([behind[0]], cursors[behind[0]].pos, head)
        if moved:
            with self._moved:
                self._moves += 1
                self._moved.notify_all()
        return moved

    def _lanes(self, cursors: dict[str, Cursor], head: int) -> tuple[list[str], list[str]]:
        now = time.monotonic()
        able = [n for n, known in self.projections.items() if n in cursors and self._retry.get(n, (0, 0))[0] <= now
                and cursors[n].version == known.version]  # fmt: skip  # tables of another version wait to be rebuilt
        if not able:
            return [], []
        self._slow = {n: end for n, end in self._slow.items() if n in cursors and (end > now or cursors[n].pos < head)}
        front = max(cursors[n].pos for n in able)
        live = [n for n in able if cursors[n].pos == front and n not in self._slow]
        behind = [n for n in able if n not in live and cursors[n].pos < head]
        return live, behind

    def _advance(self, names: list[str], start: int, until: int | None = None) -> bool:
        limit = 500 if until is None else min(SLICE, until - start)
        batch = self.journal.read(start, limit=limit, max_bytes=BATCH_BYTES) if limit > 0 else []
        if not batch:
            return False
        names = list(names)
        while names:
            failed = self._apply(names, start, batch)
            if failed is None:
                return True
            name, error = failed
            names.remove(name)
            self._fail(name, error)
        return True

    def _apply(self, names: list[str], start: int, batch: list[Entry]) -> tuple[str, BaseException] | None:
        """Apply a batch in one transaction; returns the projection that failed (nothing is kept then).

        What could be lost is applied again; but what the disk is left to write in its own time it writes all at once,
        and the register's next sale waits behind it. So after much of it a commit waits for the disk.
        """
        current = ""
        self._loose += sum(len(entry.stored) for entry in batch)
        enough = self._loose > LOOSE
        try:
            with self._writer.waiting(disk=enough), self._writer.transaction():
                now = {row[0]: row for row in self._writer.run(self._load, {}).fetchall()}
                names = [n for n in names if n in now and now[n][1] == start]  # another process may have been faster
                moves = []
                for current in names:
                    began = time.monotonic()
                    gate = self._confined(self.projections[current], batch, now[current][4])
                    if time.monotonic() - began > LONG:
                        self._slow[current] = began + REST  # the others go ahead while it catches up in slices
                    moves.append({"p": current, "to": batch[-1].pos, "at": batch[-1].hash, "on": gate})
                current = ""
                together = set(names) == {n for n in now if now[n][1] == start}
                if together and all(move["on"] == now[move["p"]][4] for move in moves):  # as nearly always
                    self._writer.run(self._move_all, {"to": batch[-1].pos, "at": batch[-1].hash, "start": start})
                else:
                    self._writer.run_many(self._move, moves)
        except RAISED as error:
            broken_disk = isinstance(error, StorageError) and not isinstance(error, StatementRefused)
            if not current or broken_disk:  # then it is no fault of the projection
                raise
            return current, error
        if enough:
            self._loose = 0
        for name in names:
            if self._retry.pop(name, None):
                self.note(name, "")
        return None

    def _confined(self, projection: Projection, batch: list[Entry], gate: int) -> int:
        if projection.since == "start" and projection.handlers.keys().isdisjoint({entry.kind for entry in batch}):
            return gate
        self.db.allow(owned(projection))
        if not self._strict:
            return self._feed(projection, batch, gate)
        self._confine(projection)
        try:
            return self._feed(projection, batch, gate)
        finally:
            raw: Any = self._writer.connection.connection.driver_connection
            raw.set_authorizer(None)

    def _feed(self, projection: Projection, batch: list[Entry], gate: int) -> int:
        """Hand the entries to the handlers; `gate` is whether its plugin was enabled at that point."""
        handlers, gated = projection.handlers, self.since(projection) == "enabled"
        skipped = set(self.journal.state(SKIP, projection.name, ()))
        for entry in batch:
            if gated and entry.kind in TOGGLES and getattr(entry.fact, "plugin", "") == projection.plugin:
                gate = int(entry.kind == "plugin.enabled")
            handler = handlers.get(entry.kind)
            if handler is not None and (gate or not gated) and str(entry.ref) not in skipped:
                handler(self.db, entry)
        return gate

    def since(self, projection: Projection) -> str:
        """Return where it begins: its own rule, or the admin's choice where it asks."""
        if projection.since != "ask":
            return projection.since
        return str(self.journal.state("since", projection.name, "enabled"))

    def _confine(self, projection: Projection) -> None:
        allowed = owned(projection) | {"sqlite_master", ""}
        raw: Any = self._writer.connection.connection.driver_connection

        def judge(action: int, first: str | None, _b: str | None, _db: str | None, _by: str | None) -> int:
            if action in {18, 20, 23, 9} and first is not None and first not in allowed:  # INSERT READ UPDATE DELETE
                return 1
            return 0

        raw.set_authorizer(judge)

    def _fail(self, name: str, error: BaseException) -> None:
        """Leave a failing projection behind alone and try again later, slower each time."""
        wait = min(60.0, self._retry.get(name, (0, 0.25))[1] * 2)
        self._retry[name] = (time.monotonic() + wait, wait)
        self.note(name, f"{type(error).__name__}: {error}"[:500])

    def note(self, name: str, error: str) -> None:
        """Keep what is wrong with a projection where the admin sees it ("": nothing any more)."""
        set_error = update(t.cursors).where(t.cursors.c.projection == bindparam("p")).values(error=bindparam("e"))
        with self._writer.transaction():
            self._writer.run(Compiled(set_error, self._writer.connection.dialect), {"p": name, "e": error})

    def retry_now(self) -> None:
        """Forget the back-off (after a mended plugin, in tests)."""
        self._retry = {name: (0.0, wait) for name, (_, wait) in self._retry.items()}

    # -- asking --------------------------------------------------------------------------------------------

    def status(self) -> list[dict[str, Any]]:
        """Return name, pos, head, lag and error of every projection."""
        head, cursors = self.journal.pos(), self.cursors()
        return [
            {"name": n, "pos": cursors[n].pos, "head": head, "lag": head - cursors[n].pos,
             "version": cursors[n].version, "error": cursors[n].error}
            for n in self.projections if n in cursors
        ]  # fmt: skip

    def require(self, names: tuple[str, ...]) -> None:
        """Raise NotReady where one of these projections is stuck, far behind, or late and does not come."""
        now = time.monotonic()
        if now - self._fresh.get(names, 0.0) < FRESH:
            return
        head, cursors = self.journal.pos(), self.cursors()
        for name in names:
            if name not in self.projections:
                continue
            cursor = cursors.get(name) or Cursor(0, b"", 0, 0, "")
            lag = head - cursor.pos
            since, seen = self._behind.get(name, (now, head))
            if cursor.pos >= seen:  # it reached what was there then; a busy journal is not a late projection
                since, seen = now, head
            self._behind[name] = (since, seen)
            if lag and (cursor.error or lag > FAR_BEHIND):
                done = 100 * cursor.pos // max(1, head)
                why = f"stopped: {cursor.error}" if cursor.error else f"{done} % caught up"
                raise NotReady(f"{name} is not ready ({why})", "wait a moment and repeat")
            if lag and now - since > PATIENCE:  # the machine is busy: a moment's wait is better than a refusal
                self.wait(head, name, timeout=HOLD)
        self._fresh[names] = now

    def wait(self, pos: int, *names: str, timeout: float = 5.0) -> None:
        """Return when these projections (all, if none are named) have reached a position; NotReady otherwise."""
        wanted = [n for n in (names or self.projections) if n in self.projections]
        end = time.monotonic() + timeout
        while True:
            if self._ending:
                raise Closing("the store is closing", "start again")
            seen, cursors = self._moves, self.cursors()
            late = [n for n in wanted if n not in cursors or cursors[n].pos < pos]
            if not late:
                return
            stuck = [n for n in late if n in cursors and cursors[n].error]
            left = end - time.monotonic()
            if stuck or left <= 0:
                reason = cursors[stuck[0]].error if stuck else "it did not get there in time"
                raise NotReady(f"{(stuck or late)[0]} is not ready ({reason})", "see the plugin page")
            with self._moved:
                if self._moves == seen:  # else it moved while the cursors were read
                    self._moved.wait(min(left, 0.02))

    def connections(self) -> list[Any]:
        """Return the open connections."""
        return [self._writer.connection, *self._reader.connections()]

    def end(self) -> None:
        """Let nobody wait any longer: what they wait for does not come any more."""
        self._ending = True
        with self._moved:
            self._moved.notify_all()

    def close(self) -> None:
        """Let go."""
        self.end()
        with self._mutex:
            self._writer.close()
            self._reader.close()
            self.lease.drop()
