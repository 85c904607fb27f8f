"""Finds customers by card, phone, reference and words, and gathers what one of them may ask to see."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, bindparam, select

from genesis import CustomerRef, Pos, SaleCompleted, Veto, exponent, many, plain
from genesis_customers.models import (
    COUNTRY_DIGITS,
    SHORTEST_PHONE,
    WORDS,
    Row,
    card,
    card_key,
    customer,
    phone_key,
)

PREFIX = "customers:"
_SHOWN = (customer.c.id, customer.c.name, customer.c.group)
_BY_CARD: Select[Any] = (
    select(*_SHOWN)
    .select_from(card.join(customer, customer.c.id == card.c.id))
    .where(card.c.code == bindparam("code"))
    .order_by(card.c.id)
    .limit(1)
)
_BY_ID = select(*_SHOWN).where(customer.c.id == bindparam("id"))
_PHONES = select(*_SHOWN, customer.c.phone)


def resolve(pos: Pos, code: str) -> CustomerRef | None:
    """Return whose card, phone number or reference this is, None where it is nobody's.

    Veto where several customers have the number, or where the customer was erased.
    """
    if code.startswith(PREFIX):
        rows = pos.db.fast(_BY_ID, {"id": code.removeprefix(PREFIX)})
        if rows and rows[0][1] is None:
            raise Veto("this customer was erased", "choose another one", "customer")
    else:
        rows = pos.db.fast(_BY_CARD, {"code": card_key(code)}) or _by_phone(pos, code)
    return _ref(rows[0]) if rows else None


def _ref(row: Any) -> CustomerRef:
    return CustomerRef(ref=PREFIX + row[0], person=row[0], name=row[1] or "", group=row[2], detail=row[2])


def _by_phone(pos: Pos, code: str) -> list[Any]:
    """Return who has this number, with or without its country code."""
    wanted = phone_key(code).lstrip("+0")
    if len(wanted) < SHORTEST_PHONE:
        return []
    numbers = WORDS.find(pos.db.connection, wanted, 100)
    rows = pos.db.all(_PHONES.where(customer.c.num.in_(numbers))) if numbers else []
    found = [row for row in rows if _is_number(row.phone or "", wanted)]
    if len(found) > 1:
        raise Veto(
            many("{count} customer has this phone number", "{count} customers have this phone number", len(found)),
            "choose one by name",
            "customer",
        )
    return found


def _is_number(phone: str, wanted: str) -> bool:
    digits = phone.lstrip("+0")
    return digits.endswith(wanted) and len(digits) - len(wanted) <= COUNTRY_DIGITS + 1  # + a trunk zero between them


def known_about(pos: Pos, person: str) -> dict[str, Any] | None:
    """Return the customer's record and receipts, None where there is no such customer (any more)."""
    row = pos.records("customers_customer").get(person)
    if row is None or row["name"] is None:
        return None
    facts = {name: value for name, value in row.items() if name not in {"rev", "cards"}}
    return facts | {"cards": [entry["code"] for entry in row["cards"]], "sales": _sales(pos, person)}


def _sales(pos: Pos, person: str) -> list[Row]:
    """Read the journal for the person's receipts; their id stands in each of them."""
    mark = person.encode()
    found = []
    for entry in pos.journal.raw.scan():
        if entry.kind == SaleCompleted.kind and mark in entry.body:
            sale = entry.fact
            if isinstance(sale, SaleCompleted) and sale.person == person:
                total = plain(sale.total, exponent(sale.currency))
                items = [{"name": line.name, "quantity": plain(line.qty, 3)} for line in sale.lines]
                found.append({"number": sale.number, "at": entry.at, "total": total, "currency": sale.currency,
                              "items": items})  # fmt: skip
    return found
