"""Turns a scanned or typed code into an item: what the label says, applied to what the catalogue knows."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import iso4217

from genesis import Item, Pos, Veto, exponent, round_div, to_step
from genesis_barcodes.gtin import gtin14
from genesis_barcodes.reader import Scan
from genesis_barcodes.service import read
from genesis_catalog import variants
from genesis_catalog.lookup import PREFIX, STYLE, Found, by_code, by_id, by_sku, item_of

SECTION = "catalog"  # what a label says beyond item and amount: batch, expiry, serial
_IDENTIFIER = re.compile(r"\A\][A-Za-z][0-9A-Za-z]", re.ASCII)
_AROUND = " \t\r\n\xa0\x1d"  # blanks, and the separator that scanners send; any other control character is junk
_PER_KILOGRAM = {"kg": 1, "g": 1_000}
_ONE = Decimal(1)


def resolve(pos: Pos, code: str) -> Item | None:
    """Return the item a code stands for, None where the catalogue does not have it.

    Veto where it is not sold any more, or where the label contradicts itself, the item or the store.
    """
    if code.startswith(f"{PREFIX}{STYLE}"):
        return variants.choose(pos, code.removeprefix(f"{PREFIX}{STYLE}"))
    if code.startswith(PREFIX):
        found = by_id(pos, code.removeprefix(PREFIX))
        return None if found is None else item_of(found)
    scan = read(pos, code)
    found = by_code(pos, scan.gtin) if scan.gtin else None
    if found is not None:
        return _labelled(pos, found, scan)
    return _as_printed(pos, code, scan)


def _as_printed(pos: Pos, code: str, scan: Scan) -> Item | None:
    """Look for the code itself: a number no rule should have cut, an in-house code, an SKU."""
    typed = _IDENTIFIER.sub("", code.strip(_AROUND))
    whole = gtin14(typed)
    found = by_code(pos, whole) if whole and whole != scan.gtin else None
    found = found or (by_code(pos, typed) if whole is None else None) or by_sku(pos, typed)
    if found is None and scan.labelled and not scan.valid:
        raise Veto(
            f"the label is printed wrong: {scan.reason}", "type the number below the bars, or tap the item", "code"
        )
    return None if found is None else item_of(found)


def _labelled(pos: Pos, found: Found, scan: Scan) -> Item:
    """Return the item with what its label says: how much of it, what it costs, its batch."""
    values = dict(scan.ais or ())
    quantity = _quantity(found, scan, values)
    amount = None if scan.price is None else _amount(pos, found, scan.price, values)
    if amount is not None and quantity is None and found.weighed and found.price_e4:
        quantity = _weight_paid(pos, found.price_e4, amount)
    said = (("batch", scan.batch), ("expiry", scan.expiry), ("serial", values.get("21")))
    kept = {name: value for name, value in said if value}
    return item_of(found, quantity, amount, {SECTION: kept} if kept else None)


def _quantity(found: Found, scan: Scan, values: dict[str, str]) -> int | None:
    """Return thousandths of the unit: a weight for what is sold by weight, a count of packs for the rest."""
    if scan.quantity is None:
        return None
    counted = scan.ais is not None and not any(ai.startswith("310") for ai in values)
    if not counted and not found.weighed:
        return None  # a piece with its weight on the label is still a piece
    if counted:
        quantity = int(scan.quantity) * found.pack
    elif found.unit in _PER_KILOGRAM:
        quantity = to_step(Decimal(scan.quantity) * _PER_KILOGRAM[found.unit], _ONE / 1_000)
    else:
        raise Veto(f"{found.name}: the label says kilograms, it is sold by {found.unit}", "weigh it again", "code")
    if quantity <= 0:
        raise Veto(f"{found.name}: the label says a quantity of {scan.quantity}", "weigh it again", "code")
    return quantity


def _amount(pos: Pos, found: Found, price: str, values: dict[str, str]) -> int:
    """Return the price on the label in minor units of the store's currency."""
    currency = pos.currency
    named = next((value[:3] for ai, value in values.items() if ai[:3] == "393" and len(ai) == 4), "")
    if named and f"{iso4217.Currency(currency).number:03}" != named:
        raise Veto(f"{found.name}: its price is in currency {named}, not in {currency}", "enter its price", "code")
    minor = Decimal(price).scaleb(exponent(currency))
    if minor != minor.to_integral_value() or minor <= 0:
        raise Veto(f"{found.name}: the label says a price of {price} {currency}", "weigh it again", "code")
    return int(minor)


def _weight_paid(pos: Pos, price_e4: int, amount: int) -> int:
    """Return how much was weighed, from what was charged for it (thousandths, at least one)."""
    e4 = Fraction(amount * 10_000, 10 ** exponent(pos.currency))
    return max(1, round_div(e4 * 1_000 / price_e4))
