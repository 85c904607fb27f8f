"""All real catalogues, 680,648 codes in three files, are imported; then the store scans, searches, filters and sells."""

from __future__ import annotations

import csv
import gzip
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from genesis import Item, Query
from genesis.hooks import cart as cart_specs
from genesis.plugin.app import App
from genesis.plugin.home import open_home
from genesis_catalog import pages

NAME = "GENESIS_TEST_DATA"
FILES = ("products_fmcg.csv.gz", "products_off_400k.parquet", "products_uhtt_250k.parquet")
COLUMNS = ("gtin", "name", "brand", "department", "category")
DISTINCT = 680_648
MOST_SECONDS, MOST_MEGABYTES = 140.0, 1_024.0
IMPORTER = """
import json, resource, sys, time
from pathlib import Path
from genesis.plugin.app import App
from genesis.plugin.home import open_home
from genesis_catalog.importer import run
told, found, began = [], [], time.perf_counter()
with App(open_home(Path(sys.argv[1]))) as app:
    for path in sys.argv[2:]:
        result = run(app.pos, Path(path), progress=lambda *at: told.append(at) is None)
        found.append([result.rows, result.created, result.changed, result.unchanged, result.refused])
print(json.dumps({"found": found, "told": len(told), "seconds": time.perf_counter() - began,
                  "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a file of the catalogues, as text."""
    if path.suffix == ".parquet":
        for batch in parquet.ParquetFile(path).iter_batches():
            yield from ({name: value or "" for name, value in row.items()} for row in batch.to_pylist())
    else:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def took(count: int, act: Callable[[], object]) -> tuple[float, float]:
    """Do something so often; returns the milliseconds of the median and of the slowest but one in a hundred."""
    found = []
    for _ in range(count):
        began = time.perf_counter()
        act()
        found.append((time.perf_counter() - began) * 1_000)
    found.sort()
    return found[count // 2], found[min(count - 1, int(count * 0.99))]


@pytest.mark.stress
@pytest.mark.timeout(1_200)
@pytest.mark.skipif(NAME not in os.environ, reason=f"{NAME} is not set: the catalogues are NOT imported")
def test_every_catalogue_is_imported_and_the_store_works_at_that_size(
    store: Any, tmp_path: Path, record_property: Any
) -> None:  # fmt: skip
    codes, names, lists = set[str](), dict[str, str](), []
    for name in FILES:
        lists.append(tmp_path / f"{name.partition('.')[0]}.csv")
        with lists[-1].open("w", encoding="utf-8", newline="") as out:
            table = csv.DictWriter(out, COLUMNS, restval="")
            table.writeheader()
            for row in rows(Path(os.environ[NAME]) / "catalog" / name):
                table.writerow(row)
                codes.add(row["gtin"].zfill(14))
                names[row["gtin"].zfill(14)] = row["name"].strip()
    assert len(codes) == DISTINCT
    made = store("barcodes", "catalog", "stock", "cash", strict=False)
    made.close()
    done = subprocess.run([sys.executable, "-c", IMPORTER, made.home.folder, *lists], check=True, capture_output=True,
                          text=True)  # fmt: skip
    answer = json.loads(done.stdout)
    record_property("covered", f"catalogues: {answer}")
    with App(open_home(made.home.folder), register=True, projector="inline") as app:
        figures = used(app, sorted(codes), names)
    record_property("covered", f"a store of {DISTINCT} codes: {figures}")


def used(app: App, codes: list[str], names: dict[str, str]) -> dict[str, str]:
    """Scan, search, filter, edit and sell; returns how long it took."""
    chance, figures = random.Random(7), {}
    register = app.register
    assert register is not None

    def note(what: str, count: int, act: Callable[[], object]) -> None:
        median, slow = took(count, act)
        figures[what] = f"{median:.2f} ms, p99 {slow:.2f} ms"

    def scan() -> None:
        code = chance.choice(codes)
        found = register.resolve(code)
        assert isinstance(found, Item)
        assert found.name == names[code]

    note("code to item", 2_000, scan)
    typed = [name for name in (names[code] for code in chance.sample(codes, 400)) if len(name) > 3]
    search = app.hooks.each(cart_specs.search_items)
    note("search", 400, lambda: search(text=chance.choice(typed)[:5], category="", limit=24))
    products, priced = app.pos.records("catalog_product"), chance.sample(codes, 300)
    waiting = iter(priced)

    def edit() -> None:
        found = register.resolve(next(waiting))
        assert isinstance(found, Item)
        ref = found.ref.partition(":")[2]
        row = products.get(ref)
        assert row is not None
        products.save({**row, "price_e4": chance.randrange(1, 100) * 10_000}, row["rev"], record_id=ref)

    note("edit", len(priced), edit)
    paged(app, note, chance, typed)

    def sell() -> None:
        for code in chance.sample(priced, 10):
            register.scan(code)
        assert register.pay("cash").sale is not None

    note("sale of ten lines", 50, sell)
    return figures


def paged(app: App, note: Callable[[str, int, Callable[[], object]], None], chance: random.Random, typed: list[str]
          ) -> None:  # fmt: skip
    """Look at pages of products, sorted and narrowed."""
    groups = [row["id"] for row in app.pos.records("catalog_category").search("", limit=200)]

    def page(**asked: Any) -> Callable[[], object]:
        return lambda: pages.find(app.pos, Query(limit=60, **asked))

    note("page of products by name", 30, page(sort="name"))
    note("page by category", 60, lambda: page(filters={"category": chance.choice(groups)})())
    note("page by price", 30, page(filters={"price": "1-5"}, sort="price"))
    note("page by word", 60, lambda: page(text=chance.choice(typed).split()[0])())
