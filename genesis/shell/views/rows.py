"""The list of a page: heading, rows in sight, ticks and the scroll bar, drawn on a pane."""

from __future__ import annotations

from functools import partial

import msgspec

from genesis.hooks.pages import Cell, Column, PageRow
from genesis.shell.kit import charts, controls
from genesis.shell.kit.geometry import Box
from genesis.shell.kit.pane import Pane
from genesis.shell.kit.theme import mix
from genesis.shell.views.page_layout import HEAD, RIGHT, ROW, beneath, cells
from genesis.shell.vm.formats import joined
from genesis.shell.vm.listpage import ListPageVM
from genesis.shell.words import _

FIGURES = RIGHT | {"bar"}
SPEAKING = {"text", "badge"}  # what is understood without a heading


class RowsArea:
    """Draws the rows of a page from `top` on; the marked one is kept in sight."""

    def __init__(self, vm: ListPageVM) -> None:
        self.vm, self.top, self.places, self._marked = vm, 0, 1, 0
        self._cells: dict[str, Box] = {}
        self._beneath: tuple[str, list[Column]] = ("", [])
        self._icons = False

    def scroll(self, rows: int) -> None:
        """Move the rows in sight; the mark stays where it is."""
        self.top = min(max(self.top + rows, 0), max(self.vm.total - self.places, 0))
        self.vm.changed()

    def draw(self, p: Pane, box: Box, places: int) -> None:
        """Draw heading and rows into a box that is a card already."""
        vm, page = self.vm, self.vm.page
        if page is None:
            return
        self.places = places
        if vm.index != self._marked:
            self._marked = vm.index
            self.top = min(max(self.top, vm.index - places + 1), vm.index)
        self.top = min(self.top, max(vm.total - places, 0))
        shown = [vm.row(self.top + i) for i in range(min(places, max(vm.total - self.top, 0)))]
        if any(shown):  # while rows are awaited the columns stay where they were
            self._icons = any(row is not None and (row.icon or row.tint) for row in shown)
        icons = self._icons
        ticks = bool(vm.actions("rows"))
        heads = {column.id: p.measure("label", f"{column.title} ↓") for column in page.columns}
        # once for the heading and all rows, so that each value stands below its title at any width
        self._cells = cells(Box(box.x + 1, box.y, box.w - 2, HEAD), page.columns, heads, ticks=ticks, icons=icons)
        self._beneath = beneath(page.columns, self._cells) if self._cells else ("", [])
        self._draw_head(p, box, page.columns, ticks=ticks)
        for i, row in enumerate(shown):
            line = Box(box.x + 1, box.y + HEAD + i * ROW, box.w - 2, ROW)
            self._draw_row(p, line, self.top + i, row, ticks=ticks, icons=icons)
        if vm.fetched.known and not vm.total:
            text = page.empty or _("Nothing found")
            p.text("empty", box.cx, box.y + HEAD + 60, text, "body", p.kit.theme.color.text3, "center", box.w - 40)
        self._draw_bar(p, box)

    def _draw_head(self, p: Pane, box: Box, columns: tuple[Column, ...], *, ticks: bool) -> None:
        c, vm = p.kit.theme.color, self.vm
        head = Box(box.x, box.y, box.w, HEAD)
        p.rect("head.line", Box(box.x, head.bottom - 1, box.w, 1), c.line)
        if not vm.fetched.known:  # where the headings stand depends on the rows
            return
        if ticks:
            tick(p, "tick.all", Box(box.x + 4, box.y - 3, 44, 48), on=bool(vm.chosen), run=vm.tick_all, name=_("All"))
        for column_id, cell in self._cells.items():
            column = next(x for x in columns if x.id == column_id)
            sorted_by = vm.query.sort == column.id
            mark = (" ↓" if vm.query.descending else " ↑") if sorted_by else ""
            right = column.kind in RIGHT
            x, anchor = (cell.right, "e") if right else (cell.x, "w")
            ink = c.text if sorted_by else c.text2
            p.text(f"head.{column.id}", x, head.cy, column.title + mark, "label", ink, anchor, cell.w)  # type: ignore[arg-type]
            if column.sort:
                p.hot(f"sort.{column.id}", Box(cell.x, head.y, cell.w, 44), partial(vm.sort, column.id), column.title)

    def _draw_row(self, p: Pane, box: Box, number: int, row: PageRow | None, *, ticks: bool, icons: bool) -> None:
        c, vm, key = p.kit.theme.color, self.vm, f"row.{number - self.top}"
        open_row = vm.drawer.row if vm.drawer is not None else None
        marked = number == vm.index
        fill = c.primary_soft if (row is not None and row.id == open_row) or marked else c.surface
        if p.pressed == key:
            fill = mix(fill, c.text, 0.05)
        p.rect(key, Box(box.x, box.y, box.w, ROW - 1), fill)
        if marked:
            p.rect(f"{key}.mark", Box(box.x - 1, box.y, 3, ROW - 1), c.primary)
        p.rect(f"{key}.line", Box(box.x, box.bottom - 1, box.w, 1), c.line)
        if row is None:
            p.surface(f"{key}.wait", Box(box.x + 60, box.cy - 6, 160, 12), 6, c.cap, None, fill)
            return
        name = vm.desk.formats.text(Cell.of(row.cells[0]).text)
        p.hot(key, Box(box.x, box.y, box.w, ROW), partial(vm.mark, number), name)
        if ticks:
            tick(p, f"{key}.tick", Box(box.x + 3, box.y, 44, ROW), on=row.id in vm.chosen,
                 run=partial(vm.tick, number), name=_("Tick {row}").format(row=name), under=fill)  # fmt: skip
        if icons:
            back, front = p.kit.theme.tints(row.tint)
            square = Box(box.x + (47 if ticks else 15), box.cy - 17, 34, 34)
            p.surface(f"{key}.square", square, 9, back, None, fill)
            p.icon(f"{key}.icon", row.icon or "package", square.cx, square.cy, 20, front, back)
        page = vm.page
        columns = page.columns if page is not None else ()
        told = {column.id: Cell.of(cell) for column, cell in zip(columns, row.cells, strict=False)}
        name, hidden = self._beneath
        for column in columns:
            if column.id in self._cells and column.id in told:
                cell, place = told[column.id], self._cells[column.id]
                if column.id == name:
                    rest = (self._said(one, told[one.id]) for one in hidden if one.id in told)
                    cell = msgspec.structs.replace(cell, small=joined(cell.small, *rest))
                draw_cell(p, f"{key}.{column.id}", Box(place.x, box.y, place.w, box.h), column, cell,
                          self._written(column, cell), fill, first=column is columns[0])  # fmt: skip

    def _written(self, column: Column, cell: Cell) -> str:
        f = self.vm.desk.formats
        return (f.figure if column.kind in FIGURES else f.text)(cell.text)

    def _said(self, column: Column, cell: Cell) -> str:
        """Return a cell without a column of its own: with its heading where it says nothing without it."""
        text = self._written(column, cell)
        if text in {"", "–"}:
            return ""
        return text if column.kind in SPEAKING else f"{column.title} {text}"

    def _draw_bar(self, p: Pane, box: Box) -> None:
        total = max(self.vm.total, 1)
        track = Box(box.x, box.y + HEAD + 4, box.w - 5, box.h - HEAD - 8)
        controls.scrollbar(p, track, self.places / total, self.top / total, p.kit.theme.color.surface)


def draw_cell(p: Pane, key: str, box: Box, column: Column, told: Cell, text: str, under: str, *, first: bool) -> None:
    """Draw one cell: a text, two lines, a badge, a figure with a bar."""
    c = p.kit.theme.color
    right = column.kind in RIGHT
    style = "num" if column.kind in FIGURES else "name" if first else "body"
    ink = c.text if first or right else c.text2
    if told.tone and column.kind == "badge":
        width = min(controls.pill_width(p, text, height=28), box.w)
        controls.pill(p, key, box.x + width, box.cy, text, told.tone, height=28, under=under)
        return
    if told.tone:
        ink = p.kit.theme.tone(told.tone)[0]
    left = box.x
    if told.dot:
        p.surface(f"{key}.dot", Box(left, box.cy - 4, 8, 8), 999, p.kit.theme.tints(told.dot)[1], None, under)
        left += 16
    if column.kind == "bar":
        p.text(key, box.x + 44, box.cy, text, "num_strong", c.text, "e", 44)
        if told.share is None:
            return
        colour = p.kit.theme.tone(told.tone or "good")[0]
        track = Box(box.x + 54, box.cy - 3, box.w - 60, 6)
        charts.bar(p, key, track, told.share / 1000, colour, c.cap)
        return
    y = box.cy - 9 if told.small else box.cy
    x, anchor = (box.right, "e") if right else (left, "w")
    p.text(key, x, y, text, style, ink, anchor, box.right - left)  # type: ignore[arg-type]
    if told.small:
        p.text(f"{key}.small", x, box.cy + 11, told.small, "label", c.text3, anchor, box.right - left)  # type: ignore[arg-type]


def tick(p: Pane, key: str, box: Box, *, on: bool, run: object, name: str, under: str = "") -> None:
    """A box to tick."""
    c = p.kit.theme.color
    square = Box(box.cx - 10, box.cy - 10, 20, 20)
    p.surface(key, square, 6, c.primary if on else c.surface, c.primary if on else c.input_border, under or c.subtle)
    if on:
        p.icon(f"{key}.icon", "check", square.cx, square.cy, 14, c.on_primary, c.primary)
    p.hot(key, box, run, name)  # type: ignore[arg-type]
