"""What the writing of a receipt asks of whoever draws it: which way it reads, and letters that no font has."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from genesis import Row


def mirrored(rows: Sequence[Row]) -> bool:
    """Tell whether a document reads from right to left: its total does, or without one its first text."""
    told = [left for style, left, _ in rows if style == "total"] or [left for style, left, _ in rows if style == "text"]
    ways = (unicodedata.bidirectional(letter) for letter in (told or [""])[0])
    return next((way != "L" for way in ways if way in {"L", "R", "AL"}), False)


def unseen(rows: Sequence[Row]) -> str:
    """Return the letters of a document that no font can show, each once."""
    letters = "".join(left + right for style, left, right in rows if style not in {"image", "barcode", "qr"})
    if letters.isascii():
        return ""
    from genesis_receipts.fonts import register

    shown = frozenset[int]().union(*register().values())
    return "".join(dict.fromkeys(c for c in letters if c.isprintable() and ord(c) not in shown))
