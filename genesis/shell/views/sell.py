"""The selling screen: scan field, categories, tiles, key strip, and the cart beside them."""

from __future__ import annotations

import tkinter
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from genesis.shell.kit import controls
from genesis.shell.kit.field import Field
from genesis.shell.kit.geometry import Box, fitting, rows
from genesis.shell.kit.pane import Pane
from genesis.shell.views import layout
from genesis.shell.views.base import View
from genesis.shell.views.cart import CartView
from genesis.shell.views.pills import draw_pills, wish
from genesis.shell.views.tile import draw_hit, draw_tile
from genesis.shell.vm.cashier import CashierVM
from genesis.shell.words import _

if TYPE_CHECKING:
    from genesis.shell.kit.kit import Kit
    from genesis.shell.vm.desk import Desk

CLOCK = 72  # dp that the clock takes
PAUSE = 70  # ms without a key before the search runs: longer than the gaps inside a scan
STRIP = (
    "actions.open", "customer.attach", "line.quantity", "line.discount", "cart.hold", "cart.recall", "sale.return",
    "line.price", "drawer.open", "line.extras",
)  # fmt: skip


class SellView(View):
    """The page; the cart is a view of its own at the right."""

    def __init__(self, parent: tkinter.Misc, kit: Kit, desk: Desk, vm: CashierVM) -> None:
        super().__init__(parent, kit, desk, vm)
        self.vm = vm
        self.main = self.pane(self._draw)
        self.scan = Field(self.main, "scan", self._written)
        self.cart = CartView(self, kit, desk, vm)
        self._chips_from = 0
        self._search = ""
        self._tick = ""
        vm.on_focus = self._focus_scan

    # Layout ------------------------------------------------------------------------------------------------

    @property
    def boxes(self) -> layout.SellLayout:
        """The layout at the present size."""
        said = wish(self.main, self.vm.pills) + CLOCK if self.vm.pills else 0
        return layout.sell(self._page_width, self.area.h, said)

    @property
    def _page_width(self) -> float:
        return self.area.w - self._cart_width

    @property
    def _cart_width(self) -> float:
        return layout.cart_width(self.kit.dp(self.winfo_toplevel().winfo_width()))

    def arrange(self) -> None:
        """Place page and cart."""
        area, wide = self.area, self._cart_width
        self.put(self.main, Box(0, 0, area.w - wide, area.h))
        self.put(self.cart, Box(area.w - wide, 0, wide, area.h))
        self.vm.resize(len(self.boxes.cells))

    def sheet(self) -> Box:
        """Dialogs cover the page and leave the cart in sight, where there is room for both."""
        return Box(0, 0, self._page_width if self._page_width >= 460 else self.area.w, self.area.h)

    def behind(self) -> list[Pane]:
        """The cart stays as it is where dialogs leave it in sight."""
        return self.panes if self.sheet().w < self.area.w else super().behind()

    def notice(self) -> Box:
        """Toasts cover the key strip."""
        return Box(0, self.area.h - 48, self._page_width, 48)

    def refresh(self) -> None:
        """Draw again; the field shows what the view-model holds."""
        self.scan.write(self.vm.text)
        super().refresh()

    def focus_here(self) -> None:
        """Scanning is always possible."""
        self.scan.focus()

    def _focus_scan(self) -> None:
        self.scan.focus()
        self.scan.entry.selection_range(0, "end")

    def destroy(self) -> None:
        """End the timers with the widget."""
        for timer in (self._search, self._tick):
            if timer:
                self.after_cancel(timer)
        super().destroy()

    def _written(self, text: str) -> None:
        self.vm.write(text)
        if self._search:
            self.after_cancel(self._search)
        self._search = self.after(PAUSE, self._look)

    def _look(self) -> None:
        self._search = ""
        self.vm.look()

    # Drawing -----------------------------------------------------------------------------------------------

    def _draw(self, p: Pane) -> None:
        c, boxes = self.kit.theme.color, self.boxes
        p.clear(c.app)
        hint = _("Return without receipt: scan the goods") if self.vm.loose else _("Scan, or search name, SKU, barcode")
        cap = self.desk.cap("scan.focus", "sell")
        self.scan.draw(
            boxes.scan, hint, icon="rotate-ccw" if self.vm.loose else "scan-barcode", cap=cap, bad=self.vm.loose
        )
        self._draw_status(p, boxes.status)
        if self.vm.hits:
            self._draw_hits(p, boxes)
        else:
            self._draw_chips(p, boxes)
            self._draw_tiles(p, boxes)
        if boxes.footer.h:
            self._draw_strip(p, boxes.footer)

    def _draw_status(self, p: Pane, box: Box) -> None:
        """The pills, and the clock left of them."""
        place = Box(box.x + CLOCK, box.y, max(box.w - CLOCK, 0), box.h)
        right = draw_pills(p, place, self.desk, self.vm.pills) - (4 if self.vm.pills else 0)
        now = datetime.now().astimezone()
        if box.w >= 60:
            p.text("clock", right, box.cy, self.desk.formats.clock(now), "clock", p.kit.theme.color.text, "e")
        if not self._tick:
            self._tick = self.after((60 - now.second) * 1000, self._minute)

    def _minute(self) -> None:
        self._tick = ""
        self.main.refresh()

    def _draw_chips(self, p: Pane, boxes: layout.SellLayout) -> None:
        """All, the categories as far as they fit, a button for the rest, and the pager of the tiles."""
        chips = [("", _("All"), "")] + [(k.id, k.name, p.kit.theme.tints(k.tint)[1]) for k in self.vm.categories]
        widths = [controls.chip_width(p, text, dot=bool(dot)) for _id, text, dot in chips]
        many = sum(widths) + 8 * (len(widths) - 1) > boxes.chips.w
        limit = boxes.chips.right - (56 if many else 0)
        x, place = boxes.chips.x, min(self._chips_from, len(chips) - 1)
        first = place
        while place < len(chips) and (x + widths[place] <= limit or place == first):
            ident, text, dot = chips[place]
            box = Box(x, boxes.chips.y, min(widths[place], limit - x), boxes.chips.h)
            controls.chip(
                p,
                f"chip.{ident}",
                box,
                text,
                partial(self.vm.show, ident),
                dot=dot,
                chosen=ident == self.vm.category,
            )
            x += box.w + 8
            place += 1
        if many:
            self._chips_next = place if place < len(chips) else 0
            box = Box(boxes.chips.right - 48, boxes.chips.y, 48, boxes.chips.h)
            icon = "chevron-right" if self._chips_next else "chevron-left"
            controls.button(p, "chips.more", box, self._more_chips, icon=icon, name=_("More categories"))
        if self.vm.pages > 1 and boxes.pager is not None:
            self._draw_pager(p, boxes.pager)

    def _more_chips(self) -> None:
        self._chips_from = self._chips_next
        self.main.refresh()

    def _draw_pager(self, p: Pane, box: Box) -> None:
        """Earlier and later tiles, and where one is."""
        ends = (("chevron-left", -1, box.x, _("Items before")), ("chevron-right", 1, box.right - 48, _("More items")))
        for icon, step, x, name in ends:
            possible = 0 <= self.vm.page + step < self.vm.pages
            cell = Box(x, box.cy - 24, 48, 48)
            key, run = f"page.{step}", partial(self.vm.turn, step)
            controls.button(p, key, cell, run, icon=icon, name=name, kind="quiet", enabled=possible)
        text = f"{self.vm.page + 1} / {self.vm.pages}"
        p.text("page", box.cx, box.cy + 1, text, "num_small", p.kit.theme.color.text2, "center", box.w - 100)

    def _draw_tiles(self, p: Pane, boxes: layout.SellLayout) -> None:
        counts = self.vm.counts
        for i, (tile, box) in enumerate(zip(self.vm.tiles.tiles, boxes.cells, strict=False)):
            draw_tile(p, f"tile.{i}", box, tile, self.vm, counts.get(tile.item, 0))
        if not self.vm.tiles.tiles:
            self._draw_nothing(p, boxes.body)

    def _draw_nothing(self, p: Pane, body: Box) -> None:
        c = p.kit.theme.color
        p.icon("none.icon", "package-open", body.cx, body.cy - 36, 48, c.text3)
        p.text("none.text", body.cx, body.cy + 8, _("No items here"), "heading", c.text, "center", body.w)
        help_text = _("Import products, or enable a plugin that brings them")
        p.text("none.help", body.cx, body.cy + 34, help_text, "body", c.text2, "center", body.w)

    def _draw_hits(self, p: Pane, boxes: layout.SellLayout) -> None:
        """Search results in place of categories and tiles."""
        body = Box(boxes.chips.x, boxes.chips.y, boxes.body.w, boxes.body.bottom - boxes.chips.y)
        shown = fitting(body.h, 56, 8)
        first = max(min(self.vm.hit - shown + 1, len(self.vm.hits) - shown), 0)
        cells, count = rows(Box(body.x, body.y, body.w, shown * 64 - 8), shown, 8), len(self.vm.hits)
        controls.scrollbar(p, Box(body.x, body.y, body.w + 9, shown * 64 - 8), shown / count, first / count)
        for place, (tile, box) in enumerate(zip(self.vm.hits[first:], cells, strict=False)):
            draw_hit(p, f"hit.{place}", box, tile, self.vm, marked=first + place == self.vm.hit)

    def _draw_strip(self, p: Pane, box: Box) -> None:
        """The keys of this screen, as many as there is room for beside the pager."""
        c = p.kit.theme.color
        p.rect("strip", box, c.surface)
        p.under = c.surface
        right = box.right - 20
        if self.vm.pages > 1:
            self._draw_pager(p, Box(box.right - 20 - 152, box.y, 152, box.h))
            right -= 152 + 16
        x = box.x + 20
        for title, cap, width in self._hints(p, right - x):
            cap_width = controls.keycap_width(p, cap)
            controls.keycap(p, f"hint.{cap}", x + cap_width, box.cy + 1, cap)
            p.text(f"hint.{cap}.title", x + cap_width + 6, box.cy + 1, title, "small_medium", c.text2)
            x += width
        p.rect("strip.line", Box(box.x, box.y, box.w, 1), c.border)
        p.under = c.app

    def _hints(self, p: Pane, room: float) -> list[tuple[str, str, float]]:
        """Return (title, key cap, width with its gap) of the hints that fit, in the order of the keys."""
        known = self.desk.commands | self.vm.commands
        found = [(c.title, self.desk.cap(c.id, "sell")) for i in STRIP if (c := known.get(i))]
        hints = [
            (title, cap, controls.keycap_width(p, cap) + 6 + p.measure("small_medium", title))
            for title, cap in found if cap
        ]  # fmt: skip
        while hints and sum(width for *_rest, width in hints) + 14 * (len(hints) - 1) > room:
            hints.pop()
        hints.sort(key=lambda hint: (len(hint[1]), hint[1]))
        gap = min((room - sum(width for *_rest, width in hints)) / max(len(hints) - 1, 1), 26)
        return [(title, cap, width + gap) for title, cap, width in hints]
