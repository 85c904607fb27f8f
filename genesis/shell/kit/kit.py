"""The kit of one window: its theme, scale, fonts and pictures."""

from __future__ import annotations

import tkinter
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageTk

from genesis.shell.kit import icons
from genesis.shell.kit.fonts import Fonts
from genesis.shell.kit.surfaces import Look, margin, paint
from genesis.shell.kit.theme import Theme

if TYPE_CHECKING:
    from genesis.shell.designed import Design

LEAST_WIDTH, LEAST_HEIGHT = 640, 400  # dp a screen needs; a smaller window lowers the scale instead of clipping
VEIL = 256  # pixels of a side of its tile
PICTURES = 700  # kept pictures; a screen uses about 120


class Kit:
    """Theme tokens in pixels. scale: pixels of one dp. designs: screens that the theme draws in its own way.

    mirrored: everything stands as in a mirror, for languages that are written from right to left; views go on counting
    from the left.
    """

    mirrored = False

    def __init__(self, root: tkinter.Misc, theme: Theme, scale: float) -> None:
        self.designs: dict[str, Design] = {}
        self.root, self.theme, self.scale = root, theme, scale
        self.fonts = Fonts(root, scale, theme.sizes)
        self._pictures: OrderedDict[Hashable, ImageTk.PhotoImage] = OrderedDict()
        self._shelf: tkinter.Canvas | None = None

    def keep_drawn(self) -> None:
        """Keep what Tk made of each picture for the screen, which it forgets with the last item that shows it.

        A canvas that is never seen shows them all: to make a dialog's pictures anew took longer than to draw it.
        """
        self._shelf = tkinter.Canvas(self.root)

    def change(self, theme: Theme, scale: float) -> None:
        """Take another theme or scale; whoever draws with this kit must draw again."""
        self.theme, self.scale = theme, scale
        self.fonts = Fonts(self.root, scale, theme.sizes)
        self._pictures.clear()
        if self._shelf is not None:
            self._shelf.delete("all")

    def px(self, dp: float) -> int:
        """Return dp in whole pixels."""
        return round(dp * self.scale)

    def dp(self, pixels: float) -> float:
        """Return pixels in dp."""
        return pixels / self.scale

    def picture(self, key: Hashable, make: Callable[[], Image.Image]) -> ImageTk.PhotoImage:
        """Return a kept picture, or make it. Whoever shows it keeps it alive when it is dropped here."""
        known = self._pictures.get(key)
        if known is None:
            known = self._pictures[key] = ImageTk.PhotoImage(make(), master=self.root)
            if self._shelf is not None:
                self._shelf.create_image(0, 0, image=known, tags=str(known))
            if len(self._pictures) > PICTURES:
                _key, old = self._pictures.popitem(last=False)
                if self._shelf is not None:
                    self._shelf.delete(str(old))
        else:
            self._pictures.move_to_end(key)
        return known

    def surface(
        self,
        size: tuple[int, int],
        radius: int,
        fill: str,
        under: str,
        border: str | None = None,
        stroke: int = 1,
        *,
        raised: bool = False,
        band: tuple[int, str] | None = None,
    ) -> tuple[ImageTk.PhotoImage, int]:
        """Return the picture of a rounded surface (size in pixels, radius in dp) and its margin in pixels.

        raised: with the theme's shadow. band: (height in pixels, colour) of a tinted head.
        """
        color = self.theme.color
        shadow = (color.shadow, self.theme.shadow, max(self.px(2), 1)) if raised and self.theme.shadow else None
        head = (*band, color.outline) if band else None
        edge = border or color.outline
        look = Look(*size, self.px(radius), fill, under, edge, max(self.px(stroke), 1), shadow, head)
        return self.picture(look, lambda: paint(look)), margin(look)

    def photo(self, path: Path, size: tuple[int, int], under: str) -> ImageTk.PhotoImage:
        """Return a picture of the theme in a size in pixels, flattened on the colour it stands on."""

        def make() -> Image.Image:
            ground = Image.new("RGB", size, under)
            with Image.open(path) as picture:
                drawn = picture.convert("RGBA").resize(size, Image.Resampling.LANCZOS)
            ground.paste(drawn, (0, 0), drawn)
            return ground

        return self.picture(("photo", path, size, under), make)

    @property
    def veil(self) -> ImageTk.PhotoImage:
        """The tile of the veil that lies on what is behind a dialog; it lets the page shine through."""
        colour = self.theme.color.nav
        ink = (*(int(colour[i : i + 2], 16) for i in (1, 3, 5)), round(255 * self.theme.veil))
        return self.picture(("veil", ink), lambda: Image.new("RGBA", (VEIL, VEIL), ink))

    def icon(self, name: str, dp: float, colour: str, under: str) -> ImageTk.PhotoImage:
        """Return an icon of `dp` size, drawn on the colour it stands on."""
        size = self.px(dp)
        return self.picture(("icon", name, size, colour, under), lambda: icons.paint(name, size, colour, under))


def fitting_scale(dpi_scale: float, user_scale: float, width: int, height: int) -> float:
    """Return the pixels of one dp: what the screen and the person ask for, as far as the window can hold it."""
    return max(min(dpi_scale * user_scale, width / LEAST_WIDTH, height / LEAST_HEIGHT), 0.5)
