"""NDEF messages on cards behind a PC/SC reader: tags with pages (type 2), and cards with files (type 4)."""

from __future__ import annotations

from collections.abc import Iterator

from genesis_smartcard.cards import MOST_TEXT, NoCode, Send, number, select, whole

MAGIC = 0xE1  # first byte of page 3 of a tag that is formatted for NDEF
MESSAGE, END, NOTHING = 0x03, 0xFE, 0x00  # kinds of blocks on a type 2 tag
PAGE, FIRST = 4, 4  # bytes of a page, and the first one that is not the maker's
TURN = 16  # bytes that one reading gives
APPLICATION = bytes.fromhex("D2760000850101")  # the NFC Forum's, for NDEF and nothing else: no bank's
CAPABILITIES = b"\xe1\x03"
RECORD = b"\xd1\x01"  # a short record of a well-known type, the only one of its message
LANGUAGE = b"\x02en"


def record(text: str) -> bytes:
    """Return the message of one text."""
    held = LANGUAGE + text.encode("ascii")
    if len(text) > MOST_TEXT:
        raise NoCode("the text is too long")
    return RECORD + bytes([len(held)]) + b"T" + held


def text_in(message: bytes) -> str:
    """Return the text that is the first record of a message; NoCode where it is none, in plain letters."""
    size = message[2] if len(message) > 4 else 0
    short_text = size and message[0] & 0x17 == 0x11 and message[1] == 1 and message[3:4] == b"T"
    held = message[4 : 4 + size] if short_text else b""
    found = held[1 + (held[0] & 0x3F) :].strip() if len(held) == size and held else b""
    if not found or len(found) > MOST_TEXT or not found.isascii() or not found.decode("ascii").isprintable():
        raise NoCode("the message on the card holds no plain text")
    return found.decode("ascii")


def read(send: Send) -> str:
    """Return the text on a card, behind its number where it begins with +, else behind `CARD:`."""
    found = text_in(_message(send).read())
    return number(send) + found if found.startswith("+") else f"CARD:{found}"


def write(send: Send, text: str) -> None:
    """Write a text onto a card as its only message; NoCode where it takes none."""
    _message(send).write(record(text))


def _message(send: Send) -> Pages | File:
    """Return where the message of a card stands: a reader reads pages only of a tag that has some."""
    try:
        head = _read(send, FIRST - 1)
    except NoCode:
        return File(send)
    return Pages(send, head) if head[0] == MAGIC else File(send)


def _read(send: Send, page: int) -> bytes:
    found = whole(send, bytes((0xFF, 0xB0, 0x00, page, TURN)))
    if len(found) != TURN:
        raise NoCode("the card's answer is cut off")
    return found


class Pages:
    """The message of a type 2 tag: a block among blocks, in pages of four bytes."""

    def __init__(self, send: Send, head: bytes) -> None:
        self._send = send
        self._room, self._open = min(head[2] * 8, 1024), head[3] & 0x0F == 0
        self._memory = head[PAGE:]
        self._at = next((at for at, kind, _ in self._blocks() if kind == MESSAGE), None)

    def _upto(self, count: int) -> None:
        while len(self._memory) < min(count, self._room):
            self._memory += _read(self._send, FIRST + len(self._memory) // PAGE)

    def _blocks(self) -> Iterator[tuple[int, int, tuple[int, int]]]:
        """Give each block: where it begins, its kind, and where what it holds begins and ends."""
        at = 0
        while at < self._room:
            self._upto(at + PAGE)
            kind = self._memory[at]
            start = at + 2 if kind != NOTHING else at + 1
            size = self._memory[at + 1] if kind != NOTHING else 0
            if size == 0xFF:
                start, size = at + 4, int.from_bytes(self._memory[at + 2 : at + 4], "big")
            yield at, kind, (start, start + size)
            if kind in {END, MESSAGE}:
                return
            at = start + size

    def read(self) -> bytes:
        """Return the message; empty where there is none."""
        for _, kind, (start, end) in self._blocks():
            if kind == MESSAGE:
                self._upto(end)
                return self._memory[start:end]
        return b""

    def write(self, message: bytes) -> None:
        """Write the message: its length is nothing until all of it is there, so that half of it is none."""
        if self._at is None or not self._open:
            raise NoCode("the card takes no text: it is locked, or not formatted for NDEF")
        if self._at + 2 + len(message) > self._room:
            raise NoCode("the card is too small for the text")
        body = bytes([MESSAGE, len(message)]) + message + bytes([END])
        whole_of = (self._memory[: self._at] + body).ljust(-(-(self._at + len(body)) // PAGE) * PAGE, b"\x00")
        first = self._at // PAGE  # the page with the kind of the block; its length may stand on the next
        lead = (self._at + 1) // PAGE
        blank = bytearray(whole_of[lead * PAGE : lead * PAGE + PAGE])
        blank[(self._at + 1) % PAGE] = 0
        self._put(lead, bytes(blank))
        for page in range(first, len(whole_of) // PAGE):
            if page != lead:
                self._put(page, whole_of[page * PAGE : page * PAGE + PAGE])
        self._put(lead, whole_of[lead * PAGE : lead * PAGE + PAGE])

    def _put(self, page: int, data: bytes) -> None:
        whole(self._send, bytes((0xFF, 0xD6, 0x00, FIRST + page, PAGE)) + data)


class File:
    """The message of a type 4 card: a file whose first two bytes say how long it is."""

    def __init__(self, send: Send) -> None:
        self._send = send
        select(send, APPLICATION)
        self._open_file(CAPABILITIES)
        head = self._bytes(0, 15)
        if len(head) < 15 or head[7:9] != b"\x04\x06":
            raise NoCode("the card holds no message")
        self._most_read, self._most_write = max(1, min(head[4], 250)), max(1, min(head[6], 250))
        self._room, self._readable, self._writable = int.from_bytes(head[11:13], "big"), not head[13], not head[14]
        self._open_file(head[9:11])

    def _open_file(self, name: bytes) -> None:
        whole(self._send, bytes((0x00, 0xA4, 0x00, 0x0C, len(name))) + name)

    def _bytes(self, at: int, count: int) -> bytes:
        return whole(self._send, bytes((0x00, 0xB0, at >> 8, at & 0xFF, count)))

    def read(self) -> bytes:
        """Return the message; empty where there is none."""
        size = int.from_bytes(self._bytes(0, 2), "big")
        if not self._readable or size > 1024:
            raise NoCode("the card holds no message, or too long a one")
        found = b""
        while len(found) < size:
            part = self._bytes(2 + len(found), min(self._most_read, size - len(found)))
            if not part:
                raise NoCode("the card's answer is cut off")
            found += part
        return found

    def write(self, message: bytes) -> None:
        """Write the message: its length is nothing until all of it is there, so that half of it is none."""
        if not self._writable:
            raise NoCode("the card takes no text: it is locked")
        if 2 + len(message) > self._room:
            raise NoCode("the card is too small for the text")
        self._put(0, b"\x00\x00")
        for at in range(0, len(message), self._most_write):
            self._put(2 + at, message[at : at + self._most_write])
        self._put(0, len(message).to_bytes(2, "big"))

    def _put(self, at: int, data: bytes) -> None:
        whole(self._send, bytes((0x00, 0xD6, at >> 8, at & 0xFF, len(data))) + data)
