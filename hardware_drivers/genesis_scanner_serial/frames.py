"""Cuts what a scanner sends into codes: CR or LF ends one, and what cannot be a code is counted, not guessed."""

from __future__ import annotations

MOST = 4_096  # characters of a code, as the register takes them
GROUP = "\x1d"  # between the elements of a GS1 code


class Frames:
    """Takes bytes as they come and gives whole codes. dropped: frames that were no code."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._overlong = False
        self.dropped = 0

    def feed(self, data: bytes) -> list[str]:
        """Return the codes that are complete now."""
        found = []
        for part in data.replace(b"\n", b"\r").splitlines(keepends=True) if data else ():
            self._held += part.rstrip(b"\r")
            if len(self._held) > MOST:
                self._held.clear()
                self._overlong = True
            if part.endswith(b"\r"):
                found += self._end()
        return found

    def _end(self) -> list[str]:
        frame, overlong = bytes(self._held), self._overlong
        self._held.clear()
        self._overlong = False
        if not frame and not overlong:
            return []  # CR LF ends one code, not two
        try:
            code = frame.decode("utf-8")
        except UnicodeDecodeError:
            code = ""
        if overlong or not code.strip() or not code.replace(GROUP, "").isprintable():
            self.dropped += 1
            return []
        return [code]
