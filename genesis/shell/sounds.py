"""What a scan led to, for the ears: the bell of the window system, rung as often as it is bad."""

from __future__ import annotations

import tkinter

from genesis.shell.vm.desk import Cue

TIMES: dict[Cue, int] = {"good": 1, "unknown": 2, "bad": 3}
GAP = 160  # ms between two of them


def play(root: tkinter.Misc, cue: Cue) -> None:
    """Let the cue be heard; the window goes on meanwhile."""
    for number in range(TIMES[cue]):
        root.after(number * GAP, root.bell)
