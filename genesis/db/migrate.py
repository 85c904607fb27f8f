"""Brings tables to the shape the code expects: one alembic tree and version table for the kernel and each plugin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, Text, event, inspect, select

from genesis.db.engine import Database, Writer
from genesis.db.statements import kept, upsert
from genesis.kernel.errors import RAISED, GenesisError

schema_heads = Table("schema_heads", MetaData(), Column("tree", Text, primary_key=True), Column("head", Text))


@dataclass(frozen=True)
class Tree:
    """A folder of alembic revisions and the head that the code needs; they create and alter, never move data."""

    name: str
    folder: Path
    head: str


KERNEL_JOURNAL = Tree("kernel_journal", Path(__file__).parent / "migrations" / "journal", "0002")
KERNEL_VIEWS = Tree("kernel_views", Path(__file__).parent / "migrations" / "views", "0001")


_known: dict[tuple[Any, ...], list[tuple[str, Any]]] = {}  # tree, dialect, files: what builds its tables from nothing


def heads(database: Database) -> dict[str, str]:
    """Return the head each tree has reached in this database."""
    with database.connect(readonly=True) as connection:
        if not inspect(connection).has_table("schema_heads"):
            return {}
        return {row.tree: row.head for row in connection.execute(select(schema_heads))}


def upgrade(database: Database, trees: Sequence[Tree], reached: Mapping[str, str] | None = None) -> list[str]:
    """Bring the trees to their heads and return the names of those that moved; alembic is imported only then.

    reached: their `heads`, where these were read already. A failing revision leaves its tree as it was and raises
    GenesisError naming it.
    """
    reached = heads(database) if reached is None else reached
    behind = [tree for tree in trees if reached.get(tree.name) != tree.head]
    if behind:
        writer = Writer(database)
        try:
            for tree in behind:
                _run(writer, tree, fresh=tree.name not in reached)
        finally:
            writer.close()
    return [tree.name for tree in behind]


def _run(writer: Writer, tree: Tree, *, fresh: bool) -> None:
    connection = writer.connection
    mark = kept(schema_heads, "mark", connection.dialect, lambda: upsert(schema_heads, connection.dialect))
    files = sorted((file.name, file.stat().st_mtime_ns) for file in tree.folder.glob("*.py"))
    built = (tree, connection.dialect.name, *files)
    try:
        with writer.transaction():
            schema_heads.create(connection, checkfirst=True)
            if fresh and built in _known:  # tables that are built beside others are built again and again
                for statement, values in _known[built]:
                    connection.exec_driver_sql(statement, values)
            else:
                with _written(connection) as said:
                    _revise(connection, tree)
                if fresh:
                    _known[built] = said
            writer.run(mark, {"tree": tree.name, "head": tree.head})
    except RAISED as error:
        why = error if isinstance(error, Exception) else f"{type(error).__name__}: {error}"
        raise GenesisError(f"the tables of {tree.name} could not be brought to {tree.head}: {why}") from error


def _revise(connection: Connection, tree: Tree) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "alembic"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(tree.folder))
    config.attributes.update(connection=connection, version_table=f"alembic_version_{tree.name}")
    command.upgrade(config, tree.head)


@contextmanager
def _written(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """Give a list that fills with what is written on a connection meanwhile, as the driver gets it."""
    said: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if statement.split(maxsplit=1)[0].upper() not in {"SELECT", "PRAGMA"}:
            said.append((statement, values))

    event.listen(connection, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(connection, "before_cursor_execute", hear)
