"""The rules of GS1 elements, against published examples and their smallest changes."""

from __future__ import annotations

import pytest

from genesis_barcodes.linters import LINTERS, check_pair

YEAR = 2026
# Rule, what it accepts, what it refuses. Accounts: the registry of IBANs; coupons: the guideline of GS1 US.
CASES: list[tuple[str, str, str]] = [
    ("csum", "09506000134352 123456789012345675 9506000134352", "09506000134351 00000000000001"),
    ("csumalpha", "1987654Ad4X4bL5ttr2310c2K", "1987654Ad4X4bL5ttr2310cK2 1987654Ad4X4bL5ttr2310C2K 2K"),
    ("gcppos1", "9506A 0000", "950 95A6 A9506"),
    ("gcppos2", "A9506B 00000", "A950 9A506"),
    ("yymmd0", "260200 260228 280229 991231", "260229 261301 260001 260431"),
    ("yymmdd", "260228 280229", "260200 260230"),
    ("yyyymmdd", "20000229 19000228 00000229", "19000229 20001301 20000100 20000132"),
    ("hhmi", "0000 2359", "2400 2360"),
    ("hh", "00 23", "24 99"),
    ("mi", "00 59", "60"),
    ("ss", "00 59", "60"),
    ("iso3166", "250 004 894", "999 000 251"),
    ("iso3166999", "250 999", "998 000"),
    ("iso3166alpha2", "FR GB AX", "UK fr XX"),
    ("iso4217", "978 840 392", "000 001"),
    ("iso5218", "0 1 2 9", "3 8"),
    ("iban", "GB82WEST12345698765432 DE89370400440532013000 FR1420041010050500013M02606", "GB82WEST12345698765423 XX82WEST12345698765432 GB82 gb82WEST12345698765432 GB82WEST-2345698765432"),
    ("pcenc", "A A%20B %C3%a9 100%25", "% %2 %G0 A%2 100%"),
    ("importeridx", "A z 0 - _", "/ ! ="),
    ("packagetype", "PX 1A 201 8 BGE", "QX 0 px 999 PXX"),
    ("mediatype", "01 10 80 99", "00 11 79"),
    ("latitude", "0000000000 1800000000", "1800000001"),
    ("longitude", "0000000000 3600000000", "3600000001"),
    ("pieceoftotal", "0101 0102 9999", "0001 0100 0201"),
    ("posinseqslash", "1/1 1/3 9/10", "2/1 0/1 1/0 01/2 1/ /1 1-2 1//"),
    ("winding", "0 1 9", "2 8"),
    ("yesno", "0 1", "2 9"),
    ("zero", "0 00", "1"),
    ("nonzero", "1 0001", "0 0000"),
    ("nozeroprefix", "1 10", "0 01"),
    ("hasnondigit", "A1 1-", "1 12"),
    ("hyphen", "-", "A 0"),
    ("couponposoffer", "001234561234560123456 001234561234569123456789012345 161234567890121234560123456", "201234561234560123456 071234561234560123456 00123456123456012345 0012345612345601234567 00123456123456 0x1234561234560123456"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "right", "wrong"), CASES, ids=[case[0] for case in CASES])
def test_a_rule_accepts_and_refuses(rule: str, right: str, wrong: str) -> None:
    assert {part: LINTERS[rule](part, YEAR) for part in right.split()} == dict.fromkeys(right.split(), "")
    assert [part for part in wrong.split() if not LINTERS[rule](part, YEAR)] == []


def test_every_rule_is_tried() -> None:
    assert {case[0] for case in CASES} | {"couponcode"} == LINTERS.keys()


def test_check_characters_of_the_specification() -> None:
    assert check_pair("1987654Ad4X4bL5ttr2310c") == "2K"
    assert check_pair("") == "22"


# A published coupon, field by field: prefix 0614141, offer 654321, save 500, one purchase, until 2010-12-31, flags.
COUPON = "106141416543213500110000310123196000"
HEAD = "106141416543213500110000"
SECOND, THIRD = "101100009", "21100000061414"


@pytest.mark.parametrize(
    "coupon",
    [COUPON, HEAD, HEAD + SECOND, HEAD + SECOND + THIRD, HEAD + "3261231" + "4260101", HEAD + "50123456" + "61" + "0614141",
     HEAD + "62" + "06141411" + "95210"],
)  # fmt: skip
def test_coupons_that_are_right(coupon: str) -> None:
    assert LINTERS["couponcode"](coupon, YEAR) == ""


@pytest.mark.parametrize(
    ("coupon", "why"),
    [
        ("", "is not all digits"),
        (HEAD[:-1] + "x", "is not all digits"),
        ("7" + HEAD[1:], "cannot have 7 as length of its company prefix"),
        ("1061414", "ends within its company prefix"),
        ("1061414165432", "ends within its offer code"),
        ("106141416543210", "cannot have 0 as length of its save value"),
        ("10614141654321350", "ends within its save value"),
        ("1061414165432135006", "cannot have 6 as length of its requirement of the first purchase"),
        ("106141416543213500115000", "cannot have 5 as kind of requirement of the first purchase"),
        ("10614141654321350011000", "ends within its family code of the first purchase"),
        (HEAD + "141100009", "cannot have 4 as rule of additional purchases"),
        (HEAD + "101100007", "cannot have 7 as length of its company prefix of the second purchase"),
        (HEAD + "2110000006141", "ends within its company prefix of the third purchase"),
        (HEAD + "3261301", "has no last day 261301"),
        (HEAD + "3260200", "has no last day 260200"),
        (HEAD + "32601014260102", "ends on 260101, before it starts on 260102"),
        (HEAD + "5012345", "ends within its serial number"),
        (HEAD + "60061414", "cannot have 0 as length of its company prefix of the retailer"),
        (HEAD + "93000", "cannot have 3 as kind of save value"),
        (HEAD + "90300", "cannot have 3 as item the value applies to"),
        (HEAD + "90002", "cannot have 2 as flag against multiplying"),
        (HEAD + "7", "has 7 after its last field"),
        (HEAD + "42601013261231", "has 3261231 after its last field"),  # the order is fixed
    ],
)  # fmt: skip
def test_coupons_that_are_wrong_say_where(coupon: str, why: str) -> None:
    assert LINTERS["couponcode"](coupon, YEAR) == f"is a coupon that {why}"
