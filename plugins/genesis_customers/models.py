"""The customers' tables, and what a customer must look like before it is kept."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text

from genesis import Records, SearchIndex, UserError, many

METADATA = MetaData()
CARD = "customers_card"  # guard space: a card belongs to one customer
MOST_CARDS = 20
SHORTEST_PHONE = 6
COUNTRY_DIGITS = 3  # the longest country code: a phone is found without it too
Row = dict[str, Any]

customer = Table(
    "customers_customer", METADATA,
    Column("id", Text, primary_key=True),
    Column("rev", Integer, nullable=False),
    Column("num", BigInteger, nullable=False),
    Column("name", Text),
    Column("phone", Text),
    Column("email", Text),
    Column("group", Text, nullable=False),
    Column("since", Text, nullable=False),
    Index("customers_customer_num", "num"),
)  # fmt: skip

card = Table(
    "customers_card", METADATA,
    Column("code", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Index("customers_card_customer", "id"),
    sqlite_with_rowid=False,
)  # fmt: skip

WORDS = SearchIndex("customers_words")
_CONTROL = frozenset(("Cc", "Cs", "Zl", "Zp"))
_PHONE = re.compile(r"\+?[0-9]{6,15}", re.ASCII)
_PHONE_SIGNS = re.compile(r"[\s().\-/\u2010-\u2015]+")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")
_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]", re.ASCII)


def _text(value: object, field: str, most: int, *, needed: bool = False) -> str:
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise UserError(f"{field}: it must be text", "write it as text", field)
    line = value.strip() if len(value) <= 4 * most else value
    if len(line) > most:
        raise UserError(
            many("{field}: it has {count} character", "{field}: it has {count} characters", len(line), field=field),
            f"use at most {most}",
            field,
        )
    line = unicodedata.normalize("NFC", line)
    bad = next((char for char in line if unicodedata.category(char) in _CONTROL), None)
    if bad is not None:
        raise UserError(f"{field}: the character U+{ord(bad):04X} cannot be printed", "take it out", field)
    if needed and not line:
        raise UserError(f"{field}: it is missing", f"give a {field}", field)
    return line


def card_key(typed: str) -> str:
    """Return the form in which cards are compared: without what a scanner puts before it, in capitals."""
    return _IDENTIFIER.sub("", typed.strip(), count=1).upper()


def phone_key(typed: str) -> str:
    """Return a phone number as it is kept, +34600123456 or 600123456; "" where the text is none."""
    plain = _PHONE_SIGNS.sub("", typed[:40])
    if plain.startswith("00"):
        plain = f"+{plain[2:]}"
    return plain if _PHONE.fullmatch(plain) else ""


def _phone(value: object) -> str:
    typed = _text(value, "phone", 40)
    plain = phone_key(typed)
    if typed and not plain:
        raise UserError(f"phone: {typed!r} is no phone number", "write +34 600 123 456 or 600 123 456", "phone")
    return plain


def _email(value: object) -> str:
    typed = _text(value, "email", 254)
    if typed and not _EMAIL.fullmatch(typed):
        raise UserError(f"email: {typed!r} is no e-mail address", "write name@example.com", "email")
    return typed


def _since(value: object) -> str:
    typed = _text(value, "since", 10)
    try:
        return typed and date.fromisoformat(typed).isoformat()
    except ValueError:
        raise UserError(f"since: {typed!r} is no day", "write 2026-12-31", "since") from None


def _cards(value: object) -> list[Row]:
    if value is None:
        return []
    if not isinstance(value, (list, tuple)) or len(value) > MOST_CARDS:
        raise UserError("cards: it must be a list", f"give at most {MOST_CARDS} cards", "cards")
    keys = set()
    for entry in value:
        if not isinstance(entry, dict):
            raise UserError("cards: each must have a code", "give them as code", "cards")
        keys.add(card_key(_text(entry.get("code"), "cards", 80, needed=True)))
    return [{"code": key} for key in sorted(keys)]


def customer_checked(row: Row) -> Row:
    """Return a customer as it is kept; UserError names the field at fault."""
    return {
        "name": _text(row.get("name"), "name", 120, needed=True),
        "phone": _phone(row.get("phone")),
        "email": _email(row.get("email")),
        "group": _text(row.get("group"), "group", 40),
        "since": _since(row.get("since")),
        "cards": _cards(row.get("cards")),
    }


def customer_keys(row: Row) -> list[tuple[str, str]]:
    """Return what belongs to this customer alone; the kernel keeps only keyed digests of it."""
    return [(CARD, entry["code"]) for entry in row["cards"]]


def words(row: Row) -> str:
    """Return what a customer is found by; a phone also without its country code. "" for an erased one."""
    digits = (row["phone"] or "").lstrip("+0")
    phones = [digits[cut:].lstrip("0") for cut in range(COUNTRY_DIGITS + 1) if len(digits) - cut >= SHORTEST_PHONE]
    return " ".join((row["name"] or "", row["email"] or "", *phones, *(entry["code"] for entry in row["cards"])))


CUSTOMERS = Records(
    name="customers_customer", title="Customer", table=customer, children={"cards": card},
    private=("name", "phone", "email", "cards"), unique=customer_keys, check=customer_checked, index=WORDS, text=words,
    rank=25, permission="customers.edit",
)  # fmt: skip
