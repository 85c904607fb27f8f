"""Tax classes and exemptions as records, refused when they are saved rather than when a customer waits."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from sqlalchemy import Boolean, Column, Index, Integer, MetaData, Table, Text

from genesis import Records, UserError, decimal, rate
from genesis_tax.formula import Tax, TaxType, solve

Row = dict[str, Any]
ALWAYS_FROM, ALWAYS_TO = "0001-01-01", "9999-12-31"
MOST_TAXES = 50
_ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_METADATA = MetaData()

CLASSES = Table(
    "tax_class",
    _METADATA,
    Column("id", Text, primary_key=True),
    Column("rev", Integer, nullable=False),
    Column("title", Text, nullable=False),
)
CLASS_TAXES = Table(
    "tax_class_tax",
    _METADATA,
    Column("id", Text, primary_key=True),
    Column("n", Integer, primary_key=True),
    *(Column(name, Text, nullable=False) for name in ("tax", "title", "type", "rate", "amount", "included")),
    Column("affects_next", Boolean, nullable=False),
    Column("affected_by_previous", Boolean, nullable=False),
    Column("valid_from", Text, nullable=False),
    Column("valid_to", Text, nullable=False),
)
EXEMPTIONS = Table(
    "tax_exemption",
    _METADATA,
    Column("id", Text, primary_key=True),
    Column("rev", Integer, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("title", "customer", "customer_group", "valid_from", "valid_to")),
    Index("tax_exemption_customer", "customer"),
    Index("tax_exemption_group", "customer_group"),
)
EXEMPTION_TAXES = Table(
    "tax_exemption_tax",
    _METADATA,
    Column("id", Text, primary_key=True),
    Column("tax", Text, primary_key=True),
)


def tax_of(row: Row, *, included: bool) -> Tax:
    """Return a tax as a class keeps it; included: what `store` in its field of that name stands for."""
    inside = {"yes": True, "no": False}.get(row["included"], included)
    return Tax(
        type=row["type"],
        rate=Decimal(row["rate"]),
        amount=Decimal(row["amount"]),
        included=inside,
        affects_next=bool(row["affects_next"]),
        affected_by_previous=bool(row["affected_by_previous"]),
        name=row["tax"],
    )


def in_force(row: Row, day: str) -> bool:
    """Tell whether a dated row counts on an ISO day; its last day is one of them."""
    return bool(row["valid_from"] <= day <= row["valid_to"])


def check_class(values: Row) -> Row:
    """Return the class with every field filled in; UserError names the field."""
    rows = values.get("taxes") or []
    if not isinstance(rows, list) or len(rows) > MOST_TAXES:
        raise _fault("taxes", f"a list of at most {MOST_TAXES} belongs here", "correct it")
    taxes = [_check_tax(row, f"taxes[{number}]") | {"n": number} for number, row in enumerate(rows)]
    for number, row in enumerate(taxes):
        for other in taxes[:number]:
            if other["tax"] == row["tax"] and _overlap(other, row):
                raise _fault(f"taxes[{number}].valid_from", f"{row['tax']} has a rate for these days already",
                             "let one end before the next begins")  # fmt: skip
    for day in {row["valid_from"] for row in taxes}:
        _check_together([row for row in taxes if in_force(row, day)], day)
    return {"title": _text(values, "title", "title"), "taxes": taxes}


def check_exemption(values: Row) -> Row:
    """Return the exemption with every field filled in; UserError names the field."""
    customer, group = (str(values.get(name) or "") for name in ("customer", "customer_group"))
    if bool(customer) == bool(group):
        raise _fault("customer", "a customer or a customer group belongs here", "give exactly one of them")
    rows = values.get("taxes") or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _fault("taxes", 'a list of {"tax": id} belongs here', "leave it empty to exempt from every tax")
    return {
        "title": _text(values, "title", "title"),
        "customer": customer,
        "customer_group": group,
        **_days(values, ""),
        "taxes": [{"tax": _id(row, f"taxes[{number}]")} for number, row in enumerate(rows)],
    }


RECORDS = [
    Records(
        name="tax_class",
        title="Tax class",
        table=CLASSES,
        children={"taxes": CLASS_TAXES},
        check=check_class,
        rank=20,
        permission="tax.edit",
    ),
    Records(
        name="tax_exemption",
        title="Tax exemption",
        table=EXEMPTIONS,
        children={"taxes": EXEMPTION_TAXES},
        check=check_exemption,
        rank=20,
        permission="tax.edit",
    ),
]


def _fault(field: str, reason: str, remedy: str) -> UserError:
    return UserError(f"{field}: {reason}", remedy, field)


def _check_tax(row: object, path: str) -> Row:
    if not isinstance(row, dict):
        raise _fault(path, "an object belongs here", 'write {"tax": "vat", "type": "percent", "rate": "20"}')
    known = set(CLASS_TAXES.columns.keys()) - {"id"}
    unknown = sorted(set(map(str, row)) - known)
    if unknown:
        raise _fault(f"{path}.{unknown[0][:40]}", "there is no such field", f"use {', '.join(sorted(known - {'n'}))}")
    kind = _choice(row, "type", get_args(TaxType), None, path)
    fixed = kind == "fixed"
    percent = rate(_string(row, "rate", "0" if fixed else None, path), f"{path}.rate")
    amount = decimal(_string(row, "amount", None if fixed else "0", path), f"{path}.amount")
    return {
        "tax": _id(row, path),
        "title": _text(row, "title", f"{path}.title"),
        "type": kind,
        "rate": "0" if fixed else format(percent, "f"),
        "amount": format(amount, "f") if fixed else "0",
        "included": _choice(row, "included", ("store", "yes", "no"), "store", path),
        "affects_next": _flag(row, "affects_next", path, default=False),
        "affected_by_previous": _flag(row, "affected_by_previous", path, default=True),
        **_days(row, f"{path}."),
    }


def _check_together(rows: list[Row], day: str) -> None:
    """Refuse taxes that leave no price on a day, whether prices hold them or a discounted total does."""
    for included in (False, True):
        taxes = tuple(tax_of(row, included=included) for row in rows)
        try:
            solve(taxes, "price", Decimal(1))
            solve(taxes, "gross", Decimal(1))
        except UserError as error:
            raise _fault("taxes", f"from {day}: {error.what}", error.remedy) from None


def _string(row: Row, name: str, default: str | None, path: str) -> str:
    value = row.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise _fault(f"{path}.{name}", "missing" if value is None else "a string belongs here", 'write it like "20"')
    return value


def _choice(row: Row, name: str, options: Collection[str], default: str | None, path: str) -> str:
    value = _string(row, name, default, path)
    if value not in options:
        raise _fault(f"{path}.{name}", f"{value[:40]!r} is not known", f"choose {', '.join(options)}")
    return value


def _flag(row: Row, name: str, path: str, *, default: bool) -> bool:
    value = row.get(name, default)
    if value not in (True, False):  # a database may give 1 and 0 back
        raise _fault(f"{path}.{name}", "true or false belongs here", "write true or false")
    return bool(value)


def _text(row: Row, name: str, field: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > 80 or not value.isprintable():
        raise _fault(field, "a text of 1 to 80 characters belongs here", "it is printed on the receipt")
    return value.strip()


def _id(row: Row, path: str) -> str:
    value = row.get("tax")
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise _fault(f"{path}.tax", "an id of small letters and digits belongs here", 'write it like "vat"')
    return value


def _days(row: Row, prefix: str) -> Row:
    """Return first and last day; where none is given, the first and last there are."""
    days = {}
    for name, default in (("valid_from", ALWAYS_FROM), ("valid_to", ALWAYS_TO)):
        value = row.get(name) or default
        if not isinstance(value, str) or not _DATE.fullmatch(value) or not _is_day(value):
            raise _fault(f"{prefix}{name}", "a day belongs here", 'write it like "2026-07-01"')
        days[name] = value
    if days["valid_to"] < days["valid_from"]:
        raise _fault(f"{prefix}valid_to", "it ends before it begins", "give a later last day")
    return days


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _overlap(one: Row, two: Row) -> bool:
    return bool(one["valid_from"] <= two["valid_to"] and two["valid_from"] <= one["valid_to"])
