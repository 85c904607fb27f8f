"""What may reach Tk as text: an emoji can kill the whole process through old X font libraries."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Astral code points, dingbats drawn in colour, joiners and variation selectors.
_RISKY = re.compile("[\U00010000-\U0010ffff\u2600-\u27bf\u2b00-\u2bff\u200d\u20e3\ufe00-\ufe0f\ud800-\udfff]+")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_MARKS = re.compile("[\u061c\u200e\u200f]")  # they say how to order, and are boxes in some fonts
LIMIT = 500  # no line of a till is longer; a name of ten megabytes must not stop it


def drawable(text: str) -> str:
    """Return what Tk can draw without harm: no emoji, no control characters, at most LIMIT characters.

    A run of emoji becomes one "□", so that the cashier sees that something stood there.
    """
    text = text[:LIMIT]
    if text.isascii() and text.isprintable():
        return text
    return _CONTROL.sub("", _RISKY.sub("□", text))


def runs_left(text: str) -> bool:
    """Tell whether a text holds writing that runs from right to left."""
    return not text.isascii() and _RTL.search(text) is not None


def safe_text(text: str, *, mirrored: bool = False) -> str:
    """Return a drawable text to be shown, with right-to-left writing joined and ordered.

    mirrored: the line as a whole reads from right to left. What comes back is for the screen alone: a line must be
    cut and wrapped before.
    """
    text = drawable(text)
    if text.isascii():
        return text
    return _MARKS.sub("", _shaped(text, "R" if mirrored else None) if _RTL.search(text) else text)


@lru_cache(2048)
def _shaped(text: str, base: str | None) -> str:
    """Join and order right-to-left writing, which Tk on X11 does not do."""
    from arabic_reshaper import reshape
    from bidi import get_display  # the module `algorithm` stops at a letter that Unicode has not given out

    return str(get_display(reshape(text), base_dir=base))


def initials(name: str) -> str:
    """Return up to two letters that stand for a name."""
    words = [word for word in name.split() if unicodedata.category(word[0]).startswith("L")]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
