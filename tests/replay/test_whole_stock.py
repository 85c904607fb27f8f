"""A year of a web shop moves the stock: on hand of every item is what the file comes to, and tables equal their rebuild.

Every invoice is priced, promised and recorded by the register. A share of them is rung up line by line; the lines of the
others stand in a held cart that is recalled and paid, as each line that is rung up prices the whole cart anew (invoices
have up to 1,114 lines). That both ways make the same sale is a test of its own.
"""

from __future__ import annotations

import csv
import gzip
import os
import time
from collections import Counter
from pathlib import Path

import msgspec
import pytest
import uuid_utils
from sqlalchemy import func, select

from genesis import Item, SaleCompleted
from genesis.kernel.cart import Cart, Line
from genesis.upkeep.doctor import examine
from genesis_stock.models import StockRow, item as stock_item, move
from genesis_stock.service import availability, change, reconcile
from tests.replay.invoices import Row, read

NAME = "GENESIS_TEST_DATA"
OPENING = 100_000  # pieces of each item that are there at first
ALL = 25_900  # invoices, of 541,909 lines
pytestmark = pytest.mark.skipif(NAME not in os.environ, reason=f"{NAME} is not set: real invoices do NOT move stock")


def path() -> Path:
    return Path(os.environ[NAME]) / "online_retail" / "online_retail.csv.gz"


def expected(invoices) -> Counter[str]:
    """Work out what is on hand of each code from the file alone, with nothing that the replay uses."""
    left = Counter[str]()
    with gzip.open(path(), "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["InvoiceNo"] not in invoices or row["InvoiceNo"].startswith("A"):  # bad debt is no goods
                continue
            left.setdefault(row["StockCode"], OPENING)
            pieces = int(row["Quantity"])
            off = pieces < 0 and not row["InvoiceNo"].startswith("C") and float(row["UnitPrice"]) == 0
            left[row["StockCode"]] += pieces if off else -pieces  # a cancelled invoice brings goods back
    return left


def item(row: Row) -> Item:
    return Item(ref=f"replay:{row.code}", name=row.name or row.code, sku=row.code)


def moved(rows: list[Row]) -> list[StockRow]:
    return [StockRow(item=f"replay:{row.code}", name=row.name or row.code, qty=row.quantity * 1_000) for row in rows]


def kept(rows: list[Row], *kinds: str) -> list[Row]:
    return [row for row in rows if row.kind in kinds]


def opened(stores, invoices):
    """Open a store that has so much of everything that is on these invoices."""
    app = stores.new("stock", "cash", currency="GBP")
    names = {row.code: row for rows in invoices.values() for row in kept(rows, "sale", "return", "stock")}
    goods = moved([row._replace(quantity=OPENING) for row in names.values()])
    for start in range(0, len(goods), 500):
        change(app.pos, "opened", goods[start : start + 500])
    return app


def paid(register) -> SaleCompleted:
    done = register.pay("cash") if register.priced.due else register.complete()
    assert isinstance(done.sale, SaleCompleted)
    return done.sale


def ring_up(register, rows: list[Row]) -> SaleCompleted:
    """Sell (or take back) an invoice line by line."""
    for row in rows:
        register.add(item(row), qty=row.quantity * 1_000, unit_price=int(row.price * 10_000))
    return paid(register)


def recall(register, rows: list[Row]) -> SaleCompleted:
    """Sell an invoice whose lines stand in a held cart."""
    lines = tuple(Line(id=str(n), item=item(row), qty=row.quantity * 1_000, price=int(row.price * 10_000),
                       source="entered") for n, row in enumerate(rows, 1))  # fmt: skip
    cart = Cart(id=str(uuid_utils.uuid7()), name="invoice", currency="GBP", register=register.name, opened="",
                actor="owner", lines=lines, next_line=len(lines) + 1)  # fmt: skip
    register.held_carts["invoice"] = cart
    register.recall("invoice")
    return paid(register)


def replay(app, invoices, rung: int) -> Counter[str]:
    """Sell, take back and write off what the invoices say; returns how many rows of each kind did."""
    done = Counter[str]()
    for n, rows in enumerate(invoices.values()):
        if sold := kept(rows, "sale", "return"):
            (ring_up if n < rung else recall)(app.register, sold)
        if off := kept(rows, "stock"):
            change(app.pos, "adjusted", moved(off), reason=off[0].name or "not said")
        done.update(row.kind for row in rows)
    return done


@pytest.mark.parametrize(
    ("first", "rung"),
    [(250, 50), pytest.param(ALL, 1_000, marks=[pytest.mark.stress, pytest.mark.timeout(3_000)])],
)
def test_on_hand_of_every_item_is_what_the_file_comes_to(stores, record_property, first, rung):
    invoices = read(path(), first, frozenset())
    app = opened(stores, invoices)
    began = time.perf_counter()
    done = replay(app, invoices, rung)
    seconds = time.perf_counter() - began
    app.close()
    app = stores.open(app, plugins=("stock", "cash"))

    left = {f"replay:{code}": pieces * 1_000 for code, pieces in expected(invoices).items()}
    assert {ref: one.on_hand for ref, one in availability(app.pos, list(left)).items()} == left
    assert dict(app.pos.db.all(select(stock_item.c.item, stock_item.c.qty))) == left
    assert reconcile(app.pos) == 0
    assert app.pos.db.all(select(func.count()).select_from(move))[0][0] == len(left) + done.total() - done["debt"]
    assert [finding.text for finding in examine(app) if not finding.ok] == []  # the ledger's rebuild is compared too
    if first == ALL:
        assert done.total() == 541_909
        assert done["stock"] == 1_336
    text = f"Online Retail, stock: {done.total()} lines of {len(invoices)} invoices in {seconds:.0f} s,"
    record_property("covered", f"{text} {dict(done)}, {rung} invoices rung up line by line; {len(left)} items agree")


def test_both_ways_to_replay_an_invoice_make_the_same_sale(stores):
    invoices = read(path(), 30, frozenset())
    one, two = (opened(stores, invoices) for _ in range(2))
    for rows in invoices.values():
        if sold := kept(rows, "sale", "return"):
            assert told(ring_up(one.register, sold)) == told(recall(two.register, sold))


def told(sale: SaleCompleted) -> SaleCompleted:
    """Leave out the ids, which no two sales have in common."""
    tenders = tuple(msgspec.structs.replace(tender, id="") for tender in sale.tenders)
    return msgspec.structs.replace(sale, sale="", shift="", epoch="", store="", tenders=tenders)
