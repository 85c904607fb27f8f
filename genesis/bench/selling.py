"""What a cashier feels: scans, whole sales, searches, long carts, closing."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, cast

import msgspec
import uuid_utils

from genesis.bench.appending import ring_up
from genesis.bench.goods import driver
from genesis.bench.raw import p50, p95, p99, times
from genesis.bench.run import Measure, Row, names
from genesis.bench.store import Bench, ean13, register_of, searches
from genesis.hooks import cart as cart_specs
from genesis.kernel.devicedesk import DeviceDesk
from genesis.kernel.devices import DeviceDriver, DeviceStatus
from genesis.kernel.errors import GenesisError
from genesis.plugin.app import App

SALES_OF_A_SHIFT = 50_000
A_SECOND = 1_000  # codes
AT_ONCE = 100.0  # ms, what a person does not feel as waiting
MOST_STATEMENTS = 220  # of one whole sale of ten lines, projections included


@names("import_rate")
def importing(bench: Bench) -> Iterator[Row]:
    """Products imported per second, guards and projections included."""
    _ = bench.home
    yield Row("import_rate", bench.imported, "products/s", target=5_000, better="higher")


@names("scan_p99")
def scanning(bench: Bench) -> Iterator[Row]:
    """Code to priced line, saved, in a cart that empties every ten lines."""
    register, pick = register_of(bench.app), random.Random(7)  # noqa: S311

    found = []
    for _ in range(100):
        for code in [ean13(pick.randrange(bench.size)) for _ in range(10)]:
            began = time.perf_counter()
            register.scan(code)
            found.append((time.perf_counter() - began) * 1000)
        register.cancel()
    yield Row("scan_p99", p99(sorted(found)), "ms", target=2.0)


class Flood:
    """A scanner that reads a code each millisecond, for ten seconds."""

    id, title, kind = "flood", "Flood", "scanner"

    def __init__(self, codes: list[str]) -> None:
        self._codes, self.over = codes, threading.Event()

    def open(self) -> None:
        """It is there."""

    def close(self) -> None:
        """Nothing to let go of."""

    def status(self) -> DeviceStatus:
        """It is well."""
        return DeviceStatus(ok=True, text="")

    def listen(self, on_code: Callable[[str], None], stop: threading.Event) -> None:
        """Read every code once."""
        began = time.perf_counter()
        for number, code in enumerate(self._codes):
            while (left := began + number / A_SECOND - time.perf_counter()) > 0:
                time.sleep(left)
            on_code(code)
        self.over.set()
        stop.wait()


@names("scan_gap")
def flooding(bench: Bench) -> Iterator[Row]:
    """The longest time between two codes served, of 1,000 a second put in at the scan queue for ten seconds."""
    app, register, pick = bench.app, register_of(bench.app), random.Random(7)  # noqa: S311
    flood = Flood([ean13(pick.randrange(bench.size)) for _ in range(10 * A_SECOND)])
    desk, served = DeviceDesk(app.pos, [cast("DeviceDriver", flood)], app.home.config.register), list[float]()

    def serve(code: str) -> None:
        register.scan(code)
        if len(served) % 10 == 9:
            register.cancel()
        served.append(time.perf_counter())

    desk.on_code(serve)
    desk.start()
    flood.over.wait(60)
    desk.stop(10)
    if register.cart is not None:
        register.cancel()
    if not flood.over.is_set() or len(served) < A_SECOND:
        raise GenesisError(f"of the flood of codes only {len(served)} were served")
    yield Row("scan_gap", max(b - a for a, b in pairwise(served)) * 1000, "ms", target=AT_ONCE)


@names("whole_sale", "sql_per_sale")
def whole_sales(bench: Bench) -> Iterator[Row]:
    """Ten scans, cash, append and every projection, against a plain commit of the usual rows; statements of one."""
    counter = iter(range(10**6))
    body = bytes(2_000)
    rounds = [(times(120, lambda: ring_up(bench.app, next(counter))), times(120, lambda: bench.raw.rows(body)))
              for _ in range(2)]  # fmt: skip
    mine, limit = (min(p50(r[i]) for r in rounds) for i in range(2))
    yield Row("whole_sale", mine, "ms", limit=limit, goal=6.0)
    yield Row("sql_per_sale", statements_of_a_sale(bench.app, next(counter)), "statements", target=MOST_STATEMENTS)


def statements_of_a_sale(app: App, start: int, spread: int = 20_000) -> int:
    """Count the SQL statements of one whole sale of ten lines on every connection of this process."""
    ring_up(app, start, spread=spread)
    seen: Counter[str] = Counter()
    raws: list[Any] = [c.connection.driver_connection for c in app.connections()]
    for raw in raws:
        raw.set_trace_callback(lambda sql: seen.update([sql.split(" ", 1)[0]]))
    try:
        ring_up(app, start + 1, spread=spread)
    finally:
        for raw in raws:
            raw.set_trace_callback(None)
    return seen.total()


@names("search_p99", "search_p95")
def searching(bench: Bench) -> Iterator[Row]:
    """Search as you type: three letters, a word, a word and two letters."""
    queries, pick = searches(bench.size), random.Random(7)  # noqa: S311

    def search() -> None:
        bench.app.hooks.each(cart_specs.search_items)(text=pick.choice(queries), category="", limit=24)

    def plain() -> None:
        typed = " ".join(f'"{word}"*' for word in pick.choice(queries).lower().split())
        cursor.execute("SELECT rowid FROM catalog_words WHERE catalog_words MATCH ? LIMIT 200", (typed,))
        cursor.fetchall()

    cursor = driver(bench.app.pos.db.connection).cursor()
    mine, limit = times(400, search), times(400, plain)
    yield Row("search_p99", p99(mine), "ms", limit=p99(limit), target=20.0)
    yield Row("search_p95", p95(mine), "ms", limit=p95(limit), target=50.0)


@names("reprice_100")
def repricing(bench: Bench) -> Iterator[Row]:
    """Price a cart of 100 lines again."""
    register = register_of(bench.app)
    for n in range(100):
        register.scan(ean13(n))
    last = str(100)

    def change() -> None:
        register.quantity(last, 1_000)

    yield Row("reprice_100", p99(times(200, change)), "ms", target=16.0)
    register.cancel()


@names("close_till")
def closing(bench: Bench) -> Iterator[Row]:
    """Close a shift of 50,000 sales, most of them appended as they would have come from the register."""
    app, register = bench.app, register_of(bench.app)
    app.projector.catch_up(600)
    sale = ring_up(app, 1, lines=1)
    ring, app.raw_journal.on_append = app.raw_journal.on_append, []
    for _ in range(SALES_OF_A_SHIFT // 500):
        app.journal.append(*(msgspec.structs.replace(sale, sale=str(uuid_utils.uuid7())) for _ in range(500)))
    app.raw_journal.on_append = ring
    app.projector.catch_up(600)
    began = time.perf_counter()
    closed = register.shifts.close()
    yield Row("close_till", (time.perf_counter() - began) * 1000, "ms", target=1_000.0)
    if closed.figures["documents"][0] < SALES_OF_A_SHIFT:
        raise GenesisError("the shift to close had too few sales")


MEASURES: list[Measure] = [importing, scanning, flooding, whole_sales, searching, repricing, closing]
