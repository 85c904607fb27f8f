"""From when on an item is low, too much or idle: by itself, by its innermost category with a mark, by the store."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from genesis import Act, Query, UserError
from genesis_stock import figures, marks_page, pages, service
from genesis_stock.models import StockRow, mark

ON = ("barcodes", "catalog", "stock")
GOODS = {"brie": "cheese", "milk": "dairy", "soap": "", "gouda": "cheese"}


@pytest.fixture
def app(both: Any) -> Any:
    """Brie and gouda are cheese, which is dairy, as milk is; soap stands in no category. Five of each are there."""
    app = both.new(*ON)
    for ref, parent in (("dairy", ""), ("cheese", "dairy")):
        app.pos.records("catalog_category").save({"name": ref.title(), "parent": parent}, record_id=ref)
    for n, (ref, category) in enumerate(GOODS.items()):
        row = {"name": ref.title(), "sku": f"S{n}", "category": category, "price_e4": 10_000}
        app.pos.records("catalog_product").save(row, record_id=ref)
        service.change(app.pos, "opened", [StockRow(item=f"catalog:{ref}", name=ref.title(), qty=5_000)])
    return app


def marks(app: Any, category: str, **values: Any) -> None:
    app.pos.records("stock_mark").save({"category": category} | values)


def listed(app: Any, kind: str) -> set[str]:
    return {row.name for row in app.pos.db.all(figures.alerts(app.pos, kind))}


def test_an_own_mark_counts_before_the_innermost_category_and_that_before_those_above(app: Any) -> None:
    marks(app, "Dairy", low="9")
    assert listed(app, "low") == {"Brie", "Gouda", "Milk"}
    marks(app, "cheese", low="4")
    assert listed(app, "low") == {"Milk"}
    app.pos.records("stock_rule").save({"policy": "allow", "low": "6"}, record_id="catalog:gouda")
    assert listed(app, "low") == {"Milk", "Gouda"}
    marks(app, "", low="5")
    assert listed(app, "low") == {"Milk", "Gouda", "Soap"}
    tones = {ref: one.tone for ref, one in service.availability(app.pos, [f"catalog:{ref}" for ref in GOODS]).items()}
    assert tones == {"catalog:brie": "", "catalog:milk": "warn", "catalog:gouda": "warn", "catalog:soap": "warn"}


def test_each_mark_is_looked_for_by_itself_and_an_item_out_of_stock_is_not_also_low(app: Any) -> None:
    marks(app, "Dairy", over="5", idle="10")
    marks(app, "Cheese", low="1", idle="30")
    assert listed(app, "over") == {"Brie", "Gouda", "Milk"}
    app.clock.forward(days=20)
    assert listed(app, "idle") == {"Milk"}
    app.pos.records("stock_rule").save({"policy": "allow", "idle": "15"}, record_id="catalog:brie")
    assert listed(app, "idle") == {"Milk", "Brie"}
    service.change(app.pos, "wasted", [StockRow(item="catalog:brie", name="Brie", qty=-5_000)], reason="mould")
    assert (listed(app, "low"), listed(app, "out")) == (set(), {"Brie"})
    assert [row[:2] for row in figures.attention(app.pos, {}) if row[0] == "Out of stock"] == [("Out of stock", "Brie")]


def test_without_the_catalogue_marks_of_everything_still_count(app: Any) -> None:
    marks(app, "Dairy", low="9")
    marks(app, "", low="5")
    app.switch("catalog", enabled=False)
    assert listed(app, "low") == {"Brie", "Gouda", "Milk", "Soap"}
    app.pos.records("stock_mark").save({"category": "", "low": "3"},
                                       record_id=app.pos.db.all(select(mark.c.id).where(mark.c.category == ""))[0][0],
                                       rev=1)  # fmt: skip
    assert listed(app, "low") == set()


@pytest.mark.parametrize(
    ("values", "field"),
    [({}, "low"), ({"low": "9", "over": "9"}, "over"), ({"idle": "0"}, "idle"), ({"low": "x"}, "low")],
)
def test_marks_that_cannot_be_are_refused_by_field(app: Any, values: dict[str, str], field: str) -> None:
    with pytest.raises(UserError) as wrong:
        marks(app, "Dairy", **values)
    assert wrong.value.field == field


def test_a_category_has_its_marks_once_and_the_page_keeps_them(app: Any) -> None:
    page = marks_page.page(app.pos)
    assert page.new is not None
    form = page.new(app.pos)
    assert form.save is not None
    form.save(app.pos, {"category": "Dairy", "low": "9", "over": "", "idle": "40"})
    with pytest.raises(UserError):
        marks(app, "dairy", low="1")
    [row] = page.rows(app.pos, Query()).rows
    assert row.cells == ("Dairy", "9", "", "40")
    [delete] = [action for action in page.actions if action.id == "delete"]
    delete.run(app.pos, Act(rows=(row.id,)))
    assert listed(app, "low") == set()


def test_the_form_of_an_item_shows_its_own_marks_alone(app: Any) -> None:
    marks(app, "Dairy", low="9")
    drawer = pages.drawer(app.pos, "catalog:milk")
    assert drawer.values == {"policy": "allow", "low": "", "over": "", "idle": ""}
    assert drawer.save is not None
    drawer.save(app.pos, {"idle": "7"})
    assert pages.drawer(app.pos, "catalog:milk").values["idle"] == "7"
    assert listed(app, "low") == {"Brie", "Gouda", "Milk"}
