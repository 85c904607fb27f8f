"""A page for master data: the list of a plugin's records, a form for one, made from what the plugin says of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import ColumnElement, Select, select

from genesis.hooks.pages import (
    Act,
    Cell,
    Column,
    Done,
    Drawer,
    ListPage,
    PageAction,
    PageRow,
    Query,
    Rows,
    Section,
    Text,
)
from genesis.hooks.values import Value
from genesis.kernel.errors import UserError
from genesis.kernel.fields import FieldSpec
from genesis.kernel.records import Records

if TYPE_CHECKING:
    from genesis.kernel.pos import Pos

Values = dict[str, str]


def _texts(row: dict[str, Any]) -> Values:
    return {name: "" if value is None else str(value) for name, value in row.items()}


class RecordPage(Value, frozen=True, kw_only=True):
    """How records are shown and changed. fields: the form; cells: of a row of their table; name: its first column.

    read: a whole record -> what stands in the form; write: what stands there and the record before -> the record;
    found: narrows the list to typed text; more: what else is told of one; actions: besides deleting it;
    ids: whether their ids are words that people use.
    """

    records: Records
    columns: tuple[Column, ...]
    cells: Callable[[Any, Any], tuple[Text | Cell, ...]]
    fields: Callable[[Any], tuple[FieldSpec, ...]]
    order: ColumnElement[Any]
    sorts: Mapping[str, ColumnElement[Any]] = {}
    read: Callable[[dict[str, Any]], Values] = _texts
    write: Callable[[Values, dict[str, Any]], dict[str, Any]] = lambda values, _before: dict(values)
    found: Callable[[Any, Select[Any], str], Select[Any]] | None = None
    more: Callable[[Any, str], list[Section]] = lambda _pos, _record: []
    actions: tuple[PageAction, ...] = ()
    deletable: bool = True
    ids: bool = False
    name: str = "name"
    icon: str = "file"
    hint: str = ""
    empty: str = ""

    def page(self) -> ListPage:
        """Return the page."""
        delete = PageAction(id="delete", title="Delete", icon="trash-2", permission=self.records.permission, on="row",
                            run=self._delete, danger=True)  # fmt: skip
        return ListPage(columns=self.columns, rows=self._find, hint=self.hint, drawer=self._drawer, new=self._new,
                        actions=(*self.actions, *((delete,) if self.deletable else ())), empty=self.empty)  # fmt: skip

    def _find(self, pos: Pos, query: Query) -> Rows:
        table = self.records.table
        base = select(table)
        if query.text.strip() and self.found is not None:
            base = self.found(pos, base, query.text)
        ordered = base.order_by(query.order(self.sorts, self.order), table.c.id)
        rows, total = pos.db.page(ordered, query.offset, query.limit)
        shown = tuple(PageRow(id=row.id, cells=self.cells(pos, row), icon=self.icon) for row in rows)
        return Rows(rows=shown, total=total)

    def _record(self, pos: Pos, record: str) -> dict[str, Any]:
        row = pos.records(self.records.name).get(record)
        if row is None:
            raise UserError(f"this {self._noun} is gone", "look at the list again", "id")
        return row

    @property
    def _noun(self) -> str:
        return (self.records.title or "record").lower()

    def _drawer(self, pos: Pos, record: str) -> Drawer:
        row = self._record(pos, record)
        return self._form(pos, record, row, str(row.get(self.name) or ""))

    def _new(self, pos: Pos) -> Drawer:
        return msgspec.structs.replace(self._form(pos, "", {}, "New"), small=self.records.title)

    def _form(self, pos: Pos, record: str, row: dict[str, Any], title: str) -> Drawer:
        fields = self.fields(pos)
        empty = dict.fromkeys((field.name for field in fields), "")
        values = empty | {name: text for name, text in self.read(row).items() if name in empty}

        def save(pos: Pos, changes: Values) -> Done:
            before = {name: value for name, value in row.items() if name not in {"id", "rev"}}
            written = self.write(values | changes, before)
            kept = pos.records(self.records.name).save(written, rev=row["rev"] if record else None, record_id=record)
            return Done(text=f"{written.get(self.name, '')}: saved", open=kept)

        more = self.more(pos, record) if record else []
        return Drawer(title=title, small=record[:40] if self.ids else "", sections=(Section(fields=fields), *more),
                      values=values, save=save, permission=self.records.permission)  # fmt: skip

    def _delete(self, pos: Pos, act: Act) -> Done:
        row, records = self._record(pos, act.rows[0]), pos.records(self.records.name)
        records.delete(act.rows[0])
        kept = {name: value for name, value in row.items() if name not in {"id", "rev"}}

        def undo(pos: Pos) -> None:
            pos.records(self.records.name).save(kept, record_id=act.rows[0])

        return Done(text=f"{row.get(self.name) or 'It'} was deleted", undo=undo)
