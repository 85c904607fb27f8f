"""The navigation at the left: screens of the kernel and of plugins, and what is waiting there."""

from __future__ import annotations

import tkinter
from collections.abc import Callable
from typing import NamedTuple

from genesis.shell.kit import controls
from genesis.shell.kit.geometry import Box
from genesis.shell.kit.kit import Kit
from genesis.shell.kit.pane import Pane


class Place(NamedTuple):
    """An entry of the rail. low: stands at the bottom; badge: a number on it, "" for none."""

    id: str
    title: str
    icon: str
    run: Callable[[], object]
    active: bool = False
    low: bool = False
    badge: str = ""


class Rail(Pane):
    """Draws the places; those that do not fit are left out from the middle, and stay reachable as actions."""

    def __init__(self, parent: tkinter.Misc, kit: Kit, places: Callable[[], list[Place]]) -> None:
        super().__init__(parent, kit, self._paint)
        self._places = places

    def _paint(self, p: Pane) -> None:
        c, area = self.kit.theme.color, self.area
        wide = area.w >= 80
        p.clear(c.nav)
        if c.outline:
            p.rect("edge", Box(area.w - 1, 0, 1, area.h), c.outline)
        logo = Box(area.cx - 22, 16 if wide else 8, 44, 44)
        p.surface("logo", logo, 12, c.mark, None)
        p.text("logo.text", logo.cx, logo.cy, "G", "logo", c.on_mark, "center")
        size, step = (64.0, 70.0) if wide else (48.0, 54.0)
        top, bottom = (84.0 if wide else 60.0), area.h - 14
        places = self._places()
        for place in reversed([x for x in places if x.low]):
            bottom -= step
            self._draw(
                p, place, Box(8 if wide else 6, bottom + step - size, area.w - (16 if wide else 12), size), wide=wide
            )
        for place in [x for x in places if not x.low]:
            if top + size > bottom:
                break
            self._draw(p, place, Box(8 if wide else 6, top, area.w - (16 if wide else 12), size), wide=wide)
            top += step

    def _draw(self, p: Pane, place: Place, box: Box, *, wide: bool) -> None:
        c, key = self.kit.theme.color, f"rail.{place.id}"
        fill = c.nav_active if place.active else controls.mix(c.nav, c.nav_text, 0.15) if p.pressed == key else c.nav
        front = c.nav_on if place.active else c.nav_text
        if fill != c.nav:
            p.surface(key, box, 12, fill, None)
        if place.active:
            p.surface(f"{key}.mark", Box(-4, box.cy - 14, 8, 28), 4, c.nav_mark, None, c.nav)
        p.icon(f"{key}.icon", place.icon, box.cx, box.y + (23 if wide else box.h / 2), 26, front, fill)
        if wide:
            p.text(f"{key}.text", box.cx, box.y + 49, place.title, "label", front, "center", box.w - 2)
        if place.badge:
            controls.count(
                p, f"{key}.count", box.cx + 22, box.y + 16, place.badge, fill, fill=c.count, front=c.on_count, size=20
            )
        p.hot(key, box, place.run, place.title)
