"""The customer's window: the goods, the sums, the large figure, and a welcome or thanks where there is none."""

from __future__ import annotations

import logging
import tkinter
from collections.abc import Callable
from typing import TYPE_CHECKING

from genesis.kernel.money import QTY_SCALE
from genesis.shell.kit.geometry import Box
from genesis.shell.kit.pane import Pane
from genesis.shell.views.cart import draw_totals, total_rows
from genesis.shell.views.designed_view import DesignedView
from genesis.shell.vm.display import DisplayVM
from genesis.shell.vm.formats import PIECES
from genesis.shell.words import _, many

if TYPE_CHECKING:
    from genesis.kernel.money import Money
    from genesis.shell.kit.kit import Kit
    from genesis.shell.vm.till import Line, Sale

log = logging.getLogger("genesis.shell")
ROW, SUM = 52.0, 28.0


class DisplayView(DesignedView):
    """One pane without touch areas. broken: told once when it cannot be drawn; the till goes on without it."""

    rail = False
    screen = "display"

    def __init__(self, parent: tkinter.Misc, kit: Kit, vm: DisplayVM, broken: Callable[[], object]) -> None:
        super().__init__(parent, kit, vm.desk, vm)
        self.vm, self._broken = vm, broken
        self.main = self.pane(self._guarded)

    def arrange(self) -> None:
        """One pane fills the window."""
        self.put(self.main, self.area)

    def destroy(self) -> None:
        """Stop following with the window."""
        self.vm.stop()
        super().destroy()

    def area_of(self, slot: str) -> Callable[[Pane, Box], None]:
        """The live parts."""
        draw = {"slot.lines": self._draw_lines, "slot.sums": lambda p, box: self._draw_sums(p, box.inset(16, 8))}
        return draw[slot]

    def words_of(self, slot: str) -> tuple[str, str]:
        """The live texts."""
        vm = self.vm
        texts: dict[str, Callable[[], str]] = {
            "slot.store": lambda: self.desk.till.store().name,
            "slot.message": lambda: vm.message,
            "slot.label": lambda: vm.label if vm.amount is not None else "",
            "slot.total": lambda: self._money("{amount}", vm.amount),
            "slot.received": lambda: self._money(_("Received {amount}"), vm.received),
            "slot.change": lambda: self._money(_("Change {amount}"), vm.change),
        }
        return texts[slot](), "good" if slot == "slot.change" else ""

    def _money(self, template: str, amount: Money | None) -> str:
        return template.format(amount=self.desk.formats.money(amount)) if amount is not None else ""

    def _guarded(self, p: Pane) -> None:
        try:
            if not self.draw_designed(p):
                self._draw(p)
        except Exception:
            log.exception("the customer display cannot be drawn")
            p.restart()
            self._broken()

    def _draw(self, p: Pane) -> None:
        c, area = self.kit.theme.color, self.area
        p.clear(c.app)
        if self.vm.shown.state == "sale":
            side = Box(area.w * 0.56, 0, area.w * 0.44, area.h)
            p.rect("side", side, c.surface)
            p.rect("side.line", Box(side.x, 0, 1, area.h), c.border)
            self._draw_lines(p, Box(24, 24, side.x - 48, area.h - 48))
            p.under = c.surface
            self._draw_sums(p, Box(side.x + 24, 24, side.w - 48, area.h - 170))
            self._draw_figure(p, Box(side.x + 24, area.h - 130, side.w - 48, 110))
            p.under = c.app
        else:
            self._draw_words(p, area)

    def _draw_words(self, p: Pane, area: Box) -> None:
        """A welcome, or thanks with what was paid and what goes back."""
        c, y = self.kit.theme.color, area.cy - 40
        done = self.vm.shown.state == "thanks"
        p.surface("mark", Box(area.cx - 36, y - 110, 72, 72), 999 if done else 20, c.good_soft if done else c.mark)
        if done:
            p.icon("mark.icon", "check", area.cx, y - 74, 40, c.good, c.good_soft)
        else:
            p.text("mark.text", area.cx, y - 74, "G", "logo", c.on_mark, "center")
        p.text("message", area.cx, y, self.vm.message, "hero", c.text, "center", area.w - 64)
        lines = [self.words_of("slot.store")[0]]
        if done and self.vm.amount is not None:
            paid = f"{self.vm.label} {self.desk.formats.money(self.vm.amount)}"
            lines = [paid, self.words_of("slot.received")[0]]
        for i, text in enumerate(lines):
            p.text(f"line.{i}", area.cx, y + 44 + 30 * i, text, "heading", c.text2, "center", area.w - 64)
        p.text("change", area.cx, y + 130, self.words_of("slot.change")[0], "display", c.text, "center", area.w - 64)

    def _draw_figure(self, p: Pane, box: Box) -> None:
        c = self.kit.theme.color
        p.text("label", box.x, box.y + 20, self.words_of("slot.label")[0], "title", c.text2, "w", box.w)
        text = self.words_of("slot.total")[0]
        style = "display" if p.measure("display", text) <= box.w else "total"
        p.text("total", box.right, box.y + 72, text, style, c.text, "e", box.w)

    def _draw_lines(self, p: Pane, box: Box) -> None:
        """The newest goods, the last below; what is above them is counted."""
        sale, c = self.vm.shown.sale, self.kit.theme.color
        if sale is None:
            return
        room = max(int(box.h // ROW), 1)
        lines = sale.lines if len(sale.lines) <= room else sale.lines[-(room - 1) :] if room > 1 else ()
        y, hidden = box.y, len(sale.lines) - len(lines)
        if hidden:
            p.text(
                "above", box.x, y + ROW / 2, many("{count} more", "{count} more", hidden), "body", c.text2, "w", box.w
            )
            y += ROW
        for line in lines:
            self._draw_line(p, Box(box.x, y, box.w, ROW), line)
            y += ROW

    def _draw_line(self, p: Pane, box: Box, line: Line) -> None:
        """Name and amount; below it how much, at what price, and what was taken off."""
        c, f, key = self.kit.theme.color, self.desk.formats, f"line.{line.id}"
        many = f.quantity(line.qty) if line.unit in PIECES else f.measured(line.qty, line.unit)
        price = f"{many} × {f.price(line.price, line.unit)}" if line.price is not None else many
        taken = [f"{a.text} {f.plain(a.amount)}" for a in line.adjustments]
        said = " · ".join([*([price] if line.qty != QTY_SCALE else []), *taken])
        y = box.y + 16 if said else box.cy
        width = p.text(f"{key}.amount", box.right, y, f.plain(line.amount), "num_strong", c.text, "e")
        p.text(f"{key}.name", box.x, y, line.name, "strong", c.text, "w", box.w - width - 16)
        p.text(f"{key}.detail", box.x, y + 21, said, "small", c.text2, "w", box.w)

    def _draw_sums(self, p: Pane, box: Box) -> None:
        """Discounts, taxes and what was paid already."""
        sale: Sale | None = self.vm.shown.sale
        if sale is None:
            return
        count = min(len(total_rows(sale, self.desk.formats)), max(int(box.h // SUM), 0))
        draw_totals(p, sale, self.desk.formats, tuple(Box(box.x, box.y + i * SUM, box.w, SUM) for i in range(count)))
