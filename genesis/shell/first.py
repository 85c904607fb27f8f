"""The window of the first start: a card that asks what a store must have, before there is any."""

from __future__ import annotations

import logging
import tkinter
from functools import partial
from types import TracebackType

from genesis.kernel.errors import GenesisError
from genesis.plugin.discovery import discover, load
from genesis.shell.kit import fonts, styles, theme
from genesis.shell.kit.kit import Kit, fitting_scale
from genesis.shell.preferences import Preferences
from genesis.shell.tasks import Tasks
from genesis.shell.views.first import CARD, FirstCard
from genesis.shell.vm.first import FirstStart, Maker
from genesis.shell.words import _, mirrored, of_this_computer, speak

log = logging.getLogger("genesis.shell")
SIZE = (960, 720)


def first_start(maker: Maker) -> bool:
    """Ask and make the store; returns False where the window was closed before there was one.

    Where no window can be opened nothing is asked, and whoever needs the store will say that there is none.
    """
    speak(of_this_computer())
    try:
        window = FirstWindow(maker)
    except tkinter.TclError as none:
        log.info("the first start has no window: %s", none)
        return True
    window.root.mainloop()
    return window.vm.made


def usual_look() -> theme.Theme:
    """Return the look that a till has at first, the plain one where its plugin is not there."""
    try:
        wanted = {i for i, found in discover().items() if not found.fault and found.manifest.category == "theme"}
        for plugin in load(wanted)[0].values():
            for look in plugin.themes():
                if look.id == Preferences().theme:
                    return theme.load(look.folder / "theme.json")
    except (GenesisError, AttributeError, TypeError) as wrong:
        log.warning("the first start is plain: %s", wrong)
    return theme.load(theme.BASE)


class FirstWindow:
    """The window; closing it leaves nothing behind, but not while the store is being made."""

    def __init__(self, maker: Maker) -> None:
        fonts.load_private(fonts.prepare())
        self.root = tkinter.Tk(className="Genesis")
        self.root.title(_("Genesis: first start"))
        self.root.geometry(f"{SIZE[0]}x{SIZE[1]}")
        self.root.minsize(640, 520)
        self.root.report_callback_exception = self._fault
        self.kit = Kit(self.root, usual_look(), self._scale(*SIZE))
        self.kit.mirrored = mirrored()
        styles.apply(self.kit)
        self.tasks = Tasks(self.root)
        self.vm = FirstStart(self.tasks, maker)
        self.pane = FirstCard(self.root, self.kit, self.vm)
        self.pane.place(relwidth=1, relheight=1)
        self.fields = self.pane.fields
        self.vm.subscribe(self._changed)
        for key in ("<Return>", "<KP_Enter>"):
            self.root.bind(key, lambda _event: self.vm.enter())
        self.root.bind("<Escape>", lambda _event: self.vm.back())
        for number in range(7):
            self.root.bind(f"<Alt-Key-{number + 1}>", partial(self._choose, number))
        self.root.bind("<Configure>", self._on_size, add="+")
        self.root.protocol("WM_DELETE_WINDOW", self.close)
        self._begun = self.root.bind("<Visibility>", self._begin, add="+")

    def _begin(self, event: tkinter.Event[tkinter.Misc]) -> None:
        """The window is in sight: type the name."""
        if event.widget is self.root:
            self.root.unbind("<Visibility>", self._begun)
            self.root.focus_force()
            self.fields["name"].focus()

    def _scale(self, width: int, height: int) -> float:
        return min(fitting_scale(self.root.winfo_fpixels("1i") / 96, 1.0, width, height), height / (CARD.h + 24))

    def _on_size(self, event: tkinter.Event[tkinter.Misc]) -> None:
        if event.widget is self.root and (scale := self._scale(event.width, event.height)) != self.kit.scale:
            self.kit.change(self.kit.theme, scale)
            styles.apply(self.kit)
        self.pane.refresh()

    def _choose(self, number: int, _event: tkinter.Event[tkinter.Misc]) -> str:
        self.pane.choose(number)
        return "break"

    def _changed(self) -> None:
        if self.vm.done:
            self.close()
        else:
            self.pane.show()

    def _fault(self, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        """An error of ours: it is said where it can be read."""
        log.error("the first start failed", exc_info=error)
        self.vm.faults[""] = f"{type(error).__name__}: {error}"
        self.pane.refresh()

    def close(self) -> None:
        """Close the window."""
        if not self.vm.busy:
            self.tasks.close()
            self.root.update_idletasks()
            self.root.destroy()
