"""What the search field and the tiles show."""

from __future__ import annotations

import pytest

from genesis.hooks import cart as cart_hooks
from genesis.testkit.stores import Stores
from genesis_catalog.models import product_checked

ROWS = [
    ("croissant", "Butter croissant", "C1", "Maison", "pastry", 18_000, "9520000000004"),
    ("bread", "Rye bread", "B7", "", "bakery", 42_000, "9520000000011"),
    ("butter", "Butter 250 g", "D1", "Maison", "dairy", 29_000, "042100005264"),
    ("tea", "Grüner Tee", "BUTTER", "", "", None, ""),
    ("old", "Butter biscuits", "", "", "bakery", 10_000, "old-1"),
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    stores = Stores(tmp_path_factory.mktemp("shop"))
    app = stores.new("barcodes", "catalog")
    for category_id, name, parent in (("bakery", "Bakery", ""), ("pastry", "Pastry", "bakery"), ("dairy", "Dairy", "")):
        app.pos.records("catalog_category").save({"name": name, "parent": parent}, record_id=category_id)
    rows = []
    for key, name, sku, brand, group, price, code in ROWS:
        facts = {"name": name, "sku": sku, "brand": brand, "category": group, "price_e4": price, "icon": "cookie"}
        more = {"codes": [{"code": code}] if code else [], "status": "inactive" if key == "old" else "active"}
        rows.append(product_checked(facts | more) | {"id": key})
    app.pos.records("catalog_product").load(rows)
    yield app
    stores.close()


def found(app, text="", category="", limit=20):
    [hits] = app.pos.hooks.each(cart_hooks.search_items)(text=text, category=category, limit=limit)
    return [hit.item.ref.removeprefix("catalog:") for hit in hits]


@pytest.mark.parametrize(
    ("text", "refs"),
    [
        ("butter", ["tea", "butter", "croissant"]),  # its SKU, then what begins with it, then by name
        ("but cro", ["croissant"]),
        ("CRO BUT", ["croissant"]),
        ("maison", ["butter", "croissant"]),
        ("gruner", ["tea"]),
        ("b7", ["bread"]),
        ("952000000001", ["bread"]),
        ("9520000000", ["croissant", "bread"]),
        ("42100005264", ["butter"]),
        ("00042100005264", []),
        ("biscuits", []),
        ('"butter" OR -x*', []),
        ("'; DROP TABLE", []),
        ("!!!", []),
    ],
)
def test_words_and_codes_are_found_as_they_are_typed(shop, text, refs):
    assert sorted(found(shop, text)) == sorted(refs)
    if text == "butter":
        assert found(shop, text) == refs


@pytest.mark.parametrize(
    ("category", "refs"),
    [
        ("", ["butter", "croissant", "tea", "bread"]),
        ("bakery", ["croissant", "bread"]),
        ("pastry", ["croissant"]),
        ("dairy", ["butter"]),
        ("none", []),
    ],
)
def test_tiles_are_a_category_with_all_below_it_by_name(shop, category, refs):
    assert found(shop, category=category) == refs


def test_search_stays_within_the_category_and_the_limit(shop):
    assert found(shop, "butter", "bakery") == ["croissant"]
    assert found(shop, limit=2) == ["butter", "croissant"]
    assert found(shop, category="bakery", limit=1) == ["croissant"]
    assert found(shop, "butter", limit=0) == []


def test_a_hit_is_what_a_scan_would_give(shop):
    [hits] = shop.pos.hooks.each(cart_hooks.search_items)(text="croissant", category="", limit=5)
    assert hits[0].item == shop.register.resolve("9520000000004")
    assert (hits[0].price, hits[0].icon, hits[0].item.category) == (18_000, "cookie", ("Bakery", "Pastry"))


def test_a_long_name_is_found_by_its_last_word_and_its_code(shop):
    name = " ".join(f"word{n}" for n in range(30))
    shop.pos.records("catalog_product").save({"name": name, "codes": [{"code": "long-77"}]}, record_id="long")
    assert found(shop, "word29 long 77") == ["long"]
    shop.pos.records("catalog_product").save({"name": "Short", "codes": [{"code": "long-77"}]}, record_id="long")
    assert found(shop, "word29") == []
    shop.pos.records("catalog_product").delete("long")
    assert found(shop, "long") == []
