"""Products that are the same are found with the reason, and one is made of two without losing anything."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import select

from genesis import Act, Query, UserError
from genesis_catalog.importer import run
from genesis_duplicates import command, finding, pages
from genesis_duplicates.finding import find, folded
from genesis_duplicates.merging import merge
from genesis_purchasing.suppliers_page import article
from genesis_stock.models import StockRow, item as kept_item
from genesis_stock.service import change, on_hand

GOODS = """\
name,sku,codes,brand,price,unit
Crème Brûlée 0.5 L,A1,,Dairy,3,pcs
creme brulee 500 ml,A2,,Dairy,3,pcs
Milk chocolate bar 100 g,B1,,Quay,1,pcs
Chocolate milk bar 100g,B2,,Quay,1,pcs
Orange juice 1 l,C1,,Grove,2,pcs
Orange juise 1 l,C2,,Grove,2,pcs
Orange juice 2 l,C3,,Grove,4,pcs
Tea,D1,4006381333931,,1,pcs
Black leaves,D2,4006381-33393,,2,pcs
Rice,E1,,Paddy,2,pcs
Rice,E2,,Other mill,2,pcs
Sugar,F1,,,1,pcs
Sugar,F2,,,1,kg
"""


@pytest.fixture
def app(store: Any, tmp_path: Any) -> Any:
    app = store("cash", "barcodes", "catalog", "stock", "duplicates")
    path = tmp_path / "goods.csv"
    path.write_text(GOODS, encoding="utf-8")
    result = run(app.pos, path)
    assert result.refused == 0, result.problems
    app.projector.catch_up()
    return app


def key(app: Any, sku: str) -> str:
    return str(app.register.resolve(sku).ref).removeprefix("catalog:")


def test_each_pair_is_found_once_with_its_reason(app):
    found = {(pair.one[2], pair.other[2]): (pair.score, pair.why) for pair in find(app.pos)}
    near = found.pop(("C1", "C2"))
    assert (near[1], 70 < near[0] < 90) == ("nearly the same name, the same brand and size", True)
    assert found == {
        ("D1", "D2"): (98, "the same code, written otherwise"), ("A1", "A2"): (95, "the same name"),
        ("F1", "F2"): (95, "the same name"), ("B1", "B2"): (90, "the same words in the name"),
    }  # fmt: skip
    assert [pair.score for pair in find(app.pos)] == sorted((pair.score for pair in find(app.pos)), reverse=True)


def test_two_articles_of_one_supplier_under_one_code_are_likely_the_same(store, tmp_path):
    app = store("cash", "barcodes", "catalog", "stock", "receipts", "purchasing", "duplicates")
    path = tmp_path / "goods.csv"
    path.write_text("name,sku\nChair,CH\nSeat,SE\nTable,TA\n", encoding="utf-8")
    run(app.pos, path)
    app.projector.catch_up()
    supplier = app.pos.records("purchasing_supplier").save({"name": "Quay"})
    for sku, code in (("CH", "x7"), ("SE", "X7"), ("TA", "X8")):
        article(app.pos, Act(rows=(supplier,), values={"code": sku, "theirs": code, "price": "1", "pack": ""}))
    app.projector.catch_up()
    assert [(pair.why, pair.one[2], pair.other[2]) for pair in find(app.pos)] == [
        ("the same supplier's code", "CH", "SE")
    ]


@given(st.text(max_size=30))
def test_folding_is_total_and_settles(text):
    assert folded(folded(text)) == folded(folded(folded(text)))


@pytest.mark.parametrize(
    ("one", "other"),
    [("0,5 L", "500ML"), ("1.5 kg", "1500 g"), ("75 cl", "0.75l"), ("Ärger-Tee", "arger tee"), ("6 Stk", "6pcs")],
)
def test_sizes_are_read_however_they_are_written(one, other):
    assert folded(one) == folded(other)


def test_merging_moves_codes_sku_and_stock_and_keeps_what_was_sold(app, monkeypatch):
    keep, gone = key(app, "A1"), key(app, "A2")
    change(app.pos, "received", [StockRow(item=f"catalog:{gone}", name="x", qty=3_000, cost=11_111),
                                 StockRow(item=f"catalog:{keep}", name="y", qty=1_000, cost=20_000)])  # fmt: skip
    app.register.scan("A2")
    sale = app.register.pay("cash").sale
    app.projector.catch_up()
    worth = sum(row.value for row in app.pos.db.all(select(kept_item)))
    appends: list[int] = []
    real = app.pos.journal.append
    monkeypatch.setattr(
        app.pos.journal, "append", lambda *facts, **more: appends.append(len(facts)) or real(*facts, **more)
    )
    assert merge(app.pos, keep, gone).endswith("with 2 in stock")
    app.projector.catch_up()
    assert app.register.resolve("A2").ref == f"catalog:{keep}"
    assert (on_hand(app.pos, f"catalog:{gone}"), on_hand(app.pos, f"catalog:{keep}")) == (0, 3_000)
    assert sum(row.value for row in app.pos.db.all(select(kept_item))) == worth
    assert appends == [2]
    assert app.pos.records("catalog_product").get(gone)["status"] == "retired"
    assert ("A1", "A2") not in {(pair.one[2], pair.other[2]) for pair in find(app.pos)}
    app.register.return_lines(sale.number)
    app.register.pay("cash")
    before = app.pos.journal.raw.pos()
    merge(app.pos, keep, gone)  # what came back since moves too, and nothing else happens
    assert [entry.kind for entry in app.pos.journal.read(before)] == ["stock.moved"]
    assert on_hand(app.pos, f"catalog:{keep}") == 4_000


def test_what_cannot_be_one_is_refused_and_nothing_moves(app):
    before = app.pos.journal.raw.pos()
    for keep, gone, words in (("F1", "F2", "sold by pcs"), ("A1", "A1", "not two products")):
        with pytest.raises(UserError, match=words):
            merge(app.pos, key(app, keep), key(app, gone))
    assert app.pos.journal.raw.pos() == before


def test_the_page_and_the_command_merge(app, capsys):
    page = pages.page(app.pos)
    acts = {act.id: act for act in page.actions}
    rows = page.rows(app.pos, Query(text="choc"))
    assert rows.total == 1
    acts["second"].run(app.pos, Act(rows=(rows.rows[0].id,)))
    assert page.rows(app.pos, Query(text="choc")).total == 0
    assert command.run(app.pos, ["merge", "C1", "C2"]) == 0
    app.projector.catch_up()
    assert app.register.resolve("B1").name == "Chocolate milk bar 100g"
    assert app.register.resolve("C2").name == "Orange juice 1 l"
    assert acts["again"].run(app.pos, Act()).text == "3 pairs found"
    capsys.readouterr()
    assert command.run(app.pos, ["--limit", "1"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("98 %  Tea [D1]  =  Black leaves [D2]")
    assert out[1] == "... and 2 more (--limit N)"


def test_two_codes_of_one_packed_key_are_no_pair(app, monkeypatch):
    before = find(app.pos)
    monkeypatch.setattr(finding, "_packed", lambda _key, num: num)  # every key is the same
    assert {(pair.one[2], pair.other[2]) for pair in find(app.pos) if pair.score == 98} == {("D1", "D2")}
    assert len(before) == 5
