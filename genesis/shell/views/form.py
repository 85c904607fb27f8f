"""Fields on a pane: labels, real entries, choices and switches, with what is wrong beside each."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from genesis.kernel.fields import FieldSpec
from genesis.shell.kit import controls
from genesis.shell.kit.field import Field, Lines
from genesis.shell.kit.geometry import Box, columns
from genesis.shell.kit.pane import Pane
from genesis.shell.views.sheets import Sheet
from genesis.shell.vm.form import Form, FormDialog, choices
from genesis.shell.words import _

if TYPE_CHECKING:
    from genesis.shell.kit.kit import Kit
    from genesis.shell.vm.desk import Desk

LABEL, ENTRY, TALL, SMALL, GAP = 22, 48, 92, 18, 12
MOST_SMALL = 6  # lines of small print below a field
OPTION, WIDE = 168, 760  # the least width of an option, and how wide a dialog with options is
PAD, PAD_ROOM, LEAST = 264, 284, 250  # the keypad beside numbers, what it takes with the gap, and leaves at least
TILL = {"sell", "payment", "receipt"}  # where one touches; the back office has a keyboard
TYPED = {"text", "number", "money", "date", "secret", "file"}


class FormArea:
    """The fields of a form on a pane. choose: what is not typed is chosen; written: told after each key."""

    def __init__(
        self,
        pane: Pane,
        form: Form,
        symbol: str,
        choose: Callable[[str], object],
        written: Callable[[], object] = lambda: None,
    ) -> None:
        self.pane, self.form, self._symbol, self._choose, self._written = pane, form, symbol, choose, written
        self.entries: dict[str, Field | Lines] = {}
        self._places: dict[str, Box] = {}
        for field in form.fields:
            if not field.fixed and (field.kind in TYPED or field.kind == "lines"):
                self._make(field)

    def _make(self, field: FieldSpec) -> None:
        write = partial(self._write, field.name)
        key = f"field.{field.name}"
        made: Field | Lines = (
            Lines(self.pane, key, write) if field.kind == "lines"
            else Field(self.pane, key, write, secret=field.kind == "secret")
        )  # fmt: skip
        made.write(self.form.values[field.name])
        made.entry.bind("<FocusIn>", lambda _e: setattr(self.form, "focus", field.name), add="+")
        self.entries[field.name] = made

    def _write(self, name: str, text: str) -> None:
        self.form.set(name, text)
        self._written()

    def destroy(self) -> None:
        """Take the entries away."""
        for entry in self.entries.values():
            entry.entry.destroy()

    def focus(self) -> None:
        """Give the keys to the field that has them."""
        entry = self.entries.get(self.form.focus)
        if entry is not None:
            entry.focus()
        else:
            self.pane.focus_set()

    def height(self, fields: Sequence[FieldSpec], width: float) -> float:
        """Return how high these fields are."""
        return sum(max(self._height(f, width) for f in row) for row in rows(fields))

    def _height(self, field: FieldSpec, width: float) -> float:
        body = TALL if field.kind == "lines" else self._options_height(field, width) or ENTRY
        return LABEL + body + SMALL * len(self._small(field, width)) + GAP

    def _options_height(self, field: FieldSpec, width: float) -> float:
        if field.kind != "options":
            return 0
        lines = -(-len(field.choices) // _across(width))
        return lines * (ENTRY + 8) - 8

    def _small(self, field: FieldSpec, width: float) -> list[str]:
        text = self.form.faults.get(field.name) or field.help
        return self.pane.kit.fonts.wrap("small", text, self.pane.kit.px(width - 4), MOST_SMALL) if text else []

    def draw(self, box: Box, fields: Sequence[FieldSpec], clip: Box | None = None) -> float:
        """Draw fields below each other, halves side by side; returns where they end. clip: only what lies in it."""
        p, y = self.pane, box.y
        for row in rows(fields):
            cells = columns(Box(box.x, y, box.w, 0), len(row), 12)
            tall = max(self._height(field, cells[0].w) for field in row)
            for field, cell in zip(row, cells, strict=True):
                whole = self._places[field.name] = Box(cell.x, y, cell.w, tall)
                if clip is None or whole.within(clip, 4):
                    self._draw(p, field, whole)
            y += tall
        return y

    def beyond(self, clip: Box) -> float:
        """Return by how much (dp) the fields must move up so that the one with the keys is in sight; 0 where it is."""
        place = self._places.get(self.form.focus)
        if place is None or place.within(clip, 4):
            return 0
        return place.y - clip.y if place.y < clip.y or place.h > clip.h else place.bottom - clip.bottom

    def _draw(self, p: Pane, field: FieldSpec, box: Box) -> None:
        c, name = p.kit.theme.color, field.name
        fault = self.form.faults.get(name, "")
        label = f"{field.label} *" if field.required else field.label
        p.text(f"label.{name}", box.x, box.y + 9, label, "small_medium", c.text2, "w", box.w)
        cell = Box(box.x, box.y + LABEL, box.w, TALL if field.kind == "lines" else ENTRY)
        entry = self.entries.get(name)
        if isinstance(entry, Lines):
            entry.draw(cell, bad=bool(fault))
        elif entry is not None:
            entry.write(self.form.values[name])
            if field.kind == "file" and not field.fixed:
                look = Box(cell.right - 52, cell.y, 52, cell.h)
                controls.button(p, f"field.{name}.look", look, partial(self._choose, name), icon="folder-open",
                                name=_("Choose a file"))  # fmt: skip
                cell = Box(cell.x, cell.y, cell.w - 60, cell.h)
            suffix = field.suffix or (self._symbol if field.kind == "money" else "")
            entry.draw(cell, "2026-11-25" if field.kind == "date" else "", suffix=suffix, bad=bool(fault))
        elif field.kind == "yesno":
            switch(p, f"field.{name}", cell, partial(self._turn, field), field, on=bool(self.form.values[name]),
                   focus=self.form.focus == name)  # fmt: skip
        elif field.kind == "options":
            cell = Box(cell.x, cell.y, cell.w, self._options_height(field, box.w))
            self._draw_options(p, field, cell)
        else:
            self._draw_choice(p, field, cell, bad=bool(fault))
        for i, line in enumerate(self._small(field, box.w)):
            colour = c.bad if fault else c.text3
            p.text(f"small.{name}.{i}", box.x + 2, cell.bottom + 10 + i * SMALL, line, "small", colour, "w", box.w)

    def _turn(self, field: FieldSpec) -> None:
        if not field.fixed:
            self.form.focus = field.name
            self._choose(field.name)

    def _draw_options(self, p: Pane, field: FieldSpec, cell: Box) -> None:
        """Draw the options as buttons; those of the field that has the keys show their digit."""
        across = _across(cell.w)
        known = choices(field)
        for row in range(0, len(known), across):
            y = cell.y + row // across * (ENTRY + 8)
            boxes = columns(Box(cell.x, y, cell.w, ENTRY), across, 8)
            for i, ((value, label), box) in enumerate(zip(known[row : row + across], boxes, strict=False), row):
                cap = str(i + 1) if field.name == self.form.focus and i < 9 else ""
                controls.button(p, f"field.{field.name}.{value}", box, partial(self._take, field.name, value),
                                text=label, kind="chosen" if self.form.takes(field, value) else "plain",
                                style="body_medium", cap=cap, enabled=not field.fixed)  # fmt: skip

    def _take(self, name: str, value: str) -> None:
        self.form.take(name, value)
        self.pane.refresh()
        self._written()

    def _draw_choice(self, p: Pane, field: FieldSpec, cell: Box, *, bad: bool) -> None:
        c, key = p.kit.theme.color, f"field.{field.name}"
        focus = self.form.focus == field.name
        edge = c.border if field.fixed else c.focus if focus else c.bad if bad else c.input_border
        fill = c.subtle if field.fixed else c.surface
        p.surface(key, cell, p.kit.theme.radius.field, fill, edge, stroke=2 if focus and not field.fixed else 1)
        room = cell.w - 32 - (0 if field.fixed else 24)
        text = self.form.label(field)
        p.text(f"{key}.text", cell.x + 16, cell.cy, text, "body_medium", c.text, "w", room)
        if not field.fixed:
            p.icon(f"{key}.icon", "chevron-down", cell.right - 24, cell.cy, 18, c.text2, fill)
            p.hot(key, cell, partial(self._turn, field), field.label)


def _across(width: float) -> int:
    """Return how many options stand side by side."""
    return max(1, int((width + 8) // (OPTION + 8)))


def rows(fields: Sequence[FieldSpec]) -> list[list[FieldSpec]]:
    """Return the fields row by row: two halves that follow each other share one."""
    found: list[list[FieldSpec]] = []
    for field in fields:
        if field.half and found and len(found[-1]) == 1 and found[-1][0].half:
            found[-1].append(field)
        else:
            found.append([field])
    return found


def switch(p: Pane, key: str, cell: Box, run: Callable[[], object], field: FieldSpec, *, on: bool, focus: bool) -> None:
    """A yes or no."""
    c = p.kit.theme.color
    box = Box(cell.x, cell.cy - 14, 52, 28)
    fill = c.primary if on else c.input_border
    if focus:
        p.surface(f"{key}.ring", Box(box.x - 3, box.y - 3, box.w + 6, box.h + 6), 999, p.under, c.focus, stroke=2)
    p.surface(key, box, 999, fill, None)
    knob = Box(box.right - 25 if on else box.x + 3, box.y + 3, 22, 22)
    p.surface(f"{key}.knob", knob, 999, c.on_primary if on else c.surface, None, fill)
    p.text(f"{key}.text", box.right + 12, cell.cy, _("Yes") if on else _("No"), "body_medium", c.text, "w")
    p.hot(key, cell, run, field.label)


class FormSheet(Sheet):
    """A dialog that asks for fields; at the till with a keypad beside numbers. What has no room scrolls."""

    def __init__(self, parent: tkinter.Misc, kit: Kit, desk: Desk, vm: FormDialog) -> None:
        super().__init__(parent, kit, desk, vm)
        self.ask = vm
        self.area_of_form = FormArea(self.main, vm.form, desk.formats.symbol, vm.choose, vm.quick)
        self._had, self._seen = "", ""
        self._top = self._most = 0.0
        self._touched = desk.screen in TILL and bool(vm.form.counts)
        self.main.on_scroll = self._scroll

    def focus_here(self) -> None:
        """Type at once."""
        self.area_of_form.focus()

    def refresh(self) -> None:
        """Follow the field that has the keys."""
        if self.ask.form.focus != self._had:
            self._had = self.ask.form.focus
            if self.desk.dialogs and self.desk.dialogs[-1] is self.ask:
                self.area_of_form.focus()
        super().refresh()

    @property
    def _width(self) -> float:
        """How wide the card would like to be without a keypad."""
        return WIDE if any(field.kind == "options" for field in self.ask.form.fields) else 520

    @property
    def _pad(self) -> float:
        """The room that the keypad takes; none where the fields would be squeezed."""
        return PAD_ROOM if self._touched and self.area.w >= LEAST + PAD_ROOM + 40 else 0

    def card(self) -> Box:
        """As high as the fields need."""
        most = self._width + self._pad
        width = min(most, self.area.w - 40) - 40 - self._pad
        _titles, _lines, more = self.told(self.ask.detail, width + self._pad)
        height = 156 + more + self.area_of_form.height(self.ask.form.fields, width) + (60 if self.ask.error else 0)
        return self.centred(most, max(height, 440 + more) if self._pad else height)

    def _scroll(self, dp: float) -> None:
        top = min(max(self._top + dp, 0), self._most)
        if top != self._top:
            self._top = top
            super().refresh()

    def draw(self, p: Pane, box: Box) -> None:
        """Title, fields, keypad, buttons."""
        y = self.draw_told(p, box, self.ask.detail) + 6
        y += self.draw_error(p, box.x, y, box.w)
        room = Box(box.x, y, box.w - self._pad, box.bottom - 60 - y)
        self._draw_fields(p, room)
        if self._pad:
            self._draw_pad(p, Box(box.right - PAD, y, PAD, min(room.h, 320)))
        cells = columns(Box(box.x, box.bottom - 48, box.w, 48), 2, 12)
        close = partial(self.desk.dispatch, "dialog.close", self.ask)
        controls.button(p, "no", cells[0], close, text=_("Back"), cap=self.desk.cap("dialog.close", "form"))
        accept = partial(self.desk.dispatch, "dialog.accept", self.ask)
        kind: controls.Kind = "alert" if self.ask.severe else "primary"
        controls.button(
            p, "yes", cells[1], accept, text=self.ask.yes, kind=kind, cap=self.desk.cap("dialog.accept", "form")
        )

    def _draw_fields(self, p: Pane, room: Box) -> None:
        """Draw the fields from where they are scrolled to; the one that got the keys comes into sight."""
        fields, form = self.ask.form.fields, self.area_of_form
        high = form.height(fields, room.w)
        self._most = max(high - room.h, 0)
        inner = Box(room.x, room.y, room.w - 14, room.h) if self._most else room
        self._top = min(self._top, self._most)
        form.draw(Box(inner.x, room.y - self._top, inner.w, high), fields, room)
        if self.ask.form.focus != self._seen:
            self._seen = self.ask.form.focus
            self._scroll(form.beyond(room))
        if self._most:
            controls.scrollbar(p, room, room.h / high, self._top / high, p.kit.theme.color.surface)

    def _draw_pad(self, p: Pane, box: Box) -> None:
        below, cap = self.ask.form.next_count(), self.desk.cap
        pin = self.ask.form.focus == self.ask.form.secret or self.ask.form.counts == (self.ask.form.secret,)
        controls.keypad(
            p, "pad", box, self.ask.press, self.ask.step, point="" if pin else self.desk.formats.point,
            text=_("Next") if below else _("OK"), cap=cap("form.next" if below else "dialog.accept", "form"),
        )  # fmt: skip
