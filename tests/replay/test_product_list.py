"""A whole real list of 67,674 products is imported; the counts and how fast it went are printed."""

from __future__ import annotations

import csv
import gzip
import os
import time
from pathlib import Path

import pytest

from genesis_catalog.importer import run

NAME = "GENESIS_TEST_DATA"


@pytest.mark.stress
@pytest.mark.timeout(600)
@pytest.mark.skipif(NAME not in os.environ, reason=f"{NAME} is not set: the whole list is NOT imported")
def test_a_whole_list_is_imported_and_a_code_on_two_rows_is_refused(store, record_property):
    path = Path(os.environ[NAME]) / "catalog" / "products_fmcg.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        listed = [row["gtin"] for row in csv.DictReader(file)]
    app = store("barcodes", "catalog", strict=False)  # as a shop runs: the pace is printed
    began = time.perf_counter()
    result = run(app.pos, path)
    seconds = time.perf_counter() - began
    assert (len(listed), result.rows, result.created, result.refused) == (67_674, 67_674, 67_669, 5)
    assert all("stands in row" in problem.reason for problem in result.problems)
    assert app.pos.records("catalog_product").count() == 67_669
    twice = ", ".join(listed[problem.row - 2] for problem in result.problems)  # the first row of products is row 2
    pace = f"{seconds:.1f} s, {result.rows / seconds:.0f} rows/s"
    text = f"product list: {result.created} of {result.rows} rows imported ({pace}); refused as second forms: {twice}"
    record_property("covered", text)
