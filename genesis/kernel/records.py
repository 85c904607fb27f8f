"""Records: master data without ceremony; every change is a fact, with who, when, before and after for free."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from sqlalchemy import Table, func, select

from genesis.db.search import SearchIndex
from genesis.kernel.projections import Projection, ViewDb

if TYPE_CHECKING:
    from genesis.kernel.entries import Entry
    from genesis.kernel.persons import Keys

Row = dict[str, Any]
Keyed = tuple[str, str]  # guard space, key


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What `check_change` is asked about."""

    record: str
    action: Literal["create", "change", "delete"]
    id: str
    before: Row | None
    after: Row | None


class Records(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of master data and the table it is kept in.

    table: columns id (key), rev, num (where indexed), and the values. children: field -> table with a
    column `id` (the record's) for each entry of that list field. unique: values -> guard keys that belong to
    this record alone. private: fields encrypted per person (the record is the person; None once erased).
    check: values -> values, normalised, or UserError naming the field. index/text: search as you type.
    permission: what a change needs.
    """

    name: str
    table: Table
    title: str = ""
    children: Mapping[str, Table] = {}
    unique: Callable[[Row], list[Keyed]] | None = None
    private: tuple[str, ...] = ()
    check: Callable[[Row], Row] | None = None
    index: SearchIndex | None = None
    text: Callable[[Row], str] | None = None
    version: int = 1
    rank: int = 30
    permission: str = "records.change"

    @property
    def fields(self) -> tuple[str, ...]:
        """The value fields, children included."""
        own = [c.name for c in self.table.columns if c.name not in {"id", "rev", "num"}]
        return (*own, *self.children)


class RecordHandlers:
    """The pure handlers that keep a record's tables."""

    def __init__(self, records: Records, keys: Keys) -> None:
        self.records, self.keys = records, keys

    def projection(self, plugin: str) -> Projection:
        """Return the projection of these records."""
        records = self.records
        handlers: dict[str, Callable[[ViewDb, Entry], None]] = {
            "record.saved": self.saved, "record.deleted": self.deleted, "records.loaded": self.loaded,
        }  # fmt: skip
        if records.private:
            handlers["person.erased"] = self.erased
        return Projection(
            name=records.name,
            tables=(records.table, *records.children.values()),
            handlers=handlers,
            indexes=(records.index,) if records.index else (),
            version=records.version,
            rank=records.rank,
            plugin=plugin,
        )

    def saved(self, db: ViewDb, entry: Entry) -> None:
        """One record was created or changed."""
        fact: Any = entry.fact
        if fact.record == self.records.name:
            values = fact.values
            if self.records.private:
                values = values | self._opened(fact.person, fact.sealed)
            self._put(db, [values | {"id": fact.id, "rev": fact.rev}])

    def loaded(self, db: ViewDb, entry: Entry) -> None:
        """A chunk of an import."""
        fact: Any = entry.fact
        if fact.record == self.records.name:
            rows = [dict(row) for row in fact.rows]
            if self.records.private:
                rows = [row | self._opened(row["id"], row.pop("sealed", "")) for row in rows]
            self._put(db, rows)

    def deleted(self, db: ViewDb, entry: Entry) -> None:
        """One record was deleted."""
        fact: Any = entry.fact
        if fact.record == self.records.name:
            self._unindex(db, fact.id)
            db.delete(self.records.table, [{"id": fact.id}])
            for child in self.records.children.values():
                db.delete(child, [{"id": fact.id}])

    def erased(self, db: ViewDb, entry: Entry) -> None:
        """A person was erased: what was kept of them goes blank."""
        fact: Any = entry.fact
        self.keys.forget_cached()
        for kept in db.find(self.records.table, [{"id": fact.person}]):
            blank = {f: None for f in self.records.private if f in kept}
            db.upsert(self.records.table, [kept | blank])
            for field, child in self.records.children.items():
                if field in self.records.private:
                    db.delete(child, [{"id": fact.person}])
            self._unindex(db, fact.person)

    def _opened(self, person: str, sealed: str) -> Row:
        found = self.keys.open(person, sealed) or {}
        empty: Row = {f: [] if f in self.records.children else None for f in self.records.private}
        return empty | found

    def _put(self, db: ViewDb, rows: list[Row]) -> None:
        records = self.records
        names = records.table.columns.keys()
        there = {row["id"] for row in rows}
        if "num" in names:
            there &= self._number(db, rows)
        db.upsert(records.table, [{name: row.get(name) for name in names} for row in rows])
        for field, child in records.children.items():
            db.delete(child, [{"id": one} for one in there])
            columns = child.columns.keys()
            entries = [{c: part.get(c) for c in columns} | {"id": row["id"]}
                       for row in rows for part in row.get(field) or ()]  # fmt: skip
            db.upsert(child, entries)
        if records.index and records.text:
            db.index(records.index, [(row["num"], records.text(row)) for row in rows])

    def _number(self, db: ViewDb, rows: list[Row]) -> set[str]:
        """Give new rows the next numbers and return those that are there.

        Rows of an index in the order they come cost a fifth of random ones.
        """
        table = self.records.table
        ids = [row["id"] for row in rows]
        known = {row[0]: row[1] for row in db.all(select(table.c.id, table.c.num).where(table.c.id.in_(ids)))}
        there = set(known)
        last = db.all(select(func.max(table.c.num)))[0][0] or 0
        for row in rows:
            if row["id"] not in known:
                last = known[row["id"]] = last + 1
            row["num"] = known[row["id"]]
        return there

    def _unindex(self, db: ViewDb, record_id: str) -> None:
        table = self.records.table
        if self.records.index:
            found = db.all(select(table.c.num).where(table.c.id == record_id))
            db.index(self.records.index, [(row[0], "") for row in found])
