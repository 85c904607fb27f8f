"""The customer's window on a second monitor: it comes and goes with the monitor, and nothing of it stops a till."""

from __future__ import annotations

import logging
import tkinter
from typing import TYPE_CHECKING

from genesis.shell.kit.kit import Kit
from genesis.shell.monitors import Monitor, monitors, second
from genesis.shell.views.display import DisplayView
from genesis.shell.vm.display import DisplayVM
from genesis.shell.words import _

if TYPE_CHECKING:
    from genesis.shell.window import Window

log = logging.getLogger("genesis.shell")
LOOK = 3_000  # ms between looks whether the monitor is there
WIDTH, HEIGHT = 720, 405  # dp that a customer sees: read from further away than the till
PLAIN = Monitor(0, 0, 960, 540)  # a window among others, for who has one monitor and wants to see it


class CustomerDisplay:
    """Shows the customer's window as the preference `display` says. top: its window, None while there is none."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self.top: tkinter.Toplevel | None = None
        self._at: Monitor | None = None
        self._broken = False
        self._timer = ""

    def renew(self) -> None:
        """The till was drawn anew: follow its new desk, in its new look."""
        self._drop()
        self._broken = False
        self.look()

    def look(self) -> None:
        """Open, move or close the window, as the monitor is there or not; and look again later."""
        root = self._window.root
        if self._timer:
            root.after_cancel(self._timer)
            self._timer = ""
        wish = self._window.preferences.value.display
        if wish == "monitor":
            self._timer = root.after(LOOK, self.look)
        place = self._place(wish)
        if place != self._at:
            self._drop()
        if place is not None and self.top is None:
            try:
                self._open(place, alone=wish == "monitor")
            except tkinter.TclError as wrong:
                self._fail(wrong)

    def _place(self, wish: str) -> Monitor | None:
        root = self._window.root
        if wish == "off" or self._broken:
            return None
        if wish == "window":
            return PLAIN
        middle = (root.winfo_rootx() + root.winfo_width() // 2, root.winfo_rooty() + root.winfo_height() // 2)
        return second(monitors(root.winfo_screen()), *middle)

    def _open(self, place: Monitor, *, alone: bool) -> None:
        window = self._window
        top = tkinter.Toplevel(window.root, borderwidth=0, highlightthickness=0, takefocus=0)
        self.top, self._at = top, place
        top.title("Genesis")
        if alone:
            top.overrideredirect(boolean=True)  # no window manager gives it the keys
            top.geometry(f"{place.w}x{place.h}+{place.x}+{place.y}")
        else:
            top.geometry(f"{place.w}x{place.h}")
            top.protocol("WM_DELETE_WINDOW", self._shut)
        kit = Kit(window.root, window.kit.theme, self._scale(place.w, place.h))
        kit.designs, kit.mirrored = dict(window.kit.designs), window.kit.mirrored
        view = DisplayView(top, kit, DisplayVM(window.desk), self._fail)
        view.place(relwidth=1, relheight=1)
        top.bind("<Configure>", lambda event: self._fit(view) if event.widget is top else None)
        top.bind("<FocusIn>", lambda _event: window.root.focus_force())
        self._fit(view)

    def _scale(self, width: int, height: int) -> float:
        return max(min(width / WIDTH, height / HEIGHT), 0.5)

    def _fit(self, view: DisplayView) -> None:
        """Fill the window as large as it is."""
        top, kit = self.top, view.kit
        if top is None:
            return
        width, height = top.winfo_width(), top.winfo_height()
        if width <= 1 and self._at is not None:
            width, height = self._at.w, self._at.h
        if (scale := self._scale(width, height)) != kit.scale:
            kit.change(kit.theme, scale)
        view.fit(kit.dp(width), kit.dp(height))
        view.refresh()

    def _shut(self) -> None:
        """Somebody closed it: it stays closed."""
        self._window.preferences.change(display="off")
        self.look()

    def _fail(self, wrong: object = None) -> None:
        """It cannot be shown: go on without it, and say so once."""
        log.warning("the customer display is off: %s", wrong or "see above")
        self._broken = True
        self._window.root.after_idle(self._drop)
        self._window.desk.say(_("The customer display stopped; the till goes on without it"), "warn")

    def _drop(self) -> None:
        if self.top is not None:
            self.top.destroy()
        self.top = self._at = None

    def close(self) -> None:
        """Look no more."""
        if self._timer:
            self._window.root.after_cancel(self._timer)
        self._drop()
