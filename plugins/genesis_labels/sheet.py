"""Draws labels onto pages: the same bytes for the same labels, fonts embedded, bars that a scanner reads."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from reportlab.graphics.barcode import code128, eanbc
from reportlab.graphics.shapes import Drawing
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from genesis_labels.layouts import Layout
from genesis_labels.service import Label, retail
from genesis_receipts import fonts
from genesis_receipts.texts import put, width, wrapped

EDGE = 2 * mm
QUIET = 10  # modules left white on both sides of Code 128
WIDEST, THINNEST = 0.33 * mm, 0.19 * mm  # of a module: as in shops, and what printers still print and scanners read
EAN = {13: (eanbc.Ean13BarcodeWidget, 113), 12: (eanbc.UPCA, 113), 8: (eanbc.Ean8BarcodeWidget, 81)}  # with quiet zones
LEADING = 1.15


def draw(labels: Sequence[Label], on: Layout, skip: int = 0) -> tuple[bytes, list[str]]:
    """Return a PDF with these labels from the place after `skip` on, and the names of those without bars."""
    fonts.register()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(on.page[0] * mm, on.page[1] * mm), invariant=1, pageCompression=1)
    canvas.setTitle("Labels")
    bare: dict[str, None] = {}
    for number, one in enumerate(labels, skip):
        place = number % on.places
        if number > skip and not place:
            canvas.showPage()
        left, top = on.place(place)
        box = (left * mm, (on.page[1] - top - on.label[1]) * mm, on.label[0] * mm, on.label[1] * mm)
        if not _label(canvas, one, box):
            bare[one.name] = None
    canvas.showPage()
    canvas.save()
    return out.getvalue(), list(bare)


def _label(canvas: Canvas, one: Label, box: tuple[float, float, float, float]) -> bool:
    """Draw one label into (x, y, width, height); returns whether it has bars."""
    x, y, wide, high = box
    room, top = wide - 2 * EDGE, y + high - EDGE
    size = min(10.0, high / mm * 0.32)
    for line in _lines(one.name, room, size):
        top -= size * LEADING
        put(canvas, x + EDGE, top + size * 0.2, line, size)
    price = min(size * 1.9, size * 1.9 * room / max(width(one.price, size * 1.9, bold=True), 1.0))
    top -= price * LEADING
    put(canvas, x + EDGE, top + price * 0.2, one.price, price, bold=True)
    if one.base:
        small = size * 0.8
        left = x + wide - EDGE - width(one.base, small)
        if left < x + EDGE + width(one.price, price, bold=True) + mm:  # no room beside the price
            left, top = x + EDGE, top - small * LEADING
        put(canvas, left, top + small * 0.2, one.base, small)
    return _bars(canvas, one.code, (x, y + EDGE, wide, top - y - EDGE - 0.5 * mm))


def _lines(text: str, room: float, size: float) -> list[str]:
    """Return a name in at most two lines; what has no room is cut."""
    lines = wrapped(text, room, size)
    if len(lines) <= 2:
        return lines
    last = lines[1]
    while last and width(f"{last}...", size) > room:
        last = last[:-1]
    return [lines[0], f"{last}..."]


def _bars(canvas: Canvas, code: str, box: tuple[float, float, float, float]) -> bool:
    """Draw the bars of a code in the middle of a box; False where it has none or they would be too fine to read."""
    x, y, wide, high = box
    high = min(high, 16 * mm)
    text = retail(code)
    if not text or high < 5 * mm:
        return False
    if text.isdigit() and len(text) in EAN:
        make, modules = EAN[len(text)]
        module = min(WIDEST, wide / modules)
        if module < THINNEST:
            return False
        _retail(canvas, make(text, barHeight=high, barWidth=module, fontSize=7), x, y, wide)
        return True
    if not (text.isascii() and text.isprintable()):
        return False
    plain = code128.Code128(text, barWidth=1, quiet=False)
    module = min(WIDEST, wide / (plain.width + 2 * QUIET))
    if module < THINNEST:
        return False
    bars = code128.Code128(text, barHeight=high - 8, barWidth=module, quiet=False)
    bars.drawOn(canvas, x + (wide - bars.width) / 2, y + 8)
    put(canvas, x + (wide - width(text, 7)) / 2, y + 1, text, 7)
    return True


def _retail(canvas: Canvas, widget: Any, x: float, y: float, wide: float) -> None:
    left, low, right, high = widget.getBounds()
    drawing = Drawing(right - left, high - low)
    drawing.add(widget)
    drawing.drawOn(canvas, x + (wide - (right - left)) / 2, y)
