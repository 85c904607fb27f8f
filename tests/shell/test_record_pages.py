"""Pages of master data: made, found, changed, refused by field, deleted and brought back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from genesis import Act, Query, Refused, UserError
from genesis.plugin.app import App
from genesis_catalog import category_page
from genesis_customers import pages as customers
from genesis_tax import pages as taxes


@pytest.fixture
def app(store: Callable[..., App]) -> Any:
    return store("barcodes", "catalog", "tax", "customers", "cash")


def make(app: Any, page: Any, **values: str) -> str:
    done = page.new(app.pos).save(app.pos, values)
    return str(done.open)


def test_a_tax_class_is_made_by_lines_and_sells_at_once(app: Any) -> None:
    page = taxes.page(app.pos)
    made = make(
        app,
        page,
        title="Standard",
        taxes="vat; VAT; 19 %; included; ; 2026-02-28\nvat; VAT; 20 %; included; 2026-03-01",
    )
    shown = page.drawer(app.pos, made)
    assert shown.values["taxes"].splitlines() == [
        "vat; VAT; 19 %; included; ; 2026-02-28",
        "vat; VAT; 20 %; included; 2026-03-01",
    ]
    app.settings.change("tax", {"scope": "line"})
    app.pos.records("catalog_product").save(
        {"name": "Tea", "price_e4": 12_000, "tax": made, "sku": "T"}, record_id="tea"
    )
    assert app.register.scan("T").priced.tax == 20  # 1.20 with 20 % in it


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("eco; Deposit; 0.25 each; added", "eco; Deposit; 0.25 each; added"),
        ("icms; ICMS; 18 % of the price; as the store", "icms; ICMS; 18 % of the price; as the store"),
        ("vat; VAT; 5%", "vat; VAT; 5 %; as the store"),
    ],
)
def test_each_kind_of_tax_is_read_and_written(app: Any, line: str, kept: str) -> None:
    page = taxes.page(app.pos)
    made = make(app, page, title="T", taxes=line)
    assert page.drawer(app.pos, made).values["taxes"] == kept


@pytest.mark.parametrize(
    "line", ["vat", "vat; VAT; twenty", "vat; VAT; 20 %; perhaps", "vat; VAT; 20 %; added; 1; 2; 3"]
)
def test_a_line_that_cannot_be_is_refused_with_its_number(app: Any, line: str) -> None:
    with pytest.raises(UserError, match="taxes: line 2") as told:
        make(app, taxes.page(app.pos), title="T", taxes=f"a; A; 1 %; added\n{line}")
    assert told.value.field == "taxes"


def test_what_a_line_does_not_say_of_a_tax_stays(app: Any) -> None:
    first = {"tax": "eco", "title": "Eco", "type": "fixed", "amount": "1", "included": "no", "affects_next": True}
    app.pos.records("tax_class").save({"title": "T", "taxes": [first]}, record_id="t")
    page = taxes.page(app.pos)
    page.drawer(app.pos, "t").save(app.pos, {"title": "Renamed"})
    kept = app.pos.records("tax_class").get("t")
    assert (kept["title"], kept["taxes"][0]["affects_next"]) == ("Renamed", 1)


def test_customers_are_found_by_any_of_their_words_and_change_hands_of_nobody(app: Any) -> None:
    page = customers.page(app.pos)
    ada = make(app, page, name="Ada Byron", phone="+44 20 7946 0000", email="ada@example.com", cards="C-1\nC-2")
    make(app, page, name="Bob", cards="C-3")
    for text in ("ada", "7946 0000".replace(" ", ""), "C-2", "example.com"):
        assert [row.id for row in page.rows(app.pos, Query(text=text)).rows] == [ada], text
    assert page.rows(app.pos, Query()).total == 2
    with pytest.raises(UserError, match="belongs to another customer"):
        page.drawer(app.pos, ada).save(app.pos, {"cards": "C-1\nC-3"})
    with pytest.raises(UserError) as told:
        page.drawer(app.pos, ada).save(app.pos, {"email": "nowhere"})
    assert told.value.field == "email"


def test_two_people_who_change_the_same_customer_do_not_overwrite_each_other(app: Any) -> None:
    page = customers.page(app.pos)
    ada = make(app, page, name="Ada")
    first, second = page.drawer(app.pos, ada), page.drawer(app.pos, ada)
    first.save(app.pos, {"group": "gold"})
    with pytest.raises(Refused):
        second.save(app.pos, {"group": "silver"})
    assert page.drawer(app.pos, ada).values["group"] == "gold"


def test_a_customer_is_written_out_and_erased_for_good(app: Any, tmp_path: Path) -> None:
    page = customers.page(app.pos)
    ada = make(app, page, name="Ada Byron")
    file = tmp_path / "ada.json"
    customers.write_out(app.pos, Act(rows=(ada,), values={"file": str(file)}))
    assert "Ada Byron" in json.dumps(json.loads(file.read_text()))
    with pytest.raises(UserError, match="is there already"):
        customers.write_out(app.pos, Act(rows=(ada,), values={"file": str(file)}))
    customers.erase(app.pos, Act(rows=(ada,), values={"why": "asked"}))
    assert [row.cells[0] for row in page.rows(app.pos, Query()).rows] in ([], ["erased"])
    assert page.rows(app.pos, Query(text="ada")).total == 0


def test_categories_make_a_tree_and_a_deleted_one_comes_back(app: Any) -> None:
    page = category_page.page(app.pos)
    top = make(app, page, name="Drinks", tint="drinks", position="1")
    hot = make(app, page, name="Hot", parent=top)
    assert page.rows(app.pos, Query()).rows[1].cells[1] == "Drinks"
    assert dict(page.drawer(app.pos, hot).sections[0].fields[1].choices)[hot] == "Drinks / Hot"
    with pytest.raises(UserError) as told:
        make(app, page, name="X", position="first")
    assert told.value.field == "position"
    delete = next(action for action in page.actions if action.id == "delete")
    done = delete.run(app.pos, Act(rows=(hot,)))
    assert page.rows(app.pos, Query()).total == 1
    done.undo(app.pos)
    assert page.drawer(app.pos, hot).values["parent"] == top
