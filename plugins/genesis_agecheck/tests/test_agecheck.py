"""An age limit is kept with the product, asked for once a sale, and refused where it cannot be read."""

from __future__ import annotations

import csv
from datetime import date
from typing import Any

import pytest

from genesis import Act, Confirm, UserError, Veto
from genesis_agecheck.plugin import born_by
from genesis_catalog.importer import run
from genesis_catalog.lists import write_out
from genesis_catalog.pages import drawer, save

HEADER = "name,sku,price,agecheck.years\n"
PLUGINS = ("cash", "barcodes", "catalog", "agecheck")


@pytest.fixture
def app(store: Any, tmp_path: Any) -> Any:
    app = store(*PLUGINS)
    path = tmp_path / "goods.csv"
    path.write_text(HEADER + "Whisky,WH,30,18\nGin,GI,20,18\nBeer,BE,1.50,16\nWater,WA,1,\n", encoding="utf-8")
    assert run(app.pos, path).created == 4
    app.projector.catch_up()
    return app


def ring(app: Any, code: str, *, yes: bool) -> Any:
    with app.hooks.confirming(yes):
        return app.register.scan(code)


def test_it_is_asked_once_for_each_limit_with_the_date_counted(app):
    with pytest.raises(Confirm, match=r"Beer: was the customer born on or before \d{4}-\d\d-\d\d \(16 years\)"):
        app.register.scan("BE")
    assert app.register.cart is None or not app.register.cart.lines
    ring(app, "BE", yes=True)
    app.register.scan("BE")
    with pytest.raises(Confirm, match="18 years"):
        app.register.scan("WH")
    ring(app, "WH", yes=True)
    app.register.scan("GI")
    sale = app.register.pay("cash", 10_000).sale
    kept = [line.sections["agecheck"]["years"] for line in sale.lines]
    assert kept == [16, 16, 18, 18]
    assert {line.sections["agecheck"]["born_by"] for line in sale.lines[:2]} == {
        born_by(app.pos.clock.now().date(), 16).isoformat()
    }


def test_what_has_no_limit_is_sold_without_a_question(app):
    app.register.scan("WA")
    assert "agecheck" not in app.register.pay("cash").sale.lines[0].sections


def test_after_the_item_that_was_asked_for_is_voided_the_next_one_asks_again(app):
    ring(app, "WH", yes=True)
    app.register.scan("WA")
    app.register.void(app.register.cart.lines[0].id)
    with pytest.raises(Confirm):
        app.register.scan("GI")


@pytest.mark.parametrize(
    ("today", "years", "born"),
    [((2026, 11, 26), 18, "2008-11-26"), ((2028, 2, 29), 18, "2010-02-28"), ((2028, 2, 29), 16, "2012-02-29")],
)
def test_the_date_is_the_latest_birthday(today, years, born):
    assert born_by(date(*today), years).isoformat() == born


def product(app: Any, sku: str) -> tuple[str, Any]:
    (row,) = app.pos.records("catalog_product").search(sku, limit=5)
    return row["id"], drawer(app.pos, row["id"])


def test_the_form_of_a_product_has_it_and_keeps_it_while_the_plugin_is_off(app):
    key, form = product(app, "WA")
    field = next(f for section in form.sections if section.author == "agecheck" for f in section.fields)
    assert (field.name, form.values[field.name]) == ("agecheck.years", "")
    with pytest.raises(UserError) as refused:
        form.save(app.pos, {field.name: "old"})
    assert refused.value.field == field.name
    form.save(app.pos, {field.name: "12"})
    app.projector.catch_up()
    app.switch("agecheck", enabled=False)
    row = app.pos.records("catalog_product").get(key)
    save(app.pos, key, row["rev"], product(app, "WA")[1].values, {"name": "Still water"})
    app.projector.catch_up()
    assert app.pos.records("catalog_product").get(key)["more"] == '{"agecheck":{"years":"12"}}'


def test_a_list_that_is_written_out_is_read_again_as_it_is(app, tmp_path):
    path = tmp_path / "out.csv"
    write_out(app.pos, Act(values={"file": str(path)}))
    with path.open(encoding="utf-8", newline="") as file:
        assert {row["sku"]: row["agecheck.years"] for row in csv.DictReader(file)} == {
            "WH": "18", "GI": "18", "BE": "16", "WA": ""
        }  # fmt: skip
    again = run(app.pos, path)
    assert (again.unchanged, again.changed, again.refused) == (4, 0, 0)


def test_a_limit_nobody_can_read_is_refused_at_the_till(app):
    _, form = product(app, "WH")
    form.save(app.pos, {"agecheck.years": "18.5"})
    app.projector.catch_up()
    with pytest.raises(Veto, match="no number of years"):
        app.register.scan("WH")
