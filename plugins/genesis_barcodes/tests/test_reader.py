"""What each kind of code is read as, and that nothing a scanner can send is ever an exception."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

from genesis import UserError
from genesis_barcodes.gtin import check_digit, value_check_digit
from genesis_barcodes.reader import MOST_CHARACTERS, Scan, interpret
from genesis_barcodes.rules import Rule
from genesis_barcodes.scan import scan_json

GS = "\x1d"
US_PRICE = Rule("02", 5, 4, 2, "price", value_check=True)
PRICE = Rule("21", 5, 5, 2, "price")
WEIGHT = Rule("23", 5, 5, 3, "weight")
RULES = (US_PRICE, PRICE, WEIGHT)


def read(code: str) -> Scan:
    return interpret(code, RULES, year=2026)


def known(scan: Scan) -> dict[str, Any]:
    """The fields that say something, without the input."""
    names = ("gtin", "quantity", "price", "batch", "expiry", "reason")
    return {name: getattr(scan, name) for name in names if getattr(scan, name) is not None}


@pytest.mark.parametrize(
    ("code", "symbology", "gtin"),
    [
        ("4006381333931", "EAN-13", "04006381333931"),
        ("7032069804988", "EAN-13", "07032069804988"),  # would also be (7032), a processor
        ("0112345678902", "EAN-13", "00112345678902"),  # would begin like (01)
        ("96385074", "EAN-8", "00000096385074"),
        ("042100005264", "UPC-A", "00042100005264"),
        ("04252614", "UPC-E", "00042100005264"),
        ("10614141000415", "GTIN-14", "10614141000415"),
        (" 4006381333931\r\n", "EAN-13", "04006381333931"),
        ("]E04006381333931", "EAN-13", "04006381333931"),
        ("]E0042100005264", "UPC-A", "00042100005264"),
        ("]E004252614", "UPC-E", "00042100005264"),
        ("]E001234565", "UPC-E", "00012345000065"),  # ]E0 and eight digits is no EAN-8
        ("]E496385074", "EAN-8", "00000096385074"),
        ("]E3977147396801214", "EAN-13", "09771473968012"),  # a magazine with its issue number
        ("]I110614141000415", "ITF-14", "10614141000415"),
        ("]I010614141000415", "ITF-14", "10614141000415"),
        ("2412345678901", "EAN-13", "02412345678901"),  # in-store, no rule for 24
    ],
)
def test_articles(code: str, symbology: str, gtin: str) -> None:
    scan = read(code)
    assert (scan.symbology, scan.valid, scan.gtin) == (symbology, True, gtin)
    assert scan.input == code
    assert scan.ais is None


@pytest.mark.parametrize(
    ("code", "symbology", "reason"),
    [
        ("4006381333930", "EAN-13", "the check digit is 0, not 1"),
        ("042100005263", "UPC-A", "the check digit is 3, not 4"),
        ("96385073", "EAN-8", "the check digit is 3, not 4"),
        ("10614141000414", "GTIN-14", "the check digit is 4, not 5"),
        ("]I110614141000414", "ITF-14", "the check digit is 4, not 5"),
        ("0000000000000", "EAN-13", "all digits are zero"),
        ("]E4123", "EAN/UPC", "]E4 is not followed by the digits of an article"),
        ("]E0400638133393X", "EAN/UPC", "]E0 is not followed by the digits of an article"),
        ("]E4١٢٣٤٥٦٧٨", "EAN/UPC", "]E4 is not followed by the digits of an article"),
        ("]E105", "EAN/UPC", "]E1 is not followed by the digits of an article"),
        ("]x0123", None, "]x0 names no symbology"),
        ("]C1", "GS1-128", "nothing follows the symbology identifier"),
        ("", None, "there is no code"),
        (" \t\r\n", None, "there is no code"),
        ("A\x00B", "code", "the character U+0000 belongs in no code"),
        ("\ufeffA", "code", "the character U+FEFF belongs in no code"),
        ("\U0001f600", "code", "the character U+1F600 belongs in no code"),
        ("\ud800", "code", "the character U+D800 belongs in no code"),
        ("x" * 4097, None, "4097 characters; a code has at most 4096"),
        ("9" * 10_000_000, None, "10000000 characters; a code has at most 4096"),
    ],
)
def test_invalid_codes_say_why(code: str, symbology: str | None, reason: str) -> None:
    scan = read(code)
    assert (scan.symbology, scan.valid, scan.reason, scan.gtin) == (symbology, False, reason, None)
    assert scan.input == code[:MOST_CHARACTERS]


@pytest.mark.parametrize(
    ("code", "symbology"),
    [
        ("SKU-0042", "code"),
        ("12345", "code"),
        ("0109506000134352", "code"),  # sixteen digits are no element string unless somebody says so
        ("Größe 42", "code"),
        ("(A)", "code"),
        ("٣٣٣", "code"),
        ("]", "code"),
        ("]C0ABC 1", "Code 128"),
        ("]C04006381333931", "Code 128"),
        ("]A0AB-1", "Code 39"),
        ("]I01234", "ITF"),
        ("]I010614141000414", "ITF"),
        ("]Q1https://example.com/a", "QR Code"),
        ("]d1line\nbreak", "Data Matrix"),
    ],
)
def test_in_house_codes_are_only_themselves(code: str, symbology: str) -> None:
    scan = read(code)
    assert (scan.symbology, scan.valid) == (symbology, True)
    assert known(scan) == {}
    assert scan.ais is None


@pytest.mark.parametrize(
    ("code", "symbology", "ais", "expected"),
    [
        (
            f"]C1010950600013435217261231{'10'}LOT-7{GS}3103001234",
            "GS1-128",
            [("01", "09506000134352"), ("17", "261231"), ("10", "LOT-7"), ("3103", "001234")],
            {"gtin": "09506000134352", "batch": "LOT-7", "expiry": "2026-12-31", "quantity": "1.234"},
        ),
        (
            f"{GS}0109506000134352{GS}10A{GS}",
            "GS1",
            [("01", "09506000134352"), ("10", "A")],
            {"gtin": "09506000134352", "batch": "A"},
        ),
        (
            "(01) 09506000134352 (17) 260200 (10)AB/1",
            "GS1",
            [("01", "09506000134352"), ("17", "260200"), ("10", "AB/1")],
            {"gtin": "09506000134352", "batch": "AB/1", "expiry": "2026-02-28"},
        ),
        ("]e00109506000134352", "GS1 DataBar", [("01", "09506000134352")], {"gtin": "09506000134352"}),
        (
            "]d2010950600013435239221299",
            "GS1 DataMatrix",
            [("01", "09506000134352"), ("3922", "1299")],
            {"gtin": "09506000134352", "price": "12.99"},
        ),
        (
            f"]Q301095060001343523103000750{'3932'}9781299",
            "GS1 QR Code",
            [("01", "09506000134352"), ("3103", "000750"), ("3932", "9781299")],
            {"gtin": "09506000134352", "quantity": "0.750", "price": "12.99"},
        ),
        (
            "(00)123456789012345675(02)09506000134352(37)0012",
            "GS1",
            [("00", "123456789012345675"), ("02", "09506000134352"), ("37", "0012")],
            {"gtin": "09506000134352", "quantity": "12"},
        ),
        (
            "(01)09506000134352(30)06",
            "GS1",
            [("01", "09506000134352"), ("30", "06")],
            {"gtin": "09506000134352", "quantity": "6"},
        ),
        ("(7003)2602281530", "GS1", [("7003", "2602281530")], {"expiry": "2026-02-28"}),
        ("(15)280200(17)280100", "GS1", [("15", "280200"), ("17", "280100")], {"expiry": "2028-01-31"}),
        ("(15)280200", "GS1", [("15", "280200")], {"expiry": "2028-02-29"}),
        ("(10)A(10)A", "GS1", [("10", "A"), ("10", "A")], {"batch": "A"}),
    ],
)
def test_element_strings(code: str, symbology: str, ais: list[tuple[str, str]], expected: dict[str, str]) -> None:
    scan = read(code)
    assert (scan.symbology, scan.valid, scan.reason) == (symbology, True, None)
    assert list(scan.ais or ()) == ais
    assert known(scan) == expected


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("(01)09506000134351", "(01) has a wrong check digit [csum]"),
        ("(02)09506000134351(37)1", "(02) has a wrong check digit [csum]"),
        ("(00)123456789012345676", "(00) has a wrong check digit [csum]"),
        ("(414)9506000134353", "(414) has a wrong check digit [csum]"),
        ("(17)261301", "(17) has no date 261301 [yymmd0]"),
        ("(17)260230", "(17) has no date 260230 [yymmd0]"),
        ("(17)260431", "(17) has no date 260431 [yymmd0]"),
        ("(7003)2602001530", "(7003) has no day 260200 [yymmdd]"),
        ("(7003)2602282460", "(7003) has no time 2460 [hhmi]"),
        ("(3932)0001299", "(3932) has no currency 000 [iso4217]"),
        ("(01)0950600013435", "(01) cannot hold '0950600013435' [format]"),
        ("(01)095060001343521", "(01) cannot hold '095060001343521' [format]"),
        ("(10)", "(10) cannot hold '' [format]"),
        ("(30)", "(30) cannot hold '' [format]"),
        ("(10)ABCDEFGHIJKLMNOPQRSTU", "(10) cannot hold 'ABCDEFGHIJKLMNOPQRSTU' [format]"),
        ("(10)caf\u00e9", "a character that GS1 does not know [format]"),
        ("(10)A\tB", "a character that GS1 does not know [format]"),
        ("(05)1", "(05) is not an application identifier [ai]"),
        ("(0109)506000134352", "(0109) is not an application identifier [ai]"),
        (f"]C110ABCDEFGHIJKLMNOPQRSTU{GS}17261231", "(10) cannot hold 'ABCDEFGHIJKLMNOPQRSTU' [format]"),
        (f"]C101095060001343{GS}52", "(01) cannot hold '095060001343' [format]"),
        (f"]C110A{GS}{GS}17261231", "'\\x1d172' is not an application identifier [ai]"),
        ("]C105123", "'0512' is not an application identifier [ai]"),
        (f"]C1{GS}", "no element [format]"),
        ("(10)A(10)B", "(10) stands twice with different values [repeat]"),
        ("(01)09506000134352(02)09506000134352", "(02) and (01) exclude each other [ex]"),
        ("(21)A(235)B", "(21) and (235) exclude each other [ex]"),
        ("(01)09506000134352(37)1", "(01) and (37) exclude each other [ex]"),
        ("(01)09506000134352(3102)000123(3103)001230", "(3102) and (3103) are one measure [ex]"),
        ("(02)09506000134352", "(02) needs (37) [req]"),
        ("(37)5", "(37) needs (02) or (8026) [req]"),
    ],
)
def test_element_strings_that_gs1_forbids(code: str, reason: str) -> None:
    scan = read(code)
    assert (scan.valid, scan.reason) == (False, reason)
    assert known(scan) == {"reason": reason}


@pytest.mark.parametrize(
    ("now", "short", "full"),
    [
        (2026, "76", 2076),
        (2026, "77", 1977),
        (2026, "25", 2025),
        (2026, "00", 2000),
        (2060, "09", 2109),
        (2060, "10", 2110),
        (2060, "11", 2011),
        (2099, "49", 2149),
        (2100, "51", 2051),
        (2100, "50", 2150),
    ],
)
def test_a_short_year_is_49_back_to_50_ahead(now: int, short: str, full: int) -> None:
    assert interpret(f"(17){short}0115", year=now).expiry == f"{full}-01-15"


def label(prefix: str, item: str, value: str, *, checked: bool = False) -> str:
    body = f"{prefix}{item}{value_check_digit(value) if checked else ''}{value}"
    return f"{body}{check_digit(body)}"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (label("21", "12345", "01234"), {"price": "12.34"}),
        (label("23", "12345", "01086"), {"quantity": "1.086"}),
        (label("02", "12345", "2875", checked=True), {"price": "28.75"}),
        (label("02", "12345", "2875", checked=True)[1:], {"price": "28.75"}),  # as the UPC-A it is
    ],
)
def test_labels_of_scales(code: str, expected: dict[str, str]) -> None:
    scan = read(code)
    assert scan.valid
    assert {name: value for name, value in known(scan).items() if name != "gtin"} == expected


def test_all_labels_of_an_item_have_one_gtin_that_checks() -> None:
    labels = {read(label("21", "12345", f"{cents:05}")).gtin for cents in (0, 1, 99, 12_345)}
    assert labels == {"02112345000008"}
    assert interpret("2112345000008").valid


def test_a_label_with_a_wrong_price_check_is_refused() -> None:
    body = "02" + "12345" + "0" + "2875"  # the check digit of 2875 is 9
    assert read(f"{body}{check_digit(body)}").reason == "the check digit of the price is 0, not 9"


def test_the_first_rule_that_fits_is_used() -> None:
    narrow = Rule("2199", 3, 5, 3, "weight")
    code = label("2199", "123", "01500")
    assert interpret(code, (narrow, PRICE)).quantity == "1.500"
    assert interpret(code, (PRICE, narrow)).price == "15.00"
    assert interpret(code).gtin == f"0{code}"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"prefix": "40"}, "prefix"),
        ({"prefix": "2"}, "prefix"),
        ({"prefix": "2٣"}, "prefix"),
        ({"item_digits": 4}, "value_digits"),
        ({"item_digits": 0, "value_digits": 10}, "item_digits"),
        ({"kind": "count"}, "kind"),
        ({"decimals": 6}, "decimals"),
        ({"decimals": -1}, "decimals"),
        ({"value_check": True, "item_digits": 3, "value_digits": 6}, "value_digits"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_by_field(changes: dict[str, Any], field: str) -> None:
    right = {"prefix": "21", "item_digits": 5, "value_digits": 5, "decimals": 2, "kind": "price"}
    with pytest.raises(UserError) as caught:
        Rule(**{**right, **changes})
    assert caught.value.field == field


FIELDS = ["input", "symbology", "valid", "reason", "gtin", "ais", "quantity", "price", "batch", "expiry", "item"]
junk = st.one_of(
    st.text(st.characters(), max_size=30),
    st.text("0123456789()]CEdQ1\x1d\r\n\x00 ", max_size=40),
    st.builds("{}{}".format, st.sampled_from(["]C1", "]d2", "]E0", "]I1", "(01)", "\x1d"]), st.text(max_size=20)),
    st.text("0123456789", min_size=6, max_size=20),
)


@settings(max_examples=600, deadline=None)
@given(junk)
@example("\ud800")
@example("]")
@example("(01)")
@example("]C1\x1d\x1d")
@example("]e0(01)09506000134352")
def test_nothing_raises_and_every_answer_is_whole(code: str) -> None:
    answer = json.loads(scan_json(code, RULES))
    assert list(answer) == FIELDS
    assert answer["input"] == code
    assert answer["valid"] is (answer["reason"] is None)
    if not answer["valid"]:
        assert not any(answer[name] for name in ("gtin", "quantity", "price", "batch", "expiry"))
    if answer["gtin"]:
        body, check = answer["gtin"][:13], answer["gtin"][13]
        assert len(body) == 13
        assert str(check_digit(body)) == check


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("(17)261231(10)LOT7", "(17) needs (01), (02), (03), (255), (8006) or (8026) [req]"),
        ("(01)09506000134352(3922)1299", "(3922) needs (30), (31nn), (32nn), (35nn) or (36nn) [req]"),
        ("(01)09506000134352(7004)1", "(7004) needs (01) with (10) [req]"),
        ("(02)09506000134352(37)1", "(37) needs (00) [req]"),
        ("(01)09506000134352(250)A", "(250) needs (21) [req]"),
        ("(01)09506000134352(3922)1299(3103)000750", None),
        ("(01)09506000134352(7004)1(10)A", None),
        ("(8020)A(415)9506000134352", None),
    ],
)
def test_what_needs_another_element_is_refused_where_this_is_the_only_symbol(code: str, reason: str | None) -> None:
    scan = interpret(code)
    assert (scan.valid, scan.needs) == (True, reason)  # the rest may stand in another symbol on the item
    alone = scan.alone()
    assert (alone.valid, alone.reason, alone.ais) == (reason is None, reason, scan.ais)
    told = json.loads(scan_json(code))
    assert (told["valid"], told["reason"], "needs" in told) == (reason is None, reason, False)


def test_eans_never_wait_for_the_table_of_gs1() -> None:
    program = (
        "from genesis_barcodes.reader import interpret; interpret('4006381333931');"
        "from genesis_barcodes.identifiers import identifiers; print(identifiers.cache_info().currsize);"
        "interpret('(10)A'); print(identifiers.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n1\n"
