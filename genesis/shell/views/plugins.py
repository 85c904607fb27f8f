"""The plugin page: a table of what is there and how it is, and the marked plugin with its switch beside it."""

from __future__ import annotations

import tkinter
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from genesis.shell.kit import controls
from genesis.shell.kit.field import Field
from genesis.shell.kit.geometry import Box
from genesis.shell.kit.pane import Pane
from genesis.shell.kit.table import Column, Row, VirtualTable
from genesis.shell.views.base import View
from genesis.shell.vm.plugins import TONES, PluginsVM, state_label
from genesis.shell.words import _

if TYPE_CHECKING:
    from genesis.shell.kit.kit import Kit
    from genesis.shell.vm.desk import Desk


ICONS = {
    "enabled": "circle-check",
    "error": "circle-alert",
    "suspended": "circle-alert",
    "blocked": "ban",
    "missing": "unplug",
}


class _Rows:
    """The rows of the page for the table."""

    def __init__(self, vm: PluginsVM) -> None:
        self._vm = vm

    def count(self) -> int:
        """Return how many plugins match."""
        return len(self._vm.shown)

    def rows(self, offset: int, limit: int) -> Sequence[Row]:
        """Return those in sight."""
        return [
            Row(
                r.id,
                (r.title, r.category, r.version, state_label(r.state), r.reason),
                ICONS.get(r.state, "circle"),
                TONES.get(r.state, "off"),
            )
            for r in self._vm.shown[offset : offset + limit]
        ]


class PluginsView(View):
    """Header and search in a pane, the table as a real widget, the marked plugin in a drawer."""

    def __init__(self, parent: tkinter.Misc, kit: Kit, desk: Desk, vm: PluginsVM) -> None:
        super().__init__(parent, kit, desk, vm)
        self.vm = vm
        self.main = self.pane(self._draw)
        self.drawer = self.pane(self._draw_drawer)
        self.field = Field(self.main, "search", vm.search)
        columns = (
            Column("title", _("Plugin"), 190), Column("category", _("Kind"), 110), Column("version", _("Version"), 70),
            Column("state", _("State"), 90), Column("reason", _("Reason"), 120, grow=True),
        )  # fmt: skip
        self.table = VirtualTable(
            self, kit, columns, _Rows(vm), on_mark=vm.mark, on_open=lambda _n: desk.dispatch("plugin.toggle", vm)
        )

    @property
    def _drawer_width(self) -> float:
        return min(max(self.area.w * 0.28, 260), 340)

    def arrange(self) -> None:
        """Table at the left, drawer at the right."""
        area, wide = self.area, self._drawer_width
        self.put(self.main, Box(0, 0, area.w - wide, area.h))
        self.put(self.drawer, Box(area.w - wide, 0, wide, area.h))
        self.put(self.table, self._table_box().inset(8, 8))
        wide = self._table_box().w >= 460
        self.table.tree.configure(displaycolumns="#all" if wide else ("title", "state"))
        tkinter.Misc.lift(self.table)

    def _table_box(self) -> Box:
        pad = 12 if self.area.h < 560 else 24
        top = 124 if self.area.h < 560 else 152
        return Box(pad, top, self.area.w - self._drawer_width - 2 * pad, self.area.h - top - pad)

    def focus_here(self) -> None:
        """The arrow keys move in the table."""
        self.table.tree.focus_set()

    def refresh(self) -> None:
        """The table reads its rows again."""
        if self.table.marked != self.vm.index:
            self.table.marked = self.vm.index
            self.table.mark(self.vm.index)
        self.table.reload()
        super().refresh()

    def _draw(self, p: Pane) -> None:
        c, box = self.kit.theme.color, self._table_box()
        p.clear(c.app)
        low = self.area.h < 560
        y = 28.0 if low else 42.0
        wide = p.text("title", box.x, y, _("Plugins"), "hero", c.text)
        count = _("{on} on, {all} in all").format(
            on=sum(r.state == "enabled" for r in self.vm.rows), all=len(self.vm.rows)
        )
        p.text("count", box.x + wide + 14, y + 3, count, "body", c.text3, "w", box.w - wide - 14)
        field = Box(box.x, 60 if low else 84, min(360, box.w), 48)
        self.field.draw(field, _("Search plugins"), icon="search")
        p.surface("table", box, self.kit.theme.radius.card, c.surface, c.border, raised=True)

    def _draw_drawer(self, p: Pane) -> None:
        c, row = self.kit.theme.color, self.vm.row
        p.clear(c.surface)
        p.rect("edge", Box(0, 0, 1, self.area.h), c.border)
        if row is None:
            return
        width, x = self._drawer_width - 40, 20.0
        p.text("title", x, 36, row.title, "title", c.text, "w", width)
        p.text("id", x, 60, f"{row.id} {row.version}", "small", c.text3, "w", width)
        tone = TONES.get(row.state, "off")
        label = state_label(row.state)
        controls.pill(p, "state", x + p.measure("small_medium", label) + 28, 96, label, tone)
        y = 132.0
        for key, text, style, colour in (
            ("reason", row.reason, "body_medium", c.text),
            ("summary", row.summary, "body", c.text2),
        ):
            for i, line in enumerate(p.kit.fonts.wrap(style, text, p.kit.px(width), 6) if text else []):
                p.text(f"{key}.{i}", x, y, line, style, colour, "w", width)
                y += 22
            y += 10 if text else 0
        on = row.state not in {"disabled", "discovered", "missing"}
        box = Box(x, self.area.h - 68, width, 48)
        cap = self.desk.cap("plugin.toggle", "plugins")
        run = partial(self.desk.dispatch, "plugin.toggle", self.vm)
        text = _("Switch off") if on else _("Switch on")
        controls.button(p, "toggle", box, run, text=text, icon="power", kind="plain" if on else "primary", cap=cap)
