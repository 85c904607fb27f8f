"""After the sale: the change in large figures, the receipt as it is on paper, and one key for the next customer."""

from __future__ import annotations

import tkinter
from functools import partial
from typing import TYPE_CHECKING

from genesis.shell.kit import controls
from genesis.shell.kit.geometry import Box
from genesis.shell.kit.pane import Pane
from genesis.shell.views.base import View
from genesis.shell.views.paper import LINE, UNSEEN, draw_paper, places
from genesis.shell.vm.receipt import ReceiptVM
from genesis.shell.words import _

if TYPE_CHECKING:
    from genesis.shell.kit.kit import Kit
    from genesis.shell.vm.desk import Desk
    from genesis.shell.vm.till import Receipt


class ReceiptView(View):
    """One pane: what to do at the left, the paper at the right."""

    rail = False

    def __init__(self, parent: tkinter.Misc, kit: Kit, desk: Desk, vm: ReceiptVM) -> None:
        super().__init__(parent, kit, desk, vm)
        self.vm = vm
        self.main = self.pane(self._draw)
        self.main.on_scroll = self._scroll
        self._rest = 0.0

    def arrange(self) -> None:
        """One pane fills the screen."""
        self.put(self.main, self.area)

    def notice(self) -> Box:
        """Toasts stand at the top left."""
        return Box(0, 0, self._paper_box().x - 20, 48)

    def _paper_box(self) -> Box:
        width = min(max(self.area.w * 0.4, 280), 420)
        return Box(self.area.w - width - 20, 20, width, self.area.h - 40)

    def _scroll(self, dp: float) -> None:
        self._rest += dp
        rows = int(self._rest / LINE)
        self._rest -= rows * LINE
        self.vm.scroll(rows, places(self._paper_box()))

    def _draw(self, p: Pane) -> None:
        p.clear(self.kit.theme.color.app)
        receipt = self.vm.receipt
        if receipt is None:
            return
        paper = self._paper_box()
        self._draw_outcome(p, Box(20, 60, paper.x - 60, self.area.h - 80), receipt)
        draw_paper(p, paper, [row for row in receipt.rows if row[0] not in UNSEEN][self.vm.top :])

    def _draw_outcome(self, p: Pane, box: Box, receipt: Receipt) -> None:
        """What to hand out, and the receipt it belongs to."""
        c, f = self.kit.theme.color, self.desk.formats
        low = box.h < 440
        y = box.y + (0 if low else box.h * 0.08)
        size = 48 if low else 72
        if box.h >= 330:
            p.surface("done", Box(box.cx - size / 2, y, size, size), 999, c.good_soft, None)
            p.icon("done.icon", "check", box.cx, y + size / 2, size * 0.55, c.good, c.good_soft)
            y += size + (12 if low else 26)
        back = receipt.total.minor < 0
        said = _("Given back") if back else _("Change") if receipt.change.minor else _("Paid exactly")
        shown = -receipt.total if back else receipt.change if receipt.change.minor else receipt.total
        detail = _("Total {total} · received {received}")
        detail = "" if back else detail.format(total=f.money(receipt.total), received=f.money(receipt.tendered))
        number = _("Receipt {number}").format(number=receipt.number)
        rows = (
            ("said", 8, 8, said, "heading", c.text2),
            ("change", 44, 62, f.money(shown), "due" if low else "display", c.text),
            ("detail", 72, 118, detail, "body", c.text2),
            ("number", 94, 142, number, "body_medium", c.text2),
        )
        for key, near, far, text, style, ink in rows:
            p.text(key, box.cx, y + (near if low else far), text, style, ink, "center", box.w)
        self._draw_buttons(p, box, 56 if low else 72)

    def _draw_buttons(self, p: Pane, box: Box, high: float) -> None:
        """The next customer, and a copy where that is allowed."""
        wide = min(box.w, 420)
        go_on = Box(box.cx - wide / 2, box.bottom - high, wide, high)
        cap, run = self.desk.cap("receipt.next", "receipt"), partial(self.desk.dispatch, "receipt.next", self.vm)
        text = _("Next customer")
        controls.button(p, "next", go_on, run, text=text, icon="arrow-right", kind="primary", cap=cap, style="heading")
        if "receipt.reprint" in self.vm.commands:
            copy, again = Box(go_on.x, go_on.y - 60, wide, 48), partial(self.desk.dispatch, "receipt.reprint", self.vm)
            cap = self.desk.cap("receipt.reprint", "receipt")
            controls.button(p, "copy", copy, again, text=_("Print a copy"), icon="printer", cap=cap)
