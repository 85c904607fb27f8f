"""What goods cost to follow: codes found among many, movements of the stock, proposals to order; beside plain SQL."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any

import msgspec
import uuid_utils

from genesis.bench.raw import Raw, p95, p99, times
from genesis.bench.run import Measure, Row, names
from genesis.bench.store import Bench, ean13, products, register_of, searches
from genesis.hooks import cart as cart_specs, inventory
from genesis.hooks.values import Opened
from genesis.kernel.cart import Item
from genesis.kernel.copies import sale_of
from genesis.kernel.errors import GenesisError
from genesis.kernel.facts import Fact, SaleCompleted
from genesis.plugin.app import App

MOVES = 50_000  # movements that are projected
ITEMS = 2_000  # of so many items
DEMAND = """
SELECT o.item, o.price_e4, s.lead_days, i.qty, d.days, d.qty, d.squares
FROM purchasing_offer o JOIN purchasing_supplier s ON s.id = o.supplier JOIN stock_item i ON i.item = o.item
JOIN (SELECT item, count(*) days, sum(qty) qty, sum(qty * qty) squares FROM
      (SELECT item, day, sum(qty) qty FROM stock_move WHERE why IN ('sold', 'returned') GROUP BY item, day)
      GROUP BY item) d ON d.item = o.item
"""
PLAIN = """
SELECT p.id, p.name, p.sku, p.price_e4, p.tax, p.status FROM catalog_code c JOIN catalog_product p ON p.id = c.id
WHERE c.code = {}
"""
TABLES = """
CREATE TABLE stock_item(item TEXT PRIMARY KEY, name TEXT, qty INT, value INT, cost INT, last TEXT) WITHOUT ROWID;
CREATE INDEX stock_item_name ON stock_item(name);
CREATE TABLE stock_level(item TEXT, location TEXT, batch TEXT, qty INT, PRIMARY KEY(item, location, batch))
WITHOUT ROWID;
CREATE TABLE stock_move(stream TEXT, seq INT, n INT, item TEXT, location TEXT, batch TEXT, day TEXT, why TEXT, qty INT,
                        value INT, sale TEXT, line TEXT, reason TEXT, PRIMARY KEY(stream, seq, n));
CREATE INDEX stock_move_item ON stock_move(item, day);
CREATE INDEX stock_move_sale ON stock_move(sale, line);
"""


def _found(bench: Bench, app: App, sign: str, count: int = 2_000) -> tuple[float, float]:
    """Return the milliseconds (p99) of code to item, and of the plain query for it."""
    pick = random.Random(7)  # noqa: S311
    resolve = app.hooks.first(cart_specs.resolve_code)
    cursor = driver(app.pos.db.connection).cursor()

    def one() -> None:
        if resolve(cart=None, code=ean13(pick.randrange(bench.size))) is None:
            raise GenesisError("a product to measure is not there")

    def plain() -> None:
        cursor.execute(PLAIN.format(sign), (f"0{ean13(pick.randrange(bench.size))}",))
        if cursor.fetchone() is None:
            raise GenesisError("a product to measure is not there")

    return p99(times(count, one)), p99(times(count, plain))


def driver(connection: Any) -> Any:
    """Return the connection of the database's own library behind one."""
    return connection.connection.driver_connection


@names("item_p99")
def looking_up(bench: Bench) -> Iterator[Row]:
    """Code to item on SQLite, whatever plugins ask of it, beside one plain query."""
    mine, limit = _found(bench, bench.app, "?")
    yield Row("item_p99", mine, "ms", limit=limit, target=2.0)


@names("item_pg_p99", "search_pg_p95")
def looking_up_on_postgresql(bench: Bench) -> Iterator[Row]:
    """The same on PostgreSQL; only with --full or when it is asked for, as it is another import."""
    try:
        from genesis.testkit.postgres import PostgresServer

        server = PostgresServer()
    except ImportError:
        bench.say("no PostgreSQL to measure: its rows are left out")
        return
    try:
        home = bench.new_home("on-postgresql", server.fresh())
        with App(home) as app:
            bench.say(f"importing {bench.size} products into PostgreSQL")
            app.pos.records("catalog_product").load(products(bench.size), source="bench")
        with App(home, register=True, projector="inline") as app:
            driver(app.pos.db.connection).execute("ANALYZE")
            mine, limit = _found(bench, app, "%s")
            yield Row("item_pg_p99", mine, "ms", limit=limit, target=5.0)
            mine, limit = _searched(bench, app)
            yield Row("search_pg_p95", mine, "ms", limit=limit, target=50.0)
    finally:
        server.stop()


looking_up_on_postgresql.asked = True  # type: ignore[attr-defined]


def _searched(bench: Bench, app: App) -> tuple[float, float]:
    """Return the milliseconds (p95) of search as you type on PostgreSQL, and of the plain query for it."""
    queries, pick = searches(bench.size), random.Random(7)  # noqa: S311
    search = app.hooks.each(cart_specs.search_items)
    cursor = driver(app.pos.db.connection).cursor()

    def plain() -> None:
        words = " & ".join(f"'{word}':*" for word in pick.choice(queries).lower().split())
        cursor.execute("SELECT id FROM catalog_words WHERE text @@ to_tsquery('simple', %s) LIMIT 200", (words,))
        cursor.fetchall()

    mine = times(400, lambda: search(text=pick.choice(queries), category="", limit=24))
    return p95(mine), p95(times(400, plain))


@names("stock_moves")
def moving(bench: Bench) -> Iterator[Row]:
    """Movements of sales of ten lines that the stock takes in a second, beside the same rows written plainly."""
    home = bench.new_home("moves", plugins=("stock", "cash"))
    items = [f"goods:{n:05d}" for n in range(ITEMS)]
    with App(home, register=True, projector="inline") as app:
        receive(app, [(item, 10**9) for item in items])
        sale = sold(app, items[:10])
        append(app, (_varied(sale, [items[(n * 37 + i * 101) % ITEMS] for i in range(10)], sale.business_day)
                     for n in range(MOVES // 10)))  # fmt: skip
        began = time.perf_counter()
        app.projector.advance_to("stock_ledger", app.raw_journal.pos())
        mine = MOVES / (time.perf_counter() - began)
    yield Row("stock_moves", mine, "moves/s", limit=_plain_moves(bench.raw, items), target=20_000, better="higher")


def receive(app: App, rows: Sequence[tuple[str, int]]) -> None:
    """Let items begin with so much: (item, thousandths), at 2.00."""
    stock = app.hooks.first(inventory.opening)()
    if stock is None:
        raise GenesisError("nobody keeps the stock to measure")
    stock.record([Opened(item=item, name=item, qty=qty, cost=20_000) for item, qty in rows], "bench")


def sold(app: App, items: Sequence[str]) -> SaleCompleted:
    """Sell one of each of these items for cash and return the sale."""
    register = register_of(app)
    for item in items:
        register.add(Item(ref=item, name=item), 1_000, unit_price=30_000)
    entry = register.pay("cash").entry
    if entry is None:
        raise GenesisError("the sale to measure was not completed")
    return sale_of(entry)


def append(app: App, facts: Iterable[Fact]) -> None:
    """Append facts that nobody follows yet."""
    ring, app.raw_journal.on_append = app.raw_journal.on_append, []
    waiting = iter(facts)
    while some := list(islice(waiting, 200)):
        app.journal.append(*some)
    app.raw_journal.on_append = ring


def _varied(sale: SaleCompleted, items: Sequence[str], day: str) -> SaleCompleted:
    """Return a sale of other goods, on a day."""
    lines = tuple(msgspec.structs.replace(line, item=item) for line, item in zip(sale.lines, items, strict=True))
    return msgspec.structs.replace(sale, sale=str(uuid_utils.uuid7()), lines=lines, business_day=day)


def _plain_moves(raw: Raw, items: Sequence[str]) -> float:
    """Return how many movements a second the library writes with their levels and items, 1,000 in a commit."""
    raw.cursor.executescript(TABLES)
    began = time.perf_counter()
    for start in range(0, MOVES, 1_000):
        raw.cursor.execute("BEGIN IMMEDIATE")
        picked = [(n, items[(n // 10 * 37 + n % 10 * 101) % ITEMS]) for n in range(start, start + 1_000)]
        raw.cursor.executemany(
            "INSERT INTO stock_move VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            [("R1", n // 10, n % 10, item, "", "", "2026-03-02", "sold", -1_000, -20_000_000, f"sale{n // 10:036}",
              str(n % 10), f"R1-{n // 10:08}") for n, item in picked],
        )  # fmt: skip
        raw.cursor.executemany(
            "INSERT INTO stock_level VALUES (?,?,?,?) ON CONFLICT DO UPDATE SET qty = qty + excluded.qty",
            [(item, "", "", -1_000) for _, item in picked],
        )
        raw.cursor.executemany(
            "INSERT INTO stock_item VALUES (?,?,?,?,?,?) ON CONFLICT DO UPDATE SET qty = qty + excluded.qty,"
            " value = value + excluded.value, last = excluded.last",
            [(item, item, -1_000, -20_000_000, 20_000, "2026-03-02") for _, item in picked],
        )
        raw.cursor.execute("COMMIT")
    return MOVES / (time.perf_counter() - began)


@names("reorder")
def reordering(bench: Bench) -> Iterator[Row]:
    """What to order of a tenth as many items as there are products (100,000 with --full), all of them low."""
    count = bench.size // 10
    home = bench.new_home("reorder", plugins=("stock", "cash", "catalog", "barcodes", "receipts", "purchasing"))
    with App(home, register=True, projector="inline") as app:
        bench.say(f"making {count} items with a history of sales")
        app.pos.records("catalog_product").load(products(count), source="bench")
        app.pos.records("purchasing_supplier").save({"name": "Supplier", "lead_days": 7}, record_id="s")
        items = [f"catalog:p{n:08d}" for n in range(count)]
        offers = ({"id": f"s {item}", "supplier": "s", "item": item, "name": item, "code": "", "price_e4": 20_000,
                   "pack": 1_000, "least": 0, "shelf_days": 0, "rank": 0}
                  for item in items)  # fmt: skip
        app.pos.records("purchasing_offer").load(offers, source="bench")
        receive(app, [(item, 2_000) for item in items])
        sale, today = sold(app, items[:100]), app.pos.clock.now().date()
        append(app, (_varied(sale, items[start : start + 100], (today - timedelta(days=back)).isoformat())
                     for back in (60, 30, 14, 7, 2) for start in range(0, count, 100)))  # fmt: skip
        app.projector.catch_up(600)
        began = time.perf_counter()
        found = app.hooks.each(inventory.reorder_proposals)(supplier="")
        mine = time.perf_counter() - began
        if sum(len(some) for some in found) != count:
            raise GenesisError("not every item that is low is proposed")
        cursor = driver(app.pos.db.connection).cursor()
        began = time.perf_counter()
        cursor.execute(DEMAND)
        cursor.fetchall()
        limit = time.perf_counter() - began
    yield Row("reorder", mine, "s", limit=limit, target=30.0 * count / 100_000)


MEASURES: list[Measure] = [looking_up, looking_up_on_postgresql, moving, reordering]
