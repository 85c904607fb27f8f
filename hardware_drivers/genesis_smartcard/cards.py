"""What is said to a card: its number is asked for, or one short file of the store's own application is read."""

from __future__ import annotations

from collections.abc import Callable

Send = Callable[[bytes], bytes]  # a command, and the card's answer with its two status bytes
OK = b"\x90\x00"
GET_UID = bytes.fromhex("FFCA000000")  # PC/SC part 3, 3.2.2.1.3: answered by the reader, which asked the card before
UID_SIZES = (4, 7, 10)
RANDOM = 0x08  # first byte of a 4-byte number that is made up anew each time (ISO/IEC 14443-3): phones, bank cards
MOST_TEXT = 64  # bytes of the file that are read
MOST_TURNS = 8  # answers "more follows" after which a card is not believed


class NoCode(ValueError):
    """A card that says nothing the till can use."""


def number(send: Send) -> str:
    """Return `UID:` and the card's number in hexadecimal; NoCode where it has none of its own."""
    uid = whole(send, GET_UID)
    if len(uid) not in UID_SIZES or not any(uid):
        raise NoCode("the card gives no number")
    if len(uid) == UID_SIZES[0] and uid[0] == RANDOM:
        raise NoCode("the card makes up a new number each time")
    return f"UID:{uid.hex().upper()}"


def text(send: Send, application: bytes, file: bytes) -> str:
    """Return the text in a file of the store's own cards; NoCode where it is none of those.

    It stands behind `CARD:`, and behind the card's number where it begins with +.
    """
    if not application or application[0] >> 4 != 0xF:
        raise NoCode("only applications of the store's own are read")
    select(send, application)
    whole(send, bytes((0x00, 0xA4, 0x02, 0x0C, len(file))) + file)
    held = whole(send, bytes((0x00, 0xB0, 0x00, 0x00, MOST_TEXT)))
    try:
        found = held[:MOST_TEXT].rstrip(b"\x00\xff").decode("ascii").strip()
    except UnicodeDecodeError:
        found = ""
    if not found or not found.isprintable():
        raise NoCode("the file on the card holds no text")
    return number(send) + found if found.startswith("+") else f"CARD:{found}"


def select(send: Send, application: bytes) -> None:
    """Choose an application on the card."""
    whole(send, bytes((0x00, 0xA4, 0x04, 0x00, len(application))) + application + b"\x00")


def whole(send: Send, command: bytes) -> bytes:
    """Return the data of an answer, also where the card wants another length (6Cxx) or gives it in parts (61xx)."""
    data = b""
    for _ in range(MOST_TURNS):
        answer = send(command)
        if len(answer) < len(OK):
            raise NoCode("the card's answer is cut off")
        data += answer[:-2]
        status, left = answer[-2:], answer[-1:]
        if status == OK:
            return data
        if status[0] == 0x6C:
            command = command[:4] + left
        elif status[0] == 0x61:
            command = b"\x00\xc0\x00\x00" + left
        else:
            raise NoCode(f"the card refuses ({status.hex().upper()})")
    raise NoCode("the card goes on without end")
