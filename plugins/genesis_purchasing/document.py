"""An order as its supplier gets it: a PDF with embedded fonts, the same bytes for the same order, or a CSV."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from genesis import Pos, StoreSettings, UserError, exponent, extended, new_file, plain, price_text, quantity_text
from genesis_purchasing import service
from genesis_purchasing.service import Order
from genesis_receipts import fonts, texts

COLUMNS = ("line", "code", "item", "name", "quantity", "pack", "price", "amount")
WIDTH, HEIGHT = A4
MARGIN, LEADING, SIZE = 18 * mm, 6 * mm, 9.0
# Left edge of what stands left, right edge of what stands right.
LEFT = {"code": MARGIN, "name": MARGIN + 32 * mm}
RIGHT = {"quantity": WIDTH - MARGIN - 50 * mm, "price": WIDTH - MARGIN - 25 * mm, "amount": WIDTH - MARGIN}


def table(pos: Pos, found: Order) -> list[tuple[str, ...]]:
    """Return the lines of an order as text, in the order of COLUMNS."""
    digits = exponent(pos.currency)
    return [
        (str(row.n), row.code, row.item, row.name, quantity_text(row.qty), quantity_text(row.pack),
         price_text(row.price_e4, digits), plain(extended(row.qty, row.price_e4, digits), digits))
        for row in found.lines
    ]  # fmt: skip


def as_csv(pos: Pos, found: Order) -> bytes:
    """Return the order as CSV (UTF-8, a header, one line each); a text that a spreadsheet would run is quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("order", *COLUMNS))
    for row in table(pos, found):
        writer.writerow([_harmless(text) for text in (found.number, *row)])
    return out.getvalue().encode()


def _harmless(text: str) -> str:
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t"} else text


def as_pdf(pos: Pos, found: Order) -> bytes:
    """Return the order as PDF, on as many pages as it needs."""
    fonts.register()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(f"Order {found.number}".strip())
    paper = _Paper(canvas)
    paper.line((MARGIN, f"Order {found.number}" if found.number else "Draft order, not sent", True, 16.0))
    paper.line((MARGIN, pos.settings(StoreSettings).name, True, 11.0))
    paper.line((MARGIN, f"To {found.supplier_name}", False, 11.0))
    told = [("Date", found.day), ("Delivery by", found.due), ("Terms", found.terms), ("Note", found.note)]
    for name, text in told:
        if text:
            paper.line((MARGIN, f"{name}: {text}", False, SIZE))
    _heads(paper)
    for row in table(pos, found):
        if paper.y < MARGIN + 2 * LEADING:
            paper.turn()
            _heads(paper)
        _row(paper, dict(zip(COLUMNS, row, strict=True)), bold=False)
    total = service.amount(pos, found.lines)
    paper.rule()
    paper.line((LEFT["name"], "Total", True, SIZE), right=((RIGHT["amount"], f"{total} {total.currency}", True),))
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _heads(paper: _Paper) -> None:
    _row(paper, {"code": "Your code", "name": "Article", "quantity": "Quantity", "price": "Price",
                 "amount": "Amount"}, bold=True)  # fmt: skip
    paper.rule()


def _row(paper: _Paper, cells: dict[str, str], *, bold: bool) -> None:
    code = (LEFT["code"], _cut(cells["code"], LEFT["name"] - LEFT["code"], bold), bold, SIZE)
    name = (LEFT["name"], _cut(cells["name"], RIGHT["quantity"] - LEFT["name"] - 18 * mm, bold), bold, SIZE)
    paper.line(code, name, right=tuple((edge, cells[column], bold) for column, edge in RIGHT.items()))


def _cut(text: str, room: float, bold: bool) -> str:
    """Return as much of a text as there is room for."""
    if texts.width(text, SIZE, bold=bold) <= room:
        return text
    while text and texts.width(text + "...", SIZE, bold=bold) > room:
        text = text[:-1]
    return text + "..."


class _Paper:
    """Where the next line goes."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas, self.y = canvas, HEIGHT - MARGIN

    def turn(self) -> None:
        self.canvas.showPage()
        self.y = HEIGHT - MARGIN

    def rule(self) -> None:
        self.canvas.setLineWidth(0.4)
        self.canvas.line(MARGIN, self.y + LEADING / 2, WIDTH - MARGIN, self.y + LEADING / 2)
        self.y -= LEADING / 3

    def line(self, *left: tuple[float, str, bool, float], right: tuple[tuple[float, str, bool], ...] = ()) -> None:
        self.y -= LEADING
        for x, text, bold, size in left:
            texts.put(self.canvas, x, self.y, text, size, bold=bold)
        for end, text, bold in right:
            edge = end - texts.width(text, SIZE, bold=bold)
            texts.put(self.canvas, edge, self.y, text, SIZE, bold=bold)


def write(pos: Pos, ref: str, path: Path) -> Path:
    """Write an order to a new file, PDF or CSV by its name; UserError where that cannot be."""
    pos.permissions.require("stock.costs", "order")
    found = service.current(pos, ref)
    kinds: dict[str, Any] = {".pdf": as_pdf, ".csv": as_csv}
    make = kinds.get(path.suffix.lower())
    if make is None:
        raise UserError(f"file: {path.name} is neither .pdf nor .csv", "give a name that ends like one", "file")
    return new_file(path, make(pos, found))
