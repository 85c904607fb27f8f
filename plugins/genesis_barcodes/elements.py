"""Takes GS1 element strings apart and checks what stands in them, because decoders and label makers let errors through.

The table of application identifiers comes from biip; everything that decides is here: where an element ends, check
digits, dates, currencies, repetitions, and identifiers that exclude each other (GS1 Barcode Syntax Dictionary). That
an identifier needs another one on the same item is not asked: the two may stand in two symbols on it (a box with its
GTIN in one and batch and expiry in another), except for content and count, which only mean something together.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from datetime import date

import iso4217
import msgspec

from genesis_barcodes.gtin import checks

GS = "\x1d"
_ALLOWED = re.compile(r"[\x1d\x21-\x7e]*", re.ASCII)
_BRACKETS = re.compile(r"\(([0-9]{2,4})\)", re.ASCII)
Check = Callable[[str, int], str]  # (value, current year) -> what is wrong with it, "" where nothing is


class Elements(msgspec.Struct, frozen=True):
    """The elements of one symbol in order, and what is wrong with them ("" where nothing is)."""

    pairs: tuple[tuple[str, str], ...]
    fault: str


def is_bracketed(text: str) -> bool:
    """Tell whether the text is in the form people read: (01)...(17)..."""
    return _BRACKETS.match(text) is not None


def read_elements(text: str, year: int) -> Elements:
    """Take an element string apart, bracketed or with GS after elements of open length; never raises.

    year: the current year, from which two-digit years get their century.
    """
    bracketed = is_bracketed(text)
    if bracketed:
        text = text.replace(" ", "")  # people set the groups apart; GS1 knows no blank
    if not _ALLOWED.fullmatch(text):
        return Elements((), "a character that GS1 does not know")
    pairs, fault = _cut(_BRACKETS.split(text)[1:]) if bracketed else _walk(text.removeprefix(GS))
    fault = fault or next(filter(None, (_content(ai, value, year) for ai, value in pairs)), "") or _relations(pairs)
    return Elements(tuple(pairs), fault)


def full_date(yymmdd: str, year: int) -> date:
    """Return the day that six digits stand for; day 00 is the last of the month. Raises ValueError.

    The year lies between 49 years ago and 50 years ahead (GS1 General Specifications 7.12).
    """
    short, month, day = int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:6])
    ahead = short - year % 100
    century = year - year % 100 + (-100 if ahead > 50 else 100 if ahead < -49 else 0)
    if not 1 <= month <= 12:
        raise ValueError(f"{month} is not a month")
    return date(century + short, month, day or monthrange(century + short, month)[1])


def _cut(parts: list[str]) -> tuple[list[tuple[str, str]], str]:
    """Pair identifiers and values of the bracketed form."""
    pairs: list[tuple[str, str]] = []
    for ai, value in zip(parts[::2], parts[1::2], strict=True):
        found, pattern, _ = _identifier(ai + value)
        if found != ai:
            return pairs, f"({ai}) is not an application identifier"
        if not re.fullmatch(pattern, ai + value) or not value:
            return pairs, f"({ai}) cannot hold {value[:30]!r}"
        pairs.append((ai, value))
    return pairs, ""


def _walk(text: str) -> tuple[list[tuple[str, str]], str]:
    """Cut a plain element string: fixed lengths by their length, the others at the next GS."""
    pairs: list[tuple[str, str]] = []
    rest = text
    while rest:
        ai, pattern, open_length = _identifier(rest)
        if not ai:
            return pairs, f"{rest[:4]!r} is not an application identifier"
        element = rest.partition(GS)[0]
        if not open_length and (fixed := re.match(pattern.removesuffix("$"), element)):
            element = fixed[0]
        if not re.fullmatch(pattern, element) or len(element) == len(ai):
            return pairs, f"({ai}) cannot hold {element[len(ai) :][:30]!r}"
        pairs.append((ai, element[len(ai) :]))
        rest = rest[len(element) :].removeprefix(GS)
    return pairs, "" if pairs else "no element"


def _identifier(text: str) -> tuple[str, str, bool]:
    """Return the identifier at the start, its pattern and whether GS ends it; ("", "", False) where there is none."""
    from biip import ParseError  # a tenth of a second to import, and a till that scans EANs never needs it
    from biip.gs1_application_identifiers import GS1ApplicationIdentifier

    try:
        found = GS1ApplicationIdentifier.extract(text)
    except ParseError:
        return "", "", False
    return found.ai, found.pattern, found.separator_required


def _content(ai: str, value: str, year: int) -> str:
    faults = (check(value, year) for check in CHECKS.get(ai, CHECKS.get(_family(ai), ())))
    fault = next(filter(None, faults), "")
    return f"({ai}) {fault}" if fault else ""


def _family(ai: str) -> str:
    """Return 310n for 3103: the last digit of a measure or an amount is where its decimal point stands."""
    return f"{ai[:3]}n" if len(ai) == 4 and ai[:2] in ("31", "32", "33", "34", "35", "36", "39") else ai


def _relations(pairs: list[tuple[str, str]]) -> str:
    """Say which elements do not go together."""
    seen: dict[str, str] = {}
    for ai, value in pairs:
        if seen.setdefault(ai, value) != value:
            return f"({ai}) stands twice with different values"
    families = {_family(ai): ai for ai in seen}
    for ai in seen:
        if families[_family(ai)] != ai:
            return f"({ai}) and ({families[_family(ai)]}) are one measure"
    for family, ai in families.items():
        other = next((other for other in EXCLUDES.get(family, ()) if other in families), None)
        if other:
            return f"({ai}) and ({families[other]}) exclude each other"
    lone = next((ai for ai in seen if ai in NEEDS and not any(other in seen for other in NEEDS[ai])), None)
    return f"({lone}) needs ({NEEDS[lone][0]})" if lone else ""


def _number(length: int) -> Check:
    def check(value: str, _year: int) -> str:
        return "" if checks(value[:length]) else "has a wrong check digit"

    return check


def _date(value: str, year: int) -> str:
    try:
        full_date(value, year)
    except ValueError:
        return f"has no date {value[:6]}"
    return ""


def _exact_date(value: str, year: int) -> str:
    return f"has no day in {value[:6]}" if value[4:6] == "00" else _date(value, year)


def _two_dates(value: str, year: int) -> str:
    return next(filter(None, (_exact_date(value[at : at + 6], year) for at in range(0, len(value), 6))), "")


def _clock(value: str, _year: int) -> str:
    hour, minute = int(value[6:8]), int(value[8:10])
    return "" if hour < 24 and minute < 60 else f"has no time {value[6:10]}"


def _currency(value: str, _year: int) -> str:
    known = any(f"{currency.number:03}" == value[:3] for currency in iso4217.Currency)
    return "" if known else f"has no currency {value[:3]}"


def _each(ais: Iterable[str], *rules: Check) -> dict[str, tuple[Check, ...]]:
    return dict.fromkeys(ais, rules)


CHECKS: dict[str, tuple[Check, ...]] = {
    **_each(("00", "8017", "8018"), _number(18)),
    **_each(("01", "02", "03", "8003", "8006", "8026"), _number(14)),
    **_each(("253", "255", *(str(ai) for ai in range(410, 418))), _number(13)),
    **_each(("402",), _number(17)),
    **_each(("11", "12", "13", "15", "16", "17"), _date),
    **_each(("4326", "7006"), _exact_date),
    **_each(("7003",), _exact_date, _clock),
    **_each(("7007",), _two_dates),
    **_each(("391n", "393n"), _currency),
}
EXCLUDES: dict[str, tuple[str, ...]] = {
    "01": ("02", "03", "37", "255", "8006"),
    "02": ("03", "255", "8026"),
    "03": ("37",),
    "21": ("235",),
    "37": ("8006",),
    "255": ("415", "8006", "8020", "8026"),
    "390n": ("391n", "394n", "8111"),
    "392n": ("393n", "395n"),
    "393n": ("395n",),
    "394n": ("8111",),
    "395n": ("8005",),
    "420": ("421",),
    "421": ("4307",),
    "426": ("422", "423", "424", "425"),
    "4330": ("4331",),
    "4332": ("4333",),
    "7250": ("7251",),
    "7256": ("7253", "7254", "7255", "7259"),
    "7259": ("7253", "7254", "7255"),
    "8006": ("8026",),
    "8017": ("8018",),
}
NEEDS: dict[str, tuple[str, ...]] = {"02": ("37",), "37": ("02", "8026")}
