"""The page of counts: begin one, count by scanning, see what differs, sign it off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select

from genesis import (
    Act,
    Cell,
    Column,
    Done,
    Drawer,
    FieldSpec,
    Filter,
    ListPage,
    PageAction,
    PageRow,
    Pos,
    Query,
    Row,
    Rows,
    Section,
    UserError,
    exponent,
    item_of,
    plain,
    quantity_text,
)
from genesis_stock.figures import money
from genesis_stock.service import places
from genesis_stock.typed import milli, sees_costs
from genesis_stocktake import cycle, lists, service, sheet
from genesis_stocktake.models import count

BLIND = FieldSpec(name="blind", label="Blind", kind="yesno", help="Who counts is not told what is expected")
CODE = FieldSpec(name="code", label="Code", required=True)
QTY = FieldSpec(name="qty", label="Quantity", kind="number", required=True)
BATCH = FieldSpec(name="batch", label="Batch")
NEW_FILE = FieldSpec(name="file", label="New file (.csv)", kind="file", required=True)
FILLED = FieldSpec(name="file", label="Filled-in sheet (.csv)", kind="file", required=True)
TONES = {"open": "info", "posted": "good", "given up": "off"}


def page(pos: Pos) -> ListPage:
    """Return the page of counts."""
    return ListPage(
        columns=(
            Column(id="title", title="Count", sort=True, wide=True),
            Column(id="location", title="Location"),
            Column(id="day", title="Day", kind="date", sort=True),
            Column(id="state", title="State", kind="badge"),
        ),
        rows=find,
        hint="Title of a count",
        filters=(Filter(id="state", title="State", choices=tuple((one, one.capitalize()) for one in TONES)),),
        drawer=drawer,
        actions=(*_begin(pos), *_actions()),
        scan=scan,
        empty="Nothing was counted yet",
    )


def _begin(pos: Pos) -> tuple[PageAction, ...]:
    """What begins a count."""
    title = FieldSpec(name="title", label="What is counted", required=True)
    where = FieldSpec(
        name="location", label="Location", kind="choice", choices=tuple((at, at or "Store") for at in places(pos))
    )
    only = FieldSpec(name="category", label="Category", help="Empty: everything")
    return (
        PageAction(id="open", title="New count", icon="plus", permission="stocktake.open", run=begin, main=True,
                   ask=(title, where, only, BLIND)),
        PageAction(id="due", title="Count what is due", icon="calendar-clock", permission="stocktake.open",
                   run=begin_due, ask=(title, where, BLIND)),
    )  # fmt: skip


def _actions() -> tuple[PageAction, ...]:
    """What is done with a count."""
    tally, sign = "stocktake.count", "stocktake.post"
    return (
        PageAction(id="count", title="Count", icon="scan-barcode", permission=tally, on="row", run=enter,
                   ask=(CODE, QTY, BATCH), shown=_open),
        PageAction(id="again", title="Recount", icon="rotate-ccw", permission=tally, on="row", run=again,
                   ask=(CODE, QTY, BATCH), shown=_open),
        PageAction(id="sheet", title="Count sheet", icon="file-text", permission=tally, on="row", run=paper),
        PageAction(id="write", title="Sheet as a file", icon="download", permission=tally, on="row", run=write,
                   ask=(NEW_FILE,)),
        PageAction(id="read", title="Read a sheet", icon="upload", permission=tally, on="row", run=read,
                   ask=(FILLED,), shown=_open, long=True),
        PageAction(id="post", title="Post", icon="check", permission=sign, on="row", run=post, sure=_sure,
                   shown=_open),
        PageAction(id="variance", title="Variance", icon="file-text", permission=sign, on="row", run=variance),
        PageAction(id="stop", title="Give up", icon="x", permission=sign, on="row", run=stop, danger=True,
                   sure="What was counted is not posted, the stock stays as it is.", shown=_open),
    )  # fmt: skip


def find(pos: Pos, query: Query) -> Rows:
    """Answer a query, the newest first."""
    every, state = select(count), query.filters.get("state", "")
    if state:
        every = every.where(count.c.state == state)
    for word in query.text.split():
        every = every.where(count.c.title.icontains(word, autoescape=True))
    order = query.order({"title": count.c.title, "day": count.c.day}, count.c.count.desc())
    found, total = pos.db.page(every.order_by(order, count.c.count.desc()), query.offset, query.limit)
    return Rows(rows=tuple(_row(one) for one in found), total=total)


def _row(one: Any) -> PageRow:
    state = Cell(text=one.state.capitalize(), tone=TONES[one.state])  # type: ignore[arg-type]
    what = f"{one.listed} items" if one.listed else one.category
    title = Cell(text=one.title, small=" ".join(filter(None, (what, "blind" if one.blind else ""))))
    return PageRow(id=one.count, icon="clipboard-check", cells=(title, one.location or "Store", one.day, state))


def drawer(pos: Pos, key: str) -> Drawer:
    """Show a count in full; a blind one without what is expected while it is open."""
    found = service.one(pos, key)
    entered = service.rows_of(pos, key)
    again: list[tuple[Any, ...]] = []
    if lists.hidden(pos, found):
        columns: tuple[str, ...] = ("Item", "Counted", "By")
        shown: list[tuple[Any, ...]] = [(_item(row), quantity_text(row.counted), row.by) for row in entered]
    else:
        columns = ("Item", "Counted", "Differs", "Value")
        costs = sees_costs(pos)
        shown = [(_item(row), f"{quantity_text(row.counted)} of {quantity_text(row.expected)}",
                  quantity_text(row.diff), money(pos, row.value) if costs else "") for row in entered]  # fmt: skip
        again = [(_item(row), row.why) for row in entered if row.why and found.state == "open"]
    sections = [Section(title=f"{len(entered)} counted", columns=columns, rows=tuple(shown))]
    if again:
        sections.insert(0, Section(title="Count again", columns=("Item", "Why"), rows=tuple(again), tone="warn"))
    return Drawer(title=found.title, small=f"{found.day} {found.state} {found.by}".rstrip(), sections=tuple(sections))


def _item(row: service.Counted) -> Cell:
    return Cell(text=row.name, small=row.batch)


def _open(pos: Pos, key: str) -> bool:
    return bool(service.one(pos, key).state == "open")


def begin(pos: Pos, act: Act) -> Done:
    """Open a count."""
    said = act.values
    key = service.start(
        pos, said["title"], said.get("location"), said.get("category", ""), blind=bool(said.get("blind"))
    )
    return Done(text=f"{said['title']} is open: scan what is there", open=key)


def begin_due(pos: Pos, act: Act) -> Done:
    """Open a count of what is due, the most valuable first."""
    said = act.values
    found = cycle.due(pos, said.get("location"), limit=service.LIMIT)
    if not found:
        raise UserError("nothing is due to be counted", "see how often in the settings of Stocktaking", "title")
    key = service.start(pos, said["title"], said.get("location"), blind=bool(said.get("blind")),
                        items=tuple((one.item, one.name) for one in found))  # fmt: skip
    return Done(text=f"{said['title']} is open: {len(found)} items are due", open=key)


def paper(pos: Pos, act: Act) -> Done:
    """Return the sheet of a count, to be printed."""
    return Done(document=sheet.document(pos, act.rows[0]))


def write(pos: Pos, act: Act) -> Done:
    """Write the sheet of a count to a file."""
    path = Path(act.values["file"])
    return Done(text=f"{sheet.write(pos, act.rows[0], path)} rows written to {path.name}", file=path)


def read(pos: Pos, act: Act) -> Done:
    """Count what a filled-in sheet says."""
    return Done(text=f"{sheet.read(pos, act.rows[0], Path(act.values['file']))} rows counted", open=act.rows[0])


def _enter(pos: Pos, act: Act, *, more: bool) -> Done:
    said = act.values
    qty = milli(said["qty"], "qty")
    service.enter(pos, act.rows[0], said["code"], qty, said.get("batch", ""), again=not more)
    return Done(text=f"{quantity_text(qty)} counted", open=act.rows[0])


def enter(pos: Pos, act: Act) -> Done:
    """Count so much more."""
    return _enter(pos, act, more=True)


def again(pos: Pos, act: Act) -> Done:
    """Count so much in all."""
    return _enter(pos, act, more=False)


def scan(pos: Pos, code: str) -> Done:
    """Count one more of what was scanned, in the one count that is open."""
    found = lists.open_counts(pos)
    if len(found) != 1:
        what = "no count is open" if not found else f"{len(found)} counts are open"
        raise UserError(what, "open one" if not found else "choose one and use Count", "count")
    item = item_of(pos, code, service.PUT_ASIDE)
    qty = item.pack if item.quantity is None else item.quantity
    service.enter(pos, found[0].count, code, qty)
    return Done(text=f"{item.name}: {quantity_text(qty)} more in {found[0].title}", open=found[0].count)


def _sure(pos: Pos, key: str) -> str:
    entered = service.rows_of(pos, key)
    differ = sum(1 for row in entered if row.diff)
    return f"{differ} of {len(entered)} items differ. The stock is set to what was counted; this cannot be undone."


def post(pos: Pos, act: Act) -> Done:
    """Sign a count off."""
    entered = service.post(pos, act.rows[0])
    return Done(text=f"{sum(1 for row in entered if row.diff)} differences posted", open=act.rows[0])


def variance(pos: Pos, act: Act) -> Done:
    """Return what differs as a document, the largest value first; values only for who may see costs."""
    found = service.one(pos, act.rows[0])
    entered = service.rows_of(pos, act.rows[0])
    differ = sorted((row for row in entered if row.diff), key=lambda row: (-abs(row.value), row.name, row.batch))
    costs = sees_costs(pos)
    shown: list[Row] = [("title", found.title, ""), ("text", f"{found.location or 'Store'}, {found.state}", found.day),
                        ("rule", "", "")]  # fmt: skip
    for row in differ:
        shown.append(("bold", f"{row.name} {row.batch}".rstrip(), _amount(pos, row.value) if costs else ""))
        seen = f"{quantity_text(row.expected)} expected, {quantity_text(row.counted)} counted"
        shown.append(("small", seen, quantity_text(row.diff)))
    shown.append(("rule", "", ""))
    shown.append(("text", "Items counted", str(len(entered))))
    shown.append(("text", "Items that differ", str(len(differ))))
    if costs:
        shown.append(("bold", "Value of the differences", _amount(pos, sum(row.value for row in differ))))
    return Done(document=tuple(shown))


def _amount(pos: Pos, value: int) -> str:
    return plain(money(pos, value).minor, exponent(pos.currency))


def stop(pos: Pos, act: Act) -> Done:
    """End a count without posting it."""
    service.give_up(pos, act.rows[0])
    return Done(text="The count is given up, the stock stays as it is")
