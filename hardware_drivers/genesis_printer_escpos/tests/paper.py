"""A receipt printer at the other end of a line: interprets what it is sent, answers, jams, hangs up at a byte."""

from __future__ import annotations

import os
import socket
import threading
import tty
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

CODE_PAGES = {0: "cp437", 2: "cp850", 16: "cp1252", 17: "cp866", 19: "cp858"}  # as printed in manuals, ESC t n
PLAIN = {b"\x1b": {"E": 1, "a": 1, "!": 1, "M": 1, "d": 1, "-": 1, "{": 1, "G": 1, "3": 1, "2": 0},
         b"\x1d": {"h": 1, "w": 1, "H": 1, "f": 1, "B": 1, "!": 1, "L": 2, "W": 2}}  # fmt: skip


class Jam(Exception):
    """The printer was switched off at this byte."""


class Paper:
    """What is on the paper: lines of text, dots, bars, cuts; and the pulses to the drawer.

    stop_at: bytes of jobs after which it is gone; mute: it takes everything and answers nothing while this is set.
    """

    def __init__(self) -> None:
        self.lines, self.cuts, self.gaps = [""], 0, 0
        self.dots: list[tuple[int, int, bytes]] = []
        self.bars: list[tuple[int | str, str]] = []
        self.pulses: list[tuple[int, int, int]] = []
        self.bytes, self.stop_at = 0, -1
        self.out, self.near_end, self.offline, self.sensor_high = False, False, False, False
        self.talks, self.mute = True, threading.Event()
        self._page = "cp437"

    @property
    def text(self) -> str:
        """Everything that was printed as text."""
        return "\n".join(self.lines)

    def obey(self, take: Callable[[], bytes], answer: Callable[[bytes], object]) -> None:
        """Carry out commands until Jam or the end of `take`."""

        def job(count: int = 1) -> bytes:
            held = b""
            while len(held) < count:
                if self.bytes == self.stop_at:
                    raise Jam
                byte = take()
                if not byte:
                    raise EOFError
                self.bytes += 1
                held += byte
            return held

        def say(data: int) -> None:
            if self.talks and not self.mute.is_set():
                answer(bytes([data]))

        while True:
            byte = job()
            if byte == b"\x10":
                self.bytes -= 1  # a question is no part of a job
                self._real_time(take() + take(), say)
            elif byte in PLAIN:
                self._command(byte, job, say)
            elif byte == b"\n":
                self.lines.append("")
            else:
                self.lines[-1] += byte.decode(self._page)

    def _real_time(self, question: bytes, say: Callable[[int], None]) -> None:
        assert question[:1] == b"\x04", question
        if question == b"\x04\x01":
            say(0x12 | (0x08 if self.offline or self.out else 0) | (0x04 if self.sensor_high else 0))
        elif question == b"\x04\x04":
            say(0x12 | (0x60 if self.out else 0) | (0x0C if self.near_end else 0))

    def _command(self, first: bytes, job: Callable[..., bytes], say: Callable[[int], None]) -> None:
        name = job().decode("latin-1")
        if name in PLAIN[first]:
            job(PLAIN[first][name])
        elif first == b"\x1b" and name == "@":
            self._page = "cp437"
        elif first == b"\x1b" and name == "t":
            self._page = CODE_PAGES[job()[0]]
        elif first == b"\x1b" and name == "p":
            pin, on, off = job(3)
            self.pulses.append((pin, on * 2, off * 2))
        elif first == b"\x1d" and name == "r":
            assert job() == b"\x01"
            self.bytes -= 3
            say(0x03 if self.near_end else 0x00)
        elif first == b"\x1d" and name == "V":
            job()
            self.cuts += 1
        elif first == b"\x1d" and name == "\x0c":
            self.gaps += 1
        elif first == b"\x1d" and name == "k":
            kind, count = job(2)
            self.bars.append((kind, job(count).decode("ascii")))
        elif first == b"\x1d" and name == "v":
            assert job(2) == b"0\x00"
            wide, high = (int.from_bytes(job(2), "little") for _ in range(2))
            self.dots.append((wide * 8, high, job(wide * high)))
        elif first == b"\x1d" and name == "(":
            assert job() == b"k"
            body = job(int.from_bytes(job(2), "little"))
            if body[:3] == b"1P0":
                self.bars.append(("qr", body[3:].decode()))
        else:
            raise AssertionError(f"the printer does not know {first!r} {name!r}")


class NetworkPaper(Paper):
    """Behind a TCP port of this computer; takes any number of lines, as print servers do."""

    def __init__(self) -> None:
        super().__init__()
        self._server = socket.create_server(("127.0.0.1", 0))
        self._lines: list[socket.socket] = []
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            self._lines.append(line)
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with line, suppress(OSError, EOFError, Jam), line.makefile("rb") as said:
            self.obey(lambda: said.read(1), line.sendall)
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    def unplug(self) -> None:
        """Pull the plug."""
        with suppress(OSError):  # closing alone would not wake who waits in accept
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for line in self._lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()


class PtyPaper(Paper):
    """Behind a pseudo terminal, as serial ports and the kernel's device of a USB printer look to a driver."""

    def __init__(self, link: Path | None = None) -> None:
        super().__init__()
        self._near, self._far = os.openpty()
        tty.setraw(self._near)
        tty.setraw(self._far)
        self.address, self._gone = os.ttyname(self._far), False
        if link is not None:
            link.unlink(missing_ok=True)
            link.symlink_to(self.address)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(OSError, EOFError, Jam):
            self.obey(self._take, lambda data: os.write(self._near, data))
        for end in (self._far, self._near):
            os.close(end)

    def _take(self) -> bytes:
        byte = os.read(self._near, 1)
        if self._gone:
            raise Jam
        return byte

    def unplug(self) -> None:
        """Pull the plug."""
        self._gone = True
        with suppress(OSError):  # it may be gone already; who waits in read would hold the line open
            os.write(self._far, b"x")
        self._thread.join(20)
