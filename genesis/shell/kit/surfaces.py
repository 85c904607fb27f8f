"""Anti-aliased shapes: drawn once with Pillow on their known background, because Tk draws no smooth corners."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFilter

_OVER = 4  # supersampling of masks


class Look(NamedTuple):
    """How a surface is painted, all lengths in pixels.

    under: the colour it stands on. shadow: (colour, strength, reach). band: a tinted head as (height from the
    outer edge, colour, colour of the line below it where the theme has outlines).
    """

    width: int
    height: int
    radius: int
    fill: str
    under: str
    border: str | None = None
    stroke: int = 1
    shadow: tuple[str, float, int] | None = None
    band: tuple[int, str, str | None] | None = None


def margin(look: Look) -> int:
    """Return by how many pixels the picture is larger than the shape on each side (room for the shadow)."""
    return 2 * look.shadow[2] + 1 if look.shadow else 0


@lru_cache(maxsize=512)
def _mask(width: int, height: int, radius: int) -> Image.Image:
    big = Image.new("L", (width * _OVER, height * _OVER), 0)
    limit = min(radius, width // 2, height // 2) if radius < 999 else min(width, height) / 2
    box = (0, 0, width * _OVER - 1, height * _OVER - 1)
    ImageDraw.Draw(big).rounded_rectangle(box, limit * _OVER, fill=255)
    return big.reduce(_OVER)


def paint(look: Look) -> Image.Image:
    """Return the surface as an opaque picture, flattened onto `under`."""
    pad = margin(look)
    picture = Image.new("RGB", (look.width + 2 * pad, look.height + 2 * pad), look.under)
    if look.shadow:
        _cast(picture, look, pad, *look.shadow)
    body = Image.new("RGB", (look.width, look.height), look.border or look.fill)
    inset = look.stroke if look.border else 0
    size = (max(look.width - 2 * inset, 1), max(look.height - 2 * inset, 1))
    inner = Image.new("RGB", size, look.fill)
    if look.band:
        height, colour, rule = look.band[0] - inset, *look.band[1:]
        inner.paste(colour, (0, 0, size[0], min(height, size[1])))
        if rule:
            inner.paste(rule, (0, height - look.stroke, size[0], height))
    body.paste(inner, (inset, inset), _mask(*size, max(look.radius - inset, 0)))
    picture.paste(body, (pad, pad), _mask(look.width, look.height, look.radius))
    return picture


def _cast(picture: Image.Image, look: Look, pad: int, colour: str, strength: float, reach: int) -> None:
    """Lay a soft shadow below the shape."""
    shade = Image.new("L", picture.size, 0)
    shade.paste(round(255 * strength), (pad, pad + reach), _mask(look.width, look.height, look.radius))
    picture.paste(colour, (0, 0), shade.filter(ImageFilter.GaussianBlur(reach * 0.7)))
