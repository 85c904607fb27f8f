"""Rows and pictures as dots, for printers that have no letters for a script: drawn with the faces of the PDF."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from genesis import Row
from genesis_receipts import fonts
from genesis_receipts.escpos import LETTER
from genesis_receipts.texts import laid

SIZE, SMALL, LEADING = 24, 20, 34  # dots, as tall as the printer's own letters and lines
BAND = 96  # rows of dots in one command; long ones overflow some printers
TALLEST = 320  # rows of dots of a logo
GAP = 10
BOLD = {"title", "total", "bold"}


def text(row: Row, width: int, *, mirror: bool = False) -> bytes:
    """Return the command that prints one row of text, `width` characters wide."""
    bold, size = row[0] in BOLD, SMALL if row[0] == "small" else SIZE
    fonts.register()
    pieces = laid(row, width * LETTER, size, GAP, bold=bold, mirror=mirror)
    sheet = Image.new("L", (width * LETTER, (pieces[-1][1] + 1) * LEADING), 255)
    pen = ImageDraw.Draw(sheet)
    for start, number, line in pieces:
        x, base = start, number * LEADING + LEADING * 0.75
        for face, part in fonts.runs(line, bold):
            font = _face(face, size)
            pen.text((x, base), part, 0, font, anchor="ls")
            x += font.getlength(part)
    return bands(sheet.point(lambda grey: 255 if grey > 140 else 0, "1"))


def rule(width: int) -> bytes:
    """Return the command that prints a line across the paper."""
    sheet = Image.new("1", (width * LETTER, LEADING // 2), 1)
    ImageDraw.Draw(sheet).line((0, LEADING // 4, width * LETTER, LEADING // 4), 0, 2)
    return bands(sheet)


def picture(data: bytes | None, width: int) -> bytes:
    """Return the commands that print a picture in the middle of the paper; none for one that cannot be read."""
    try:
        found = Image.open(io.BytesIO(data or b"")).convert("RGBA")
    except Exception:  # noqa: BLE001  a broken picture is left out: the receipt matters more
        return b""
    found.thumbnail((width * LETTER, TALLEST))
    sheet = Image.new("L", (width * LETTER, found.height), 255)
    sheet.paste(found.convert("L"), ((sheet.width - found.width) // 2, 0), found.getchannel("A"))
    return bands(sheet.convert("1"))


def bands(sheet: Image.Image) -> bytes:
    """Return a sheet of black and white as GS v 0 commands, the printer's raster of one dot a bit."""
    wide, made = (sheet.width + 7) // 8, b""
    for top in range(0, sheet.height, BAND):
        high = min(BAND, sheet.height - top)
        dots = sheet.crop((0, top, wide * 8, top + high)).tobytes()
        made += b"\x1dv0\x00" + wide.to_bytes(2, "little") + high.to_bytes(2, "little")
        made += bytes(byte ^ 0xFF for byte in dots)
    return made


@lru_cache(16)
def _face(name: str, size: int) -> ImageFont.FreeTypeFont:
    # BASIC: what is drawn is in its order and its forms already; a second time would turn it back
    return ImageFont.truetype(fonts.face_file(name), size, layout_engine=ImageFont.Layout.BASIC)
