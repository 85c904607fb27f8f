"""A style stands once, asks for its axes, and each of its variants is a product like any other."""

from __future__ import annotations

from typing import Any

import pytest

from genesis import Act, Confirm, UserError, Veto
from genesis_catalog import bulk
from genesis_catalog.importer import run
from genesis_catalog.lists import write_out
from genesis_catalog.lookup import search
from genesis_stock.models import StockRow
from genesis_stock.service import change

LIST = """\
name,sku,codes,price,style,size,Colour,option.Fit
Tee S red,TS-S-R,,19,T-shirt,S,Red,
Tee M red,TS-M-R,4006381333931,19,T-shirt,M,Red,
Tee M blue,TS-M-B,,24,T-shirt,M,Blue,
Jeans,JE,,49,Jeans,M,,slim
Sock,SO,,5,,M,,
"""


@pytest.fixture
def app(store: Any, tmp_path: Any) -> Any:
    app = store("cash", "barcodes", "catalog", "stock")
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    result = run(app.pos, path)
    assert (result.created, result.refused) == (5, 0), result.problems
    app.projector.catch_up()
    return app


STYLE = "catalog:style:T-shirt"


def kept(app: Any) -> dict[str, tuple[str | None, str | None]]:
    rows = app.pos.records("catalog_product").search("", limit=99)
    return {row["sku"]: (row["style"], row["options"]) for row in rows}


def choose(app: Any, **chosen: str) -> Any:
    answers = {f"{STYLE}/{axis}": value for axis, value in chosen.items()}
    with app.hooks.confirming(False, answers):
        return app.register.scan(STYLE)


def test_a_list_says_what_is_a_variant_of_what(app):
    assert kept(app) == {
        "TS-S-R": ("T-shirt", "Size=S|Colour=Red"), "TS-M-R": ("T-shirt", "Size=M|Colour=Red"),
        "TS-M-B": ("T-shirt", "Size=M|Colour=Blue"), "JE": ("Jeans", "Size=M|Fit=slim"), "SO": (None, None),
    }  # fmt: skip


@pytest.mark.parametrize("typed", ["", "t-shirt", "tee"])
def test_a_style_is_found_once_with_its_count_and_its_prices(app, typed):
    hits = {hit.item.name: (hit.variants, hit.price, hit.price_to) for hit in search(app.pos, typed, "", 50)}
    assert hits.pop("T-shirt") == (3, 190_000, 240_000)
    assert hits == ({} if typed else {"Jeans": (0, 490_000, None), "Sock": (0, 50_000, None)})


def test_choosing_asks_axis_by_axis_for_what_is_there(app):
    with pytest.raises(Confirm) as asked:
        app.register.scan(STYLE)
    (field,) = asked.value.fields
    assert (field.label, [value for value, _ in field.choices]) == ("Size", ["S", "M"])
    assert choose(app, Size="S").priced.total == 1_900  # the only colour of it
    with pytest.raises(Confirm) as asked:
        choose(app, Size="M")
    assert [value for value, _ in asked.value.fields[0].choices] == ["Red", "Blue"]
    assert choose(app, Size="M", Colour="Blue").priced.total == 1_900 + 2_400
    assert app.register.scan("4006381333931").priced.total == 1_900 + 2_400 + 1_900
    with pytest.raises(UserError, match="'XL' is no choice"):
        choose(app, Size="XL")


def test_what_is_sold_out_is_said_and_refused(app):
    refs = {sku: app.register.resolve(sku).ref for sku in ("TS-S-R", "TS-M-R", "TS-M-B")}
    change(app.pos, "received", [StockRow(item=ref, name=sku, qty=2_000, cost=1) for sku, ref in refs.items()])
    app.pos.records("stock_rule").save({"policy": "strict"}, record_id=refs["TS-M-B"])
    change(app.pos, "wasted", [StockRow(item=refs["TS-M-B"], name="", qty=-2_000)], reason="torn")
    with pytest.raises(Confirm) as asked:
        choose(app, Size="M")
    assert asked.value.fields[0].choices == (("Red", "Red: 2 left"), ("Blue", "Blue: sold out"))
    with pytest.raises(UserError, match="T-shirt M, Blue is sold out"):
        choose(app, Size="M", Colour="Blue")


def make(app: Any, **values: str) -> Any:
    told = {"style": "T-shirt", "axes": "Size: S, M\nColour: Red, Blue", "sku": "TS-{size}-{Colour}"} | values
    done = bulk.make_variants(app.pos, Act(values=told))
    app.projector.catch_up()
    return done


def test_the_missing_variants_are_made_in_one_step_like_those_that_are_there(app):
    before = app.pos.journal.raw.pos()
    assert make(app).text == "1 variant made"
    assert kept(app)["TS-S-Blue"] == ("T-shirt", "Size=S|Colour=Blue")
    assert app.register.scan("TS-S-Blue").priced.total == 1_900
    assert make(app).text == "0 variants made"
    made = make(
        app, style="Cap", axes="Colour: Red, Navy blue\nSize: one, two, three", sku="C-{Colour}-{Size}", price="9.90"
    )
    assert made.text == "6 variants made"
    assert app.register.scan("C-Navy-blue-two").priced.total == 1_900 + 990
    facts = [entry.kind for entry in app.pos.journal.read(before) if entry.kind == "records.loaded"]
    assert len(facts) == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [({"axes": "Size S M"}, "axes"), ({"axes": ""}, "axes"), ({"sku": "TS-{Shape}"}, "sku"), ({"sku": " "}, "sku"),
     ({"sku": "TS-{Size}", "axes": "Size: S, M\nColour: Green, Grey"}, "sku"), ({"sku": "SO", "axes": "Size: XL"}, "codes"),
     ({"price": "cheap"}, "price"), ({"axes": "Size: " + ", ".join(map(str, range(201)))}, "axes")],
)  # fmt: skip
def test_variants_that_cannot_be_are_refused_and_none_is_made(app, values, field):
    before = kept(app)
    with pytest.raises(UserError) as refused:
        make(app, **values)
    assert refused.value.field == field
    assert kept(app) == before


@pytest.mark.parametrize(
    ("values", "field"),
    [({"style": "T-shirt", "options": "Colour=red|Size=m"}, "options"), ({"style": "T-shirt"}, "options"),
     ({"options": "Size=M"}, "style"), ({"style": "T-shirt", "options": "M"}, "options")],
)  # fmt: skip
def test_a_product_stands_in_one_place_of_its_style(app, values, field):
    with pytest.raises((UserError, Veto)) as refused:
        app.pos.records("catalog_product").save({"name": "X", "sku": "X", **values})
    assert refused.value.field == field


def test_a_whole_style_is_changed_and_changed_back(app):
    with pytest.raises(UserError, match="belongs to no style"):
        app.pos.records("catalog_product").save({"name": "Y", "sku": "Y"}, record_id="y")
        bulk.change_style(app.pos, Act(rows=("y",), values={"price": "21"}))
    row = app.pos.records("catalog_product").search("blue", limit=5)[0]
    done = bulk.change_style(app.pos, Act(rows=(row["id"],), values={"price": "21", "category": ""}))
    app.projector.catch_up()
    (hit,) = search(app.pos, "t-shirt", "", 9)
    assert (done.text, hit.price, hit.price_to) == ("3 variants of T-shirt changed", 210_000, 210_000)
    done.undo(app.pos)
    app.projector.catch_up()
    assert search(app.pos, "t-shirt", "", 9)[0].price_to == 240_000


def test_styles_go_out_and_come_back(app, tmp_path, store):
    path = tmp_path / "out.csv"
    write_out(app.pos, Act(values={"file": str(path)}))
    other = store("cash", "barcodes", "catalog", "stock")
    assert (run(other.pos, path).created, run(other.pos, path).unchanged) == (5, 5)
    other.projector.catch_up()
    assert kept(other) == kept(app)


def test_two_rows_of_one_place_in_a_style_are_refused_in_the_dry_run_with_the_row(app, tmp_path):
    path = tmp_path / "more.csv"
    text = "name,sku,price,style,options\nCap M,C1,9,Cap,Colour=Red|Size=M\nCap L,C2,9,Cap,Size=L|Colour=Red\n"
    for again, told in (
        ("Cap m,C3,9,Cap,Size=m|Colour=red\n", "options: Size=m|Colour=red of Cap stands in row 2 already"),
        ("Cap m,C4,9,Cap,Size=m|Colour=red\n", "Cap has this variant already: Cap M"),
    ):
        path.write_text(text + again, encoding="utf-8")
        for dry_run in (True, False):
            result = run(app.pos, path, dry_run=dry_run)
            assert [(problem.row, problem.field) for problem in result.problems] == [(result.rows + 1, "options")]
            assert result.problems[0].reason.startswith(told)
        text = "name,sku,price,style,options\n"
