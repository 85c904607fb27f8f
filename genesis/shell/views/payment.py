"""The payment screen: methods, the amount with its keypad, and the order beside them."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from genesis.kernel.money import Money
from genesis.shell.kit import controls
from genesis.shell.kit.geometry import Box, columns
from genesis.shell.kit.pane import Pane
from genesis.shell.views import layout
from genesis.shell.views.cart import draw_total, draw_totals, total_rows
from genesis.shell.views.payment_presses import PaymentPresses
from genesis.shell.views.pills import draw_pills
from genesis.shell.vm.formats import PIECES, joined
from genesis.shell.vm.payment import PaymentVM
from genesis.shell.words import _, many

if TYPE_CHECKING:
    from genesis.shell.kit.kit import Kit
    from genesis.shell.vm.desk import Desk
    from genesis.shell.vm.till import Line, Method

TITLE = 170  # dp that the title keeps beside pills


class PaymentView(PaymentPresses):
    """One pane; the keys belong to the screen, as nothing here is a text field."""

    rail = False

    def __init__(self, parent: tkinter.Misc, kit: Kit, desk: Desk, vm: PaymentVM) -> None:
        super().__init__(parent, kit, desk, vm)
        self.vm = vm
        self.main = self.pane(self._draw)

    @property
    def boxes(self) -> layout.PayLayout:
        """The layout of the moment."""
        return layout.pay(self.area.w, self.area.h, len(self.vm.methods))

    def arrange(self) -> None:
        """One pane fills the screen."""
        self.put(self.main, self.area)

    def sheet(self) -> Box:
        """Dialogs stand below the header."""
        head = self.boxes.head
        return Box(0, head.bottom, self.area.w, self.area.h - head.bottom)

    def notice(self) -> Box:
        """Toasts stand in the header, where they cover no key."""
        left = min(420.0, self.area.w * 0.4)
        end = self._undo(self.boxes.head) if self.vm.sale.tenders else self._split(self.boxes.head)
        usual = Box(left, self.boxes.head.cy - 24, end.x - left - 12, 48)
        return self.place_of("slot.notice") or usual

    def area_of(self, slot: str) -> Callable[[Pane, Box], None]:
        """The live parts, as they are drawn without a design."""
        draw: dict[str, Callable[[Pane, Box], None]] = {
            "slot.tenders": self._draw_methods,
            "slot.presets": lambda p, box: self._draw_offers(p, box, tuple(columns(box, 5, 8))),
            "slot.keypad": self._draw_pad,
            "slot.summary": lambda p, box: self._draw_order(p, box.inset(24, 12)),
        }
        return draw[slot]

    def words_of(self, slot: str) -> tuple[str, str]:
        """The live texts."""
        if slot == "slot.change":
            return self._change()
        say: dict[str, Callable[[], str]] = {
            "slot.title": self._title, "slot.detail": self._detail, "slot.said": self._said,
            "slot.amount": self._typed, "slot.due": lambda: self.desk.formats.money(self.vm.owed),
        }  # fmt: skip
        return say[slot](), ""

    def _draw(self, p: Pane) -> None:
        if self.draw_designed(p):
            return
        c, boxes = self.kit.theme.color, self.boxes
        p.clear(c.app)
        self._draw_head(p, boxes.head)
        self._draw_methods(p, boxes.methods, boxes.cells)
        self._draw_amount(p, boxes)
        wide = Box(boxes.presets[0].x, boxes.presets[0].y, boxes.amount.w, boxes.presets[0].h)
        self._draw_offers(p, wide, boxes.presets)
        nothing_offered = self.vm.refund and self.vm.waiting is None and not (self.vm.unclear or self.vm.tip_back)
        self._draw_pad(p, Box(wide.x, wide.y, wide.w, boxes.pad.bottom - wide.y) if nothing_offered else boxes.pad)
        if boxes.summary is not None:
            self._draw_summary(p, boxes.summary)

    def _draw_offers(self, p: Pane, wide: Box, boxes: tuple[Box, ...]) -> None:
        """What may be touched instead of typing an amount: likely ones, or the end of a payment that waits."""
        if self.vm.waiting is None and self.vm.unclear:
            find_out = partial(self.desk.dispatch, "payment.resolve", self.vm)
            text = _("A payment is unclear: find out")
            controls.button(p, "unclear", wide, find_out, text=text, icon="circle-help", kind="danger")
        elif self.vm.waiting is None:
            self._draw_presets(p, boxes)
        else:
            stop = partial(self.desk.dispatch, "payment.stop", self.vm)
            cap = self.desk.cap("payment.stop", "payment")
            controls.button(p, "stop", wide, stop, text=_("Stop waiting"), icon="x", kind="danger", cap=cap)

    def _draw_pad(self, p: Pane, box: Box) -> None:
        """The keypad; money that goes back is not typed, so there only the main button stands."""
        free, cap = self.vm.waiting is None, self.desk.cap("payment.complete", "payment")
        done = partial(self.desk.dispatch, "payment.complete", self.vm)
        if self.vm.refund:
            text = _("Give back {amount}").format(amount=self.desk.formats.money(self.vm.gives_back))
            wide = Box(box.x, box.y, box.w, min(box.h, 96))
            controls.button(
                p, "pad.enter", wide, done, text=text, kind="primary", cap=cap, style="heading", enabled=free
            )
            return
        text, point = _("Complete") if free else _("Waiting"), self.desk.formats.point
        controls.keypad(p, "pad", box, self.vm.press, done, text=text, cap=cap, point=point, enabled=free)

    def _draw_head(self, p: Pane, box: Box) -> None:
        c = p.kit.theme.color
        p.rect("head", box, c.surface)
        p.rect("head.line", Box(0, box.bottom - 1, box.w, 1), c.border)
        high = 48.0
        cap = self.desk.cap("payment.back", "payment")
        wide = p.measure("strong", _("Back")) + controls.keycap_width(p, cap) + 74
        back = Box(20 if box.h > 60 else 8, box.cy - high / 2, max(wide, 136), high)
        run = partial(self.desk.dispatch, "payment.back", self.vm)
        controls.button(p, "back", back, run, text=_("Back"), icon="undo-2", cap=cap, under=c.surface)
        right = box.right - 20
        if not self.vm.refund:
            shared, share = self._split(box), partial(self.desk.dispatch, "payment.split", self.vm)
            kind: controls.Kind = "chosen" if self.vm.persons > 1 else "plain"
            cap = self.desk.cap("payment.split", "payment")
            controls.button(p, "split", shared, share, text=self._persons(), icon="users", kind=kind, cap=cap,
                            under=c.surface)  # fmt: skip
            right = shared.x - 20
        if self.vm.sale.tenders:
            undo = self._undo(box)
            give_back = partial(self.desk.dispatch, "payment.take_back", self.vm)
            text, cap = (_("Take back"), self.desk.cap("payment.take_back", "payment")) if undo.w > 60 else ("", "")
            controls.button(p, "take_back", undo, give_back, text=text, icon="undo-2", cap=cap, under=c.surface)
            right = undo.x - 20
        first = back.right + TITLE
        place = Box(first, box.y, max(right - first, 0), box.h)
        right = draw_pills(p, place, self.desk, self.vm.pills, under=c.surface) if place.w else right
        left, room = back.right + 20, right - back.right - 32
        p.text("title", left, box.cy - 9, self._title(), "title", c.text, "w", room)
        p.text("detail", left, box.cy + 14, self._detail(), "small", c.text3, "w", room)

    def _split(self, head: Box) -> Box:
        """Where it is said among how many the sale is shared."""
        wide = 220.0 if head.w >= 860 else 150.0
        return Box(head.right - wide - 20, head.cy - 24, wide, 48)

    def _undo(self, head: Box) -> Box:
        """Where a payment is taken back: beside the shares, by its icon alone where there is little room."""
        right = head.right - 20 if self.vm.refund else self._split(head).x - 12
        wide = 190.0 if head.w >= 1000 else 48.0
        return Box(right - wide, head.cy - 24, wide, 48)

    def _persons(self) -> str:
        return _("Share of {count}").format(count=self.vm.persons) if self.vm.persons > 1 else _("Split")

    def _title(self) -> str:
        return _("Refund") if self.vm.refund else _("Payment")

    def _detail(self) -> str:
        """Whose sale it is, and how much is in it."""
        sale = self.vm.sale
        customer = sale.customer.name if sale.customer else ""
        count = self.desk.formats.items(sum(1 if ln.qty % 1000 else abs(ln.qty) // 1000 for ln in sale.lines))
        return joined(sale.name, customer, count)

    def _draw_methods(self, p: Pane, box: Box, cells: Sequence[Box] = ()) -> None:
        """The ways to pay in a place of any shape."""
        cells = cells or layout.tenders(box, len(self.vm.methods))
        for i, (method, cell) in enumerate(zip(self.vm.methods, cells, strict=True)):
            self._draw_method(p, cell, method, i)
        if not cells:
            p.text("none", box.x, box.y + 20, _("No way to pay"), "strong", p.kit.theme.color.bad, "w", box.w)

    def _draw_method(self, p: Pane, box: Box, method: Method, place: int) -> None:
        c, key = p.kit.theme.color, f"method.{method.id}"
        chosen = method.id == self.vm.chosen
        paint = controls.paints(p, "chosen" if chosen else "plain", enabled=True, pressed=p.pressed == key, under=c.app)
        p.surface(key, box, p.kit.theme.radius.card, paint.fill, paint.border, stroke=paint.stroke, raised=not chosen)
        narrow = box.w < 200
        size = min(36.0 if narrow else 48.0, box.h - 12)
        disc = Box(box.x + (8 if narrow else 14), box.cy - size / 2, size, size)
        fill, ink = (c.primary, c.on_primary) if chosen else (c.cap, c.text)
        p.surface(f"{key}.disc", disc, 12, fill, None, paint.fill)
        p.icon(f"{key}.icon", method.icon or "wallet", disc.cx, disc.cy, 24 if size >= 40 else 20, ink, fill)
        right = box.right - (8 if narrow else 14)
        if place < 9 and not narrow:
            cap = self.desk.cap(f"payment.method.{place + 1}", "payment")
            right -= controls.keycap(p, f"{key}.cap", right, box.cy, cap, paint.fill) + 8
        waiting = self.vm.waiting is not None and self.vm.waiting.id == method.id
        detail = _("Waiting for the terminal") if waiting else method.detail
        left, shift = disc.right + (8 if narrow else 14), 11 if detail and box.h >= 52 else 0
        style = controls.fitted(p, "strong" if narrow else "heading", method.title, right - left)
        p.text(f"{key}.text", left, box.cy - shift, method.title, style, c.text, "w", right - left)
        if shift:
            p.text(f"{key}.detail", left, box.cy + 13, detail, "small", c.text2, "w", right - left)
        p.hot(key, box, partial(self.vm.choose, method), method.title, enabled=self.vm.waiting is None)

    def _draw_amount(self, p: Pane, boxes: layout.PayLayout) -> None:
        """What is received at the left; what is due, and the change, at the right."""
        c, f, vm, box = p.kit.theme.color, self.desk.formats, self.vm, boxes.amount
        p.surface("amount", box, p.kit.theme.radius.card, c.surface, c.border, raised=True)
        low = boxes.compact
        side, label_y = (16, box.y + 16) if low else (24, box.y + 26)
        style, due_style = "due" if low else "display", "num_strong" if low else "due"
        right, due = box.right - side, f.money(vm.owed)
        p.text("due.text", right, label_y, _("Due"), "body", c.text2, "e")
        p.text("due", right, box.y + (38 if low else 60), due, due_style, c.text, "e")
        room = box.w - 2 * side - max(p.measure(due_style, due), 130) - 12
        p.text("amount.text", box.x + side, label_y, self._said(), "body", c.text2, "w", room)
        typed = self._typed()
        style = controls.fitted(p, style, typed, room)
        p.text("amount.value", box.x + side, box.y + (52 if low else 80), typed, style, c.text, "w", room)
        text, tone = self._change()
        if text:
            y, height = box.bottom - (17 if low else 28), 26 if low else 36
            figures = "" if low else "num_strong"
            controls.pill(p, "change", right + 4, y, text, tone, height=height, under=c.surface, style=figures)

    def _change(self) -> tuple[str, str]:
        """What goes back to the customer, or is still missing, and the tone of that."""
        change = self.vm.change
        if not change.minor or self.vm.refund:
            return "", ""
        short = change.minor < 0
        text = _("Missing {amount}") if short else _("Change {amount}")
        amount = self.desk.formats.money(Money(abs(change.minor), change.currency))
        return text.format(amount=amount), "warn" if short else "good"

    def _said(self) -> str:
        """What the amount is."""
        if self.vm.refund:
            return _("To give back")
        if self.vm.foreign and self.vm.method:
            worth = self.desk.formats.money(self.vm.worth)
            return _("{method} received = {amount}").format(method=self.vm.method.title, amount=worth)
        return _("{method} received").format(method=self.vm.method.title) if self.vm.method else _("Amount")

    def _typed(self) -> str:
        if self.vm.refund or self.vm.number.fresh:
            return self.desk.formats.money(self.vm.asked)
        return self.desk.formats.typed(self.vm.number.text, self.vm.asked.currency)

    def _draw_presets(self, p: Pane, boxes: tuple[Box, ...]) -> None:
        vm = self.vm
        if vm.sale.late is not None:
            self._draw_late_tip(p, boxes)
            return
        if vm.tip_back:
            text = _("Tip {amount} too").format(amount=self.desk.formats.money(Money(vm.tip_back, vm.asked.currency)))
            wide = Box(boxes[0].x, boxes[0].y, boxes[2].right - boxes[0].x, boxes[0].h)
            wanted: controls.Kind = "chosen" if vm.with_tip else "plain"
            controls.button(p, "tip.back", wide, vm.toggle_tip, text=text, icon="hand-coins", kind=wanted)
        if vm.method is None or vm.refund:
            return
        if not vm.method.cash:
            self._draw_hint(p, Box(boxes[0].x, boxes[0].y, boxes[-1].right - boxes[0].x, boxes[0].h))
            return
        if vm.tip_of_change:
            text = _("Tip {amount}").format(amount=self.desk.formats.money(vm.change))
            controls.stacked(p, "preset.tip", boxes[0], vm.keep_change, text=text, icon="hand-coins")
        choices: list[tuple[str, str, Money]] = [("exact", _("Exact"), vm.asked)]
        choices += [(str(amount), self.desk.formats.whole(amount), amount) for amount in vm.presets]
        for (ident, text, amount), box in zip(choices, boxes, strict=False):
            if ident == "exact" and vm.tip_of_change:
                continue
            typed = not vm.number.fresh and amount == vm.amount
            kind: controls.Kind = "chosen" if typed else "plain"
            style = "heading" if ident == "exact" else "clock"
            controls.button(p, f"preset.{ident}", box, partial(vm.give, amount), text=text, kind=kind, style=style)

    @staticmethod
    def _draw_hint(p: Pane, box: Box) -> None:
        """Say what else can be done, where no amounts are likely: the keys below stay in their place."""
        c, text = p.kit.theme.color, _("Type an amount to pay a part of it")
        wide = min(p.measure("body", text), box.w - 40)
        left = box.cx - (wide + 28) / 2
        p.icon("hint.icon", "info", left + 10, box.cy, 18, c.text3)
        p.text("hint", left + 28, box.cy, text, "body", c.text3, "w", box.right - left - 28)

    def _draw_late_tip(self, p: Pane, boxes: tuple[Box, ...]) -> None:
        """A tip on what is authorised, and how far it can go."""
        late, money = self.vm.sale.late, self.desk.formats.money
        if late is None:
            return
        text = _("Tip, at most {amount}").format(amount=money(late.most))
        if late.tip.minor:
            text = _("Tip {amount}").format(amount=money(late.tip))
        wide = Box(boxes[0].x, boxes[0].y, boxes[-1].right - boxes[0].x, boxes[0].h)
        cap = self.desk.cap("payment.tip", "payment")
        controls.button(p, "tip.late", wide, partial(self.desk.dispatch, "payment.tip", self.vm), text=text,
                        icon="hand-coins", cap=cap, kind="chosen" if late.tip.minor else "plain")  # fmt: skip

    def _draw_summary(self, p: Pane, box: Box) -> None:
        """The order beside the payment."""
        c = p.kit.theme.color
        p.rect("summary", box, c.surface)
        p.rect("summary.line", Box(box.x, box.y, 1, box.h), c.border)
        p.under = c.surface
        self._draw_order(p, Box(box.x + 24, box.y + 16, box.w - 48, box.h - 32))
        p.under = c.app

    def _draw_order(self, p: Pane, inner: Box) -> None:
        """The order: lines, totals and total."""
        c, f, sale = p.kit.theme.color, self.desk.formats, self.vm.sale
        totals = total_rows(sale, f)
        room = max(int((inner.h - 64 - len(totals) * 28) // 36), 1)
        lines = list(sale.lines)
        left = 0 if len(lines) <= room else len(lines) - room + 1
        shown = lines[: len(lines) - left]
        y = inner.y
        for line in shown:
            self._draw_line(p, line, Box(inner.x, y, inner.w, 36))
            y += 36
        if left:
            p.text("summary.more", inner.x, y + 18, many("{count} more", "{count} more", left), "body", c.text2)
            y += 36
        p.rect("summary.rule", Box(inner.x, y + 5, inner.w, 1), c.border)
        y += 12
        fitting = max(min(int((inner.bottom - y - 56) // 28), len(totals)), 0)
        draw_totals(p, sale, f, tuple(Box(inner.x, y + i * 28, inner.w, 28) for i in range(fitting)))
        draw_total(p, Box(inner.x, y + fitting * 28, inner.w, 50), sale, f)
        y += fitting * 28 + 60
        foot = inner.bottom - (96 if self.vm.media else 0)
        self._draw_panels(p, Box(inner.x - 4, y, inner.w + 8, foot - y))
        if self.vm.media and foot >= y:
            self._draw_media(p, Box(inner.x - 4, foot + 4, inner.w + 8, 92))

    def _draw_media(self, p: Pane, box: Box) -> None:
        """How the receipt is handed over."""
        p.text("media", box.x + 4, box.y + 10, _("Receipt"), "small_medium", p.kit.theme.color.text2, "w", box.w)
        places = columns(Box(box.x, box.y + 26, box.w, 64), len(self.vm.media), 10)
        for medium, place in zip(self.vm.media, places, strict=True):
            kind: controls.Kind = "chosen" if medium.chosen else "plain"
            run = partial(self.vm.choose_medium, medium.id)
            controls.stacked(p, f"medium.{medium.id}", place, run, text=medium.title, icon=medium.icon, kind=kind)

    def _draw_panels(self, p: Pane, box: Box) -> None:
        """What plugins have to say about this payment, as far as there is room."""
        c = p.kit.theme.color
        for i, label in enumerate(self.vm.panels[: max(int(box.h // 76), 0)]):
            card, key = Box(box.x, box.y + i * 76, box.w, 66), f"panel.{i}"
            p.surface(key, card, p.kit.theme.radius.card, c.subtle, c.border)
            p.icon(f"{key}.icon", label.icon or "info", card.x + 28, card.cy, 24, c.primary_text, c.subtle)
            right = card.right - 12
            right -= (
                controls.pill(p, f"{key}.author", right, card.cy, label.author, "off", height=24, under=c.subtle) + 8
            )
            shift = 11 if label.detail else 0
            room = right - card.x - 54
            p.text(f"{key}.text", card.x + 54, card.cy - shift, label.text, "strong", c.text, "w", room)
            if label.detail:
                p.text(f"{key}.detail", card.x + 54, card.cy + 11, label.detail, "small", c.text2, "w", room)

    def _draw_line(self, p: Pane, line: Line, box: Box) -> None:
        c, f, key = p.kit.theme.color, self.desk.formats, f"summary.{line.id}"
        whole = line.qty % 1000 == 0 and line.unit in PIECES
        pieces = f.quantity(line.qty if whole else 1000 if line.qty > 0 else -1000)
        p.text(f"{key}.qty", box.x + 8, box.cy, pieces, "num_strong", c.primary_text, "e")
        p.text(f"{key}.times", box.x + 17, box.cy, "×", "small", c.text2, "center")
        width = p.text(f"{key}.amount", box.right, box.cy, f.plain(line.amount), "num_strong", c.text, "e")
        name = line.name if whole else f"{line.name} {f.measured(line.qty, line.unit)}"
        p.text(f"{key}.name", box.x + 32, box.cy, name, "name", c.text, "w", box.w - 32 - width - 12)
