"""What a product must look like, and that no code, category or unit is left pointing at two things or none."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from genesis import Act, Query, Refused, UserError, Veto
from genesis_catalog import bulk, pages
from genesis_catalog.lookup import search
from genesis_catalog.models import code_key, product_checked, text

EAN = "9520000000004"
GOOD = {"name": "Milk", "codes": [{"code": EAN}]}


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


def with_check(body: str) -> str:
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return f"{body}{(10 - total % 10) % 10}"


@given(digits(11).filter(lambda body: body.strip("0")))
def test_a_upc_is_one_code_in_all_its_lengths(body):
    upc = with_check(body)
    assert {code_key(form) for form in (upc, f"0{upc}", f"00{upc}")} == {f"00{upc}"}


@given(digits(12).filter(lambda body: body.strip("0")), st.integers(1, 9))
def test_a_wrong_check_digit_is_refused(body, step):
    good = with_check(body)
    wrong = good[:-1] + str((int(good[-1]) + step) % 10)
    with pytest.raises(UserError, match=r"codes: .* is no code") as refused:
        code_key(wrong)
    assert refused.value.field == "codes"


@pytest.mark.parametrize("typed", ["A-1", "4011", "12345678901", "Größe 42", "0012"])
def test_an_in_house_code_is_only_itself(typed):
    assert code_key(f" {typed} ") == typed


@pytest.mark.parametrize("typed", ["", " ", "\U0001f600", "a\x00b", "x" * 81, f"]E0{EAN}", f"(01)0{EAN}", "A\u200bB"])
def test_what_is_no_code_is_refused(typed):
    with pytest.raises(UserError, match=r"^codes: "):
        code_key(typed)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", None), ("name", 5), ("name", "x" * 201), ("name", "x" * 10_000_000), ("name", "a\nb"),
        ("name", "\ud800"), ("sku", "x" * 65), ("price_e4", -1), ("price_e4", 1.5), ("price_e4", True),
        ("price_e4", "12"), ("price_e4", 10**12 + 1), ("weighed", "yes"), ("weighed", 2), ("status", "sold"),
        ("image", "picture.png"), ("icon", "Apple"), ("icon", "a b"), ("codes", "952"), ("codes", [EAN]),
        ("codes", [{"code": EAN, "pack": 0}]), ("codes", [{"code": EAN, "pack": True}]),
        ("codes", [{"code": EAN}, {"code": f"0{EAN}", "pack": 6_000}]),
        ("codes", [{"code": str(n)} for n in range(51)]),
    ],
)  # fmt: skip
def test_a_field_that_is_wrong_is_named(field, value):
    with pytest.raises(UserError) as refused:
        product_checked(GOOD | {field: value})
    assert refused.value.field == field


def test_what_is_kept_is_complete_and_kept_again_the_same():
    kept = product_checked({"name": " Cafe\u0301 ", "codes": [{"code": EAN}, {"code": f"0{EAN}"}, {"code": "7"}]})
    assert kept == {
        "name": "Café", "sku": "", "brand": "", "category": "", "unit": "pcs", "price_e4": None, "tax": None,
        "weighed": False, "image": "", "icon": "", "status": "active", "more": None, "style": None, "options": None,
        "codes": [{"code": f"0{EAN}", "pack": 1_000, "as_typed": EAN}, {"code": "7", "pack": 1_000, "as_typed": "7"}],
    }  # fmt: skip
    assert product_checked(kept) == kept


@given(st.text(max_size=60))
def test_a_line_of_text_is_kept_or_refused_and_nothing_else(typed):
    try:
        kept = text(typed, "name", 50)
    except UserError:
        return
    assert text(kept, "name", 50) == kept
    assert len(kept) <= 50


@pytest.fixture
def app(store):
    return store("barcodes", "catalog")


@pytest.fixture
def products(app):
    return app.pos.records("catalog_product")


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        ({"codes": [{"code": EAN}]}, {"codes": [{"code": f"0{EAN}"}]}, f"code 0{EAN}"),
        ({"codes": [{"code": "042100005264"}]}, {"codes": [{"code": "04252614"}]}, "code 04252614"),
        ({"sku": "S1"}, {"sku": "S1"}, "SKU S1"),
        ({"sku": "4711"}, {"codes": [{"code": "4711"}]}, "code 4711"),
        ({"codes": [{"code": EAN}]}, {"sku": EAN}, f"SKU {EAN}"),
    ],
)
def test_one_code_on_two_products_is_refused_and_both_are_named(products, first, second, shown):
    products.save({"name": "Milk", "codes": []} | first)
    with pytest.raises(Veto) as refused:
        products.save({"name": "Tea", "codes": []} | second)
    assert refused.value.what == f"{shown} of Tea belongs to Milk"
    assert products.count() == 1


def test_a_code_is_free_again_when_its_product_gives_it_up(products):
    milk = products.save(GOOD)
    products.save(GOOD | {"codes": []}, record_id=milk)
    tea = products.save({"name": "Tea", "codes": [{"code": EAN}]})
    assert products.owners("catalog_code", [f"0{EAN}"]) == {f"0{EAN}": tea}
    products.delete(tea)
    assert products.owners("catalog_code", [f"0{EAN}"]) == {}


def test_two_processes_cannot_both_give_a_code_away(app, products, stores):
    other = stores.open(app, register=False)
    rows = [product_checked(GOOD | {"name": name}) | {"id": name} for name in ("milk", "tea")]
    products.load(rows[:1])
    with pytest.raises(Refused, match="already taken"):
        other.pos.records("catalog_product").load(rows[1:])


def test_an_edit_based_on_an_old_state_is_refused(products):
    milk = products.save(GOOD)
    products.save(GOOD | {"name": "Fresh milk"}, record_id=milk, rev=1)
    with pytest.raises(Refused, match="changed by somebody else"):
        products.save(GOOD | {"name": "Old milk"}, record_id=milk, rev=1)
    assert products.get(milk)["name"] == "Fresh milk"


def test_a_product_needs_a_category_and_a_unit_that_exist(app, products):
    with pytest.raises(Veto, match="there is no category 'drinks'"):
        products.save(GOOD | {"category": "drinks"})
    with pytest.raises(Veto, match="there is no unit 'crate'"):
        products.save(GOOD | {"unit": "crate"})
    app.pos.records("catalog_category").save({"name": "Drinks"}, record_id="drinks")
    app.pos.records("catalog_unit").save({"name": "crate of 20"}, record_id="crate")
    products.save(GOOD | {"category": "drinks", "unit": "crate"})


def test_what_is_in_use_cannot_be_deleted(app, products):
    categories, units = app.pos.records("catalog_category"), app.pos.records("catalog_unit")
    categories.save({"name": "Drinks"}, record_id="drinks")
    categories.save({"name": "Water", "parent": "drinks"}, record_id="water")
    units.save({"name": "crate of 20"}, record_id="crate")
    milk = products.save(GOOD | {"category": "water", "unit": "crate"})
    for records, used, what in ((categories, "drinks", "the category Water"), (categories, "water", "the product Milk"),
                                (units, "crate", "Milk is sold by this unit")):  # fmt: skip
        with pytest.raises(Veto, match=what):
            records.delete(used)
    products.delete(milk)
    for records, used in ((categories, "water"), (categories, "drinks"), (units, "crate")):
        records.delete(used)
    assert (categories.count(), units.count()) == (0, 0)


def test_a_standard_unit_is_not_made_again(app):
    with pytest.raises(Veto, match="kg is a unit already"):
        app.pos.records("catalog_unit").save({"name": "kilo"}, record_id="kg")


def test_categories_are_a_tree_of_six_levels_with_names_of_their_own(app):
    categories = app.pos.records("catalog_category")
    parent = ""
    for level in range(1, 7):
        parent = categories.save({"name": f"Level {level}", "parent": parent}, record_id=f"c{level}")
    with pytest.raises(Veto, match="that would be 7 levels"):
        categories.save({"name": "Level 7", "parent": "c6"})
    top = categories.save({"name": "Top"})
    with pytest.raises(Veto, match="that would be 7 levels"):
        categories.save({"name": "Level 1", "parent": top}, record_id="c1")
    with pytest.raises(Veto, match="cannot be within itself"):
        categories.save({"name": "Level 1", "parent": "c3"}, record_id="c1")
    with pytest.raises(Veto, match="there is no category 'none'"):
        categories.save({"name": "Lost", "parent": "none"})
    with pytest.raises(Veto, match="there is a category LEVEL 2 here already"):
        categories.save({"name": "LEVEL 2", "parent": "c1"})
    categories.save({"name": "Level 2", "parent": top})
    with pytest.raises(UserError, match="name: a category cannot have /"):
        categories.save({"name": "A/B"})


def test_changing_needs_the_permission(app, products):
    from genesis import Actor

    app.actor = Actor(id="ana", name="Ana")
    with pytest.raises(Refused, match="Ana may not: Change products"):
        products.save(GOOD)
    with pytest.raises(Refused, match="Ana may not: Import master data"):
        products.load([])


def test_a_retired_product_is_sold_and_offered_nowhere_its_code_stays_taken_and_its_receipt_returns(store):
    app = store("cash", "barcodes", "catalog")
    records = app.pos.records("catalog_product")
    row = {"name": "Tea", "sku": "T", "price_e4": 30_000}
    records.save(row, record_id="tea")
    app.register.scan("T")
    sale = app.register.pay("cash").sale
    bulk.retire(app.pos, Act(rows=("tea",)))
    with pytest.raises(Veto, match="Tea is retired"):
        app.register.scan("T")
    assert search(app.pos, "tea", "", 10) == []
    assert search(app.pos, "", "", 10) == []
    with pytest.raises(Veto, match="SKU T of Other belongs to Tea"):
        records.save({"name": "Other", "sku": "T"})
    page = pages.page(app.pos)
    shown = {state: page.rows(app.pos, Query(filters={"status": state})).total for state in ("active", "retired")}
    assert shown == {"active": 0, "retired": 1}
    app.register.return_lines(sale.number)
    app.register.pay("cash")
