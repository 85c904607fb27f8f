"""Dialogs as sheets over the screen: each kind of dialog has its drawing here or in a file of its own."""

from __future__ import annotations

import tkinter
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from genesis.shell.kit import charts, controls
from genesis.shell.kit.geometry import Box, columns, grid
from genesis.shell.kit.pane import Pane
from genesis.shell.views.base import View
from genesis.shell.views.paper import LINE, draw_paper
from genesis.shell.vm.desk import Ask, Dialog
from genesis.shell.vm.document import Document
from genesis.shell.vm.numbers import NumberDialog
from genesis.shell.vm.work import WorkDialog
from genesis.shell.words import _

if TYPE_CHECKING:
    from genesis.shell.kit.kit import Kit
    from genesis.shell.vm.desk import Desk

AROUND = 134  # dp of a paper's sheet that are not rows: the title, and the edges of sheet and paper


class Sheet(View):
    """A dialog: a card over the page, which is seen through a veil. Only what is inside can be touched."""

    def __init__(self, parent: tkinter.Misc, kit: Kit, desk: Desk, vm: Dialog) -> None:
        super().__init__(parent, kit, desk, vm)
        self.dialog = vm
        self.main = self.pane(self._draw)
        self.main.place(relwidth=1, relheight=1)
        self._corner = (0, 0)
        self._at = (0, 0, 0, 0)

    def stand(self, left: int, top: int) -> None:
        """Stand in an area of the size of `fit` that begins at these pixels of the window."""
        self._corner = (left, top)
        self.refresh()

    def refresh(self) -> None:
        """The card is as large as what it shows."""
        left, top, wide, high = self._card_in_pixels()
        at = (self._corner[0] + left, self._corner[1] + top, wide, high)
        if at != self._at and wide > 1:
            self._at = at
            self.place(x=at[0], y=at[1], width=wide, height=high)
        super().refresh()

    def restyle(self) -> None:
        """Theme or scale changed: the same place may be other pixels."""
        self._at = (0, 0, 0, 0)
        super().restyle()

    def _card_in_pixels(self) -> tuple[int, int, int, int]:
        box, px = self.card(), self.kit.px
        return px(box.x), px(box.y), px(box.right) - px(box.x), px(box.bottom) - px(box.y)

    def _draw(self, p: Pane) -> None:
        c, dp = self.kit.theme.color, self.kit.dp
        p.clear(self.kit.theme.veiled(c.app))
        _left, _top, wide, high = self._card_in_pixels()
        box = Box(0, 0, dp(wide), dp(high))
        p.surface("card", box, self.kit.theme.radius.card, c.surface, c.border)
        p.under = c.surface
        self.draw(p, box.inset(20, 16))

    def card(self) -> Box:
        """Return the card of the dialog."""
        return self.centred(440, 320)

    def centred(self, width: float, height: float) -> Box:
        """Return a card of at most this size in the middle."""
        area = self.area
        edge = 8 if area.h < 560 else 20
        w, h = min(width, area.w - 2 * edge), min(height, area.h - 2 * edge)
        return Box((area.w - w) / 2, (area.h - h) / 2, w, h)

    def draw(self, p: Pane, box: Box) -> None:
        """Draw inside the card."""

    def told(self, detail: str, width: float) -> tuple[list[str], list[str], float]:
        """Return the lines of a title and of what it is about, and what they take beyond one line of each (dp)."""
        p = self.main
        room = p.kit.px(width - 56)
        titles = p.kit.fonts.wrap("title", self.dialog.title, room, 2)
        lines = p.kit.fonts.wrap("body", detail, room, 4) if detail else []
        return titles, lines, 26.0 * (len(titles) - 1) + 20 * max(len(lines) - 1, 0)

    def draw_told(self, p: Pane, box: Box, detail: str) -> float:
        """Draw the title and what it is about, both whole; returns where the content begins."""
        titles, lines, more = self.told(detail, box.w)
        y = self.draw_title(p, box, lines[0] if lines else "", titles)
        for i, line in enumerate(lines[1:], 1):
            p.text(f"about.{i}", box.x, y - 18 + i * 20, line, "body", p.kit.theme.color.text2, "w", box.w - 56)
        return box.y + 56 + more

    def draw_title(self, p: Pane, box: Box, detail: str = "", titles: Sequence[str] = ()) -> float:
        """Draw the title, what it is about, and the button that closes; returns where the content begins."""
        c = p.kit.theme.color
        close = Box(box.right - 48, box.y, 48, 48)
        run = partial(self.desk.dispatch, "dialog.close", self.dialog)
        controls.button(p, "close", close, run, icon="x", kind="quiet", name=_("Close"), under=c.surface)
        room = close.x - box.x - 8
        titles = titles or (self.dialog.title,)
        below = 26 * (len(titles) - 1)
        for i, title in enumerate(titles):
            at = box.y + (14 if detail or below else 24) + i * 26
            p.text(f"title.{i}" if i else "title", box.x, at, title, "title", c.text, "w", room)
        if detail:
            p.text("about", box.x, box.y + below + 38, detail, "body", c.text2, "w", room)
        return box.y + below + 56

    def draw_error(self, p: Pane, x: float, y: float, width: float) -> float:
        """Draw what was wrong with the last answer; returns the height used."""
        if not self.dialog.error:
            return 0
        c = p.kit.theme.color
        lines = p.kit.fonts.wrap("small_medium", self.dialog.error, p.kit.px(width - 44), 3)
        height = 18 * len(lines) + 14
        p.surface("error", Box(x, y, width, height), 10, c.bad_soft, None)
        p.icon("error.icon", "circle-alert", x + 18, y + height / 2, 18, c.bad, c.bad_soft)
        for i, line in enumerate(lines):
            p.text(f"error.{i}", x + 34, y + 16 + i * 18, line, "small_medium", c.bad, "w", width - 40)
        return height + 10


class AskSheet(Sheet):
    """Sentences and one or two buttons."""

    def __init__(self, parent: tkinter.Misc, kit: Kit, desk: Desk, vm: Ask) -> None:
        super().__init__(parent, kit, desk, vm)
        self.ask = vm

    def _lines(self, width: float) -> list[tuple[str, bool]]:
        """Return the wrapped lines and whether each begins a paragraph."""
        out = []
        for text in self.ask.texts:
            wrapped = self.kit.fonts.wrap("body", text, self.kit.px(width), 6)
            out += [(line, i == 0) for i, line in enumerate(wrapped)]
        return out

    def card(self) -> Box:
        """As high as the text needs."""
        lines = self._lines(min(480, self.area.w - 40) - 40)
        height = 160 + 22 * len(lines) + 6 * sum(first for _line, first in lines)
        return self.centred(480, height + (28 if self.ask.note else 0) + (70 if self.ask.error else 0))

    def draw(self, p: Pane, box: Box) -> None:
        """The sentences, the small print, and the buttons."""
        c = p.kit.theme.color
        y = self.draw_title(p, box) + 6
        y += self.draw_error(p, box.x, y, box.w)
        bottom = box.bottom - 60 - (24 if self.ask.note else 0)
        for i, (line, first) in enumerate(self._lines(box.w)):
            y += 6 if first and i else 0
            if y + 22 > bottom:
                break
            p.text(f"text.{i}", box.x, y + 10, line, "body", c.text, "w", box.w)
            y += 22
        if self.ask.note:
            p.text("note", box.x, bottom + 12, self.ask.note, "num_small", c.text2, "w", box.w)
        self._draw_buttons(p, Box(box.x, box.bottom - 48, box.w, 48))

    def _draw_buttons(self, p: Pane, box: Box) -> None:
        cells = columns(box, 2, 12)
        if self.ask.other is not None:
            title, run = self.ask.other
            controls.button(p, "other", cells[0], run, text=title)
        else:
            close = partial(self.desk.dispatch, "dialog.close", self.ask)
            controls.button(p, "no", cells[0], close, text=_("Back"), cap=self.desk.cap("dialog.close", "ask"))
        accept = partial(self.desk.dispatch, "dialog.accept", self.ask)
        cap = self.desk.cap("dialog.accept", "ask")
        kind: controls.Kind = "alert" if self.ask.severe else "primary"
        controls.button(p, "yes", cells[-1], accept, text=self.ask.yes, kind=kind, cap=cap)


class NumberSheet(Sheet):
    """A number with unit, presets and keypad; beside each other where the window is low."""

    def __init__(self, parent: tkinter.Misc, kit: Kit, desk: Desk, vm: NumberDialog) -> None:
        super().__init__(parent, kit, desk, vm)
        self.ask = vm

    @property
    def _flat(self) -> bool:
        return self.area.h < 620

    def card(self) -> Box:
        """High and narrow, or low and wide."""
        return self.centred(720, 460) if self._flat else self.centred(460, 660)

    def draw(self, p: Pane, box: Box) -> None:
        """Title, value, units, presets, keypad."""
        y = self.draw_title(p, box, self.ask.detail)
        if self._flat:
            left = Box(box.x, y, (box.w - 16) * 0.45, box.bottom - y)
            pad = Box(left.right + 16, y, box.right - left.right - 16, box.bottom - y)
        else:
            left, pad = Box(box.x, y, box.w, 0), None
        y = self._draw_value(p, Box(left.x, left.y, left.w, 64))
        y += self.draw_error(p, left.x, y, left.w)
        if len(self.ask.units) > 1:
            for unit, cell in zip(
                self.ask.units, columns(Box(left.x, y, left.w, 48), len(self.ask.units), 8), strict=True
            ):
                kind: controls.Kind = "chosen" if unit == self.ask.unit else "plain"
                controls.button(
                    p, f"unit.{unit.id}", cell, partial(self.ask.choose_unit, unit), text=unit.label, kind=kind
                )
            y += 56
        shown = self.ask.unit.presets[: 6 if self._flat else 5]
        across = min(max(len(shown), 1), 3 if self._flat else 5)
        rows = -(-len(shown) // across)
        cells = grid(Box(left.x, y, left.w, 56 * rows - 8), across, rows, 8) if shown else []
        for preset, cell in zip(shown, cells, strict=False):
            controls.button(
                p,
                f"preset.{preset.value}",
                cell,
                partial(self.ask.preset, preset),
                text=preset.label,
                style="num_strong",
            )
        y += 56 * rows
        pad = pad or Box(box.x, y + 4, box.w, box.bottom - y - 4)
        accept = partial(self.desk.dispatch, "dialog.accept", self.ask)
        cap = self.desk.cap("dialog.accept", "number")
        controls.keypad(p, "pad", pad, self.ask.press, accept, text=_("OK"), cap=cap, point=self.desk.formats.point)

    def _draw_value(self, p: Pane, box: Box) -> float:
        c, number = p.kit.theme.color, self.ask.number
        p.surface("value", box, self.kit.theme.radius.field, c.surface, c.focus, stroke=2)
        unit = self.ask.unit.label
        width = p.text(
            "value.unit", box.right - 16, box.cy, "" if unit in {"pcs", "each"} else unit, "heading", c.text2, "e"
        )
        ink = c.text3 if number.fresh else c.text
        text = number.text.replace(".", self.desk.formats.point) or "0"
        p.text("value.text", box.x + 16, box.cy, text, "total", ink, "w", box.w - width - 44)
        return box.bottom + 10


class WorkSheet(Sheet):
    """How far long work is, with a way to stop it."""

    def __init__(self, parent: tkinter.Misc, kit: Kit, desk: Desk, vm: WorkDialog) -> None:
        super().__init__(parent, kit, desk, vm)
        self.work = vm

    def card(self) -> Box:
        """Low; before that a line above the page, and at first nothing."""
        if self.work.seen:
            return self.centred(480, 210)
        return Box(0, 0, self.area.w, 4) if self.work.bar else Box(0, 0, 0, 0)

    def _draw(self, p: Pane) -> None:
        if self.work.seen:
            super()._draw(p)
            return
        c, width = self.kit.theme.color, self.area.w
        p.clear(c.cap)
        p.rect("going", Box(0, 0, width * max(self.work.share or 0, 0.3), 4), c.primary)

    def draw(self, p: Pane, box: Box) -> None:
        """Title, bar, figures, stop."""
        c = p.kit.theme.color
        p.text("title", box.x, box.y + 20, self.work.title, "title", c.text, "w", box.w)
        charts.bar(p, "progress", Box(box.x, box.y + 56, box.w, 10), self.work.share or 0.02, c.primary, c.cap)
        p.text("text", box.x, box.y + 92, self.work.text, "body", c.text2, "w", box.w)
        stop = Box(box.right - 160, box.bottom - 48, 160, 48)
        run = partial(self.desk.dispatch, "dialog.close", self.work)
        enabled = not self.work.cancelled.is_set()
        controls.button(
            p, "stop", stop, run, text=_("Stop"), icon="x", cap=self.desk.cap("dialog.close", "ask"), enabled=enabled
        )


class PaperSheet(Sheet):
    """A document as on paper."""

    def __init__(self, parent: tkinter.Misc, kit: Kit, desk: Desk, vm: Document) -> None:
        super().__init__(parent, kit, desk, vm)
        self.paper = vm
        self.main.on_scroll = lambda dp: vm.scroll(1 if dp > 0 else -1)

    def card(self) -> Box:
        """As high as the paper, up to the window."""
        foot = 60 if self.paper.printer else 0
        said = 70 if self.paper.error else 0
        return self.centred(460, AROUND + foot + said + LINE * len(self.paper.rows))

    def draw(self, p: Pane, box: Box) -> None:
        """The rows from the first in sight on."""
        y = self.draw_title(p, box) + 4
        y += self.draw_error(p, box.x, y, box.w)
        bottom = box.bottom
        if self.paper.printer:
            foot = Box(box.x, box.bottom - 48, box.w, 48)
            run = partial(self.desk.dispatch, "document.print", self.paper)
            cap = self.desk.cap("document.print", "document")
            controls.button(p, "print", foot, run, text=_("Print"), icon="printer", cap=cap,
                            enabled=not self.paper.printing)  # fmt: skip
            bottom = foot.y - 12
        draw_paper(p, Box(box.x, y, box.w, bottom - y), self.paper.rows[self.paper.top :])
