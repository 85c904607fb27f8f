"""The first rows of a real list of 67,674 products, where the folder with the test data is known."""

from __future__ import annotations

import csv
import gzip
import itertools
import os
import sys
from pathlib import Path

import pytest

from genesis_catalog.importer import run

NAME = "GENESIS_TEST_DATA"
SLICE = 8_000
pytestmark = pytest.mark.skipif(NAME not in os.environ, reason=f"{NAME} is not set: a real list is NOT imported")


@pytest.mark.parametrize("rows", [SLICE, pytest.param(None, marks=pytest.mark.stress)])
def test_a_real_list_is_imported_and_every_product_is_found_by_its_code(store, tmp_path, rows):
    app = store("barcodes", "catalog", strict=rows is not None)
    path = Path(os.environ[NAME]) / "catalog" / "products_fmcg.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        listed = list(itertools.islice(csv.DictReader(file), rows))
    if rows is not None:
        path = tmp_path / "slice.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, listed[0])
            writer.writeheader()
            writer.writerows(listed)
    result = run(app.pos, path)
    twice = [problem.row for problem in result.problems]
    sys.stdout.write(f"imported {result.created} of {result.rows} rows; a second form of one code: rows {twice}\n")
    kept = [row for number, row in enumerate(listed, 2) if number not in twice]
    assert (result.rows, result.created, result.refused) == (len(listed), len(kept), len(twice))
    assert all("stands in row" in problem.reason for problem in result.problems)
    assert len(twice) == (1 if rows else 5)
    assert app.pos.records("catalog_category").count() == result.categories
    for row in kept[:: 1 if rows is None else 10]:
        item = app.register.resolve(row["gtin"])
        path_names = tuple(dict.fromkeys((row["department"], row["category"])))
        assert (item.name, item.category) == (row["name"].strip(), path_names)
    assert run(app.pos, path).unchanged == len(kept)
