"""The drawer of a page: sections of fields, small tables and notices, its actions, and save."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from genesis.hooks.pages import Cell, PageAction, Section, Text
from genesis.shell.kit import controls
from genesis.shell.kit.geometry import Box, columns
from genesis.shell.kit.pane import Pane
from genesis.shell.views.form import FormArea
from genesis.shell.vm.drawer import DrawerState
from genesis.shell.vm.listpage import ListPageVM
from genesis.shell.words import _

if TYPE_CHECKING:
    from genesis.shell.vm.desk import Desk

TITLE, LINE, PAD = 36, 40, 20
MOST_LINES = 200  # of a paragraph
MOST_ROWS, ROW_OF = 4, 160  # of actions, one in so many dp of height: what the drawer tells comes first
MORE = PageAction(id="more", title="More", icon="ellipsis", permission="", run=lambda *_: None)


class DrawerArea:
    """Draws the drawer of a page on a pane; its entries live as long as the drawer."""

    def __init__(self, pane: Pane, desk: Desk, vm: ListPageVM) -> None:
        self.pane, self.desk, self.vm = pane, desk, vm
        self._state: DrawerState | None = None
        self._form: FormArea | None = None
        self._focus = self._seen = ""
        self._most = 0.0  # dp that what is in it can be scrolled
        pane.on_scroll = self._scroll

    def follow(self) -> None:
        """Make or drop the entries with the drawer, and follow the field that has the keys."""
        state = self.vm.drawer
        if state is not self._state:
            if self._form is not None:
                self._form.destroy()
            self._state, self._form, self._focus, self._seen = state, None, "", ""
            if state is not None:
                self._form = FormArea(
                    self.pane, state.form, self.desk.formats.symbol, self.vm.choose, self.pane.refresh
                )
                self._focus = state.form.focus
        if state is not None and self._form is not None and state.form.focus != self._focus:
            self._focus = state.form.focus
            self._form.focus()

    def _scroll(self, dp: float) -> None:
        if self._state is not None:
            self._state.scroll = min(max(self._state.scroll + dp, 0), self._most)
            self.pane.refresh()

    def draw(self, p: Pane, box: Box) -> None:
        """Title and close above, sections between, buttons below."""
        c, state, form = p.kit.theme.color, self._state, self._form
        p.clear(c.surface)
        if state is None or form is None:
            return
        p.rect("edge", Box(0, 0, 1, box.h), c.border)
        drawer, inner = state.drawer, box.inset(PAD, 0)
        close = Box(box.right - 60, 10, 48, 48)
        controls.button(p, "drawer.close", close, self.vm.close_drawer, icon="x", kind="quiet", name=_("Close"))
        room = close.x - inner.x - 8
        title = drawer.title or self.vm.title
        p.text("drawer.title", inner.x, 28 if drawer.small else 34, title, "title", c.text, "w", room)
        if drawer.small:
            p.text("drawer.small", inner.x, 52, self.desk.formats.text(drawer.small), "small", c.text3, "w", room)
        foot = self._draw_foot(p, box)
        clip = Box(inner.x, 70, inner.w, foot - 78)
        y = clip.y - state.scroll
        for number, section in enumerate(drawer.sections):
            y = self._draw_section(p, Box(inner.x, y, inner.w, 0), clip, number, section, form)
        high = y + state.scroll - clip.y
        self._most = high - clip.h + 32 if high - 8 > clip.h else 0.0
        whole = clip.h + self._most
        controls.scrollbar(p, Box(box.x, clip.y, box.w - 6, clip.h), clip.h / whole, state.scroll / whole, c.surface)
        if state.form.focus != self._seen:  # the field that got the keys comes into sight
            self._seen = state.form.focus
            self._scroll(form.beyond(clip))

    def _draw_foot(self, p: Pane, box: Box) -> float:
        state, c = self._state, p.kit.theme.color
        if state is None:
            return box.bottom
        inner, y = box.inset(PAD, 0), box.bottom - 12
        if state.drawer.save is not None and self.vm.allowed(state.drawer.permission or "records.change"):
            cells = columns(Box(inner.x, y - 48, inner.w, 48), 2, 12)
            changed = bool(state.form.changes)
            run = partial(self.desk.dispatch, "drawer.save", self.vm)
            controls.button(p, "drawer.discard", cells[0], self.vm.close_drawer, text=_("Discard"))
            controls.button(p, "drawer.save", cells[1], run, text=_("Save"), kind="primary",
                            cap=self.desk.cap("drawer.save", "list"), enabled=changed)  # fmt: skip
            y -= 60
        offered = [] if not state.row else self.vm.actions("row", state.row)
        if state.drawer.actions is not None:
            offered = [action for action in offered if action.id in state.drawer.actions]
        shown, rest = self._shown(p, offered, inner.w, min(MOST_ROWS, max(int(box.h / ROW_OF), 1)))
        for pair in self._pairs(p, shown, inner.w):
            for action, cell in zip(pair, columns(Box(inner.x, y - 48, inner.w, 48), len(pair), 12), strict=True):
                kind: controls.Kind = "danger" if action.danger else "plain"
                act = partial(self.vm.act, action, state.row)
                controls.button(p, f"do.{action.id}", cell, partial(self.vm.more, rest) if action is MORE else act,
                                text=_("More") if action is MORE else action.title, icon=action.icon, kind=kind,
                                style="body_medium")  # fmt: skip
            y -= 56
        if y == box.bottom - 12:  # nothing can be done here
            return box.bottom
        p.rect("drawer.line", Box(box.x, y - 6, box.w, 1), c.line)
        return y - 6

    def _shown(
        self, p: Pane, offered: list[PageAction], width: float, most: int
    ) -> tuple[list[PageAction], list[PageAction]]:
        """Return the actions that have room below the content in so many rows, and those that More lists."""
        for count in range(len(offered), -1, -1):
            shown = offered[:count] if count == len(offered) else [*offered[:count], MORE]
            if len(self._pairs(p, shown, width)) <= most:
                return shown, offered[count:]
        return [MORE], offered

    @staticmethod
    def _pairs(p: Pane, offered: list[PageAction], width: float) -> list[list[PageAction]]:
        """Return the actions row by row: two side by side where both titles have room."""

        def short(action: PageAction) -> bool:
            return p.measure("body_medium", action.title) + (54 if action.icon else 24) <= (width - 12) / 2

        rows: list[list[PageAction]] = []
        for action in offered:
            if rows and len(rows[-1]) == 1 and short(action) and short(rows[-1][0]):
                rows[-1].append(action)
            else:
                rows.append([action])
        return rows

    def _draw_section(self, p: Pane, box: Box, clip: Box, number: int, section: Section, form: FormArea) -> float:
        c, y, key = p.kit.theme.color, box.y, f"section.{number}"
        if section.title:
            if number:
                self._if(p, Box(box.x, y, box.w, 1), clip, lambda b: p.rect(f"{key}.rule", b, c.line))
                y += 10
            self._if(p, Box(box.x, y, box.w, TITLE), clip, partial(self._draw_heading, p, key, section))
            y += TITLE
        if section.notice:
            y = self._draw_notice(p, Box(box.x, y, box.w, 0), clip, key, section)
        if section.text:
            y = self._draw_text(p, Box(box.x, y, box.w, 0), clip, key, section.text)
        if section.fields:
            y = form.draw(Box(box.x, y, box.w, 0), section.fields, clip)
        widths = self._widths(p, section) if section.columns else ()
        if section.columns and section.rows:
            line = partial(self._draw_line, p, f"{key}.head", section.columns, widths, head=True)
            self._if(p, Box(box.x, y, box.w, 24), clip, line)
            y += 26
        for i, row in enumerate(section.rows):
            self._if(p, Box(box.x, y, box.w, LINE - 6), clip, partial(self._draw_line, p, f"{key}.{i}", row, widths))
            y += LINE
        return y + 8

    @staticmethod
    def _if(_p: Pane, box: Box, clip: Box, draw: object) -> None:
        """Draw what lies in sight."""
        if box.within(clip, 4):
            draw(box)  # type: ignore[operator]

    def _draw_heading(self, p: Pane, key: str, section: Section, box: Box) -> None:
        c = p.kit.theme.color
        left = box.x
        if section.icon:
            p.icon(f"{key}.icon", section.icon, left + 10, box.cy, 18, c.text2)
            left += 28
        right = box.right
        if section.author:
            width = controls.pill_width(p, section.author, icon="puzzle", height=24)
            controls.pill(p, f"{key}.author", right, box.cy, section.author, "off", icon="puzzle", height=24)
            right -= width + 8
        p.text(f"{key}.title", left, box.cy, section.title, "strong", c.text, "w", right - left)

    def _draw_text(self, p: Pane, box: Box, clip: Box, key: str, text: str) -> float:
        """Draw paragraphs, whole; typed lines stand on a ground of their own."""
        c, y = p.kit.theme.color, box.y
        for number, paragraph in enumerate(text.split("\n")):
            typed = paragraph.startswith("    ")
            style, left = ("small_medium", 10) if typed else ("body", 0)
            lines = p.kit.fonts.wrap(style, paragraph, p.kit.px(box.w - 2 * left), MOST_LINES)
            for at, line in enumerate(lines):
                row = Box(box.x, y, box.w, 22)
                if row.within(clip, 4):
                    if typed:
                        p.rect(f"{key}.typed.{number}.{at}", row, c.subtle)
                    p.text(f"{key}.text.{number}.{at}", box.x + left, row.cy, line, style, c.text, "w", box.w - left)
                y += 22
            y += 0 if typed else 8
        return y

    def _draw_notice(self, p: Pane, box: Box, clip: Box, key: str, section: Section) -> float:
        lines = p.kit.fonts.wrap("small_medium", section.notice, p.kit.px(box.w - 48), 4)
        band = Box(box.x, box.y, box.w, 18 + 18 * len(lines))
        if band.within(clip, 4):
            front, back = p.kit.theme.tone(section.tone or "info")
            p.surface(f"{key}.notice", band, 10, back, None)
            p.icon(f"{key}.notice.icon", "info", band.x + 20, band.y + 18, 18, front, back)
            for i, line in enumerate(lines):
                p.text(
                    f"{key}.notice.{i}",
                    band.x + 40,
                    band.y + 18 + i * 18,
                    line,
                    "small_medium",
                    front,
                    "w",
                    band.w - 48,
                )
        return band.bottom + 10

    def _widths(self, p: Pane, section: Section) -> tuple[float, ...]:
        """Return how wide each column of a small table is (dp); 0 for the first, which takes what is left."""
        widths = [0.0] + [self._width(p, title, head=True) for title in section.columns[1:]]
        for row in section.rows:
            for i, cell in enumerate(row[1 : len(widths)], 1):
                widths[i] = max(widths[i], self._width(p, cell, head=False))
        return tuple(widths)

    def _width(self, p: Pane, cell: Text | Cell, *, head: bool) -> float:
        told = Cell.of(cell)
        text = self.vm.desk.formats.figure(told.text)
        if told.tone and not head:
            return controls.pill_width(p, text, height=24)
        return p.measure("label" if head else "num_small", text)

    def _draw_line(
        self,
        p: Pane,
        key: str,
        row: tuple[Text | Cell, ...],
        widths: tuple[float, ...],
        box: Box,
        *,
        head: bool = False,
    ) -> None:
        """A row of a small table; the first column takes what the others leave, which stand right in their columns."""
        c = p.kit.theme.color
        if not head:
            p.surface(key, box, 9, c.subtle, c.border)
        under = c.surface if head else c.subtle
        inner = box.inset(12, 0)
        right = inner.right
        for i, cell in reversed(list(enumerate(row))):
            told = Cell.of(cell)
            text = self.vm.desk.formats.figure(told.text) if i else self.vm.desk.formats.text(told.text)
            style = "label" if head else "body_medium" if i == 0 else "num_small"
            taken = 0.0
            if i == 0:
                text = f"{text} {told.small}".rstrip()
                p.text(f"{key}.{i}", inner.x, box.cy, text, style, c.text2 if head else c.text, "w", right - inner.x)
            elif told.tone and not head:
                taken = controls.pill(p, f"{key}.{i}", right, box.cy, text, told.tone, height=24, under=under)
            elif text:
                taken = p.text(f"{key}.{i}", right, box.cy, text, style, c.text2, "e", inner.w * 0.55)
            wide = min(widths[i], inner.w * 0.55) if i < len(widths) else taken
            right -= wide + 12 if wide else 0
