"""Reads and writes databases with the promises the journal needs, and turns their errors into plain words."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.engine import Connection

from genesis.db.locks import Turnstile
from genesis.db.place import Place, postgres_engine, sqlite_engine
from genesis.db.statements import Compiled
from genesis.kernel.errors import UserError

T = TypeVar("T")
LARGEST_LOG = 32 * 1024 * 1024
FULL = "the disk is full"
MEND = "move views.db away, it is made again from the journal; if that does not help, restore a backup"
UNREADABLE = "the database cannot be read"


class StorageError(UserError):
    """The database could not do it; nothing was recorded."""


class StatementRefused(StorageError):
    """The database works and refused what it was asked: the fault lies with who asked."""


class InDoubt(StorageError):
    """The disk failed at the commit itself: whether it was kept shows only when the database is asked again."""


def explain(error: BaseException, *, reading: bool = False) -> StorageError:
    """Say what a driver's error means for the person at the till; reading: nothing was to be recorded."""
    if isinstance(error, StorageError):
        return error
    kept = "" if reading else "; nothing was recorded"
    text = str(error).lower()
    cases = (
        ("full", FULL, "free some space, then repeat; the cart is kept"),
        ("no space", FULL, "free some space, then repeat; the cart is kept"),
        ("readonly", "the database cannot be written", "check the rights of the data folder, then repeat"),
        ("read-only", "the database cannot be written", "check the rights of the data folder, then repeat"),
        ("locked", "the database is busy", "another program holds it; repeat in a moment"),
        ("lock timeout", "the database is busy", "another program holds it; repeat in a moment"),
        ("not a database", "the database cannot be read with this key, or is damaged", MEND),
        ("malformed", UNREADABLE, MEND),
        ("disk i/o", "the disk reported an error", "check the disk and the space left on it, then repeat"),
        ("unable to open", "the database cannot be opened", "check the rights of the data folder"),
        ("connection", "the database server does not answer", "check the server, then repeat"),
    )
    for part, what, remedy in cases:
        if part in text:
            return StorageError(f"{what}{kept}", remedy)
    first = (str(error).splitlines() or [type(error).__name__])[0]
    return StatementRefused(f"the database refused ({first[:200]}){kept}", "repeat")


class Database:
    """One database: makes connections, compiles statements, lets writers take turns.

    lasting: whether it is kept; a commit to one that is thrown away again never waits for the disk (SQLite).
    """

    def __init__(self, place: Place, turnstile: Path | None = None, *, lasting: bool = True) -> None:
        self.place, self.lasting = place, lasting
        self.engine = sqlite_engine(place) if place.sqlite else postgres_engine(place)
        self.turnstile = Turnstile(turnstile if place.sqlite else None, place.busy_ms / 1000)
        self._checkpointed = 0

    @property
    def sqlite(self) -> bool:
        """Whether this is a SQLite file."""
        return self.place.sqlite

    def connect(self, *, readonly: bool = False, sync: str = "FULL") -> Connection:
        """Return a connection in autocommit mode; transactions are begun by `Writer` alone."""
        try:
            connection = self.engine.connect()
        except Exception as error:
            raise self._unreadable(error) or explain(error) from error
        if self.sqlite:
            cursor = connection.connection.cursor()
            cursor.execute(f"PRAGMA synchronous={sync if self.lasting else 'OFF'}")
            if readonly:
                cursor.execute("PRAGMA query_only=ON")
        elif readonly:
            connection.connection.cursor().execute("SET default_transaction_read_only=on")
        return connection

    def _unreadable(self, error: Exception) -> StorageError | None:
        """Name the file that is no database of SQLite at all; None for any other error."""
        if not self.sqlite or self.place.key is not None or "not a database" not in str(error):
            return None
        views = self.place.path.name == "views.db"
        remedy = "move it away: it is built again from the journal" if views else "put it back, or restore a backup"
        return StorageError(f"{self.place.path} is no database any more; nothing was recorded", remedy)

    @contextmanager
    def snapshot(self, connection: Connection) -> Iterator[None]:
        """Let a reading connection see one state of the database, whatever others write meanwhile."""
        connection.exec_driver_sql("BEGIN" if self.sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ")
        try:
            yield
        finally:
            connection.exec_driver_sql("ROLLBACK")

    def checkpoint(self) -> None:
        """Move the log into the file (SQLite), in an idle moment and by one process alone; nobody waits for it.

        A log past 32 MB is emptied, a smaller one is only copied; one that did not grow since is left alone.
        """
        if not self.sqlite:
            return
        log = self.place.path.with_name(self.place.path.name + "-wal")
        size = log.stat().st_size if log.exists() else 0
        if size and size != self._checkpointed:
            with self.connect() as connection:
                cursor = connection.connection.cursor()
                cursor.execute(f"PRAGMA wal_checkpoint({'TRUNCATE' if size > LARGEST_LOG else 'PASSIVE'})")
                cursor.fetchall()
            self._checkpointed = log.stat().st_size if log.exists() else 0

    def relieve(self) -> None:
        """Copy a log that grew past 32 MB during bulk work (SQLite); it blocks nobody, its space is used again."""
        log = self.place.path.with_name(self.place.path.name + "-wal") if self.sqlite else None
        size = log.stat().st_size if log is not None and log.exists() else 0
        if size > max(LARGEST_LOG, self._checkpointed):
            with self.connect() as connection:
                cursor = connection.connection.cursor()
                cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
                cursor.fetchall()
            self._checkpointed = size

    def close(self) -> None:
        """Let go of everything."""
        self.engine.dispose()
        self.turnstile.close()


class Readers:
    """Reading one database: an autocommit, read-only connection per thread."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._local = threading.local()
        self._open: list[tuple[threading.Thread, Connection]] = []

    @property
    def connection(self) -> Connection:
        """This thread's connection."""
        found: Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = self.database.connect(readonly=True)
            self._open.append((threading.current_thread(), found))
        return found

    def rows(self, statement: Compiled, values: dict[str, Any]) -> list[Any]:
        """Run a compiled select; returns plain tuples."""
        try:
            found: list[Any] = self.execute(statement, values).fetchall()
        except Exception as error:
            raise explain(error, reading=True) from error
        return found

    def execute(self, statement: Compiled, values: dict[str, Any]) -> Any:
        """Run a compiled select; returns the driver's cursor and raises the driver's errors."""
        values = statement.bind(values)
        try:
            cursor = self._cursor()
            cursor.execute(statement.sql, values)
        except Exception:
            if not self._dropped():
                raise
            cursor = self._cursor()
            cursor.execute(statement.sql, values)
        return cursor

    def _cursor(self) -> Any:
        try:
            return self._local.cursor
        except AttributeError:
            self._local.cursor = self.connection.connection.cursor()
            return self._local.cursor

    def ask(self, question: Callable[[], T]) -> T:
        """Return what a question to the database returns, asked again where the server dropped the connection."""
        try:
            return question()
        except Exception:
            if not self._dropped():
                raise
        return question()

    def _dropped(self) -> bool:
        found: Connection | None = getattr(self._local, "connection", None)
        if found is None or not _lost(found):
            return False
        self._open.remove((threading.current_thread(), found))
        self._local.__dict__.clear()
        with suppress(Exception):
            found.close()
        return True

    def connections(self) -> list[Connection]:
        """Return the open connections."""
        return [connection for _, connection in self._open]

    def close(self) -> None:
        """Let go of every thread's connection, but of none that another thread may be using: that ends the process.

        A thread that was asked to end and hangs keeps its connection until it ends.
        """
        busy = []
        for thread, connection in self._open:
            if thread is threading.current_thread() or not thread.is_alive():
                connection.close()
            else:
                busy.append((thread, connection))
        self._open = busy
        self._local = threading.local()


class Writer:
    """One writing connection: `with writer.transaction(): ...` is the only way anything is written."""

    def __init__(self, database: Database, sync: str = "FULL") -> None:
        self.database = database
        self._sync = self._wanted = self._level = sync
        self._connection: Connection | None = None
        self.open()

    def open(self) -> None:
        """Connect, again if need be."""
        self.close()
        self._connection = self.database.connect(sync=self._sync)
        self._level = self._wanted = self._sync
        self._cursor: Any = self._connection.connection.cursor()

    @property
    def connection(self) -> Connection:
        """The connection, for statements that SQLAlchemy runs itself."""
        if self._connection is None:
            raise StorageError("the database is closed", "start again")
        return self._connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run one transaction; an error rolls all of it back and is explained."""
        with self.database.turnstile:
            self._begin()
            try:
                yield
            except BaseException as error:
                self.rollback()
                if is_driver_error(error):
                    raise explain(error) from error
                raise
            self._commit()

    def _begin(self) -> None:
        begin = "BEGIN IMMEDIATE" if self.database.sqlite else "BEGIN"
        if self._connection is None:
            self.open()
        try:
            self._synchronous()
            self._cursor.execute(begin)
        except Exception as error:
            if not _lost(self.connection):
                raise explain(error) from error
            self.open()  # the server was started again meanwhile
            self._cursor.execute(begin)

    def _commit(self) -> None:
        try:
            self._cursor.execute("COMMIT")
        except Exception as error:
            self.rollback()
            plain = explain(error)
            if plain.what.startswith(FULL):  # what did not fit was not written to its end
                raise plain from error
            raise InDoubt(plain.what, plain.remedy) from error

    def rollback(self) -> None:
        """Undo what is open."""
        with suppress(Exception):
            self._cursor.execute("ROLLBACK")

    def run(self, statement: Compiled, values: dict[str, Any]) -> Any:
        """Run a compiled statement with one set of values; returns the driver's cursor."""
        self._cursor.execute(statement.sql, statement.bind(values))
        return self._cursor

    def run_many(self, statement: Compiled, rows: list[dict[str, Any]]) -> None:
        """Run a compiled statement once for every row."""
        if rows:
            self._cursor.executemany(statement.sql, [statement.bind(row) for row in rows])

    @contextmanager
    def waiting(self, *, disk: bool) -> Iterator[None]:
        """Let commits wait for the disk or not: then a power cut may take them back, a crash may not."""
        self._wanted = "FULL" if disk else "NORMAL"
        try:
            yield
        finally:
            self._wanted = self._sync

    def _synchronous(self) -> None:
        """Set how far the next commit goes on SQLite (FULL or NORMAL) or PostgreSQL (on or off), where it differs."""
        if self._level != self._wanted and self.database.lasting:
            level = self._wanted
            if self.database.sqlite:
                self._cursor.execute(f"PRAGMA synchronous={level}")
            else:
                self._cursor.execute(f"SET synchronous_commit={'on' if level == 'FULL' else 'off'}")
            self._level = level

    def close(self) -> None:
        """Let go."""
        if self._connection is not None:
            with suppress(Exception):
                self._connection.close()
            self._connection = None


def _lost(connection: Connection) -> bool:
    """Whether the server is no longer at the other end (a file never goes away like that)."""
    return connection.invalidated or bool(getattr(connection.connection.driver_connection, "closed", False))


def is_driver_error(error: BaseException) -> bool:
    """Whether a database driver raised it."""
    return type(error).__module__.startswith(("sqlcipher3", "sqlite3", "psycopg", "sqlalchemy"))
