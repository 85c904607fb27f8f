"""Small charts drawn with Pillow, smooth on the colour they stand on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PIL import Image, ImageDraw

from genesis.shell.kit.geometry import Box
from genesis.shell.kit.pane import Pane
from genesis.shell.kit.theme import mix

_OVER = 3


def spark(p: Pane, key: str, box: Box, series: Sequence[int], colour: str, under: str = "") -> None:
    """A line with a tinted area below it."""
    under = under or p.under
    size = (max(p.kit.px(box.w), 2), max(p.kit.px(box.h), 2))
    values = tuple(series)
    if len(values) > 1:
        make = partial(_spark, size, values, colour, under, p.kit.px(2))
        p.image(key, p.kit.px(box.x), p.kit.px(box.y), p.kit.picture(("spark", size, values, colour, under), make))


def _spark(size: tuple[int, int], values: tuple[int, ...], colour: str, under: str, stroke: int) -> Image.Image:
    width, height = size[0] * _OVER, size[1] * _OVER
    picture = Image.new("RGB", (width, height), under)
    low, high = min(values), max(values)
    reach = max(high - low, 1)
    top, foot = stroke * _OVER, height - stroke * _OVER
    points = [
        (round(i * (width - 1) / (len(values) - 1)), round(foot - (v - low) * (foot - top) / reach))
        for i, v in enumerate(values)
    ]
    draw = ImageDraw.Draw(picture)
    draw.polygon([(0, height), *points, (width, height)], fill=mix(under, colour, 0.14))
    draw.line(points, fill=colour, width=stroke * _OVER, joint="curve")
    return picture.reduce(_OVER)


def bar(p: Pane, key: str, box: Box, share: float, colour: str, track: str) -> None:
    """A bar filled to a share of 0 to 1."""
    p.surface(f"{key}.track", box, 999, track, None)
    if share > 0:
        p.surface(f"{key}.bar", Box(box.x, box.y, max(box.w * min(share, 1), box.h), box.h), 999, colour, None, track)
