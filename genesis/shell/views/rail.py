"""The navigation at the left: screens of the kernel and of plugins, and what is waiting there."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from genesis.shell.kit import controls
from genesis.shell.kit.geometry import Box
from genesis.shell.kit.kit import Kit
from genesis.shell.kit.pane import Pane
from genesis.shell.kit.theme import Colors, contrast, mix
from genesis.shell.words import _

LEAST = 44  # dp of an entry
HEAD = 34  # dp of a heading
READABLE = 4.5  # contrast of words (WCAG 2.2, 1.4.3)
GROUPS = ("", "catalog", "stock", "sales", "office")  # of the back office, from the top


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


class Group(NamedTuple):
    """A heading of the back office with its entries."""

    name: str
    title: str
    places: Sequence[Place]


def ink(c: Colors) -> str:
    """Return what names stand in on the ground of the navigation: brighter than its words where that can be read."""
    return c.nav_on if contrast(c.nav_on, c.nav) >= READABLE else c.nav_text


def _order(place: Place) -> tuple[bool, int]:
    """Sort places as the back office has them, and what stands at the bottom of the till last."""
    return place.id in {"office", "lock"}, GROUPS.index(place.group) if place.group in GROUPS else 0


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
        self._open = self._here = ""  # the group that is open where not all have room, and that of the page shown
        self._shown, self._active, self._fitting = "", -1, 0
        self._top = self._last = 0  # the first entry of it in sight, and the last that may be it
        self.on_scroll = self._turn

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
            ordered = sorted(places, key=_order)
            places = [place._replace(low=False) for place in self._as_many(ordered, fitting)]
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
        p.text("logo.name", 68, 28, "Genesis", "strong", ink(c), "w", area.w - 80)
        p.text("logo.store", 68, 47, store, "label", c.nav_text, "w", area.w - 80)
        bottom = area.h - 12
        if person:
            bottom = self._draw_person(p, person, bottom)
        self._draw_groups(p, self._groups(), 72, bottom)

    def _groups(self) -> list[Group]:
        """Return the groups that have places; the first one has no heading and is always in sight."""
        places = [place for place in self._places() if place.id not in {"held", "lock"}]
        heads = zip(GROUPS, ("", _("Catalog"), _("Stock"), _("Sales"), _("Back office")), strict=True)
        grouped = [
            Group(name, title, [x for x in places if (x.group if x.group in GROUPS else "") == name])
            for name, title in heads
        ]
        return [group for group in grouped if group.places]

    def _draw_groups(self, p: Pane, groups: Sequence[Group], y: float, bottom: float) -> None:
        """Draw headings and entries; where room is short one group is open, and the others are their headings."""
        room = bottom - y
        count, heads = sum(len(group.places) for group in groups), sum(bool(group.title) for group in groups)
        step = max(min((room - heads * HEAD) / max(count, 1), 46), LEAST)
        folded = count * LEAST + heads * HEAD > room
        if folded:
            step = LEAST
            loose = sum(len(group.places) for group in groups if not group.title)
            self._follow(groups)
            self._fitting = max(int((room - (loose + heads) * LEAST) // LEAST), 1)
        for group in groups:
            opened = not group.title or not folded or group.name == self._open
            if group.title:
                height = LEAST if folded else HEAD
                self._draw_head(p, group, Box(8, y, self.area.w - 16, height - 2), folded=folded, opened=opened)
                y += height
            for place in self._in_sight(group, folded=folded) if opened else ():
                self._draw_words(p, place, Box(8, y, self.area.w - 16, step - 2))
                y += step

    def _follow(self, groups: Sequence[Group]) -> None:
        """Open the group of the page that is shown, when that is another one; else leave open what a person opened."""
        here = next((g.name for g in groups if g.title and any(place.active for place in g.places)), "")
        if (here and here != self._here) or self._open not in {group.name for group in groups if group.title}:
            self._open, self._top = here or next((group.name for group in groups if group.title), ""), 0
        self._here = here

    def _unfold(self, name: str) -> None:
        self._open, self._top = name, 0
        self.refresh()

    def _in_sight(self, group: Group, *, folded: bool) -> list[Place]:
        """Return the entries of a group that have room; they scroll, and the last one leads to the others."""
        places = list(group.places)
        if not folded or not group.title or len(places) <= self._fitting:
            return places
        fitting = max(self._fitting - 1, 0)
        self._last = len(places) - fitting
        active = next((at for at, place in enumerate(places) if place.active), -1)
        if group.name != self._shown or active != self._active:  # the page that is shown comes into sight
            self._shown, self._active = group.name, active
            self._top = min(max(active - fitting + 1, 0), self._last)
        self._top = min(self._top, self._last)
        rest = [*places[: self._top], *places[self._top + fitting :]]
        return [*places[self._top : self._top + fitting], self._rest(rest)]

    def _turn(self, dp: float) -> None:
        """Move the entries of the open group by one, where they do not fit."""
        top = min(max(self._top + (1 if dp > 0 else -1), 0), self._last)
        if top != self._top:
            self._top = top
            self.refresh()

    def _draw_head(self, p: Pane, group: Group, box: Box, *, folded: bool, opened: bool) -> None:
        c, key = self.kit.theme.color, f"rail.group.{group.name}"
        right = box.right - 12
        if folded:
            p.icon(f"{key}.icon", "chevron-down" if opened else "chevron-right", right - 8, box.cy, 16, c.nav_text)
            p.hot(key, box, partial(self._unfold, group.name), group.title)
            right -= 24
            badges = [int(place.badge) for place in group.places if place.badge.isdecimal()]
            if badges and not opened:
                right = self._draw_badge(p, key, str(sum(badges)), right, box.cy, c.nav)
        p.text(f"group.{group.title}", 20, box.cy, group.title.upper(), "tiny", c.nav_text, "w", right - 20)

    def _rest(self, rest: Sequence[Place]) -> Place:
        """Return the entry that leads to those out of sight."""
        return Place("more", _("More"), "ellipsis", lambda: self._more(rest), any(place.active for place in rest))

    def _as_many(self, places: list[Place], fitting: int) -> list[Place]:
        """Return so many entries at most; the last of them leads to those left out."""
        if len(places) <= fitting:
            return places
        shown, rest = places[: max(fitting - 1, 0)], places[max(fitting - 1, 0) :]
        return [*shown, self._rest(rest)]

    def _draw_words(self, p: Pane, place: Place, box: Box) -> None:
        key = f"rail.{place.id}"
        fill, front = self._ground(p, place, box)
        p.icon(f"{key}.icon", place.icon, box.x + 24, box.cy, 20, front, fill)
        right = box.right - 12
        if place.badge:
            right = self._draw_badge(p, key, place.badge, right, box.cy, fill)
        style = "body_medium" if place.active else "body"
        p.text(f"{key}.text", box.x + 46, box.cy, place.title, style, front, "w", right - box.x - 46)

    def _draw_badge(self, p: Pane, key: str, text: str, right: float, cy: float, under: str) -> float:
        """Draw a figure that ends at `right`; returns where it begins."""
        c = self.kit.theme.color
        width = controls.pill_width(p, text, height=24)
        pill = Box(right - width, cy - 11, width, 22)
        p.surface(f"{key}.count", pill, 999, c.count, None, under)
        p.text(f"{key}.count.text", pill.cx, pill.cy, text, "num_tiny", c.on_count, "center")
        return pill.x - 6

    def _draw_person(self, p: Pane, person: str, bottom: float) -> float:
        """Draw who works here, and the lock where there is one; returns where that begins."""
        c = self.kit.theme.color
        disc = Box(12, bottom - 44, 36, 36)
        p.surface("person", disc, 999, c.nav_active, None)
        initials = "".join(word[0] for word in person.split()[:2]).upper()
        p.text("person.initials", disc.cx, disc.cy, initials, "small_cap", c.nav_on, "center")
        right = self.area.w - 12
        lock = next((place for place in self._places() if place.id == "lock"), None)
        if lock is not None:
            self._draw_lock(p, lock, Box(right - LEAST, disc.cy - LEAST / 2, LEAST, LEAST))
            right -= LEAST + 4
        p.text("person.name", 58, disc.cy, person, "body_medium", ink(c), "w", right - 58)
        return disc.y - 8

    def _draw_lock(self, p: Pane, lock: Place, box: Box) -> None:
        fill, front = self._ground(p, lock, box)
        p.icon("rail.lock.icon", lock.icon, box.cx, box.cy, 20, front, fill)
