"""An import is taken back as far as nobody built upon it."""

from __future__ import annotations

from typing import Any

import pytest

from genesis import UserError
from genesis_catalog.command import import_products
from genesis_catalog.importer import run
from genesis_catalog.undo import undo

HEADER = "name,sku,price\n"


@pytest.fixture
def app(store: Any) -> Any:
    return store("cash", "barcodes", "catalog")


def products(app: Any) -> dict[str, tuple[str, int | None]]:
    app.projector.catch_up()
    rows = app.pos.records("catalog_product").search("", limit=50)
    return {row["sku"]: (row["name"], row["price_e4"]) for row in rows}


@pytest.fixture
def bring(app: Any, tmp_path: Any) -> Any:
    def bring(name: str, *lines: str) -> Any:
        path = tmp_path / name
        path.write_text(HEADER + "".join(f"{line}\n" for line in lines), encoding="utf-8")
        return run(app.pos, path, chunk=2)

    return bring


def test_what_it_created_goes_and_what_it_changed_is_as_it_was(app, bring):
    bring("first.csv", "Tea,T,3", "Milk,M,1", "Salt,S,2")
    app.pos.records("catalog_product").save({"name": "Jam", "sku": "J", "price_e4": 5}, record_id="jam")
    before = products(app)
    bring("second.csv", "Green tea,T,4", "Oil,O,9", "Jam,J,6", "Rice,R,2")
    assert products(app) != before
    done = undo(app.pos)
    assert done.source.startswith("second.csv #")
    assert (done.deleted, done.restored, done.left) == (2, 2, {})
    assert products(app) == before
    again = bring("second.csv", "Green tea,T,4", "Oil,O,9", "Jam,J,6", "Rice,R,2")
    assert (again.created, again.changed, again.refused) == (2, 2, 0)


def test_what_was_changed_since_stays_and_is_named(app, bring):
    result = bring("first.csv", "Tea,T,3", "Milk,M,1")
    records = app.pos.records("catalog_product")
    (tea,) = records.search("Tea", limit=5)
    records.save({"name": "Tea", "sku": "T", "price_e4": 1}, record_id=tea["id"])
    done = undo(app.pos, result.source)
    assert (done.deleted, list(done.left)) == (1, ["Tea"])
    assert products(app) == {"T": ("Tea", 1)}


def test_stopped_it_goes_on_where_it_stopped(app, bring):
    result = bring("first.csv", "A,A,1", "B,B,1", "C,C,1")
    assert undo(app.pos, result.source, progress=lambda done, _total: done < 2).deleted == 2
    rest = undo(app.pos, result.source)
    assert (rest.deleted, len(rest.left)) == (1, 2)
    assert products(app) == {}


def test_without_an_import_there_is_nothing_to_take_back(app):
    with pytest.raises(UserError, match="no import to take back"):
        undo(app.pos)


def test_the_command_says_what_it_did(app, bring, capsys):
    bring("first.csv", "Tea,T,3")
    assert import_products(app.pos, ["--undo"]) == 0
    assert capsys.readouterr().out.endswith(": 1 deleted, 0 as they were before\n")
    with pytest.raises(SystemExit):
        import_products(app.pos, ["--undo", "file.csv"])
