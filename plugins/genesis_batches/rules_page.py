"""The page of markdowns: how much cheaper goods become, by the days that are left and their category."""

from __future__ import annotations

from sqlalchemy import select

from genesis import Act, Column, Done, Drawer, FieldSpec, ListPage, PageAction, PageRow, Pos, Query, Rows, Section
from genesis_batches.markdown import RULES, rule

FIELDS = (
    FieldSpec(name="category", label="Category", help="Its name as on the product; empty for everything"),
    FieldSpec(name="days", label="Days left, at most", kind="number", required=True, half=True),
    FieldSpec(name="percent", label="Percent off", kind="number", required=True, half=True, suffix="%"),
)


def page(_pos: Pos) -> ListPage:
    """Return the page."""
    return ListPage(
        columns=(
            Column(id="category", title="Category", wide=True),
            Column(id="days", title="Days left", kind="number"),
            Column(id="percent", title="Percent off", kind="number"),
        ),
        rows=find,
        drawer=drawer,
        new=lambda pos: _form(pos, "", {}, 0),
        actions=(PageAction(id="delete", title="Delete", icon="trash-2", permission=RULES.permission, on="row",
                            run=delete),),
        empty="Nothing is marked down",
    )  # fmt: skip


def find(pos: Pos, query: Query) -> Rows:
    """Answer a query."""
    ordered = select(rule).order_by(rule.c.category, rule.c.days, rule.c.id)
    found, total = pos.db.page(ordered, query.offset, query.limit)
    rows = (PageRow(id=r.id, cells=(r.category or "Everything", str(r.days), r.percent), icon="percent") for r in found)
    return Rows(rows=tuple(rows), total=total)


def drawer(pos: Pos, ref: str) -> Drawer:
    """Return a rule."""
    row = pos.records(RULES.name).get(ref) or {}
    return _form(pos, ref, {name: str(row.get(name, "")) for name in RULES.fields}, row.get("rev", 0))


def _form(_pos: Pos, ref: str, values: dict[str, str], rev: int) -> Drawer:
    def save(pos: Pos, changes: dict[str, str]) -> Done:
        saved = pos.records(RULES.name).save(dict(values | changes), rev=rev, record_id=ref)
        return Done(text="The markdown is kept", open=saved)

    return Drawer(title="Markdown", sections=(Section(fields=FIELDS),), values=values, save=save,
                  permission=RULES.permission)  # fmt: skip


def delete(pos: Pos, act: Act) -> Done:
    """Take a rule out."""
    pos.records(RULES.name).delete(act.rows[0])
    return Done(text="The markdown is gone")
