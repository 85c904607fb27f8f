"""A card service of the tests' own (pcscd with the driver vpcd), and cards that are put into its reader over TCP."""

from __future__ import annotations

import itertools
import os
import socket
import struct
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

LONG = 20  # seconds after which a test gives up; nothing waits so long when all is well
PCSCD, DRIVER = Path("/usr/sbin/pcscd"), Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
ATR = bytes.fromhex("3B8F8001804F0CA000000306030001000000006A")  # a contactless card behind a PC/SC reader
NOT_FOUND, UNKNOWN, NOT_ALLOWED = b"\x6a\x82", b"\x6d\x00", b"\x69\x85"


class Service:
    """A pcscd that listens on a socket of its own, given to it as systemd would, and whose reader is a TCP port.

    The socket is the one that this process of tests speaks with, since before anything called into PC/SC.
    """

    def __init__(self, folder: Path) -> None:
        self.socket = Path(os.environ["PCSCLITE_CSOCK_NAME"])
        self.port, self._config = free_ports(), folder / "reader.conf"
        self._config.write_text(
            f'FRIENDLYNAME "Genesis Test"\nDEVICENAME /dev/null:{self.port:#x}\nLIBPATH {DRIVER}\nCHANNELID {self.port:#x}\n'
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.socket.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(str(self.socket))
            door.listen(8)
            line = 'exec 3<&"$1"; LISTEN_PID=$$ LISTEN_FDS=1 exec "$3" --foreground --config "$2"'
            # bash: the socket may have a number of two digits
            self._process = subprocess.Popen(
                ["bash", "-c", line, "bash", str(door.fileno()), self._config, PCSCD],
                pass_fds=[door.fileno()], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self.socket.unlink(missing_ok=True)


def free_ports() -> int:
    """Return a free port whose neighbour is free too: the driver has two slots."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("", 0))
            port: int = one.getsockname()[1]
            try:
                two.bind(("", port + 1))
            except (OSError, OverflowError):
                continue
            return port


class Card:
    """A card that speaks vpcd's protocol: two bytes of length, then a control byte or a command."""

    def __init__(self, uid: str = "", files: dict[str, dict[str, bytes | bytearray]] | None = None) -> None:
        self.uid, self.files = bytes.fromhex(uid), files or {}
        self.memory = bytearray()  # of a tag with pages, from its page 0
        self.writes = 10_000  # it is taken away when it is told to write once more
        self.log: list[bytes] = []
        self.answers: Callable[[bytes], bytes | None] = lambda _command: None  # instead of what it would say
        self.leaves_at = b"\xff\xff"  # taken away when a command begins so
        self._application: dict[str, bytes | bytearray] = {}
        self._file: bytes | bytearray = b""
        self._line: socket.socket | None = None

    def lay_on(self, port: int) -> None:
        for attempt in itertools.count():
            try:
                self._line = socket.create_connection(("127.0.0.1", port), timeout=LONG)
                break
            except ConnectionRefusedError:  # the service is still loading its driver
                assert attempt < 2_000
                threading.Event().wait(0.01)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def take_away(self) -> None:
        assert self._line is not None
        with suppress(OSError):  # it has gone already
            self._line.shutdown(socket.SHUT_RDWR)
        self._thread.join(LONG)

    def _serve(self) -> None:
        assert self._line is not None
        with self._line as line:
            while head := self._exactly(line, 2):
                body = self._exactly(line, struct.unpack(">H", head)[0])
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
                if not body:  # pulled away in the middle of a message
                    return
                if len(body) == 1:
                    reply = ATR if body == b"\x04" else None  # power off, on and reset want no answer
                else:
                    self.log.append(body)
                    if body.startswith(self.leaves_at):
                        return
                    if body[1] == 0xD6 and not self.writes:
                        return
                    reply = self.answers(body) or self._reply(body)
                if reply is not None:
                    line.sendall(struct.pack(">H", len(reply)) + reply)

    @staticmethod
    def _exactly(line: socket.socket, count: int) -> bytes:
        data = b""
        while len(data) < count:
            try:
                part = line.recv(count - len(data))
            except OSError:
                return b""
            if not part:
                return b""
            data += part
        return data

    def ask(self, command: bytes) -> bytes:
        """Answer without a reader; once it is taken away nothing comes back."""
        if command[1] == 0xD6 and not self.writes:
            return b""
        return self._reply(command)

    def _reply(self, command: bytes) -> bytes:
        at = command[3] * 4 if command[0] == 0xFF else command[2] << 8 | command[3]
        if command[1] == 0xD6:
            self.writes -= 1
            held = self.memory if command[0] == 0xFF else self._file
            if at + command[4] > len(held) or not isinstance(held, bytearray):
                return NOT_ALLOWED
            held[at : at + command[4]] = command[5:]
            return b"\x90\x00"
        if command[:2] == b"\xff\xb0":
            return bytes(self.memory[at : at + command[4]]) + b"\x90\x00" if self.memory else UNKNOWN
        return self._chosen(command, at)

    def _chosen(self, command: bytes, at: int) -> bytes:
        head, lead = command[:2].hex().upper(), command[2:4].hex().upper()
        if head == "FFCA":
            return self.uid + b"\x90\x00" if self.uid else UNKNOWN
        name = command[5 : 5 + command[4]].hex().upper() if len(command) > 5 else ""
        if head == "00A4" and lead == "0400":
            self._application = self.files.get(name, {})
            return b"\x90\x00" if name in self.files else NOT_FOUND
        if head == "00A4":
            self._file = self._application.get(name, b"")
            return b"\x90\x00" if name in self._application else NOT_FOUND
        if head == "00B0":
            return bytes(self._file[at : at + (command[4] or 256)]) + b"\x90\x00" if self._file else NOT_ALLOWED
        return UNKNOWN


def with_pages(uid: str, before: str = "", *, locked: bool = False, room: int = 144) -> Card:
    """Return a tag with pages (NFC Forum type 2), formatted for NDEF; before: blocks that stand ahead of its message."""
    card = Card(uid)
    head = bytes(12) + bytes((0xE1, 0x10, room // 8, 0x0F if locked else 0x00))
    card.memory = bytearray((head + bytes.fromhex(before) + bytes.fromhex("0300FE")).ljust(16 + room, b"\x00"))
    return card


def with_file(uid: str, *, locked: bool = False, room: int = 144, turn: int = 20) -> Card:
    """Return a card with an NDEF file (NFC Forum type 4) that takes so many bytes at once."""
    head = bytes((0x00, 0x0F, 0x20, 0x00, turn, 0x00, turn, 0x04, 0x06, 0xE1, 0x04, 0x00, room, 0x00, 0xFF * locked))
    return Card(uid, {"D2760000850101": {"E103": head, "E104": bytearray(room)}})
