"""What stands on a label: the item as the till would ring it up today, its price, and the bars that find it again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from babel.core import UnknownLocaleError
from babel.numbers import format_currency

from genesis import (
    Act,
    Cart,
    Done,
    Item,
    Pos,
    StoreSettings,
    UserError,
    available,
    decimal,
    exponent,
    item_of,
    many,
    new_file,
    round_div,
)
from genesis.hooks import pricing

ME, CONTENT = "labels", "content"
CATALOGUE, PREFIX = "catalog_product", "catalog:"  # the products, and what the refs of their items begin with
MOST = 5_000  # labels at once
# What a unit is told as, and how many of it that is.
BASE = {"kg": ("kg", 1), "g": ("kg", 1_000), "l": ("l", 1), "ml": ("l", 1_000), "m": ("m", 1), "m2": ("m2", 1)}
_CONTENT = re.compile(r"(?:(\d{1,3}) ?[x×] ?)?(\d{1,6}(?:[.,]\d{1,3})?) ?(kg|g|l|ml|m|m2)")


class Label(NamedTuple):
    """What stands on a label. base: its price per kilogram, litre ..., "" for none; code: what the bars say."""

    name: str
    price: str
    base: str = ""
    code: str = ""


def label(pos: Pos, item: Item) -> Label:
    """Return the label of an item; UserError where it has no price."""
    today = Cart(id="", name="", currency=pos.currency, register="", opened="", actor="")
    answer = pos.hooks.first(pricing.base_price)(cart=today, item=item, qty=1_000)
    if answer is None:
        raise UserError(f"{item.name} has no price", "set one, then print its label", "price")
    if item.unit in BASE:  # sold by weight or measure: that is its price
        unit, many = BASE[item.unit]
        return Label(item.name, f"{_money(pos, answer.e4 * many)} / {unit}", code=_code(pos, item))
    return Label(item.name, _money(pos, answer.e4), _base(pos, item, answer.e4), _code(pos, item))


def _base(pos: Pos, item: Item, e4: int) -> str:
    """Return the price per kilogram or litre of a piece whose content is known."""
    text = str(item.sections.get(ME, {}).get(CONTENT) or "").strip()
    if not text:
        return ""
    match = _CONTENT.fullmatch(text)
    amount = Fraction(match[2].replace(",", ".")) * int(match[1] or 1) if match else Fraction(0)
    if match is None or not amount:
        raise UserError(f"{item.name}: its content {text[:20]!r} cannot be read", "write it as 750 g or 6 x 0.33 l",
                        f"{ME}.{CONTENT}")  # fmt: skip
    unit, many = BASE[match[3]]
    cent = 10 ** (4 - exponent(pos.currency))
    return f"{_money(pos, round_div(Fraction(e4) * many / amount / cent) * cent)} / {unit}"


def _money(pos: Pos, e4: int) -> str:
    """Write a unit price in the store's language, with parts of a cent where it has some."""
    digits = exponent(pos.currency)
    minor = Decimal(e4).scaleb(-4)
    exact = minor if minor != round(minor, digits) else round(minor, digits)
    language = pos.settings(StoreSettings).language or "en"
    try:
        return format_currency(exact, pos.currency, locale=language, decimal_quantization=False)
    except (UnknownLocaleError, ValueError):
        return format_currency(exact, pos.currency, locale="en", decimal_quantization=False)


def _code(pos: Pos, item: Item) -> str:
    """Return what the bars say: the item's GTIN, else a code of one piece, else its SKU, "" for none."""
    if item.gtin:
        return item.gtin
    kept = pos.records(CATALOGUE).get(item.ref.removeprefix(PREFIX)) if item.ref.startswith(PREFIX) else None
    own = [entry["code"] for entry in (kept or {}).get("codes", ()) if entry["pack"] == 1_000]
    return str(own[0]) if own else item.sku


def retail(code: str) -> str:
    """Return a code as it is printed: 14 digits of a GTIN as EAN-8, UPC-A or EAN-13 where it is one."""
    if len(code) == 14 and code.isascii() and code.isdigit():
        for digits in (8, 12, 13):
            if not code[:-digits].strip("0"):
                return code[-digits:]
    return code


def _on_hand(pos: Pos, item: Item) -> int:
    """Return how many labels an item needs: one for each piece on hand; one where nobody counts, and for the shelf."""
    have = available(pos, [item.ref]).get(item.ref)
    return max(1, have.on_hand // 1_000) if have is not None and item.unit not in BASE else 1


def wanted(pos: Pos, codes: Sequence[str], copies: str) -> list[Label]:
    """Return the labels to print: so many of each, as many as are on hand where that is left out.

    One of what is sold by weight: its label stands on the shelf. UserError by field.
    """
    count = int(decimal(copies, "copies", 0)) if copies.strip() else None
    if count is not None and not 0 < count <= MOST:
        raise UserError("copies: it is out of range", f"use 1 to {MOST}, or leave it out", "copies")
    found: list[Label] = []
    for code in codes:
        item = item_of(pos, code)
        found += [label(pos, item)] * (count or _on_hand(pos, item))
        if len(found) > MOST:
            raise UserError(f"copies: these are more than {MOST} labels", "choose fewer products or copies", "copies")
    return found


def write(pos: Pos, codes: Sequence[str], path: Path, *, layout: str = "", copies: str = "", first: str = "") -> Done:
    """Write labels to a new PDF. first: the first label of the sheet that is not used yet, counted row by row."""
    from genesis_labels import layouts, sheet

    pos.permissions.require("records.read", CATALOGUE)
    on = layouts.chosen(pos, layout)
    skip = int(decimal(first, "first", 0)) - 1 if first.strip() else 0
    if not 0 <= skip < on.places:
        raise UserError("first: the sheet has no such label", f"use 1 to {on.places}", "first")
    printed = wanted(pos, codes, copies)
    data, bare = sheet.draw(printed, on, skip)
    return made(len(printed), bare, new_file(path, data))


def made(count: int, bare: Sequence[str], file: Path | None = None) -> Done:
    """Return what is said of labels that are done; bare: the names of those without bars."""
    if bare:
        told = many("{count} label; without bars, for want of room or of a code: {names}",
                    "{count} labels; without bars, for want of room or of a code: {names}",
                    count, names=", ".join(bare))  # fmt: skip
        return Done(text=told, tone="warn", file=file)
    return Done(text=many("{count} label", "{count} labels", count), file=file)


def print_chosen(pos: Pos, act: Act) -> Done:
    """Write the labels of the chosen products."""
    said = act.values
    codes = [f"{PREFIX}{product}" for product in act.rows]
    return write(pos, codes, Path(said["file"]).expanduser(), layout=said.get("layout", ""),
                 copies=said.get("copies", ""), first=said.get("first", ""))  # fmt: skip
