"""`genesis scan` in a store and without one, and the table of the store's scales."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from genesis import Act, Item, Query, SearchHit, SettingsError, UserError, Veto, hookimpl
from genesis.testkit.stores import as_plugin
from genesis_barcodes import pages
from genesis_barcodes.plugin import plugin
from genesis_barcodes.service import read

PEN = Item(ref="goods:1", name="Pen", sku="PEN", gtin="04006381333931")
CHEESE = Item(ref="goods:2", name="Cheese", gtin="02100000000005", weighed=True)
PRICE = {"prefix": "21", "item_digits": 5, "value_digits": 5, "decimals": 2, "kind": "price"}


class Goods:
    """A pen, a cheese from the scale, and something recalled."""

    @hookimpl
    def resolve_code(self, code: str) -> Item | None:
        if code == "RECALLED":
            raise Veto("this was recalled")
        return {"4006381333931": PEN, "PEN": PEN}.get(code)

    @hookimpl
    def search_items(self) -> list[SearchHit]:
        bare = Item(ref="goods:3", name="Sticker")
        free = Item(ref="goods:4", name="Map", sku="MAP")
        return [SearchHit(item=item, price=100) for item in (PEN, CHEESE, bare)] + [SearchHit(item=free, price=None)]


def scan(pos: Any, *arguments: str) -> int:
    command = plugin.cli_commands()[0]
    assert (command.name, command.store) == ("scan", "used")
    return command.run(pos, list(arguments))


@pytest.fixture
def shop(store: Callable[..., Any]) -> Any:
    return store("barcodes", extra=as_plugin(Goods(), "goods"))


def test_a_store_names_its_items(shop: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert scan(shop.pos, "4006381333931", "PEN", "96385074", "RECALLED", "", "x" * 5000, "\ud800") == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    names = [answer["item"] and answer["item"]["name"] for answer in found]
    assert names == ["Pen", "Pen", None, None, None, None, None]
    assert found[0]["item"] == {"ref": "goods:1", "name": "Pen", "sku": "PEN", "gtin": "04006381333931", "unit": "pcs"}


def test_without_a_store_there_are_no_items(capsys: pytest.CaptureFixture[str]) -> None:
    assert scan(None, "4006381333931", "--json") == 0
    assert json.loads(capsys.readouterr().out)["item"] is None


def test_codes_come_from_lines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'"96385074"\n"\\u001d"\n')))
    assert scan(None, "--lines") == 0
    said = capsys.readouterr()
    assert [json.loads(line)["valid"] for line in said.out.splitlines()] == [True, False]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'96385074\n"96385074"\n')))
    assert scan(None, "--lines", "--json") == 1
    said = capsys.readouterr()
    assert [json.loads(line)["valid"] for line in said.out.splitlines()] == [False, True]


def test_demo_codes_sell_by_one_scan(shop: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert scan(shop.pos, "--demo-codes") == 0
    assert capsys.readouterr().out == "4006381333931\n"
    with pytest.raises(UserError, match="no store"):
        scan(None, "--demo-codes")


@pytest.mark.parametrize(
    "arguments", [(), ("--json",), ("--image",), ("--picture", "x.png"), ("--lines", "1"), ("--demo-codes", "--lines")]
)
def test_other_words_are_not_the_command(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert scan(None, *arguments) == 2
    assert capsys.readouterr().err.startswith("usage: genesis scan")


def test_the_table_of_the_scales_is_a_setting(shop: Any, capsys: pytest.CaptureFixture[str]) -> None:
    label = "2112345012346"
    assert read(shop.pos, label).price is None
    shop.settings.change("barcodes", {"rules": [PRICE]})
    assert read(shop.pos, label).price == "12.34"
    assert scan(shop.pos, label) == 0
    assert json.loads(capsys.readouterr().out)["price"] == "12.34"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"prefix": "40"}, "'40' is no in-store prefix"),
        ({"decimals": "2"}, "Expected `int`"),
        ({"value_digits": 6}, "do not add up"),
        ({"digits": 5}, "unknown field"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_as_a_setting(shop: Any, change: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        shop.settings.change("barcodes", {"rules": [PRICE | change]})
    assert set(caught.value.problems) == {"rules"}


def test_a_code_is_tried_by_the_table_of_the_store(store: Any) -> None:
    app = store("barcodes", "catalog")
    app.settings.change("barcodes", {"rules": [
        {"prefix": "21", "item_digits": 5, "value_digits": 5, "decimals": 2, "kind": "price"}]})  # fmt: skip
    label, item = "2112345012346", "2112345000008"  # 12.34, and the number without it, both with their check digits
    app.pos.records("catalog_product").save({"name": "Cheese", "price_e4": 100_000, "weighed": True, "unit": "kg",
                                             "codes": [{"code": item}]})  # fmt: skip
    assert [row.cells[:3] for row in pages.find(app.pos, Query()).rows] == [("21", "Price", "5")]
    said = pages.tried(app.pos, Act(values={"code": label})).document
    assert ("bold", "Valid", "EAN-13") in said
    assert ("text", "Price", "12.34") in said
    assert said[-1][:2] == ("bold", "Cheese")
    wrong = pages.shown(app.pos, label[:-1] + str((int(label[-1]) + 1) % 10)).document
    assert wrong[1][1] == "Not valid"
    assert wrong[-1][1] == "Nothing is sold under it"
