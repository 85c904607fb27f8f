"""Planted bugs: each breaks one promise from outside, and the harness that guards the promise must find it."""

from __future__ import annotations

from typing import Any

from genesis.console.till import Till
from genesis.db.engine import Database, Writer
from genesis.kernel.entries import Entry
from genesis.kernel.journal import Journal
from genesis.kernel.projector import Projector


def acknowledged_early() -> None:
    """The receipt number is shown before the sale is recorded."""

    def cash(till: Till, rest: str) -> str:
        numbers = till.app.raw_journal.rows(till.app.raw_journal._sql.head, {"stream": "R1"})[0][4]
        cart = till.register.cart
        if rest == "exact" and cart is not None:
            till._say(f"Receipt: R1-{numbers + 1:08d}")
            till.register.pay("cash")
            return ""
        return till._paid(till.register.pay("cash", till._money(rest, "amount")))

    Till._cash = cash  # type: ignore[method-assign]


def number_apart() -> None:
    """The receipt number is taken in a transaction of its own."""
    append: Any = Journal.append

    def apart(journal: Journal, *facts: Any, **options: Any) -> Any:
        if not any(fact.numbered for fact in facts):
            return append(journal, *facts, **options)
        writer, head = journal._writer, journal._sql.head
        with journal._mutex:
            with writer.transaction():
                writer._cursor.execute("UPDATE heads SET numbers = numbers + 1 WHERE stream = ?", (options["stream"],))
            journal._sql.head = _Instead(head, "SELECT stream, seq, hash, at, numbers - 1 FROM heads WHERE stream = ?")
            try:
                return append(journal, *facts, **options)
            finally:
                journal._sql.head = head

    Journal.append = apart  # type: ignore[method-assign]


class _Instead:
    """A compiled statement with another text."""

    def __init__(self, compiled: Any, sql: str) -> None:
        self.sql, self.bind = sql, compiled.bind


def cart_kept_later() -> None:
    """A change of the cart is answered first and saved when the next one comes."""
    save: Any = Journal.save_carts
    waiting: list[Any] = []

    def later(journal: Journal, *carts: Any, durable: bool = False) -> None:
        if waiting:
            save(journal, *waiting.pop(), durable=durable)
        waiting.append(carts)

    Journal.save_carts = later  # type: ignore[method-assign]


def cursor_apart() -> None:
    """A projection's rows and its cursor are committed one after the other."""

    def apply(self: Projector, names: list[str], start: int, batch: list[Entry]) -> None:
        with self._writer.transaction():
            now = {row[0]: row for row in self._writer.run(self._load, {}).fetchall()}
            gates = {n: self._confined(self.projections[n], batch, now[n][4]) for n in names if now[n][1] == start}
        with self._writer.transaction():
            end = batch[-1]
            moves = [{"p": n, "to": end.pos, "at": end.hash, "on": gate} for n, gate in gates.items()]
            self._writer.run_many(self._move, moves)

    Projector._apply = apply  # type: ignore[assignment,method-assign]


def _synchronous(level: str) -> None:
    connect: Any = Database.connect

    def loose(database: Database, *, readonly: bool = False, sync: str = "FULL") -> Any:
        return connect(database, readonly=readonly, sync=level)

    Database.connect = loose  # type: ignore[method-assign]
    Writer._synchronous = lambda _writer: None  # type: ignore[method-assign]


def synchronous_normal() -> None:
    """SQLite is asked not to wait for the disk at each commit."""
    _synchronous("NORMAL")


def synchronous_off() -> None:
    """SQLite is asked never to wait for the disk."""
    _synchronous("OFF")


def commit_trusted() -> None:
    """An error at commit is taken for success."""
    Journal._kept = Journal._kept_carts = lambda *_: True  # type: ignore[method-assign]


def commit_given_up() -> None:
    """An error at commit is taken for failure, and nobody looks."""
    Journal._kept = Journal._kept_carts = lambda *_: False  # type: ignore[method-assign]


BUGS = {
    bug.__name__: bug
    for bug in (acknowledged_early, number_apart, cart_kept_later, cursor_apart, synchronous_normal, synchronous_off,
                commit_trusted, commit_given_up)
}  # fmt: skip
