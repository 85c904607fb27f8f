"""The page of products: find, change one or many, bring a list in and write one out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from genesis import (
    Cell,
    Column,
    Done,
    Drawer,
    FieldSpec,
    Figure,
    Filter,
    ListPage,
    Money,
    PageAction,
    PageColumn,
    PageFigure,
    PageFilter,
    PageRow,
    Pos,
    Query,
    Rows,
    Section,
    UserError,
    available,
    decimal,
    exponent,
    price_text,
    quantity_text,
    unit_price,
)
from genesis.hooks import inventory, platform
from genesis_catalog import bulk, history, lists, more
from genesis_catalog.codes import resolve
from genesis_catalog.groups import Group, groups
from genesis_catalog.lookup import PREFIX, with_children
from genesis_catalog.models import PRODUCTS, STANDARD_UNITS, WORDS, Row, product, unit

PAGE = "catalog.products"
Narrow = Callable[[Any, str], Select[Any]]
Brought = PageFilter | PageColumn | PageFigure
PRICES = (
    ("none", "No price"),
    ("0-1", "< 1"),
    ("1-5", "1–5"),
    ("5-20", "5–20"),
    ("20-100", "20–100"),
    ("100-", "≥ 100"),
)
STATUSES = (("active", "Active"), ("inactive", "Not sold"), ("retired", "Retired"))
MOST_FOUND = 2_000  # of a search; whoever has more types another letter
_SORTS = {"name": product.c.name, "price": product.c.price_e4}


def page(pos: Pos) -> ListPage:
    """Return the page; columns and sections of other plugins are there while they are on."""
    brought = _brought(pos)
    filters = [one for one in brought if isinstance(one, PageFilter)]
    more_columns = [STOCK] if pos.hooks.implemented(inventory.availability) else []
    more_columns += [one for one in brought if isinstance(one, PageColumn)]
    figures = [one for one in brought if isinstance(one, PageFigure)]
    narrowing = {one.id: one.narrow for one in filters}
    return ListPage(
        columns=(
            Column(id="name", title="Product", sort=True, wide=True),
            Column(id="category", title="Category"),
            Column(id="price", title="Price", kind="money", sort=True),
            *(Column(id=one.id, title=one.title, kind=one.kind) for one in more_columns),
            Column(id="tax", title="Tax"),
        ),
        rows=lambda pos, query: find(pos, query, narrowing, more_columns),
        hint="Name, SKU, brand or code",
        filters=(
            Filter(id="status", title="Status", choices=STATUSES),
            Filter(id="category", title="Category", choices=bulk.categories(pos)),
            Filter(id="price", title="Price", choices=PRICES),
            *(Filter(id=one.id, title=one.title, choices=one.choices(pos)) for one in filters),
        ),
        start={"status": "active"},
        cards=partial(_cards, figures=figures) if figures else None,
        drawer=drawer,
        new=lambda pos: _form(pos, "", {}, 0),
        actions=_actions(pos),
        scan=scan,
        empty="No product matches",
    )


def _actions(pos: Pos) -> tuple[PageAction, ...]:
    file = FieldSpec(name="file", label="File", kind="file", required=True)
    dry = FieldSpec(name="dry", label="Only try", kind="yesno", help="Says what would happen and changes nothing")
    columns = FieldSpec(
        name="columns",
        label="Columns called otherwise",
        kind="lines",
        help="One a line, as Artikel=name; kept for the next list with these columns",
    )
    forget = FieldSpec(name="forget", label="Forget how these columns were named", kind="yesno")
    return (
        PageAction(id="import", title="Import", icon="upload", permission="records.import", run=lists.bring_in,
                   ask=(file, columns, forget, dry), long=True),
        PageAction(id="export", title="Export", icon="download", permission="records.read", run=lists.write_out,
                   ask=(file,), long=True),
        *bulk.actions(pos, _tax_classes(pos)),
    )  # fmt: skip


# -- finding -----------------------------------------------------------------------------------------------


def _brought(pos: Pos) -> list[Brought]:
    """Return what other plugins bring for this page, for who may use it."""
    answers = pos.hooks.each(platform.actions)()
    every = [one for many in answers for one in many if isinstance(one, Brought) and one.page == PAGE]
    return [one for one in every if not pos.permissions.reason(pos.actor, one.permission)]


def _levels(pos: Pos, refs: Sequence[str]) -> dict[str, Cell]:
    """Return what can be sold of products; a dash where nobody keeps count."""
    have = available(pos, refs)
    shown = {ref: Cell(text=quantity_text(x.available), tone=x.tone, share=x.share) for ref, x in have.items()}
    return dict.fromkeys(refs, Cell(text="–")) | shown


STOCK = PageColumn(id="stock", title="Stock", kind="bar", page=PAGE, permission="records.read", cells=_levels)


def _cards(pos: Pos, figures: Sequence[PageFigure]) -> list[Figure]:
    """Return the figures that other plugins bring; one that fails is marked, and does not take the list away."""
    return [_card(pos, one) for one in figures]


def _card(pos: Pos, one: PageFigure) -> Figure:
    try:
        return one.figure(pos)
    except Exception:
        logging.getLogger("genesis").exception("the figure %s above the products failed", one.id)
        return Figure(id=one.id, title=one.title, value="!", tone="bad")


def find(
    pos: Pos, query: Query, narrowing: Mapping[str, Narrow] | None = None, more_columns: Sequence[PageColumn] = ()
) -> Rows:
    """Answer a query over any number of products. narrowing: by the id of a filter of another plugin."""
    wanted = _matching(pos, query)
    for name, value in query.filters.items():
        if narrowing is not None and name in narrowing:
            items = narrowing[name](pos, value).subquery()
            wanted = wanted.where(product.c.id.in_(select(func.substr(items.c[0], len(PREFIX) + 1))))
    ordered = wanted.order_by(query.order(_SORTS, product.c.name), product.c.num)
    rows, total = pos.db.page(ordered, query.offset, query.limit)
    known, taxes = groups(pos), dict(_tax_classes(pos))
    refs = [f"{PREFIX}{row.id}" for row in rows]
    told = [_cells(pos, one, refs) for one in more_columns]
    made = []
    for row, ref in zip(rows, refs, strict=True):
        others = (*(column.get(ref, "") for column in told), taxes.get(row.tax, row.tax) or "–")
        made.append(_row(pos, row, known.get(row.category), others))
    return Rows(rows=tuple(made), total=total)


def _cells(pos: Pos, column: PageColumn, refs: Sequence[str]) -> Mapping[str, str | Money | Cell]:
    """Return what a column of another plugin says; one that fails is marked, and does not take the list away."""
    try:
        return column.cells(pos, refs)
    except Exception:
        logging.getLogger("genesis").exception("the column %s of the products failed", column.id)
        return dict.fromkeys(refs, Cell(text="!", tone="bad"))


def _matching(pos: Pos, query: Query) -> Select[Any]:
    wanted: list[ColumnElement[bool]] = []
    if status := query.filters.get("status"):
        wanted.append(product.c.status == status)
    if span := query.filters.get("price"):
        least, _, most = span.partition("-")
        wanted.append(product.c.price_e4.is_(None) if span == "none" else product.c.price_e4 >= int(least) * 10_000)
        if most:
            wanted.append(product.c.price_e4 < int(most) * 10_000)
    if group := query.filters.get("category"):
        wanted.append(product.c.category.in_(with_children(pos, group)))
    if query.text.strip():
        wanted.append(product.c.num.in_(WORDS.find(pos.db.connection, query.text, MOST_FOUND)))
    return select(product).where(*wanted)


def _row(pos: Pos, row: Any, group: Group | None, others: tuple[str | Money | Cell, ...]) -> PageRow:
    own: tuple[str | Money | Cell, ...] = (
        Cell(text=row.name, small=row.sku or row.brand),
        Cell(text=group.name, dot=group.tint) if group else "",
        _shown_price(pos, row.price_e4),
    )
    return PageRow(id=row.id, cells=(*own, *others), icon=row.icon or (group.icon if group else ""),
                   tint=group.tint if group else "")  # fmt: skip


def _price(pos: Pos, e4: int | None) -> str:
    """Write a unit price; nothing where it is asked at the till."""
    return "" if e4 is None else price_text(e4, exponent(pos.currency))


def _shown_price(pos: Pos, e4: int | None) -> str | Money:
    """Return a unit price as money, as text where it has parts of a cent."""
    minor, rest = divmod(e4 or 0, 10 ** (4 - exponent(pos.currency)))
    return _price(pos, e4) if e4 is None or rest else Money(minor, pos.currency)


def scan(pos: Pos, code: str) -> Done | None:
    """Open the product that a scanned code stands for."""
    item = resolve(pos, code)
    if item is None:
        raise UserError(f"no product has the code {code[:40]!r}", "make a new one, or scan another", "code")
    return Done(open=item.ref.removeprefix(PREFIX))


# -- one product -------------------------------------------------------------------------------------------


def drawer(pos: Pos, product_id: str) -> Drawer:
    """Return a product in full, with what other plugins know of it."""
    row = pos.records(PRODUCTS.name).get(product_id)
    if row is None:
        raise UserError("this product is gone", "look at the list again", "id")
    return _form(pos, product_id, row, row["rev"])


def _form(pos: Pos, product_id: str, row: Row, rev: int) -> Drawer:
    values = {
        "name": row.get("name", ""), "sku": row.get("sku", ""), "brand": row.get("brand", ""),
        "category": row.get("category", ""), "unit": row.get("unit", "pcs"), "price": _price(pos, row.get("price_e4")),
        "tax": row.get("tax") or "", "weighed": "1" if row.get("weighed") else "",
        "status": row.get("status", "active"), "icon": row.get("icon", ""), "codes": _codes_text(row.get("codes", [])),
    }  # fmt: skip
    values |= {name: row.get(name) or "" for name in ("style", "options")}
    values |= more.values(pos, row.get("more"))
    own = Section(fields=_fields(pos))
    return Drawer(
        title=row.get("name") or "New product",
        small=row.get("sku", ""),
        sections=(own, *more.sections(pos), *_contributed(pos, product_id), *history.section(pos, product_id)),
        values=values,
        save=lambda pos, changes: save(pos, product_id, rev, values, changes),
        permission="catalog.edit",
    )


def _fields(pos: Pos) -> tuple[FieldSpec, ...]:
    units = dict(STANDARD_UNITS) | {row.id: row.name for row in pos.db.all(select(unit))}
    return (
        FieldSpec(name="name", label="Name", required=True),
        FieldSpec(name="price", label="Price", kind="number", half=True, help="Empty: asked at the till"),
        FieldSpec(name="unit", label="Unit", kind="choice", choices=tuple(units.items()), half=True, required=True),
        FieldSpec(name="codes", label="Barcodes", kind="lines", help="One a line; 12*CODE where it is a pack of 12"),
        FieldSpec(name="sku", label="SKU", half=True),
        FieldSpec(name="brand", label="Brand", half=True),
        FieldSpec(name="category", label="Category", kind="choice", choices=bulk.categories(pos)),
        FieldSpec(name="tax", label="Tax class", kind="choice", choices=_tax_classes(pos)),
        FieldSpec(name="status", label="Status", kind="choice", required=True, choices=STATUSES),
        FieldSpec(name="style", label="Style", half=True, help="What it is a variant of"),
        FieldSpec(name="options", label="Options", half=True, help="Size=M|Colour=Red"),
        FieldSpec(name="weighed", label="Sold by weight or measure", kind="yesno"),
        FieldSpec(name="icon", label="Icon", help="Name of a Lucide icon"),
    )  # fmt: skip


def _tax_classes(pos: Pos) -> tuple[tuple[str, str], ...]:
    try:
        rows = pos.records("tax_class").search("", limit=200)
    except UserError:  # no plugin keeps them now
        return ()
    return tuple((row["id"], row["title"]) for row in rows)


def _contributed(pos: Pos, product_id: str) -> list[Section]:
    """Return what plugins say of a product in the slot `product.drawer`, each under its own name."""
    if not product_id:
        return []
    found = []
    context = {"item": f"{PREFIX}{product_id}"}
    for author, panels in pos.hooks.authored(platform.panels)(slot="product.drawer", context=context):
        rows = tuple((panel.text, Cell(text=panel.detail, tone=panel.tone)) for panel in panels)
        if rows:
            found.append(Section(title=author.replace("_", " ").capitalize(), author=author, rows=rows))
    return found


def _codes_text(codes: list[Row]) -> str:
    lines = []
    for entry in codes:
        pack = quantity_text(entry["pack"])
        lines.append(entry["as_typed"] if entry["pack"] == 1_000 else f"{pack}*{entry['as_typed']}")
    return "\n".join(lines)


def _codes_of(text: str) -> list[Row]:
    found = []
    for line in filter(None, (part.strip() for part in text.splitlines())):
        pack, sign, typed = line.partition("*")
        count = int(decimal(pack.strip(), "codes", 3) * 1_000) if sign else 1_000
        found.append({"code": (typed if sign else pack).strip(), "pack": count})
    return found


def save(pos: Pos, product_id: str, rev: int, before: dict[str, str], changes: dict[str, str]) -> Done:
    """Keep a product; UserError names the field at fault, Refused where somebody changed it meanwhile."""
    filled = before | changes
    records = pos.records(PRODUCTS.name)
    row = bulk.fields_of(records.get(product_id)) if product_id else {}
    row |= {
        name: filled[name]
        for name in ("name", "sku", "brand", "category", "unit", "status", "icon", "style", "options")
    }
    row["price_e4"] = unit_price(filled["price"], "price") if filled["price"] else None
    row["tax"] = filled["tax"] or None
    row["weighed"] = bool(filled["weighed"])
    row["codes"] = _codes_of(filled["codes"])
    row["more"] = more.merged(more.fields(pos), row.get("more"), filled)
    made = records.save(row, rev=rev if product_id else None, record_id=product_id)
    return Done(text=f"{row['name']}: saved", open=made)
