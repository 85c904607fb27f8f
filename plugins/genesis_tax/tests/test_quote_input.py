"""What `genesis quote` reads and refuses: each fault by its field, whatever is sent."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from genesis import UserError
from genesis_tax.quote import MOST_BYTES, quote, run_quote

VAT: dict[str, Any] = {"type": "percent", "rate": "21", "included": True}
MILK: dict[str, Any] = {"qty": "2", "unit_price": "1.09"}


def basket(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"currency": "EUR", "tax": {"scope": "line"}, "lines": list(lines), **more}


def refused(document: object) -> UserError:
    with pytest.raises(UserError) as caught:
        quote(document)
    return caught.value


def run(text: str | bytes, *, lines: bool = False) -> tuple[int, str, str]:
    data = text.encode() if isinstance(text, str) else text
    out, err = io.StringIO(), io.StringIO()
    code = run_quote(io.BytesIO(data), out, err, lines=lines)
    return code, out.getvalue(), err.getvalue()


NO_TAX = {"currency": "EUR", "lines": [MILK]}
FAULTS: list[tuple[Any, str]] = [
    ([], "basket"),
    ("EUR", "basket"),
    ({"lines": []}, "currency"),
    ({"currency": "EUR"}, "lines"),
    ({**NO_TAX, "currency": "eur"}, "currency"),
    ({**NO_TAX, "currency": "XAU"}, "currency"),
    ({**NO_TAX, "currency": "EURO"}, "currency"),
    ({**NO_TAX, "currency": 978}, "currency"),
    ({**NO_TAX, "currency": None}, "currency"),
    ({**NO_TAX, "notes": "x"}, "notes"),
    ({**NO_TAX, "no: te\ns": "x"}, r"'no: te\ns'"),
    ({**NO_TAX, "n" * 41: "x"}, f"'{'n' * 40}'"),
    ({**NO_TAX, "lines": {}}, "lines"),
    ({**NO_TAX, "lines": [MILK] * 1001}, "lines"),
    ({**NO_TAX, "lines": [MILK, "x"]}, "lines[1]"),
    ({**NO_TAX, "tax": {"scope": "lines"}}, "tax.scope"),
    ({**NO_TAX, "tax": {"mode": "half_down"}}, "tax.mode"),
    ({**NO_TAX, "tax": {"step": "0"}}, "tax.step"),
    ({**NO_TAX, "tax": {"step": "-0.01"}}, "tax.step"),
    ({**NO_TAX, "tax": {"step": "0.0000009"}}, "tax.step"),
    ({**NO_TAX, "tax": {"step": "1000.1"}}, "tax.step"),
    ({**NO_TAX, "tax": {"step": 1}}, "tax.step"),
    ({**NO_TAX, "cash_rounding": {}}, "cash_rounding.step"),
    ({**NO_TAX, "cash_rounding": {"step": "0.015"}}, "cash_rounding.step"),
    ({**NO_TAX, "cash_rounding": {"step": "0.05", "mode": "nearest"}}, "cash_rounding.mode"),
    ({**NO_TAX, "cash_rounding": None}, "cash_rounding"),
    ({**NO_TAX, "discounts": [{"percent": "10"}]}, "discounts[0].on"),
    ({**NO_TAX, "discounts": [{"percent": "10", "on": "total"}]}, "discounts[0].on"),
    ({**NO_TAX, "discounts": [{"on": "net"}]}, "discounts[0]"),
    ({**NO_TAX, "discounts": [{"on": "net", "percent": "1", "amount": "1"}]}, "discounts[0]"),
    ({**NO_TAX, "discounts": [{"on": "net", "percent": "100.1"}]}, "discounts[0].percent"),
    ({**NO_TAX, "discounts": [{"on": "net", "percent": "-1"}]}, "discounts[0].percent"),
    ({**NO_TAX, "discounts": [{"on": "gross", "amount": "2.19"}]}, "discounts[0].amount"),
    ({**NO_TAX, "discounts": [{"on": "net", "amount": "-1"}]}, "discounts[0].amount"),
    ({**NO_TAX, "discounts": [{"on": "gross", "amount": "0.005"}]}, "discounts[0].amount"),
    ({**NO_TAX, "discounts": [{"on": "net", "percent": "1"}] * 101}, "discounts"),
]
LINE_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"unit_price": "1"}, "qty"),
    ({"qty": "1"}, "unit_price"),
    ({"qty": 1, "unit_price": "1"}, "qty"),
    ({"qty": True, "unit_price": "1"}, "qty"),
    ({"qty": None, "unit_price": "1"}, "qty"),
    ({"qty": "0", "unit_price": "1"}, "qty"),
    ({"qty": "1e99", "unit_price": "1"}, "qty"),
    ({"qty": "1.0001", "unit_price": "1"}, "qty"),
    ({"qty": "1000001", "unit_price": "1"}, "qty"),
    ({"qty": "+1", "unit_price": "1"}, "qty"),
    ({"qty": " 1", "unit_price": "1"}, "qty"),
    ({"qty": "1\n", "unit_price": "1"}, "qty"),
    ({"qty": "٣", "unit_price": "1"}, "qty"),
    ({"qty": "", "unit_price": "1"}, "qty"),
    ({"qty": "9" * 10_000_000, "unit_price": "1"}, "qty"),
    ({"qty": "1", "unit_price": "-0.01"}, "unit_price"),
    ({"qty": "1", "unit_price": "1,50"}, "unit_price"),
    ({"qty": "1", "unit_price": ".5"}, "unit_price"),
    ({"qty": "1", "unit_price": "5."}, "unit_price"),
    ({"qty": "1", "unit_price": "NaN"}, "unit_price"),
    ({"qty": "1", "unit_price": "Infinity"}, "unit_price"),
    ({"qty": "1", "unit_price": 1.5}, "unit_price"),
    ({"qty": "1", "unit_price": ["1"]}, "unit_price"),
    ({"qty": "1", "unit_price": "1", "discount_percent": "101"}, "discount_percent"),
    ({"qty": "1", "unit_price": "1", "discount_percent": "-1"}, "discount_percent"),
    ({"qty": "1", "unit_price": "1", "discount_amount": "-1"}, "discount_amount"),
    ({"qty": "1", "unit_price": "1", "discount_amount": "1.01"}, "discount_amount"),
    ({"qty": "-1", "unit_price": "1", "discount_amount": "1.01"}, "discount_amount"),
    ({"qty": "1", "unit_price": "1", "price": "1"}, "price"),
    ({"qty": "1", "unit_price": "1", "taxes": None}, "taxes"),
    ({"qty": "1", "unit_price": "1", "taxes": [VAT] * 51}, "taxes"),
    ({"qty": "1", "unit_price": "1", "taxes": ["vat"]}, "taxes[0]"),
    ({"qty": "1", "unit_price": "1", "taxes": [{"rate": "21"}]}, "taxes[0].type"),
    ({"qty": "1", "unit_price": "1", "taxes": [{"type": "vat", "rate": "21"}]}, "taxes[0].type"),
    ({"qty": "1", "unit_price": "1", "taxes": [{"type": "percent"}]}, "taxes[0].rate"),
    ({"qty": "1", "unit_price": "1", "taxes": [{"type": "percent", "rate": "-101"}]}, "taxes[0].rate"),
    ({"qty": "1", "unit_price": "1", "taxes": [{"type": "fixed"}]}, "taxes[0].amount"),
    ({"qty": "1", "unit_price": "1", "taxes": [{"type": "division", "rate": "100"}]}, "taxes[0].rate"),
    ({"qty": "1", "unit_price": "1", "taxes": [{**VAT, "included": "true"}]}, "taxes[0].included"),
    ({"qty": "1", "unit_price": "1", "taxes": [{**VAT, "affects_next": 1}]}, "taxes[0].affects_next"),
    ({"qty": "1", "unit_price": "1", "taxes": [{**VAT, "compound": True}]}, "taxes[0].compound"),
    ({"qty": "1", "unit_price": "1", "taxes": [{**VAT, "rate": "-100"}]}, "taxes"),
    ({"qty": "1", "code": "5901234123457"}, "code"),
    ({"qty": "1", "code": 5901234123457}, "code"),
]


@pytest.mark.parametrize(("document", "field"), FAULTS)
def test_a_fault_is_refused_by_its_field(document: Any, field: str) -> None:
    error = refused(document)
    assert error.field == field
    assert str(error).startswith(f"{field}: ")
    assert len(str(error)) < 250


@pytest.mark.parametrize(("line", "field"), LINE_FAULTS)
def test_a_fault_in_a_line_is_refused_by_its_place(line: dict[str, Any], field: str) -> None:
    error = refused(basket(MILK, MILK, line))
    assert error.field == f"lines[2].{field}"
    assert str(error).startswith(f"{error.field}: ")
    assert "\n" not in str(error)


def test_a_thousand_lines_are_priced() -> None:
    assert quote(basket(*[{**MILK, "taxes": [VAT]}] * 1000))["total"] == "2180.00"


def test_scope_is_asked_for_only_where_a_line_is_taxed() -> None:
    assert quote(NO_TAX)["total"] == "2.18"
    assert refused({"currency": "EUR", "lines": [{**MILK, "taxes": [VAT]}]}).field == "tax.scope"


def test_one_basket_is_answered_on_one_line() -> None:
    code, out, err = run(json.dumps(NO_TAX))
    assert (code, err) == (0, "")
    assert out.count("\n") == 1
    assert json.loads(out)["total"] == "2.18"


def test_a_byte_order_mark_is_no_fault() -> None:
    assert run(b"\xef\xbb\xbf" + json.dumps(NO_TAX).encode())[0] == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "json: nothing was given"),
        (b"{", "json: Expecting"),
        (b'{"currency":"EUR","currency":"USD"}', "json: the key 'currency' stands twice"),
        (b"[" * 100_000, "json: nested too deeply"),
        (b'{"a":' * 100_000, "json: nested too deeply"),
        (b"\xff\xfe{", "json: byte 1 is not UTF-8"),
        (b'{"lines":[]} {"lines":[]}', "json: Extra data"),
        (b'{"currency":"EUR","lines":[{"qty":3}]}', "lines[0].qty: a string belongs here, not a number"),
        (b'{"currency":"EUR","lines":[{"qty":' + b"9" * 100_000 + b"}]}", "lines[0].qty: "),
        (b'{"currency":"EUR","lines":[{"qty":NaN}]}', "lines[0].qty: "),
        (b'{"currency":"EUR","lines":[{"qty":"1","unit_price":1e999}]}', "lines[0].unit_price: "),
        (b'{"currency":"\\ud800","lines":[]}', "currency: "),
        (b'{"currency":"EUR","line\\ns":[]}', "'line\\ns': unknown key"),
        (b'"' + b"x" * MOST_BYTES + b'"', "json: longer than"),
    ],
)
def test_a_refusal_is_one_line_on_stderr(text: bytes, said: str) -> None:
    code, out, err = run(text)
    assert (code, out) == (1, "")
    assert err.startswith(said)
    assert err.count("\n") == 1
    assert err.endswith("\n")


def test_each_line_is_answered_in_its_place() -> None:
    good = json.dumps(NO_TAX)
    bad = '{"currency":"EUR","lines":[{"qty":"1e9","unit_price":"1"}]}'
    code, out, err = run("\n".join([good, bad, "", "x", "y" * (MOST_BYTES + 10), good]), lines=True)
    answers = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (1, "")
    assert [answer.get("total") for answer in answers] == ["2.18", None, None, None, None, "2.18"]
    errors = [answer["error"] for answer in answers if "error" in answer]
    assert [error["field"] for error in errors] == ["lines[0].qty", "json", "json", "json"]
    assert all(set(error) == {"field", "reason"} for error in errors)
    assert errors[0]["reason"].startswith("'1e9' is not a decimal number")


def test_all_good_lines_end_well() -> None:
    assert run(f"{json.dumps(NO_TAX)}\n{json.dumps(NO_TAX)}\n", lines=True)[0] == 0
    assert run("", lines=True) == (0, "", "")


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=8) | st.integers() | st.floats(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["currency", "tax", "lines", "qty", "taxes", "x"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_other_json_is_refused_by_name(document: object) -> None:
    error = refused(document)
    assert error.field
    assert str(error).startswith(error.field)
    assert "\n" not in str(error)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_get_one_answer(data: bytes) -> None:
    code, out, err = run(data)
    assert (code, out.count("\n"), err.count("\n")) in [(0, 1, 0), (1, 0, 1)]
