"""Drives a real window: keys and clicks through X, waiting for a state instead of sleeping."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from genesis.shell.app import Shell
from genesis.shell.kit.geometry import Box
from genesis.shell.kit.pane import Pane
from genesis.shell.views.sell import SellView
from genesis.shell.vm.desk import Desk
from genesis.shell.window import Window

PERSON = 0.07  # s between keys: more than the gaps inside a scan
_NAMES = {"-": "minus", "*": "asterisk", ".": "period", "~": "asciitilde", " ": "space", "+": "plus"}


class Driver:
    """keys: how many key presses were sent; taps: how many clicks; shell: whose window it is, where there is one."""

    shell: Shell

    def __init__(self, window: Window) -> None:
        self.window = window
        self.keys = self.taps = 0

    @property
    def desk(self) -> Desk:
        """The desk of the moment: a soft restart makes a new one."""
        return self.window.desk

    @property
    def sell(self) -> SellView:
        """The selling screen."""
        view = self.window.views["sell"]
        assert isinstance(view, SellView)
        return view

    def ready(self) -> None:
        """Wait until the window is drawn and has the keys."""
        self.window.root.focus_force()
        self.settle(lambda: "sell" in self.window.views and self.sell.main.hots)
        self.settle(lambda: self.window.root.focus_get() is self.sell.scan.entry)

    def settle(self, until: Callable[[], object] = lambda: True, timeout: float = 8.0) -> None:
        """Let the window work until a state holds and nothing waits to be drawn."""
        end = time.monotonic() + timeout
        while True:
            self.window.root.update()
            if until():
                self.window.root.update()
                return
            assert time.monotonic() < end, f"the window did not come to the expected state: {self._seen()}"
            time.sleep(0.003)

    def _seen(self) -> str:
        """Say where the window stands."""
        desk, focus = self.desk, self.window.root.focus_get()
        entered = self.sell.scan.text if "sell" in self.window.views else ""
        return (
            f"{desk.screen}, dialogs {desk.dialogs}, toast {desk.toast}, focus {focus}, {entered!r} in the scan field"
        )

    def _x(self, *arguments: object) -> None:
        process = subprocess.Popen(["xdotool", *map(str, arguments)])
        while process.poll() is None:
            self.window.root.update()
            time.sleep(0.002)
        assert process.returncode == 0
        self.settle()

    def press(self, *names: str) -> None:
        """Press keys by their X names, one after another, as slowly as a quick person."""
        for name in names:
            self.keys += 1
            self._x("key", name, "sleep", PERSON)

    def type(self, text: str) -> None:
        """Type like a quick person."""
        self.press(*(_NAMES.get(char, char) for char in text))

    def scan(self, code: str, end: str = "Return") -> None:
        """Send a code as fast as a keyboard-wedge scanner does; scans are not counted as keys.

        Without a pause of its own: each is a chance for a busy machine to hold the keys up until they look typed.
        """
        self._x("key", "--delay", 0, *(_NAMES.get(char, char) for char in code), end)

    def panes(self) -> list[tuple[str, Pane]]:
        """Return the panes in sight, the uppermost first."""
        window = self.window
        views = [window.sheets[d] for d in reversed(self.desk.dialogs)] + [window.views[self.desk.screen]]
        found = []
        for view in views:
            nested = [p for child in view.winfo_children() if hasattr(child, "panes") for p in child.panes]
            found += [(type(view).__name__, pane) for pane in (*nested, *reversed(view.panes))]
        return [*found, ("rail", window.rail), ("toast", window.toast)]

    def where(self, key: str) -> tuple[Pane, Box]:
        """Return the pane that has a touch area, and the area."""
        for _name, pane in self.panes():
            if key in pane.hots:
                return pane, pane.hots[key].box
        raise AssertionError(f"nothing to touch is called {key}")

    def tap(self, key: str) -> None:
        """Click a touch area with the real pointer."""
        self.taps += 1
        pane, box = self.where(key)
        px = pane.kit.px
        x, y = pane.winfo_rootx() + px(box.cx), pane.winfo_rooty() + px(box.cy)
        self._x("mousemove", x, y, "click", 1)

    def shot(self, path: Path) -> None:
        """Write what the window shows as a PNG."""
        self.settle()
        path.parent.mkdir(parents=True, exist_ok=True)
        window = str(self.window.root.winfo_id())
        subprocess.run(["import", "-window", window, str(path)], check=True)

    def close(self) -> None:
        """Close the window; a fault in any of its callbacks fails the test."""
        faults, self.window.faults = list(self.window.faults), []
        self.window.close()
        assert not faults, faults
