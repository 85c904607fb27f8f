"""What `genesis quote` answers: discounts, signs, steps, modes, cash, and that every answer adds up."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from genesis import UserError
from genesis_tax.basket import CatalogueEntry
from genesis_tax.formula import Tax
from genesis_tax.quote import parse, quote

VAT: dict[str, Any] = {"type": "percent", "rate": "21", "included": True}
MILK: dict[str, Any] = {"qty": "2", "unit_price": "1.09"}


def basket(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"currency": "EUR", "tax": {"scope": "line"}, "lines": list(lines), **more}


def test_the_whole_answer() -> None:
    document = {
        "currency": "EUR",
        "tax": {"scope": "line", "mode": "half_up", "step": "0.01"},
        "lines": [{"qty": "3", "unit_price": "12.34", "discount_percent": "5", "discount_amount": "0", "taxes": [VAT]}],
        "discounts": [{"percent": "10", "on": "net"}, {"amount": "5.00", "on": "gross"}],
        "cash_rounding": {"step": "0.05", "mode": "half_up"},
    }
    # 37.02 less 5 % is 35.169; of 35.17 the net is 29.07; 10 % off leaves 26.16, tax on top 5.49, total 31.65;
    # 5.00 off leaves 26.65, in it 4.63 of tax; 26.65 is payable in coins of 5
    assert quote(document) == {
        "lines": [
            {
                "net": "22.02",
                "tax": "4.63",
                "gross": "26.65",
                "discounts": [
                    {"by": "discount_percent", "amount": "1.85"},
                    {"by": "discounts[0]", "amount": "2.91"},
                    {"by": "discounts[1]", "amount": "5.00"},
                ],
                "taxes": [{"base": "22.02", "amount": "4.63"}],
            }
        ],
        "net": "22.02",
        "tax": "4.63",
        "total": "26.65",
        "taxes": [{"type": "percent", "rate": "21", "included": True, "base": "22.02", "amount": "4.63"}],
        "rounding": "0.00",
        "due": "26.65",
    }


def test_the_order_of_discounts_counts() -> None:
    first, second = {"percent": "10", "on": "gross"}, {"amount": "5.00", "on": "gross"}
    line = {"qty": "1", "unit_price": "100"}
    assert quote(basket(line, discounts=[first, second]))["total"] == "85.00"
    assert quote(basket(line, discounts=[second, first]))["total"] == "85.50"


def test_a_percentage_off_is_rounded_once_on_what_is_left() -> None:
    answer = quote(basket({"qty": "1", "unit_price": "12.35"}, discounts=[{"percent": "10", "on": "gross"}]))
    assert (answer["total"], answer["lines"][0]["discounts"][0]["amount"]) == ("11.12", "1.23")
    line = {"qty": "1", "unit_price": "12.35", "discount_percent": "10"}
    assert quote(basket(line))["total"] == "11.12"


def test_a_line_takes_percent_first_and_then_the_amount() -> None:
    answer = quote(basket({"qty": "2", "unit_price": "50", "discount_percent": "10", "discount_amount": "5"}))
    assert answer["total"] == "85.00"
    assert [(off["by"], off["amount"]) for off in answer["lines"][0]["discounts"]] == [
        ("discount_percent", "10.00"),
        ("discount_amount", "5.00"),
    ]


def test_a_net_discount_lowers_the_base_and_a_gross_one_the_total() -> None:
    line = {"qty": "1", "unit_price": "100", "taxes": [{"type": "percent", "rate": "20"}]}
    net = quote(basket(line, discounts=[{"amount": "10", "on": "net"}]))
    assert (net["net"], net["tax"], net["total"]) == ("90.00", "18.00", "108.00")
    gross = quote(basket(line, discounts=[{"amount": "12", "on": "gross"}]))
    assert (gross["net"], gross["tax"], gross["total"]) == ("90.00", "18.00", "108.00")


def test_a_gross_discount_counts_taxes_on_top_and_a_fixed_one_stays() -> None:
    taxes = [{"type": "fixed", "amount": "1"}, {"type": "percent", "rate": "20"}]
    line = {"qty": "2", "unit_price": "10", "taxes": taxes}  # 20 + 2 + 4 = 26
    answer = quote(basket(line, discounts=[{"amount": "12", "on": "gross"}]))
    assert [tax["amount"] for tax in answer["lines"][0]["taxes"]] == ["2.00", "2.00"]
    assert (answer["net"], answer["total"]) == ("10.00", "14.00")


def test_a_return_line_mirrors_a_sold_one() -> None:
    taxes = [VAT, {"type": "fixed", "amount": "0.25"}]
    sold = {"qty": "3", "unit_price": "9.99", "discount_percent": "7", "discount_amount": "1.11", "taxes": taxes}
    sale, refund = quote(basket(sold)), quote(basket({**sold, "qty": "-3"}))
    for name in ("net", "tax", "total"):
        assert Decimal(refund[name]) == -Decimal(sale[name])
    assert quote(basket(sold, {**sold, "qty": "-3"}))["total"] == "0.00"


def test_a_discount_in_an_exchange_takes_its_part_of_every_line() -> None:
    lines = {"qty": "1", "unit_price": "100"}, {"qty": "-1", "unit_price": "40"}
    answer = quote(basket(*lines, discounts=[{"percent": "10", "on": "gross"}]))
    assert [line["gross"] for line in answer["lines"]] == ["90.00", "-36.00"]


@pytest.mark.parametrize(
    ("step", "price", "total"),
    [
        ("0.01", "0.005", "0.01"),
        ("0.05", "1.02", "1.00"),
        ("0.05", "1.03", "1.05"),
        ("1", "2.5", "3"),
        ("1000", "1499", "1000"),
        ("0.000001", "1.2345678", "1.234568"),
        ("0.10", "1.04", "1.00"),
        ("0.25", "1.13", "1.25"),
    ],
)
def test_results_are_multiples_of_the_step_with_its_decimals(step: str, price: str, total: str) -> None:
    document = basket({"qty": "1", "unit_price": price}, tax={"step": step})
    assert quote(document)["total"] == total


@pytest.mark.parametrize(
    ("mode", "up", "down"),
    [("half_up", "0.03", "0.02"), ("half_even", "0.02", "0.02"), ("up", "0.03", "0.03"), ("down", "0.02", "0.02")],
)
def test_the_four_modes_round_both_signs_alike(mode: str, up: str, down: str) -> None:
    def total(price: str, qty: str) -> str:
        found: str = quote(basket({"qty": qty, "unit_price": price}, tax={"mode": mode}))["total"]
        return found

    assert (total("0.025", "1"), total("0.0249", "1")) == (up, down)
    assert (total("0.025", "-1"), total("0.0249", "-1")) == (f"-{up}", f"-{down}")


@pytest.mark.parametrize(("currency", "total"), [("EUR", "1.00"), ("JPY", "1"), ("KWD", "1.000"), ("CLF", "1.0000")])
def test_the_step_is_the_minor_unit_of_iso_4217(currency: str, total: str) -> None:
    document = {"currency": currency, "lines": [{"qty": "1", "unit_price": "1"}]}
    assert quote(document)["total"] == total


@pytest.mark.parametrize(
    ("mode", "price", "due", "rounding"),
    [
        ("half_up", "1.98", "2.00", "0.02"),
        ("half_up", "1.975", "2.00", "0.02"),
        ("half_even", "0.25", "0.20", "-0.05"),
        ("up", "1.91", "2.00", "0.09"),
        ("down", "1.99", "1.90", "-0.09"),
    ],
)
def test_cash_rounding_is_the_difference_to_what_is_due(mode: str, price: str, due: str, rounding: str) -> None:
    step = "0.05" if mode == "half_up" else "0.1"
    answer = quote(basket({"qty": "1", "unit_price": price}, cash_rounding={"step": step, "mode": mode}))
    assert (answer["due"], answer["rounding"]) == (due, rounding)
    assert Decimal(answer["due"]) - Decimal(answer["total"]) == Decimal(rounding)


def test_a_zero_is_never_negative() -> None:
    answer = quote(basket({"qty": "-1", "unit_price": "0.001", "taxes": [VAT]}))
    assert {answer["net"], answer["tax"], answer["total"], answer["due"], answer["rounding"]} == {"0.00"}


def test_two_equal_taxes_on_a_line_are_two_rows() -> None:
    sales = {"type": "percent", "rate": "5"}
    answer = quote(basket({"qty": "1", "unit_price": "100", "taxes": [sales, dict(sales)]}))
    assert [(row["base"], row["amount"]) for row in answer["taxes"]] == [("100.00", "5.00")] * 2


def test_the_summary_has_one_row_for_one_tax() -> None:
    again = {**VAT, "rate": "21.0", "affected_by_previous": True, "amount": "9"}
    answer = quote(basket({**MILK, "taxes": [VAT]}, {**MILK, "taxes": [again]}))
    assert [(row["rate"], row["amount"]) for row in answer["taxes"]] == [("21", "0.76")]


def test_a_catalogue_code_brings_price_and_taxes_unless_they_are_given() -> None:
    def resolve(code: str) -> CatalogueEntry | None:
        tax = Tax("percent", rate=Decimal(10))
        return CatalogueEntry(Decimal("2.50"), "EUR", (tax,)) if code == "MILK" else None

    known = basket({"qty": "2", "code": "MILK"})
    assert quote(known, resolve)["total"] == "5.50"
    assert quote(basket({"qty": "2", "code": "MILK", "unit_price": "3"}), resolve)["total"] == "6.60"
    assert quote(basket({"qty": "2", "code": "MILK", "taxes": []}), resolve)["total"] == "5.00"
    assert quote(basket({"qty": "2", "code": "MILK", "discount_percent": "50"}), resolve)["total"] == "2.75"
    with pytest.raises(UserError, match=r"^lines\[0\].code: priced in EUR, not USD"):
        quote({**known, "currency": "USD"}, resolve)
    with pytest.raises(UserError, match=r"^lines\[0\].code: 'CAT' is not in the catalogue"):
        quote(basket({"qty": "1", "code": "CAT"}), resolve)


decimals = st.decimals(0, 10_000, places=4).map(lambda value: format(value, "f"))
json_taxes = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["percent", "division", "fixed"]),
        "rate": st.sampled_from(["0", "5.5", "21"]),
        "amount": decimals,
    },
    optional={name: st.booleans() for name in ("included", "affects_next", "affected_by_previous")},
)
json_lines = st.fixed_dictionaries(
    {"qty": st.integers(1, 99_999).map(lambda milli: format(Decimal(milli) / 1000, "f")), "unit_price": decimals},
    optional={
        "discount_percent": st.decimals(0, 100, places=2).map(lambda value: format(value, "f")),
        "taxes": st.lists(json_taxes, max_size=3),
    },
)
json_baskets = st.fixed_dictionaries(
    {
        "currency": st.sampled_from(["EUR", "JPY", "KWD"]),
        "tax": st.fixed_dictionaries(
            {"scope": st.sampled_from(["line", "document", "total_first"])},
            optional={
                "mode": st.sampled_from(["half_up", "half_even", "up", "down"]),
                "step": st.sampled_from(["0.000001", "0.01", "0.05", "1", "1000"]),
            },
        ),
        "lines": st.lists(json_lines, max_size=4),
    },
    optional={
        "discounts": st.lists(
            st.fixed_dictionaries({"on": st.sampled_from(["net", "gross"]), "percent": st.sampled_from(["3", "12.5"])}),
            max_size=2,
        ),
    },
)


@settings(max_examples=150, deadline=None)
@given(json_baskets)
def test_every_answer_adds_up_and_is_made_of_steps(document: dict[str, Any]) -> None:
    answer = quote(parse(json.dumps(document).encode()))
    sums = {name: Decimal(0) for name in ("net", "tax", "gross")}
    for line in answer["lines"]:
        assert Decimal(line["net"]) + Decimal(line["tax"]) == Decimal(line["gross"])
        assert sum((Decimal(tax["amount"]) for tax in line["taxes"]), Decimal(0)) == Decimal(line["tax"])
        for name in sums:
            sums[name] += Decimal(line[name])
    assert [Decimal(answer[name]) for name in ("net", "tax", "total")] == list(sums.values())
    assert Decimal(answer["due"]) - Decimal(answer["total"]) == Decimal(answer["rounding"])
    step = document["tax"].get("step") or {"EUR": "0.01", "JPY": "1", "KWD": "0.001"}[document["currency"]]
    shown = step.partition(".")[2]
    for figure in (answer["net"], answer["tax"], answer["total"], answer["due"]):
        assert re.fullmatch(r"-?[0-9]+" + (rf"\.[0-9]{{{len(shown)}}}" if shown else ""), figure)
        assert Decimal(figure) % Decimal(step) == 0
