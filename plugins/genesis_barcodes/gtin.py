"""Knows the numbers under the bars: check digits, UPC-E and the 14-digit form in which GTINs are compared.

Source: GS1 General Specifications 7.9 (check digits) and 5.2.2.4 (UPC-E).
"""

from __future__ import annotations

import re

_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_TWO_MINUS = "0246891357"  # weighting factors of 7.9.2, by the digit they weigh
_THREE = "0369258147"
_FIVE_PLUS = "0516273849"
_FIVE_MINUS = "0594837261"


def is_digits(text: str) -> bool:
    """Tell whether the text is ASCII digits only (`str.isdigit` would take Arabic and superscript ones too)."""
    return _DIGITS.fullmatch(text) is not None


def check_digit(digits: str) -> int:
    """Return the GS1 check digit that belongs after these digits."""
    return -(3 * sum(map(int, digits[-1::-2])) + sum(map(int, digits[-2::-2]))) % 10


def checks(digits: str) -> bool:
    """Tell whether the last digit is the check digit of the others."""
    return int(digits[-1]) == check_digit(digits[:-1])


def value_check_digit(value: str) -> int:
    """Return the check digit of a price or weight field of four or five digits: 2875 has 9, 14685 has 6."""
    factors = (_TWO_MINUS, _TWO_MINUS, _THREE, _FIVE_MINUS)
    if len(value) == len(factors):
        return 3 * sum(int(factor[int(digit)]) for factor, digit in zip(factors, value, strict=True)) % 10
    five = (_FIVE_PLUS, _TWO_MINUS, _FIVE_MINUS, _FIVE_PLUS, _TWO_MINUS)
    weighed = sum(int(factor[int(digit)]) for factor, digit in zip(five, value, strict=True))
    return _FIVE_MINUS.index(str(-weighed % 10))


def expand_upc_e(code: str) -> str | None:
    """Return the 12 digits that the 8 of a UPC-E stand for; None where the number system is not 0 or 1."""
    system, body, check = code[0], code[1:7], code[7]
    if system not in "01":
        return None
    last = body[5]
    if last in "012":
        middle = f"{body[:2]}{last}0000{body[2:5]}"
    elif last == "3":
        middle = f"{body[:3]}00000{body[3:5]}"
    elif last == "4":
        middle = f"{body[:4]}00000{body[4]}"
    else:
        middle = f"{body[:5]}0000{last}"
    return f"{system}{middle}{check}"


def gtin14(code: str) -> str | None:
    """Return the code as the 14 digits in which GTINs are compared, or None where it is no GTIN.

    EAN-8, UPC-A, EAN-13 and GTIN-14 get leading zeros. Eight digits that fail as EAN-8 are tried as UPC-E.
    """
    if not is_digits(code) or len(code) not in (8, 12, 13, 14) or not code.strip("0"):
        return None
    if checks(code):
        return code.zfill(14)
    expanded = expand_upc_e(code) if len(code) == 8 else None
    return expanded.zfill(14) if expanded and checks(expanded) else None
