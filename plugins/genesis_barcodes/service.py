"""What other plugins ask of this one: what a code is, read by the rules of this store."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from genesis import Pos
from genesis_barcodes.reader import Scan, interpret
from genesis_barcodes.rules import Rule


class BarcodeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The table of this store's scales."""

    rules: Annotated[
        tuple[Rule, ...],
        Meta(
            title="Price and weight labels",
            description="prefix, item_digits, value_digits, decimals, kind (price or weight), value_check",
            max_length=100,
        ),
    ] = ()


def read(pos: Pos, code: str) -> Scan:
    """Return what the code is; never raises. Its `gtin` is what a catalogue compares."""
    return interpret(code, pos.settings(BarcodeSettings).rules, year=pos.clock.now().year)
