"""The cart panel: who buys, the lines with their stepper, every discount by name, and the button to pay."""

from __future__ import annotations

import tkinter
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from genesis.kernel.money import Money
from genesis.shell.kit import controls
from genesis.shell.kit.geometry import Box, columns
from genesis.shell.kit.pane import Pane
from genesis.shell.kit.safe import initials
from genesis.shell.views import layout
from genesis.shell.views.base import View
from genesis.shell.views.lines import LinesPane
from genesis.shell.vm.cashier import CashierVM
from genesis.shell.vm.formats import Formats, joined
from genesis.shell.vm.till import Label, Sale
from genesis.shell.words import _, many

if TYPE_CHECKING:
    from genesis.shell.kit.kit import Kit
    from genesis.shell.vm.desk import Desk

ACTIONS = ("cart.hold", "cart.discount", "sale.return", "customer.attach")


class Row(NamedTuple):
    """A row of the totals."""

    text: str
    value: str
    tone: str


def total_rows(sale: Sale, f: Formats) -> list[Row]:
    """Return what stands between the lines and the total: every discount and tax by its name."""
    rows = [Row(_("Subtotal"), f.plain(sale.subtotal), "")]
    rows += [Row(d.text, f.plain(d.amount), "good") for d in sale.discounts]
    rows += [Row(t.text, f.plain(t.amount), "") for t in sale.taxes]
    rows += [Row(t.text, f.plain(-t.amount), "info") for t in sale.tenders]
    return rows if len(rows) > 1 else []


def fitted_rows(rows: list[Row], places: int) -> list[Row]:
    """Return the rows for so many places; what does not fit is counted in the last one."""
    if len(rows) <= places:
        return rows
    left = len(rows) - places + 1
    return [*rows[: places - 1], Row(many("{count} more", "{count} more", left), "", "")] if places else []


def draw_totals(p: Pane, sale: Sale, f: Formats, places: tuple[Box, ...]) -> None:
    """Draw the rows between the lines and the total."""
    c = p.kit.theme.color
    for i, (row, box) in enumerate(zip(fitted_rows(total_rows(sale, f), len(places)), places, strict=False)):
        front = getattr(c, row.tone) if row.tone else c.text2
        width = p.text(
            f"sum.{i}.value", box.right, box.cy, row.value, "num" if row.tone == "" else "num_strong", front, "e"
        )
        p.text(f"sum.{i}.text", box.x, box.cy, row.text, "body", front, "w", box.w - width - 12)


def draw_total(p: Pane, box: Box, sale: Sale, f: Formats) -> None:
    """Draw the total, or what is still due once money was taken."""
    c = p.kit.theme.color
    text = _("Due") if sale.tenders else _("Total")
    width = p.text("total", box.right, box.cy, f.money(sale.due if sale.tenders else sale.total), "total", c.text, "e")
    p.text("total.text", box.x, box.cy + 2, text, "title", c.text, "w", box.w - width - 8)


class CartView(View):
    """The panel at the right of the selling screen."""

    def __init__(self, parent: tkinter.Misc, kit: Kit, desk: Desk, vm: CashierVM) -> None:
        super().__init__(parent, kit, desk, vm)
        self.vm = vm
        self.panel = self.pane(self._draw)
        self.lines = LinesPane(self, kit, vm)
        self.panes.append(self.lines)

    @property
    def boxes(self) -> layout.CartLayout:
        """The layout of the moment."""
        sale, totals = self.vm.sale, len(total_rows(self.vm.sale, self.desk.formats))
        notices = len(sale.problems) + len(self.vm.footer)
        return layout.cart(self.area.w, self.area.h, customer=sale.customer is not None, totals=totals, notices=notices)

    def arrange(self) -> None:
        """Place the panel and the lines in it."""
        self.put(self.panel, self.area)
        self.put(self.lines, self.boxes.lines.inset(1, 0))
        tkinter.Misc.lift(self.lines)

    def refresh(self) -> None:
        """The room for the lines depends on the totals."""
        if self.area.w:
            self.put(self.lines, self.boxes.lines.inset(1, 0))
        super().refresh()

    def _draw(self, p: Pane) -> None:
        c, boxes, sale = self.kit.theme.color, self.boxes, self.vm.sale
        p.clear(c.surface)
        p.rect("edge", Box(0, 0, 1, self.area.h), c.border)
        self._draw_head(p, boxes.head, sale)
        if boxes.customer is not None:
            self._draw_customer(p, boxes.customer)
        p.rect("sum.line", Box(boxes.inner.x, boxes.lines.bottom, boxes.inner.w, 1), c.border)
        self._draw_notices(p, boxes.notices)
        draw_totals(p, sale, self.desk.formats, boxes.totals)
        draw_total(p, boxes.total, sale, self.desk.formats)
        self._draw_actions(p, boxes)
        self._draw_charge(p, boxes.charge, sale)

    def _draw_head(self, p: Pane, box: Box, sale: Sale) -> None:
        c, right = p.kit.theme.color, box.right
        controls.button(
            p, "more", Box(right - 48, box.y, 48, 48), partial(self.desk.dispatch, "actions.open", self.vm),
            icon="ellipsis", name=_("All actions"), kind="plain",
        )  # fmt: skip
        right -= 56
        if "cart.cancel" in self.vm.commands:
            controls.button(
                p, "cancel", Box(right - 48, box.y, 48, 48), partial(self.desk.dispatch, "cart.cancel", self.vm),
                icon="trash-2", name=_("Cancel sale"), kind="danger", enabled=bool(sale.lines),
            )  # fmt: skip
            right -= 56
        if sale.training:
            right -= controls.pill(p, "training", right, box.cy, _("Training"), "warn", icon="graduation-cap") + 8
        room = right - box.x
        p.text("name", box.x, box.cy - 8, sale.name, "title", c.text, "w", room)
        store = self.desk.till.store()
        detail = joined(self.desk.till.person(), store.register, self.desk.formats.items(self.vm.sale.pieces))
        p.text("detail", box.x, box.cy + 15, detail, "small", c.text3, "w", room)

    def _draw_customer(self, p: Pane, box: Box) -> None:
        c, customer = p.kit.theme.color, self.vm.sale.customer
        if customer is None:
            return
        p.surface("customer", box, p.kit.theme.radius.card, c.subtle, c.border)
        back, front = p.kit.theme.tints("dairy")
        p.surface("customer.disc", Box(box.x + 12, box.cy - 18, 36, 36), 999, back, None, c.subtle)
        p.text("customer.initials", box.x + 30, box.cy, initials(customer.name), "body_medium", front, "center")
        right = box.right - 12
        if customer.badge:
            right -= (
                controls.pill(p, "customer.badge", right, box.cy, customer.badge, "", height=26, under=c.subtle) + 8
            )
        left, room = box.x + 60, right - box.x - 60
        shift = 10 if customer.detail else 0
        p.text("customer.name", left, box.cy - shift, customer.name, "strong", c.text, "w", room)
        if customer.detail:
            p.text("customer.detail", left, box.cy + 11, customer.detail, "small", c.text2, "w", room)
        p.hot("customer", box, partial(self.desk.dispatch, "customer.attach", self.vm), customer.name)

    def _draw_notices(self, p: Pane, places: tuple[Box, ...]) -> None:
        """What stands against completing the sale, then what plugins say about the cart."""
        said = [Label(text=text, tone="bad", icon="circle-alert") for text in self.vm.sale.problems] + [*self.vm.footer]
        for i, (label, box) in enumerate(zip(said, places, strict=False)):
            front, back = p.kit.theme.tone(label.tone)
            p.surface(f"notice.{i}", box, 10, back, None)
            p.icon(f"notice.{i}.icon", label.icon or "info", box.x + 20, box.cy, 18, front, back)
            p.text(f"notice.{i}.text", box.x + 38, box.cy, label.text, "small_medium", front, "w", box.w - 48)

    def _draw_actions(self, p: Pane, boxes: layout.CartLayout) -> None:
        shown = [self.vm.commands[command] for command in ACTIONS if command in self.vm.commands]
        for command, box in zip(shown, columns(boxes.actions, max(len(shown), 1), 8), strict=False):
            title = _("Discount") if command.id == "cart.discount" else command.title
            run = partial(self.desk.dispatch, command.id, self.vm)
            controls.stacked(p, command.id, box, run, text=title, icon=command.icon)

    def _draw_charge(self, p: Pane, box: Box, sale: Sale) -> None:
        c = p.kit.theme.color
        enabled = bool(sale.lines) and "sale.pay" in self.vm.commands
        paint = controls.paints(p, "primary", enabled=enabled, pressed=p.pressed == "pay", under=c.surface)
        p.surface("pay", box, p.kit.theme.radius.primary, paint.fill, paint.border)
        right = box.right - 20
        if box.w > 280:
            cap = self.desk.cap("sale.pay", "sell")
            under = c.primary if enabled else paint.fill
            right -= controls.keycap(p, "pay.cap", right, box.cy, cap, under, tall=True) + 12
        due = sale.due if sale.tenders else sale.total
        shown = Money(abs(due.minor), due.currency)
        width = p.text("pay.amount", right, box.cy, self.desk.formats.money(shown), "due", paint.text, "e")
        text = _("Refund") if due.minor < 0 else _("Charge")
        room = right - width - box.x - 32
        style = controls.fitted(p, "heading_big", text, room)
        p.text("pay.text", box.x + 24, box.cy, text, style, paint.text, "w", room)
        p.hot("pay", box, partial(self.desk.dispatch, "sale.pay", self.vm), text, enabled=enabled)
