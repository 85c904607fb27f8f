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
from sqlalchemy import select

from genesis import Item, Query
from genesis.hooks import cart as cart_specs
from genesis.plugin.app import App
from genesis.plugin.home import open_home
from genesis_catalog import pages
from genesis_catalog.models import code

NAME = "GENESIS_TEST_DATA"
FILES = ("products_fmcg.csv.gz", "products_off_400k.parquet", "products_uhtt_250k.parquet")
COLUMNS = ("gtin", "name", "brand", "department", "category")
DISTINCT = 680_648
MOST_MEGABYTES = 1_024
TWICE = 45  # rows with a second form of a code that stands in the same file already: its UPC beside its EAN
MENDED = 50  # names with characters that cannot be seen: 49 control characters, a zero-width blank
UNSEEN = dict.fromkeys((*range(32), *range(127, 160), 0x200B))
IMPORTER = """
import json, resource, sys, time
from pathlib import Path
from genesis.plugin.app import App
from genesis.plugin.home import open_home
from genesis_catalog.importer import run
told, found, refused, mended, began = [], [], [], 0, time.perf_counter()
with App(open_home(Path(sys.argv[1]))) as app:
    for path in sys.argv[2:]:
        result = run(app.pos, Path(path), progress=lambda *at: told.append(at) is None)
        found.append([result.rows, result.created, result.changed, result.unchanged, result.refused])
        refused.append([(problem.row, problem.reason) for problem in result.problems])
        mended += result.mended
seconds = round(time.perf_counter() - began, 1)
print(json.dumps({"found": found, "told": len(told), "seconds": seconds, "cpu": round(time.process_time(), 1),
                  "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "refused": refused,
                  "mended": mended}))
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
    listed: list[list[str]] = []
    lists, names = [], dict[str, str]()
    for name in FILES:
        lists.append(tmp_path / f"{name.partition('.')[0]}.csv")
        listed.append([])
        with lists[-1].open("w", encoding="utf-8", newline="") as out:
            table = csv.DictWriter(out, COLUMNS, restval="")
            table.writeheader()
            for row in rows(Path(os.environ[NAME]) / "catalog" / name):
                table.writerow(row)
                listed[-1].append(row["gtin"].zfill(14))
                names[listed[-1][-1]] = row["name"].translate(UNSEEN).strip()
    assert len(names) == DISTINCT
    made = store("barcodes", "catalog", "stock", "cash", strict=False)
    made.close()
    done = subprocess.run([sys.executable, "-c", IMPORTER, made.home.folder, *lists], check=True, capture_output=True,
                          text=True)  # fmt: skip
    answer = json.loads(done.stdout)
    refused = [(of[row - 2], why) for of, some in zip(listed, answer.pop("refused"), strict=True) for row, why in some]
    record_property("covered", f"catalogues: {answer}")
    assert [why for _, why in refused if "stands in row" not in why] == []
    assert (len(refused), answer["mended"]) == (TWICE, MENDED)
    assert answer["megabytes"] < MOST_MEGABYTES
    assert answer["told"] > DISTINCT // 1_000  # a bar that moves
    with App(open_home(made.home.folder), register=True, projector="inline") as app:
        kept = {key for (key,) in app.pos.db.all(select(code.c.code))}
        assert names.keys() == kept
        figures = used(app, sorted(kept - {key for key, _ in refused}), names)
    record_property("covered", f"a store of {len(kept)} codes: {figures}")


class Shop:
    """A store of that size and what was measured in it: how long each thing took."""

    def __init__(self, app: App, codes: list[str], names: dict[str, str]) -> None:
        assert app.register is not None
        self.app, self.register, self.codes, self.names = app, app.register, codes, names
        self.chance, self.figures = random.Random(7), dict[str, str]()
        self.priced = self.chance.sample(codes, 300)

    def note(self, what: str, count: int, act: Callable[[], object]) -> None:
        median, slow = took(count, act)
        self.figures[what] = f"{median:.2f} ms, p99 {slow:.2f} ms"

    def scan(self) -> None:
        wanted = self.chance.choice(self.codes)
        assert self.item(wanted).name == self.names[wanted]

    def item(self, wanted: str) -> Item:
        found = self.register.resolve(wanted)
        assert isinstance(found, Item)
        return found

    def price(self, wanted: str) -> None:
        products, ref = self.app.pos.records("catalog_product"), self.item(wanted).ref.partition(":")[2]
        row = products.get(ref)
        assert row is not None
        products.save({**row, "price_e4": self.chance.randrange(1, 100) * 10_000}, row["rev"], record_id=ref)

    def page(self, **asked: Any) -> None:
        pages.find(self.app.pos, Query(limit=60, **asked))

    def sell(self) -> None:
        for wanted in self.chance.sample(self.priced, 10):
            self.register.scan(wanted)
        assert self.register.pay("cash").sale is not None


def used(app: App, codes: list[str], names: dict[str, str]) -> dict[str, str]:
    """Scan, search, edit, filter and sell; returns how long it took."""
    shop = Shop(app, codes, names)
    chance, search = shop.chance, app.hooks.each(cart_specs.search_items)
    typed = [name for name in (names[one] for one in chance.sample(codes, 400)) if len(name) > 3]
    groups = [row["id"] for row in app.pos.records("catalog_category").search("", limit=200)]
    waiting = iter(shop.priced)
    shop.note("code to item", 2_000, shop.scan)
    shop.note("search", 400, lambda: search(text=chance.choice(typed)[:5], category="", limit=24))
    shop.note("edit", len(shop.priced), lambda: shop.price(next(waiting)))
    shop.note("page by name", 30, lambda: shop.page(sort="name"))
    shop.note("page by category", 60, lambda: shop.page(filters={"category": chance.choice(groups)}))
    shop.note("page by price", 30, lambda: shop.page(filters={"price": "1-5"}, sort="price"))
    shop.note("page by word", 60, lambda: shop.page(text=chance.choice(typed).split()[0]))
    shop.note("sale of ten lines", 50, shop.sell)
    return shop.figures
