"""Screens of plugins, behind a boundary: one that fails becomes a card, and the till goes on."""

from __future__ import annotations

import importlib
import tkinter
import traceback
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from PIL import ImageTk

from genesis.hooks.pages import ListPage, PageAction
from genesis.kernel.errors import RAISED
from genesis.shell.kit import controls
from genesis.shell.kit.geometry import Box, columns
from genesis.shell.kit.pane import Pane
from genesis.shell.kit.seen import seen
from genesis.shell.views.base import View
from genesis.shell.vm import mending
from genesis.shell.vm.base import ViewModel
from genesis.shell.words import _

if TYPE_CHECKING:
    from genesis.shell.kit.kit import Kit
    from genesis.shell.vm.desk import Desk


class Contribution(NamedTuple):
    """A screen of a plugin.

    place: "module:function" that builds its widget in a parent; page: one that returns a ListPage; author: the
    plugin; low: in the back office; group: its heading there; actions: what others bring for it.
    """

    id: str
    title: str
    icon: str
    author: str
    place: str
    low: bool = False
    page: str = ""
    group: str = ""
    badge: Callable[[Any], str] | None = None
    actions: tuple[PageAction, ...] = ()

    def make(self, pos: Any) -> ListPage:
        """Import the function that makes a page as data, and call it."""
        module, _colon, name = self.page.partition(":")
        made = getattr(importlib.import_module(module), name)(pos)
        if not isinstance(made, ListPage):
            raise TypeError(f"{self.page} gave {type(made).__name__}, not a ListPage")
        return msgspec.structs.replace(made, actions=(*made.actions, *self.actions)) if self.actions else made

    def build(self, parent: tkinter.Misc, pos: Any) -> tkinter.Widget:
        """Import the builder and call it."""
        module, _colon, name = self.place.partition(":")
        widget = getattr(importlib.import_module(module), name)(parent, pos)
        if not isinstance(widget, tkinter.Widget):
            raise TypeError(f"{self.place} gave {type(widget).__name__}, not a widget")
        return widget

    def wrote(self, error: BaseException) -> bool:
        """Tell whether the screen's own package raised an error."""
        package = self.place.partition(":")[0].partition(".")[0]
        frames = (frame.f_globals.get("__name__", "") for frame, _line in traceback.walk_tb(error.__traceback__))
        return any(name.partition(".")[0] == package for name in frames)


class ContributedView(View):
    """Builds the widget when first shown; what was half built is thrown away with it."""

    def __init__(
        self, parent: tkinter.Misc, kit: Kit, desk: Desk, vm: ViewModel, screen: Contribution, pos: Any
    ) -> None:
        super().__init__(parent, kit, desk, vm)
        self.screen, self.error_id, self._pos = screen, "", pos
        self.fault: BaseException | None = None
        self._cover: Pane | None = None
        self._retry()

    def _retry(self) -> None:
        for child in self.winfo_children():
            child.destroy()
        self.panes.clear()
        self._cover = None
        try:
            self.screen.build(self, self._pos).place(x=0, y=0, relwidth=1, relheight=1)
        except RAISED as fault:  # a plugin's fault stays inside its card
            self.failed(fault)

    def failed(self, fault: BaseException) -> None:
        """Put the card in place of what the plugin built."""
        for child in self.winfo_children():
            child.destroy()
        self._cover = None
        self.fault, self.error_id = fault, self.desk.log_fault(fault)
        self.put(self.pane(self._draw), self.area)

    def arrange(self) -> None:
        """The card fills the page."""
        for pane in self.panes:
            self.put(pane, self.area)

    def veil(self, *, on: bool, drawn: bool = True) -> None:
        """Lie behind a dialog: widgets of the plugin's own are covered by a picture of them, and out of reach."""
        super().veil(on=on, drawn=drawn)
        if on and self._cover is None and not self.panes:
            shown = seen(self)
            picture = None if shown is None else ImageTk.PhotoImage(shown, master=self)

            def draw(p: Pane) -> None:
                p.clear(self.kit.theme.color.app)
                size = p.winfo_width(), p.winfo_height()
                if picture is not None and (picture.width(), picture.height()) == size:  # not of another size by now
                    p.image("page", 0, 0, picture)

            self._cover = Pane(self, self.kit, draw)
            self._cover.place(relwidth=1, relheight=1)
            tkinter.Misc.lift(self._cover)
            self._cover.veil(on=True)
        elif not on and self._cover is not None:
            self._cover.destroy()
            self._cover = None

    def restyle(self) -> None:
        """Theme or scale changed."""
        super().restyle()
        if self._cover is not None:
            self._cover.refresh()

    def _draw(self, p: Pane) -> None:
        p.clear(self.kit.theme.color.app)
        if self.fault is not None:
            wrong = Wrong(self.screen.title, self.screen.author, self.fault, self.error_id)
            draw_fault(p, self.area, self.desk, wrong, self._retry)


class Wrong(NamedTuple):
    """What went wrong with a page. author: the plugin that brought it, "" for one of Genesis' own."""

    screen: str
    author: str
    fault: BaseException
    error_id: str


def draw_fault(p: Pane, area: Box, desk: Desk, wrong: Wrong, retry: Callable[[], object]) -> None:
    """The card in place of a page that failed: which plugin it was, what happened, and how to go on without it."""
    c = p.kit.theme.color
    card = Box(area.cx - min(240, area.w / 2 - 12), max(area.cy - 130, 8), min(480, area.w - 24), min(260, area.h - 16))
    p.surface("card", card, p.kit.theme.radius.card, c.surface, c.bad, raised=True)
    p.under = c.surface
    p.icon("icon", "unplug", card.cx, card.y + 44, 36, c.bad)
    title = _("{screen} is not available").format(screen=wrong.screen)
    p.text("title", card.cx, card.y + 88, title, "heading", c.text, "center", card.w - 40)
    text = _("The plugin {plugin} failed. Selling goes on without this page.").format(plugin=wrong.author)
    for i, line in enumerate(p.kit.fonts.wrap("body", text, p.kit.px(card.w - 40), 3)):
        p.text(f"text.{i}", card.cx, card.y + 118 + i * 20, line, "body", c.text2, "center", card.w - 40)
    p.text(
        "id", card.cx, card.bottom - 78, _("Error id {id}").format(id=wrong.error_id), "num_small", c.text2, "center"
    )
    off = bool(wrong.author) and mending.can_switch_off(desk)
    cells = columns(Box(card.x + 20, card.bottom - 62, card.w - 40, 48), 3 if off else 2, 10)
    tell = partial(mending.details, desk, wrong.author, wrong.fault, wrong.error_id)
    controls.button(p, "again", cells[0], retry, text=_("Try again"), style="body_medium")
    controls.button(p, "details", cells[1], tell, text=_("Details"), style="body_medium")
    if off:
        stop = partial(mending.switch_off, desk, wrong.author)
        controls.button(p, "off", cells[2], stop, text=_("Switch off"), style="body_medium")
