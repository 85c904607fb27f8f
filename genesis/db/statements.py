"""Statements written once with SQLAlchemy Core and compiled once for each database: the hot path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, ClauseElement, Table, bindparam, delete, insert, literal_column, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import visitors


class Compiled:
    """SQL text for one dialect, and how named values become its parameters."""

    def __init__(self, clause: ClauseElement, dialect: Dialect) -> None:
        compiled = _written_out(clause).compile(dialect=dialect)
        self.sql = str(compiled)
        fixed = {k: v for k, v in compiled.params.items() if v is not None}
        names: Sequence[str] | None = getattr(compiled, "positiontup", None)
        self.bind: Callable[[dict[str, Any]], Any]
        if names is None:
            self.bind = (lambda values: fixed | values) if fixed else (lambda values: values)
        elif fixed:
            self.bind = lambda values: [values[n] if n in values else fixed[n] for n in names]
        elif len(names) > 1:
            self.bind = itemgetter(*names)
        else:
            self.bind = lambda values: [values[n] for n in names]


def _written_out(clause: Any) -> Any:
    """Return a statement with its fixed whole numbers as text: SQLite plans it anew whenever its LIMIT is bound."""

    def text(part: Any, **_: Any) -> Any:
        fixed = isinstance(part, BindParameter) and type(part.value) is int
        return literal_column(str(part.value)) if fixed else None

    replace: Any = visitors.replacement_traverse
    return replace(clause, {}, text)


_kept: WeakKeyDictionary[Any, dict[Any, Compiled]] = WeakKeyDictionary()


def kept(owner: Any, key: Any, dialect: Dialect, make: Callable[[], Any]) -> Compiled:
    """Return a statement compiled once in this process, for as long as its owner (a table, a select) is there.

    key: what tells it from the owner's others; make: gives the clause.
    """
    known = _kept.setdefault(owner, {})
    at = (dialect.name, key)
    if at not in known:
        known[at] = Compiled(make(), dialect)
    return known[at]


def _insert(dialect: Dialect) -> Callable[[Table], sqlite.Insert]:
    """Return what makes an insert that may meet its key; PostgreSQL's is imported where it is used: it takes long."""
    if dialect.name == "sqlite":
        return sqlite.insert
    from sqlalchemy.dialects import postgresql

    return cast("Callable[[Table], sqlite.Insert]", postgresql.insert)  # they are alike in what is asked of them


def upsert(table: Table, dialect: Dialect, columns: Sequence[str] | None = None) -> ClauseElement:
    """Insert, or replace the given columns (all, if none are named) of the row with the same key."""
    keys = [column.name for column in table.primary_key]
    names = [c for c in (columns if columns is not None else table.columns.keys()) if c not in keys]
    statement = _insert(dialect)(table).values({c: bindparam(c) for c in [*keys, *names]})
    if not names:
        return statement.on_conflict_do_nothing(index_elements=keys)
    return statement.on_conflict_do_update(index_elements=keys, set_={c: statement.excluded[c] for c in names})


def add(table: Table, dialect: Dialect, deltas: Sequence[str], keep: Sequence[str]) -> ClauseElement:
    """Insert, or add the delta columns to the row with the same key (and replace the `keep` columns)."""
    keys = [column.name for column in table.primary_key]
    statement = _insert(dialect)(table).values({c: bindparam(c) for c in [*keys, *deltas, *keep]})
    changes = {c: table.c[c] + statement.excluded[c] for c in deltas}
    return statement.on_conflict_do_update(index_elements=keys, set_=changes | {c: statement.excluded[c] for c in keep})


def insert_row(table: Table, columns: Sequence[str]) -> ClauseElement:
    """Plain insert of the named columns."""
    return insert(table).values({c: bindparam(c) for c in columns})


def delete_where(table: Table, columns: Sequence[str]) -> ClauseElement:
    """Delete rows by equality of the named columns."""
    return delete(table).where(*(table.c[column] == bindparam(column) for column in columns))


def select_where(table: Table, columns: Sequence[str], several: int = 1) -> ClauseElement:
    """Select rows by equality of the named columns; several: by so many values of one column."""
    if several > 1:
        column: Any = table.c[columns[0]]
        return select(table).where(column.in_([bindparam(f"{columns[0]}{n}") for n in range(several)]))
    return select(table).where(*(table.c[column] == bindparam(column) for column in columns))
