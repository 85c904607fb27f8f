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

    def __init__(self, uid: str = "", files: dict[str, dict[str, bytes]] | None = None) -> None:
        self.uid, self.files = bytes.fromhex(uid), files or {}
        self.log: list[bytes] = []
        self.answers: Callable[[bytes], bytes | None] = lambda _command: None  # instead of what it would say
        self.leaves_at = b"\xff\xff"  # taken away when a command begins so
        self._application: dict[str, bytes] = {}
        self._file = b""
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
                if len(body) == 1:
                    reply = ATR if body == b"\x04" else None  # power off, on and reset want no answer
                else:
                    self.log.append(body)
                    if body.startswith(self.leaves_at):
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

    def _reply(self, command: bytes) -> bytes:
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
            return self._file[: command[4] or 256] + b"\x90\x00" if self._file else NOT_ALLOWED
        return UNKNOWN
