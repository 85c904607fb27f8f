"""Garbage is collected on the thread of the window alone.

A variable, a font or a picture tells Tk when it goes. From another thread that means to wait until the window has time;
and a window that waits for that very thread, as for the store's lock, would wait for ever.
"""

from __future__ import annotations

import gc
import tkinter

LOOK = 500  # ms between looks whether a collection is due
_ended: list[object] = []  # interpreters of closed windows: one that another thread collects ends the process


class Garbage:
    """Collects what is due while the window lives, by the thresholds of the collector itself."""

    def __init__(self, root: tkinter.Misc) -> None:
        self._root = root
        gc.disable()
        self._timer = root.after(LOOK, self._look)

    def _look(self) -> None:
        self._timer = self._root.after(LOOK, self._look)
        for age in (2, 1, 0):
            if gc.get_count()[age] > gc.get_threshold()[age]:
                gc.collect(age)
                break

    def close(self) -> None:
        """Let the collector run anywhere again; the interpreter stays, as the window may become garbage at any time."""
        self._root.after_cancel(self._timer)
        _ended.append(self._root.tk)
        gc.enable()
