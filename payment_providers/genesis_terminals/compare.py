"""Holds a provider's books against the journal, payment by payment; what a plugin answers `reconcile` with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select

from genesis import Discrepancy, Pos
from genesis_terminals.ledger import MOVED, SOLD, payment

AT_ONCE = 400  # names in one question to the database


class Booked(NamedTuple):
    """One movement in a provider's books (minor units, negative: given back).

    attempt: our own name of it there, "" where it has none. today: it was booked on the day that is compared; what
    stands beside it only counts for payments of that day which were booked earlier or later.
    """

    attempt: str
    reference: str
    amount: int
    currency: str
    today: bool = True


class BooksNotRead(Exception):
    """The provider's books cannot be read now; the text says why."""


def compare(pos: Pos, day: str, methods: Sequence[str], books: Callable[[], Iterable[Booked]]) -> list[Discrepancy]:
    """Return what differs between the books and what sales and reversals say of a business day.

    A reversal and what it gives back are one payment, whichever of the two the provider books.
    """
    try:
        booked = list(books())
    except BooksNotRead as error:
        return [Discrepancy(method=methods[0], reference="", ours=0, theirs=0, text=str(error), what="not_read")]
    theirs = _grouped(pos, booked)
    sold = select(payment.c.about).where(payment.c.day == day, payment.c.method.in_(methods), payment.c.state == SOLD)
    expected = {row.about for row in pos.db.all(sold)}
    found = expected | {about for about, rows in theirs.items() if any(row.today for row in rows)}
    ours = _rows(pos, payment.c.about, found)
    known: dict[str, list[Any]] = {}
    for row in ours:
        known.setdefault(row.about, []).append(row)
    made = (_difference(day, about, known.get(about, []), theirs.get(about, []), methods) for about in sorted(found))
    return [one for one in made if one is not None]


def _grouped(pos: Pos, booked: Sequence[Booked]) -> dict[str, list[Booked]]:
    """Return the movements by the payment they are about, which only ours can tell; else by their reference."""
    names = {row.attempt for row in booked if row.attempt}
    about = {row.attempt: row.about for row in _rows(pos, payment.c.attempt, names)}
    lost = {row.reference for row in booked if row.attempt not in about}
    about_reference = {row.reference: row.about for row in _rows(pos, payment.c.reference, lost)}
    found: dict[str, list[Booked]] = {}
    for row in booked:
        key = about.get(row.attempt) or about_reference.get(row.reference) or f"? {row.reference}"
        found.setdefault(key, []).append(row)
    return found


def _rows(pos: Pos, column: Any, names: Iterable[str]) -> list[Any]:
    wanted, found = sorted(names), list[Any]()
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        found += pos.db.all(select(payment).where(column.in_(part)))
    return found


def _difference(
    day: str, about: str, ours: Sequence[Any], theirs: Sequence[Booked], methods: Sequence[str]
) -> Discrepancy | None:
    moved = [row for row in ours if row.state in {MOVED, SOLD}]
    days = {row.day for row in moved if row.state == SOLD}
    if days and day not in days:
        return None  # it is compared on its own day
    mine, other = sum(row.amount for row in moved), sum(row.amount for row in theirs)
    currencies = {row.currency for row in (*moved, *theirs)}
    if mine == other and len(currencies) <= 1 and (days or moved or not other):
        return None
    if not days and moved and not theirs:
        return None  # it is not taken yet, or was let go
    first = moved[0] if moved else ours[0] if ours else None
    reference = next((row.reference for row in theirs), "") or (first.reference if first else "") or about
    what, text = _said(moved, ours, theirs, currencies)
    return Discrepancy(
        method=first.method if first else methods[0], reference=reference, ours=mine, theirs=other, what=what,
        text=text, currency=min(currencies), receipt=next((row.number for row in moved if row.number), ""),
    )  # fmt: skip


def _said(moved: Sequence[Any], ours: Sequence[Any], theirs: Sequence[Booked], currencies: set[str]) -> Any:
    if not theirs:
        return "not_there", "a receipt says that it was paid, and the provider's books do not have it"
    if not ours:
        return "not_here", "the provider's books have it, and no register started it"
    if not moved:
        return "not_here", "the provider's books have it, and the register does not say that it was paid"
    if len(currencies) > 1:
        return "amount", f"the currencies differ: {', '.join(sorted(currencies))}"
    return "amount", "the amounts differ"
