"""Things at the other end of a line that are no good: nobody is there, they hang, babble, or die when spoken to."""

from __future__ import annotations

import os
import socket
import threading
import tty
from contextlib import suppress
from pathlib import Path

FAULTS = ("absent", "hangs", "babbles", "dies")
JUNK = b"\xff\x00\x1b\x02?junk \x80\r" * 8


class BadPort:
    """A serial port."""

    def __init__(self, fault: str, link: Path) -> None:
        self.address, self._fault, self._gone = str(link), fault, threading.Event()
        self._ends: list[int] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        if fault == "absent":
            return
        self._ends = list(os.openpty())
        for end in self._ends:
            tty.setraw(end)
        os.set_blocking(self._ends[0], False)
        link.symlink_to(os.ttyname(self._ends[1]))
        if fault != "hangs":
            self._thread.start()

    def _serve(self) -> None:
        while not self._gone.wait(0.01):
            with suppress(BlockingIOError):
                if self._fault == "babbles":
                    os.write(self._ends[0], JUNK)
                elif os.read(self._ends[0], 1):
                    self._hang_up()
                    break

    def _hang_up(self) -> None:
        ends, self._ends = self._ends, []
        for end in ends:
            os.close(end)

    def close(self) -> None:
        self._gone.set()
        if self._thread.ident is not None:
            self._thread.join()  # or it would write to whatever is opened next under this number
        self._hang_up()


class BadHost:
    """A TCP port, and a UDP port of the same number."""

    def __init__(self, fault: str) -> None:
        self._fault = fault
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self._tcp.getsockname()[1]
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._lines: list[socket.socket] = []
        if fault == "absent":
            self.close()
            return
        self._udp.bind(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()
        threading.Thread(target=self._datagrams, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._tcp.accept()
                self._lines.append(line)
                if self._fault != "hangs":
                    threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with line, suppress(OSError):
            while line.recv(1):
                if self._fault == "dies":
                    return
                line.sendall(JUNK)

    def _datagrams(self) -> None:
        with suppress(OSError):
            while True:
                _, sender = self._udp.recvfrom(2048)
                if sender is None:  # closed
                    return
                if self._fault == "babbles":
                    self._udp.sendto(JUNK, sender)

    def close(self) -> None:
        for door in (self._tcp, self._udp, *self._lines):
            with suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)
            door.close()
