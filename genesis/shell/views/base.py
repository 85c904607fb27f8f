"""What every view shares: a frame of panes that is drawn again when its view-model changes."""

from __future__ import annotations

import tkinter
from typing import TYPE_CHECKING

from genesis.shell.kit.geometry import Box
from genesis.shell.kit.kit import Kit
from genesis.shell.kit.pane import Pane
from genesis.shell.vm.base import ViewModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from genesis.shell.vm.desk import Desk


class View(tkinter.Frame):
    """A screen. rail: whether the navigation stays beside it; wide: with words, as in the back office."""

    rail = True
    wide = False

    def __init__(self, parent: tkinter.Misc, kit: Kit, desk: Desk, vm: ViewModel) -> None:
        super().__init__(parent, borderwidth=0, highlightthickness=0, takefocus=0)
        self.kit, self.desk = kit, desk
        self.area = Box(0, 0, 0, 0)  # in dp; known before Tk has placed the view
        self.panes: list[Pane] = []
        self._unsubscribe = vm.subscribe(self.refresh)

    def fit(self, width: float, height: float) -> None:
        """Take the size (dp) that the view is given by whoever places it."""
        if (self.area.w, self.area.h) != (width, height):
            self.area = Box(0, 0, width, height)
            self.arrange()

    def pane(self, draw: Callable[[Pane], None]) -> Pane:
        """Add a drawn area."""
        pane = Pane(self, self.kit, draw)
        self.panes.append(pane)
        return pane

    def put(self, pane: tkinter.Widget, box: Box) -> None:
        """Place a pane or a view (dp)."""
        px = self.kit.px
        if isinstance(pane, View):
            pane.fit(box.w, box.h)
        x, y, wide = px(box.x), px(box.y), max(px(box.right) - px(box.x), 1)
        if self.kit.mirrored:
            x = px(self.area.w) - x - wide
        pane.place(x=x, y=y, width=wide, height=max(px(box.bottom) - y, 1))

    def arrange(self) -> None:
        """Place the panes for the present size."""

    def refresh(self) -> None:
        """Draw again when idle."""
        for pane in self.panes:
            pane.refresh()

    def restyle(self) -> None:
        """Theme or scale changed: place and draw anew."""
        self.arrange()
        self.refresh()

    def focus_here(self) -> None:
        """Give the keys to the widget that should have them."""
        self.focus_set()

    def sheet(self) -> Box:
        """Where dialogs stand, in dp of this view."""
        return self.area

    def behind(self) -> list[Pane]:
        """What lies behind a dialog: every pane of this view and of those inside it."""
        inner = [child for child in self.winfo_children() if isinstance(child, View)]
        return [*self.panes, *(pane for view in inner for pane in view.behind())]

    def veil(self, *, on: bool, drawn: bool = True) -> None:
        """Lie behind a dialog, or not any more."""
        for pane in self.behind():
            pane.veil(on=on, drawn=drawn)

    def notice(self) -> Box:
        """Where toasts stand, in dp of this view."""
        area = self.area
        return Box(area.x, area.bottom - 48, area.w, 48)

    def destroy(self) -> None:
        """Stop listening with the widget."""
        self._unsubscribe()
        super().destroy()
