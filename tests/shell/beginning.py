"""What the tests of the first start stand on: a maker in memory, a printer on a socket, and the window driven."""

from __future__ import annotations

import subprocess
from tkinter import TclError

from genesis.shell.vm.first import Wish
from tests.shell.driver import Driver


class Maker:
    """Takes wishes and addresses, or fails as it is told."""

    def __init__(self, *, asks_taxes: bool = False, tries_printers: bool = False) -> None:
        self.asks_taxes, self.tries_printers = asks_taxes, tries_printers
        self.wishes: list[Wish] = []
        self.printed: list[str] = []
        self.error: BaseException | None = None

    def make(self, wish: Wish) -> None:
        self.wishes.append(wish)
        if self.error is not None:
            raise self.error

    def print_test(self, address: str) -> None:
        self.printed.append(address)
        if self.error is not None:
            raise self.error


class Card(Driver):
    """Drives the window of the first start."""

    def panes(self):
        return [("first", self.window.pane)]

    def last(self, key):
        """Press a key that may close the window."""
        subprocess.run(["xdotool", "key", key], check=True)

    def gone(self):
        try:
            return not self.window.root.winfo_exists()
        except TclError:
            return True
