"""Reading and changing master data: one append per change, guards for what must be unique."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec
import uuid_utils
from sqlalchemy import Select, bindparam, func, select

from genesis.hooks import platform as specs
from genesis.kernel.cards import refuse, refuse_any
from genesis.kernel.errors import NotReady, Refused, UserError
from genesis.kernel.facts import RecordDeleted, RecordSaved, RecordsLoaded
from genesis.kernel.guards import Expect, Free, Guard, Unique
from genesis.kernel.persons import ERASED
from genesis.kernel.records import Change, Keyed, Records, Row

if TYPE_CHECKING:
    from genesis.kernel.persons import Keys
    from genesis.kernel.pos import Pos

BREATH = 0.001  # seconds between chunks: whoever waits at the turnstile goes first
CHUNK = 250  # rows of one fact of an import: small enough that a sale beside it waits a few milliseconds
CHUNK_BYTES = 160 * 1024


class Loaded(msgspec.Struct, kw_only=True):
    """How far a bulk import came: whole chunks only."""

    chunks: int = 0
    rows: int = 0
    cancelled: bool = False


class RecordSet:
    """The records of one kind, bound to a house: read and change them."""

    def __init__(self, pos: Pos, records: Records, keys: Keys) -> None:
        self._pos, self.records, self._keys = pos, records, keys
        table = records.table
        self._by_id = select(table).where(table.c.id == bindparam("id"))
        self._children = {
            field: select(child).where(child.c.id == bindparam("id")).order_by(*child.primary_key)
            for field, child in records.children.items()
        }

    # -- reading -------------------------------------------------------------------------------------------

    def get(self, record_id: str) -> Row | None:
        """Return a record with its children, as the views know it."""
        rows = self._pos.db.fast(self._by_id, {"id": record_id})
        if not rows:
            return None
        row = dict(zip(self.records.table.columns.keys(), rows[0], strict=True))
        row.pop("num", None)
        for field, statement in self._children.items():
            columns = self.records.children[field].columns.keys()
            parts = [dict(zip(columns, part, strict=True)) for part in self._pos.db.fast(statement, {"id": record_id})]
            row[field] = [{k: v for k, v in part.items() if k != "id"} for part in parts]
        return row

    def search(self, typed: str, limit: int = 20, where: Select[Any] | None = None) -> list[Row]:
        """Return records whose indexed text has every typed word (prefixes count), or all in key order."""
        table = self.records.table
        base = where if where is not None else select(table)
        if typed.strip() and self.records.index:
            found = self.records.index.find(self._pos.db.connection, typed, max(limit, 200))
            base = base.where(table.c.num.in_(found))
        return [dict(row._mapping) for row in self._pos.db.all(base.limit(limit))]  # noqa: SLF001

    def count(self) -> int:
        """Return how many there are."""
        return int(self._pos.db.all(select(func.count()).select_from(self.records.table))[0][0])

    def rev(self, record_id: str) -> int:
        """Return the current revision, 0 where it does not exist (never lags)."""
        return self._pos.journal.balance(f"rev:{self.records.name}", record_id)

    def owners(self, space: str, keys: Iterable[str]) -> dict[str, str]:
        """Return unique value -> id of the record that has it, for those that are taken (never lags)."""
        guarded = {self._guarded(space, key): key for key in keys}
        held = self._pos.journal.held(space, guarded)
        return {guarded[key]: owner.removeprefix(f"{self.records.name}:") for key, (owner, _) in held.items()}

    def ask(self, record_id: str, before: Row | None, after: Row | None) -> None:
        """Ask every plugin whether a record may be created, changed or deleted; raises Veto or Confirm.

        Raises UserError by field where a text holds a card number, which nobody may keep.
        """
        refuse(after or {})
        action: Any = "delete" if after is None else "change" if before else "create"
        change = Change(record=self.records.name, action=action, id=record_id,
                        before=None if before is None else dict(before),
                        after=None if after is None else dict(after))  # fmt: skip
        self._pos.hooks.each(specs.check_change)(change=change)

    # -- changing ------------------------------------------------------------------------------------------

    def save(self, values: Row, rev: int | None = None, record_id: str = "") -> str:
        """Create or change a record and return its id; visible to this process on return.

        rev: the revision the change is based on; another one refuses (somebody changed it meanwhile).
        Raises UserError naming the field, Refused for a unique value taken, Veto from `check_change`.
        """
        self._pos.permissions.require(self.records.permission, self.records.name)
        row = self._checked(values)
        record_id = record_id or str(values.get("id") or uuid_utils.uuid7())
        now = self.rev(record_id)
        before = self._settled(record_id, now)
        self.ask(record_id, before, row)
        guards: list[Guard] = [Expect(f"rev:{self.records.name}", record_id, now if rev is None else rev)]
        guards += self._keys_moved(record_id, before, row)
        public, sealed = self._split(record_id, row)
        differs = {k: v for k, v in (before or {}).items() if k in public and public[k] != v} if before else None
        done = self._pos.journal.append(
            RecordSaved(record=self.records.name, id=record_id, rev=now + 1, values=public, before=differs,
                        person=record_id if sealed else "", sealed=sealed),
            guards=guards,
        )  # fmt: skip
        self._pos.journal.wait(done.pos, self.records.name)
        return record_id

    def delete(self, record_id: str, rev: int | None = None) -> None:
        """Delete a record; its unique values are free again."""
        self._pos.permissions.require(self.records.permission, self.records.name)
        now = self.rev(record_id)
        before = self._settled(record_id, now)
        if before is None:
            raise UserError(f"{self.records.title or self.records.name} {record_id} does not exist", "", "id")
        self.ask(record_id, before, None)
        guards: list[Guard] = [Expect(f"rev:{self.records.name}", record_id, now if rev is None else rev)]
        guards += self._keys_moved(record_id, before, None)
        public = {k: v for k, v in before.items() if k not in self.records.private}
        done = self._pos.journal.append(
            RecordDeleted(record=self.records.name, id=record_id, rev=now + 1, before=public), guards=guards
        )
        self._pos.journal.wait(done.pos, self.records.name)

    def load(
        self,
        rows: Iterable[Row],
        *,
        source: str = "",
        chunk: int = CHUNK,
        progress: Callable[[int], bool] | None = None,
    ) -> Loaded:
        """Create or change many records (already valid, with ids), one fact per chunk.

        progress(rows so far) may return False to stop: whole chunks stay. Between chunks others have their turn,
        and the logs of the databases are kept short.
        """
        self._pos.permissions.require("records.import", self.records.name)
        result = Loaded()
        for part in _chunks(rows, chunk):
            fact, guards = self.loading(part, source)
            self._pos.journal.append(fact, guards=guards)
            with suppress(NotReady):  # no faster than the tables follow, or every reader would have to wait for them
                self._pos.journal.wait(self._pos.journal.raw.pos(), self.records.name)
            self._pos.journal.raw.database.relieve()
            self._pos.db.database.relieve()
            result.chunks += 1
            time.sleep(BREATH)
            result.rows += len(part)
            if progress is not None and not progress(result.rows):
                result.cancelled = True
                break
        self._pos.journal.wait(self._pos.journal.raw.pos(), self.records.name, timeout=600)
        return result

    def loading(self, part: Sequence[Row], source: str = "") -> tuple[RecordsLoaded, list[Guard]]:
        """Return the fact of a few rows as of `load`, and its guards, to be appended with others of one deed."""
        self._pos.permissions.require("records.import", self.records.name)
        guards: list[Guard] = []
        stored: list[Row] = []
        space = f"rev:{self.records.name}"
        revisions = self._pos.journal.held(space, [row["id"] for row in part])
        refuse_any(part)
        for row in part:
            record_id = row["id"]
            now = revisions.get(record_id, ("", 0))[1]
            before = self._settled(record_id, now) if now else None
            guards.append(Expect(space, record_id, now))
            guards += self._keys_moved(record_id, before, row)
            public, sealed = self._split(record_id, row)
            stored.append(public | {"id": record_id, "rev": now + 1} | ({"sealed": sealed} if sealed else {}))
        return RecordsLoaded(record=self.records.name, rows=tuple(stored), source=source), guards

    # -- parts ---------------------------------------------------------------------------------------------

    def _checked(self, values: Row) -> Row:
        unknown = set(values) - set(self.records.fields) - {"id", "rev"}
        if unknown:
            name = min(unknown)
            raise UserError(f"{name}: there is no such field", f"use {', '.join(self.records.fields)}", name)
        row = {name: values.get(name) for name in self.records.fields}
        refuse(row)
        return self.records.check(row) if self.records.check else row

    def _settled(self, record_id: str, rev: int) -> Row | None:
        """Return the record at this revision, waiting for the views if they are behind."""
        if rev == 0:
            return None
        row = self.get(record_id)
        if row is None or row["rev"] != rev:
            self._pos.journal.wait(self._pos.journal.raw.pos(), self.records.name)
            row = self.get(record_id)
        return None if row is None else {k: v for k, v in row.items() if k not in {"id", "rev"}}

    def freed(self, record_id: str) -> list[Guard]:
        """Return the guards that give a record's unique values back (for who erases a person)."""
        return self._keys_moved(record_id, self._settled(record_id, self.rev(record_id)), None)

    def _unique(self, row: Row | None) -> list[Keyed]:
        found = self.records.unique(row) if row and self.records.unique else []
        return [(space, self._guarded(space, key)) for space, key in found]

    def _guarded(self, space: str, key: str) -> str:
        """Return what a unique value is called in guards; that of a person says nothing without the store's key."""
        return self._keys.digest(f"{space}/{key}") if self.records.private else key

    def _keys_moved(self, record_id: str, before: Row | None, after: Row | None) -> list[Guard]:
        old, new = set(self._unique(before)), self._unique(after)
        owner = f"{self.records.name}:{record_id}"
        freed: list[Guard] = [Free(space, key, owner) for space, key in sorted(old - set(new))]
        return freed + [Unique(space, key, owner) for space, key in new if (space, key) not in old]

    def _split(self, record_id: str, row: Row) -> tuple[Row, str]:
        if not self.records.private:
            return row, ""
        if self._pos.journal.state(ERASED, record_id):
            raise Refused(f"{self.records.title or self.records.name} {record_id} was erased", "make a new one", "id")
        secret = {k: v for k, v in row.items() if k in self.records.private}
        return {k: v for k, v in row.items() if k not in self.records.private}, self._keys.seal(record_id, secret)


def _chunks(rows: Iterable[Row], limit: int) -> Iterator[list[Row]]:
    part: list[Row] = []
    size = 0
    for row in rows:
        cost = len(msgspec.json.encode(row))
        if part and (len(part) >= limit or size + cost > CHUNK_BYTES):
            yield part
            part, size = [], 0
        part.append(row)
        size += cost
    if part:
        yield part
