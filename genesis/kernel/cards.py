"""Card numbers: known by their digits in any text, so that none is ever kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from genesis.kernel.errors import UserError

GTIN = 14  # the longest number of goods
SSCC = 18  # digits of the number of a pallet
OURS = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,}"  # ids and hashes, whose digits mean nothing
ANY = re.compile(r"\d[\d \u00a0\u202f-]{11,}\d")  # where one might be, ids and bank accounts included: quick to find
ZEROS = bytes.maketrans(b"123456789", b"000000000")
# Groups of digits, together at least 13; not what follows two capital letters, which is a bank account (IBAN).
RUN = re.compile(rf"(?<![0-9a-f])(?P<ours>{OURS})|(?<!\d)(?<!\b[A-Z]{{2}})\d(?:[ \u00a0\u202f-]?\d){{12,}}")
GROUPS = re.compile(r"\d+|\d{4}(?:\D\d{4,6})*\D\d{1,6}")  # as cards are printed: the last alone is shorter than four
# The first digits and the lengths that the card schemes use; the number of a phone (IMEI) has a card's check digit too.
CARD = re.compile(r"4(\d{12}|\d{15}|\d{18})|(2[2-7]|5[1-5])\d{14}|220[0-4]\d{12,15}|3[47]\d{13}"
                  r"|3(0[0-59]|[689]\d)\d{11,16}|(35|5[06-8]|6\d)\d{14,17}")  # fmt: skip
DOUBLED = str.maketrans("123456789", "246813579")  # a digit twice, its digits added up
LONG = re.compile(r"62|6304|67(06|09|59|67|71)")  # cards that may be as long as the number of a pallet

_json = msgspec.json.Encoder(enc_hook=str).encode


def suspected(body: bytes, least: int) -> bool:
    """Whether a text (UTF-8) has so many digits in a row, grouped or not: quick enough for every fact there is."""
    return b"0" * least in body.translate(ZEROS, b" -\xc2\xa0\xe2\x80\xaf")


def masked(value: Any) -> Any:
    """Return a JSON value (or a text) in which only the last four digits of every card number are left."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return {masked(key): masked(part) for key, part in value.items()}
    return type(value)(masked(part) for part in value) if isinstance(value, list | tuple) else value


def refuse(values: Mapping[str, Any]) -> None:
    """Raise UserError naming the field whose text holds a card number."""
    whole = _json(values).decode()
    if masked(whole) == whole:  # as of nearly all goods: one look instead of one for each text
        return
    for field, value in values.items():
        if masked(value) != value:
            raise UserError(f"{field}: this looks like a card number", "leave out all but its last four digits", field)


def refuse_any(rows: Sequence[Mapping[str, Any]]) -> None:
    """Refuse the first of many rows that holds a card number, as `refuse` does; one look for all that hold none."""
    whole = _json(rows).decode()
    if masked(whole) != whole:
        for row in rows:
            refuse(row)


def _text(text: str) -> str:
    """Mask a text; in JSON each text where a number might be is looked at by itself, the others are left alone."""
    parts: list[str] = []
    done = 0
    for found in ANY.finditer(text):
        run = found[0]
        if found.start() < done or (run.isdecimal() and not _is_card(run)):  # one group, as the codes of goods are
            continue
        start = text.rfind('"', done, found.start()) + 1 or done
        end = text.find('"', found.end())
        end = end if end >= 0 else len(text)
        parts += (text[done:start], RUN.sub(_run, text[start:end]))
        done = end
    return "".join((*parts, text[done:])) if parts else text


def _run(found: re.Match[str]) -> str:
    """Mask what whole groups of a run of digits make a card number."""
    text = found[0]
    if text.isdecimal() and not _is_card(text):  # one group, as the codes of goods are
        return text
    groups = [] if found["ours"] else [*re.finditer(r"\d+", text)]
    for n, first in enumerate(groups):
        for last in groups[n:]:
            start, end = first.start(), last.end()
            if GROUPS.fullmatch(text, start, end) and _is_card(re.sub(r"\D", "", text[start:end])):
                hidden = re.sub(r"\d", "*", text[start : end - 4])
                return f"{text[:start]}{hidden}{text[end - 4 : end]}{masked(text[end:])}"
    return text


def _is_card(text: str) -> bool:
    """Whether scheme, length and check digit are those of a card; a number of goods (GTIN) or of a pallet is none."""
    plain = text if text.isascii() else "".join(str(int(char)) for char in text)
    if CARD.fullmatch(plain) is None:
        return False
    odd, even = plain[-1::-2], plain[-2::-2]
    ones = sum(map(int, odd))
    if (ones + sum(map(int, even.translate(DOUBLED)))) % 10:
        return False
    goods = (ones + 3 * sum(map(int, even))) % 10 == 0
    return not (goods and (len(plain) <= GTIN or (len(plain) == SSCC and not LONG.match(plain))))
