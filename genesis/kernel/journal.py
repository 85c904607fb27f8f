"""The journal: one durable, hash-chained row for everything that happened and matters."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

import msgspec

from genesis.db.engine import Database, InDoubt, Readers, Writer, explain, is_driver_error
from genesis.db.statements import Compiled
from genesis.kernel.cards import GTIN, masked, suspected
from genesis.kernel.cart import Cart
from genesis.kernel.clock import Clock, stamp
from genesis.kernel.entries import START, Appended, Entry, FactRef, chain, header, packed
from genesis.kernel.errors import GenesisError, Unknown, UserError
from genesis.kernel.facts import Fact
from genesis.kernel.guardbook import written
from genesis.kernel.guards import Guard
from genesis.kernel.journalsql import NODE, statements
from genesis.kernel.limits import kept
from genesis.kernel.registry import Registry
from genesis.kernel.spaces import Spaces

OFFICE = "office"
_json = msgspec.json.Encoder().encode
_cart = msgspec.json.Decoder(Cart)
State = tuple[str, str, Any]  # space, key, JSON value


class Journal:
    """Reads and appends facts of one node; all writing goes through one connection and one mutex."""

    def __init__(self, database: Database, registry: Registry, clock: Clock) -> None:
        self.database, self.registry, self.clock = database, registry, clock
        self._mutex = threading.RLock()
        self._writer = Writer(database)
        self._readers = Readers(database)
        self._sql = sql = statements(database.engine.dialect)
        self._spaces = Spaces(lambda: self.rows(sql.states, {})[0][0], lambda s: self.rows(sql.space, {"space": s}))
        self.on_append: list[Callable[[int], None]] = []
        with self._writer.transaction():
            last = self._writer.run(sql.last, {}).fetchone()[0] or 0
            self._writer.run(sql.start, {"stream": NODE, "seq": last, "hash": START, "at": "", "numbers": 0})

    # -- writing -------------------------------------------------------------------------------------------

    def append(
        self,
        *facts: Fact,
        stream: str,
        actor: str,
        guards: Sequence[Guard] = (),
        cause: FactRef | None = None,
        state: Sequence[State] = (),
        carts: Sequence[tuple[str, str, Cart | None]] = (),
        attempts: Sequence[tuple[str, str, str, Any]] = (),
        reaction: tuple[str, int] | None = None,
    ) -> Appended:
        """Append facts in one durable transaction, or nothing at all.

        guards stand with the first fact. state, carts (register, slot, cart or None) and attempts
        (attempt, register, state or "" to drop, body) change in the same transaction. Raises Refused by a
        guard, StorageError when the database cannot, Unknown when nobody can tell whether it committed.
        """
        if not facts:
            raise GenesisError("an append needs a fact")
        sealed: Appended | None = None
        with self._mutex:
            try:
                with self._writer.transaction():
                    sealed = self._write(facts, stream, actor, guards, cause)
                    self._keep(state, carts, attempts, reaction)
            except InDoubt as error:
                if sealed is None or not self._kept(error, sealed):
                    raise
            except Exception as error:
                raise plain_error(error) from error
        if sealed is None:
            raise GenesisError("nothing was written")
        for wake in self.on_append:
            try:
                wake(sealed.pos)
            except Exception:  # what follows the journal can fall behind; what is recorded is recorded
                logging.getLogger("genesis").exception("following the journal failed")
        return sealed

    def _write(
        self, facts: Sequence[Fact], stream: str, actor: str, guards: Sequence[Guard], cause: FactRef | None
    ) -> Appended:
        run = self._writer.run
        pos = run(self._sql.take, {"n": len(facts)}).fetchone()[0] - len(facts)
        row = run(self._sql.head, {"stream": stream}).fetchone()
        seq, prev, last, numbers = (row[1], bytes(row[2]), row[3], row[4]) if row else (0, START, "", 0)
        at = max(stamp(self.clock.now()), last)  # a clock set back must not turn time round within a stream
        rows, refs, stored = [], [], []
        text = written(guards) if guards else "[]"
        self._sql.book.apply(self._writer, guards, str(FactRef(stream, seq + 1)))
        for fact in facts:
            pos, seq = pos + 1, seq + 1
            if fact.numbered:
                numbers += 1
                fact = msgspec.structs.replace(fact, number=f"{stream}-{numbers:08d}")  # noqa: PLW2901
            body = self.registry.encode(fact)
            # No card number is written, whoever brought it; a sale is full of GTINs, which have at most 14 digits.
            if suspected(body, GTIN + 1 if fact.numbered else GTIN - 1) and (plain := body.decode()) != masked(plain):
                body = _json(masked(msgspec.json.decode(body)))
                fact = self.registry.decode(fact.kind, fact.version, body)  # noqa: PLW2901
            if len(body) > fact.limit:
                raise UserError(
                    f"this would make a {fact.kind} larger than {fact.limit // 1024} KiB",
                    "split it, or attach a file instead",
                )
            codec, body = packed(body)
            head = header(FactRef(stream, seq), at, fact.kind, fact.version, actor, str(cause or ""), text, codec)
            digest = chain(prev, head, body)
            rows.append({"pos": pos, "stream": stream, "seq": seq, "at": at, "kind": fact.kind,
                         "version": fact.version, "actor": actor, "cause": str(cause or ""), "guards": text,
                         "codec": codec, "body": body, "prev": prev, "hash": digest})  # fmt: skip
            refs.append(FactRef(stream, seq))
            stored.append(fact)
            prev, text = digest, "[]"
        self._writer.run_many(self._sql.insert, rows)
        run(self._sql.put_head, {"stream": stream, "seq": seq, "hash": prev, "at": at, "numbers": numbers})
        return Appended(pos, tuple(refs), tuple(stored), prev)

    def _keep(
        self,
        state: Sequence[State],
        carts: Sequence[tuple[str, str, Cart | None]],
        attempts: Sequence[tuple[str, str, str, Any]],
        reaction: tuple[str, int] | None,
    ) -> None:
        run = self._writer.run
        if state:
            run(self._sql.count_state, {})
            self._spaces.changed()
        for space, key, value in state:
            run(self._sql.put_state, {"space": space, "key": key, "value": _json(masked(value)).decode()})
        for register, slot, cart in carts:
            self._put_or_drop_cart(register, slot, cart)
        for attempt, register, status, body in attempts:
            if status:
                row = {"attempt": attempt, "register": register, "state": status}
                run(self._sql.put_attempt, row | {"body": _json(masked(body))})
            else:
                run(self._sql.drop_attempt, {"attempt": attempt})
        if reaction is not None:
            run(self._sql.put_reaction, {"reaction": reaction[0], "pos": reaction[1]})

    def _put_or_drop_cart(self, register: str, slot: str, cart: Cart | None) -> None:
        if cart is None:
            self._writer.run(self._sql.drop_cart, {"register": register, "slot": slot})
        else:
            self._writer.run(self._sql.put_cart, {"register": register, "slot": slot, "body": self._cart_bytes(cart)})

    def _cart_bytes(self, cart: Cart) -> bytes:
        """Return a cart as it is kept; refused where it could not be read again, as then no register would start."""
        return kept("the cart", cart, _json, _cart.decode)

    def _kept(self, error: InDoubt, sealed: Appended) -> bool:
        """After an error at commit: whether these facts are there, for good."""
        at = {"stream": sealed.refs[-1].stream, "seq": sealed.refs[-1].seq}
        rows = self._look_again(error, self._sql.one, at)
        return bool(rows) and bytes(rows[0][12]) == sealed.hash

    def _look_again(self, error: InDoubt, statement: Compiled, values: dict[str, Any]) -> list[Any]:
        """Reopen after an error at commit and run a select. Raises Unknown if nobody can tell what was kept.

        It looks from a durable transaction that writes. On SQLite that takes the place of what the failed commit
        may have left behind the end of the log, which would come back at the next start; on PostgreSQL it waits for
        a commit that is still under way.
        """
        try:
            self._writer.open()
            with self._writer.transaction():
                self._writer.run(self._sql.count_state, {})
                return list(self._writer.run(statement, values).fetchall())
        except Exception as second:
            raise Unknown(
                f"the disk failed while recording ({error.what.partition(';')[0]}); whether it was kept is not known",
                "repeat it, now or after a restart: it is looked up by its id and not done twice",
            ) from second

    def save_carts(self, *carts: tuple[str, str, Cart | None], durable: bool = False) -> None:
        """Save open or held carts; durable waits for the disk (hold, tender), else a power cut may take it back."""
        with self._mutex, self._writer.waiting(disk=durable):
            try:
                with self._writer.transaction():
                    for register, slot, cart in carts:
                        self._put_or_drop_cart(register, slot, cart)
            except InDoubt as error:
                if not self._kept_carts(error, carts):
                    raise
            except Exception as error:
                raise plain_error(error) from error

    def _kept_carts(self, error: InDoubt, carts: Sequence[tuple[str, str, Cart | None]]) -> bool:
        """After an error at commit: whether every cart is there as it was to be saved, for good."""
        wanted = {(register, slot): cart and self._cart_bytes(cart) for register, slot, cart in carts}
        found = {(row[0], row[1]): bytes(row[2]) for row in self._look_again(error, self._sql.all_carts, {})}
        return all(found.get(at) == body for at, body in wanted.items())

    def set_reaction(self, reaction: str, pos: int) -> None:
        """Move a reaction's cursor; a power cut may take it back, then it is asked again."""
        with self._mutex, self._writer.waiting(disk=False), self._writer.transaction():
            self._writer.run(self._sql.put_reaction, {"reaction": reaction, "pos": pos})

    # -- reading -------------------------------------------------------------------------------------------

    def rows(self, statement: Compiled, values: dict[str, Any]) -> list[Any]:
        """Run a compiled select on this thread's reading connection."""
        return self._readers.rows(statement, values)

    def snapshot(self) -> AbstractContextManager[None]:
        """Let this thread see the journal as it is now, whatever is appended meanwhile."""
        return self.database.snapshot(self._readers.connection)

    def state(self, space: str, key: str, default: Any = None) -> Any:
        """Return a value of the kernel's state."""
        return self.space(space).get(key, default)

    def space(self, space: str) -> dict[str, Any]:
        """Return all values of one space of the kernel's state; the same object until the state changes."""
        return self._spaces.get(space)

    def moment(self) -> AbstractContextManager[None]:
        """Let this thread see one state of rights, settings and plugins."""
        return self._spaces.moment()

    def head(self, stream: str) -> tuple[int, bytes]:
        """Return the last seq and hash of a stream (0 and zeros before its first fact)."""
        rows = self.rows(self._sql.head, {"stream": stream})
        return (rows[0][1], bytes(rows[0][2])) if rows else (0, START)

    def pos(self) -> int:
        """Return this node's last position."""
        return int(self.rows(self._sql.pos, {})[0][0])

    def read(
        self, after: int, kinds: Collection[str] | None = None, limit: int = 500, max_bytes: int = 0
    ) -> list[Entry]:
        """Return the entries after a position, in the node's order; max_bytes cuts a batch by its bodies."""
        found: list[Entry] = []
        size = 0
        try:
            for row in self._stream_rows(after, limit):
                size += len(row[10])
                if found and max_bytes and size > max_bytes:
                    break
                if kinds is None or row[4] in kinds:
                    found.append(Entry(row, self.registry))
        except Exception as error:
            if is_driver_error(error):
                raise explain(error, reading=True) from error
            raise
        return found

    def _stream_rows(self, after: int, limit: int) -> Iterator[Any]:
        cursor = self._readers.execute(self._sql.after(limit), {"after": after})
        while rows := cursor.fetchmany(32):
            yield from rows

    def scan(self, after: int = 0, until: int | None = None) -> Iterator[Entry]:
        """Yield every entry from a position on, in slices."""
        while batch := self.read(after, limit=1000, max_bytes=4 * 1024 * 1024):
            for entry in batch:
                if until is not None and entry.pos > until:
                    return
                yield entry
            after = batch[-1].pos

    def entry(self, ref: FactRef) -> Entry | None:
        """Return one fact by its name."""
        rows = self.rows(self._sql.one, {"stream": ref.stream, "seq": ref.seq})
        return Entry(rows[0], self.registry) if rows else None

    def hash_at(self, pos: int) -> bytes:
        """Return the hash of the fact at a position (zeros at 0, empty where there is none)."""
        if pos == 0:
            return START
        batch = self.read(pos - 1, limit=1)
        return batch[0].hash if batch and batch[0].pos == pos else b""

    def holder(self, space: str, key: str) -> str:
        """Return who holds a guard's key: the owner of a Unique, the fact of a Once, "" for nobody."""
        return self._sql.book.look(self, space, key)[0]

    def balance(self, space: str, key: str) -> int:
        """Return the running sum of a Balance (or the revision of an Expect)."""
        return self._sql.book.look(self, space, key)[1]

    def held(self, space: str, keys: Iterable[str]) -> dict[str, tuple[str, int]]:
        """Return (holder, balance) of many keys at once; keys that nobody holds are left out."""
        return self._sql.book.look_all(self.rows, space, keys)

    def open_carts(self, register: str) -> dict[str, bytes]:
        """Return the saved carts of a register by slot."""
        return {row[1]: bytes(row[2]) for row in self.rows(self._sql.carts, {"register": register})}

    def open_attempts(self, attempt: str = "") -> list[tuple[str, str, str, Any]]:
        """Return the payment attempts in flight, or one of them: (attempt, register, state, body)."""
        asked = self._sql.attempt if attempt else self._sql.attempts
        rows = self.rows(asked, {"attempt": attempt} if attempt else {})
        return [(r[0], r[1], r[2], msgspec.json.decode(r[3])) for r in rows]

    def connections(self) -> list[Any]:
        """Return the open connections."""
        return [self._writer.connection, *self._readers.connections()]

    def close(self) -> None:
        """Let go of every connection."""
        with self._mutex:
            self._writer.close()
        self._readers.close()
        self._spaces.forget()


def plain_error(error: Exception) -> GenesisError:
    """Return our own errors as they are and a driver's in plain words."""
    return error if isinstance(error, GenesisError) else explain(error)
