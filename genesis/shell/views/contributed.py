"""Screens of plugins, behind a boundary: one that fails becomes a card, and the till goes on."""

from __future__ import annotations

import importlib
import tkinter
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from PIL import ImageTk

from genesis.hooks.pages import ListPage, PageAction
from genesis.shell.kit import controls
from genesis.shell.kit.geometry import Box, columns
from genesis.shell.kit.pane import Pane
from genesis.shell.kit.seen import seen
from genesis.shell.views.base import View
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
        self._cover: Pane | None = None
        self._retry()

    def _retry(self) -> None:
        for child in self.winfo_children():
            child.destroy()
        self.panes.clear()
        self._cover = None
        try:
            self.screen.build(self, self._pos).place(x=0, y=0, relwidth=1, relheight=1)
        except Exception as fault:  # noqa: BLE001 - a plugin's fault stays inside its card
            self.failed(fault)

    def failed(self, fault: BaseException) -> None:
        """Put the card in place of what the plugin built."""
        for child in self.winfo_children():
            child.destroy()
        self._cover = None
        self.error_id = self.desk.log_fault(fault)
        self.put(self.pane(self._draw), self.area)

    def arrange(self) -> None:
        """The card fills the page."""
        for pane in self.panes:
            self.put(pane, self.area)

    def veil(self, *, on: bool) -> None:
        """Lie behind a dialog: widgets of the plugin's own are covered by a picture of them, and out of reach."""
        super().veil(on=on)
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
        draw_fault(p, self.area, self.desk, self.screen.title, self.screen.author, self.error_id, self._retry)


def draw_fault(
    p: Pane, area: Box, desk: Desk, screen: str, author: str, error_id: str, retry: Callable[[], object]
) -> None:
    """The card in place of a page whose plugin failed."""
    c = p.kit.theme.color
    card = Box(area.cx - min(240, area.w / 2 - 12), max(area.cy - 130, 8), min(480, area.w - 24), min(260, area.h - 16))
    p.surface("card", card, p.kit.theme.radius.card, c.surface, c.bad, raised=True)
    p.under = c.surface
    p.icon("icon", "unplug", card.cx, card.y + 44, 36, c.bad)
    title = _("{screen} is not available").format(screen=screen)
    p.text("title", card.cx, card.y + 88, title, "heading", c.text, "center", card.w - 40)
    text = _("The plugin {plugin} failed. Selling goes on without this page.").format(plugin=author)
    for i, line in enumerate(p.kit.fonts.wrap("body", text, p.kit.px(card.w - 40), 3)):
        p.text(f"text.{i}", card.cx, card.y + 118 + i * 20, line, "body", c.text2, "center", card.w - 40)
    p.text("id", card.cx, card.bottom - 78, _("Error id {id}").format(id=error_id), "num_small", c.text2, "center")
    again, plugins = columns(Box(card.x + 20, card.bottom - 62, card.w - 40, 48), 2, 12)
    controls.button(p, "again", again, retry, text=_("Try again"), icon="rotate-ccw")
    controls.button(p, "plugins", plugins, lambda: desk.go("plugins"), text=_("Plugins"), icon="puzzle")
