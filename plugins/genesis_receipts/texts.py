"""Text on a page: how wide it is, where it is broken, and drawn with a face for every letter. Sizes in points."""

from __future__ import annotations

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from genesis import Row
from genesis_receipts import fonts

CENTRED = {"title", "centre"}


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is."""
    return sum(float(pdfmetrics.stringWidth(part, font, size)) for font, part in fonts.runs(text, bold))


def wrapped(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """Return a text as lines that fit, broken between words and within those that are too long for a line."""
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if not line or width(longer, size, bold=bold) <= room:
            line = longer
        else:
            lines.append(line)
            line = word
        while width(line, size, bold=bold) > room and len(line) > 1:
            cut = next((n for n in range(len(line) - 1, 0, -1) if width(line[:n], size, bold=bold) <= room), 1)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line]


def laid(row: Row, room: float, size: float, gap: float, *, bold: bool, mirror: bool) -> list[tuple[float, int, str]]:
    """Return the pieces of a row as (x, line from above, text): its texts at both edges, `gap` apart at least."""
    style, left, right = row
    placed = []
    narrow = room - (width(right, size, bold=bold) + gap if right else 0)
    beside = narrow > room / 5
    lines = wrapped(left, narrow if beside else room, size, bold=bold) if left or beside else []
    for number, line in enumerate(lines):
        spare = room - width(line, size, bold=bold)
        placed.append((spare / 2 if style in CENTRED else spare if mirror else 0.0, number, line))
    ends = [right] * bool(right) if beside else wrapped(right, room, size, bold=bold)  # below where it has no room
    for number, line in enumerate(ends, len(lines) - beside):
        placed.append((0.0 if mirror else room - width(line, size, bold=bold), number, line))
    return placed


def put(canvas: Canvas, x: float, y: float, text: str, size: float, *, bold: bool = False) -> None:
    """Draw a text from x on, its letters standing on y."""
    for font, part in fonts.runs(text, bold):
        canvas.setFont(font, size)
        canvas.drawString(x, y, part)
        x += float(pdfmetrics.stringWidth(part, font, size))
