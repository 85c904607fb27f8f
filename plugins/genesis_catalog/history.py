"""Who changed a product, when, and from what: an index of its changes, read from the facts themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Table, Text, select

from genesis import Cell, Entry, FactRef, Pos, Projection, Section, ViewDb, exponent, person_of, price_text
from genesis_catalog.models import METADATA, PRODUCTS
from genesis_catalog.undo import MARK

MOST = 20  # changes shown of a product
LABELS = {
    "name": "Name", "sku": "SKU", "brand": "Brand", "category": "Category", "unit": "Unit", "price_e4": "Price",
    "tax": "Tax class", "weighed": "Sold by weight or measure", "image": "Picture", "icon": "Icon", "status": "Status",
    "codes": "Barcodes", "more": "Other fields", "style": "Style", "options": "Options",
}  # fmt: skip

# Where each change of a product stands; not what an import created, which is most of a catalogue.
change = Table(
    "catalog_change", METADATA,
    Column("id", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("at", Text, nullable=False),
    Index("catalog_change_at", "id", "at"),
    sqlite_with_rowid=False,
)  # fmt: skip


def _changed(db: ViewDb, entry: Entry) -> None:
    fact: Any = entry.fact
    if fact.record == PRODUCTS.name:
        loaded = entry.kind == "records.loaded"
        ids = [row["id"] for row in fact.rows if row["rev"] > 1] if loaded else [fact.id]
        db.upsert(change, [{"id": one, "stream": entry.stream, "seq": entry.seq, "at": entry.at} for one in ids])


CHANGES = Projection(
    name="catalog_history", tables=(change,), rank=90,
    handlers={"record.saved": _changed, "record.deleted": _changed, "records.loaded": _changed},
)  # fmt: skip


def section(pos: Pos, product_id: str) -> list[Section]:
    """Return the last changes of a product, the newest first; nothing where it was never changed."""
    newest = select(change).where(change.c.id == product_id).order_by(change.c.at.desc(), change.c.seq.desc())
    rows: list[tuple[Cell, str]] = []
    for found in pos.db.all(newest.limit(MOST)):
        entry = pos.journal.entry(FactRef(found.stream, found.seq))
        if entry is not None:
            at = datetime.fromisoformat(entry.at).astimezone(pos.clock.now().tzinfo)
            rows.append((Cell(text=_said(pos, entry), small=person_of(pos, entry.actor)), f"{at:%Y-%m-%d %H:%M}"))
    columns = ("What changed", "When")
    return [Section(title="History", icon="history", columns=columns, rows=tuple(rows))] if rows else []


def _said(pos: Pos, entry: Entry) -> str:
    """Return a change in words: each value that differs, from what to what."""
    fact: Any = entry.fact
    if entry.kind == "records.loaded":
        return f"Imported from {fact.source.partition(' ' + MARK)[0]}" if fact.source else "Imported"
    if entry.kind == "record.deleted":
        return "Deleted"
    if fact.before is None:
        return "Created"
    parts = [f"{LABELS.get(name, name)}: {_shown(pos, name, old)} → {_shown(pos, name, fact.values.get(name))}"
             for name, old in fact.before.items() if name in LABELS]  # fmt: skip
    return "; ".join(parts) or "Saved"


def _shown(pos: Pos, name: str, value: Any) -> str:
    if name == "price_e4":
        return "–" if value is None else price_text(value, exponent(pos.currency))
    if name == "codes":
        return ", ".join(entry["as_typed"] for entry in value or ()) or "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value or "–")
    return text if len(text) <= 40 else f"{text[:39]}…"
