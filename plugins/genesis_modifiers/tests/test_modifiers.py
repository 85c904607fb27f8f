"""What was chosen stands below the item with its price, follows it, and is asked for in a way every till can answer."""

from __future__ import annotations

import io
from typing import Any

import pytest

from genesis import Confirm, UserError, Veto
from genesis.console.till import Till
from genesis_catalog.importer import run
from genesis_catalog.pages import drawer
from genesis_modifiers import pages
from genesis_modifiers.models import options_of
from genesis_stock.models import StockRow
from genesis_stock.service import change, on_hand

GOODS = """\
name,sku,price,category
Latte,LATTE,3.50,Drinks/Coffee
Espresso,ESP,2.20,Drinks/Coffee
Tea,TEA,2.00,Drinks
Coffee beans,BEANS,0.05,Shelf
Water,WATER,1.00,Shelf
"""


def group(app: Any, **values: str) -> str:
    new: Any = pages.page(app.pos).new
    done = new(app.pos).save(app.pos, values)
    app.projector.catch_up()
    return str(done.open)


@pytest.fixture
def app(store: Any, tmp_path: Any) -> Any:
    app = store("cash", "barcodes", "catalog", "discounts", "stock", "modifiers")
    path = tmp_path / "goods.csv"
    path.write_text(GOODS, encoding="utf-8")
    run(app.pos, path)
    app.projector.catch_up()
    group(
        app,
        name="Milk",
        least="1",
        options="* Whole\nOat = 0.50\nSoy = 0.40",
        categories="Drinks / Coffee",
        position="1",
    )
    group(app, name="Extras", most="2", options="Double shot = 0.80 : 18*BEANS\nSyrup = 0.30\nBeans to go : 2*BEANS",
          categories="drinks/coffee")  # fmt: skip
    return app


def key(app: Any, sku: str) -> str:
    return str(app.register.resolve(sku).ref)


def question(app: Any, sku: str) -> Confirm:
    with pytest.raises(Confirm) as asked:
        app.register.scan(sku)
    return asked.value


def ring(app: Any, sku: str, *chosen: str, qty: int | None = None) -> Any:
    asked = question(app, sku)
    answers = {field.name: text for field, text in zip(asked.fields, chosen, strict=True)}
    with app.hooks.confirming(False, answers):
        return app.register.scan(sku, qty)


def rows(app: Any) -> list[tuple[str, int, int]]:
    return [(p.line.item.name, p.line.qty, p.figures.gross) for p in app.register.priced.lines]


def test_each_option_taken_is_a_line_with_its_price_and_follows_the_item(app):
    asked = question(app, "LATTE")
    assert [(f.label, f.least, f.most, [v for v, _ in f.choices]) for f in asked.fields] == [
        ("Milk", 1, 1, ["Whole", "Oat", "Soy"]), ("Extras", 0, 2, ["Double shot", "Syrup", "Beans to go"])
    ]  # fmt: skip
    assert [asked.values[f.name] for f in asked.fields] == ["Whole", ""]
    assert app.register.cart is None or not app.register.cart.lines
    line = ring(app, "LATTE", "Oat", "Syrup,Beans to go", qty=2_000).line
    assert rows(app) == [("Latte", 2_000, 700), ("Oat", 2_000, 100), ("Syrup", 2_000, 60), ("Coffee beans", 4_000, 20)]
    app.register.quantity(line, 1_000)
    assert app.register.priced.total == 350 + 50 + 30 + 10
    sale = app.register.pay("cash").sale
    app.register.return_lines(sale.number)
    assert app.register.priced.total == -sale.total


def test_an_option_of_a_product_is_taken_from_its_stock(app):
    change(app.pos, "received", [StockRow(item=key(app, "BEANS"), name="Beans", qty=1_000_000, cost=100)])
    ring(app, "LATTE", "Whole", "Double shot")
    assert rows(app)[2:] == [("Double shot", 1_000, 80), ("Coffee beans", 18_000, 0)]
    app.register.pay("cash")
    assert on_hand(app.pos, key(app, "BEANS")) == 982_000


def test_what_has_no_group_is_not_asked_about(app):
    app.register.scan("TEA")
    app.register.scan("WATER")
    assert rows(app) == [("Tea", 1_000, 200), ("Water", 1_000, 100)]


@pytest.mark.parametrize(
    ("chosen", "words"),
    [(("", ""), "too few"), (("Whole,Oat", ""), "too many"), (("Whole", "Cream"), "'Cream' is no choice"),
     (("Whole", "Double shot,Syrup,Beans to go"), "too many")],
)  # fmt: skip
def test_an_answer_that_does_not_fit_is_refused_with_its_field_and_nothing_is_rung_up(app, chosen, words):
    asked = question(app, "LATTE")
    with pytest.raises(UserError, match=words) as refused:
        ring(app, "LATTE", *chosen)
    assert refused.value.field in {field.name for field in asked.fields}
    assert app.register.cart is None or not app.register.cart.lines


def test_changing_the_extras_proposes_what_was_chosen_and_keeps_the_quantity(app):
    line = ring(app, "LATTE", "Soy", "Syrup", qty=3_000).line
    with pytest.raises(Confirm) as asked:
        app.register.reprice(line)
    milk, extras = asked.value.fields
    assert asked.value.values == {milk.name: "Soy", extras.name: "Syrup"}
    with app.hooks.confirming(False, {milk.name: "Oat", extras.name: ""}):
        app.register.reprice(line)
    assert rows(app) == [("Latte", 3_000, 1_050), ("Oat", 3_000, 150)]


def test_a_product_names_groups_of_its_own_and_they_stay_with_it(app):
    record = group(app, name="Ice", least="0", options="Ice\nNo ice")
    form = drawer(app.pos, key(app, "WATER").removeprefix("catalog:"))
    with pytest.raises(UserError) as refused:
        form.save(app.pos, {"modifiers.groups": "Lemon"})
    assert refused.value.field == "modifiers.groups"
    form.save(app.pos, {"modifiers.groups": "Ice"})
    app.projector.catch_up()
    assert [field.label for field in question(app, "WATER").fields] == ["Ice"]
    groups = app.pos.records("modifiers_group")
    with pytest.raises(Veto, match="1 product names this group: Water"):
        groups.delete(record)
    with pytest.raises(Veto, match="names this group"):
        groups.save(groups.get(record) | {"name": "Cubes"}, record_id=record)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "", "options": "A"}, "name"), ({"name": "A,B", "options": "A"}, "name"),
        ({"name": "X", "options": ""}, "options"), ({"name": "X", "options": "A\na"}, "options"),
        ({"name": "X", "options": "A = dear"}, "options"), ({"name": "X", "options": "A : LOST"}, "options"),
        ({"name": "X", "options": "A", "most": "2"}, "most"), ({"name": "X", "options": "A", "least": "2"}, "least"),
        ({"name": "X", "options": "* A\n* B"}, "options"), ({"name": "X", "options": "A", "position": "-1"}, "position"),
        ({"name": "X", "options": "A", "categories": "Nowhere"}, "categories"),
    ],
)  # fmt: skip
def test_a_group_that_cannot_be_is_refused_with_its_field(app, values, field):
    with pytest.raises(UserError) as refused:
        group(app, **values)
    assert refused.value.field == field


def test_options_are_read_as_they_are_written():
    assert options_of("* Double shot = 0.80 : 18*BEANS\nPlain\nTo go : BAG")[0] == (
        "Double shot",
        8_000,
        "BEANS",
        18_000,
        True,
    )
    assert [(o.name, o.price, o.code) for o in options_of("Plain\nTo go : BAG")] == [
        ("Plain", 0, ""),
        ("To go", None, "BAG"),
    ]


def told(app: Any, *lines: str) -> list[str]:
    out = io.StringIO()
    Till(app, out).run(io.BytesIO("\n".join(lines).encode()))
    return out.getvalue().splitlines()


def test_the_text_register_takes_options_by_name_and_names_them_where_they_do_not_fit(app):
    answers = told(app, "2*LATTE +oat +double", "ESP", "LATTE +cream", "LATTE +oat +soy", "extras +soy", "TEA")
    assert answers[0].startswith("1: Latte 2 x 3.50 = 7.00  Total: 9.60")
    assert answers[1].startswith("5: Espresso 1 x 2.20 = 2.20  Total: 11.80")  # the proposed milk, no extras
    assert answers[2] == ("Refused: 'cream' is no choice here: type CODE +OPTION; Milk: 1 to 1 of Whole, Oat, Soy; "
                          "Extras: 0 to 2 of Double shot, Syrup, Beans to go")  # fmt: skip
    assert answers[3].startswith("Refused: Milk: too many are chosen: type CODE +OPTION; Milk: 1 to 1 of Whole")
    assert answers[4].startswith("5: Espresso 1 x 2.20 = 2.20  Total: 12.20")
    assert "Tea 1 x 2.00 = 2.00  Total: 14.20" in answers[5]


def test_while_it_is_off_nothing_is_asked(app):
    app.switch("modifiers", enabled=False)
    app.register.scan("LATTE")
    assert rows(app) == [("Latte", 1_000, 350)]
