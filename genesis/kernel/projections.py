"""Projections: tables that a plugin keeps by following the journal, every fact applied exactly once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from sqlalchemy import Select, Table, func, select
from sqlalchemy.sql import visitors

from genesis.db.engine import Database, Readers, Writer, explain
from genesis.db.search import SearchIndex
from genesis.db.statements import Compiled, add, delete_where, insert_row, kept, select_where, upsert
from genesis.kernel.entries import Entry
from genesis.kernel.errors import GenesisError

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

Handler = Callable[["ViewDb", Entry], None]
Since = Literal["start", "enabled", "ask"]
Row = dict[str, Any]
SEVERAL = 10  # values of one column that one select looks for: as many as a sale has lines


class Projection(msgspec.Struct, frozen=True, kw_only=True):
    """A named set of tables and the pure, total functions that keep them from facts.

    handlers: fact kind -> function of (db, entry); it sees the fact and its own tables, nothing else, and
    accepts any order of foreign streams. version: raise it when handlers or tables change (a rebuild
    follows). since: where it begins. rank: lower catches up first.
    """

    name: str
    tables: tuple[Table, ...]
    handlers: Mapping[str, Handler]
    indexes: tuple[SearchIndex, ...] = ()
    version: int = 1
    since: Since = "start"
    rank: int = 50
    plugin: str = ""


class ReadDb(Readers):
    """Reading the views: one autocommit, read-only connection per thread."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._compiled: dict[int, tuple[Select[Any], Compiled]] = {}

    @property
    def dialect(self) -> Dialect:
        """The database's dialect."""
        return self.database.engine.dialect

    def all(self, statement: Select[Any], values: Row | None = None) -> list[Any]:
        """Return all rows."""
        try:
            return self.ask(lambda: list(self.connection.execute(statement, values or {})))
        except Exception as error:
            raise explain(error, reading=True) from error

    def one(self, statement: Select[Any], values: Row | None = None) -> Any | None:
        """Return the first row, or None."""
        rows = self.all(statement.limit(1), values)
        return rows[0] if rows else None

    def page(self, statement: Select[Any], offset: int, limit: int) -> tuple[list[Any], int]:
        """Return some of the rows of a select, and how many it has in all."""
        total = self.all(select(func.count()).select_from(statement.order_by(None).subquery()))[0][0]
        return self.all(statement.offset(offset).limit(limit)), total

    def fast(self, statement: Select[Any], values: Row) -> list[Any]:
        """Return plain tuples of a statement kept at module level; it is compiled once (the hot path)."""
        known = self._compiled.get(id(statement))
        if known is None:
            known = self._compiled[id(statement)] = (statement, kept(statement, "", self.dialect, lambda: statement))
        return self.rows(known[1], values)


class ViewDb:
    """What a handler writes through: lists of rows, statements compiled once, its own tables only."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._dialect = writer.connection.dialect
        self._statements: dict[Any, Compiled] = {}
        self._allowed: frozenset[str] = frozenset()

    def allow(self, names: Iterable[str]) -> None:
        """Set whose tables may be touched from now on."""
        self._allowed = frozenset(names)

    def _compiled(self, table: Table, key: Any, make: Callable[[], Any]) -> Compiled:
        if table.name not in self._allowed:
            raise GenesisError(f"a projection touched {table.name}, which is not its own")
        found = self._statements.get((table, key))
        if found is None:
            found = self._statements[table, key] = kept(table, key, self._dialect, make)
        return found

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert rows (all with the same columns)."""
        if rows:
            names = tuple(rows[0])
            statement = self._compiled(table, ("insert", names), lambda: insert_row(table, names))
            self._writer.run_many(statement, list(rows))

    def upsert(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert rows or replace the given columns of those with the same key."""
        if rows:
            names = tuple(rows[0])
            statement = self._compiled(table, ("upsert", names), lambda: upsert(table, self._dialect, names))
            self._writer.run_many(statement, list(rows))

    def add(self, table: Table, rows: Sequence[Row], deltas: Sequence[str]) -> None:
        """Insert rows or add the delta columns to those with the same key; other columns are replaced."""
        if rows:
            names = tuple(rows[0])

            def make() -> Any:
                keys = {column.name for column in table.primary_key}
                keep = [name for name in names if name not in keys and name not in deltas]
                return add(table, self._dialect, deltas, keep)

            self._writer.run_many(self._compiled(table, ("add", tuple(deltas), names), make), list(rows))

    def delete(self, table: Table, keys: Sequence[Row]) -> None:
        """Delete rows by equality of the named columns."""
        if keys:
            names = tuple(keys[0])
            statement = self._compiled(table, ("delete", names), lambda: delete_where(table, names))
            self._writer.run_many(statement, list(keys))

    def find(self, table: Table, keys: Sequence[Row]) -> list[Row]:
        """Return the rows that have the named columns of any of the keys, as they can be written again."""
        found: list[Row] = []
        if keys:
            names, columns = tuple(keys[0]), table.columns.keys()
            several = len(names) == 1 and len(keys) > 1
            many = SEVERAL if several else 1
            statement = self._compiled(table, ("find", names, many), lambda: select_where(table, names, many))
            for key in together(names[0], keys) if several else keys:
                rows = self._writer.run(statement, key).fetchall()
                found += (dict(zip(columns, row, strict=True)) for row in rows)
        return found

    def all(self, statement: Select[Any]) -> list[Any]:
        """Read from the projection's own tables."""
        for part in visitors.iterate(statement):
            if isinstance(part, Table) and part.name not in self._allowed:
                raise GenesisError(f"a projection read {part.name}, which is not its own")
        return list(self._writer.connection.execute(statement))

    def one(self, statement: Select[Any]) -> Any | None:
        """Read the first row, or None."""
        rows = self.all(statement)
        return rows[0] if rows else None

    def index(self, index: SearchIndex, rows: Sequence[tuple[int, str]]) -> None:
        """Put (number, text) into a search index; an empty text takes the number out."""
        if rows:
            index.put(self._writer, self._dialect, rows)


def together(name: str, keys: Sequence[Row]) -> Iterator[Row]:
    """Yield the values of one column as parameters of one select each; what is left over repeats the last."""
    wanted = list(dict.fromkeys(key[name] for key in keys))
    for start in range(0, len(wanted), SEVERAL):
        part = wanted[start : start + SEVERAL]
        yield {f"{name}{n}": part[min(n, len(part) - 1)] for n in range(SEVERAL)}


def owned(projection: Projection) -> set[str]:
    """Return every table name that belongs to a projection."""
    names = {table.name for table in projection.tables}
    for index in projection.indexes:
        names |= index.table_names()
    return names
