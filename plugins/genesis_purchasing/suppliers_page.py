"""The page of suppliers: their terms, what each of them sells, and what it cost before."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

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
    Row,
    Rows,
    Section,
    UserError,
    decimal,
    exponent,
    price_text,
    quantity_text,
    unit_price,
)
from genesis_purchasing import lists, service
from genesis_purchasing.pages import item_of, milli
from genesis_purchasing.suppliers import EDIT, OFFERS, SUPPLIERS, offer, offer_id, supplier

FIELDS = (
    FieldSpec(name="name", label="Name", required=True),
    FieldSpec(name="terms", label="Terms"),
    FieldSpec(name="lead_days", label="Days to deliver", kind="number", half=True),
    FieldSpec(name="lead_spread", label="Give or take", kind="number", half=True, suffix="days"),
    FieldSpec(name="minimum", label="Least order", kind="money"),
    FieldSpec(name="contact", label="Contact"),
    FieldSpec(name="email", label="E-mail", half=True),
    FieldSpec(name="phone", label="Phone", half=True),
)
CODE = FieldSpec(name="code", label="Code", required=True)
ARTICLE = (
    CODE,
    FieldSpec(name="price", label="Price of one", kind="number", required=True, half=True),
    FieldSpec(name="theirs", label="Their code", half=True),
    FieldSpec(name="pack", label="Pack", kind="number", half=True, help="Empty: one"),
    FieldSpec(name="least", label="Least quantity", kind="number", half=True),
    FieldSpec(name="shelf_days", label="Keeps for days", kind="number", half=True, help="From its arrival"),
    FieldSpec(name="rank", label="Asked as number", kind="number", half=True, help="Empty: first"),
)


def page(_pos: Pos) -> ListPage:
    """Return the page of suppliers."""
    return ListPage(
        columns=(
            Column(id="name", title="Supplier", sort=True, wide=True),
            Column(id="lead", title="Days to deliver", kind="number"),
            Column(id="minimum", title="Least order", kind="money"),
            Column(id="open", title="Open orders", kind="number"),
        ),
        rows=find,
        hint="Name",
        drawer=drawer,
        new=lambda pos: _form(pos, "", {}),
        actions=(
            PageAction(id="article", title="Article", icon="plus", permission=EDIT, on="row", run=article, ask=ARTICLE),
            PageAction(id="drop", title="Drop article", icon="x", permission=EDIT, on="row", run=drop, ask=(CODE,)),
            PageAction(id="prices", title="Prices", icon="chart-line", permission="stock.costs", on="row", run=prices,
                       ask=(CODE,)),
            PageAction(id="delete", title="Delete", icon="trash-2", permission=EDIT, on="row", run=delete, danger=True,
                       sure="The supplier and what it sells are taken out; its orders stay."),
        ),
        empty="There is no supplier yet",
    )  # fmt: skip


def find(pos: Pos, query: Query) -> Rows:
    """Answer a query."""
    wanted = select(supplier)
    for word in query.text.split():
        wanted = wanted.where(supplier.c.name.icontains(word, autoescape=True))
    ordered = wanted.order_by(query.order({"name": supplier.c.name}, supplier.c.name), supplier.c.id)
    found, total = pos.db.page(ordered, query.offset, query.limit)
    rows = (
        PageRow(id=r.id, icon="building-2",
                cells=(Cell(text=r.name, small=r.terms), str(r.lead_days), Money(r.minimum, pos.currency),
                       str(lists.open_of(pos, r.id))))
        for r in found
    )  # fmt: skip
    return Rows(rows=tuple(rows), total=total)


def drawer(pos: Pos, ref: str) -> Drawer:
    """Return a supplier with what it sells."""
    row = pos.records(SUPPLIERS.name).get(ref)
    if row is None:
        raise UserError("this supplier is not known any more", "look again", "supplier")
    return _form(pos, ref, row)


def _form(pos: Pos, ref: str, row: dict[str, Any]) -> Drawer:
    values = {name: str(row.get(name) or "") for name in SUPPLIERS.fields}
    if row:
        values |= {"minimum": str(Money(row["minimum"], pos.currency)), "lead_days": str(row["lead_days"]),
                   "lead_spread": quantity_text(row["lead_spread"])}  # fmt: skip
    sections = [Section(fields=FIELDS)]
    if ref:
        costs, digits = service.sees_costs(pos), exponent(pos.currency)
        sold = pos.db.all(select(offer).where(offer.c.supplier == ref).order_by(offer.c.name).limit(200))
        rows = tuple((Cell(text=r.name, small=r.code), quantity_text(r.pack),
                      price_text(r.price_e4, digits) if costs else "") for r in sold)  # fmt: skip
        sections.append(Section(title="Sells", icon="package", columns=("Article", "Pack", "Price"), rows=rows))

    def save(pos: Pos, changes: dict[str, str]) -> Done:
        said = values | changes
        kept = {name: said[name] for name in ("name", "terms", "contact", "email", "phone")} | {
            "lead_days": _days(said["lead_days"] or "1", "lead_days"),
            "lead_spread": milli(said["lead_spread"] or "0", "lead_spread"),
            "minimum": Money.parse(said["minimum"] or "0", pos.currency, "minimum").minor,
        }
        saved = pos.records(SUPPLIERS.name).save(kept, rev=row.get("rev", 0), record_id=ref)
        return Done(text=f"{kept['name']} is kept", open=saved)

    return Drawer(title=values["name"] or "New supplier", sections=tuple(sections), values=values, save=save,
                  permission=EDIT)  # fmt: skip


def _days(text: str, field: str) -> int:
    return int(decimal(text.strip(), field, 0))


def article(pos: Pos, act: Act) -> Done:
    """Say what a supplier asks for an article, anew or for the first time."""
    said, found = act.values, item_of(pos, act.values["code"])
    optional = {"pack": milli, "least": milli, "shelf_days": _days, "rank": _days}
    values = {"supplier": act.rows[0], "item": found.ref, "name": found.name, "code": said.get("theirs", ""),
              "price_e4": unit_price(said["price"].strip(), "price")}  # fmt: skip
    values |= {name: read(said[name], name) for name, read in optional.items() if said.get(name, "").strip()}
    pos.records(OFFERS.name).save(values, record_id=offer_id(act.rows[0], found.ref))
    return Done(text=f"{found.name} is kept", open=act.rows[0])


def drop(pos: Pos, act: Act) -> Done:
    """Take an article out of what a supplier sells; orders keep it."""
    found = item_of(pos, act.values["code"])
    pos.records(OFFERS.name).delete(offer_id(act.rows[0], found.ref))
    return Done(text=f"{found.name} is not ordered here any more", open=act.rows[0])


def prices(pos: Pos, act: Act) -> Done:
    """Show what was asked and paid for an article, ready to be printed."""
    found, digits = item_of(pos, act.values["code"]), exponent(pos.currency)
    rows: list[Row] = [("title", found.name, "")]
    for one in lists.prices(pos, act.rows[0], found.ref):
        landed = "" if one.cost_e4 is None else f", with freight {price_text(one.cost_e4, digits)}"
        rows.append(("text", f"{one.day} {one.document or 'asked'}{landed}", price_text(one.price_e4, digits)))
    return Done(document=tuple(rows))


def delete(pos: Pos, act: Act) -> Done:
    """Take a supplier out with what it sells; refused while orders are open."""
    ref = act.rows[0]
    pos.records(SUPPLIERS.name).delete(ref)
    for (article_id,) in pos.db.all(select(offer.c.id).where(offer.c.supplier == ref)):
        pos.records(OFFERS.name).delete(article_id)
    return Done(text="The supplier is gone")
