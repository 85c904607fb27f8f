"""Tax at the till: classes with dated rates, exemptions, rounding, and what happens where a rate is missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from genesis import CustomerRef, Item, Pos, Price, UserError, hookimpl
from genesis.testkit.stores import as_plugin
from genesis_tax.models import check_class, check_exemption
from genesis_tax.quote import quote

Make = Callable[..., Any]
VAT = {"tax": "vat", "title": "VAT", "type": "percent", "rate": "21"}


class Goods:
    """Goods whose code is CLASS-CENTS; a code of the letter W is a weighed label, P a pack of six."""

    @hookimpl
    def resolve_code(self, code: str) -> Item | None:
        tax, dash, price = code.partition("-")
        if not dash:
            return None
        more: dict[str, Any] = {}
        if price.startswith("W"):
            more = {"quantity": 1_500, "weighed": True, "unit": "kg"}
        elif price.startswith("P"):
            more = {"pack": 6_000}
        elif price.startswith("A"):
            more = {"amount": int(price[1:])}
        return Item(ref=f"goods:{price.lstrip('WPA')}", name=f"Thing {code}", tax=tax or None, **more)

    @hookimpl
    def base_price(self, item: Item) -> Price:
        return Price(e4=int(item.ref.partition(":")[2]) * 100)


def classes(pos: Pos, **wanted: list[dict[str, Any]]) -> None:
    for name, taxes in wanted.items():
        pos.records("tax_class").save({"title": name.title(), "taxes": taxes}, record_id=name)


@pytest.fixture
def shop(store: Make) -> Any:
    app = store("tax", "cash", extra=as_plugin(Goods(), "goods"))
    classes(app.pos, standard=[VAT], food=[VAT | {"rate": "5.5"}], zero=[VAT | {"rate": "0"}], none=[])
    return app


def sold(app: Any, *codes: str) -> Any:
    for code in codes:
        answer = app.register.scan(code)
    return answer.priced


def test_an_included_rate_is_taken_out_of_the_price(shop: Any) -> None:
    priced = sold(shop, "standard-5250", "food-1000", "none-300", "-100")
    lines = [(p.figures.net, p.figures.tax, p.figures.gross) for p in priced.lines]
    # 52.50 at 21 % holds 9.11; 10.00 at 5.5 % holds 0.52
    assert lines == [(4339, 911, 5250), (948, 52, 1000), (300, 0, 300), (100, 0, 100)]
    assert (priced.net, priced.tax, priced.total) == (5687, 963, 6650)
    assert [(t.id, t.title, t.rate, t.base, t.amount) for t in priced.taxes] == [
        ("vat", "VAT", "21", 4339, 911),
        ("vat", "VAT", "5.5", 948, 52),
    ]


def test_prices_before_tax_where_the_store_says_so(shop: Any) -> None:
    shop.settings.change("tax", {"prices_include_tax": False})
    priced = sold(shop, "standard-1000")
    assert (priced.net, priced.tax, priced.total) == (1000, 210, 1210)


@pytest.mark.parametrize(
    ("unsaid", "code", "field"),
    [("scope", "standard-1000", "tax.scope"), ("prices_include_tax", "standard-1000", "tax.prices_include_tax")],
)
def test_what_the_store_has_not_said_is_refused_and_never_guessed(
    shop: Any, unsaid: str, code: str, field: str
) -> None:
    shop.settings.change("tax", {unsaid: None})
    shop.register.scan("-100")  # not taxed: sells all the same
    with pytest.raises(UserError, match=r"the store has not said .* genesis settings tax") as refused:
        shop.register.scan(code)
    assert refused.value.field == field
    assert len(shop.register.cart.lines) == 1
    shop.settings.change("tax", {"scope": "line", "prices_include_tax": True})
    assert shop.register.scan(code).priced.total == 1100


def test_a_tax_that_says_it_itself_does_not_ask_the_store(shop: Any) -> None:
    deposit = {"tax": "deposit", "title": "Deposit", "type": "fixed", "amount": "0.25", "included": "no"}
    classes(shop.pos, bottle=[VAT, deposit])
    priced = sold(shop, "bottle-P100")  # a pack of six bottles at 1.00
    assert [(t.id, t.rate, t.amount) for t in priced.taxes] == [("vat", "21", 104), ("deposit", "0.25", 150)]
    assert priced.total == 750


@pytest.mark.parametrize(("scope", "tax"), [("line", 715_763), ("document", 715_766), ("total_first", 715_766)])
def test_the_scope_of_rounding_is_a_setting(shop: Any, scope: str, tax: int) -> None:
    classes(shop.pos, mexico=[VAT | {"rate": "16"}])
    shop.settings.change("tax", {"scope": scope})
    prices = (1199, 1999, 1699, 11999, 11999, 11999, 10999)
    priced = sold(shop, *(f"mexico-{price}00" for price in prices))
    assert (priced.tax, priced.total) == (tax, 5_189_300)


def test_germany_lowered_its_rate_for_half_a_year(shop: Any) -> None:
    rates = [
        VAT | {"rate": "19", "valid_to": "2020-06-30"},
        VAT | {"rate": "16", "valid_from": "2020-07-01", "valid_to": "2020-12-31"},
        VAT | {"rate": "19", "valid_from": "2021-01-01"},
    ]
    classes(shop.pos, german=rates)
    for day, rate in [("2020-06-30", "19"), ("2020-07-01", "16"), ("2020-12-31", "16"), ("2021-01-01", "19")]:
        shop.clock.moment = datetime.fromisoformat(f"{day}T12:00:00+01:00")
        priced = sold(shop, "german-11900")
        assert [tax.rate for tax in priced.taxes] == [rate], day
        shop.register.cancel()


def test_a_day_without_a_rate_is_refused_by_class_and_day(shop: Any) -> None:
    classes(shop.pos, coming=[VAT | {"valid_from": "2027-01-01"}])
    with pytest.raises(UserError, match="'coming' has no rate for 2026-03-02"):
        sold(shop, "coming-100")
    assert shop.register.scan("standard-100").priced.total == 100


def test_a_class_that_does_not_exist_is_refused_and_the_lines_stay(shop: Any) -> None:
    sold(shop, "standard-100")
    with pytest.raises(UserError, match="'luxury' does not exist"):
        sold(shop, "luxury-100")
    assert shop.register.scan("standard-200").priced.total == 300


def exempt(pos: Pos, **values: Any) -> None:
    pos.records("tax_exemption").save({"title": "Embassy", **values})


def test_an_exempt_customer_pays_what_is_before_tax(shop: Any) -> None:
    exempt(shop.pos, customer="customers:1")
    sold(shop, "standard-12100", "food-1055")
    priced = shop.register.customer(CustomerRef(ref="customers:1", name="Embassy of Ruritania")).priced
    assert (priced.net, priced.tax, priced.total) == (11_000, 0, 11_000)
    assert [(t.title, t.rate, t.base, t.amount) for t in priced.taxes] == [("VAT (Embassy)", "0", 11_000, 0)]
    other = shop.register.customer(CustomerRef(ref="customers:2")).priced
    assert other.total == 13_155


def test_an_exemption_of_a_group_may_name_its_taxes_and_days(shop: Any) -> None:
    deposit = {"tax": "deposit", "title": "Deposit", "type": "fixed", "amount": "0.25", "included": "no"}
    classes(shop.pos, bottle=[VAT | {"included": "no"}, deposit])
    exempt(shop.pos, customer_group="trade", taxes=[{"tax": "vat"}], valid_to="2026-03-02")
    sold(shop, "bottle-1000")
    trade = CustomerRef(ref="customers:3", group="trade")
    assert shop.register.customer(trade).priced.total == 1025
    shop.clock.forward(days=1)
    assert shop.register.scan("bottle-1000").priced.total == 2 * 1235
    assert shop.register.customer(CustomerRef(ref="customers:4")).priced.total == 2 * 1235


def test_a_whole_sale_keeps_its_taxes_when_the_plugin_is_gone(shop: Any) -> None:
    sold(shop, "standard-5250")
    shop.register.pay("cash", 5250)
    classes(shop.pos, standard=[VAT | {"rate": "25"}])
    shop.switch("tax", enabled=False)
    sale = shop.register.last_sale().fact
    assert [(t.title, t.rate, t.base, t.amount) for t in sale.lines[0].taxes] == [("VAT", "21", 4339, 911)]


BAD_CLASSES: list[tuple[dict[str, Any], str]] = [
    ({"title": ""}, "title"),
    ({"title": "x" * 81}, "title"),
    ({"title": "A\nB"}, "title"),
    ({"taxes": "vat"}, "taxes"),
    ({"taxes": [VAT] * 51}, "taxes"),
    ({"taxes": ["vat"]}, "taxes[0]"),
    ({"taxes": [VAT | {"percent": "5"}]}, "taxes[0].percent"),
    ({"taxes": [VAT | {"tax": "V A T"}]}, "taxes[0].tax"),
    ({"taxes": [VAT | {"title": None}]}, "taxes[0].title"),
    ({"taxes": [VAT | {"type": "compound"}]}, "taxes[0].type"),
    ({"taxes": [VAT | {"rate": 21}]}, "taxes[0].rate"),
    ({"taxes": [VAT | {"rate": "1e3"}]}, "taxes[0].rate"),
    ({"taxes": [VAT | {"rate": None}]}, "taxes[0].rate"),
    ({"taxes": [VAT | {"type": "fixed"}]}, "taxes[0].amount"),
    ({"taxes": [VAT | {"included": "maybe"}]}, "taxes[0].included"),
    ({"taxes": [VAT | {"affects_next": "yes"}]}, "taxes[0].affects_next"),
    ({"taxes": [VAT | {"valid_from": "2026-02-30"}]}, "taxes[0].valid_from"),
    ({"taxes": [VAT | {"valid_from": "20260101"}]}, "taxes[0].valid_from"),
    ({"taxes": [VAT | {"valid_from": "2026-02-01", "valid_to": "2026-01-31"}]}, "taxes[0].valid_to"),
    ({"taxes": [VAT | {"valid_to": "2026-01-31"}, VAT | {"valid_from": "2026-01-31"}]}, "taxes[1].valid_from"),
    ({"taxes": [VAT | {"rate": "-100"}]}, "taxes"),
    ({"taxes": [VAT | {"type": "division", "rate": "100"}]}, "taxes"),
]


@pytest.mark.parametrize(("values", "field"), BAD_CLASSES)
def test_a_class_that_cannot_be_is_refused(values: dict[str, Any], field: str) -> None:
    with pytest.raises(UserError) as caught:
        check_class({"title": "New", "taxes": [VAT], **values})
    assert caught.value.field == field
    assert str(caught.value).startswith(field)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "customer"),
        ({"customer": "customers:1", "customer_group": "trade"}, "customer"),
        ({"customer": "customers:1", "taxes": ["vat"]}, "taxes"),
        ({"customer": "customers:1", "taxes": [{"tax": ""}]}, "taxes[0].tax"),
        ({"customer": "customers:1", "valid_from": "soon"}, "valid_from"),
        ({"customer": "customers:1", "title": " "}, "title"),
    ],
)
def test_an_exemption_that_cannot_be_is_refused(values: dict[str, Any], field: str) -> None:
    with pytest.raises(UserError) as caught:
        check_exemption({"title": "Embassy", **values})
    assert caught.value.field == field


def test_a_bad_class_is_refused_when_it_is_saved(shop: Any) -> None:
    with pytest.raises(UserError, match=r"^taxes\[0\].rate: "):
        classes(shop.pos, bad=[VAT | {"rate": "21 %"}])
    assert shop.pos.records("tax_class").get("bad") is None


def test_a_class_read_back_can_be_saved_again(shop: Any) -> None:
    records = shop.pos.records("tax_class")
    row = records.get("standard")
    rev = row.pop("rev")
    records.save(row | {"title": "Normal"}, rev=rev)
    again = records.get("standard")
    assert (again["title"], again["taxes"]) == ("Normal", row["taxes"])
    assert sold(shop, "standard-121").tax == 21


def test_the_tables_are_the_same_when_they_are_built_again(shop: Any) -> None:
    classes(shop.pos, food=[VAT | {"rate": "6"}], more=[VAT])
    shop.pos.records("tax_class").delete("more")
    exempt(shop.pos, customer="customers:1", taxes=[{"tax": "vat"}])
    for name in ("tax_class", "tax_exemption"):
        assert shop.rebuild(name, swap=False).different == ()


# -- the till and the quote ------------------------------------------------------------------------------------

RATES = {"standard": "21", "food": "5.5", "zero": "0"}


class Weighed:
    """A code is CLASS-E4-THOUSANDTHS: ten-thousandths of its unit price, and how much of it."""

    @hookimpl
    def resolve_code(self, code: str) -> Item:
        tax, _, price = code.partition("-")
        return Item(ref=f"goods:{price}", name=f"Thing {code}", tax=tax)

    @hookimpl
    def base_price(self, item: Item) -> Price:
        return Price(e4=int(item.ref.partition(":")[2]))


@pytest.fixture
def scale(store: Make) -> Any:
    app = store("tax", "cash", extra=as_plugin(Weighed(), "weighed"))
    classes(app.pos, **{name: [VAT | {"rate": rate}] for name, rate in RATES.items()})
    return app


GOODS = st.tuples(st.sampled_from(sorted(RATES)), st.integers(1, 200_000), st.integers(1, 9_999))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    scope=st.sampled_from(["line", "document", "total_first"]),
    included=st.booleans(),
    goods=st.lists(GOODS, min_size=1, max_size=6),
)
def test_a_cart_at_the_till_comes_to_what_a_quote_of_the_same_basket_says(
    scale: Any, scope: str, included: bool, goods: list[tuple[str, int, int]]
) -> None:
    scale.settings.change("tax", {"scope": scope, "prices_include_tax": included})
    if scale.register.cart is not None:
        scale.register.cancel("next")
    for tax, price, qty in goods:
        priced = scale.register.scan(f"{tax}-{price}", qty).priced
    lines = [{"qty": f"{qty / 1000:.3f}", "unit_price": f"{price / 10_000:.4f}",
              "taxes": [{"type": "percent", "rate": RATES[tax], "included": included}]}
             for tax, price, qty in goods]  # fmt: skip
    said = quote({"currency": "EUR", "tax": {"scope": scope}, "lines": lines})
    assert [f"{cents / 100:.2f}" for cents in (priced.net, priced.tax, priced.total)] == [
        said["net"], said["tax"], said["total"]]  # fmt: skip
    assert priced.total == sum(row.figures.gross for row in priced.lines)


def test_what_was_weighed_goes_back_to_the_cent_it_was_sold_for(scale: Any) -> None:
    scale.settings.change("tax", {"scope": "document"})
    for _ in range(2):
        priced = scale.register.scan("standard-15500", 333).priced  # 0.51615 each, 1.0323 together
    assert priced.total == 103
    sale = scale.register.pay("cash", 200).sale
    back = [scale.register.return_lines(sale.number, {line.line: 333}).priced.total for line in sale.lines]
    assert back[-1] == -103


def test_what_was_taken_off_whole_leaves_no_cent_behind(store: Make) -> None:
    app = store("tax", "cash", "discounts", extra=as_plugin(Weighed(), "weighed"))
    classes(app.pos, standard=[VAT])
    app.settings.change("tax", {"scope": "document"})
    line = app.register.scan("standard-15500", 333).line
    assert app.register.discount(line, percent=Decimal(100)).priced.total == 0
