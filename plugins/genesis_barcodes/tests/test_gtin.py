"""Check digits, UPC-E and the 14 digits, against worked examples, against biip and against the way back."""

from __future__ import annotations

import pytest
from biip.checksums import gs1_price_weight_check_digit
from hypothesis import assume, given, settings, strategies as st

from genesis_barcodes.gtin import check_digit, expand_upc_e, gtin14, is_digits, value_check_digit


@pytest.mark.parametrize(
    ("code", "full"),
    [
        ("96385074", "00000096385074"),  # EAN-8
        ("042100005264", "00042100005264"),  # UPC-A
        ("4006381333931", "04006381333931"),  # EAN-13
        ("10614141000415", "10614141000415"),  # GTIN-14 of a case
        ("04252614", "00042100005264"),  # UPC-E of the UPC-A above
        ("01234565", "00000001234565"),  # right as EAN-8 and as UPC-E: EAN-8 first
        ("4006381333930", None),
        ("96385073", None),
        ("24252612", None),  # neither an EAN-8 nor a number system of UPC-E
        ("00000000", None),
        ("0000000000000", None),
        ("123456789012345675", None),  # an SSCC is no GTIN
        ("400638133393", None),
        ("", None),
        ("٤٠٠٦٣٨١٣٣٣٩٣١", None),
        ("4006381333931\n", None),
        ("4006381333931 ", None),
    ],
)
def test_fourteen_digits(code: str, full: str | None) -> None:
    assert gtin14(code) == full


@pytest.mark.parametrize(
    ("body", "check"), [("629104150021", 3), ("950110153100", 0), ("9501234", 6), ("0", 0), ("1", 7)]
)
def test_published_check_digits(body: str, check: int) -> None:
    assert check_digit(body) == check


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 12), st.integers(1, 9))
def test_any_single_wrong_digit_is_seen(body: str, place: int, shift: int) -> None:
    code = f"{body}{check_digit(body)}"
    assume(code.strip("0"))
    wrong = f"{code[:place]}{(int(code[place]) + shift) % 10}{code[place + 1 :]}"
    assert gtin14(code) == f"0{code}"
    assert gtin14(wrong) is None


@pytest.mark.parametrize(
    ("short", "full"),
    [  # one for each way a UPC-A is shortened, by its last digit
        ("01278907", "012000007897"),
        ("01278914", "012100007894"),
        ("01278921", "012200007891"),
        ("01278931", "012700000891"),
        ("01278941", "012780000091"),
        ("01278950", "012789000050"),
        ("01278998", "012789000098"),
        ("11278930", "112700000890"),
    ],
)
def test_upc_e_stands_for_twelve_digits(short: str, full: str) -> None:
    assert expand_upc_e(short) == full


def compressed(code: str) -> str | None:
    """The way a UPC-A is shortened, written from the table of the specification."""
    system, maker, product, check = code[0], code[1:6], code[6:11], code[11]
    if maker[2:] in ("000", "100", "200") and product < "01000":
        body = f"{maker[:2]}{product[2:]}{maker[2]}"
    elif maker[3:] == "00" and product < "00100":
        body = f"{maker[:3]}{product[3:]}3"
    elif maker[4] == "0" and product < "00010":
        body = f"{maker[:4]}{product[4]}4"
    elif product in ("00005", "00006", "00007", "00008", "00009"):
        body = f"{maker}{product[4]}"
    else:
        return None
    return f"{system}{body}{check}"


@settings(max_examples=300)
@given(st.sampled_from("01"), st.text("0123456789", min_size=6, max_size=6))
def test_shortening_undoes_expanding(system: str, body: str) -> None:
    full = str(expand_upc_e(f"{system}{body}0"))
    full = f"{full[:11]}{check_digit(full[:11])}"
    short = compressed(full)
    assert short is not None
    assert expand_upc_e(short) == full


@given(st.text("0123456789", min_size=8, max_size=8).filter(lambda code: code[0] > "1"))
def test_other_number_systems_have_no_upc_e(code: str) -> None:
    assert expand_upc_e(code) is None


def test_price_check_digits_of_the_specification() -> None:
    assert (value_check_digit("2875"), value_check_digit("14685")) == (9, 6)


@given(st.one_of(st.integers(0, 9999).map("{:04}".format), st.integers(0, 99999).map("{:05}".format)))
def test_price_check_digits_agree_with_biip(value: str) -> None:
    assert value_check_digit(value) == gs1_price_weight_check_digit(value)


@pytest.mark.parametrize("text", ["", "12a", "１２", "²", "٣", "1\n", " 1", "-1", "1.0"])
def test_only_ascii_digits_are_digits(text: str) -> None:
    assert not is_digits(text)
    assert is_digits("0123456789")
