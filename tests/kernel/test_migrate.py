"""Tables that are built again in one process are what alembic made of them the first time."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, text

from genesis.db import migrate
from genesis.db.migrate import KERNEL_JOURNAL, KERNEL_VIEWS, Tree, heads, upgrade
from genesis.plugin.discovery import discover
from genesis.plugin.home import create_home

TREES = [
    KERNEL_JOURNAL,
    KERNEL_VIEWS,
    *(Tree(name, found.folder / "migrations", found.manifest.schema)
      for name, found in sorted(discover().items()) if found.manifest.schema),
]  # fmt: skip


def shape(database):
    """Return everything a database says of its tables, indexes and revisions."""
    with database.connect(readonly=True) as connection:
        there = inspect(connection)
        names = sorted(there.get_table_names())
        made = [(n, there.get_columns(n), there.get_pk_constraint(n), there.get_indexes(n)) for n in names]
        rows = [connection.execute(text(f"SELECT * FROM {n}")).all() for n in names]
        if database.sqlite:
            made += connection.execute(text("SELECT type, name, sql FROM sqlite_master ORDER BY name")).all()
        return str(made), str(rows)


@pytest.fixture
def fresh(tmp_path, database, request):
    """`fresh()`: an empty database, each time another."""
    made = []

    def make():
        url = "sqlite" if database == "sqlite" else request.getfixturevalue("postgres").fresh("")
        made.append(create_home(tmp_path / f"home{len(made)}", "R1", url).database("views"))
        return made[-1]

    return make


def test_the_second_time_is_as_the_first_and_asks_alembic_nothing(fresh, monkeypatch):
    monkeypatch.setattr(migrate, "_known", {})
    first, second = fresh(), fresh()
    assert upgrade(first, TREES) == [tree.name for tree in TREES]
    monkeypatch.delattr("alembic.command.upgrade")
    assert upgrade(second, TREES) == [tree.name for tree in TREES]
    assert heads(second) == {tree.name: tree.head for tree in TREES}
    assert shape(second) == shape(first)


def test_what_failed_is_not_known_and_what_is_half_way_is_asked_of_alembic(fresh, tmp_path, monkeypatch):
    monkeypatch.setattr(migrate, "_known", {})
    folder = tmp_path / "migrations"
    folder.mkdir()
    head = "revision = {}\ndown_revision = {}\nfrom alembic import op\ndef upgrade():\n    op.execute({})\n"
    (folder / "0001.py").write_text(head.format("'0001'", None, "'CREATE TABLE a (b INTEGER)'"))
    database = fresh()
    upgrade(database, [Tree("a", folder, "0001")])
    second = folder / "0002.py"
    second.write_text(head.format("'0002'", "'0001'", "'CREATE TABLEAU c (d INTEGER)'"))
    with pytest.raises(Exception, match="the tables of a could not be brought to 0002"):
        upgrade(fresh(), [Tree("a", folder, "0002")])
    second.write_text(head.format("'0002'", "'0001'", "'CREATE TABLE c (d INTEGER)'"))
    other = fresh()
    upgrade(other, [Tree("a", folder, "0002")])
    upgrade(database, [Tree("a", folder, "0002")])
    assert shape(database) == shape(other)
