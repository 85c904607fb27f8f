"""Says what a scanned or typed code is, by its symbology first and by its content only where that is not known.

`valid` is about the code alone: an EAN whose check digit is right, an element string that GS1 allows, an in-house code
that can be printed. Whether the shop sells it is the catalogue's to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from genesis import many, plain
from genesis_barcodes.dates import full_date
from genesis_barcodes.elements import GS, is_bracketed, read_elements
from genesis_barcodes.gtin import check_digit, checks, expand_upc_e, gtin14, is_digits
from genesis_barcodes.rules import Rule, read_embedded

MOST_CHARACTERS = 4_096  # a QR code holds 4,296 characters, what a till can use is far shorter
_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]", re.ASCII)
_NAMES = {
    "A": "Code 39", "B": "Telepen", "C": "Code 128", "D": "Code One", "E": "EAN/UPC", "F": "Codabar",
    "G": "Code 93", "H": "Code 11", "I": "ITF", "J": "DotCode", "K": "Code 16K", "L": "PDF417", "M": "MSI",
    "N": "Anker", "O": "Codablock", "P": "Plessey", "Q": "QR Code", "R": "2 of 5", "S": "2 of 5", "T": "Code 49",
    "U": "MaxiCode", "X": "other", "Z": "keyboard", "c": "Channel Code", "d": "Data Matrix", "e": "GS1 DataBar",
    "h": "Han Xin", "o": "OCR", "p": "PosiCode", "s": "SuperCode", "z": "Aztec",
}  # fmt: skip
_GS1 = {
    "]C1": "GS1-128", "]e0": "GS1 DataBar", "]e1": "GS1 Composite", "]e2": "GS1 Composite", "]d2": "GS1 DataMatrix",
    "]d5": "GS1 DataMatrix", "]Q3": "GS1 QR Code", "]Q4": "GS1 QR Code", "]J1": "GS1 DotCode",
}  # fmt: skip
_FREE_TEXT = frozenset("LQdhz")  # two-dimensional symbols may hold anything, line breaks too
_UNPRINTABLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "So", "Zl", "Zp"))


class Scan(msgspec.Struct, frozen=True):
    """What a code says; None where it says nothing about that. Decimals are strings, expiry is an ISO date.

    ais: the GS1 elements in order. gtin: 14 digits; for the label of a scale the number with its value zeroed.
    quantity: kilograms of a weight, else a count. item: what the catalogue knows it as. needs: what GS1 asks to stand
    on the same item and this symbol does not have.
    """

    input: str
    symbology: str | None
    valid: bool
    reason: str | None = None
    gtin: str | None = None
    ais: tuple[tuple[str, str], ...] | None = None
    quantity: str | None = None
    price: str | None = None
    batch: str | None = None
    expiry: str | None = None
    item: dict[str, str] | None = None
    needs: str | None = None

    @property
    def labelled(self) -> bool:
        """Whether it is an element string of GS1, right or not."""
        return (self.symbology or "").startswith("GS1")

    def alone(self) -> Scan:
        """Return how it is judged where it is the only symbol on its item: it must have all that it needs."""
        return Scan(self.input, self.symbology, valid=False, reason=self.needs, ais=self.ais) if self.needs else self


def interpret(code: str, rules: Sequence[Rule] = (), *, year: int | None = None) -> Scan:
    """Return what the code is; never raises.

    Digits without a symbology identifier are EAN, UPC or GTIN-14 by their length and otherwise an in-house code, never
    application identifiers. rules: how in-store codes carry a price or weight. year: the current one.
    """
    if len(code) > MOST_CHARACTERS:
        reason = many(
            "{count} character; a code has at most {most}",
            "{count} characters; a code has at most {most}",
            len(code),
            most=MOST_CHARACTERS,
        )
        return Scan(code[:MOST_CHARACTERS], None, valid=False, reason=reason)
    text = code.strip(" \t\r\n")
    if not text:
        return Scan(code, None, valid=False, reason="there is no code")
    year = year or datetime.now(UTC).year
    if _IDENTIFIER.match(text):
        return _identified(code, text[:3], text[3:], rules, year)
    if GS in text or is_bracketed(text):
        return _elements(code, "GS1", text, year)
    if is_digits(text):
        return _digits(code, text, rules)
    return _plain(code, "code", text)


def _identified(code: str, identifier: str, text: str, rules: Sequence[Rule], year: int) -> Scan:
    """Read a code whose symbology the scanner named (ISO/IEC 15424)."""
    letter = identifier[1]
    symbology = _GS1.get(identifier) or _NAMES.get(letter)
    if symbology is None or not text:
        reason = "nothing follows the symbology identifier" if symbology else f"{identifier} names no symbology"
        return Scan(code, symbology, valid=False, reason=reason)
    if identifier in _GS1:
        return _elements(code, symbology, text, year)
    if letter == "E":
        return _ean(code, identifier, text, rules)
    if identifier in ("]I0", "]I1") and is_digits(text) and len(text) == 14 and (checks(text) or identifier == "]I1"):
        return _number(code, "ITF-14", text)
    return Scan(code, symbology, valid=True) if letter in _FREE_TEXT else _plain(code, symbology, text)


def _ean(code: str, identifier: str, text: str, rules: Sequence[Rule]) -> Scan:
    lengths = {"]E0": (13, 12, 8), "]E3": (15, 18), "]E4": (8,)}.get(identifier, ())
    if not is_digits(text) or len(text) not in lengths:
        return Scan(code, "EAN/UPC", valid=False, reason=f"{identifier} is not followed by the digits of an article")
    if identifier == "]E0" and len(text) == 8:  # an EAN-8 would be ]E4
        expanded = expand_upc_e(text)
        if expanded and checks(expanded):
            return _number(code, "UPC-E", expanded)
    return _digits(code, text[:13] if identifier == "]E3" else text, rules)  # less the add-on of a magazine


def _digits(code: str, digits: str, rules: Sequence[Rule]) -> Scan:
    """Read digits by their length."""
    if len(digits) in (12, 13):
        embedded = read_embedded(digits.zfill(13), rules) if checks(digits) else None
        symbology = "UPC-A" if len(digits) == 12 else "EAN-13"
        if embedded is None:
            return _number(code, symbology, digits)
        if embedded.fault:
            return Scan(code, symbology, valid=False, reason=embedded.fault)
        return Scan(code, symbology, valid=True, gtin=embedded.gtin, quantity=embedded.weight, price=embedded.price)
    if len(digits) == 8:
        return _number(code, "EAN-8" if checks(digits) or gtin14(digits) is None else "UPC-E", digits)
    if len(digits) == 14:
        return _number(code, "GTIN-14", digits)
    return _plain(code, "code", digits)


def _number(code: str, symbology: str, digits: str) -> Scan:
    gtin = gtin14(digits)
    if gtin:
        return Scan(code, symbology, valid=True, gtin=gtin)
    reason = "all digits are zero"
    if digits.strip("0"):
        reason = f"the check digit is {digits[-1]}, not {check_digit(digits[:-1])}"
    return Scan(code, symbology, valid=False, reason=reason)


def _plain(code: str, symbology: str, text: str) -> Scan:
    """Read a code that says nothing but itself: an SKU, an account number, a card."""
    bad = next((char for char in text if unicodedata.category(char) in _UNPRINTABLE), None)
    if bad is None:
        return Scan(code, symbology, valid=True)
    return Scan(code, symbology, valid=False, reason=f"the character U+{ord(bad):04X} belongs in no code")


def _elements(code: str, symbology: str, text: str, year: int) -> Scan:
    found = read_elements(text, year)
    if found.fault:
        return Scan(code, symbology, valid=False, reason=found.fault, ais=found.pairs or None)
    first: dict[str, str] = {}
    for ai, value in found.pairs:
        first.setdefault(ai, value)
    return Scan(
        code,
        symbology,
        valid=True,
        gtin=first.get("01") or first.get("02"),
        ais=found.pairs,
        quantity=_quantity(first),
        price=_price(first),
        batch=first.get("10"),
        expiry=_expiry(first, year),
        needs=found.needs or None,
    )


def _quantity(values: dict[str, str]) -> str | None:
    """Return the net kilograms (310n), else the count of pieces (30) or of what a logistic unit contains (37)."""
    for ai, value in values.items():
        if ai.startswith("310"):
            return plain(int(value), int(ai[3]))
    count = values.get("30") or values.get("37")
    return str(int(count)) if count else None


def _price(values: dict[str, str]) -> str | None:
    """Return the amount payable: (392n) in the currency of the place, (393n) after its ISO currency number."""
    for ai, value in values.items():
        if len(ai) == 4 and ai[:3] in ("392", "393"):
            return plain(int(value if ai[2] == "2" else value[3:]), int(ai[3]))
    return None


def _expiry(values: dict[str, str], year: int) -> str | None:
    """Return the last day of use: (17), with a time of day (7003), or else best before (15)."""
    value = values.get("17") or values.get("7003") or values.get("15")
    return full_date(value, year).isoformat() if value else None
