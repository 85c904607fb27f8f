"""The rules of GS1 elements by the names that the GS1 Barcode Syntax Dictionary gives them.

Each is asked about one part of a value whose characters and length are right already, and says what is wrong with it,
"" where nothing is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import iso4217

from genesis_barcodes.code_lists import COUNTRIES, COUNTRY_NUMBERS, PACKAGES
from genesis_barcodes.coupons import CouponFault, read_coupon, read_offer
from genesis_barcodes.dates import full_date, is_day
from genesis_barcodes.gtin import checks

Rule = Callable[[str, int], str]  # (part, current year) -> what is wrong with it
_LEAST_PREFIX = 4  # digits of the shortest company prefix
_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)
_BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})", re.ASCII)
_SEQUENCE = re.compile(r"([1-9][0-9]*)/([1-9][0-9]*)", re.ASCII)


def check_pair(text: str) -> str:
    """Return the two check characters that belong after a text (GS1 General Specifications 7.9.5)."""
    weighed = sum(_82.index(char) * prime for char, prime in zip(reversed(text), _PRIMES, strict=False)) % 1_021
    return _32[weighed >> 5] + _32[weighed & 31]


def _is(fits: Callable[[str], bool], fault: str) -> Rule:
    """Return a rule from a test; `{}` in the fault is the part."""
    return lambda part, _year: "" if fits(part) else fault.format(part)


def _prefix(start: int) -> Rule:
    def rule(part: str, _year: int) -> str:
        prefix = part[start : start + _LEAST_PREFIX]
        right = len(prefix) == _LEAST_PREFIX and prefix.isascii() and prefix.isdigit()
        return "" if right else f"has no company prefix in {part[:20]!r}"

    return rule


def _month(part: str, year: int) -> str:
    try:
        full_date(part, year)
    except ValueError:
        return f"has no date {part}"
    return ""


def _day(part: str, year: int) -> str:
    return "" if is_day(part, year) else f"has no day {part}"


def _long_day(part: str, _year: int) -> str:
    try:
        date(int(part[:4]) or 4, int(part[4:6]), int(part[6:8]))  # year 0 had a leap day, like year 4
    except ValueError:
        return f"has no day {part}"
    return ""


def _below(limit: int, what: str) -> Rule:
    return _is(lambda part: int(part) < limit, f"has no {what} {{}}")


def _time(part: str, _year: int) -> str:
    return "" if int(part[:2]) < 24 and int(part[2:]) < 60 else f"has no time {part}"


def _account(part: str, _year: int) -> str:
    """ISO 13616: the country and the check digits go to the end, letters count 10 to 35, the rest by 97 is 1."""
    if len(part) <= 10 or part[:2] not in COUNTRIES or not (part.isascii() and part.isalnum() and part.upper() == part):
        return f"has no account number {part!r}"
    number = int("".join(str(int(char, 36)) for char in part[4:] + part[:4]))
    return "" if number % 97 == 1 else f"has an account number with wrong check digits, {part[2:4]}"


def _pair(part: str, _year: int) -> str:
    right = len(part) > 2 and part[-2:] == check_pair(part[:-2])
    return "" if right else f"has wrong check characters {part[-2:]!r}"


def _piece(part: str, _year: int) -> str:
    half = len(part) // 2
    piece, total = int(part[:half]), int(part[half:])
    return "" if 0 < piece <= total else f"has no piece {piece} of {total}"


def _sequence(part: str, _year: int) -> str:
    found = _SEQUENCE.fullmatch(part)
    return "" if found and int(found[1]) <= int(found[2]) else f"has no place {part!r} in a sequence"


def _coupon(read: Callable[[str, int], None]) -> Rule:
    def rule(part: str, year: int) -> str:
        try:
            read(part, year)
        except CouponFault as fault:
            return f"is a coupon that {fault}"
        return ""

    return rule


def _currency(number: str) -> bool:
    return any(f"{currency.number:03}" == number for currency in iso4217.Currency)


LINTERS: dict[str, Rule] = {
    "csum": _is(checks, "has a wrong check digit"),
    "csumalpha": _pair,
    "gcppos1": _prefix(0),
    "gcppos2": _prefix(1),
    "yymmd0": _month,
    "yymmdd": _day,
    "yyyymmdd": _long_day,
    "hh": _below(24, "hour"),
    "mi": _below(60, "minute"),
    "ss": _below(60, "second"),
    "hhmi": _time,
    "iso3166": _is(COUNTRY_NUMBERS.__contains__, "has no country {}"),
    "iso3166999": _is(lambda part: part == "999" or part in COUNTRY_NUMBERS, "has no country {}"),
    "iso3166alpha2": _is(COUNTRIES.__contains__, "has no country {}"),
    "iso4217": _is(_currency, "has no currency {}"),
    "iso5218": _is("0129".__contains__, "has no sex {}"),
    "iban": _account,
    "pcenc": _is(lambda part: not _BROKEN_PERCENT.search(part), "has a % without two hexadecimal digits"),
    "couponcode": _coupon(read_coupon),
    "couponposoffer": _coupon(read_offer),
    "importeridx": _is(lambda part: part.isalnum() or part in "-_", "has no importer {}"),
    "packagetype": _is(PACKAGES.__contains__, "has no package {}"),
    "mediatype": _is(lambda part: 1 <= int(part) <= 10 or int(part) >= 80, "has no medium {}"),
    "latitude": _is(lambda part: int(part) <= 1_800_000_000, "has no latitude {}"),
    "longitude": _is(lambda part: int(part) <= 3_600_000_000, "has no longitude {}"),
    "pieceoftotal": _piece,
    "posinseqslash": _sequence,
    "winding": _is("019".__contains__, "has no winding {}"),
    "yesno": _is("01".__contains__, "is neither 0 nor 1"),
    "zero": _is(lambda part: not part.strip("0"), "must have 0, not {}"),
    "nonzero": _is(lambda part: bool(part.strip("0")), "must not be {}"),
    "nozeroprefix": _is(lambda part: not part.startswith("0"), "must not begin with 0"),
    "hasnondigit": _is(lambda part: not part.isdigit(), "must not be all digits"),
    "hyphen": _is(lambda part: not part.strip("-"), "can only have a hyphen at its end"),
}
