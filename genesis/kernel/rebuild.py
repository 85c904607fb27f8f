"""Rebuilds a projection beside the live one, compares both and swaps in one transaction."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from sqlalchemy import Table, select

from genesis.db import tables as t
from genesis.db.engine import Database, Place
from genesis.db.locks import Hold
from genesis.db.migrate import Tree, upgrade
from genesis.db.search import SearchIndex
from genesis.kernel.projections import Projection
from genesis.kernel.projector import Cursor, Projector

Rows = list[tuple[Any, ...]]


class Rebuilt(NamedTuple):
    """What came of it: rows read, and the tables that differed from the live ones."""

    facts: int
    different: tuple[str, ...]


def rows_of(connection: Any, table: Table) -> list[tuple[Any, ...]]:
    """Return all rows of a table in key order, as plain values."""
    keys = list(table.primary_key) or list(table.columns)
    return [
        tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
        for row in connection.execute(select(table).order_by(*keys))
    ]


def rebuild(projector: Projector, projection: Projection, trees: list[Tree], scratch: Path, *, swap: bool) -> Rebuilt:
    """Build a projection from the journal in a scratch database and compare it with the live one.

    swap: put the rebuilt rows in place and set the cursor; without it this is the doctor's check. The live
    tables answer meanwhile. scratch: a folder on the same disk.
    """
    live = projector.views
    with TemporaryDirectory(dir=scratch, prefix="rebuild-") as folder:
        place = (
            Place(f"sqlite:///{folder}/views.db", "views", live.place.key)
            if live.sqlite
            else Place(live.place.url, f"{live.place.schema}_rebuild_{Path(folder).name[-8:].lower()}")
        )
        side = Database(place, Path(folder) / "turn")
        builder: Projector | None = None
        try:
            upgrade(side, trees)
            builder = Projector(side, projector.journal, [projection], Hold(Path(folder) / "lease"))
            builder.ensure()
            builder.catch_up(24 * 3600.0)
            with projector._mutex:  # noqa: SLF001  the live side stands still while the last facts are compared
                return _finish(projector, builder, projection, swap=swap)
        finally:
            if builder is not None:
                builder.close()
            if not live.sqlite:
                with side.connect() as connection:
                    connection.exec_driver_sql(f'DROP SCHEMA IF EXISTS "{place.schema}" CASCADE')
            side.close()


def _finish(projector: Projector, builder: Projector, projection: Projection, *, swap: bool) -> Rebuilt:
    """Compare both sides at the same fact, whatever another process adds to the live one meanwhile; then swap."""
    name = projection.name
    while projector.step():
        pass
    if not swap:
        projector.wait(builder.cursors()[name].pos, name)
    with projector.views.connect(readonly=True) as live, projector.views.snapshot(live):
        reached = live.execute(select(t.cursors.c.pos).where(t.cursors.c.projection == name)).scalar_one_or_none() or 0
        builder.advance_to(name, reached)
        with builder.views.connect(readonly=True) as side:
            fresh = {table: rows_of(side, table) for table in projection.tables}
            words = {index: index.rows(side) for index in projection.indexes}
        different = tuple(
            [table.name for table in projection.tables if rows_of(live, table) != fresh[table]]
            + [index.name for index in projection.indexes if index.rows(live) != words[index]]
        )
    cursor = builder.cursors()[name]
    if swap:
        _swap(projector, projection, fresh, words, cursor)
    return Rebuilt(cursor.pos, different)


def _swap(
    projector: Projector,
    projection: Projection,
    fresh: dict[Table, Rows],
    words: dict[SearchIndex, Any],
    cursor: Cursor,
) -> None:
    """Put the rebuilt rows in place of the live ones, with their cursor, in one transaction."""
    writer = projector._writer  # noqa: SLF001
    projector.db.allow({table.name for table in projection.tables})
    with writer.transaction():
        for table, rows in fresh.items():
            writer.connection.execute(table.delete())
            names = table.columns.keys()
            projector.db.insert(table, [dict(zip(names, row, strict=True)) for row in rows])
        for index, pairs in words.items():
            index.replace(writer, pairs)
        projector.put(projection.name, cursor.pos, cursor.hash, projection.version, cursor.open)
    projector.retry_now()
