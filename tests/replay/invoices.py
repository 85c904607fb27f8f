"""Reads real invoices of the Online Retail set, each row with its exact price, each sorted into what it is."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Literal, NamedTuple

Kind = Literal["sale", "return", "stock", "debt"]


class Row(NamedTuple):
    """One line of an invoice. stock: pieces written off at price 0; debt: an entry of the ledger, no goods."""

    invoice: str
    code: str
    name: str
    quantity: int
    price: Decimal

    @property
    def kind(self) -> Kind:
        """What the row is, by the rules its publishers gave: C cancels, A adjusts bad debt."""
        if self.invoice.startswith("A"):
            return "debt"
        if self.invoice.startswith("C"):
            return "return"
        return "stock" if self.quantity < 0 and self.price == 0 else "sale"


def read(path: Path, first: int, also: frozenset[str]) -> dict[str, list[Row]]:
    """Return the first invoices of the file and those asked for, in its order: invoice -> its rows."""
    found: dict[str, list[Row]] = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        head = next(file)
        for values in csv.DictReader(chain([head], _wanted(file, first, also))):
            row = Row(values["InvoiceNo"], values["StockCode"], values["Description"].strip(),
                      int(values["Quantity"]), Decimal(values["UnitPrice"]))  # fmt: skip
            found.setdefault(row.invoice, []).append(row)
    return found


def _wanted(lines: Iterator[str], first: int, also: frozenset[str]) -> Iterator[str]:
    """Pass the lines of the invoices asked for on; only these are taken apart, which keeps a slice quick."""
    begun: set[str] = set()
    for line in lines:
        invoice = line[: line.index(",")]
        if len(begun) < first:
            begun.add(invoice)
        if invoice in begun or invoice in also:
            yield line
