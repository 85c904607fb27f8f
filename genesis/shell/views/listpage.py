"""A page of the back office: title, cards, search, list and drawer, whatever plugin it comes from."""

from __future__ import annotations

import tkinter
from functools import partial
from typing import TYPE_CHECKING

from genesis.shell.kit import charts, controls
from genesis.shell.kit.field import Field
from genesis.shell.kit.geometry import Box
from genesis.shell.kit.pane import Pane
from genesis.shell.views.base import View
from genesis.shell.views.contributed import Wrong, draw_fault
from genesis.shell.views.drawer import DrawerArea
from genesis.shell.views.page_layout import HEAD, ROW, PageLayout, page
from genesis.shell.views.rows import RowsArea
from genesis.shell.vm.listpage import ListPageVM
from genesis.shell.vm.picks import Choice, PickDialog
from genesis.shell.words import _, many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genesis.hooks.pages import Filter, PageAction
    from genesis.hooks.values import Figure
    from genesis.shell.kit.kit import Kit
    from genesis.shell.vm.desk import Desk

CHART = 44  # dp, the least that a small chart is worth


class ListPageView(View):
    """Draws a ListPageVM."""

    wide = True

    def __init__(self, parent: tkinter.Misc, kit: Kit, desk: Desk, vm: ListPageVM) -> None:
        super().__init__(parent, kit, desk, vm)
        self.vm = vm
        self.main = self.pane(self._draw)
        self.side = self.pane(self._draw_side)
        self.field = Field(self.main, "search", vm.search)
        self.list = RowsArea(vm)
        self.drawer = DrawerArea(self.side, desk, vm)
        self.main.on_scroll = self._scroll
        self._rest = 0.0
        vm.on_search = self.field.focus

    def _scroll(self, dp: float) -> None:
        self._rest += dp / ROW
        rows, self._rest = int(self._rest), self._rest - int(self._rest)
        if rows:
            self.list.scroll(rows)

    @property
    def _layout(self) -> PageLayout:
        return self._laid_out(len(self.vm.cards) or int(self.vm.awaited))

    def _laid_out(self, cards: int) -> PageLayout:
        vm, spec = self.vm, self.vm.page
        search = spec is not None and bool(spec.hint or spec.filters)
        return page(self.area.w, self.area.h, cards=cards, drawer=vm.drawer is not None, search=search)

    def arrange(self) -> None:
        """The drawer stands beside the page, or over it where the window is narrow; cards are read where they fit."""
        if self._laid_out(1).cards:
            self.vm.read_cards()
        layout = self._layout
        room = self.area.w if layout.drawer is None or layout.covered else layout.drawer.x
        self.put(self.main, Box(0, 0, room, self.area.h))
        if layout.drawer is None:
            self.side.place_forget()
        else:
            self.put(self.side, layout.drawer)
            tkinter.Misc.lift(self.side)

    def refresh(self) -> None:
        """Take the drawer in or out with the rest."""
        self.drawer.follow()
        if self.area.w:
            self.arrange()
        super().refresh()

    def focus_here(self) -> None:
        """The arrow keys move in the list."""
        self.main.focus_set()

    def notice(self) -> Box:
        """Toasts stand below the list."""
        room = self._layout.table
        return Box(room.x, self.area.h - 60, room.w, 48)

    # Drawing -----------------------------------------------------------------------------------------------

    def _draw(self, p: Pane) -> None:
        c, vm = self.kit.theme.color, self.vm
        p.clear(c.app)
        if vm.fault is not None:
            draw_fault(p, self.area, self.desk, Wrong(vm.title, vm.author, vm.fault, vm.error_id), vm.retry)
            return
        layout = self._layout
        self._draw_title(p, layout.title)
        for figure, box in zip(vm.cards, layout.cards, strict=False):
            run = partial(vm.go, figure.go) if figure.go else None
            draw_card(p, figure, self.desk.formats.text(figure.value), box, run)
        if layout.search.h:
            self._draw_search(p, layout.search)
        radius, head = self.kit.theme.radius.card, (HEAD, c.subtle)
        p.surface("table", layout.table, radius, c.surface, c.border, raised=True, band=head)
        p.under = c.surface
        self.list.draw(p, layout.table, layout.places)
        p.under = c.app

    def _draw_title(self, p: Pane, box: Box) -> None:
        c, vm = self.kit.theme.color, self.vm
        right = box.right
        spec = vm.page
        if spec is not None and spec.new is not None and not vm.chosen:
            width = p.measure("strong", _("New")) + 62
            cell = Box(right - width, box.y, width, box.h)
            run = partial(self.desk.dispatch, "page.new", vm)
            controls.button(p, "new", cell, run, text=_("New"), icon="plus", kind="primary")
            right = cell.x - 8
        right = self._draw_actions(p, box, right)
        wide = p.text("title", box.x, box.cy, vm.title, "hero", c.text, "w", right - box.x - 8)
        room = right - box.x - wide - 24
        if vm.fetched.known and room > 60:
            text = self._counted()
            p.text("count", box.x + wide + 12, box.cy + 3, text, "body", c.text3, "w", room)

    def _offered(self) -> list[PageAction]:
        """The actions above the list, from the right: of the chosen rows where some are, else of the page."""
        found = self.vm.actions("rows") if self.vm.chosen else self.vm.actions("page")
        return sorted(found, key=lambda action: not action.main)

    def _draw_actions(self, p: Pane, box: Box, right: float) -> float:
        """Draw the actions that have room beside the title, and a button that leads to the others."""
        offered = self._offered()
        said = p.measure("body", self._counted()) + 12 if self.vm.chosen else 0
        left = box.x + max(min(p.measure("hero", self.vm.title) + said + 16, box.w / 2), 100)
        widths = [p.measure("strong", action.title) + (54 if action.icon else 32) + 8 for action in offered]
        fitting = len(offered)
        while fitting and right - sum(widths[:fitting]) - (56 if fitting < len(offered) else 0) < left:
            fitting -= 1
        for action, width in zip(offered[:fitting], widths, strict=False):
            right = self._draw_action(p, box, action, right, width - 8)
        if fitting < len(offered):
            cell = Box(right - 48, box.y, 48, box.h)
            controls.button(p, "action.more", cell, partial(self._more, offered[fitting:]), icon="ellipsis",
                            name=_("More"))  # fmt: skip
            right = cell.x - 8
        return right

    def _more(self, rest: list[PageAction]) -> None:
        """Offer the actions that have no room above the list."""
        choices = [Choice(action.id, action.title, icon=action.icon) for action in rest]
        act = {action.id: partial(self.vm.act, action) for action in rest}
        self.desk.open(PickDialog(self.desk, _("More"), lambda _text: choices, lambda chosen: act[chosen]()))

    def _draw_action(self, p: Pane, box: Box, action: PageAction, right: float, width: float) -> float:
        cell = Box(right - width, box.y, width, box.h)
        kind: controls.Kind = "danger" if action.danger else "primary" if action.main else "plain"
        controls.button(p, f"action.{action.id}", cell, partial(self.vm.act, action), text=action.title,
                        icon=action.icon, kind=kind)  # fmt: skip
        return cell.x - 8

    def _counted(self) -> str:
        vm = self.vm
        if vm.chosen:
            return many("{count} chosen", "{count} chosen", len(vm.chosen))
        return many("{count} entry", "{count} entries", vm.total, self.desk.formats.number(vm.total))

    def _draw_search(self, p: Pane, box: Box) -> None:
        c, vm, spec = self.kit.theme.color, self.vm, self.vm.page
        if spec is None:
            return
        x = box.x
        if spec.hint:
            beside = sum(p.measure("strong", self._filter_text(one)) + 62 for one in spec.filters) + 12
            field = Box(x, box.y, min(300, max(box.w * 0.42, box.w - beside)), box.h)
            self.field.write(vm.query.text)
            self.field.draw(field, spec.hint, icon="search", cap=self.desk.cap("page.search", "list"))
            x = field.right + 12
        x = self._draw_filters(p, Box(x, box.y, box.right - x, box.h), spec.filters)
        if vm.fetched.known:
            found = many("{count} match", "{count} matches", vm.total, self.desk.formats.number(vm.total))
            said = _("{found} · {ms} ms").format(found=found, ms=vm.fetched.took)
            if box.right - x > p.measure("small", said) + 8:
                p.text("matches", box.right, box.cy, said, "small", c.text3, "e")

    def _draw_filters(self, p: Pane, box: Box, filters: Sequence[Filter]) -> float:
        """Draw the filters side by side, those in use first; what has no room is behind one button."""
        ordered = sorted(filters, key=lambda one: one.id not in self.vm.query.filters)
        widths = [p.measure("strong", self._filter_text(one)) + 62 for one in ordered]
        room = box.w if sum(widths) - 8 <= box.w else box.w - 56
        x = box.x
        for number, (one, width) in enumerate(zip(ordered, widths, strict=True)):
            if x + width - 8 > box.x + room:
                more = partial(self.vm.ask_filters, tuple(each.id for each in ordered[number:]))
                cell = Box(x, box.y, 48, box.h)
                controls.button(p, "filter.more", cell, more, icon="sliders-horizontal", name=_("More filters"))
                return cell.right + 8
            self._draw_filter(p, Box(x, box.y, width - 8, box.h), one)
            x += width
        return x

    def _filter_text(self, one: Filter) -> str:
        value = self.vm.query.filters.get(one.id, "")
        return f"{one.title}: {dict(one.choices).get(value, value) if value else _('All')}"

    def _draw_filter(self, p: Pane, cell: Box, one: Filter) -> None:
        chosen = bool(self.vm.query.filters.get(one.id))
        run = partial(self.vm.filter, one.id, "") if chosen else partial(self.vm.ask_filter, one.id)
        controls.button(p, f"filter.{one.id}", cell, run, text=self._filter_text(one), style="name",
                        icon="x" if chosen else "chevron-down", kind="chosen" if chosen else "plain")  # fmt: skip

    def _draw_side(self, p: Pane) -> None:
        self.drawer.draw(p, Box(0, 0, self.side.area.w, self.side.area.h))


def draw_card(p: Pane, figure: Figure, value: str, box: Box, run: object) -> None:
    """A figure above the list or on the dashboard, with its small chart."""
    c, key = p.kit.theme.color, f"card.{figure.id}"
    p.surface(key, box, p.kit.theme.radius.card, c.surface, c.border, raised=True)
    tone = p.kit.theme.tone(figure.tone or "good")[0]
    p.text(f"{key}.title", box.x + 16, box.y + 20, figure.title, "small", c.text2, "w", box.w - 32)
    p.text(f"{key}.value", box.x + 16, box.y + 46, value, "heading_big", c.text, "w", box.w - 32)
    chart = _chart(p, box, figure, value)
    end = chart.x - 12 if chart is not None and chart.y > box.cy else box.right - 16
    p.text(f"{key}.note", box.x + 16, box.y + 73, figure.note, "label", tone, "w", end - box.x - 16)
    if chart is not None:
        charts.spark(p, f"{key}.spark", chart, figure.series, tone, c.surface)
    if run is not None:
        p.hot(key, box, run, figure.title)  # type: ignore[arg-type]


def _chart(p: Pane, box: Box, figure: Figure, value: str) -> Box | None:
    """Return where the small chart of a card has room: beside its note, else beside its value, else nowhere."""
    if not figure.series:
        return None
    for text, style, top in ((figure.note, "label", box.bottom - 36), (value, "heading_big", box.y + 32)):
        left = box.x + max(16 + p.measure(style, text) + 12, box.w * 0.45)
        if box.right - 14 - left >= CHART:
            return Box(left, top, box.right - 14 - left, 26)
    return None
