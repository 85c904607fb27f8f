"""The limits: what the database library itself can do with the same bytes, pragmas and file system."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlite

from genesis.db.place import PAGE

ROWS = """
CREATE TABLE sale(id INTEGER PRIMARY KEY, uid TEXT UNIQUE, number TEXT, at TEXT, shift TEXT, total INT, tax INT);
CREATE TABLE line(sale INT, n INT, item TEXT, name TEXT, qty INT, price INT, net INT, tax INT, PRIMARY KEY(sale, n));
CREATE TABLE move(sale INT, n INT, item TEXT, qty INT, at TEXT, PRIMARY KEY(sale, n));
CREATE INDEX move_item ON move(item, at);
CREATE TABLE payment(sale INT, n INT, method TEXT, amount INT, PRIMARY KEY(sale, n));
CREATE TABLE audit(id INTEGER PRIMARY KEY, at TEXT, who TEXT, what TEXT);
CREATE TABLE outbox(id INTEGER PRIMARY KEY, msg TEXT UNIQUE, payload BLOB);
CREATE TABLE stock(item TEXT PRIMARY KEY, qty INT) WITHOUT ROWID;
CREATE TABLE till(shift TEXT, key TEXT, amount INT, PRIMARY KEY(shift, key)) WITHOUT ROWID;
"""


class Raw:
    """A plain connection with the pragmas of the journal."""

    def __init__(self, folder: Path) -> None:
        self.connection = sqlite.connect(str(folder / f"raw{os.urandom(4).hex()}.db"), isolation_level=None)
        self.cursor: Any = self.connection.cursor()
        for pragma in (f"page_size={PAGE}", "journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=0",
                       "secure_delete=ON"):  # fmt: skip
            self.cursor.execute(f"PRAGMA {pragma}")
        self.cursor.executescript(ROWS + "CREATE TABLE blob(id INTEGER PRIMARY KEY, body BLOB);")
        self._n = 0

    def one(self, body: bytes) -> None:
        """Commit one row of these bytes, durably."""
        self.cursor.execute("BEGIN IMMEDIATE")
        self.cursor.execute("INSERT INTO blob(body) VALUES (?)", (body,))
        self.cursor.execute("COMMIT")

    def rows(self, payload: bytes, *, projected: bool = False) -> None:
        """Commit the usual 24 rows of a sale of 10 lines; projected: with stock and till figures."""
        self._n += 1
        n, run = self._n, self.cursor.execute
        run("BEGIN IMMEDIATE")
        run("INSERT INTO sale VALUES (?,?,?,?,?,?,?)", (n, f"u{n}", f"R1-{n:08d}", "2026-03-02T08:00", "s", 1250, 208))
        self.cursor.executemany(
            "INSERT INTO line VALUES (?,?,?,?,?,?,?,?)",
            [(n, i, f"catalog:{n}{i}", "Butter croissant", 1000, 18000, 150, 30) for i in range(10)],
        )
        self.cursor.executemany(
            "INSERT INTO move VALUES (?,?,?,?,?)", [(n, i, f"catalog:{n % 997}{i}", -1000, "2026") for i in range(10)]
        )
        run("INSERT INTO payment VALUES (?,?,?,?)", (n, 1, "cash", 1250))
        run("INSERT INTO audit(at, who, what) VALUES (?,?,?)", ("2026", "owner", "sale"))
        run("INSERT INTO outbox(msg, payload) VALUES (?,?)", (f"m{n}", payload))
        if projected:
            self.cursor.executemany(
                "INSERT INTO stock VALUES (?,?) ON CONFLICT DO UPDATE SET qty = qty + excluded.qty",
                [(f"catalog:{n % 997}{i}", -1000) for i in range(10)],
            )
            self.cursor.executemany(
                "INSERT INTO till VALUES (?,?,?) ON CONFLICT DO UPDATE SET amount = amount + excluded.amount",
                [("s", key, 100) for key in ("sales", "net", "tax", "cash", "tender:cash", "tax:std")],
            )
        run("COMMIT")

    def close(self) -> None:
        """Let go."""
        self.connection.close()


def times(count: int, act: Callable[[], Any]) -> list[float]:
    """Return the milliseconds of each of `count` calls, after a few that do not count."""
    for _ in range(max(3, count // 20)):
        act()
    found = []
    for _ in range(count):
        began = time.perf_counter()
        act()
        found.append((time.perf_counter() - began) * 1000)
    return sorted(found)


def cpu(count: int, act: Callable[[], Any]) -> float:
    """Return the milliseconds of processor time of one call, over `count` calls."""
    act()
    began = time.process_time()
    for _ in range(count):
        act()
    return (time.process_time() - began) * 1000 / count


def p50(found: list[float]) -> float:
    """The median."""
    return found[len(found) // 2]


def p95(found: list[float]) -> float:
    """The 95th percentile."""
    return found[min(len(found) - 1, int(len(found) * 0.95))]


def p99(found: list[float]) -> float:
    """The 99th percentile."""
    return found[min(len(found) - 1, int(len(found) * 0.99))]
