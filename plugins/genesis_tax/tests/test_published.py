"""Figures that others have published or certified, asked of the quote as anyone would ask it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from genesis_tax.quote import quote

INCLUDED = {"included": True}
AFFECTS = {"affects_next": True}


def percent(rate: str, **flags: bool) -> dict[str, Any]:
    return {"type": "percent", "rate": rate, **flags}


def fixed(amount: str, **flags: bool) -> dict[str, Any]:
    return {"type": "fixed", "amount": amount, **flags}


def division(rate: str, **flags: bool) -> dict[str, Any]:
    return {"type": "division", "rate": rate, **flags}


def line(price: str, *taxes: dict[str, Any], qty: str = "1", **more: str) -> dict[str, Any]:
    return {"qty": qty, "unit_price": price, "taxes": list(taxes), **more}


def ask(scope: str, *lines: dict[str, Any], step: str = "0.01", **more: Any) -> dict[str, Any]:
    return quote({"currency": "EUR", "tax": {"scope": scope, "step": step}, "lines": list(lines), **more})


def totals(answer: dict[str, Any]) -> tuple[str, str, str]:
    return answer["net"], answer["tax"], answer["total"]


def amounts(answer: dict[str, Any]) -> list[str]:
    return [tax["amount"] for tax in answer["lines"][0]["taxes"]]


def bases(answer: dict[str, Any]) -> list[str]:
    return [tax["base"] for tax in answer["lines"][0]["taxes"]]


@pytest.mark.parametrize(
    ("price", "rate", "step", "net", "tax"),
    [
        ("52.50", "12", "0.01", "46.87", "5.63"),  # the tax is rounded, the net gives way
        ("23.00", "7", "0.01", "21.50", "1.50"),  # no net gives 23.00 when 7 % goes on top: 21.50 gives 23.01
        ("124.40", "8", "0.01", "115.19", "9.21"),
        ("11.90", "21", "0.01", "9.83", "2.07"),
        ("2.80", "21", "0.01", "2.31", "0.49"),
        ("7.0", "21", "0.000001", "5.785124", "1.214876"),
        ("399.999999", "20", "0.000001", "333.333332", "66.666667"),
        ("5.0", "5", "0.05", "4.75", "0.25"),
        ("50.0", "5", "0.05", "47.60", "2.40"),
        ("27000", "19", "1", "22689", "4311"),
        ("10920", "19", "1", "9176", "1744"),
    ],
)
def test_an_included_tax_is_rounded_and_the_net_gives_way(price: str, rate: str, step: str, net: str, tax: str) -> None:
    answer = ask("line", line(price, percent(rate, **INCLUDED)), step=step)
    assert answer["lines"][0]["net"] == net
    assert amounts(answer) == [tax]


def test_the_net_that_23_00_has_at_7_percent_does_not_give_23_00_back() -> None:
    assert totals(ask("line", line("21.50", percent("7")))) == ("21.50", "1.51", "23.01")


@pytest.mark.parametrize(
    ("scope", "net", "tax"),
    [("line", "44735.37", "7157.63"), ("document", "44735.34", "7157.66"), ("total_first", "44735.34", "7157.66")],
)
def test_seven_lines_at_16_percent(scope: str, net: str, tax: str) -> None:
    prices = ("1199", "1999", "1699", "11999", "11999", "11999", "10999")
    answer = ask(scope, *(line(price, percent("16", **INCLUDED)) for price in prices))
    assert totals(answer) == (net, tax, "51893.00")


def test_three_kinds_of_tax_beside_each_other() -> None:
    answer = ask("line", line("200", division("10"), fixed("10"), percent("10")))
    assert amounts(answer) == ["22.22", "10.00", "20.00"]
    assert answer["total"] == "252.22"


def test_withholding_beside_a_compound_tax() -> None:
    answer = ask("line", line("50", percent("-20"), percent("4", **AFFECTS), percent("22")))
    assert amounts(answer) == ["-10.00", "2.00", "11.44"]
    assert bases(answer) == ["50.00", "50.00", "52.00"]
    assert answer["total"] == "53.44"


def test_an_excluded_and_an_included_tax_share_the_net() -> None:
    answer = ask("line", line("2300", percent("15"), percent("5.5", **INCLUDED)))
    assert amounts(answer) == ["327.01", "119.91"]
    assert totals(answer) == ("2180.09", "446.92", "2627.01")


BRAZIL = ("5", "3", "0.65", "9", "15")


def test_brazil_divides_five_taxes_out_of_one_price() -> None:
    outside = ask("document", line("32.33", *(division(rate) for rate in BRAZIL)), step="0.000001")
    assert amounts(outside) == ["2.400148", "1.440089", "0.312019", "4.320267", "7.200445"]
    assert outside["total"] == "48.002968"  # the five rounded taxes; unrounded it is 48.00296956
    inside = ask("document", line("48", *(division(rate, **INCLUDED) for rate in BRAZIL)), step="0.000001")
    assert amounts(inside) == ["2.400000", "1.440000", "0.312000", "4.320000", "7.200000"]
    assert inside["net"] == "32.328000"


@pytest.mark.parametrize(
    ("price", "qty", "taxes", "net", "expected", "total"),
    [  # a fixed tax before and after a percentage (Belgium)
        ("20", "5", (fixed("1"), percent("21"), fixed("2")), "100.00", ["5.00", "21.00", "10.00"], "136.00"),
        ("19", "5", (fixed("1", **AFFECTS), percent("21"), fixed("2")), "95.00", ["5.00", "21.00", "10.00"], "131.00"),
        (
            "120",
            "1",
            (fixed("1", **AFFECTS), percent("21", **INCLUDED), fixed("2")),
            "99.00",
            ["1.00", "21.00", "2.00"],
            "123.00",
        ),
        (
            "122",
            "1",
            (fixed("1", **INCLUDED), percent("21", **INCLUDED), fixed("2")),
            "100.00",
            ["1.00", "21.00", "2.00"],
            "124.00",
        ),
        (
            "121",
            "1",
            (fixed("1", **INCLUDED, **AFFECTS), percent("21", **INCLUDED, **AFFECTS), fixed("2")),
            "99.00",
            ["1.00", "21.00", "2.00"],
            "123.00",
        ),
        ("0", "-1", (fixed("1"),), "0.00", ["-1.00"], "-1.00"),
        ("0", "1", (fixed("0.05", **INCLUDED, **AFFECTS),), "-0.05", ["0.05"], "0.00"),
    ],
)
def test_fixed_taxes(
    price: str, qty: str, taxes: tuple[dict[str, Any], ...], net: str, expected: list[str], total: str
) -> None:
    answer = ask("document", line(price, *taxes, qty=qty))
    assert (answer["net"], amounts(answer), answer["total"]) == (net, expected, total)


def gst(*, inside: bool = False) -> tuple[dict[str, Any], ...]:
    return (
        percent("6", included=inside, affects_next=True),
        percent("6", included=inside, affects_next=True, affected_by_previous=False),
        percent("3"),
    )


@pytest.mark.parametrize(
    ("scope", "tax", "total", "each"),
    [("line", "4.86", "36.64", ["1.90", "1.90", "1.06"]), ("document", "4.89", "36.67", ["1.91", "1.91", "1.07"])],
)
def test_india_two_equal_taxes_and_one_on_both(scope: str, tax: str, total: str, each: list[str]) -> None:
    answer = ask(scope, line("15.89", *gst()), line("15.89", *gst()))
    assert totals(answer) == ("31.78", tax, total)
    assert [row["amount"] for row in answer["taxes"]] == each


def test_india_with_the_first_two_inside_the_price() -> None:
    answer = ask("line", line("17.79", *gst(inside=True)), line("17.79", *gst(inside=True)))
    assert totals(answer) == ("31.78", "4.86", "36.64")
    assert answer["taxes"][2]["base"] == "35.58"


PORTUGAL: list[tuple[list[tuple[str, str, str]], tuple[str, str, str]]] = [
    ([("12.12", "12.12", "13")] * 2, ("293.79", "38.19", "331.98")),
    ([("12.12", "12.12", "13"), ("12.12", "12.12", "23")], ("293.78", "52.89", "346.67")),
    ([("1", "0.5", "23"), ("12.12", "12.12", "23")], ("147.40", "33.90", "181.30")),
    ([("12.12", "12.12", rate) for rate in ("0", "6", "13", "13", "23", "23")], ("881.37", "114.57", "995.94")),
    ([("5.55", "1.09", "23"), ("5.5", "1.09", "23")], ("12.04", "2.77", "14.81")),
    ([("501", "3", "6")], ("1503.00", "90.18", "1593.18")),
    ([("50", "1.09", "23")], ("54.50", "12.54", "67.04")),
    ([("13.13", "13.13", "13"), ("1", "0.5", "13"), ("1", "0.5", "23")], ("173.39", "22.60", "195.99")),
    ([("1", "0.5", "13"), ("1", "0.5", "23")], ("0.99", "0.19", "1.18")),
]


@pytest.mark.parametrize(("lines", "expected"), PORTUGAL)
def test_portugal_rounds_the_total_first(lines: list[tuple[str, str, str]], expected: tuple[str, str, str]) -> None:
    answer = ask("total_first", *(line(price, percent(rate), qty=qty) for qty, price, rate in lines))
    assert totals(answer) == expected


def test_portugal_base_of_a_rate_is_the_difference() -> None:
    lines = [line("12.12", percent(rate), qty="12.12") for rate in ("0", "6", "13", "13", "23", "23")]
    rows = ask("total_first", *lines)["taxes"]
    assert [(row["base"], row["amount"]) for row in rows] == [
        ("146.89", "0.00"),
        ("146.90", "8.81"),
        ("293.79", "38.19"),
        ("293.79", "67.57"),
    ]


def test_portugal_with_discounts_on_the_lines() -> None:
    off = [("13", "6.6")] * 2 + [("23", "8.8")] * 2
    lines = [line("12.12", percent(rate), qty="12.12", discount_percent=cut) for rate, cut in off]
    assert totals(ask("total_first", *lines)) == ("542.33", "97.30", "639.63")
    lines = [
        line("0.55", percent("23"), qty="100", discount_percent="17.92"),
        line("2", percent("23"), qty="10", discount_percent="10"),
    ]
    assert totals(ask("total_first", *lines)) == ("63.15", "14.52", "77.67")


@pytest.mark.parametrize(("scope", "before"), [("line", "36.64"), ("document", "36.67")])
@pytest.mark.parametrize("cut", range(2, 21))
def test_a_percentage_off_the_whole_document(scope: str, before: str, cut: int) -> None:
    discounts = [{"percent": str(cut), "on": "gross"}]
    answer = ask(scope, line("15.89", *gst()), line("15.89", *gst()), discounts=discounts)
    after = Decimal(before) * (100 - cut) / 100
    assert Decimal(answer["total"]) == after.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_tax_follows_the_discounted_gross() -> None:
    answer = ask("document", line("15.89", *gst()), line("15.89", *gst()), discounts=[{"percent": "2", "on": "gross"}])
    assert totals(answer) == ("31.15", "4.79", "35.94")


def test_a_discount_is_split_by_largest_remainder() -> None:
    answer = ask("line", line("43.00"), line("14.00"), line("23.00"), discounts=[{"amount": "2.99", "on": "gross"}])
    assert [figures["discounts"][0]["amount"] for figures in answer["lines"]] == ["1.61", "0.52", "0.86"]


def test_cash_rounding_toward_zero_mirrors_in_a_refund() -> None:
    rounding = {"step": "0.05", "mode": "down"}
    sale = ask("line", line("1.98"), cash_rounding=rounding)
    refund = ask("line", line("1.98", qty="-1"), cash_rounding=rounding)
    assert (sale["due"], sale["rounding"]) == ("1.95", "-0.03")
    assert (refund["due"], refund["rounding"]) == ("-1.95", "0.03")
