"""What a code stands for at the till: every form of a number, labels of scales, GS1 strings, SKUs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from genesis import UnknownCode, UserError, Veto
from genesis.testkit.stores import Stores
from genesis_barcodes.scan import scan_json

MILK, COLA, CHEESE, APPLES, BREAD = "milk", "cola", "cheese", "apples", "bread"
GS = "\x1d"


def gtin(body: str) -> str:
    """The number with its check digit, worked out independently of the product: 3-1 weights from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return f"{body}{(10 - total % 10) % 10}"


EAN, UPC, CASE = gtin("952000000001"), gtin("04210000526"), gtin("1952000000001")
BY_PRICE, BY_WEIGHT = gtin("210001700000"), gtin("230002300000")
PRODUCTS: dict[str, dict[str, Any]] = {
    MILK: {"name": "Whole milk 1 l", "sku": "M-1", "price_e4": 12_900, "tax": None,
           "codes": [{"code": EAN}, {"code": CASE, "pack": 6_000}]},
    COLA: {"name": "Cola", "price_e4": 9_900, "codes": [{"code": UPC}, {"code": "COLA 1"}]},
    CHEESE: {"name": "Gouda", "unit": "kg", "weighed": True, "price_e4": 120_000, "codes": [{"code": BY_PRICE}]},
    APPLES: {"name": "Apples", "unit": "kg", "weighed": True, "price_e4": 21_900, "codes": [{"code": BY_WEIGHT}]},
    BREAD: {"name": "Rye bread", "sku": "4711", "price_e4": None, "codes": []},
}  # fmt: skip


def filled(app):
    categories, products = app.pos.records("catalog_category"), app.pos.records("catalog_product")
    categories.save({"name": "Food"}, record_id="food")
    categories.save({"name": "Dairy", "parent": "food"}, record_id="dairy")
    for product_id, values in PRODUCTS.items():
        products.save({"category": "dairy" if product_id in {MILK, CHEESE} else ""} | values, record_id=product_id)
    app.settings.change("barcodes", {"rules": [
        {"prefix": "21", "item_digits": 5, "value_digits": 5, "decimals": 2, "kind": "price"},
        {"prefix": "23", "item_digits": 5, "value_digits": 5, "decimals": 3, "kind": "weight"},
    ]})  # fmt: skip
    return app


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """A store that is only asked, never changed."""
    stores = Stores(tmp_path_factory.mktemp("shelf"))
    yield filled(stores.new("barcodes", "catalog")).register
    stores.close()


@pytest.fixture
def app(store):
    return filled(store("barcodes", "catalog", "cash"))


@pytest.mark.parametrize(
    ("code", "product", "pack"),
    [
        (EAN, MILK, 1_000),
        (f"0{EAN}", MILK, 1_000),
        (f"]E0{EAN}", MILK, 1_000),
        (f"(01)0{EAN}", MILK, 1_000),
        (CASE, MILK, 6_000),
        ("M-1", MILK, 1_000),
        (f" {EAN}\r\n", MILK, 1_000),
        (f"{GS}{EAN}{GS}", MILK, 1_000),
        (f"{GS}]C0M-1 ", MILK, 1_000),
        ("catalog:milk", MILK, 1_000),
        (UPC, COLA, 1_000),
        (f"0{UPC}", COLA, 1_000),
        ("04252614", COLA, 1_000),  # the UPC-E of 042100005264
        ("]E004252614", COLA, 1_000),
        ("COLA 1", COLA, 1_000),
        ("]C0COLA 1", COLA, 1_000),
        ("4711", BREAD, 1_000),
    ],
)
def test_every_form_of_a_code_finds_its_product(shelf, code, product, pack):
    item = shelf.resolve(code)
    assert (item.ref, item.name, item.pack) == (f"catalog:{product}", PRODUCTS[product]["name"], pack)


@pytest.mark.parametrize(
    "code", [gtin("952999999999"), "nothing", "catalog:none", "cola 1", EAN[:-1] + str((int(EAN[-1]) + 1) % 10), "٤٧١١"]
)
def test_what_nobody_knows_is_unknown(shelf, code):
    with pytest.raises(UnknownCode):
        shelf.resolve(code)


@pytest.mark.parametrize("code", ["47]C111", "4711]C0", "4711\x1f", "\x1e4711", f"{EAN[:5]}]E0{EAN[5:]}", f"{EAN}\x1c"])
def test_junk_in_a_code_is_not_taken_out_of_it(shelf, code):
    with pytest.raises(UnknownCode):
        shelf.resolve(code)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (f"(01)0{EAN}(17)261301", r"printed wrong: \(17\) has no date 261301 \[yymmd0\]"),
        (f"]C1010{EAN[:-1]}{(int(EAN[-1]) + 1) % 10}", r"\(01\) has a wrong check digit"),
        (f"(02)0{EAN}", r"\(02\) needs \(37\) \[req\]"),  # how many are in it stands beside the content
    ],
)
def test_a_label_that_is_printed_wrong_is_told_from_one_that_nobody_knows(shelf, code, why):
    with pytest.raises(Veto, match=why):
        shelf.resolve(code)


def test_what_may_stand_in_another_symbol_on_the_item_is_not_asked_for_at_the_till(shelf):
    code = f"(01)0{EAN}(3922)110"
    judged = json.loads(scan_json(code))
    assert (judged["valid"], judged["reason"]) == (False, "(3922) needs (30), (31nn), (32nn), (35nn) or (36nn) [req]")
    assert shelf.resolve(code).amount == 110


def test_the_item_is_a_snapshot_with_the_path_of_its_categories(shelf):
    item = shelf.resolve(EAN)
    assert (item.sku, item.gtin, item.unit, item.tax) == ("M-1", f"0{EAN}", "pcs", None)
    assert item.category == ("Food", "Dairy")
    assert shelf.resolve("M-1").gtin == f"0{EAN}"
    assert shelf.resolve("COLA 1").gtin == ""


def test_a_pack_counts_its_pieces(app):
    priced = app.register.scan(CASE, 2_000).priced
    assert (priced.lines[0].line.qty, priced.total) == (12_000, 12 * 129)


def test_a_price_on_a_label_is_the_amount_and_tells_the_weight(app):
    priced = app.register.scan(gtin("210001700987")).priced  # 9.87 at 12.00 a kilogram
    line = priced.lines[0].line
    assert (line.extended, line.qty, priced.total) == (987, 823, 987)  # 0.8225 kg, rounded half up
    assert line.item.gtin == f"0{BY_PRICE}"


def test_a_weight_on_a_label_is_priced(app):
    priced = app.register.scan(gtin("230002301240")).priced
    assert (priced.lines[0].line.qty, priced.total) == (1_240, 272)  # 1.240 kg at 2.19 is 2.7156


def test_a_whole_number_that_no_rule_explains_is_looked_up_as_it_is(app):
    whole = gtin("219999900123")
    app.pos.records("catalog_product").save({"name": "Gift basket", "price_e4": 250_000, "codes": [{"code": whole}]})
    item = app.register.resolve(whole)
    assert (item.name, item.amount, item.gtin) == ("Gift basket", None, f"0{whole}")


@pytest.mark.parametrize("code", [gtin("230002300000"), gtin("210001700000")])
def test_a_label_that_says_nothing_is_weighed_again(shelf, code):
    with pytest.raises(Veto, match="weigh it again"):
        shelf.resolve(code)


@pytest.mark.parametrize(
    ("elements", "quantity", "amount"),
    [
        (f"(01)0{BY_WEIGHT}(3103)000500", 500, None),
        (f"(01)0{BY_WEIGHT}(3105)012345", 123, None),  # 0.12345 kg is weighed to the gram
        (f"(01)0{BY_WEIGHT}(3102)000050(3922)110", 500, 110),
        (f"(01)0{BY_WEIGHT}(3932)978219", 1_000, 219),  # the euro is 978; 2.19 at 2.19 a kilogram
        (f"(01)0{EAN}(3103)000500", None, None),  # a piece stays a piece
        (f"(01)0{EAN}(30)12", 12_000, None),
        (f"(02)0{EAN}(37)4", 4_000, None),
        (f"(02){CASE}(37)3", 18_000, None),
    ],
)
def test_what_a_gs1_label_says_of_quantity_and_price(shelf, elements, quantity, amount):
    item = shelf.resolve(elements)
    assert (item.quantity, item.amount) == (quantity, amount)


@pytest.mark.parametrize(
    ("elements", "what"),
    [
        (f"(01)0{BY_WEIGHT}(3932)840219", "its price is in currency 840, not in EUR"),
        (f"(01)0{BY_WEIGHT}(3924)12345", "the label says a price of 1.2345 EUR"),
        (f"(01)0{BY_WEIGHT}(3103)000000", "the label says a quantity of 0.000"),
    ],
)
def test_a_label_that_cannot_be_is_refused(shelf, elements, what):
    with pytest.raises(Veto, match=what):
        shelf.resolve(elements)


def test_a_weight_does_not_fit_goods_sold_otherwise(app):
    products = app.pos.records("catalog_product")
    products.save(PRODUCTS[APPLES] | {"unit": "lb"}, record_id=APPLES)
    with pytest.raises(Veto, match="the label says kilograms, it is sold by lb"):
        app.register.resolve(gtin("230002301240"))


def test_batch_expiry_and_serial_of_a_label_stay_with_the_sale(app):
    app.register.scan(f"]d201 0{EAN}".replace(" ", "") + f"10L7{GS}17271231{GS}21S-9")
    app.register.scan(EAN)
    sale = app.register.pay("cash").sale
    assert sale.lines[0].sections == {"catalog": {"batch": "L7", "expiry": "2027-12-31", "serial": "S-9"}}
    assert sale.lines[1].sections == {}
    assert sale.total == 2 * 129


def test_an_item_without_a_price_is_refused_until_one_is_entered(app):
    with pytest.raises(UserError, match="Rye bread has no price"):
        app.register.scan("4711")
    item = app.register.resolve("4711")
    assert app.register.add(item, unit_price=25_000).priced.total == 250


def test_what_is_not_sold_any_more_says_so(app):
    products = app.pos.records("catalog_product")
    products.save(PRODUCTS[MILK] | {"status": "inactive"}, record_id=MILK)
    with pytest.raises(Veto, match="Whole milk 1 l is not sold any more"):
        app.register.scan(EAN)
    products.delete(MILK)
    with pytest.raises(UnknownCode):
        app.register.scan(EAN)


def test_the_price_of_a_line_stays_when_the_list_changes(app):
    line = app.register.scan(EAN).line
    app.pos.records("catalog_product").save(PRODUCTS[MILK] | {"price_e4": 13_900}, record_id=MILK)
    assert app.register.priced.total == 129
    assert app.register.reprice(line).priced.total == 139


def test_a_sale_is_kept_and_returned_with_the_catalogue_off(app):
    app.register.scan(EAN, 3_000)
    number = app.register.pay("cash").sale.number
    app.switch("catalog", enabled=False)
    assert app.register.return_lines(number, {"1": 1_000}).priced.total == -129
    with pytest.raises(UnknownCode):
        app.register.scan(EAN)
    app.switch("catalog", enabled=True)
    assert app.register.scan(EAN).priced.total == 0
