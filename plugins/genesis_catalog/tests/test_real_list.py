"""The first rows of a real list of 67,674 products, where the folder with the test data is known."""

from __future__ import annotations

import csv
import gzip
import itertools
import os
import sys
from pathlib import Path

import pytest
from pyarrow import parquet

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


# Real rows: names that lost their accents to a wrong encoding, a lamp whose measures add up to a card number, and one
# product that stands there with its UPC and its EAN.
SEEN = {
    "3153575650006": "Tagliatelles Aux ufs, Bio, 250 Grammes, Marque Leader Price",
    "3254474005437": "Curs De Palmiers Coupés, Bocal De 200 Grammes, Marque Géant Vert Les Minis",
    "7310350109029": "DJUNGELVRL",
    "80300502": "Mixed Mushrooms  Calabrian Style 8 x 290g Jars",
    "4690259224881": "Лента светодиодная tdm smd3528-120-54-12-96-3200 120led/м, ip54, 12в, 9.6w, 3200к",
}
BOTH = ("0737052647586", "737052647586")


def test_real_rows_with_odd_names_are_kept_and_a_second_form_of_a_code_is_refused(store, tmp_path):
    app = store("barcodes", "catalog")
    path = tmp_path / "odd.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("gtin", "name"))
        for name in ("products_off_400k.parquet", "products_uhtt_250k.parquet"):
            table = parquet.read_table(Path(os.environ[NAME]) / "catalog" / name, columns=["gtin", "name"],
                                       filters=[("gtin", "in", [*SEEN, *BOTH])])  # fmt: skip
            writer.writerows(row.values() for row in table.to_pylist())
    result = run(app.pos, path)
    assert (result.rows, result.created, result.mended) == (len(SEEN) + 2, len(SEEN) + 1, 4)
    assert [problem.reason.partition(": ")[0] for problem in result.problems] == [f"{BOTH[1]} stands in row 6 already"]
    assert {code: app.register.resolve(code).name for code in SEEN} == SEEN
    assert app.register.resolve(BOTH[0]) == app.register.resolve(BOTH[1])
