"""Transfers between locations: which are on their way, what of each is still expected, and what is typed for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import uuid_utils
from sqlalchemy import func, select

from genesis import (
    Appended,
    Arrival,
    Arrived,
    Entry,
    Kept,
    Pos,
    Projection,
    Refused,
    UserError,
    ViewDb,
    item_of,
    quantity_text,
)
from genesis.hooks import inventory
from genesis_stock import service
from genesis_stock.ledger import TRANSIT
from genesis_stock.models import StockArrived, StockRow, StockSent, item, level, transfer
from genesis_stock.service import (
    StockSettings,
    as_told,
    balances,
    check_rows,
    checked_batch,
    place,
    promises,
    shown,
    today,
)
from genesis_stock.typed import milli

_ROW = re.compile(r"(?:(?P<qty>[0-9.]+)\s*\*\s*)?(?P<code>[^@\s]+)(?:@(?P<batch>\S+))?")


class Expected(NamedTuple):
    """What is still on its way of an item and batch, in thousandths."""

    item: str
    name: str
    batch: str
    qty: int


def sent(db: ViewDb, entry: Entry) -> None:
    """Goods left for another location."""
    fact = entry.fact
    if isinstance(fact, StockSent):
        db.upsert(transfer, [{"transfer": fact.transfer, "origin": fact.origin, "target": fact.target, "day": fact.day,
                              "rows": len(fact.rows)}])  # fmt: skip


LEDGER = Projection(name="stock_transfer", tables=(transfer,), rank=41, handlers={"stock.sent": sent})


def send(pos: Pos, target: str, goods: Sequence[StockRow | Arrived], origin: str | None = None) -> str:
    """Send goods to another location; returns the transfer, under which they arrive.

    Who follows batches says which are sent where no batch is named, who follows pieces asks for those that are not.
    """
    pos.permissions.require("stock.transfer")
    at = place(pos, pos.settings(StockSettings).location if origin is None else origin)
    if place(pos, target) == at:
        raise UserError("location: goods are there already", "choose another one", "location")
    rows = _rows(goods)
    check_rows(rows, positive=True)
    key = str(uuid_utils.uuid7())
    kept = _asked_on_the_way(pos, "sent", at, at, target, goods)
    for one in kept:
        if one.rows:
            rows = _turned(as_told(_turned(rows), one.rows))
    fact = StockSent(transfer=key, origin=at, target=target, day=today(pos), rows=tuple(rows))
    deltas = [(at, row, -row.qty) for row in rows] + [(f"{TRANSIT}{key}", row, row.qty) for row in rows]
    facts, guards = [more for one in kept for more in one.facts], [guard for one in kept for guard in one.guards]
    shown(pos, pos.journal.append(fact, *facts, guards=[*promises(pos, deltas), *guards]), service.LEDGER)
    return key


def arrive(pos: Pos, way: Any, goods: Sequence[StockRow | Arrived]) -> Appended:
    """Take in what arrived of a transfer (its row or fact); more than was sent is refused, less stays in transit."""
    pos.permissions.require("stock.transfer")
    rows = _rows(goods)
    check_rows(rows, positive=True)
    _sent_like_this(pos, way.transfer, rows)
    fact = StockArrived(transfer=way.transfer, origin=way.origin, target=way.target, day=today(pos), rows=tuple(rows))
    kept = _asked_on_the_way(pos, "arrived", way.target, way.origin, way.target, goods)
    place_of = f"{TRANSIT}{way.transfer}"
    guards = [guard for row in rows for guard in balances(place_of, row, -row.qty, 0)]
    guards += [guard for row in rows for guard in balances(way.target, row, row.qty, None)]
    facts = [more for one in kept for more in one.facts]
    guards += [guard for one in kept for guard in one.guards]
    done = pos.journal.append(fact, *facts, guards=guards)
    shown(pos, done, service.LEDGER)
    shown(pos, done, LEDGER.name)
    return done


def _sent_like_this(pos: Pos, key: str, rows: Sequence[StockRow]) -> None:
    """Refuse more of an item and batch than is on its way; what is in no batch has no balance of its own to say so."""
    pos.journal.wait(pos.journal.raw.pos(), service.LEDGER)
    left = {(row.item, row.batch): row.qty for row in expected(pos, key)}
    for row in rows:
        there, what = left.get((row.item, row.batch), 0), f"{row.name} {row.batch}".rstrip()
        if row.qty > there:
            raise Refused(
                f"quantity: of {what} {quantity_text(there)} are on their way, not {quantity_text(row.qty)}",
                "take in what was sent, with its batch; receive the rest in Inventory",
                "quantity",
            )
        left[row.item, row.batch] = there - row.qty


def _rows(goods: Sequence[StockRow | Arrived]) -> list[StockRow]:
    return [row if isinstance(row, StockRow) else StockRow(item=row.item, name=row.name, qty=row.qty, batch=row.batch)
            for row in goods]  # fmt: skip


def _turned(rows: Sequence[StockRow]) -> list[StockRow]:
    return [msgspec.structs.replace(row, qty=-row.qty) for row in rows]


def _asked_on_the_way(
    pos: Pos, why: str, at: str, origin: str, target: str, goods: Sequence[StockRow | Arrived]
) -> list[Kept]:  # fmt: skip
    """Ask who keeps more of goods that are sent or arrive."""
    sign = -1 if why == "sent" else 1
    rows = tuple(Arrived(item=row.item, name=row.name, qty=sign * row.qty, batch=row.batch,
                         serials=row.serials if isinstance(row, Arrived) else ()) for row in goods)  # fmt: skip
    between = f"{origin or 'Store'} → {target or 'Store'}"
    arrival = Arrival(day=today(pos), location=at, rows=rows, document=between, why=why)
    return list(pos.hooks.each(inventory.receive)(arrival=arrival))


def one(pos: Pos, key: str) -> Any:
    """Return a transfer; UserError where there is none."""
    found = pos.db.one(select(transfer).where(transfer.c.transfer == key))
    if found is None:
        raise UserError("transfer: it is not known", "choose one of the list", "transfer")
    return found


def expected(pos: Pos, key: str) -> list[Expected]:
    """Return what is still on its way of a transfer, by name."""
    way = select(level.c.item, item.c.name, level.c.batch, level.c.qty).join(item, item.c.item == level.c.item)
    rows = pos.db.all(way.where(level.c.location == f"{TRANSIT}{key}", level.c.qty != 0))
    return sorted((Expected(*row) for row in rows), key=lambda row: (row.name, row.item, row.batch))


def open_ways() -> Any:
    """Return a select of the locations of goods on their way, each with how many rows are expected."""
    left = select(level.c.location, func.count().label("left"))
    return left.where(level.c.location.startswith(TRANSIT), level.c.qty != 0).group_by(level.c.location)


def count(pos: Pos) -> int:
    """Return how many transfers are on their way."""
    return int(pos.db.all(select(func.count()).select_from(open_ways().subquery()))[0][0])


def typed(pos: Pos, text: str, field: str) -> list[Arrived]:
    """Return goods of a text, one a line: CODE, 2*CODE or 2*CODE@BATCH; UserError names the line."""
    rows = []
    for number, line in enumerate((line.strip() for line in text.splitlines()), 1):
        if line:
            found = _ROW.fullmatch(line)
            if found is None:
                raise UserError(f"line {number}: {line[:60]!r} names no goods", "write it as 2*CODE", field)
            known = item_of(pos, found["code"])
            label = known.sections.get("catalog", {})
            qty = milli(found["qty"], field) if found["qty"] else 1_000
            qty = qty * (known.pack if known.quantity is None else known.quantity) // 1_000
            batch = checked_batch(found["batch"] or label.get("batch", ""))
            pieces = (label["serial"],) if label.get("serial") else ()
            rows.append(Arrived(item=known.ref, name=known.name, qty=qty, batch=batch, serials=pieces))
    if not rows:
        raise UserError("nothing moves", "name at least one item", field)
    return merged(rows)


def merged(rows: Sequence[Arrived]) -> list[Arrived]:
    """Return goods with each item and batch once: a piece scanned after another is one more of the same."""
    found: dict[tuple[str, str], Arrived] = {}
    for row in rows:
        known = found.get((row.item, row.batch))
        more = known or Arrived(item=row.item, name=row.name, qty=0, batch=row.batch)
        found[row.item, row.batch] = Arrived(item=row.item, name=row.name, qty=more.qty + row.qty, batch=row.batch,
                                             serials=(*more.serials, *row.serials))  # fmt: skip
    return list(found.values())


def whole(pos: Pos, key: str) -> list[Arrived]:
    """Return everything that is still on its way; UserError where all of it arrived."""
    rows = [Arrived(item=row.item, name=row.name, qty=row.qty, batch=row.batch) for row in expected(pos, key)]
    if not rows:
        raise UserError("all of it arrived already", "choose another transfer", "transfer")
    return rows


def matched(pos: Pos, key: str, goods: Sequence[Arrived]) -> list[Arrived]:
    """Return goods that arrived with the batches they were sent with, where no batch is named."""
    left = {(row.item, row.batch): row.qty for row in expected(pos, key)}
    for row in goods:
        if row.batch:  # what is named is not there for what is not
            left[row.item, row.batch] = left.get((row.item, row.batch), 0) - row.qty
    found = []
    for row in goods:
        qty, pieces = row.qty, row.serials
        for ref, batch in [] if row.batch else [one for one in left if one[0] == row.item and one[1]]:
            take = min(qty, max(left[ref, batch], 0))
            if take:
                left[ref, batch] -= take
                qty -= take
                found.append(Arrived(item=ref, name=row.name, qty=take, batch=batch, serials=pieces))
                pieces = ()
        if qty:
            found.append(Arrived(item=row.item, name=row.name, qty=qty, batch=row.batch, serials=pieces))
    return found
