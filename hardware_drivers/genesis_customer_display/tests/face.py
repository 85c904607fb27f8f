"""A display at the other end of a line: interprets what it is sent, in both dialects, and can be unplugged."""

from __future__ import annotations

import os
import threading
import tty
from pathlib import Path

LONG = 20  # seconds after which a test gives up; nothing waits so long when all is well
BLANK = " " * 20


class Face:
    """Two rows of twenty cells at the other end of a line, and everything they ever showed."""

    def __init__(self, link: Path) -> None:
        self.rows, self.seen = [BLANK, BLANK], [(BLANK, BLANK)]
        self._changed = threading.Condition()
        self._near, self._far = os.openpty()
        tty.setraw(self._near)
        tty.setraw(self._far)
        link.unlink(missing_ok=True)
        link.symlink_to(os.ttyname(self._far))
        self._gone = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        held = b""
        while True:
            held += os.read(self._near, 256)
            if self._gone:
                return
            with self._changed:
                while taken := self._obey(held):
                    held = held[taken:]
                self._changed.notify_all()

    def _obey(self, held: bytes) -> int:
        """Carry out the first whole command; return its length, 0 where it is not there yet."""
        if held.startswith(b"\x1b@"):
            self.rows = [BLANK, BLANK]
            return 2
        if held.startswith(b"\x1bQ"):
            end = held.find(b"\r")
            if end < 0:
                return 0
            self._write({0x41: 0, 0x42: 1}[held[2]], held[3:end])
            return end + 1
        if held.startswith(b"\x1f$"):
            if len(held) < 24:
                return 0
            assert held[2] == 1
            self._write(held[3] - 1, held[4:24])
            return 24
        assert held[:1] in {b"", b"\x1b", b"\x1f"}, held
        return 0

    def _write(self, row: int, text: bytes) -> None:
        assert len(text) == 20
        assert min(text) >= 0x20
        self.rows[row] = text.decode("cp437")
        self.seen.append((self.rows[0], self.rows[1]))

    def shows(self, first: str, second: str) -> bool:
        """Wait until it shows these two rows."""
        wanted = [first.ljust(20), second.ljust(20)]
        with self._changed:
            assert self._changed.wait_for(lambda: self.rows == wanted, LONG), self.rows
        return True

    def unplug(self) -> None:
        if not self._gone:
            self._gone = True
            os.write(self._far, b"x")  # who waits in read would hold the line open
            self._thread.join(LONG)
            os.close(self._near)
            os.close(self._far)
