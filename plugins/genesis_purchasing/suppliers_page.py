"""The page of suppliers: their terms, what each of them sells, and what it cost before."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from genesis import (
    Act,
    Cell,
    Column,
    Done,
    FieldSpec,
    ListPage,
    Money,
    PageAction,
    Pos,
    RecordPage,
    Row,
    Section,
    decimal,
    exponent,
    item_of,
    price_text,
    quantity_text,
    unit_price,
)
from genesis_purchasing import lists
from genesis_purchasing.suppliers import EDIT, OFFERS, SUPPLIERS, offer, offer_id, supplier
from genesis_stock.typed import milli, sees_costs

FIELDS = (
    FieldSpec(name="name", label="Name", required=True),
    FieldSpec(name="terms", label="Terms"),
    FieldSpec(name="lead_days", label="Days to deliver", kind="number", half=True),
    FieldSpec(name="lead_spread", label="Give or take", kind="number", half=True, suffix="days"),
    FieldSpec(name="minimum", label="Minimum order", kind="money"),
    FieldSpec(name="contact", label="Contact"),
    FieldSpec(name="email", label="E-mail"),
    FieldSpec(name="phone", label="Phone"),
)
MOST_SHOWN = 200
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


def page(pos: Pos) -> ListPage:
    """Return the page of suppliers."""
    return RecordPage(
        records=SUPPLIERS,
        columns=(
            Column(id="name", title="Supplier", sort=True, wide=True),
            Column(id="lead", title="Lead days", kind="number"),
            Column(id="minimum", title="Minimum order", kind="money"),
            Column(id="open", title="Open orders", kind="number"),
        ),
        cells=lambda pos, row: (Cell(text=row.name, small=row.terms), str(row.lead_days),
                                Money(row.minimum, pos.currency), str(lists.open_of(pos, row.id))),
        fields=lambda _pos: FIELDS,
        order=supplier.c.name,
        sorts={"name": supplier.c.name},
        read=lambda row: _read(pos, row),
        write=lambda values, _before: _written(pos, values),
        found=_found,
        more=_sold,
        actions=(
            PageAction(id="article", title="Article", icon="plus", permission=EDIT, on="row", run=article, ask=ARTICLE),
            PageAction(id="drop", title="Drop article", icon="x", permission=EDIT, on="row", run=drop, ask=(CODE,)),
            PageAction(id="prices", title="Prices", icon="chart-line", permission="stock.costs", on="row", run=prices,
                       ask=(CODE,)),
        ),
        icon="building-2",
        hint="Name",
        empty="There is no supplier yet",
    ).page()  # fmt: skip


def _found(_pos: Pos, base: Select[Any], text: str) -> Select[Any]:
    return base.where(*(supplier.c.name.icontains(word, autoescape=True) for word in text.split()))


def _read(pos: Pos, row: dict[str, Any]) -> dict[str, str]:
    if not row:
        return {"lead_days": "1"}
    values = {name: row[name] or "" for name in ("name", "terms", "contact", "email", "phone")}
    return values | {"minimum": str(Money(row["minimum"], pos.currency)), "lead_days": str(row["lead_days"]),
                     "lead_spread": quantity_text(row["lead_spread"])}  # fmt: skip


def _written(pos: Pos, said: dict[str, str]) -> dict[str, Any]:
    return {name: said[name] for name in ("name", "terms", "contact", "email", "phone")} | {
        "lead_days": _days(said["lead_days"] or "1", "lead_days"),
        "lead_spread": milli((said["lead_spread"] or "0").strip(), "lead_spread"),
        "minimum": Money.parse(said["minimum"] or "0", pos.currency, "minimum").minor,
    }


def _sold(pos: Pos, ref: str) -> list[Section]:
    costs, digits = sees_costs(pos), exponent(pos.currency)
    sold = pos.db.all(select(offer).where(offer.c.supplier == ref).order_by(offer.c.name).limit(MOST_SHOWN))
    rows = tuple((Cell(text=r.name, small=r.code), quantity_text(r.pack),
                  price_text(r.price_e4, digits) if costs else "") for r in sold)  # fmt: skip
    return [Section(title="Sells", icon="package", columns=("Article", "Pack", "Price"), rows=rows)]


def _days(text: str, field: str) -> int:
    return int(decimal(text.strip(), field, 0))


def article(pos: Pos, act: Act) -> Done:
    """Say what a supplier asks for an article, anew or for the first time."""
    said, found = act.values, item_of(pos, act.values["code"])
    optional = {"pack": milli, "least": milli, "shelf_days": _days, "rank": _days}
    values = {"supplier": act.rows[0], "item": found.ref, "name": found.name, "code": said.get("theirs", ""),
              "price_e4": unit_price(said["price"].strip(), "price")}  # fmt: skip
    values |= {name: read(said[name].strip(), name) for name, read in optional.items() if said.get(name, "").strip()}
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
