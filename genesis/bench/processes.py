"""Starting, living beside others, memory and idling: measured on processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from genesis.bench.raw import p99
from genesis.bench.run import Measure, Row, names
from genesis.bench.store import Bench, ean13, products, register_of
from genesis.kernel.errors import GenesisError
from genesis.kernel.facts import Fact, RecordSaved
from genesis.plugin.app import App

FIRST_SALE = """
import sys, time, json, resource
began = time.perf_counter()
from pathlib import Path
def most():  # KB at its largest; what getrusage says counts the process that started this one
    try:
        said = Path("/proc/self/status").read_text()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(said.partition("VmHWM:")[2].split()[0])
from genesis.plugin.app import App
from genesis.plugin.home import open_home
app = App(open_home(Path(sys.argv[1])), register=True, projector="thread")
opened = time.perf_counter() - began
app.register.scan(sys.argv[2]); app.register.pay("cash")
first = time.perf_counter() - began
heavy = sorted({"numpy", "pandas", "duckdb", "matplotlib", "nats", "httpx", "reportlab", "alembic"} & set(sys.modules))
app.journal.wait(app.raw_journal.pos())
cpu = time.process_time(); time.sleep(float(sys.argv[3])); cpu = time.process_time() - cpu
app.close()
print(json.dumps({"opened": opened, "first": first, "heavy": heavy, "idle": 100 * cpu / float(sys.argv[3]),
                  "rss": most() / 1024}))
"""
IMPORTER = """
import sys
from pathlib import Path
from genesis.bench.store import products
from genesis.plugin.app import App
from genesis.plugin.home import open_home
with App(open_home(Path(sys.argv[1])), projector="none") as app:
    app.pos.records("catalog_product").load(products(int(sys.argv[3]), int(sys.argv[2])), source="beside",
                                            progress=lambda n: print(n, flush=True) or True)
"""


REBUILDER = """
import sys
from pathlib import Path
from genesis.plugin.app import App
from genesis.plugin.home import open_home
with App(open_home(Path(sys.argv[1])), projector="none") as app:
    print("open", flush=True)
    for _ in range(3):
        app.rebuild(sys.argv[2], swap=True)
"""


def _child(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", code, *(str(a) for a in arguments)], stdout=subprocess.PIPE, text=True
    )


def _first_sale(folder: Path, idle: float) -> dict[str, float]:
    child = _child(FIRST_SALE, folder, ean13(3), idle)
    out, _ = child.communicate(timeout=120)
    found: dict[str, float] = json.loads(out)
    return found


@names("first_sale", "memory", "idle_cpu")
def starting(bench: Bench) -> Iterator[Row]:
    """A new process up to its first sale; its memory; what it costs when nothing happens."""
    home = bench.new_home("small")
    with bench.open(home) as app:
        app.pos.records("catalog_product").load(products(200), source="bench")
    best = min((_first_sale(home.folder, 0.01) for _ in range(3)), key=lambda found: found["first"])
    yield Row("first_sale", best["first"], "s", target=1.0)
    rested = _first_sale(home.folder, 5.0)
    yield Row("memory", rested["rss"], "MB", target=200.0)
    yield Row("idle_cpu", rested["idle"], "%", target=0.5)


@names("save_visible", "sale_beside_import", "lag_beside_import", "sale_beside_rebuild", "lag_beside_rebuild")
def beside(bench: Bench) -> Iterator[Row]:
    """A save seen by its reader; sales beside a bulk import and beside a rebuild in another process."""
    home = bench.new_home("beside")
    app = bench.open(home, register=True, projector="thread")
    records = app.pos.records("catalog_product")
    records.load(products(2_000), source="bench")
    waits = []
    for row in products(200, 500_000):
        began = time.perf_counter()
        done = app.journal.append(_saved(row))
        app.journal.wait(done.pos, "catalog_product")
        waits.append((time.perf_counter() - began) * 1000)
    yield Row("save_visible", p99(sorted(waits)), "ms", target=10.0)
    sales, lags = _selling_beside(app, _child(IMPORTER, home.folder, 600_000, 60_000))
    yield Row("sale_beside_import", p99(sales), "ms", target=10.0)
    yield Row("lag_beside_import", p99(lags), "ms", target=20.0)
    sales, lags = _selling_beside(app, _child(REBUILDER, home.folder, "catalog_product"))
    yield Row("sale_beside_rebuild", p99(sales), "ms", target=10.0)
    yield Row("lag_beside_rebuild", p99(lags), "ms", target=20.0)


def _selling_beside(app: App, child: subprocess.Popen[str]) -> tuple[list[float], list[float]]:
    """Sell while another process works; returns the times to a durable sale, and to its figures in the till."""
    if child.stdout is not None:
        child.stdout.readline()  # it has begun
    sales, lags, n = [], [], 0
    register = register_of(app)
    while child.poll() is None:
        n += 1
        for k in range(10):
            register.scan(ean13((n * 10 + k) % 2_000))
        began = time.perf_counter()
        place = register.pay("cash").entry
        sales.append((time.perf_counter() - began) * 1000)
        app.journal.wait(place.pos if place else 0, "kernel_till")
        lags.append((time.perf_counter() - began) * 1000)
        time.sleep(0.01)
    child.communicate()
    if child.returncode:
        raise GenesisError("the work to sell beside failed")
    return sorted(sales), sorted(lags)


def _saved(row: dict[str, Any]) -> Fact:
    values = {k: v for k, v in row.items() if k != "id"}
    return RecordSaved(record="catalog_product", id=row["id"], rev=1, values=values)


MEASURES: list[Measure] = [starting, beside]
