"""The lines a printer hangs on: TCP, a serial port, the kernel's device of a USB printer, or a file that is written."""

from __future__ import annotations

import errno
import os
import re
import select
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from genesis import UserError
from genesis_printer_escpos.models import PrinterSettings

PIECE = 256  # bytes handed over at once, each with a deadline of its own: long jobs are slow, not dead
FILE = "file:"
USB_NODE = re.compile(r"u?s?b?lp[0-9]+")
GROUPS = {True: "lp", False: "dialout"}  # who may use the device of a USB printer, and a serial port


class Wire(Protocol):
    """An open line; every method raises OSError where it is gone. talks: whether the printer can be heard on it."""

    talks: bool

    def send(self, data: bytes) -> None:
        """Hand everything over; raise where nothing is taken for as long as the settings say."""
        ...

    def hear(self) -> int | None:
        """Return the next byte the printer says; None where it is silent for as long as the settings say."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


class Network:
    """A TCP port, 9100 as a rule."""

    talks = True

    def __init__(self, host: str, port: int, seconds: float) -> None:
        self._socket = socket.create_connection((host, port), timeout=seconds)

    def send(self, data: bytes) -> None:
        """Hand over piece by piece."""
        for start in range(0, len(data), PIECE):
            self._socket.sendall(data[start : start + PIECE])

    def hear(self) -> int | None:
        """Return one byte; raise where the printer hung up."""
        try:
            answer = self._socket.recv(1)
        except TimeoutError:
            return None
        if not answer:
            raise ConnectionError("the printer hung up")
        return answer[0]

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


class SerialLine:
    """A serial port, or a USB printer that shows up as one; 8 data bits, no parity."""

    talks = True

    def __init__(self, port: str, settings: PrinterSettings) -> None:
        import serial  # only a register with such a printer pays for it

        self._port: Any = serial.Serial(
            port, settings.baud, timeout=settings.seconds, write_timeout=settings.seconds, exclusive=True,
            xonxoff=settings.flow == "xon_xoff", rtscts=settings.flow == "rts_cts",
        )  # fmt: skip
        self._port.reset_input_buffer()

    def send(self, data: bytes) -> None:
        """Hand over piece by piece."""
        for start in range(0, len(data), PIECE):
            self._port.write(data[start : start + PIECE])

    def hear(self) -> int | None:
        """Return one byte."""
        answer = self._port.read(1)
        return answer[0] if answer else None

    def close(self) -> None:
        """Let go of the port; what it was never able to take is dropped, so that this does not wait for it."""
        with suppress(Exception):  # an unplugged one refuses that with errors of several kinds
            self._port.reset_output_buffer()
        self._port.close()


class UsbPrinter:
    """A printer at USB through the kernel's usblp: a device that is written and, from most printers, read."""

    talks = True

    def __init__(self, node: str, seconds: float) -> None:
        self._seconds = seconds
        self._node = os.open(node, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)

    def send(self, data: bytes) -> None:
        """Hand over as the printer takes it."""
        left = memoryview(data)
        while left:
            if not self._ready(select.POLLOUT):
                raise TimeoutError("the printer takes nothing any more")
            left = left[os.write(self._node, left[:PIECE]) :]

    def hear(self) -> int | None:
        """Return one byte."""
        until = time.monotonic() + self._seconds
        while self._ready(select.POLLIN, until - time.monotonic()):
            try:
                if answer := os.read(self._node, 1):
                    return answer[0]
            except BlockingIOError:
                pass
            except OSError as error:
                if error.errno != errno.EINVAL:
                    raise
                raise ConnectionError("the printer cannot be read here: set that it confirms nothing") from error
        return None

    def _ready(self, event: int, seconds: float | None = None) -> bool:
        poll = select.poll()
        poll.register(self._node, event)
        found = poll.poll(max(0.0, self._seconds if seconds is None else seconds) * 1000)
        if found and not found[0][1] & event:
            raise ConnectionError("the printer was unplugged")
        return bool(found)

    def close(self) -> None:
        """Let go."""
        os.close(self._node)


class FileEnd:
    """A file or pipe that jobs are added to, for a program that prints them; nobody answers there."""

    talks = False

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab")

    def send(self, data: bytes) -> None:
        """Add to it, durably."""
        self._file.write(data)
        self._file.flush()
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            if error.errno != errno.EINVAL:  # a pipe has no disk behind it
                raise

    def hear(self) -> int | None:
        """Nobody speaks."""
        return None

    def close(self) -> None:
        """Close it."""
        self._file.close()


def wire(settings: PrinterSettings) -> Wire:
    """Open the line to the printer; ConnectionError says what to do where its device may not be used."""
    address = settings.address.strip()
    if address.startswith(FILE):
        return FileEnd(Path(address.removeprefix(FILE)).expanduser())
    if not is_device(address):
        host, port = place(address)
        return Network(host, port, settings.seconds)
    usb = bool(USB_NODE.fullmatch(Path(address).resolve().name))
    try:
        return UsbPrinter(address, settings.seconds) if usb else SerialLine(address, settings)
    except OSError as error:
        if error.errno == errno.EACCES:
            what = f"you may not use {address}: type usermod -aG {GROUPS[usb]} and your name, then sign in again"
            raise ConnectionError(what) from error
        if error.errno == errno.EBUSY:
            raise ConnectionError(f"another program holds {address}: stop it (CUPS as a rule)") from error
        raise


def is_device(address: str) -> bool:
    """Tell whether an address is a device of this computer."""
    return address.startswith(("/", "COM"))


def place(address: str) -> tuple[str, int]:
    """Return host and port of `192.0.2.10`, `printer:9100` or `[2001:db8::5]:9100`; UserError for anything else."""
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?", address)
    if found is None or not 0 < int(found[3] or 9_100) < 65_536:
        raise UserError(f"address: {address[:60]!r} is no place of a printer",
                        "write 192.0.2.10, /dev/usb/lp0, /dev/ttyUSB0 or file:/path", "address")  # fmt: skip
    return found[1] or found[2], int(found[3] or 9_100)
