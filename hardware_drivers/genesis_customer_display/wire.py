"""How two lines of text are said to a display, a table of dialects."""

from __future__ import annotations

from typing import NamedTuple

WIDE = 20  # characters in a line


class Dialect(NamedTuple):
    """What is sent once, and what stands before and after each of the two lines."""

    start: bytes
    before: tuple[bytes, bytes]
    after: bytes


DIALECTS = {
    "epson": Dialect(b"\x1b@", (b"\x1f$\x01\x01", b"\x1f$\x01\x02"), b""),  # ESC @; US $ column row
    "cd5220": Dialect(b"\x1b@", (b"\x1bQA", b"\x1bQB"), b"\r"),  # ESC Q A text CR
}


def said(dialect: Dialect, lines: tuple[str, str]) -> bytes:
    """Return the bytes that show two lines, filled up with blanks, in code page 437, which displays start with."""
    parts = (
        before + _plain(line).ljust(WIDE)[:WIDE].encode("cp437", "replace") + dialect.after
        for before, line in zip(dialect.before, lines, strict=True)
    )
    return b"".join(parts)


def _plain(line: str) -> str:
    """Return a line without anything a display would take for a command."""
    return "".join(letter if letter.isprintable() else " " for letter in line)
