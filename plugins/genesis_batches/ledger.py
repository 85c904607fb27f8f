"""Keeps what is known of each batch from facts: its dates and state, its receipts, and the sales it went into.

A sale made while this plugin was off names the batch only where a label said it; the rest of it is traced nowhere.
"""

from __future__ import annotations

from typing import Any

from genesis import Entry, Projection, SaleCompleted, ViewDb
from genesis_batches.models import (
    ME,
    BatchAssembled,
    BatchCorrected,
    BatchMarked,
    BatchReceived,
    batch,
    origin,
    receipt,
    sale,
)
from genesis_stock.ledger import parts


def _known(db: ViewDb, item: str, code: str) -> dict[str, Any]:
    """Return the row of a batch as it is, or as it begins."""
    for row in db.find(batch, [{"item": item, "batch": code}]):
        return row
    empty = dict.fromkeys(("name", "expiry", "supplier", "received", "reason"), "")
    return {"item": item, "batch": code, "state": "ok"} | empty


def received(db: ViewDb, entry: Entry) -> None:
    """Goods came in; a batch counts from its first receipt."""
    fact = entry.fact
    if not isinstance(fact, BatchReceived):
        return
    for row in fact.rows:
        known = _known(db, row.item, row.batch)
        db.upsert(batch, [known | {
            "name": row.name, "expiry": row.expiry or known["expiry"], "supplier": fact.supplier or known["supplier"],
            "received": min(filter(None, (known["received"], fact.day))),
        }])  # fmt: skip
    db.upsert(receipt, [{
        "stream": entry.stream, "seq": entry.seq, "n": n, "item": row.item, "batch": row.batch, "day": fact.day,
        "qty": row.qty, "location": fact.location, "supplier": fact.supplier, "document": fact.document,
    } for n, row in enumerate(fact.rows)])  # fmt: skip


def assembled(db: ViewDb, entry: Entry) -> None:
    """A batch was made of others; it counts from then on."""
    fact = entry.fact
    if not isinstance(fact, BatchAssembled):
        return
    made = fact.made
    known = _known(db, made.item, made.batch)
    db.upsert(batch, [known | {"name": made.name, "expiry": made.expiry, "received": fact.day}])
    db.upsert(origin, [{
        "stream": entry.stream, "seq": entry.seq, "n": n, "item": made.item, "batch": made.batch, "name": made.name,
        "day": fact.day, "part_item": row.item, "part_batch": row.batch, "part_name": row.name, "part_qty": row.qty,
    } for n, row in enumerate(fact.parts)])  # fmt: skip


def marked(db: ViewDb, entry: Entry) -> None:
    """A batch was recalled, quarantined or released."""
    fact = entry.fact
    if isinstance(fact, BatchMarked):
        known = _known(db, fact.item, fact.batch)
        db.upsert(batch, [known | {"name": fact.name, "state": fact.state, "reason": fact.reason}])


def corrected(db: ViewDb, entry: Entry) -> None:
    """What is known of a batch was put right."""
    fact = entry.fact
    if isinstance(fact, BatchCorrected):
        known = _known(db, fact.item, fact.batch)
        db.upsert(batch, [known | {"name": fact.name, "expiry": fact.expiry, "supplier": fact.supplier}])


def sold(db: ViewDb, entry: Entry) -> None:
    """A sale took batches, or brought some back; what came back expired is in quarantine."""
    fact = entry.fact
    if not isinstance(fact, SaleCompleted) or fact.mode != "normal":
        return
    rows: list[dict[str, Any]] = []
    for line in fact.lines:
        said = line.sections.get(ME, {})
        for code, qty in parts(line):
            if code:
                blocked = said.get("blocked", {}).get(code, "")
                rows.append({
                    "stream": entry.stream, "seq": entry.seq, "n": len(rows), "item": line.item, "batch": code,
                    "day": fact.business_day, "number": fact.number, "customer": fact.customer, "qty": qty,
                    "blocked": blocked, "actor": said.get("by", fact.actor) if blocked else "",
                })  # fmt: skip
            if code in said.get("quarantine", ()) and qty < 0:
                known = _known(db, line.item, code)
                known["name"] = known["name"] or line.name
                db.upsert(batch, [known | {"state": "quarantined", "reason": f"returned expired on {fact.number}"}])
    db.upsert(sale, rows)


LEDGER = Projection(
    name="batches_batch", tables=(batch, receipt, sale, origin), rank=42, version=2,
    handlers={
        "batch.received": received, "batch.assembled": assembled, "batch.marked": marked,
        "batch.corrected": corrected, "sale.completed": sold,
    },
)  # fmt: skip
