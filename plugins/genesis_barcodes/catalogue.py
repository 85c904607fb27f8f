"""Asks the plugins that the till asks what a code is in this store."""

from __future__ import annotations

from collections.abc import Iterator

from genesis import Item, Pos, Veto
from genesis.hooks import cart as cart_hooks
from genesis_barcodes.reader import MOST_CHARACTERS, Scan

MOST_CODES = 200


def item_of(pos: Pos, scan: Scan) -> dict[str, str] | None:
    """Return what the store sells under this code, or None."""
    code = scan.input.strip(" \t\r\n")
    if not 1 <= len(code) < MOST_CHARACTERS or (not code.isprintable() and "\x1d" not in code):
        return None
    try:
        item = pos.hooks.first(cart_hooks.resolve_code)(cart=None, code=code)
    except Veto:
        return None
    if not isinstance(item, Item):
        return None
    return {"ref": item.ref, "name": item.name, "sku": item.sku, "gtin": item.gtin, "unit": item.unit}


def sellable_codes(pos: Pos) -> Iterator[str]:
    """Yield codes that sell by one scan in this store: their items have a price and need no scale."""
    for hits in pos.hooks.each(cart_hooks.search_items)(text="", category="", limit=MOST_CODES):
        for hit in hits:
            code = hit.item.gtin or hit.item.sku
            if code and hit.price is not None and not hit.item.weighed:
                yield code.removeprefix("0") if len(code) == 14 else code
