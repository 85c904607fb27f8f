"""A canvas that is drawn by describing it: every item has a key, and only what differs reaches Tk.

A view's draw function names every text, picture and touch area of the moment; the pane creates, changes and
hides items. Nothing is re-created, so a repaint of a whole screen costs a few milliseconds.
"""

from __future__ import annotations

import tkinter
from collections.abc import Callable
from functools import partial
from typing import Any, Literal, NamedTuple

from PIL import ImageTk

from genesis.shell.kit.geometry import Box
from genesis.shell.kit.kit import VEIL, Kit
from genesis.shell.kit.safe import drawable, safe_text

Anchor = Literal["w", "e", "center", "nw", "ne"]
MIRRORED: dict[Anchor, Anchor] = {"w": "e", "e": "w", "nw": "ne", "ne": "nw", "center": "center"}
TURNED = {"chevron-left": "chevron-right", "chevron-right": "chevron-left", "arrow-right": "arrow-left",
          "undo-2": "redo-2", "log-out": "log-in"}  # fmt: skip
SLIDE = 10  # dp a finger may move before a press becomes a drag


class Hot(NamedTuple):
    """A touch area in dp. name: what it is called, for people who cannot see it and for tests."""

    box: Box
    run: Callable[[], object]
    name: str
    enabled: bool


class _Item(NamedTuple):
    """What Tk holds under a key; `keep` keeps the picture alive."""

    number: int
    kind: str
    coords: tuple[int, ...]
    options: dict[str, Any]
    keep: object


class Pane(tkinter.Canvas):
    """A drawn area of a screen."""

    def __init__(self, parent: tkinter.Misc, kit: Kit, draw: Callable[[Pane], None]) -> None:
        super().__init__(parent, highlightthickness=0, borderwidth=0, takefocus=0)
        self.kit, self._describe = kit, draw
        self.hots: dict[str, Hot] = {}
        self.pressed = ""
        self.veiled = self._veil_drawn = False
        self.mirrored = kit.mirrored  # a drawing may turn it off for itself
        self.under = kit.theme.color.app
        self.on_scroll: Callable[[float], object] | None = None
        self._items: dict[str, _Item] = {}
        self._frame: list[str] = []
        self._fresh = False
        self._pending = ""
        self._gone = False
        self._press: tuple[str, float, float] = ("", 0, 0)
        self._drag: float | None = None
        self.bind("<Configure>", lambda _e: self.refresh())
        self.bind("<ButtonPress-1>", self._on_press)
        self.bind("<B1-Motion>", self._on_motion)
        self.bind("<ButtonRelease-1>", self._on_release)
        self.turned_over(self)

    def turned_over(self, widget: tkinter.Misc) -> None:
        """Scroll where the wheel is turned over a widget: this pane, or a field that stands on it."""
        for sequence, dp in (("<Button-4>", -60.0), ("<Button-5>", 60.0)):
            widget.bind(sequence, partial(self._wheel, dp))
        widget.bind("<MouseWheel>", lambda event: self._scroll(-event.delta / 2))

    # Drawing -----------------------------------------------------------------------------------------------

    @property
    def area(self) -> Box:
        """The whole pane in dp."""
        return Box(0, 0, self.kit.dp(self.winfo_width()), self.kit.dp(self.winfo_height()))

    def refresh(self) -> None:
        """Draw again when Tk is idle; many calls make one drawing."""
        if not self._pending and not self._gone:
            self._pending = self.after_idle(self.redraw)

    def redraw(self) -> None:
        """Draw now."""
        if self._pending:
            self.after_cancel(self._pending)
            self._pending = ""
        if self.winfo_width() <= 1:
            return
        self._fresh = False
        self.restart()
        self._describe(self)
        if self._veil_drawn:
            self._draw_veil()
        shown = set(self._frame)
        for key in [key for key in self._items if key not in shown]:
            self.delete(self._items.pop(key).number)
        if self._fresh:  # keep the order of the drawing where an item came in between
            for key in self._frame:
                self.tag_raise(self._items[key].number)

    def veil(self, *, on: bool, drawn: bool = True) -> None:
        """Lie behind a dialog: out of reach, with its fields, and seen through a veil if that is drawn."""
        if (on, on and drawn) != (self.veiled, self._veil_drawn):
            self.veiled, self._veil_drawn = on, on and drawn
            for field in self.winfo_children():
                if isinstance(field, tkinter.Entry | tkinter.Text):
                    field.configure(state="disabled" if on else "normal")
            self.refresh()

    def _draw_veil(self) -> None:
        picture = self.kit.veil
        for y in range(0, self.winfo_height(), VEIL):
            for x in range(0, self.winfo_width(), VEIL):
                self._put("image", f"veil.{x}.{y}", (x, y), {"image": str(picture), "anchor": "nw"}, picture)

    def restart(self) -> None:
        """Forget what this drawing has named so far: it begins anew."""
        self._frame, self.mirrored = [], self.kit.mirrored
        self.hots.clear()

    def destroy(self) -> None:
        """Let go of the pending drawing with the widget; a field that loses the focus asks for another one."""
        self._gone = True
        if self._pending:
            self.after_cancel(self._pending)
            self._pending = ""
        super().destroy()

    def clear(self, colour: str) -> None:
        """Set the background that everything stands on."""
        self.under = colour
        if self["background"] != colour:
            self.configure(background=colour)

    def rect(self, key: str, box: Box, colour: str) -> None:
        """Draw a plain rectangle."""
        px = self.kit.px
        wide, high = max(px(box.right) - px(box.x), 1), max(px(box.bottom) - px(box.y), 1)
        left, top = self._side(px(box.x), px(box.x) + wide), px(box.y)
        self._put("rectangle", key, (left, top, left + wide, top + high), {"fill": colour, "width": 0})

    def image(self, key: str, x: int, y: int, picture: ImageTk.PhotoImage) -> None:
        """Show a picture with its upper left corner at a pixel."""
        self._put(
            "image", key, (self._side(x, x + picture.width()), y), {"image": str(picture), "anchor": "nw"}, picture
        )

    def surface(
        self,
        key: str,
        box: Box,
        radius: int,
        fill: str,
        border: str | None = None,
        under: str = "",
        stroke: int = 1,
        *,
        raised: bool = False,
        band: tuple[float, str] | None = None,
    ) -> None:
        """Draw a rounded surface; see Kit.surface (band height in dp)."""
        px = self.kit.px
        x, y = px(box.x), px(box.y)
        size = (max(px(box.right) - x, 1), max(px(box.bottom) - y, 1))
        head = (px(box.y + band[0]) - y, band[1]) if band else None  # counted from the outer edge
        picture, pad = self.kit.surface(
            size, radius, fill, under or self.under, border, stroke, raised=raised, band=head
        )
        self.image(key, x - pad, y - pad, picture)

    def icon(self, key: str, name: str, cx: float, cy: float, dp: float, colour: str, under: str = "") -> None:
        """Draw an icon centred on a point."""
        name = TURNED.get(name, name) if self.mirrored else name
        picture = self.kit.icon(name, dp, colour, under or self.under)
        half = self.kit.px(dp) / 2
        self.image(key, round(cx * self.kit.scale - half), round(cy * self.kit.scale - half), picture)

    def text(
        self,
        key: str,
        x: float,
        y: float,
        text: str,
        style: str,
        colour: str,
        anchor: Anchor = "w",
        width: float | None = None,
    ) -> float:
        """Draw one line of text and return its width in dp; longer than `width` (dp) it ends in an ellipsis."""
        kit = self.kit
        text = kit.fonts.fit(style, drawable(text), kit.px(width)) if width is not None else text
        side = kit.px(x)
        if self.mirrored:
            side, anchor = self.winfo_width() - side, MIRRORED[anchor]
        self._put("text", key, (side, kit.px(y)), {
            "text": safe_text(text, mirrored=kit.mirrored), "font": str(kit.fonts[style]), "fill": colour,
            "anchor": anchor,
        })  # fmt: skip
        return kit.dp(kit.fonts.width(style, text))

    def measure(self, style: str, text: str) -> float:
        """Return the width of a text in dp."""
        return self.kit.dp(self.kit.fonts.width(style, text))

    def widget(self, key: str, box: Box, widget: tkinter.Widget) -> None:
        """Place a real widget (a child of this pane)."""
        px = self.kit.px
        size = {"width": px(box.right) - px(box.x), "height": px(box.bottom) - px(box.y)}
        self._put(
            "window",
            key,
            (self._side(px(box.x), px(box.right)), px(box.y)),
            {"window": str(widget), "anchor": "nw", **size},
        )

    def hot(self, key: str, box: Box, run: Callable[[], object], name: str, *, enabled: bool = True) -> None:
        """Make an area act when a finger is lifted inside it; a later area lies above an earlier one."""
        if self.mirrored:
            box = Box(self.area.w - box.right, box.y, box.w, box.h)
        self.hots[key] = Hot(box, run, name, enabled)

    def _side(self, left: int, right: int) -> int:
        """Return where something that reaches from left to right (pixels) begins, mirrored where everything is."""
        return self.winfo_width() - right if self.mirrored else left

    def _put(self, kind: str, key: str, coords: tuple[int, ...], options: dict[str, Any], keep: object = None) -> None:
        known = self._items.get(key)
        if known is not None and known.kind != kind:
            self.delete(known.number)
            known = None
        self._frame.append(key)
        if known is None:
            number = int(getattr(self, f"create_{kind}")(*coords, **options))
            self._fresh = True
        else:
            number = known.number
            if known.coords == coords and known.options == options:
                return
            if known.coords != coords:
                self.coords(number, *coords)
            if changed := {k: v for k, v in options.items() if known.options.get(k) != v}:
                self.itemconfigure(number, **changed)
        self._items[key] = _Item(number, kind, coords, options, keep)

    # Touch -------------------------------------------------------------------------------------------------

    def hit(self, x: float, y: float) -> str:
        """Return the key of the uppermost touch area at a point in dp."""
        return next((k for k in reversed(self.hots) if self.hots[k].box.contains(x, y)), "")

    def _on_press(self, event: tkinter.Event[tkinter.Misc]) -> None:
        x, y = self.kit.dp(event.x), self.kit.dp(event.y)
        key = "" if self.veiled else self.hit(x, y)
        self._press = (key, x, y)
        self._drag = None
        if key and self.hots[key].enabled:
            self.pressed = key
            self.refresh()

    def _on_motion(self, event: tkinter.Event[tkinter.Misc]) -> None:
        x, y = self.kit.dp(event.x), self.kit.dp(event.y)
        key, _x, start = self._press
        if self.on_scroll is not None and (self._drag is not None or abs(y - start) > SLIDE):
            self._scroll((start if self._drag is None else self._drag) - y)
            self._drag = y
            inside = False
        else:
            inside = self.hit(x, y) == key
        held = key if inside and key in self.hots and self.hots[key].enabled else ""
        if held != self.pressed:
            self.pressed = held
            self.refresh()

    def _on_release(self, event: tkinter.Event[tkinter.Misc]) -> None:
        key, self.pressed = self.pressed, ""
        self._press = ("", 0, 0)
        self.refresh()
        if key and self._drag is None and self.hit(self.kit.dp(event.x), self.kit.dp(event.y)) == key:
            self.hots[key].run()

    def _wheel(self, dp: float, _event: tkinter.Event[tkinter.Misc]) -> None:
        self._scroll(dp)

    def _scroll(self, dp: float) -> None:
        if self.on_scroll is not None and not self.veiled:
            self.on_scroll(dp)
