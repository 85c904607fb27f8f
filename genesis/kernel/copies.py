"""Finding a sale by its receipt number and making counted copies of the receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genesis.kernel import reporting
from genesis.kernel.entries import Entry, FactRef
from genesis.kernel.errors import UserError
from genesis.kernel.facts import ReceiptReprinted, Row, SaleCompleted
from genesis.kernel.receipt import fill

if TYPE_CHECKING:
    from genesis.kernel.pos import Pos


def sale_of(entry: Entry) -> SaleCompleted:
    """Return the sale of a fact; UserError where it is something else."""
    if not isinstance(entry.fact, SaleCompleted):
        raise UserError(f"{entry.ref} is not a sale", "", "receipt")
    return entry.fact


def find_sale(pos: Pos, number: str) -> Entry:
    """Return the sale with this receipt number."""
    number = number.strip()
    if not number.isprintable():
        raise UserError(f"there is no receipt {number[:40]!r}", "check the number on the receipt", "receipt")
    place = reporting.sale_place(pos, number)
    if place is None:
        pos.journal.wait(pos.journal.raw.pos(), reporting.SALES)
        place = reporting.sale_place(pos, number)
    entry = pos.journal.entry(FactRef(*place)) if place else None
    if entry is None:
        raise UserError(f"there is no receipt {number[:40]!r}", "check the number on the receipt", "receipt")
    return entry


def copy_of_receipt(pos: Pos, number: str, shift: str = "") -> list[Row]:
    """Return the rows of a copy: identical to the first but for its COPY line; recorded and counted."""
    pos.permissions.require("register.reprint", number)
    entry = find_sale(pos, number)
    sale = sale_of(entry)
    pos.journal.wait(pos.journal.raw.pos(), reporting.SALES)
    copy = reporting.copies(pos, sale.sale) + 1
    pos.journal.append(ReceiptReprinted(sale=sale.sale, of=sale.number, copy=copy, shift=shift))
    return fill(sale, entry, copy)
