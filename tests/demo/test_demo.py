"""The demo store is whole: every code can be scanned, every item sells, every picture exists, at any currency."""

from __future__ import annotations

import csv
import tomllib
from importlib.resources import files

import pytest

from genesis.demo.store import fill
from genesis.hooks import platform as specs
from genesis.hooks.given import available
from genesis.shell.kit.icons import exists

ALL = ("barcodes", "catalog", "customers", "tax", "cash")
GOODS = list(csv.DictReader((files("genesis.demo") / "products.csv").read_text(encoding="utf-8").splitlines()))
SHOP = tomllib.loads((files("genesis.demo") / "store.toml").read_text(encoding="utf-8"))
CODES = {code.partition("*")[0]: row for row in GOODS for code in row["codes"].split("|")}


def check_digit(body):
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str((10 - total % 10) % 10)


def test_the_list_is_about_two_hundred_everyday_goods_of_our_own():
    assert 190 <= len(GOODS) <= 220
    for field in ("sku", "name"):
        assert len({row[field] for row in GOODS}) == len(GOODS)
    assert len(CODES) == sum(len(row["codes"].split("|")) for row in GOODS)
    for code in CODES:
        assert code[-1] == check_digit(code[:-1])
        assert code.startswith(("952", "1952", "21", "23"))
    assert {row["tax"] for row in GOODS} == {row["id"] for row in SHOP["tax_class"]} == {"standard", "reduced"}
    assert {row["category"].partition("/")[0] for row in GOODS} == {top["path"] for top in SHOP["category"]}
    assert {code[:2] for code, row in CODES.items() if row["weighed"]} == {"21", "23"}
    assert sum("*" in row["codes"] for row in GOODS) >= 20


def test_every_picture_and_every_tint_exists(pytestconfig):
    assert [name for name in {row["icon"] for row in (*GOODS, *SHOP["category"])} if not exists(name)] == []
    for theme in sorted((pytestconfig.rootpath / "themes").glob("**/theme.json")):
        tints = theme.read_text(encoding="utf-8")
        assert [top["tint"] for top in SHOP["category"] if f'"{top["tint"]}":' not in tints] == []


def test_every_code_of_the_demo_store_can_be_scanned(store):
    app = store(*ALL)
    assert (
        fill(app)
        == len(GOODS) + len(SHOP["tax_class"]) + len(SHOP["customer"]) + app.pos.records("catalog_category").count()
    )
    for code, row in CODES.items():
        if not row["weighed"]:
            item = app.register.resolve(code)
            assert (item.name, "/".join(item.category), item.tax) == (row["name"], row["category"], row["tax"])
    assert app.register.resolve("9529000000011").name == "Chiara Lindqvist"
    assert app.register.resolve("07700 900101").name == "María González"


def test_scales_packs_and_taxes_work_at_the_till(store):
    app = store(*ALL)
    fill(app)
    register = app.register
    sku = {row["name"]: row["sku"] for row in GOODS}
    price, weight = f"21{int(sku['Gouda mild']):05d}00595", f"23{int(sku['Bananas']):05d}01000"
    register.scan(price + check_digit(price))
    register.scan(weight + check_digit(weight))
    case = next(c for row in GOODS if row["name"] == "Cola 33 cl" for c in row["codes"].split("|") if "*" in c)
    register.scan(case.partition("*")[0])
    priced = register.priced
    assert [(row.line.qty, row.figures.gross) for row in priced.lines] == [(500, 595), (1_000, 149), (24_000, 24 * 135)]
    assert {(tax.rate, tax.amount) for tax in priced.taxes} == {("5", 28 + 7), ("20", 540)}
    sale = register.pay("cash").sale
    assert sale.total == 595 + 149 + 3_240


def test_filling_again_changes_nothing_and_completes_what_is_missing(store):
    app = store("barcodes", "catalog", "customers")
    app.switch("customers", enabled=False)
    assert fill(app) > 200
    before = app.raw_journal.pos()
    assert (fill(app), app.raw_journal.pos()) == (0, before)
    app.switch("customers", enabled=True)
    assert fill(app) == len(SHOP["customer"])


def test_a_store_without_tax_or_catalogue_gets_what_it_can_hold(store):
    untaxed = store("barcodes", "catalog", "cash")
    fill(untaxed)
    assert untaxed.register.resolve("1001").tax is None
    bare = store("customers")
    assert fill(bare) == len(SHOP["customer"])


@pytest.mark.parametrize(("currency", "total"), [("EUR", 340), ("JPY", 340), ("KWD", 340)])
def test_prices_fit_the_currency(store, currency, total):
    app = store("barcodes", "catalog", currency=currency)
    fill(app)
    assert app.register.scan("1001").priced.total == total


def test_with_batches_some_goods_are_short_dated_and_go_first(store):
    app = store(*ALL, "stock", "batches")
    fill(app)
    before = app.raw_journal.pos()
    fill(app)
    assert app.raw_journal.pos() == before
    app.register.scan("1501", 8_000)
    taken = app.register.pay("cash").sale.lines[0].sections["batches"]["taken"]
    assert taken == [["D1501A", 6_000], ["D1501B", 2_000]]


def test_deliveries_that_are_missing_come_in_once(store):
    whole, app = store(*ALL, "stock", "batches"), store(*ALL, "stock", "batches")
    fill(whole)
    app.switch("batches", enabled=False)
    fill(app)  # as where it is killed before the first delivery
    app.switch("batches", enabled=True)
    brought, _ = app.hooks.collect(specs.cli_commands, app.enabled, pos=app.pos)
    commands = {one.name: one for _, found in brought for one in found or ()}
    commands["batches"].run(app.pos, ["receive", "catalog:demo-1501", "--batch", "D1501A", "--qty", "6"])
    goods = [f"catalog:demo-{row['sku']}" for row in GOODS]
    for _ in range(2):
        fill(app)
        assert available(app.pos, goods) == available(whole.pos, goods)


def test_with_the_stock_plugin_every_product_is_on_hand_once_however_often_it_is_filled(store):
    app = store(*ALL, "stock")
    fill(app)
    have = available(app.pos, (f"catalog:demo-{row['sku']}" for row in GOODS))
    assert len(have) == len(GOODS)
    assert min(state.on_hand for state in have.values()) >= 3_000
    fill(app)
    assert available(app.pos, have) == have
