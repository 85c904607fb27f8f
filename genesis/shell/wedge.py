"""Telling a keyboard-wedge scanner from a person, by the times of the key events alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

# The number row without Shift where digits stand with it: French, Belgian, Czech, Slovak. A scanner that types as on an
# American keyboard strikes these keys.
ROWS = ("&é\"'(-è_çà", "&é\"'(§è!çà", "+ěščřžýáíé", "+ľščťžýáíé")
Verdict = Literal["scan", "more", "start", "plain"]


def digits_meant(code: str) -> str:
    """Return the digits of a code whose every character is of a number row without Shift, else the code as it is."""
    row = next((row for row in ROWS if set(code) <= set(row)), "")
    return code.translate(str.maketrans(row, "1234567890")) if row else code


class Wedge:
    """Collects characters into scans.

    gap: longest pause inside a scan in ms; least: fewest characters; suffix: characters that end a scan.
    prefix: a character that opens a frame, inside which times do not count (the sure way, where the scanner
    can be told to send one); frame: how long a frame may take in ms.
    """

    def __init__(
        self,
        on_scan: Callable[[str], object],
        *,
        gap: int = 50,
        least: int = 4,
        suffix: str = "\r\n\t",
        prefix: str = "",
        frame: int = 2_000,
    ) -> None:
        self._on_scan = on_scan
        self._gap, self._least, self._suffix, self._prefix, self._frame = gap, least, suffix, prefix, frame
        self._buffer = ""
        self._last: int | None = None
        self._opened: int | None = None

    def feed(self, char: str, ms: int) -> Verdict:
        """Take a character and the time of its event in ms.

        start: it may be the first of a scan (remember the field as it is); more: it belongs to the burst;
        scan: a scan was complete and given away; plain: an ordinary Enter or Tab.
        """
        fast = self._last is not None and 0 <= ms - self._last <= self._gap
        self._last = ms
        if self._prefix and char == self._prefix:
            self._buffer, self._opened = "", ms
            return "start"
        framed = self._opened is not None and 0 <= ms - self._opened <= self._frame
        if char in self._suffix:
            return self._end(fast=fast, framed=framed)
        if framed or (fast and self._buffer):
            self._buffer += char
            return "more"
        self._buffer, self._opened = char, None
        return "start"

    def _end(self, *, fast: bool, framed: bool) -> Verdict:
        code, self._buffer, self._opened = self._buffer, "", None
        if code and (framed or (fast and len(code) >= self._least)):
            self._on_scan(digits_meant(code))
            return "scan"
        return "plain"

    def reset(self) -> None:
        """Forget what was collected: a key that is no character came in between."""
        if self._opened is None:
            self._buffer, self._last = "", None
