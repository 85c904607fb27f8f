"""The navigation at the left: screens of the kernel and of plugins, and what is waiting there."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from genesis.shell.kit import controls
from genesis.shell.kit.geometry import Box
from genesis.shell.kit.kit import Kit
from genesis.shell.kit.pane import Pane
from genesis.shell.kit.theme import mix
from genesis.shell.words import _

LEAST = 44  # dp of an entry
HEAD = 34  # dp of a heading


class Place(NamedTuple):
    """An entry of the rail. low: stands at the bottom; badge: a number on it; group: its heading in the back office."""

    id: str
    title: str
    icon: str
    run: Callable[[], object]
    active: bool = False
    low: bool = False
    badge: str = ""
    group: str = ""


class Rail(Pane):
    """Draws the places. more: shows those that do not fit."""

    def __init__(
        self,
        parent: tkinter.Misc,
        kit: Kit,
        places: Callable[[], list[Place]],
        about: Callable[[], tuple[str, str]] = lambda: ("", ""),
        more: Callable[[Sequence[Place]], object] = lambda _places: None,
    ) -> None:
        super().__init__(parent, kit, self._paint)
        self._places, self._about, self._more = places, about, more
        self._top = self._last = 0  # the first entry in sight in the back office, and the last that may be it
        self.on_scroll = self._scroll

    def _paint(self, p: Pane) -> None:
        c = self.kit.theme.color
        p.clear(c.nav)
        if c.outline:
            p.rect("edge", Box(self.area.w - 1, 0, 1, self.area.h), c.outline)
        if self.area.w >= 180:
            self._paint_words(p)
        else:
            self._paint_icons(p)

    # Beside the till ---------------------------------------------------------------------------------------

    def _paint_icons(self, p: Pane) -> None:
        c, area = self.kit.theme.color, self.area
        wide = area.w >= 80
        logo = Box(area.cx - 22, 16 if wide else 8, 44, 44)
        p.surface("logo", logo, 12, c.mark, None)
        p.text("logo.text", logo.cx, logo.cy, "G", "logo", c.on_mark, "center")
        size, step = (64.0, 70.0) if wide else (48.0, 54.0)
        top, bottom = (84.0 if wide else 60.0), area.h - 14
        places, fitting = self._places(), int((bottom - top) // step)
        left, width = (8, area.w - 16) if wide else (6, area.w - 12)
        if len(places) > fitting:  # then from the top, what is at the bottom last
            ordered = sorted(places, key=lambda place: place.low)
            places = [place._replace(low=False) for place in self._fitting(ordered, fitting)]
        for place in reversed([x for x in places if x.low]):
            bottom -= step
            self._draw(p, place, Box(left, bottom + step - size, width, size), wide=wide)
        for place in [x for x in places if not x.low]:
            self._draw(p, place, Box(left, top, width, size), wide=wide)
            top += step

    def _ground(self, p: Pane, place: Place, box: Box) -> tuple[str, str]:
        """Draw what an entry stands on; returns (its colour, the colour of what stands on it)."""
        c, key = self.kit.theme.color, f"rail.{place.id}"
        fill = c.nav_active if place.active else mix(c.nav, c.nav_text, 0.15) if p.pressed == key else c.nav
        if fill != c.nav:
            p.surface(key, box, 12, fill, None)
        if place.active:
            p.surface(f"{key}.mark", Box(-4, box.cy - 14, 8, 28), 4, c.nav_mark, None, c.nav)
        p.hot(key, box, place.run, place.title)
        return fill, c.nav_on if place.active else c.nav_text

    def _draw(self, p: Pane, place: Place, box: Box, *, wide: bool) -> None:
        c, key = self.kit.theme.color, f"rail.{place.id}"
        fill, front = self._ground(p, place, box)
        p.icon(f"{key}.icon", place.icon, box.cx, box.y + (23 if wide else box.h / 2), 26, front, fill)
        if wide:
            p.text(f"{key}.text", box.cx, box.y + 49, place.title, "label", front, "center", box.w - 2)
        if place.badge:
            controls.count(
                p, f"{key}.count", box.cx + 22, box.y + 16, place.badge, fill, fill=c.count, front=c.on_count, size=20
            )

    # In the back office ------------------------------------------------------------------------------------

    def _paint_words(self, p: Pane) -> None:
        c, area = self.kit.theme.color, self.area
        store, person = self._about()
        logo = Box(16, 16, 40, 40)
        p.surface("logo", logo, 12, c.mark, None)
        p.text("logo.text", logo.cx, logo.cy, "G", "logo", c.on_mark, "center")
        p.text("logo.name", 68, 28, "Genesis", "strong", c.nav_on, "w", area.w - 80)
        p.text("logo.store", 68, 47, store, "label", c.nav_text, "w", area.w - 80)
        bottom = area.h - 12
        if person:
            bottom = self._draw_person(p, person, bottom)
        self._draw_groups(p, self._groups(), 72, bottom)

    def _groups(self) -> list[tuple[str, list[Place]]]:
        places = [place for place in self._places() if place.id != "held"]
        heads = (("", ""), ("catalog", _("Catalog")), ("sales", _("Sales")), ("office", _("Back office")))
        known = {name for name, _title in heads}
        grouped = [
            (title, [x for x in places if (x.group if x.group in known else "") == name]) for name, title in heads
        ]
        return [(title, found) for title, found in grouped if found]

    def _draw_groups(self, p: Pane, groups: Sequence[tuple[str, list[Place]]], y: float, bottom: float) -> None:
        """Draw headings and entries; where room is short they scroll, and the last entry leads to the others."""
        room = bottom - y
        count, heads = sum(len(found) for _title, found in groups), sum(bool(title) for title, _found in groups)
        step = max(min((room - heads * HEAD) / max(count, 1), 46), LEAST)
        rows = [(title, place) for title, found in groups for place in found]
        shown, self._last = rows, 0
        if count * LEAST + heads * HEAD > room:
            ends = [self._filling(rows, top, room - LEAST) for top in range(count)]
            self._last = next(top for top, end in enumerate(ends) if end >= count)
            self._top = min(self._top, self._last)
            shown = rows[self._top : ends[self._top]]
        before = ""
        for title, place in shown:
            if title and title != before:
                p.text(f"group.{title}", 20, y + 18, title.upper(), "tiny", self.kit.theme.color.nav_text, "w",
                       self.area.w - 40)  # fmt: skip
                y += HEAD
            before = title
            self._draw_words(p, place, Box(8, y, self.area.w - 16, step - 2))
            y += step
        if len(shown) < count:
            seen = {place.id for _title, place in shown}
            rest = [place for _title, place in rows if place.id not in seen]
            self._draw_words(p, self._rest(rest), Box(8, y, self.area.w - 16, step - 2))

    @staticmethod
    def _filling(rows: Sequence[tuple[str, Place]], top: int, room: float) -> int:
        """Return where the rows from `top` on end that fit, each group with its heading; at least one does."""
        before = ""
        for number, (title, _place) in enumerate(rows[top:], top):
            room -= LEAST + (HEAD if title and title != before else 0)
            before = title
            if room < 0 and number > top:
                return number
        return len(rows)

    def _scroll(self, dp: float) -> None:
        """Move the entries by one, where they do not fit."""
        top = min(max(self._top + (1 if dp > 0 else -1), 0), self._last)
        if top != self._top:
            self._top = top
            self.refresh()

    def _rest(self, rest: Sequence[Place]) -> Place:
        """Return the entry that leads to those out of sight."""
        return Place("more", _("More"), "ellipsis", lambda: self._more(rest), any(place.active for place in rest))

    def _fitting(self, places: list[Place], fitting: int) -> list[Place]:
        """Return so many entries at most; the last of them leads to those left out."""
        if len(places) <= fitting:
            return places
        shown, rest = places[: max(fitting - 1, 0)], places[max(fitting - 1, 0) :]
        return [*shown, self._rest(rest)]

    def _draw_words(self, p: Pane, place: Place, box: Box) -> None:
        c, key = self.kit.theme.color, f"rail.{place.id}"
        fill, front = self._ground(p, place, box)
        p.icon(f"{key}.icon", place.icon, box.x + 24, box.cy, 20, front, fill)
        right = box.right - 12
        if place.badge:
            width = controls.pill_width(p, place.badge, height=24)
            pill = Box(right - width, box.cy - 11, width, 22)
            p.surface(f"{key}.count", pill, 999, c.count, None, fill)
            p.text(f"{key}.count.text", pill.cx, pill.cy, place.badge, "num_tiny", c.on_count, "center")
            right = pill.x - 6
        style = "body_medium" if place.active else "body"
        p.text(f"{key}.text", box.x + 46, box.cy, place.title, style, front, "w", right - box.x - 46)

    def _draw_person(self, p: Pane, person: str, bottom: float) -> float:
        c = self.kit.theme.color
        disc = Box(12, bottom - 44, 36, 36)
        p.surface("person", disc, 999, c.nav_active, None)
        initials = "".join(word[0] for word in person.split()[:2]).upper()
        p.text("person.initials", disc.cx, disc.cy, initials, "small_cap", c.nav_on, "center")
        p.text("person.name", 58, disc.cy, person, "body_medium", c.nav_on, "w", self.area.w - 70)
        return disc.y - 8
