"""Draws a screen as its theme designed it: native buttons, texts and pictures, and slots that the view fills."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from genesis.shell import designed
from genesis.shell.designed import Item, Layout
from genesis.shell.kit import controls
from genesis.shell.kit.geometry import Box
from genesis.shell.kit.pane import Anchor, Pane
from genesis.shell.kit.theme import mix
from genesis.shell.views.base import View
from genesis.shell.words import _, known

log = logging.getLogger("genesis.shell")
LINE = 1.25  # height of a line of text, in its size


class Press(NamedTuple):
    """What a button of a design does now. text: what it says, title: what it is called where it says nothing."""

    run: Callable[[], object]
    text: str
    title: str
    enabled: bool = True
    chosen: bool = False
    cap: str = ""


class DesignedView(View):
    """A view whose screen a theme may have designed; whatever goes wrong with that, the built-in screen is drawn."""

    screen = ""

    def press(self, action: str, caption: str) -> Press:
        """Return what a button does."""
        raise NotImplementedError

    def area_of(self, slot: str) -> Callable[[Pane, Box], None]:
        """Return what draws a slot that holds live parts."""
        raise NotImplementedError

    def words_of(self, slot: str) -> tuple[str, str]:
        """Return the live text of a slot and its tone ("" for none: the colour of the design)."""
        raise NotImplementedError

    def draw_field(self, p: Pane, field: str, box: Box) -> None:
        """Draw a field to type into."""

    def layout_now(self) -> Layout | None:
        """Return the layout of the theme that fits the window, None where the built-in screen is drawn."""
        design = self.kit.designs.get(self.screen)
        return designed.choose(design, self.area.w, self.area.h) if design else None

    def place_of(self, slot: str) -> Box | None:
        """Return where the design has a slot, None where it has none."""
        layout = self.layout_now()
        at = next((i for i, item in enumerate(layout.items) if item.id == slot), -1) if layout else -1
        if layout is None or at < 0:
            return None
        box = designed.fit(layout, self.area.w, self.area.h)[at]
        # whoever places something there counts from the right in a mirrored window; a design is not mirrored
        return box._replace(x=self.area.w - box.right) if self.kit.mirrored else box

    def draw_designed(self, p: Pane) -> bool:
        """Draw the screen as designed; returns whether that was done."""
        layout = self.layout_now()
        if layout is None:
            return False
        try:
            _Drawing(self, p, layout).draw()
        except Exception:
            log.exception("the theme's design of %s is not used", self.screen)
            self.kit.designs.pop(self.screen, None)
            p.restart()
            self.desk.say(lost(), "warn")
            return False
        return True


def lost() -> str:
    """Say that a design is not used."""
    return _("A screen of this theme cannot be used: the usual one is shown")


class _Drawing:
    """One drawing of a layout on a pane."""

    def __init__(self, view: DesignedView, p: Pane, layout: Layout) -> None:
        self._view, self._p, self._layout = view, p, layout
        self._scale = designed.scale_for(layout, view.area.w, view.area.h)
        self._boxes = designed.fit(layout, view.area.w, view.area.h)

    def draw(self) -> None:
        p = self._p
        p.mirrored = False  # a design stands as it was drawn, in every language
        p.clear(self._colour(self._layout.ground))
        for at, item in enumerate(self._layout.items):
            p.under = self._colour(designed.under(self._layout, at) or self._layout.ground)
            getattr(self, f"_{item.kind}")(f"design.{at}", item, self._boxes[at])
        p.under = self._colour(self._layout.ground)

    def _colour(self, name: str) -> str:
        return designed.colour(self._p.kit.theme, name)

    def _surface(self, key: str, item: Item, box: Box, fill: str, edge: str | None, stroke: float = 0) -> None:
        """Draw what an item stands on; a design knows no more of a surface than fill, edge and corners."""
        if fill or edge:
            radius = round(item.radius * self._scale)
            self._p.surface(key, box, radius, fill or self._p.under, edge, stroke=round(stroke or item.stroke))
        if fill:
            self._p.under = fill

    def _ground(self, key: str, item: Item, box: Box) -> None:
        edge = self._colour(item.border) if item.border else None
        self._surface(key, item, box, self._colour(item.fill) if item.fill else "", edge)

    def _rect(self, key: str, item: Item, box: Box) -> None:
        if item.radius or item.border:
            self._ground(key, item, box)
        elif item.fill:
            self._p.rect(key, box, self._colour(item.fill))

    def _image(self, key: str, item: Item, box: Box) -> None:
        kit = self._p.kit
        size = (max(kit.px(box.right) - kit.px(box.x), 1), max(kit.px(box.bottom) - kit.px(box.y), 1))
        photo = kit.photo(Path(kit.theme.screens) / "assets" / item.file, size, self._p.under)
        self._p.image(key, kit.px(box.x), kit.px(box.y), photo)

    def _text(self, key: str, item: Item, box: Box) -> None:
        self._write(key, item, box, known(item.text), self._colour(item.ink or "text"))

    def _style(self, item: Item) -> str:
        face, weight, size = (item.style or "ui 500 16").split()
        return f"{face} {weight} {max(round(int(size) * self._scale), 9)}"

    def _write(self, key: str, item: Item, box: Box, text: str, ink: str) -> None:
        """Write a text where its box holds it, in lines where the box is high enough."""
        p, style = self._p, self._style(item)
        high = int(style.split()[2]) * LINE
        room = max(int(box.h // high), 1)
        lines = [text] if room == 1 else p.kit.fonts.wrap(style, text, p.kit.px(box.w), room)
        x, anchor = _anchored(item, box)
        for i, line in enumerate(lines):
            p.text(f"{key}.{i}", x, box.cy + (i - (len(lines) - 1) / 2) * high, line, style, ink, anchor, box.w)

    def _field(self, key: str, item: Item, box: Box) -> None:
        self._view.draw_field(self._p, item.id, box)

    def _slot(self, key: str, item: Item, box: Box) -> None:
        if item.id == "slot.notice":
            return
        self._ground(key, item, box)
        if item.id in designed.SURFACES[self._view.screen].areas:
            self._view.area_of(item.id)(self._p, box)
            return
        text, tone = self._view.words_of(item.id)
        if text and tone:
            front, back = self._p.kit.theme.tone(tone)
            wide = min(self._p.measure(self._style(item), text) + 28, box.w)
            left = {"left": box.x, "center": box.cx - wide / 2, "right": box.right - wide}[item.align]
            pill = Box(left, box.y, wide, box.h)
            self._p.surface(f"{key}.pill", pill, 999, back)
            self._p.text(f"{key}.0", pill.cx, pill.cy, text, self._style(item), front, "center", wide - 12)
        elif text:
            room = box.inset(min(item.radius * self._scale, box.w / 4), 0)
            self._write(key, item, room, text, self._colour(item.ink or "text"))

    def _button(self, key: str, item: Item, box: Box) -> None:
        p, c = self._p, self._p.kit.theme.color
        press, key = self._view.press(item.id, known(item.text)), f"do.{item.id}"
        fill, ink = (self._colour(name) if name else "" for name in (item.fill, item.ink or "text"))
        edge = self._colour(item.border) if item.border else None
        stroke = item.stroke
        if not press.enabled:
            fill, ink, edge = c.disabled_soft, c.disabled, c.border
        elif press.chosen:
            edge, stroke = c.primary, 3
        if p.pressed == key:
            fill = mix(fill or p.under, ink, 0.12)
        self._surface(key, item, box, fill, edge, stroke)
        self._face(key, item, box, press if press.text or item.icon else press._replace(text=press.title), ink)
        p.hot(key, box, press.run, press.text or press.title, enabled=press.enabled)

    def _face(self, key: str, item: Item, box: Box, press: Press, ink: str) -> None:
        """Draw icon, caption and, where there is room, the key of a button."""
        p, style = self._p, self._style(item)
        size = min(int(style.split()[2]) * 1.4, box.h - 8) if item.icon else 0
        gap = 8 if item.icon and press.text else 0
        room = box.w - 16 - size - gap
        shown = min(p.measure(style, press.text), room) if press.text else 0
        cap = controls.keycap_width(p, press.cap) + 16 if press.cap else 0
        if cap and size + gap + shown + cap + 24 <= box.w and press.enabled:
            inset = 10 + min(item.radius * self._scale, box.h / 2) * 0.3
            controls.keycap(p, f"{key}.cap", box.right - inset, box.cy, press.cap, p.under)
        else:
            cap = 0
        left = min(box.cx - (size + gap + shown) / 2, box.right - cap - 8 - size - gap - shown)
        if item.align == "left" and item.text:
            left = box.x + 14
        if item.icon:
            p.icon(f"{key}.icon", item.icon, left + size / 2, box.cy, size, ink)
        if press.text:
            p.text(f"{key}.text", left + size + gap, box.cy, press.text, style, ink, "w", room)


def _anchored(item: Item, box: Box) -> tuple[float, Anchor]:
    if item.align == "left":
        return box.x, "w"
    return (box.right, "e") if item.align == "right" else (box.cx, "center")
