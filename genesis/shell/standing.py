"""Where the window stood when it was closed: its size and place, whether it filled the screen, and its page."""

from __future__ import annotations

import re
import tkinter
from typing import Any

from genesis.shell.preferences import Preferences

_GEOMETRY = re.compile(r"([0-9]{3,5})x([0-9]{3,5})\+(-?[0-9]{1,5})\+(-?[0-9]{1,5})")
IN_SIGHT = 100  # pixels of a window that must be on the screen, so that it can be taken hold of
PASSING = frozenset({"payment", "receipt", "sign_in"})  # screens that nobody comes back to


def geometry(kept: str, size: tuple[int, int], screen: tuple[int, int]) -> str:
    """Return where the window opens: as it was kept where that is on the screen, else in its usual size."""
    found = _GEOMETRY.fullmatch(kept)
    if found is None:
        return f"{size[0]}x{size[1]}"
    wide, high, x, y = map(int, found.groups())
    wide, high = min(wide, screen[0]), min(high, screen[1])
    seen = x + wide > IN_SIGHT and x < screen[0] - IN_SIGHT and 0 <= y < screen[1] - IN_SIGHT
    return f"{wide}x{high}+{x}+{y}" if seen else f"{wide}x{high}"


class Standing:
    """Follows a window: where it stood before it filled the screen, and whether it is maximised."""

    def __init__(self, root: tkinter.Tk, kept: Preferences, size: tuple[int, int]) -> None:
        self._root = root
        self._plain = self._before = kept.window
        self._maximised = kept.maximised
        root.geometry(geometry(kept.window, size, (root.winfo_screenwidth(), root.winfo_screenheight())))
        self._maximise(on=kept.maximised)

    def look(self, *, full_screen: bool) -> None:
        """Take note of a change. A window manager may tell the size before it tells what that is."""
        here = self._root.geometry()
        maximised = self._is_maximised()
        if not (maximised or full_screen):
            if here != self._plain:
                self._before, self._plain = self._plain, here
        elif here.partition("+")[0] == self._plain.partition("+")[0]:
            self._plain = self._before
        if not full_screen:
            self._maximised = maximised

    def stood(self, page: str, *, full_screen: bool) -> dict[str, Any]:
        """Return what is to be kept of a window that is closed; one that filled the screen keeps what was before."""
        self.look(full_screen=full_screen)
        return {"window": self._plain, "maximised": self._maximised, "page": "sell" if page in PASSING else page}

    def _is_maximised(self) -> bool:
        if self._root.tk.call("tk", "windowingsystem") == "x11":
            return bool(self._root.attributes("-zoomed"))
        return self._root.state() == "zoomed"

    def _maximise(self, *, on: bool) -> None:
        if self._root.tk.call("tk", "windowingsystem") == "x11":
            self._root.attributes("-zoomed", on)
        elif on:
            self._root.state("zoomed")
