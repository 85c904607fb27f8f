"""Kits bring their parts, are worth them, and never contain themselves."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import select

from genesis import Act, Arrival, Arrived, GuardRefused, Money, UserError, Veto, available
from genesis.hooks import inventory
from genesis_catalog.importer import run
from genesis_catalog.lists import write_out
from genesis_catalog.pages import drawer
from genesis_kits import command
from genesis_kits.plugin import plugin
from genesis_kits.recipe import recipe_of
from genesis_kits.service import assemble
from genesis_stock.models import StockRow, item as kept_item
from genesis_stock.service import change, on_hand, reconcile

PLUGINS = ("cash", "barcodes", "catalog", "stock", "kits")
GOODS = """\
name,sku,price,kits.made_of,kits.sold
Gift box,BOX,20,2*TEA|MUG = 3.50|0.5*NUTS,parts
Hamper,HAMPER,45,BOX|WINE,parts
Lunch bag,BAG,6,2*TEA|NUTS,assembled
Tea,TEA,4,,
Mug,MUG,5,,
Nuts,NUTS,9,,
Wine,WINE,12,,
Card,CARD,1,,
"""


def bring(app: Any, folder: Any, text: str) -> Any:
    path = folder / "goods.csv"
    path.write_text(text, encoding="utf-8")
    result = run(app.pos, path)
    app.projector.catch_up()
    return result


@pytest.fixture
def app(store: Any, tmp_path: Any) -> Any:
    app = store(*PLUGINS)
    assert bring(app, tmp_path, GOODS).refused == 0
    return app


def ref(app: Any, sku: str) -> str:
    return str(app.register.resolve(sku).ref)


def receive(app: Any, **count: tuple[int, int]) -> None:
    """Take goods in: sku -> (thousandths, cost)."""
    rows = [StockRow(item=ref(app, sku), name=sku, qty=qty, cost=cost) for sku, (qty, cost) in count.items()]
    change(app.pos, "received", rows)


def have(app: Any, *skus: str) -> list[int]:
    return [on_hand(app.pos, ref(app, sku)) for sku in skus]


def rows(app: Any) -> list[tuple[str, int, int]]:
    return [(p.line.item.name, p.line.qty, p.figures.gross) for p in app.register.priced.lines]


def test_a_kit_of_parts_brings_them_at_the_recipes_price_and_they_leave_the_stock(app):
    receive(app, TEA=(20_000, 10_000), MUG=(9_000, 20_000), NUTS=(5_000, 30_000), WINE=(3_000, 50_000))
    app.register.scan("BOX", 2_000)
    assert rows(app) == [("Gift box", 2_000, 4_000), ("Tea", 4_000, 0), ("Mug", 2_000, 700), ("Nuts", 1_000, 0)]
    app.register.scan("HAMPER")
    assert [(name, qty) for name, qty, _ in rows(app)[4:]] == [
        ("Hamper", 1_000), ("Gift box", 1_000), ("Tea", 2_000), ("Mug", 1_000), ("Nuts", 500), ("Wine", 1_000)
    ]  # fmt: skip
    sale = app.register.pay("cash").sale
    assert have(app, "TEA", "MUG", "NUTS", "WINE", "BOX") == [14_000, 6_000, 3_500, 2_000, 0]
    app.register.return_lines(sale.number, {sale.lines[0].line: 1_000})
    app.register.pay("cash")
    assert have(app, "TEA", "MUG", "NUTS") == [16_000, 7_000, 4_000]


def test_what_was_once_in_stock_is_not_counted_any_more_as_a_kit_of_parts(app, tmp_path):
    receive(app, TEA=(20_000, 10_000), CARD=(1_000, 5_000))
    with pytest.raises(Veto, match="still is some of Card") as refused:
        save(app, "CARD", made_of="TEA", sold="parts")
    assert refused.value.field == "kits.sold"
    app.register.scan("CARD")
    early = app.register.pay("cash").sale
    save(app, "CARD", made_of="TEA", sold="parts")
    app.register.scan("CARD", 3_000)
    late = app.register.pay("cash").sale
    assert have(app, "CARD", "TEA") == [0, 17_000]
    for sale in (early, late):  # each goes back as it was sold
        app.register.return_lines(sale.number)
        app.register.pay("cash")
    app.projector.catch_up()
    assert have(app, "CARD", "TEA") == [1_000, 20_000]
    assert reconcile(app.pos) == 0
    with pytest.raises(UserError, match="Gift box is sold as its parts"):
        app.pos.hooks.each(inventory.receive)(arrival=Arrival(
            day="2026-01-02", location="", rows=(Arrived(item=ref(app, "BOX"), name="Box", qty=1_000),)))  # fmt: skip


def save(app: Any, sku: str, **told: str) -> None:
    (row,) = [one for one in app.pos.records("catalog_product").search(sku, limit=9) if one["sku"] == sku]
    form = drawer(app.pos, row["id"])
    assert form.save is not None
    form.save(app.pos, {f"kits.{name}": text for name, text in told.items()})
    app.projector.catch_up()


@pytest.mark.parametrize(
    ("sku", "told", "field", "words"),
    [
        ("TEA", {"made_of": "2*TEA", "sold": "assembled"}, "kits.made_of", "Tea would be made of itself"),
        ("WINE", {"made_of": "HAMPER", "sold": "parts"}, "kits.made_of", "Wine would be made of itself"),
        ("MUG", {"made_of": "TEA\nHAMPER", "sold": "assembled"}, "kits.made_of", "Mug would be made of itself"),
        ("TEA", {"made_of": "0*MUG", "sold": "parts"}, "kits.made_of", "out of range"),
        ("TEA", {"made_of": "2*MUG = cheap", "sold": "parts"}, "kits.made_of", "cheap"),
        ("TEA", {"made_of": "MUG"}, "kits.sold", "not said how"),
        ("TEA", {"sold": "parts"}, "kits.made_of", "made of something"),
    ],
)
def test_a_recipe_that_cannot_be_is_refused_with_its_field(app, sku, told, field, words):
    with pytest.raises(UserError, match=words) as refused:
        save(app, sku, **told)
    assert refused.value.field == field


def test_a_part_nobody_knows_refuses_the_kit_and_is_named(app, capsys):
    save(app, "CARD", made_of="2*LOST", sold="parts")
    with pytest.raises(UserError, match=r"'LOST' is not known: it is a part of Card"):
        app.register.scan("CARD")
    assert command.run(app.pos, []) == 1
    assert "Card: code: 'LOST' is not known" in capsys.readouterr().out
    (row,) = app.pos.records("catalog_product").search("CARD", limit=5)
    told = [one for one in drawer(app.pos, row["id"]).sections if one.author == "kits" and one.rows]
    assert told[0].rows[0][0] == "2 × LOST"
    assert told[0].rows[0][1].tone == "bad"


def test_as_many_can_be_sold_as_the_least_of_the_parts_allows(app):
    assert available(app.pos, [ref(app, "BOX")]) == {}
    receive(app, TEA=(9_000, 1), MUG=(9_000, 1), NUTS=(1_400, 1))
    found = available(app.pos, [ref(app, one) for one in ("BOX", "HAMPER", "BAG", "TEA", "CARD")])
    assert {key: one.available for key, one in found.items()} == {
        ref(app, "BOX"): 2_000, ref(app, "HAMPER"): 2_000, ref(app, "TEA"): 9_000
    }  # fmt: skip
    app.pos.records("stock_rule").save({"policy": "strict"}, record_id=ref(app, "NUTS"))
    app.projector.catch_up()
    app.register.scan("BOX", 3_000)
    with pytest.raises(GuardRefused):
        app.register.pay("cash")
    app.register.quantity(app.register.cart.lines[0].id, 2_000)
    app.register.pay("cash")
    change(app.pos, "wasted", [StockRow(item=ref(app, "NUTS"), name="", qty=-400)], reason="broken")
    assert available(app.pos, [ref(app, "BOX")])[ref(app, "BOX")].note == "Sold out"


def values(app: Any) -> dict[str, tuple[int, int]]:
    app.projector.catch_up()
    return {row.item: (row.qty, row.value) for row in app.pos.db.all(select(kept_item))}


COST = st.integers(0, 99_999)
QTY = st.integers(1, 50_000)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tea=st.tuples(QTY, COST), nuts=st.tuples(QTY, COST), made=st.integers(1, 12), back=st.integers(1, 12))
def test_assembling_and_taking_apart_keeps_the_value_of_the_stock_to_the_last_fraction(app, tea, nuts, made, back):
    receive(app, TEA=(100_000, 1), NUTS=(100_000, 1))
    receive(app, TEA=tea, NUTS=nuts)
    before, count = values(app), have(app, "TEA", "NUTS", "BAG")
    assemble(app.pos, "BAG", made)
    between = values(app)
    assert have(app, "TEA", "NUTS", "BAG") == [
        count[0] - made * 2_000,
        count[1] - made * 1_000,
        count[2] + made * 1_000,
    ]
    assemble(app.pos, "BAG", min(made, back), apart=True)
    after = values(app)
    assert (
        sum(v for _, v in before.values()) == sum(v for _, v in between.values()) == sum(v for _, v in after.values())
    )
    assert reconcile(app.pos) == 0


def test_a_kit_costs_what_its_parts_cost(app):
    receive(app, TEA=(20_000, 10_000), NUTS=(10_000, 35_000))
    assemble(app.pos, "BAG", 4)
    assert values(app)[ref(app, "BAG")] == (4_000, 4_000 * 55_000)  # 2 x 1.00 + 3.50 each
    app.register.scan("BAG")
    assert rows(app) == [("Lunch bag", 1_000, 600)]
    app.register.pay("cash")
    assert have(app, "BAG", "TEA") == [3_000, 12_000]


def test_a_part_that_does_not_suffice_moves_nothing(app):
    with pytest.raises(UserError, match="Tea is not kept in stock"):
        assemble(app.pos, "BAG", 1)
    receive(app, TEA=(20_000, 1), NUTS=(2_000, 1))
    app.pos.records("stock_rule").save({"policy": "strict"}, record_id=ref(app, "NUTS"))
    app.projector.catch_up()
    with pytest.raises(GuardRefused):
        assemble(app.pos, "BAG", 3)
    assert have(app, "TEA", "NUTS", "BAG") == [20_000, 2_000, 0]
    for code, words in (("BOX", "sold as its parts"), ("TEA", "is no kit")):
        with pytest.raises(UserError, match=words):
            assemble(app.pos, code, 1)


def test_the_buttons_and_the_command_do_the_same(app, capsys):
    receive(app, TEA=(20_000, 1), NUTS=(9_000, 1))
    act = {one.id: one for one in plugin.actions(app.pos)}
    bag, box = (ref(app, sku).removeprefix("catalog:") for sku in ("BAG", "BOX"))
    assert (act["kits.assemble"].shown(app.pos, bag), act["kits.assemble"].shown(app.pos, box)) == (True, False)
    act["kits.assemble"].run(app.pos, Act(rows=(bag,), values={"count": "5"}))
    act["kits.apart"].run(app.pos, Act(rows=(bag,), values={"count": "1"}))
    assert command.run(app.pos, ["assemble", "BAG", "2"]) == 0
    assert command.run(app.pos, ["apart", "BAG", "1"]) == 0
    assert "1 of Lunch bag taken apart, 5 on hand" in capsys.readouterr().out
    assert have(app, "BAG", "TEA", "NUTS") == [5_000, 10_000, 4_000]
    with pytest.raises(UserError) as refused:
        act["kits.assemble"].run(app.pos, Act(rows=(bag,), values={"count": "1.5"}))
    assert refused.value.field == "count"


def test_recipes_go_out_with_the_list_and_come_back(app, tmp_path, store):
    path = tmp_path / "out.csv"
    write_out(app.pos, Act(values={"file": str(path)}))
    with path.open(encoding="utf-8", newline="") as file:
        told = {row["sku"]: recipe_of({"kits": {"made_of": row["kits.made_of"], "sold": row["kits.sold"]}})
                for row in csv.DictReader(file)}  # fmt: skip
    assert told["BOX"].parts[1] == ("MUG", 1_000, 35_000)
    other = store(*PLUGINS)
    assert (run(other.pos, path).created, run(other.pos, path).unchanged) == (8, 8)
    other.projector.catch_up()
    assert other.register.scan("BOX").priced.total == Money(2_350, "EUR").minor


def test_while_it_is_off_a_kit_is_sold_alone_and_moves_no_stock(app):
    receive(app, TEA=(20_000, 1), MUG=(5_000, 1), NUTS=(5_000, 1))
    app.switch("kits", enabled=False)
    app.register.scan("BOX")
    assert rows(app) == [("Gift box", 1_000, 2_000)]
    app.register.pay("cash")
    app.switch("kits", enabled=True)
    assert have(app, "TEA", "MUG", "BOX") == [20_000, 5_000, 0]
    assert reconcile(app.pos) == 0
