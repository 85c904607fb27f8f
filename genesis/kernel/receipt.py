"""The receipt as rows: composed once when the sale is recorded, the same for ever after."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from genesis.kernel.money import exponent, plain, price_text, quantity_text

if TYPE_CHECKING:
    from genesis.hooks.values import Block
    from genesis.kernel.cart import Tender
    from genesis.kernel.entries import Entry
    from genesis.kernel.facts import Row, SaleCompleted, SaleLine

WIDTH = 42
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def printable(text: str) -> str:
    """Return a text as one line without control characters, whatever somebody wrote into a name."""
    return text if text.isprintable() else _CONTROL.sub(" ", text)


def compose(sale: SaleCompleted, store: str, blocks: Sequence[Block]) -> tuple[Row, ...]:
    """Return the rows of a receipt: the kernel's own, with the plugins' blocks in their slots."""
    digits = exponent(sale.currency)
    placed: dict[str, list[Row]] = {"header": [], "lines": [], "totals": [], "footer": []}
    words = {label: called for block in blocks for label, called in block.words.items()}

    def say(label: str) -> str:
        return words.get(label, label)

    for block in sorted(blocks, key=lambda b: b.order):
        placed[block.slot].extend(block.rows)
    rows: list[Row] = placed["header"] or [("title", store, "")]
    if sale.mode == "training":
        rows = [("title", say("TRAINING - NOT A RECEIPT"), ""), *rows]
    rows = [*rows, ("text", "{number}", "{at}"), ("copy", say("COPY"), ""), ("rule", "", "")]
    for line in sale.lines:
        rows += _line_rows(line, digits, say)
    rows += [*placed["lines"], ("rule", "", "")]
    rows += [("text", reason, plain(amount, digits)) for reason, amount in _of_the_cart(sale)]
    rows.append(("total", f"{say('Total')} {sale.currency}", plain(sale.total, digits)))
    rows += placed["totals"]
    if sale.rounding:
        rows.append(("text", say("Rounding"), plain(sale.rounding, digits)))
    for tender in sale.tenders:
        rows += _tender_rows(tender, sale.currency, say)
    return (*rows, *placed["footer"], ("small", f"{sale.register} {sale.actor}", "{hash}"))


def _tender_rows(tender: Tender, currency: str, say: Callable[[str], str]) -> list[Row]:
    digits, label = exponent(currency), say(tender.title)
    rate: list[Row] = []
    if tender.currency:
        given = plain(tender.given, exponent(tender.currency))
        label, rate = (
            f"{say('Cash')} {given} {tender.currency}",
            [("small", f"  1 {tender.currency} = {tender.rate} {currency}", "")],
        )
    rows: list[Row] = [("text", label, plain(tender.tendered, digits)), *rate]
    if tender.tip:
        rows.append(("text", say("Tip"), plain(tender.tip, digits)))
    if tender.change:
        rows.append(("text", say("Change"), plain(tender.change, digits)))
    return rows


def _of_the_cart(sale: SaleCompleted) -> list[tuple[str, int]]:
    """Return the adjustments of the whole cart by reason; those of one line stand under it."""
    totals: dict[str, int] = {}
    for line in sale.lines:
        for adjustment in line.adjustments:
            if adjustment.stage != "line":
                totals[adjustment.reason] = totals.get(adjustment.reason, 0) + adjustment.amount
    return list(totals.items())


def _line_rows(line: SaleLine, digits: int, say: Callable[[str], str]) -> list[Row]:
    free = line.under and not line.gross
    rows: list[Row] = [
        ("small" if free else "text", f"  {line.name}" if line.under else line.name,
         "" if free else plain(line.base, digits))
    ]  # fmt: skip
    if line.price is not None and line.qty != 1000:
        unit = "" if line.unit == "pcs" else f" {line.unit}"
        rows.append(("small", f"  {quantity_text(line.qty)}{unit} x {price_text(line.price, digits)}", ""))
    if line.returns is not None:
        rows.append(("small", f"  {say('return of')} {line.returns.number}", ""))
    rows += [("small", f"  {a.reason}", plain(a.amount, digits)) for a in line.adjustments if a.stage == "line"]
    if line.note:
        rows.append(("small", f"  {line.note}", ""))
    return rows


def local_time(at: str, offset: int) -> str:
    """Return a fact's time as the register's clock showed it."""
    moment = datetime.fromisoformat(at) + timedelta(minutes=offset)
    return moment.strftime("%Y-%m-%d %H:%M")


def fill(sale: SaleCompleted, entry: Entry, copy: int = 0) -> list[Row]:
    """Return the stored rows with number, time, short hash and, for a reprint, the COPY line filled in."""
    values = {"{number}": sale.number, "{at}": local_time(entry.at, sale.offset), "{hash}": entry.hash.hex()[:12]}
    rows: list[Row] = []
    for style, left, right in sale.document:
        if style == "copy":
            if copy:
                rows.append(("bold", f"{left or 'COPY'} {copy}", ""))
            continue
        rows.append((style, values.get(left, left), values.get(right, right)))
    return rows


def text(rows: Sequence[Row], width: int = WIDTH) -> str:
    """Render rows as plain text of a fixed width; long names wrap, amounts stay on the right."""
    return "".join(line + "\n" for row in rows for line in lines_of(row, width))


def lines_of(row: Row, width: int = WIDTH) -> list[str]:
    """Return the text lines of one row; pictures and codes have none."""
    style, left, right = row[0], printable(row[1]), printable(row[2])
    if style == "rule":
        return ["-" * width]
    if style in {"barcode", "qr", "image"}:
        return []
    if style in {"title", "centre"}:
        return [part.center(width).rstrip() for part in _wrap(left, width)]
    if len(right) > width - 9:  # no room beside it: it goes below, at its edge
        return [*(_wrap(left, width) if left else []), *(part.rjust(width) for part in _wrap(right, width))]
    parts = _wrap(left, width - len(right) - 1 if right else width)
    gap = " " * max(1, width - len(parts[-1]) - len(right))
    return [*parts[:-1], f"{parts[-1]}{gap}{right}" if right else parts[-1]]


def _wrap(content: str, width: int) -> list[str]:
    return [content[i : i + width] for i in range(0, len(content), width)] or [""]
