"""What became of a product can be read where it is changed."""

from __future__ import annotations

from typing import Any

import pytest

from genesis_catalog.history import section
from genesis_catalog.importer import run


@pytest.fixture
def app(store: Any) -> Any:
    return store("cash", "barcodes", "catalog")


def told(app: Any, product: str) -> list[tuple[str, str]]:
    app.projector.catch_up()
    rows: list[Any] = [row for found in section(app.pos, product) for row in found.rows]
    return [(row[0].text, row[0].small) for row in rows]


def test_each_change_says_from_what_to_what_and_who(app, tmp_path):
    records = app.pos.records("catalog_product")
    tea = records.save({"name": "Tea", "sku": "T", "price_e4": 34_000})
    row = {name: value for name, value in records.get(tea).items() if name not in {"id", "rev"}}
    records.save(row | {"price_e4": 36_000, "brand": "Leaf"}, record_id=tea)
    path = tmp_path / "new.csv"
    path.write_text("name,sku,price\nTea,T,3.80\nMilk,M,1\n", encoding="utf-8")
    run(app.pos, path)
    records.save(row | {"price_e4": None, "codes": [{"code": "4006381333931"}]}, record_id=tea)
    last, imported, first, created = told(app, tea)
    assert created == ("Created", "Owner")
    assert sorted(first[0].split("; ")) == ["Brand: – → Leaf", "Price: 3.40 → 3.60"]
    assert imported[0] == "Imported from new.csv"
    assert sorted(last[0].split("; ")) == ["Barcodes: – → 4006381333931", "Brand: Leaf → –", "Price: 3.80 → –"]
    milk = next(one["id"] for one in records.search("Milk", limit=1))
    assert told(app, milk) == []


def test_the_index_is_made_again_the_same(app, tmp_path):
    records = app.pos.records("catalog_product")
    for price in (1, 2, 3):
        records.save({"name": "Tea", "sku": "T", "price_e4": price}, record_id="tea")
    before = told(app, "tea")
    assert app.rebuild("catalog_history", swap=True).different == ()
    assert told(app, "tea") == before
    assert len(before) == 3
