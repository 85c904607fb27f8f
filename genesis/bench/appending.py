"""What a durable sale costs, beside the same bytes and the usual rows written plainly."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import uuid_utils

from genesis.bench.raw import cpu, p50, times
from genesis.bench.run import Measure, Row, names
from genesis.bench.store import Bench, ean13, register_of
from genesis.kernel.copies import sale_of
from genesis.kernel.errors import GenesisError
from genesis.kernel.facts import SaleCompleted
from genesis.kernel.guards import Once
from genesis.plugin.app import App

COUNT = 400


def ring_up(app: App, start: int, lines: int = 10, spread: int = 20_000) -> SaleCompleted:
    """Sell ten items for cash and return the sale."""
    register = register_of(app)
    for n in range(lines):
        register.scan(ean13((start * 37 + n * 101) % spread))
    entry = register.pay("cash").entry
    if entry is None:
        raise GenesisError("the sale to measure was not completed")
    return sale_of(entry)


@names("append_same_bytes", "append_usual_rows", "append_cpu")
def appending(bench: Bench) -> Iterator[Row]:
    """One sale of 10 lines appended: time against the same bytes and rows; CPU with all projections."""
    app = bench.app
    sale = ring_up(app, 1)
    body = app.raw_journal.registry.encode(sale)
    wake, app.raw_journal.on_append = app.raw_journal.on_append, []

    def append() -> None:
        fresh = msgspec.structs.replace(sale, sale=str(uuid_utils.uuid7()))
        app.journal.append(fresh, guards=[Once("sale", fresh.sale)], checked=True)  # as the register does

    rounds = [(times(COUNT // 2, append), times(COUNT // 2, lambda: bench.raw.one(body)),
               times(COUNT // 2, lambda: bench.raw.rows(body))) for _ in range(3)]  # fmt: skip
    mine, plain, usual = (min(p50(r[i]) for r in rounds) for i in range(3))
    yield Row("append_same_bytes", mine, "ms", limit=plain, goal=1.5)
    yield Row("append_usual_rows", mine, "ms", limit=usual, goal=1.0)
    app.projector.catch_up()

    def append_and_follow() -> None:
        append()
        app.projector.catch_up()

    spent = cpu(COUNT, append_and_follow)
    limit = cpu(COUNT, lambda: bench.raw.rows(body, projected=True))
    yield Row("append_cpu", spent, "ms", limit=limit, goal=4.0)
    app.raw_journal.on_append = wake


MEASURES: list[Measure] = [appending]
