"""What a tag tells of itself: the number it answers with, or the first text of its NDEF message."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

RANDOM = 0x08  # first byte of a 4-byte number that is made up anew each time (ISO/IEC 14443-3): phones, bank cards
UID_SIZES = (4, 7, 10)
PEER = b"\x01\xfe"  # first bytes of a FeliCa number that is made up anew each time: phones
MOST_TURNS = 100  # exchanges with one tag: 16 bytes each at least, more than a text of 64 takes
MOST_MESSAGE = 1024  # bytes of the NDEF message
MOST_TEXT = 64  # characters
OVERHEAD = 7  # bytes of a short text record in English besides its text


class NoCode(ValueError):
    """A tag that says nothing the till can use."""


def number(target: Any) -> str:
    """Return `UID:` and the number of a tag that answered (nfc.clf.RemoteTarget); NoCode where it has none."""
    felica = bytes(target.sensf_res or b"")
    if felica:
        found = felica[1:9]
        if found.startswith(PEER):
            raise NoCode("the tag makes up a new number each time")
        sound = len(found) == 8
    else:
        topaz = bytes(target.rid_res or b"")[2:6]
        found = topaz or bytes(target.sdd_res or b"")
        if len(found) == UID_SIZES[0] and found[0] == RANDOM and not topaz:
            raise NoCode("the tag makes up a new number each time")
        sound = len(found) in UID_SIZES
    if not sound or not any(found):
        raise NoCode("the tag gives no number")
    return f"UID:{found.hex().upper()}"


class Patience:
    """A reader that ends a talk which goes on too long: a tag may name any length, and the till has to stop too."""

    def __init__(self, clf: Any, stop: threading.Event, over: Callable[[], Exception]) -> None:
        self._clf, self._stop, self._over = clf, stop, over
        self.turns = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._clf, name)

    def exchange(self, data: Any, timeout: float) -> Any:
        """Say something to the tag and return its answer."""
        self.turns += 1
        if self.turns > MOST_TURNS or self._stop.is_set():
            raise self._over()
        return self._clf.exchange(data, timeout)


def text(tag: Any, target: Any) -> str:
    """Return the first text on an activated tag (nfc.tag.Tag, None); NoCode where it holds none.

    It stands behind `CARD:`, and behind the number of the tag (target) where it begins with +.
    """
    message = tag.ndef if tag is not None else None
    if message is None or not message.is_readable or message.length > MOST_MESSAGE:
        raise NoCode("the tag holds no message, or too long a one")
    found = next((record.text.strip() for record in message.records if record.type == "urn:nfc:wkt:T"), "")
    if not found or len(found) > MOST_TEXT or not (found.isascii() and found.isprintable()):
        raise NoCode("the message on the tag holds no plain text")
    return number(target) + found if found.startswith("+") else f"CARD:{found}"


def put(tag: Any, text: str) -> None:
    """Write a text as the only record of an activated tag (nfc.tag.Tag, None); NoCode where it takes none."""
    from ndef import TextRecord

    message = tag.ndef if tag is not None else None
    if message is None or not message.is_writeable:
        raise NoCode("the tag takes no text: it is locked, or not formatted for NDEF")
    if len(text) > MOST_TEXT or message.capacity < len(text) + OVERHEAD:
        raise NoCode("the tag is too small for the text")
    message.records = [TextRecord(text)]
