"""Something said in passing, as a strip where the screen allows one."""

from __future__ import annotations

import tkinter
from typing import TYPE_CHECKING

from genesis.shell.kit.controls import keycap
from genesis.shell.kit.geometry import Box
from genesis.shell.kit.kit import Kit
from genesis.shell.kit.pane import Pane
from genesis.shell.words import _

if TYPE_CHECKING:
    from genesis.shell.vm.desk import Desk, Toast

SHOWN = 4_000  # ms
ICONS = {"good": "circle-check", "warn": "triangle-alert", "bad": "circle-alert", "info": "info"}

LINE, MOST = 19, 6  # dp of a line, and how many there are at most


def _room(toast: Toast, width: float) -> float:
    """Return how wide its lines may be."""
    return width - 60 - 56 - (110 if toast.undo is not None else 0)


class ToastStrip(Pane):
    """Shows the toast of the desk; touching it takes it away."""

    def __init__(self, parent: tkinter.Misc, kit: Kit, desk: Desk) -> None:
        super().__init__(parent, kit, self._paint)
        self.desk = desk
        self._timer = ""
        self._toast: Toast | None = None

    def show(self, box: Box) -> None:
        """Follow the desk: appear at a place of the parent (dp), go after a while, or stay until touched."""
        toast = self.desk.toast
        if toast is None:
            self._forget()
            self.place_forget()
        else:
            px = self.kit.px
            mirrored, wide = self.kit.mirrored, self.master.winfo_width()
            high = max(box.h, LINE * len(self._lines(toast, box.w)) + 12)  # a long one grows upwards
            box = Box(box.x, box.bottom - high, box.w, high)
            self.place(
                x=wide - px(box.right) if mirrored else px(box.x),
                y=px(box.y),
                width=px(box.right) - px(box.x),
                height=px(box.bottom) - px(box.y),
            )
            tkinter.Misc.lift(self)
            if toast is not self._toast:
                self._forget()
                self._timer = "" if toast.stay else self.after(SHOWN, self._over, toast)
            self.refresh()
        self._toast = toast

    def _lines(self, toast: Toast, width: float) -> list[str]:
        return self.kit.fonts.wrap("body_medium", toast.text, self.kit.px(_room(toast, width)), MOST)

    def _over(self, toast: Toast) -> None:
        """Take a toast away; not what was said since, while the window had no time to show it."""
        self._timer = ""
        if self.desk.toast is toast:
            self.desk.hush()

    def _forget(self) -> None:
        if self._timer:
            self.after_cancel(self._timer)
            self._timer = ""

    def destroy(self) -> None:
        """End the timer with the widget."""
        self._forget()
        super().destroy()

    def _paint(self, p: Pane) -> None:
        toast = self.desk.toast
        if toast is None:
            return
        front, back = self.kit.theme.tone(toast.tone)
        box, c = self.area, self.kit.theme.color
        p.clear(back)
        p.rect("edge", Box(0, 0, box.w, 2), front)
        p.icon("icon", ICONS.get(toast.tone, "info"), 30, box.cy + 1, 22, front)
        lines, room = self._lines(toast, box.w), _room(toast, box.w)
        for i, line in enumerate(lines):
            y = box.cy + 1 + (i - (len(lines) - 1) / 2) * LINE
            p.text(f"text.{i}", 54, y, line, "body_medium", c.text, "w", room)
        p.icon("close", "x", box.w - 28, box.cy + 1, 20, front)
        p.hot("toast", box, self.desk.hush, _("Dismiss: {text}").format(text=toast.text))
        if toast.undo is not None:
            cell, cap = Box(box.w - 156, 0, 108, box.h), self.desk.cap("undo", "any")
            used = keycap(p, "undo.cap", cell.right - 6, box.cy + 1, cap)
            p.text("undo", cell.right - used - 14, box.cy + 1, _("Undo"), "strong", front, "e")
            p.hot("toast.undo", cell, self.desk.undo, _("Undo"))
