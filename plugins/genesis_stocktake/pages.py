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
    Rows,
    Section,
    UserError,
    item_of,
    many,
    quantity_text,
)
from genesis_stock.figures import money
from genesis_stock.service import places
from genesis_stock.typed import milli, sees_costs
from genesis_stocktake import cycle, lists, posting, report, service, sheet
from genesis_stocktake.models import count, row as rows

BLIND = FieldSpec(name="blind", label="Blind", kind="yesno", help="Who counts is not told what is expected")
CODE = FieldSpec(name="code", label="Code", required=True)
QTY = FieldSpec(name="qty", label="Quantity", kind="number", required=True)
BATCH = FieldSpec(name="batch", label="Batch")
REASON = FieldSpec(name="reason", label="Why they differ", help="It stands with each movement; empty: counted")
NEW_FILE = FieldSpec(name="file", label="New file (.csv)", kind="file", required=True)
FILLED = FieldSpec(name="file", label="Filled-in sheet (.csv)", kind="file", required=True)
TONES = {"open": "info", "signed": "warn", "posted": "good", "given up": "off"}
STATES = {"open": "Open", "signed": "Posted in part", "posted": "Posted", "given up": "Given up"}
SHOWN = 50  # rows of a drawer
BY_NAME = (rows.c.name, rows.c.item, rows.c.batch)


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
        filters=(Filter(id="state", title="State", choices=tuple(STATES.items())),),
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
        PageAction(id="count", title="Count goods", icon="scan-barcode", permission=tally, on="row", run=enter,
                   ask=(CODE, QTY, BATCH), shown=_open),
        PageAction(id="again", title="Recount", icon="rotate-ccw", permission=tally, on="row", run=again,
                   ask=(CODE, QTY, BATCH), shown=_going),
        PageAction(id="post", title="Post", icon="check", permission=sign, on="row", run=post, sure=_sure,
                   ask=(REASON,), shown=_going, long=True),
        PageAction(id="variance", title="Variance", icon="file-text", permission=sign, on="row", run=variance),
        PageAction(id="sheet", title="Count sheet", icon="file-text", permission=tally, on="row", run=paper),
        PageAction(id="write", title="Sheet as a file", icon="download", permission=tally, on="row", run=write,
                   ask=(NEW_FILE,)),
        PageAction(id="read", title="Read a sheet", icon="upload", permission=tally, on="row", run=read,
                   ask=(FILLED,), shown=_open, long=True),
        PageAction(id="table", title="All rows", icon="download", permission=sign, on="row", run=table,
                   ask=(NEW_FILE,)),
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
    state = Cell(text=STATES[one.state], tone=TONES[one.state])  # type: ignore[arg-type]
    title = Cell(text=one.title, small=_of_what(one))
    return PageRow(id=one.count, icon="clipboard-check", cells=(title, one.location or "Store", one.day, state))


def _of_what(one: Any) -> str:
    """Say which goods are counted, and whether blind."""
    if one.listed and one.blind:
        return many("{count} item on the list, counted blind", "{count} items on the list, counted blind", one.listed)
    if one.listed:
        return many("{count} item on the list", "{count} items on the list", one.listed)
    if one.category and one.blind:
        return f"{one.category}, counted blind"
    return "Counted blind" if one.blind else str(one.category)


def drawer(pos: Pos, key: str) -> Drawer:
    """Show a count: its figures, and the rows that matter most; all of them are on the page Counted goods.

    A blind one is shown without what is expected while it is open.
    """
    found, whole = service.one(pos, key), lists.totals(pos, key)
    small = " · ".join(filter(None, (found.day, found.by)))
    if lists.hidden(pos, found):
        some = [lists.counted(pos, row) for row in pos.db.all(lists.rows(pos, key).order_by(*BY_NAME).limit(SHOWN))]
        rows = tuple((_item(row), quantity_text(row.counted), row.by) for row in some)
        only = Section(title=f"{whole.rows} counted", columns=("Item", "Counted", "By"), rows=rows)
        return Drawer(title=found.title, small=small, sections=(only,))
    sections = [Section(title=f"{whole.rows} counted", columns=("Differences", "Value"),
                        rows=((str(whole.differ), money(pos, whole.value) if sees_costs(pos) else ""),))]  # fmt: skip
    if found.state == "signed":
        told = many(
            "{count} of {rows} rows is posted. Post the rest.",
            "{count} of {rows} rows are posted. Post the rest.",
            posting.posted(pos, key),
            rows=whole.rows,
        )
        sections.insert(0, Section(title="Posted in part", notice=told, tone="warn"))
    if whole.again and found.state != "posted":
        why = tuple((_item(row), row.why) for row in lists.to_recount(pos, key, SHOWN))
        sections.append(Section(title=f"Count again: {whole.again}", columns=("Item", "Why"), rows=why, tone="warn"))
    costs = sees_costs(pos)
    most = tuple((_item(row), f"{quantity_text(row.counted)} / {quantity_text(row.expected)}",
                  quantity_text(row.diff), money(pos, row.value) if costs else "")
                 for row in lists.largest(pos, key, SHOWN))  # fmt: skip
    if most:
        title = f"The largest {SHOWN}" if whole.differ > SHOWN else "What differs"
        sections.append(Section(title=title, columns=("Item", "Counted", "Differs", "Value"), rows=most))
    return Drawer(title=found.title, small=small, sections=tuple(sections))


def _item(row: lists.Counted) -> Cell:
    return Cell(text=row.name, small=row.batch)


def _open(pos: Pos, key: str) -> bool:
    return bool(service.one(pos, key).state == "open")


def _going(pos: Pos, key: str) -> bool:
    return service.one(pos, key).state in {"open", "signed"}


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
    found = cycle.due(pos, said.get("location"), limit=cycle.AT_ONCE)
    if not found:
        raise UserError("nothing is due to be counted", "see how often in the settings of Stocktaking", "title")
    key = service.start(pos, said["title"], said.get("location"), blind=bool(said.get("blind")),
                        items=[(one.item, one.name) for one in found])  # fmt: skip
    return Done(text=f"{said['title']} is open. Items that are due: {len(found)}", open=key)


def paper(pos: Pos, act: Act) -> Done:
    """Return the sheet of a count, to be printed."""
    return Done(document=sheet.document(pos, act.rows[0]))


def write(pos: Pos, act: Act) -> Done:
    """Write the sheet of a count to a file."""
    path = Path(act.values["file"])
    return written(sheet.write(pos, act.rows[0], path), path)


def written(rows: int, path: Path) -> Done:
    """Say what was written to a file."""
    told = many("{count} row written to {name}", "{count} rows written to {name}", rows, name=path.name)
    return Done(text=told, file=path)


def read(pos: Pos, act: Act) -> Done:
    """Count what a filled-in sheet says."""
    rows = sheet.read(pos, act.rows[0], Path(act.values["file"]), act.progress)
    return Done(text=many("{count} row counted", "{count} rows counted", rows), open=act.rows[0])


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
    found = [one for one in lists.open_counts(pos) if one.state == "open"]
    if len(found) != 1:
        what = many("{count} count is open", "{count} counts are open", len(found)) if found else "no count is open"
        raise UserError(what, "open one" if not found else "choose one and use Count goods", "count")
    item = item_of(pos, code, service.PUT_ASIDE)
    qty = item.pack if item.quantity is None else item.quantity
    service.enter(pos, found[0].count, code, qty)
    return Done(text=f"{item.name}: {quantity_text(qty)} more in {found[0].title}", open=found[0].count)


def _sure(pos: Pos, key: str) -> str:
    whole = lists.totals(pos, key)
    if not sees_costs(pos):
        return many(
            "{count} of {rows} items differs. The stock is set to what was counted; this cannot be undone.",
            "{count} of {rows} items differ. The stock is set to what was counted; this cannot be undone.",
            whole.differ, rows=whole.rows,
        )  # fmt: skip
    return many(
        "{count} of {rows} items differs, worth {worth}. The stock is set to what was counted; this cannot be undone.",
        "{count} of {rows} items differ, worth {worth}. The stock is set to what was counted; this cannot be undone.",
        whole.differ, rows=whole.rows, worth=f"{report.amount(pos, whole.value)} {pos.currency}",
    )  # fmt: skip


def post(pos: Pos, act: Act) -> Done:
    """Sign a count off, or post the rest of it."""
    key = act.rows[0]
    whole = posting.post(pos, key, act.progress, reason=act.values.get("reason", ""))
    if service.one(pos, key).state == "signed":
        told = many(
            "Stopped: {count} of {rows} rows is posted. Post the rest.",
            "Stopped: {count} of {rows} rows are posted. Post the rest.",
            posting.posted(pos, key),
            rows=whole.rows,
        )
        return Done(text=told, open=key, tone="warn")
    return Done(text=many("{count} difference posted", "{count} differences posted", whole.differ), open=key)


def variance(pos: Pos, act: Act) -> Done:
    """Show what differs, ready to be printed and signed."""
    return Done(document=report.document(pos, act.rows[0]))


def table(pos: Pos, act: Act) -> Done:
    """Write every row of a count to a file."""
    path = Path(act.values["file"])
    return written(report.write(pos, act.rows[0], path), path)


def stop(pos: Pos, act: Act) -> Done:
    """End a count without posting it."""
    posting.give_up(pos, act.rows[0])
    return Done(text="The count is given up, the stock stays as it is")
