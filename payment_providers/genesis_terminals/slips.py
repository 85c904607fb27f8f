"""What a receipt says of payments at a card terminal."""

from __future__ import annotations

from collections.abc import Callable, Collection

from genesis import Block, Row, SaleCompleted, Tender, exponent, plain, slip_rows


def slip_blocks(sale: SaleCompleted, methods: Collection[str], title: Callable[[Tender], str]) -> list[Block] | None:
    """Return the slips of the payments by these methods; title: what a slip is headed with."""
    rows: list[Row] = []
    for tender in sale.tenders:
        if tender.method in methods:
            rows.append(("small", title(tender), plain(tender.tendered, exponent(sale.currency))))
            rows += [("small", f"  {label}", text) for label, text in slip_rows(tender.details)]
    return [Block(slot="footer", rows=tuple(rows), order=20)] if rows else None
