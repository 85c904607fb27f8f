"""The list of products is searched and narrowed by every field at once, also by what other plugins know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from genesis import Act, Cell, Figure, PageColumn, PageFigure, Query, hookimpl
from genesis.testkit.stores import as_plugin
from genesis_batches.service import Delivered, receive
from genesis_catalog.importer import run
from genesis_catalog.pages import page
from genesis_purchasing.suppliers_page import article
from genesis_stock.models import StockRow
from genesis_stock.service import change

LIST = """\
name,sku,codes,category,price,status
Green tea,GT,4006381333931,Food/Tea,3,
Black tea,BT,,Food/Tea,4,
Tea cup,TC,,Kitchen,3,
Old tea,OT,,Food,3,retired
Dear tea,DT,,Food/Tea,30,
Loose tea,LT,,Food/Tea,,inactive
"""


def test_each_filter_narrows_and_together_they_leave_what_fits_all(store: Any, tmp_path: Any) -> None:
    app = store("cash", "barcodes", "catalog", "stock", "receipts", "purchasing", "batches")
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    assert run(app.pos, path).refused == 0
    food = next(row["id"] for row in app.pos.records("catalog_category").search("") if row["name"] == "Food")
    supplier = app.pos.records("purchasing_supplier").save({"name": "Leaf"})
    for sku in ("GT", "BT", "TC"):
        article(app.pos, Act(rows=(supplier,), values={"code": sku, "price": "1"}))
    for sku, day in (("GT", "2020-01-01"), ("BT", "2090-01-01")):
        ref = app.register.resolve(sku).ref
        today = app.clock.now().date().isoformat()
        receive(app.pos, [Delivered(item=ref, name=sku, qty=1_000, batch="B1", expiry=max(day, today))])
    app.projector.catch_up()
    shown = page(app.pos)

    def found(text: str = "", **filters: str) -> set[str]:
        query = Query(text=text, filters={name.replace("_", "."): value for name, value in filters.items()})
        return {cell.small for cell in (Cell.of(row.cells[0]) for row in shown.rows(app.pos, query).rows)}

    assert found("tea") == {"GT", "BT", "TC", "OT", "DT", "LT"}
    assert (found("GT"), found("4006381333931"), found("green")) == ({"GT"}, {"GT"}, {"GT"})
    assert found(category=food) == {"GT", "BT", "OT", "DT", "LT"}
    assert (found(status="retired"), found(status="inactive")) == ({"OT"}, {"LT"})
    assert (found(price="1-5"), found(price="20-100"), found(price="none")) == (
        {"GT", "BT", "TC", "OT"},
        {"DT"},
        {"LT"},
    )
    assert found(purchasing_supplier=supplier) == {"GT", "BT", "TC"}
    assert found(batches_dates="near") == {"GT"}
    assert found(stock_alert="out") == set()
    every = {"status": "active", "category": food, "price": "1-5", "purchasing_supplier": supplier}
    assert found("tea", **every) == {"GT", "BT"}
    assert found("tea", **every, batches_dates="near") == {"GT"}
    assert found("tea", **every, batches_dates="near", stock_alert="out") == set()


def test_the_tax_of_a_row_is_named_as_people_know_it(store: Any) -> None:
    app = store("barcodes", "catalog", "tax")
    vat = {"tax": "vat", "title": "VAT", "type": "percent", "rate": "8", "included": "yes", "valid_from": "2000-01-01"}
    app.pos.records("tax_class").save({"title": "Food and books", "taxes": [vat]}, record_id="reduced")
    products = app.pos.records("catalog_product")
    for tax in ("reduced", "gone", None):
        products.save({"name": f"Tea {tax}", "unit": "pcs", "price_e4": 10_000, "tax": tax, "codes": []})
    app.projector.catch_up()

    def shown() -> list[str]:
        return [str(Cell.of(row.cells[-1]).text) for row in page(app.pos).rows(app.pos, Query()).rows]

    assert shown() == ["–", "gone", "Food and books"]
    app.switch("tax", enabled=False)
    assert shown() == ["–", "gone", "reduced"]


def test_columns_and_cards_come_from_who_knows_and_go_with_them(store: Any) -> None:
    app = store("cash", "barcodes", "catalog", "stock", "receipts", "batches")
    products = app.pos.records("catalog_product")
    refs = {name: "catalog:" + products.save({"name": name, "unit": "pcs", "price_e4": 10_000, "codes": []})
            for name in ("Brie", "Feta", "Mug", "Soap")}  # fmt: skip
    now = app.clock.now().date()
    day = {left: (now + timedelta(days=left)).isoformat() for left in (0, 90, 100)}
    delivered = [("Brie", 3_000, "B1", day[90]), ("Brie", 1_000, "B2", day[0]), ("Feta", 4_000, "F1", day[100])]
    receive(app.pos, [Delivered(item=refs[name], name=name, qty=qty, batch=batch, expiry=expiry)
                      for name, qty, batch, expiry in delivered])  # fmt: skip
    change(app.pos, "received", [StockRow(item=refs["Mug"], name="Mug", qty=25_000)])
    app.projector.catch_up()

    def shown() -> dict[str, dict[str, Cell]]:
        asked = page(app.pos)
        return {
            str(Cell.of(row.cells[0]).text): {
                column.id: Cell.of(cell) for column, cell in zip(asked.columns[1:], row.cells[1:], strict=True)
            }
            for row in asked.rows(app.pos, Query()).rows
        }

    rows = shown()
    assert {name: (row["stock"].text, row["stock"].share) for name, row in rows.items()} == {
        "Brie": ("4", 400), "Feta": ("4", 400), "Mug": ("25", 1_000), "Soap": ("–", None)
    }  # fmt: skip
    expiries = {name: (row["batches.next"].text, row["batches.next"].tone) for name, row in rows.items()}
    assert expiries == {"Brie": (day[0], "warn"), "Feta": (day[100], ""), "Mug": ("", ""), "Soap": ("", "")}
    asked = page(app.pos)
    assert asked.cards is not None
    assert [card.id for card in asked.cards(app.pos)] == ["stock.value", "stock.low", "batches.near"]
    app.switch("batches", enabled=False)
    assert "batches.next" not in shown()["Brie"]
    app.switch("stock", enabled=False)
    assert list(shown()["Brie"]) == ["category", "price", "tax"]
    assert page(app.pos).cards is None


def test_above_the_list_only_the_figures_that_stand_there_are_asked_for(store: Any, monkeypatch: Any) -> None:
    from genesis_batches import lists
    from genesis_stock import figures

    app = store("barcodes", "catalog", "stock", "batches", "giftcards")
    asked: list[str] = []
    for module in (figures, lists):
        monkeypatch.setattr(module, "count", partial(_count, asked, module.count))
    monkeypatch.setattr("genesis_giftcards.pages.liability", lambda _pos: asked.append("gift cards"))
    cards = page(app.pos).cards
    assert cards is not None
    assert [card.id for card in cards(app.pos)] == ["stock.value", "stock.low", "batches.near"]
    assert sorted(asked) == ["low", "near", "out"]


def _count(asked: list[str], count: Callable[[Any, str], int], pos: Any, kind: str) -> int:
    asked.append(kind)
    return count(pos, kind)


class Wrong:
    """Brings a column and a figure that fail."""

    @hookimpl
    def actions(self) -> list[PageColumn | PageFigure]:
        return [PageColumn(id="wrong.column", title="Wrong", page="catalog.products", permission="records.read",
                           cells=lambda _pos, refs: {ref: str(1 / 0) for ref in refs}),
                PageFigure(id="wrong.figure", title="Worse", page="catalog.products", permission="records.read",
                           figure=lambda _pos: Figure(id="wrong.figure", title="", value=str(1 / 0)))]  # fmt: skip


def test_what_fails_on_the_page_is_marked_and_the_list_stays(store: Any, caplog: Any) -> None:
    app = store("barcodes", "catalog", extra=as_plugin(Wrong(), "wrong"))
    app.pos.records("catalog_product").save({"name": "Brie", "unit": "pcs", "price_e4": 10_000, "codes": []})
    app.projector.catch_up()
    asked = page(app.pos)
    [row] = asked.rows(app.pos, Query()).rows
    cells = {column.id: Cell.of(cell) for column, cell in zip(asked.columns, row.cells, strict=True)}
    assert (cells["name"].text, cells["wrong.column"]) == ("Brie", Cell(text="!", tone="bad"))
    assert "the column wrong.column of the products failed" in caplog.text
    assert asked.cards is not None
    assert asked.cards(app.pos) == [Figure(id="wrong.figure", title="Worse", value="!", tone="bad")]
    assert "the figure wrong.figure above the products failed" in caplog.text
