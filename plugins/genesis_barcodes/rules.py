"""Reads the prices and weights that scales print into in-store codes, by a table each store sets for itself.

No two countries agree on these codes, so nothing is assumed: without a rule such a code is an ordinary number. The
US layout (number system 2, five digits of item, a price check digit, four digits of price) is
`Rule(prefix="02", item_digits=5, value_digits=4, decimals=2, kind="price", value_check=True)`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, get_args

import msgspec

from genesis import UserError, plain
from genesis_barcodes.gtin import check_digit, value_check_digit

ValueKind = Literal["price", "weight"]
_IN_STORE = re.compile(r"(2[0-9]|0[24])[0-9]{0,4}", re.ASCII)


class RuleFault(UserError, ValueError):
    """A rule that cannot be; a ValueError too, so that settings report it beside their other problems."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the 13 digits of a code that begins with `prefix` are cut: prefix, item, check of value, value, check digit.

    prefix: 20 to 29, 02 or 04 (a UPC-A has a 0 before it), or longer. decimals: of the price or of the kilograms.
    value_check: whether a check digit of the value stands before it. Raises RuleFault naming the field.
    """

    prefix: str
    item_digits: int
    value_digits: int
    decimals: int
    kind: ValueKind
    value_check: bool = False

    def __post_init__(self) -> None:
        if not _IN_STORE.fullmatch(self.prefix):
            raise _fault("prefix", f"{self.prefix[:20]!r} is no in-store prefix", "use 20 to 29, 02, 04 or longer")
        if self.kind not in get_args(ValueKind):
            raise _fault("kind", f"{str(self.kind)[:20]!r} is not known", "use price or weight")
        if self.value_check and self.value_digits not in (4, 5):
            raise _fault("value_digits", "a value with a check digit has 4 or 5 digits", "use 4 or 5")
        if self.item_digits < 1 or self.value_digits < 1:
            raise _fault("item_digits", "item and value have at least one digit", "use 1 or more")
        if len(self.prefix) + self.item_digits + self.value_check + self.value_digits != 12:
            raise _fault("value_digits", "the digits do not add up to 13 with the check digit", "change item or value")
        if not 0 <= self.decimals <= self.value_digits:
            raise _fault("decimals", f"{self.decimals} is out of range", f"use 0 to {self.value_digits}")


class Embedded(msgspec.Struct, frozen=True):
    """What a label of a scale carries: the item's own number (value zeroed), and a price or a weight."""

    gtin: str
    price: str | None
    weight: str | None
    fault: str


def _fault(field: str, reason: str, remedy: str) -> RuleFault:
    return RuleFault(f"{field}: {reason}", remedy, field)


def read_embedded(code: str, rules: Sequence[Rule]) -> Embedded | None:
    """Cut the 13 digits of a code by the first rule whose prefix fits; None where none does.

    The item's number is what a catalogue keeps for such an item: the code with zeros for the value (and its check
    digit), its own check digit set anew. weight is in kilograms.
    """
    rule = next((rule for rule in rules if code.startswith(rule.prefix)), None)
    if rule is None:
        return None
    item = code[: len(rule.prefix) + rule.item_digits]
    value = code[12 - rule.value_digits : 12]
    fault = ""
    if rule.value_check and int(code[len(item)]) != value_check_digit(value):
        fault = f"the check digit of the {rule.kind} is {code[len(item)]}, not {value_check_digit(value)}"
    body = item.ljust(12, "0")
    shown = plain(int(value), rule.decimals)
    return Embedded(
        gtin=f"{body}{check_digit(body)}".zfill(14),
        price=shown if rule.kind == "price" else None,
        weight=shown if rule.kind == "weight" else None,
        fault=fault,
    )
