"""The page of mail: what waits, what went, and what came back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

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
)
from genesis_mail import service
from genesis_mail.models import message

STATES: dict[str, Any] = {"queued": ("Waiting", "info"), "sent": ("Sent", "good"), "failed": ("Came back", "bad")}
NUMBER = FieldSpec(name="number", label="Receipt", required=True, help="Its customer must have an e-mail address")


def page(_pos: Pos) -> ListPage:
    """Return the page."""
    return ListPage(
        columns=(
            Column(id="about", title="About", wide=True),
            Column(id="at", title="Queued", kind="date", sort=True),
            Column(id="tries", title="Tries", kind="number"),
            Column(id="state", title="State", kind="badge"),
        ),
        rows=find,
        hint="Receipt number or day",
        filters=(Filter(id="state", title="State", choices=tuple((k, v[0]) for k, v in STATES.items())),),
        drawer=drawer,
        actions=(
            PageAction(id="send", title="Mail a receipt", icon="mail", permission="mail.send", run=send, ask=(NUMBER,),
                       main=True),
            PageAction(id="again", title="Send again", icon="refresh-cw", permission="mail.send", on="row", run=again),
        ),
        empty="Nothing was mailed yet",
    )  # fmt: skip


def find(pos: Pos, query: Query) -> Rows:
    """Answer a query; the newest first."""
    wanted = select(message).where(message.c.at != "")
    if state := query.filters.get("state"):
        wanted = wanted.where(message.c.state == state)
    if text := query.text.strip():
        wanted = wanted.where(message.c.about.contains(text, autoescape=True))
    ordered = wanted.order_by(query.order({"at": message.c.at}, message.c.at.desc()), message.c.id)
    rows, total = pos.db.page(ordered, query.offset, query.limit)
    return Rows(rows=tuple(_row(row) for row in rows), total=total)


def _row(row: Any) -> PageRow:
    text, tone = STATES[row.state]
    about = Cell(text=row.about, small=row.reason or ("Receipt" if row.what == "receipt" else "Figures of the day"))
    cells = (about, row.at[:16].replace("T", " "), str(row.tries), Cell(text=text, tone=tone))
    return PageRow(id=row.id, cells=cells, icon="mail")


def _of(pos: Pos, name: str) -> Any:
    row = pos.db.one(select(message).where(message.c.id == name))
    if row is None:
        raise UserError("this mail is gone", "look at the list again", "id")
    return row


def drawer(pos: Pos, name: str) -> Drawer:
    """Return a mail: to whom, and what became of it."""
    row = _of(pos, name)
    to = service.address_of(pos, row.customer) if row.what == "receipt" else "the addresses in the settings"
    rows = (("Sent to", to or "no address any more"), ("Tries", str(row.tries)),
            ("Last try", row.tried[:16].replace("T", " ") or "none"), ("State", STATES[row.state][0]))  # fmt: skip
    notice = (Section(notice=row.reason, tone="bad"),) if row.reason else ()
    return Drawer(title=row.about, small=row.id, sections=(*notice, Section(rows=rows)),
                  actions=("again",) if row.what == "receipt" else ())  # fmt: skip


def send(pos: Pos, act: Act) -> Done:
    """Queue a receipt."""
    done = service.send_receipt(pos, act.values["number"].strip())
    return Done(text="It is queued", open=str(done.refs[0]))


def again(pos: Pos, act: Act) -> Done:
    """Queue the same receipt once more."""
    done = service.send_receipt(pos, _of(pos, act.rows[0]).about)
    return Done(text="It is queued again", open=str(done.refs[0]))


def badge(pos: Pos) -> str:
    """Return how many came back, "" for none."""
    count = pos.db.all(select(func.count()).select_from(message).where(message.c.state == "failed"))[0][0]
    return str(count) if count else ""
