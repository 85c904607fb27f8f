"""Suppliers and their articles come from a file, all of it or nothing, and twice changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from genesis import UserError
from genesis_purchasing.bringing import run

GOOD = """\
Supplier,lead_days,minimum,email,code,theirs,price,pack
Leaf & Co,4,50,a@leaf.example,T,L7,1.25,6
leaf & co,,,,M,L8,0.4,
Mill,2,,,,,,
"""


@pytest.fixture
def app(store: Any) -> Any:
    app = store("cash", "barcodes", "catalog", "stock", "receipts", "purchasing")
    for sku in "TM":
        app.pos.records("catalog_product").save({"name": sku, "sku": sku}, record_id=sku)
    return app


def test_a_file_is_taken_whole_or_not_at_all_and_twice_changes_nothing(app: Any, tmp_path: Any, capsys: Any) -> None:
    path = tmp_path / "suppliers.csv"
    path.write_text(GOOD + "Mill,x,,,,,,\nMill,,,,NONE,,1,\n,1,,,,,,\nMill,,,nobody,,,,\nMill,,,,T,,,\n")
    before = app.raw_journal.pos()
    assert run(app.pos, ["import", str(path)]) == 1
    err = capsys.readouterr().err
    assert [line.split(":")[1].strip() for line in err.splitlines()[:-1]] == [f"line {n}" for n in range(5, 10)]
    path.write_text(GOOD)
    assert run(app.pos, ["import", str(path), "--dry-run"]) == 0
    assert app.raw_journal.pos() == before
    assert run(app.pos, ["import", str(path)]) == 0
    app.projector.catch_up()
    suppliers = {row["name"]: row for row in app.pos.records("purchasing_supplier").search("", limit=9)}
    assert {name: (row["lead_days"], row["minimum"]) for name, row in suppliers.items()} == {
        "Leaf & Co": (4, 5_000), "Mill": (2, 0),
    }  # fmt: skip
    offers = {row["item"]: row for row in app.pos.records("purchasing_offer").search("", limit=9)}
    assert (offers["catalog:T"]["price_e4"], offers["catalog:T"]["pack"], offers["catalog:T"]["code"]) == (
        12_500,
        6_000,
        "L7",
    )
    assert offers["catalog:M"]["supplier"] == suppliers["Leaf & Co"]["id"]
    now = app.raw_journal.pos()
    assert run(app.pos, ["import", str(path)]) == 0
    assert app.raw_journal.pos() == now
    assert capsys.readouterr().out.endswith(
        "suppliers: 0 new, 0 changed, 2 as they are\noffers: 0 new, 0 changed, 2 as they are\n"
    )


def test_a_file_that_is_none_is_refused(app: Any, tmp_path: Any) -> None:
    path = tmp_path / "x.csv"
    for text, what in (("code\nA\n", "no column supplier"), ("supplier,size\nA,1\n", "a column 'size'")):
        path.write_text(text)
        with pytest.raises(UserError, match=what):
            run(app.pos, ["import", str(path)])
