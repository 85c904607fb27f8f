"""The page of card payments by day: alike with the provider's books, or what differs."""

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
    ListPage,
    Money,
    PageAction,
    PageRow,
    Pos,
    Query,
    Report,
    Rows,
    Section,
    exponent,
    many,
    plain,
)
from genesis_terminals.daily import MAY, compare_day, days, settle
from genesis_terminals.ledger import compared, difference

DAY = FieldSpec(name="day", label="Day", kind="date", help="Empty: yesterday")
WHICH = FieldSpec(name="reference", label="Reference", required=True, help="As the list of differences shows it")
WHY = FieldSpec(name="why", label="What came of it", required=True)
SAID = {
    "not_there": "Not with the provider",
    "not_here": "Not in the journal",
    "amount": "Another amount",
}


def page(_pos: Pos) -> ListPage:
    """Return the page."""
    return ListPage(
        columns=(
            Column(id="day", title="Day", sort=True, wide=True),
            Column(id="payments", title="Payments", kind="number"),
            Column(id="ours", title="Here", kind="money"),
            Column(id="theirs", title="Provider", kind="money"),
            Column(id="state", title="State", kind="badge"),
        ),
        rows=find,
        drawer=drawer,
        actions=(
            PageAction(id="compare", title="Compare a day", icon="scale", permission=MAY, run=compare, ask=(DAY,),
                       main=True, long=True),
            PageAction(id="settle", title="Note what came of it", icon="check", permission=MAY, on="row", run=note,
                       ask=(WHICH, WHY), shown=_is_open),
        ),
        empty="No day was compared yet",
    )  # fmt: skip


def badge(pos: Pos) -> str:
    """Return how many differences nobody has looked into."""
    return str(sum(days(pos).values()) or "")


def compare(pos: Pos, act: Act) -> Done:
    """Compare a day with every provider."""
    pos.permissions.require(MAY)
    answers = compare_day(pos, act.values.get("day", "").strip())
    faults = [f"{answer.method}: {answer.fault}" for answer in answers if answer.fault]
    if faults or not answers:
        text = "; ".join(faults) or "No payment provider here has books that can be read"
        return Done(text=text, tone="warn")
    differ = sum(len(answer.fact.differences) + answer.fact.more for answer in answers if answer.fact)
    return Done(text="The books differ" if differ else "The books are alike", tone="warn" if differ else "good")


def note(pos: Pos, act: Act) -> Done:
    """Note what came of a difference."""
    settle(pos, act.rows[0].partition(" ")[0], act.values["reference"].strip(), act.values["why"])
    return Done(text="Noted")


def find(pos: Pos, query: Query) -> Rows:
    """Answer a query; the newest first."""
    ordered = select(compared).order_by(query.order({"day": compared.c.day}, compared.c.day.desc()), compared.c.method)
    rows, total = pos.db.page(ordered, query.offset, query.limit)
    return Rows(rows=tuple(_row(pos, row) for row in rows), total=total)


def _row(pos: Pos, row: Any) -> PageRow:
    state, tone = _state(pos, row)
    cells = (Cell(text=row.day, small=row.method), str(row.payments), Money(row.ours, row.currency),
             Money(row.theirs, row.currency), Cell(text=state, tone=tone))  # fmt: skip
    return PageRow(id=f"{row.day} {row.method}", cells=cells, icon="scale")


def _state(pos: Pos, row: Any) -> Any:
    rows = _differences(pos, row.day, row.method)
    if any(not one.settled for one in rows):
        return "Differs", "bad"
    return ("Looked into", "info") if rows else ("Alike", "good")


def _differences(pos: Pos, day: str, method: str) -> list[Any]:
    wanted = select(difference).where(difference.c.day == day, difference.c.method == method)
    return pos.db.all(wanted.order_by(difference.c.reference))


def _is_open(pos: Pos, row: str) -> bool:
    day, _, method = row.partition(" ")
    return any(not one.settled for one in _differences(pos, day, method))


def drawer(pos: Pos, row: str) -> Drawer:
    """Return one comparison in full."""
    day, _, method = row.partition(" ")
    head = pos.db.one(select(compared).where(compared.c.day == day, compared.c.method == method))
    sections = [_section(one) for one in _differences(pos, day, method)]
    if not sections:
        sections = [Section(notice="Every payment stands in both books with the same amount", tone="good")]
    if head is not None and head.more:
        told = many("{count} more difference is not listed", "{count} more differences are not listed", head.more)
        sections.append(Section(notice=told, tone="warn"))
    return Drawer(title=method, small=day, sections=tuple(sections))


def _section(one: Any) -> Section:
    """Return a difference: what is wrong, and what each side says."""
    number = (("Receipt", one.receipt),) if one.receipt else ()
    rows = (*number, ("Here", Money(one.ours, one.currency)), ("Provider", Money(one.theirs, one.currency)))
    return Section(title=one.reference, rows=rows, notice=one.settled or SAID[one.what],
                   tone="info" if one.settled else "bad")  # fmt: skip


def reports(_pos: Pos) -> list[Report]:
    """Return the report of comparisons."""
    return [Report(id="compared", title="Card payments compared", run=_report,
                   columns=("Day", "Paid by", "Payments", "Here", "Provider", "Differences"))]  # fmt: skip


def _report(pos: Pos, parameters: dict[str, str]) -> list[tuple[Any, ...]]:
    since, until = parameters.get("since", ""), parameters.get("until", "") or "9999"
    count = select(func.count()).where(difference.c.day == compared.c.day, difference.c.method == compared.c.method)
    wanted = select(compared, count.scalar_subquery().label("many")).where(compared.c.day.between(since, until))
    return [(row.day, row.method, str(row.payments), plain(row.ours, exponent(row.currency)),
             plain(row.theirs, exponent(row.currency)), str(row.many + row.more))
            for row in pos.db.all(wanted.order_by(compared.c.day, compared.c.method))]  # fmt: skip
