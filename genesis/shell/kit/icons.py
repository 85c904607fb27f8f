"""Icons from the Lucide font, drawn by Pillow in the size and colours where they stand."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import as_file, files
from typing import NamedTuple

import msgspec
from PIL import Image, ImageDraw, ImageFont

MISSING = "shapes"  # stands for an icon that a plugin names and the font does not have


class Glyphs(NamedTuple):
    """The font's bytes in memory (the file is read once) and its names."""

    font: bytes
    codes: dict[str, str]


@lru_cache(maxsize=1)
def glyphs() -> Glyphs:
    """Read the icon font of the installed package."""
    package = files("tkinter_icons_lucide")
    with as_file(package / "fonts" / "lucide.ttf") as path:
        font = path.read_bytes()
    codes = msgspec.json.decode((package / "glyphmap.json").read_bytes(), type=dict[str, str])
    return Glyphs(font, {name.removeprefix("icon-"): chr(int(code, 16)) for name, code in codes.items()})


def exists(name: str) -> bool:
    """Tell whether the font has this icon."""
    return name in glyphs().codes


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont:
    from io import BytesIO

    return ImageFont.truetype(BytesIO(glyphs().font), size)


def paint(name: str, size: int, colour: str, under: str) -> Image.Image:
    """Return the icon as an opaque square of `size` pixels; centred by its em box, so that rows of icons align."""
    codes = glyphs().codes
    picture = Image.new("RGB", (size, size), under)
    char = codes.get(name) or codes[MISSING]
    ImageDraw.Draw(picture).text((0, size), char, font=_font(size), fill=colour, anchor="ls")
    return picture
