"""The PDF of a receipt: one page of paper width, fonts embedded, the same bytes for the same rows."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from reportlab.graphics.barcode import code128, qr
from reportlab.graphics.shapes import Drawing
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from genesis import Row
from genesis_receipts import fonts
from genesis_receipts.direction import mirrored
from genesis_receipts.texts import laid, put

WIDTH, MARGIN = 80 * mm, 4 * mm
SIZES = {"title": 13.0, "total": 12.0, "bold": 10.0, "small": 8.0}
LEADING = 1.35
BOLD = {"title", "total", "bold"}
NORMAL = 9.5


def write(rows: Sequence[Row], picture: Callable[[str], bytes | None]) -> bytes:
    """Return the PDF. picture: bytes of a kept file by its SHA-256."""
    fonts.register()
    mirror = mirrored(rows)
    drawn = [_Drawn(row, picture, mirror) for row in rows]
    height = sum(d.height for d in drawn) + 2 * MARGIN
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, height), invariant=1, pageCompression=1)
    canvas.setTitle("Receipt")
    y = height - MARGIN
    for one in drawn:
        y -= one.height
        one.draw(canvas, y)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


class _Drawn:
    """One row, measured and ready to draw."""

    def __init__(self, row: Row, picture: Callable[[str], bytes | None], mirror: bool) -> None:
        self.style, self.left, _ = row
        self.size = SIZES.get(self.style, NORMAL)
        self.bold = self.style in BOLD
        self.parts: list[tuple[float, int, str]] = []
        self.image = _image(picture(self.left)) if self.style == "image" else None
        if self.style in {"barcode", "qr"}:
            self.height = 14 * mm if self.style == "barcode" else 30 * mm
        elif self.style == "image":
            self.height = 20 * mm if self.image else 0.0
        elif self.style == "rule":
            self.height = 3 * mm
        else:
            self.parts = laid(row, WIDTH - 2 * MARGIN, self.size, 2 * mm, bold=self.bold, mirror=mirror)
            self.height = (self.parts[-1][1] + 1) * self.size * LEADING

    def draw(self, canvas: Canvas, y: float) -> None:
        if self.style == "rule":
            canvas.setLineWidth(0.4)
            canvas.line(MARGIN, y + 1.5 * mm, WIDTH - MARGIN, y + 1.5 * mm)
        elif self.style == "barcode":
            bars = code128.Code128(self.left, barHeight=10 * mm, barWidth=0.3 * mm)
            bars.drawOn(canvas, (WIDTH - bars.width) / 2, y + 2 * mm)
        elif self.style == "qr":
            drawing = Drawing(26 * mm, 26 * mm)
            drawing.add(qr.QrCodeWidget(self.left, barWidth=26 * mm, barHeight=26 * mm))
            drawing.drawOn(canvas, (WIDTH - 26 * mm) / 2, y + 2 * mm)
        elif self.image is not None:
            canvas.drawImage(self.image, MARGIN, y + mm, WIDTH - 2 * MARGIN, self.height - 2 * mm,
                             preserveAspectRatio=True, mask="auto")  # fmt: skip
        elif self.parts:
            self._text(canvas, y)

    def _text(self, canvas: Canvas, y: float) -> None:
        last = self.parts[-1][1]
        for x, number, text in self.parts:
            base = y + (last - number) * self.size * LEADING + self.size * 0.3
            put(canvas, MARGIN + x, base, text, self.size, bold=self.bold)


def _image(data: bytes | None) -> ImageReader | None:
    if data is None:
        return None
    try:
        return ImageReader(io.BytesIO(data))
    except Exception:  # noqa: BLE001  a broken picture is left out: the receipt matters more
        return None
