"""Where the window stood when it was closed: its size and place, whether it filled the screen, and its page."""

from __future__ import annotations

import re
import tkinter
from contextlib import suppress
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


def stand(root: tkinter.Tk, kept: Preferences, size: tuple[int, int]) -> None:
    """Give the window its size and place."""
    root.geometry(geometry(kept.window, size, (root.winfo_screenwidth(), root.winfo_screenheight())))
    with suppress(tkinter.TclError):  # not every window system knows it
        root.attributes("-zoomed", kept.maximised)


def stood(root: tkinter.Tk, page: str, kept: Preferences) -> dict[str, Any]:
    """Return what is to be kept of a window that is closed; one that filled the screen keeps its size before that."""
    maximised = False
    with suppress(tkinter.TclError):
        maximised = bool(root.attributes("-zoomed"))
    filled = maximised or kept.full_screen
    return {
        "window": kept.window if filled else root.geometry(),
        "maximised": maximised if not kept.full_screen else kept.maximised,
        "page": "sell" if page in PASSING else page,
    }
