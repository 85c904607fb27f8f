"""The lines of the cart: a list that scrolls by finger, with the stepper inside the chosen line."""

from __future__ import annotations

import tkinter
from functools import partial
from typing import TYPE_CHECKING

from genesis.kernel.money import QTY_SCALE
from genesis.shell.kit import controls
from genesis.shell.kit.geometry import Box
from genesis.shell.kit.pane import Pane
from genesis.shell.vm.formats import PIECES, joined
from genesis.shell.words import _, many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genesis.shell.kit.kit import Kit
    from genesis.shell.vm.cashier import CashierVM
    from genesis.shell.vm.till import Line

ROW, CHOSEN = 60, 108
MORE = 20  # dp below the lines where it is said how many others there are


def whole(heights: Sequence[float], room: float, top: int, seen: int | None = None) -> tuple[int, int]:
    """Return the first row in sight and the one after the last, where only whole rows are shown, as many as fit.

    top: the first one that is asked for. seen: a row that has to be in sight.
    """

    def first(end: int) -> int:
        """Return the first row in sight where this one is the last."""
        row = end
        while row and sum(heights[row - 1 : end + 1]) <= room:
            row -= 1
        return row

    if seen is not None:
        top = max(min(top, seen), first(seen))
    top = min(max(top, 0), first(len(heights) - 1))
    end = top + 1
    while end < len(heights) and sum(heights[top : end + 1]) <= room:
        end += 1
    return top, end


class LinesPane(Pane):
    """Draws the lines that are whole in sight, from the line `top` on."""

    def __init__(self, parent: tkinter.Misc, kit: Kit, vm: CashierVM) -> None:
        super().__init__(parent, kit, self._paint)
        self.vm, self.top = vm, 0
        self.on_scroll = self._move
        self._rest = 0.0
        self._seen = ("", 0, 0.0)

    def _move(self, dp: float) -> None:
        self._rest += dp / ROW
        rows, self._rest = int(self._rest), self._rest - int(self._rest)
        self.top += rows
        self.refresh()

    def _paint(self, p: Pane) -> None:
        lines, selected, room = self.vm.sale.lines, self.vm.selected, self.area.h
        p.clear(self.kit.theme.color.surface)
        if not lines:
            self._draw_empty(p)
            return
        heights = [float(CHOSEN if line.id == selected else ROW) for line in lines]
        at = next((i for i, line in enumerate(lines) if line.id == selected), None)
        now = (selected, len(lines), room)
        self.top, end = whole(heights, room, self.top, at if now != self._seen else None)
        self._seen = now
        y = 0.0
        for line, height in zip(lines[self.top : end], heights[self.top : end], strict=True):
            self._draw_line(p, Box(0, y, self.area.w, height), line)
            y += height
        if end - self.top < len(lines):
            self._draw_others(p, y, sum(heights[: self.top]) / sum(heights), y / sum(heights), len(lines) - end)

    def _draw_others(self, p: Pane, y: float, above: float, shown: float, below: int) -> None:
        """Say that there are other lines: by a bar, and where there is room by their number. above, shown: shares."""
        c, area = self.kit.theme.color, self.area
        controls.scrollbar(p, Box(0, 0, area.w - 2, area.h), shown, above)
        if area.h - y < MORE:
            return
        text, cy = many("{count} more", "{count} more", below or self.top), (y + area.h) / 2
        wide = p.measure("small", text)
        p.text("others", area.cx + 10, cy, text, "small", c.text3, "center", area.w - 60)
        icon = "chevron-down" if below else "chevron-up"
        p.icon("others.icon", icon, area.cx - wide / 2 - 4, cy, 16, c.text3)

    def _draw_empty(self, p: Pane) -> None:
        c, area = self.kit.theme.color, self.area
        if area.h > 150:
            p.icon("empty.icon", "shopping-basket", area.cx, area.cy - 34, 44, c.text3)
        p.text("empty.text", area.cx, area.cy + 8, _("Nothing rung up yet"), "strong", c.text2, "center", area.w - 40)
        p.text(
            "empty.help",
            area.cx,
            area.cy + 32,
            _("Scan a code or tap an item"),
            "small",
            c.text3,
            "center",
            area.w - 40,
        )

    def _draw_line(self, p: Pane, box: Box, line: Line) -> None:
        c, f, key = self.kit.theme.color, self.vm.desk.formats, f"line.{line.id}"
        chosen = line.id == self.vm.selected
        under = c.primary_soft if chosen else c.surface
        if chosen:
            card = Box(11, box.y, box.w - 22, box.h - 4)
            p.surface(key, card, self.kit.theme.radius.card, c.primary_soft, c.primary, stroke=2)
        else:
            p.rect(key, Box(19, box.bottom - 2, box.w - 38, 1), c.line)
        y = box.y + (19 if chosen else 20)
        p.hot(key, box, partial(self.vm.select, line.under or line.id), line.name)
        pieces = line.qty if line.qty % QTY_SCALE == 0 else QTY_SCALE * (-1 if line.qty < 0 else 1)
        ink = c.bad if line.qty < 0 else c.primary_text
        inset = 16 if line.under else 0
        p.text(f"{key}.times", 40 + inset, y + 10, "×", "small", c.text2)
        p.text(f"{key}.qty", 36 + inset, y + 10, f.quantity(pieces), "num_strong", ink, "e")
        right = box.w - 27
        width = p.text(f"{key}.amount", right, y, f.plain(line.amount), "num_strong", c.text, "e")
        left, style = 59 + inset, "body" if line.under else "strong"
        p.text(f"{key}.name", left, y, line.name, style, c.text, "w", right - width - left - 8)
        p.text(f"{key}.detail", left, y + 20, self._detail(line), "small", c.text2, "w", right - left)
        if chosen:
            self._draw_stepper(p, box, line, under)

    def _detail(self, line: Line) -> str:
        f = self.vm.desk.formats
        each = ""
        if line.price is not None:
            weighed = line.qty % QTY_SCALE or line.unit not in PIECES
            each = (
                f"{f.measured(line.qty, line.unit)} × {f.price(line.price)}"
                if weighed
                else f.each(line.price, line.unit)
            )
        discounts = (f"{a.text} {f.plain(a.amount)}" for a in line.adjustments)
        return joined(_("Return") if line.returned else "", each, *discounts, *line.notes)

    def _draw_stepper(self, p: Pane, box: Box, line: Line, under: str) -> None:
        """Quantity, discount and void, 48 dp each; narrow panels drop words, not buttons."""
        vm, key, y = self.vm, f"line.{line.id}", box.y + 52
        x, right = (59.0, box.w - 27) if box.w >= 360 else (22.0, box.w - 19)
        if "line.quantity" in vm.commands:
            x = self._draw_quantity(p, x, y, line, under)

        def button(command: str, cell: Box, text: str, kind: controls.Kind) -> None:
            run, name, icon = (
                partial(vm.desk.dispatch, command, vm),
                vm.commands[command].title,
                vm.commands[command].icon,
            )
            controls.button(
                p,
                f"{key}.{command}",
                cell,
                run,
                text=text,
                icon=icon,
                kind=kind,
                style="small_medium",
                under=under,
                name=name,
            )

        if "line.void" in vm.commands:
            button("line.void", Box(right - 48, y, 48, 48), "", "danger")
            right -= 56
        if "line.discount" in vm.commands:
            wide = right - x >= 100
            text = vm.commands["line.discount"].title if wide else ""
            button("line.discount", Box(x, y, min(right - x, 112) if wide else 48, 48), text, "plain")

    def _draw_quantity(self, p: Pane, x: float, y: float, line: Line, under: str) -> float:
        """Less and more for pieces, a button that asks for anything else; returns where the next button stands."""
        vm, key = self.vm, f"line.{line.id}"
        if line.unit not in PIECES:
            run = partial(vm.desk.dispatch, "line.quantity", vm)
            text = vm.commands["line.quantity"].title
            cell = Box(x, y, 112, 48)
            controls.button(p, f"{key}.weight", cell, run, text=text, icon="scale", style="small_medium", under=under)
            return x + 120
        for name, step, left in ((_("One less"), -1, x), (_("One more"), 1, x + 92)):
            icon, change = "plus" if step > 0 else "minus", partial(vm.step_quantity, step)
            controls.button(p, f"{key}.{icon}", Box(left, y, 48, 48), change, icon=icon, under=under, name=name)
        count = vm.desk.formats.quantity(line.qty)
        p.text(f"{key}.count", x + 70, y + 24, count, "clock", self.kit.theme.color.text, "center", 44)
        return x + 148
