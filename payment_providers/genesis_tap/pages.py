"""The page of tags with what is done with them, and what the store owes on them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from genesis import (
    Cell,
    Column,
    Done,
    Drawer,
    FieldSpec,
    Figure,
    ListPage,
    Money,
    PageAction,
    PageRow,
    Pos,
    Query,
    Report,
    Row,
    Rows,
    Section,
    balances,
    exponent,
    plain,
)
from genesis_tap import office, service
from genesis_tap.models import move, tag_table, turned_away

UID = FieldSpec(
    name="uid", label="Number of the tag", required=True, help="As its maker gave it, such as 04A1B2C3D4E5F6"
)
HEIR = FieldSpec(name="heir", label="Tag it goes to", required=True, help="Its number in the store, 12 digits")
REASON = FieldSpec(name="reason", label="Reason", required=True)


def page(_pos: Pos) -> ListPage:
    """Return the page."""
    return ListPage(
        columns=(
            Column(id="tag", title="Tag", wide=True),
            Column(id="since", title="Prepared", kind="date", sort=True),
            Column(id="last", title="Last used", kind="date", sort=True),
            Column(id="blocked", title="State", kind="badge"),
            Column(id="balance", title="Balance", kind="money", sort=True),
        ),
        rows=find,
        hint="Number of a tag",
        cards=lambda pos: [liability(pos)],
        drawer=drawer,
        actions=_actions(),
        empty="No tag is prepared yet",
    )


def _actions() -> tuple[PageAction, ...]:
    return (
        PageAction(id="prepare", title="Prepare a tag", icon="nfc", permission="tap.prepare", main=True, ask=(UID,),
                   run=lambda pos, act: _to_write(*office.prepare(pos, act.values["uid"]))),
        PageAction(id="here", title="Prepare the tag at the reader", icon="nfc", permission="tap.prepare",
                   run=lambda pos, _act: Done(text=office.prepare_here(pos))),
        PageAction(id="write", title="Write on the tag", icon="pencil", permission="tap.prepare", on="row",
                   shown=lambda pos, tag: service.state(pos, tag) != service.REPLACED,
                   run=lambda pos, act: Done(text=office.write(pos, act.rows[0]))),
        PageAction(id="text", title="Text to write", icon="file-text", permission="tap.prepare", on="row",
                   run=lambda pos, act: _to_write(act.rows[0], office.written(pos, act.rows[0]))),
        PageAction(id="block", title="Block", icon="lock", permission="tap.block", on="row", danger=True, ask=(REASON,),
                   shown=lambda pos, tag: service.state(pos, tag) == service.OPEN,
                   run=lambda pos, act: Done(text=office.block(pos, act.rows[0], act.values["reason"]))),
        PageAction(id="reopen", title="Open again", icon="lock-open", permission="tap.block", on="row",
                   shown=lambda pos, tag: service.state(pos, tag) == service.BLOCKED,
                   run=lambda pos, act: Done(text=office.reopen(pos, act.rows[0]))),
        PageAction(id="replace", title="Replace", icon="arrow-right", permission="tap.move", on="row",
                   ask=(HEIR, REASON), shown=lambda pos, tag: service.state(pos, tag) != service.REPLACED,
                   run=lambda pos, act: Done(text=office.replace(pos, act.rows[0], act.values["heir"].strip(),
                                                                 act.values["reason"]))),
    )  # fmt: skip


def _to_write(tag: str, text: str) -> Done:
    """Return the text as a document: a phone reads it from the screen and writes it on the tag."""
    rows: list[Row] = [("title", "Write this text on the tag", ""), ("text", "Tag", tag), ("text", text, "")]
    rows.append(("qr", text, ""))
    return Done(document=tuple(rows))


def find(pos: Pos, query: Query) -> Rows:
    """Answer a query."""
    base = select(tag_table)
    if query.text.strip():
        base = base.where(tag_table.c.tag.contains(query.text.strip(), autoescape=True))
    sorts = {column.name: column for column in (tag_table.c.since, tag_table.c.last, tag_table.c.balance)}
    ordered = base.order_by(query.order(sorts, tag_table.c.since.desc()), tag_table.c.tag)
    rows, total = pos.db.page(ordered, query.offset, query.limit)
    return Rows(rows=tuple(_row(pos, row) for row in rows), total=total)


def _row(pos: Pos, row: Any) -> PageRow:
    balance = Cell(text=_money(pos, row, row.balance), tone="" if row.balance else "off")
    named, tone = ("Replaced", "off") if row.heir else ("Blocked", "bad") if row.blocked else ("Open", "good")
    cells = (Cell(text=row.tag, small=row.uid or ""), row.since or "", row.last or "",
             Cell(text=named, tone=tone), balance)  # type: ignore[arg-type]  # fmt: skip
    return PageRow(id=row.tag, cells=cells, icon="nfc")


def _money(pos: Pos, row: Any, minor: int) -> Money:
    return Money(minor, row.currency or pos.currency)


def statement(pos: Pos, tag: str) -> list[Any]:
    """Return the movements of a tag, oldest first."""
    ordered = (move.c.day, move.c.stream, move.c.seq, move.c.n)
    return pos.db.all(select(move).where(move.c.tag == tag).order_by(*ordered))


def drawer(pos: Pos, tag: str) -> Drawer:
    """Return a tag with its movements."""
    row = pos.db.all(select(tag_table).where(tag_table.c.tag == tag))[0]
    rows: tuple[Any, ...] = (("Topped up", _money(pos, row, row.loaded)), ("Paid", _money(pos, row, row.spent)),
                             ("Balance", _money(pos, row, row.balance)))  # fmt: skip
    rows += (("Blocked", row.blocked),) if row.blocked else ()
    rows += (("Replaced by", row.heir),) if row.heir else ()
    moves = tuple((Cell(text=m.what, small=m.day), m.number, Money(m.amount, m.currency)) for m in statement(pos, tag))
    listed = Section(title="Movements", columns=("What", "Receipt", "Amount"), rows=moves)
    return Drawer(title=tag, small=row.uid or "", sections=(Section(rows=rows), *([listed] if moves else [])))


def liability(pos: Pos) -> Figure:
    """Return what the store owes on all tags."""
    on_tags, count = balances.owed(pos, tag_table.c.balance)
    note = f"tags with money on them: {count}"
    return Figure(id="tap.liability", title="On tags", value=on_tags, note=note, tone="info",
                  go="tap.tags")  # fmt: skip


def owed(pos: Pos) -> list[Any]:
    """Return the tags that hold something."""
    return pos.db.all(select(tag_table).where(tag_table.c.balance != 0).order_by(tag_table.c.tag))


def _listed(pos: Pos, _parameters: dict[str, str]) -> list[tuple[Any, ...]]:
    return [(r.tag, r.last, plain(r.balance, exponent(r.currency)), r.currency) for r in owed(pos)]


def _movements(pos: Pos, parameters: dict[str, str]) -> list[tuple[Any, ...]]:
    asked = select(move).order_by(move.c.day, move.c.stream, move.c.seq, move.c.n)
    asked = asked.where(move.c.day >= parameters["since"]) if parameters.get("since") else asked
    asked = asked.where(move.c.day <= parameters["until"]) if parameters.get("until") else asked
    return [(m.day, m.number, m.tag, m.what, plain(m.amount, exponent(m.currency)), m.currency)
            for m in pos.db.all(asked)]  # fmt: skip


def _refused(pos: Pos, _parameters: dict[str, str]) -> list[tuple[Any, ...]]:
    asked = select(turned_away).order_by(turned_away.c.day, turned_away.c.stream, turned_away.c.seq)
    return [(row.day, row.tag, row.uid, row.why) for row in pos.db.all(asked)]


REPORTS = (
    Report(id="tap.liability", title="What is on tags", run=_listed,
           columns=("Tag", "Last used", "Balance", "Currency")),
    Report(id="tap.movements", title="Movements of tags", run=_movements,
           columns=("Day", "Receipt", "Tag", "What", "Amount", "Currency")),
    Report(id="tap.turned_away", title="Tags that were turned away", run=_refused,
           columns=("Day", "Tag", "Number of the tag", "Why")),
)  # fmt: skip
