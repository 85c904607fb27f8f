"""Dialogs with rows: choosing from a list, and picking the lines of a return."""

from __future__ import annotations

import tkinter
from functools import partial
from typing import TYPE_CHECKING

from genesis.shell.kit import controls
from genesis.shell.kit.field import Field
from genesis.shell.kit.geometry import Box, columns
from genesis.shell.kit.pane import Pane
from genesis.shell.views.sheets import Sheet
from genesis.shell.vm.formats import joined
from genesis.shell.vm.picks import Choice, PickDialog
from genesis.shell.vm.returns import ReturnDialog
from genesis.shell.words import _

if TYPE_CHECKING:
    from genesis.shell.kit.kit import Kit
    from genesis.shell.vm.desk import Desk
    from genesis.shell.vm.till import SoldLine

ROW = 60


def window(count: int, marked: int, places: int) -> int:
    """Return the first row to show so that the marked one is in sight."""
    return max(min(marked - places // 2, count - places), 0)


def draw_bar(p: Pane, box: Box, count: int, first: int) -> None:
    """Say beside the rows that have room in a box that there are others."""
    track, count = Box(box.x, box.y, box.w + 12, box.h - 6), max(count, 1)
    controls.scrollbar(p, track, box.h / ROW / count, first / count, p.kit.theme.color.surface)


class PickSheet(Sheet):
    """A list with a field to search it."""

    def __init__(self, parent: tkinter.Misc, kit: Kit, desk: Desk, vm: PickDialog) -> None:
        super().__init__(parent, kit, desk, vm)
        self.ask = vm
        self.field = Field(self.main, "search", vm.search) if vm.hint else None
        self._rows = 0  # in sight, kept while others are searched: the card does not jump at each letter
        self.main.on_scroll = lambda dp: vm.move(1 if dp > 0 else -1)

    def focus_here(self) -> None:
        """Type at once."""
        if self.field is not None:
            self.field.focus()
        else:
            super().focus_here()

    def card(self) -> Box:
        """High."""
        count = len(self.ask.choices)
        self._rows = max(self._rows, count) if self.ask.waiting else count
        height = 88 + (60 if self.field else 0) + (ROW * self._rows or 84) + (44 if self.ask.error else 0)
        return self.centred(560, height)

    def draw(self, p: Pane, box: Box) -> None:
        """Title, field, rows."""
        y = self.draw_title(p, box)
        if self.field is not None:
            self.field.write(self.ask.text)
            self.field.draw(Box(box.x, y, box.w, 48), self.ask.hint, icon="search")
            y += 60
        y += self.draw_error(p, box.x, y, box.w)
        places = max(int((box.bottom - y) // ROW), 1)
        first = window(len(self.ask.choices), self.ask.index, places)
        for i, choice in enumerate(self.ask.choices[first : first + places]):
            cell = Box(box.x, y + i * ROW, box.w, ROW - 6)
            self._draw_row(p, cell, choice, marked=first + i == self.ask.index)
        draw_bar(p, Box(box.x, y, box.w, places * ROW), len(self.ask.choices), first)
        if not self.ask.choices and not self.ask.error:
            c = p.kit.theme.color
            p.text("empty", box.cx, y + 40, self.ask.empty, "body", c.text2, "center", box.w)

    def _draw_row(self, p: Pane, box: Box, choice: Choice, *, marked: bool) -> None:
        c, key = p.kit.theme.color, f"row.{choice.id}"
        kind: controls.Kind = "chosen" if marked else "plain"
        paint = controls.paints(p, kind, enabled=True, pressed=p.pressed == key, under=c.surface)
        p.surface(key, box, p.kit.theme.radius.button, paint.fill, paint.border, stroke=paint.stroke)
        left, right = box.x + 16, box.right - 16
        if choice.icon:
            p.icon(f"{key}.icon", choice.icon, left + 10, box.cy, 22, c.text2, paint.fill)
            left += 36
        if choice.cap:
            right -= controls.keycap(p, f"{key}.cap", right, box.cy, choice.cap, paint.fill) + 10
        if choice.right:
            right -= p.text(f"{key}.right", right, box.cy, choice.right, "num_strong", c.text, "e") + 10
        shift = 10 if choice.detail else 0
        p.text(f"{key}.title", left, box.cy - shift, choice.title, "strong", c.text, "w", right - left)
        if choice.detail:
            p.text(f"{key}.detail", left, box.cy + 11, choice.detail, "small", c.text2, "w", right - left)
        p.hot(key, box, partial(self.ask.pick, choice), choice.title)


class ReturnSheet(Sheet):
    """The receipt number, then the lines with how much of each comes back."""

    def __init__(self, parent: tkinter.Misc, kit: Kit, desk: Desk, vm: ReturnDialog) -> None:
        super().__init__(parent, kit, desk, vm)
        self.ask = vm
        self.field = Field(self.main, "number", vm.write)
        self.main.on_scroll = lambda dp: vm.move(1 if dp > 0 else -1)

    def focus_here(self) -> None:
        """Type or scan at once; once the receipt is found, the keys pick lines."""
        if self.ask.sale is None:
            self.field.focus()
        else:
            super().focus_here()

    def refresh(self) -> None:
        """The field goes when the receipt is found."""
        self.focus_here()
        super().refresh()

    def card(self) -> Box:
        """Small at first, high with the lines."""
        lines = len(self.ask.sale.lines) if self.ask.sale else 0
        return self.centred(600, 156 + (ROW * lines or 60) + (60 if self.ask.error else 0))

    def draw(self, p: Pane, box: Box) -> None:
        """Either step."""
        sale = self.ask.sale
        f = self.desk.formats
        about = joined(sale.number, f.moment(sale.at), f.money(sale.total)) if sale else ""
        y = self.draw_title(p, box, about)
        y += self.draw_error(p, box.x, y, box.w)
        buttons = Box(box.x, box.bottom - 56, box.w, 56)
        if sale is None:
            self.field.write(self.ask.text)
            self.field.draw(
                Box(box.x, y, box.w, 52),
                _("Scan the receipt or type its number"),
                icon="receipt-text",
                bad=bool(self.ask.error),
            )
        else:
            places = max(int((buttons.y - 8 - y) // ROW), 1)
            first = window(len(sale.lines), self.ask.index, places)
            for i, line in enumerate(sale.lines[first : first + places]):
                self._draw_line(p, Box(box.x, y + i * ROW, box.w, ROW - 6), line, first + i)
            draw_bar(p, Box(box.x, y, box.w, places * ROW), len(sale.lines), first)
        self._draw_buttons(p, buttons)

    def _draw_buttons(self, p: Pane, box: Box) -> None:
        accept = partial(self.desk.dispatch, "dialog.accept", self.ask)
        cap = self.desk.cap("dialog.accept", "return")
        loose = self.ask.loose is not None and self.ask.sale is None
        cells = columns(box, 2 if loose else 1, 12)
        if loose:
            cap_loose = self.desk.cap("return.loose", "return")
            run = partial(self.desk.dispatch, "return.loose", self.ask)
            controls.button(p, "loose", cells[0], run, text=_("No receipt"), icon="scan-barcode", cap=cap_loose)
        text = _("Find receipt") if self.ask.sale is None else self.ask.yes
        controls.button(p, "accept", cells[-1], accept, text=text, kind="primary", cap=cap)

    def _draw_line(self, p: Pane, box: Box, line: SoldLine, index: int) -> None:
        c, f, key = p.kit.theme.color, self.desk.formats, f"line.{line.id}"
        marked, qty = index == self.ask.index, self.ask.quantity(line)
        fill = c.primary_soft if qty else c.surface
        p.surface(
            key, box, p.kit.theme.radius.button, fill, c.primary if marked else c.border, stroke=2 if marked else 1
        )
        inset = max(6, p.kit.theme.radius.button / 2 + 2)  # clear of the rounded corners
        more = Box(box.right - 48 - inset, box.y + 3, 48, 48)
        less = Box(more.x - 100, box.y + 3, 48, 48)
        possible = line.returnable > 0
        controls.button(
            p,
            f"{key}.more",
            more,
            partial(self.ask.change, index, 1),
            icon="plus",
            under=fill,
            name=_("One more"),
            enabled=possible and qty < line.returnable,
        )
        controls.button(
            p,
            f"{key}.less",
            less,
            partial(self.ask.change, index, -1),
            icon="minus",
            under=fill,
            name=_("One less"),
            enabled=qty > 0,
        )
        p.text(f"{key}.qty", less.right + 26, box.cy, f.quantity(qty), "num_strong", c.text, "center", 50)
        room = less.x - box.x - 28
        sold = self.ask.about(line)
        p.text(f"{key}.name", box.x + 16, box.cy - 10, line.name, "strong", c.text if possible else c.text3, "w", room)
        p.text(
            f"{key}.detail", box.x + 16, box.cy + 11, joined(f.plain(line.amount), sold), "small", c.text2, "w", room
        )
