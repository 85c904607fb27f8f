"""`genesis quote` as a command: its arguments, and a line that names a catalogue code."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from genesis import Item, Price, hookimpl
from genesis.testkit.stores import as_plugin
from genesis_tax.plugin import plugin

VAT = {"tax": "vat", "title": "VAT", "type": "percent", "rate": "21"}
DEPOSIT = {"tax": "deposit", "title": "Deposit", "type": "fixed", "amount": "0.25", "included": "no"}


class Goods:
    """Goods whose ref ends with their price: a bottle, a crate of six, a label of 1.5 kg, a label of 3.99 ..."""

    @hookimpl
    def resolve_code(self, code: str) -> Item | None:
        known = {
            "BOTTLE": Item(ref="goods:10000", name="Bottle", tax="bottle"),
            "CRATE": Item(ref="goods:10000", name="Bottle", tax="bottle", pack=6_000),
            "1.5KG": Item(ref="goods:22500", name="Apples", tax="food", unit="kg", quantity=1_500),
            "3.99": Item(ref="goods:0", name="Cheese", tax=None, amount=399),
            "ODD": Item(ref="goods:", name="Odd", tax=None),
            "OLD": Item(ref="goods:10000", name="Old", tax="gone"),
        }
        return known.get(code)

    @hookimpl
    def base_price(self, item: Item) -> Price | None:
        price = item.ref.partition(":")[2]
        return Price(e4=int(price)) if price else None


@pytest.fixture
def shop(store: Callable[..., Any]) -> Any:
    app = store("tax", extra=as_plugin(Goods(), "goods"))
    for name, taxes in (("bottle", [VAT, DEPOSIT]), ("food", [VAT | {"rate": "5.5"}])):
        app.pos.records("tax_class").save({"title": name, "taxes": taxes}, record_id=name)
    return app


@pytest.fixture
def quoted(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """`quoted(pos, *lines)`: exit code, stdout, stderr."""

    def run(pos: Any, *lines: dict[str, Any], arguments: tuple[str, ...] = (), **more: Any) -> tuple[int, str, str]:
        basket = {"currency": "EUR", "tax": {"scope": "line"}, "lines": list(lines), **more}
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(basket).encode())))
        command = plugin.cli_commands()[0]
        assert (command.name, command.store) == ("quote", "used")
        code = command.run(pos, list(arguments))
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.mark.parametrize(
    ("code", "qty", "net", "total"),
    [
        ("BOTTLE", "2", "1.65", "2.50"),  # 2.00 holds 0.35 of VAT; two deposits on top
        ("CRATE", "1", "4.96", "7.50"),  # 6.00 holds 1.04; six deposits
        ("1.5KG", "1", "3.20", "3.38"),  # 1.5 x 2.25 = 3.375
        ("3.99", "2", "7.98", "7.98"),
    ],
)
def test_a_code_brings_its_price_and_its_taxes(
    shop: Any, quoted: Callable[..., Any], code: str, qty: str, net: str, total: str
) -> None:
    exit_code, out, _ = quoted(shop.pos, {"qty": qty, "code": code})
    answer = json.loads(out)
    assert (exit_code, answer["net"], answer["total"]) == (0, net, total)


def test_a_quote_agrees_with_the_till(shop: Any, quoted: Callable[..., Any]) -> None:
    shop.register.scan("CRATE")
    priced = shop.register.scan("1.5KG").priced
    answer = json.loads(quoted(shop.pos, {"qty": "1", "code": "CRATE"}, {"qty": "1", "code": "1.5KG"})[1])
    shown = [f"{amount // 100}.{amount % 100:02}" for amount in (priced.net, priced.tax, priced.total)]
    assert [answer["net"], answer["tax"], answer["total"]] == shown


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"code": "CAT"}, "lines[0].code: 'CAT' is not in the catalogue"),
        ({"code": "ODD"}, "lines[0].code: Odd has no price"),
        ({"code": "OLD"}, "lines[0].code: the tax class 'gone' does not exist"),
        ({"code": ""}, "lines[0].code: a code has 1 to 4096 characters"),
        ({"code": "x" * 4097}, "lines[0].code: a code has 1 to 4096 characters"),
    ],
)
def test_a_code_that_cannot_be_quoted_is_refused(
    shop: Any, quoted: Callable[..., Any], line: dict[str, str], said: str
) -> None:
    code, out, err = quoted(shop.pos, {"qty": "1", **line})
    assert (code, out) == (1, "")
    assert err.startswith(said)


def test_another_currency_than_the_store_s_is_refused(shop: Any, quoted: Callable[..., Any]) -> None:
    code, _, err = quoted(shop.pos, {"qty": "1", "code": "3.99"}, currency="USD")
    assert (code, err) == (1, "lines[0].code: priced in EUR, not USD: quote in EUR\n")


def test_without_a_store_a_code_is_refused_and_a_price_is_not(quoted: Callable[..., Any]) -> None:
    assert quoted(None, {"qty": "1", "unit_price": "1"})[0] == 0
    code, _, err = quoted(None, {"qty": "1", "code": "3.99"})
    assert code == 1
    assert err.startswith("lines[0].code: '3.99' needs a store")


def test_lines_and_nothing_else_is_an_argument(quoted: Callable[..., Any]) -> None:
    assert quoted(None, arguments=("--lines",))[0] == 0
    assert quoted(None, arguments=("--json",)) == quoted(None)
    assert quoted(None, arguments=("--lines", "--json")) == quoted(None, arguments=("--lines",))
    code, out, err = quoted(None, arguments=("--line",))
    assert (code, out) == (2, "")
    assert err.startswith("usage: genesis quote")
