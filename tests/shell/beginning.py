"""What the tests of the first start stand on: a maker in memory, a printer on a socket, and the window driven."""

from __future__ import annotations

import socket
import subprocess
import threading
from contextlib import suppress
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


class Paper:
    """A printer on a real socket: answers DLE EOT 1 and 4 and keeps what it is sent."""

    def __init__(self) -> None:
        self.job, self.paper = bytearray(), True
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):  # closed
            while True:
                with self._server.accept()[0] as line:
                    self._talk(line)

    def _talk(self, line: socket.socket) -> None:
        while sent := line.recv(4096):
            for asked in (b"\x10\x04\x01", b"\x10\x04\x04"):
                if sent.endswith(asked):
                    line.sendall(b"\x12" if self.paper or asked[-1] == 1 else b"\x72")
            self.job += sent

    def close(self) -> None:
        self._server.close()


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
