"""Builds projections again beside the live ones, tells what differs, and puts it right in one transaction.

The databases compare themselves: only what differs is ever read or written, so that a rebuild of tables that are as
they should be stands in nobody's way, however many rows they have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from sqlalchemy import ColumnElement, TableClause, column, delete, exists, insert, select, table as named
from sqlalchemy.engine import Connection, Dialect

from genesis.db import tables as t
from genesis.db.engine import Database
from genesis.db.locks import Hold
from genesis.db.migrate import Tree, upgrade
from genesis.db.place import Place
from genesis.db.statements import Compiled, kept
from genesis.kernel.errors import NotReady
from genesis.kernel.projections import Projection
from genesis.kernel.projector import Projector

BESIDE = "beside"  # what SQLite calls the rebuilt database where both are open
TRIES = 100
AT_MOST = 24 * 3600.0  # seconds that a side may take to catch up


class Rebuilt(NamedTuple):
    """What came of it: facts read, and the tables that differed from the live ones."""

    facts: int
    different: tuple[str, ...]


class Kind(NamedTuple):
    """A table of a projection, or what its search index keeps, on both sides."""

    name: str
    key: tuple[str, ...]
    live: TableClause
    fresh: TableClause

    def lacking(self, here: TableClause, there: TableClause) -> ColumnElement[bool]:
        """Return the condition that a row of one side is not, as it is, on the other."""
        same = (
            there.c[name] == here.c[name] if name in self.key else there.c[name].is_not_distinct_from(here.c[name])
            for name in here.c.keys()  # noqa: SIM118  a collection of columns, not a dict
        )
        return ~exists().where(*same).correlate(here)

    def differs(self, connection: Connection) -> bool:
        """Whether any row is on one side alone."""
        sides = ((self.live, self.fresh), (self.fresh, self.live))
        return any(connection.exec_driver_sql(self._lacks(connection.dialect, *side).sql).scalar() for side in sides)

    def _lacks(self, dialect: Dialect, here: TableClause, there: TableClause) -> Compiled:
        return kept(here, "lacks", dialect, lambda: select(exists().select_from(here).where(self.lacking(here, there))))

    def mend(self, connection: Connection) -> bool:
        """Take out of the live side what is wrong and put in what is missing; whether there was any."""
        missing = select(*self.fresh.c).where(self.lacking(self.fresh, self.live))
        out = delete(self.live).where(self.lacking(self.live, self.fresh))
        back = insert(self.live).from_select(list(self.live.c.keys()), missing)
        counted = {"preserve_rowcount": True}
        return sum(connection.execute(one, execution_options=counted).rowcount for one in (out, back)) > 0


class Beside:
    """Projections built again from the journal, in a database of their own beside the live one."""

    def __init__(self, live: Projector, built: Projector) -> None:
        self._live, self._built, self._sqlite = live, built, live.views.sqlite

    def compare(self, name: str) -> Rebuilt:
        """Tell which tables differ from the live ones at the same fact; NotReady where they do not get there."""
        for _ in range(TRIES):
            reached = self._reach(name)
            self._live.wait(reached, name)
            views = self._live.views
            with views.connect(readonly=True) as live, self._attached(live), views.snapshot(live):
                if _position(live, name) == reached:
                    return Rebuilt(reached, tuple(kind.name for kind in self._kinds(name) if kind.differs(live)))
        raise _too_fast(name)

    def swap(self, name: str) -> Rebuilt:
        """Make the live tables what the rebuilt ones are, with their cursor, in one transaction."""
        live, writer = self._live, self._live._writer  # noqa: SLF001
        with live._mutex, self._attached(writer.connection):  # noqa: SLF001  in this process the live side stands still
            for _ in range(TRIES):
                reached = self._reach(name)
                with writer.transaction():
                    at = _position(writer.connection, name)
                    if at <= reached or at > live.journal.pos():  # beyond its end: it followed a newer journal
                        different = tuple(x.name for x in self._kinds(name) if x.mend(writer.connection))
                        cursor, version = self._built.cursors()[name], self._built.projections[name].version
                        live.put(name, cursor.pos, cursor.hash, version, cursor.open)
                        break
            else:
                raise _too_fast(name)
        live.retry_now()
        return Rebuilt(reached, different)

    def _reach(self, name: str) -> int:
        """Bring the rebuilt side to the fact that the live one has reached, and return where it stands."""
        self._live.catch_up(AT_MOST)
        self._built.advance_to(name, min(self._live.cursors()[name].pos, self._live.journal.pos()))
        return self._built.cursors()[name].pos

    @contextmanager
    def _attached(self, connection: Connection) -> Iterator[None]:
        """Let a connection see both sides."""
        place = self._built.views.place
        if not self._sqlite:  # a schema of the same database
            yield
            return
        key = "" if place.key is None else f"x'{place.key.hex()}'"
        connection.exec_driver_sql(f"ATTACH DATABASE ? AS {BESIDE} KEY ?", (str(place.path), key))
        try:
            yield
        finally:
            connection.exec_driver_sql(f"DETACH DATABASE {BESIDE}")

    def _kinds(self, name: str) -> Iterator[Kind]:
        projection = self._built.projections[name]
        for table in projection.tables:
            yield self._kind(table.name, tuple(table.columns.keys()), tuple(c.name for c in table.primary_key))
        for index in projection.indexes:
            number = index.number(sqlite=self._sqlite)
            yield self._kind(index.name, (number, "text"), (number,))

    def _kind(self, name: str, columns: tuple[str, ...], key: tuple[str, ...]) -> Kind:
        places = self._live.views.place, self._built.views.place
        return _kind(name, columns, key, ("main", BESIDE) if self._sqlite else tuple(at.schema for at in places))


@lru_cache(maxsize=1024)  # the statements that are kept with a table are found again by the next rebuild
def _kind(name: str, columns: tuple[str, ...], key: tuple[str, ...], schemas: tuple[str | None, ...]) -> Kind:
    return Kind(name, key, *(named(name, *map(column, columns), schema=schema) for schema in schemas))


def _position(connection: Connection, name: str) -> int:
    """Return how far a projection has come, -1 where it has not begun."""
    found = connection.execute(select(t.cursors.c.pos).where(t.cursors.c.projection == name)).scalar_one_or_none()
    return -1 if found is None else int(found)


def _too_fast(name: str) -> NotReady:
    return NotReady(f"{name} changes faster than it can be compared", "repeat it in a quiet moment")


@contextmanager
def beside(live: Projector, projections: Sequence[Projection], trees: list[Tree], scratch: Path) -> Iterator[Beside]:
    """Build projections from the journal; the live tables answer meanwhile. scratch: a folder on the same disk."""
    place = live.views.place
    with TemporaryDirectory(dir=scratch, prefix="rebuild-") as folder:
        own = (
            Place(f"sqlite:///{folder}/views.db", "views", place.key)
            if place.sqlite
            else Place(place.url, f"{place.schema}_rebuild_{Path(folder).name[-8:].lower()}")
        )
        side = Database(own, Path(folder) / "turn", lasting=False)
        built: Projector | None = None
        try:
            upgrade(side, trees)
            built = Projector(side, live.journal, projections, Hold(Path(folder) / "lease"))
            built.ensure()
            built.catch_up(AT_MOST)
            yield Beside(live, built)
        finally:
            if built is not None:
                built.close()
            if not own.sqlite:
                with side.connect() as connection:
                    connection.exec_driver_sql(f'DROP SCHEMA IF EXISTS "{own.schema}" CASCADE')
            side.close()
